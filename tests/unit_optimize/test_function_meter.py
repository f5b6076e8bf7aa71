"""A meter of one's own: a function of a plan takes the simulator's place, whatever is decided."""

import math

import pytest

from optimize import BudgetProblem, FunctionMeter, judge_by_measuring, optimize
from sim import Plan, compile_world, load


def problem_of(objectives=("profit",), **changed):
    file = load("beauty-launch", overrides=["population.agents=300", "optimization.limits=[]"])
    world, today = compile_world(file.scenario), file.status_quo()
    block = file.scenario.optimization.model_copy(update=changed)
    scenario = file.scenario.model_copy(update={"optimization": block})
    return BudgetProblem.from_scenario(scenario, world, today, objectives=objectives)


def roots(plan, replicate):
    """Best with the same money everywhere; a replicate moves all plans alike."""
    return {"profit": 9_000 * sum(map(math.sqrt, plan.total_c)) - plan.total + 1_000 * replicate}


def test_a_function_finds_its_own_best_plan_without_a_simulation(monkeypatch):
    monkeypatch.setattr("sim.simulate_many", lambda *_, **__: pytest.fail("simulated"))
    problem = problem_of()
    found = optimize(problem, runs=60, replicates=3, meter=FunctionMeter(roots), marginal=2)
    even = problem.total / len(problem.free_c)
    best = 9_000 * len(problem.free_c) * math.sqrt(even) - problem.total
    profit = found.judged.interval("recommended", "profit")
    assert profit.mean - 1_000 == pytest.approx(best, rel=1e-3)  # replicates 0, 1, 2
    assert found.judged.difference("recommended", "status_quo", "profit").low == pytest.approx(
        best - roots(problem.status_quo, 0)["profit"], rel=1e-2
    )


def test_flights_ceilings_and_fronts_need_no_more():
    for problem in (
        problem_of(flights=4),
        problem_of(at_most=True, total=30_000_000),
        problem_of(("roi", "profit"), at_most=True, total=30_000_000),
    ):
        found = optimize(problem, runs=60, replicates=2, meter=FunctionMeter(roots))
        assert problem.violations(problem.by_flight(found.recommended)) == []
        assert found.runs_used <= 60


def test_spend_and_roi_are_filled_in_and_what_is_given_stays():
    plan = Plan.even(("tv",), 2, {"tv": 50.0})
    assert FunctionMeter(lambda *_: {"profit": 10.0}).measure([plan], replicate=0) == [
        {"spend": 50.0, "profit": 10.0, "roi": 0.2}
    ]
    given = FunctionMeter(lambda *_: {"profit": 10.0, "spend": 40.0}).measure([plan], replicate=0)
    assert given[0]["roi"] == 0.25
    nothing = FunctionMeter(lambda *_: {"profit": 0.0}).measure([Plan.zero(("tv",), 2)], replicate=0)
    assert nothing[0]["roi"] is None


def test_judging_by_measuring_pairs_plans_by_replicate():
    plans = {name: Plan.even(("tv",), 1, {"tv": money}) for name, money in (("a", 100.0), ("b", 400.0))}
    done = []
    judged = judge_by_measuring(
        FunctionMeter(roots), plans, replicates=3, progress=lambda *step: done.append(step)
    )
    assert judged.values["a"]["profit"] == (89_900.0, 90_900.0, 91_900.0)
    change = judged.difference("b", "a", "profit")
    assert (change.mean, change.low, change.high) == (89_700.0, 89_700.0, 89_700.0)
    assert done == [(1, 3), (2, 3), (3, 3)]
