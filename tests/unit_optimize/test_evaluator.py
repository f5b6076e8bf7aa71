"""The meter: every run counted, nothing scored twice, failures recorded, draws kept apart."""

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import SEARCH_REPLICATE, Evaluator
from sim import OmnifunnelError


class Recorder(AnalyticMarket):
    """Remembers the replicate numbers it was asked for."""

    def __init__(self, **options):
        super().__init__(3, **options)
        self.asked = []

    def measure(self, plans, *, replicate):
        self.asked += [replicate] * len(plans)
        return super().measure(plans, replicate=replicate)


def rows(*shares):
    return [np.array([share, 0.5 - share, 0.5]) * 1e6 for share in shares]


def test_each_new_plan_costs_one_run_and_the_baseline_one_more():
    market = Recorder()
    meter = Evaluator(market.problem(), market, runs=10)
    meter.score(rows(0.1, 0.2))
    assert meter.runs_used == 3
    meter.score(rows(0.1, 0.2, 0.3, 0.3))
    assert meter.runs_used == 4
    meter.score(rows(0.1), replicate=SEARCH_REPLICATE + 1)
    assert meter.runs_used == 6


def test_runs_are_never_exceeded_and_the_answer_is_cut_short():
    market = Recorder()
    meter = Evaluator(market.problem(), market, runs=4)
    assert len(meter.score(rows(0.1, 0.2, 0.3, 0.4))) == 3
    assert (meter.runs_used, meter.runs_left) == (4, 0)
    assert meter.score(rows(0.45)) == []
    assert len(meter.score(rows(0.1, 0.45))) == 1


def test_no_money_is_no_money_whatever_its_sign():
    meter = Evaluator((market := Recorder()).problem(), market, runs=10)
    (plain,) = meter.score([np.array([0.0, 5e5, 5e5])])
    assert meter.score([np.array([-0.0, 5e5, 5e5])]) == [plain]
    assert len(meter.score([np.array([-0.0, 4e5, 6e5])])) == 1


def test_search_and_judge_never_share_draws():
    market = Recorder(noise=0.1)
    problem = market.problem()
    meter = Evaluator(problem, market, runs=10)
    meter.score(rows(0.1, 0.2))
    searched = set(market.asked)
    market.asked.clear()
    meter.judge({"status_quo": problem.status_quo}, 5)
    assert searched == {SEARCH_REPLICATE}
    assert set(market.asked) == {0, 1, 2, 3, 4}
    assert meter.runs_used == 3


def test_a_plan_without_a_finite_score_is_recorded_and_never_the_best():
    market = AnalyticMarket(3, spoil=lambda amounts: amounts[0] > 2.5e5)
    meter = Evaluator(market.problem(), market, runs=20)
    found = meter.score(rows(0.1, 0.3, 0.2))
    assert [done.failure is None for done in found] == [True, False, True]
    assert "not a finite number" in meter.failures[0].failure
    assert meter.best().amounts_c[0] < 2.5e5


def test_a_market_that_never_answers_is_given_up():
    market = AnalyticMarket(3, spoil=lambda amounts: True)
    meter = Evaluator(market.problem(), market, runs=50)
    with pytest.raises(OmnifunnelError, match="none of the first 12 plans"):
        meter.score(rows(*np.linspace(0.01, 0.4, 12)))


def test_plans_off_the_budget_are_scored_but_not_recommended():
    market = AnalyticMarket(3)
    meter = Evaluator(market.problem(), market, runs=20)
    meter.score([np.full(3, 1e6), *rows(0.1)])
    assert [done.feasible for done in meter.evaluations] == [False, True]
    assert meter.best().feasible


def test_too_few_runs_are_refused():
    market = AnalyticMarket(3)
    with pytest.raises(OmnifunnelError, match="at least 2"):
        Evaluator(market.problem(), market, runs=1)


def test_progress_tells_runs_and_the_incumbent():
    market, lines = AnalyticMarket(3), []
    meter = Evaluator(market.problem(), market, runs=9, progress=lambda *line: lines.append(line))
    meter.score(rows(0.1, 0.2))
    assert lines[0][:2] == (3, 9)
    assert "best profit" in lines[0][2]
