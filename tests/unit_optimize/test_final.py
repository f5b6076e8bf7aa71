"""The final: on draws of its own, a clear lead unseats the search's recommendation and nothing else does."""

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import BASELINES, SEARCH_REPLICATE, Evaluator, optimize
from optimize.finalists import FINAL_REPLICATE, NEAR, final


class Recorder(AnalyticMarket):
    """Remembers the replicates it was asked for."""

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.asked = []

    def measure(self, plans, *, replicate):
        self.asked = [*self.asked, replicate]
        return super().measure(plans, replicate=replicate)


@pytest.fixture
def searched():
    market = Recorder(5, seed=4, noise=0.03)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=60)
    rng = np.random.default_rng(2)
    evaluator.score([problem.status_quo_at_total(), *(row * 1e6 for row in rng.dirichlet(np.ones(5), 40))])
    market.asked = []
    return market, problem, evaluator


def ranked(market, evaluator):
    return sorted(evaluator.evaluations, key=lambda done: market.margin(done.amounts_c))


def test_a_clearly_better_leader_unseats_a_poor_recommendation(searched):
    market, _, evaluator = searched
    worst, best = ranked(market, evaluator)[0], ranked(market, evaluator)[-1]
    found = final(evaluator, market, worst, {}, 80)
    assert market.margin(found.winner.plan.amounts_c) > 0.99 * market.margin(best.amounts_c)
    assert found.runs <= 80
    assert all(FINAL_REPLICATE <= replicate < SEARCH_REPLICATE for replicate in market.asked)
    assert len(set(market.asked)) == len(market.asked)


def test_the_best_plan_keeps_its_place_and_the_search_pays_nothing(searched):
    market, _, evaluator = searched
    best, used = ranked(market, evaluator)[-1], evaluator.runs_used
    found = final(evaluator, market, best, {}, 80)
    assert found.winner.plan is best
    assert found.winner.replicates == len(market.asked)
    assert evaluator.runs_used == used
    amounts = [each.plan.amounts_c for each in (found.winner, *found.rivals)]
    apart = [np.abs(one - two).sum() for n, one in enumerate(amounts) for two in amounts[:n]]
    assert min(apart) > NEAR * 1e6


def test_a_rule_of_thumb_can_win_and_is_named(searched):
    market, problem, evaluator = searched
    worst = ranked(market, evaluator)[0]
    alone = Evaluator(problem, market, runs=10)
    alone.score([worst.amounts_c])
    found = final(alone, market, worst, {name: rule(problem) for name, rule in BASELINES.items()}, 80)
    assert found.winner.origin in BASELINES
    assert market.margin(found.winner.plan.amounts_c) > market.margin(worst.amounts_c)


def test_judge_search_and_final_never_share_draws():
    market = Recorder(5, seed=4, noise=0.03)
    found = optimize(market.problem(), runs=50, seed=0, replicates=4, meter=market, marginal=2)
    blocks = {replicate // FINAL_REPLICATE for replicate in market.asked}
    assert blocks == {0, 1, 2}
    assert {replicate for replicate in market.asked if replicate < FINAL_REPLICATE} == {0, 1, 2, 3}
    standing = {row.plan: row for row in found.finalists}
    assert standing["recommended"].replicates > 0
    assert standing["equal"].replicates == 0
    assert standing["recommended"].against is None
    assert found.judge_runs > 4 * len({plan.spend_tc.tobytes() for plan in found.plans.values()})
