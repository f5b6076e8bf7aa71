"""How much to spend: a variable like any other, within what the limits let a plan spend."""

from dataclasses import replace

import numpy as np
import pytest
from analytic import KNOWN, AnalyticMarket
from free_totals import best_profit, free_total

from optimize import METHODS, Evaluator, GroupLimit
from optimize.simplex import decode, encode
from optimize.totals import search_total, worth_looking


def profit(market, amounts):
    return market.margin(amounts) - amounts.sum()


def found(market, problem, method="default", runs=200, seed=3):
    return search_total(problem, Evaluator(problem, market, runs=runs), METHODS[method], seed=seed).best


@pytest.mark.parametrize("ceiling", [1.5, 8.0, 200.0])
@pytest.mark.parametrize("name", KNOWN)
def test_within_a_thousandth_of_the_best_total_and_mix_whatever_the_ceiling(name, ceiling):
    market, problem = free_total(name, ceiling)
    best = best_profit(name, ceiling)
    plan = found(market, problem).amounts_c
    assert problem.violations(plan) == []
    assert profit(market, plan) >= 0.999 * best
    # Today's mix at today's total, and at the whole ceiling, are far from it.
    assert profit(market, problem.status_quo_at_total()) < 0.97 * best


@pytest.mark.parametrize("method", ["lp", "successive", "search"])
def test_every_method_decides_the_total(method):
    market, problem = free_total("mixed", 8.0)
    plan = found(market, problem, method).amounts_c
    assert problem.violations(plan) == []
    assert profit(market, plan) >= 0.995 * best_profit("mixed", 8.0)


def test_floors_count_in_what_is_spent_at_least():
    market, problem = free_total("concave_bounds", 8.0)
    floors = np.where(np.arange(8) < 4, 0.2e6, problem.lower_c)
    problem = replace(problem, lower_c=floors, upper_c=np.maximum(problem.upper_c, floors))
    assert problem.span == (pytest.approx(0.8e6), pytest.approx(8e6))
    plan = found(market, problem).amounts_c
    assert problem.violations(plan) == []


def test_a_ceiling_that_no_plan_can_reach_is_no_fault():
    market = AnalyticMarket(4, seed=2)
    problem = replace(market.problem(upper=dict.fromkeys(range(4), 0.3)), total=5e6, total_min=0.0)
    assert problem.span == (0.0, pytest.approx(1.2e6))
    assert found(market, problem, runs=60).amounts_c.sum() <= 1.2e6 + 1.0


def test_groups_and_locks_bound_the_span_together():
    market = AnalyticMarket(4, seed=2)
    group = GroupLimit((0, 1), ("c00", "c01"), 0.1e6, 0.4e6)
    problem = replace(market.problem(upper={2: 0.2, 3: 0.2}), groups=(group,), total=2e6, total_min=0.0)
    assert problem.span == (pytest.approx(0.1e6), pytest.approx(0.8e6))


def test_one_channel_alone_still_has_a_total_to_decide():
    market = AnalyticMarket(3, seed=4)
    problem = replace(market.problem(upper={0: 0.0, 1: 0.0}), total=3e6, total_min=0.0)
    grid = np.linspace(0.0, 3e6, 3_001)
    best = max(profit(market, np.array([0.0, 0.0, amount])) for amount in grid)
    assert profit(market, found(market, problem, runs=80).amounts_c) >= 0.999 * best


def test_only_a_ceiling_far_above_today_is_brought_down_first():
    market, near = free_total("concave", 3.0)
    evaluator = Evaluator(near, market, runs=50)
    assert worth_looking(near, evaluator) == near.total
    assert evaluator.runs_used == 0
    market, far = free_total("concave", 1_000.0)
    assert worth_looking(far, Evaluator(far, market, runs=50)) < 0.2 * far.total


def test_the_sampler_has_a_coordinate_for_the_total():
    _, problem = free_total("concave", 4.0, floor=0.5)
    for u in np.random.default_rng(1).random((20, len(problem.free_c) + 1)):
        plan = decode(problem, u)
        assert problem.violations(plan) == []
        assert plan.sum() == pytest.approx(0.5e6 + 3.5e6 * u[-1], abs=1.0)
        assert decode(problem, encode(problem, plan)) == pytest.approx(plan, abs=0.1)


def test_a_ratio_alone_does_not_end_at_next_to_nothing():
    """Of the best ratio any total is free, half of today's money is spent at least, and it is said."""
    market = AnalyticMarket(4, seed=2)
    problem = market.problem(objectives=("roi",))
    free = replace(problem, total=3e6, total_min=0.0)
    assert free.floor_assumed
    assert free.span == (pytest.approx(0.5e6), pytest.approx(3e6))
    assert found(market, free, runs=60).amounts_c.sum() >= 0.5e6 - 1.0
    assert not replace(problem, total_min=0.2e6).floor_assumed
    floors = replace(problem, total_min=0.0, lower_c=np.full(4, 1e5))
    assert (floors.floor_assumed, floors.span[0]) == (False, pytest.approx(4e5))
    assert not replace(problem, objectives=("profit",), total_min=0.0).floor_assumed
