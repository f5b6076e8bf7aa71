"""The last improvement: slopes measured on fresh draws, and a clear lead on others."""

from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import SEARCH_REPLICATE, Evaluator
from optimize.finalists import FINAL_REPLICATE
from optimize.polishing import SLOPES, polish


class Recorder(AnalyticMarket):
    """Remembers the replicates it was asked for."""

    asked: tuple[int, ...] = ()

    def measure(self, plans, *, replicate):
        self.asked = (*self.asked, *[replicate] * len(plans))
        return super().measure(plans, replicate=replicate)


def started(noise=0.0, **limits):
    market = Recorder(6, seed=3, noise=noise)
    problem = market.problem(**limits)
    evaluator = Evaluator(problem, market, runs=10)
    best = evaluator.score([problem.status_quo_at_total()])[0]
    market.asked = ()
    return market, problem, evaluator, best


def profit(market, done):
    return market.margin(done.amounts_c) - done.amounts_c.sum()


@pytest.mark.parametrize("limits", [{}, {"lower": {0: 0.1}, "groups": [((4, 5), 0.0, 0.4)]}])
def test_a_plan_that_is_short_of_the_best_gets_better_within_the_limits(limits):
    market, problem, evaluator, best = started(noise=0.02, **limits)
    if limits:
        best = evaluator.score([problem.settle(np.array([0.1, 0.15, 0.2, 0.2, 0.15, 0.2]) * 1e6)])[0]
    market.asked = ()
    found = polish(problem, evaluator, best, [])
    assert found.moved
    assert found.plan.origin == SLOPES
    assert problem.violations(found.plan.amounts_c) == []
    assert profit(market, found.plan) > profit(market, best) * 1.01


def test_its_runs_are_counted_and_its_draws_are_its_own():
    market, problem, evaluator, best = started(noise=0.02)
    used = evaluator.runs_used
    found = polish(problem, evaluator, best, [])
    baselines = len(set(market.asked)) * market.baseline_runs
    assert found.runs == len(market.asked) + baselines
    assert evaluator.runs_used == used
    assert all(FINAL_REPLICATE < replicate < SEARCH_REPLICATE for replicate in market.asked)


def test_a_lead_that_may_be_chance_moves_nothing():
    """At the best plan of a noisy market every proposal is worse or luck."""
    moved = 0
    for seed in range(6):
        market = AnalyticMarket(5, seed=seed, noise=0.3, steep=(0.7, 0.9))
        problem = market.problem()
        top = Evaluator(problem, AnalyticMarket(5, seed=seed, steep=(0.7, 0.9)), runs=200)
        from optimize import METHODS

        best = METHODS["surrogate"](problem, top, seed=0).best
        evaluator = Evaluator(problem, market, runs=5)
        evaluator.score([problem.status_quo_at_total()])
        found = polish(problem, evaluator, best, [])
        moved += found.moved
        assert profit(market, found.plan) > 0.9 * profit(market, best)
    assert moved <= 3


def test_spoilt_steps_are_left_out():
    market = AnalyticMarket(6, seed=3, spoil=lambda amounts: amounts[0] > 0.05e6)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=10)
    best = evaluator.score([problem.status_quo_at_total()])[0]
    found = polish(problem, evaluator, best, [])
    assert found.plan.amounts_c[0] <= 0.05e6
    assert np.isfinite(profit(market, found.plan))


def test_a_free_total_is_moved_towards_where_money_pays():
    market, problem, _, _ = started(noise=0.01)
    free = replace(problem, total=4e6, total_min=0.0)
    evaluator = Evaluator(free, market, runs=10)
    low = evaluator.score([0.3 * problem.status_quo_at_total()])[0]
    found = polish(free, evaluator, low, [])
    assert found.plan.amounts_c.sum() > 0.4e6
    assert profit(market, found.plan) > profit(market, low)
