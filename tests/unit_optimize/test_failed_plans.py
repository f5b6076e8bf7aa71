"""Plans that cannot be scored: recorded and told, whether the meter raises or answers with no number."""

import itertools

import pytest
from analytic import AnalyticMarket

from optimize import optimize
from optimize.evaluator import HOPELESS_LATER
from optimize.finalists import FINAL_REPLICATE
from sim import OmnifunnelError

METHODS = ("surrogate", "lp", "successive", "greedy", "search")


class Raising(AnalyticMarket):
    """Raises over plans that search and final should do without; the judge never meets any."""

    def __init__(self, *arguments, fails, **options):
        super().__init__(*arguments, **options)
        self.fails, self.asked = fails, itertools.count(1)

    def measure(self, plans, *, replicate):
        if replicate >= FINAL_REPLICATE:
            for plan in plans:
                if self.fails(plan.total_c, next(self.asked)):
                    raise FloatingPointError("overflow of a consumer's memory")
        return super().measure(plans, replicate=replicate)


def run(market, *, method="surrogate", runs=60):
    return optimize(market.problem(), method=method, runs=runs, seed=3, replicates=2, meter=market)


@pytest.mark.parametrize("method", METHODS)
def test_what_the_meter_raises_is_the_failure_of_one_plan(method):
    market = Raising(6, seed=3, fails=lambda amounts_c, _: amounts_c[0] > 0.15e6)
    result = run(market, method=method)
    assert result.failures
    assert all("FloatingPointError: overflow of a consumer's memory" in text for text in result.failures)
    assert result.recommended.total_c[0] <= 0.15e6
    assert result.stopped is None
    scored = [point for point in result.trace if point.values["profit"] is not None]
    assert len(scored) + len(result.failures) == len(result.trace)
    assert result.runs_used <= 60


def test_a_meter_that_breaks_for_good_ends_the_search_with_the_best_plan_so_far():
    market = Raising(6, seed=3, fails=lambda _, count: count > 30)
    result = run(market, runs=100)
    assert result.stopped is not None
    assert "search: none of the last " in result.stopped
    assert len(result.failures) >= HOPELESS_LATER
    assert "FloatingPointError" in result.stopped
    assert result.runs_used < 100
    assert not result.interrupted
    best = max(point.best for point in result.trace if point.best is not None)
    assert market.margin(result.recommended.total_c) - result.total == pytest.approx(best, rel=0.01)


def test_a_meter_that_never_answers_is_an_error_with_the_first_reason():
    with pytest.raises(OmnifunnelError, match=r"none of the first \d+ plans .* FloatingPointError"):
        run(Raising(6, seed=3, fails=lambda _, __: True))


def test_other_faults_of_a_meter_are_not_hidden():
    class Broken(AnalyticMarket):
        def measure(self, plans, *, replicate):
            raise KeyError("a fault of the program")

    with pytest.raises(KeyError):
        run(Broken(6, seed=3))
