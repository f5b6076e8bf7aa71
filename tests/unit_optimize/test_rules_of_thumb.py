"""Rules of thumb: what they say, worked out by hand, and what they cost."""

from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket
from worlds import build, document

from optimize import BASELINES, MEASURED_RULES, BudgetProblem, Evaluator, PolicyOptions
from sim import Scenario


def test_five_three_two_ranks_channels_by_todays_money():
    market = AnalyticMarket(6)
    found = BASELINES["five_three_two"](market.problem()) / market.total
    # Today's money rises from the first channel to the last: 1 to 6 parts.
    np.testing.assert_allclose(found[[5, 4]], np.array([6, 5]) / 11 * 0.5, atol=1e-6)
    np.testing.assert_allclose(found[[3, 2]], np.array([4, 3]) / 7 * 0.3, atol=1e-6)
    np.testing.assert_allclose(found[[1, 0]], np.array([2, 1]) / 3 * 0.2, atol=1e-6)


class Listed(AnalyticMarket):
    """Margin and revenue that add up over channels, so that what a channel brings is known."""

    rate_c = np.array([4.0, 3.0, 2.1, 1.0, 0.5, 0.0])

    def _kpis(self, amounts_c, strength_c):
        spend = float(amounts_c.sum())
        margin = float(self.rate_c @ amounts_c)
        return {"profit": margin - spend, "spend": spend, "revenue": margin, "new_customers": 1.0, "ltv": 1.0}


def test_in_proportion_to_roi():
    market = Listed(6)
    evaluator = Evaluator(market.problem(), market, runs=20)
    found = MEASURED_RULES["proportional_to_roi"](market.problem(), evaluator, PolicyOptions())
    np.testing.assert_allclose(found / found.sum(), market.rate_c / market.rate_c.sum(), atol=1e-6)
    assert evaluator.runs_used == 1 + 1 + 6


def test_what_returns_less_than_two_is_culled():
    market = Listed(6)
    evaluator = Evaluator(market.problem(), market, runs=20)
    found = MEASURED_RULES["cull_below_roas"](market.problem(), evaluator, PolicyOptions())
    np.testing.assert_allclose(found[:3] / found.sum(), np.array([1, 2, 3]) / 6, atol=1e-6)
    assert found[3:].sum() == pytest.approx(0.0)


def test_the_threshold_of_the_cull_is_a_parameter():
    market = Listed(6)
    evaluator = Evaluator(market.problem(), market, runs=20)
    found = MEASURED_RULES["cull_below_roas"](market.problem(), evaluator, PolicyOptions(least_roas=0.9))
    np.testing.assert_allclose(found[:4] / found.sum(), np.array([1, 2, 3, 4]) / 10, atol=1e-6)
    assert found[4:].sum() == pytest.approx(0.0)


def test_lines_of_the_scenario_replace_the_order_of_todays_money():
    market = AnalyticMarket(6)
    problem = replace(market.problem(), lines=((0,), (1, 2), (5,)))
    found = BASELINES["five_three_two"](problem) / market.total
    np.testing.assert_allclose(found, [0.5, 0.3 * 2 / 5, 0.3 * 3 / 5, 0.0, 0.0, 0.2], atol=1e-6)


def test_lines_are_read_from_the_scenario():
    doc = document(optimization={"lines": [["ads"], ["more"], ["web"]]})
    for name in ("more", "web"):
        doc["channels"][name] = doc["channels"]["ads"]
    doc["plan"] = {"per_period": {"ads": 10.0, "more": 20.0, "web": 30.0}}
    scenario = Scenario.model_validate(doc)
    world, today = build(doc)
    problem = BudgetProblem.from_scenario(scenario, world, today)
    found = dict(zip(world.channels, BASELINES["five_three_two"](problem) / problem.total, strict=True))
    assert found == pytest.approx({"ads": 0.5, "more": 0.3, "web": 0.2, "shop": 0.0})
