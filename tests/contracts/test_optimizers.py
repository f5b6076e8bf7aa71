"""What every method owes, whatever it is: each line of METHODS runs this suite."""

from functools import cache

import pytest
from analytic import KNOWN, AnalyticMarket, optimum

from optimize import BASELINES, METHODS, OBJECTIVES, SEARCH_REPLICATE, BudgetProblem, Evaluator, optimize
from sim import OmnifunnelError, compile_world, load

LIMITS = {
    "free": {},
    "bounds": {"lower": {0: 0.1, 3: 0.15}, "upper": {1: 0.05, 2: 0.3}},
    "groups": {"lower": {0: 0.05}, "groups": [((0, 1, 2), 0.0, 0.35), ((4, 5), 0.3, 1.0)]},
    "fixed": {"lower": dict.fromkeys(range(6), 1 / 6)},
}


#: Every method once.
DISTINCT = list({method: name for name, method in METHODS.items()}.values())
#: What a method does not claim: steps of two channels cannot slide along a group's limit, and the box
#: round a warm start may hold the lower of two hills.
NOT_CLAIMED = {("greedy", "concave_groups"), ("search", "s_shaped")}
CLAIMED = [(method, name) for method in DISTINCT for name in KNOWN if (method, name) not in NOT_CLAIMED]
#: Methods that draw plans at random; the others differ from seed to seed only by the market's draws.
DRAWN = [name for name in DISTINCT if name in ("default", "surrogate", "search")]


def solve(method, *, runs=45, seed=3, limits=None, market=None, objectives=("profit",), **options):
    market = market or AnalyticMarket(6, seed=seed, noise=0.03)
    problem = market.problem(objectives=objectives, **(limits or {}))
    return problem, optimize(
        problem, method=method, runs=runs, seed=seed, replicates=2, meter=market, **options
    )


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("method", DISTINCT)
def test_recommended_plan_meets_every_limit_within_its_runs(method, limits):
    problem, result = solve(method, limits=limits)
    amounts = result.recommended.total_c
    assert problem.violations(amounts) == []
    assert amounts.sum() == pytest.approx(problem.total, abs=problem.tolerance)
    assert 0 < result.runs_used <= result.runs == 45


@pytest.mark.parametrize("method", DISTINCT)
@pytest.mark.parametrize("runs", [2, 3, 7, 20])
def test_few_runs_still_give_a_plan_within_the_limits(method, runs):
    problem, result = solve(method, runs=runs, limits=LIMITS["groups"])
    assert problem.violations(result.recommended.total_c) == []
    assert result.runs_used <= runs


@pytest.mark.parametrize("objectives", [("profit",), ("roi", "ltv")])
@pytest.mark.parametrize("method", DISTINCT)
def test_same_seed_same_answer_and_another_seed_another_search(method, objectives):
    runs = 30
    first, second = (solve(method, objectives=objectives, runs=runs)[1].to_dict() for _ in range(2))
    assert first == second
    if method not in DRAWN:
        return
    market = AnalyticMarket(6, seed=3, noise=0.03)
    problem = market.problem(objectives=objectives)
    other = optimize(problem, method=method, runs=runs, seed=4, replicates=2, meter=market)
    assert other.to_dict()["trace"] != first["trace"]


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("method", DISTINCT)
def test_never_worse_than_todays_mix_on_the_draws_of_the_search(method, objective):
    market = AnalyticMarket(6, seed=8, noise=0.03)
    problem, result = solve(method, market=market, objectives=(objective,), runs=70)
    kpi = OBJECTIVES[objective].kpi
    plans = [result.recommended, problem.plan(BASELINES["historical"](problem))]
    ours, todays = (row[kpi] for row in market.measure(plans, replicate=SEARCH_REPLICATE))
    assert ours >= todays


@pytest.fixture(scope="module")
def best_of():
    """Name of a known problem -> its optimum, from many local searches on the formula."""
    return cache(lambda name: optimum(AnalyticMarket(**KNOWN[name].market), **KNOWN[name].limits))


@pytest.mark.parametrize(("method", "name"), CLAIMED)
def test_near_the_known_optimum_after_200_runs(method, name, best_of):
    """Within 0.5 %; an equal split misses by three times as much."""
    market, limits = AnalyticMarket(**KNOWN[name].market), KNOWN[name].limits
    problem = market.problem(**limits)
    best = METHODS[method](problem, Evaluator(problem, market, runs=200), seed=3).best
    assert market.margin(best.amounts_c) >= 0.995 * best_of(name)
    assert market.margin(BASELINES["equal"](problem)) < 0.985 * best_of(name)


@pytest.mark.parametrize("method", DISTINCT)
def test_two_objectives_give_a_judged_front_that_no_point_of_it_dominates(method):
    market = AnalyticMarket(6, seed=3)
    _, result = solve(method, market=market, objectives=("roi", "ltv"), runs=50)
    values = [(point.values["roi"].mean, point.values["ltv"].mean) for point in result.pareto]
    assert 3 <= len(values) <= 8 + 6
    assert all(not (a[0] >= b[0] and a[1] >= b[1]) for a in values for b in values if a is not b)
    assert sum(point.knee for point in result.pareto) == 1
    # The ends trade off: the best on ROI is not the best on lifetime value.
    assert max(values) != max(values, key=lambda value: value[1])


class Interrupted(AnalyticMarket):
    """Ctrl-C in the middle of the search."""

    left = 4

    def measure(self, plans, *, replicate):
        if replicate >= SEARCH_REPLICATE:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return super().measure(plans, replicate=replicate)


@pytest.mark.parametrize("method", DISTINCT)
def test_an_interrupt_judges_the_best_plan_so_far(method):
    market = Interrupted(6, seed=3)
    _, result = solve(method, market=market, runs=150)
    assert result.interrupted
    assert result.runs_used < 150
    best = max(point.best for point in result.trace if point.best is not None)
    # Plans on different draws are compared by a fitted luck, which is nearly 0 here.
    assert market.margin(result.recommended.total_c) - result.total == pytest.approx(best, rel=0.01)
    assert result.to_dict()["interrupted"] is True


@pytest.mark.parametrize("method", DISTINCT)
def test_an_interrupt_before_any_score_recommends_nothing_new(method):
    market = Interrupted(6, seed=3)
    market.left = 0
    problem, result = solve(method, market=market, runs=150)
    assert result.interrupted
    assert result.recommended == problem.status_quo
    assert result.verdict.word == "no better"


@pytest.mark.parametrize("method", DISTINCT)
def test_spoilt_plans_are_told_and_the_search_goes_on(method):
    market = AnalyticMarket(6, seed=3, spoil=lambda amounts: amounts[0] > 0.12e6)
    _, result = solve(method, market=market, runs=70)
    assert result.failures
    assert result.recommended.total_c[0] <= 0.12e6
    assert result.runs_used <= 70


def test_an_unknown_method_gets_the_nearest_name():
    with pytest.raises(OmnifunnelError, match="did you mean 'search'"):
        solve("serch")


@pytest.mark.parametrize("rule", BASELINES)
@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_baselines_meet_every_limit(rule, limits):
    problem = AnalyticMarket(6).problem(**limits)
    assert problem.violations(BASELINES[rule](problem)) == []


@pytest.mark.parametrize("method", DISTINCT)
def test_on_the_simulator_the_answer_does_not_depend_on_threads(method):
    file = load("beauty-launch", overrides=["population.agents=300"])
    world = compile_world(file.scenario)
    problem = BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=("profit",))
    first, second = (
        optimize(problem, method=method, runs=30, seed=0, replicates=2, threads=threads) for threads in (1, 2)
    )
    assert first.to_dict() == second.to_dict()
    assert problem.violations(first.recommended.total_c) == []
    assert first.recommended.totals()["word_of_mouth"] == 0
