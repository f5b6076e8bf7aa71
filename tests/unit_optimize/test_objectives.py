"""Objectives: idle money must not look like a good return."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import small

from optimize.evaluator import Evaluator
from optimize.objectives import OBJECTIVES
from optimize.problem import BudgetProblem
from sim import Plan

TODAY = {"profit": 100.0, "spend": 80.0, "unspent": 20.0, "roi": 1.25, "ltv": 50.0, "new_customers": 4.0}
PARKED = {"profit": 50.0, "spend": 20.0, "unspent": 80.0, "roi": 2.5, "ltv": 60.0, "new_customers": 2.0}


class TwoPlans:
    """A meter that knows two plans: today's, and one that parks most of the money."""

    baseline_runs = 0

    def measure(self, plans, *, replicate):
        return [TODAY if n == 0 else PARKED for n, _ in enumerate(plans)]

    def judge(self, plans, *, replicates, progress=None):
        raise AssertionError("not asked")


def scored(objective):
    channels = {
        "a": {"kind": "paid", "price": {"cpm": 1.0}},
        "b": {"kind": "paid", "price": {"cpm": 1.0}},
        "shop": {"kind": "owned", "sells": {}},
    }
    world, _ = small(channels=channels, plan={})
    today = Plan.even(world.channels, world.periods, {"a": 50.0, "b": 50.0})
    problem = BudgetProblem(
        world, today, 100.0, np.zeros(3), np.where(world.priced_c, np.inf, 0.0), objectives=(objective,)
    )
    evaluator = Evaluator(problem, TwoPlans(), runs=5)
    return evaluator.score([np.array([50.0, 50.0, 0.0]), np.array([100.0, 0.0, 0.0])])


def test_parking_money_beyond_today_counts_as_spent_for_nothing() -> None:
    goal = OBJECTIVES["roi"]
    today, parked = scored("roi")
    assert today.value(goal) == TODAY["roi"]
    assert parked.kpis["idle"] == 60.0
    assert parked.value(goal) == pytest.approx((50.0 - 60.0) / (20.0 + 60.0))
    assert parked.kpis["roi"] > today.kpis["roi"], "without the rule the parked plan would have won"


def test_lifetime_value_pays_for_idle_money_and_profit_does_not() -> None:
    today, parked = scored("ltv")
    assert today.value(OBJECTIVES["ltv"]) == TODAY["ltv"]
    assert parked.value(OBJECTIVES["ltv"]) == pytest.approx(60.0 - 60.0 / 2.0)
    assert scored("profit")[1].value(OBJECTIVES["profit"]) == PARKED["profit"]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_gain_above_the_reference_is_a_value_above_it(name: str) -> None:
    """Dinkelbach: gain - cost * offered has the sign of value - ref, idle money included."""
    goal = OBJECTIVES[name]
    for kpis in (TODAY, {**PARKED, "idle": 60.0}):
        for ref in (-0.5, 0.2, 1.0, 40.0, 120.0):
            net = goal.gain(kpis, 100.0, ref) - goal.cost(ref) * 100.0
            if name == "profit":
                assert net == pytest.approx(goal.value(kpis))
            else:
                assert np.sign(round(net, 9)) == np.sign(round(goal.value(kpis) - ref, 9))
