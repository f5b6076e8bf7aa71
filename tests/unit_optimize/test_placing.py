"""Only money that can be placed: cuts keep every limit, and a cut that loses something is not made."""

from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import BudgetProblem, Evaluator, SimulationMeter, optimize
from optimize.placing import cut, placeable
from sim import Plan, compile_world, load


@pytest.fixture(scope="module")
def market():
    """A short market in which shops cannot place much more than today's money."""
    file = load("beauty-double11", overrides=["population.agents=2000"])
    world, today = compile_world(file.scenario), file.status_quo()
    return file, world, today


def test_what_is_billed_stays_and_the_rest_goes():
    problem = AnalyticMarket(3, seed=1).problem()
    plan = problem.plan(np.array([4e5, 4e5, 2e5]))
    most_tc = plan.spend_tc * np.array([1.0, 0.25, 0.0])
    assert cut(problem, plan, most_tc).total_c == pytest.approx([4e5, 1e5, 0.0])


def test_floors_and_groups_hold():
    problem = AnalyticMarket(3, seed=1).problem(lower={1: 0.3}, groups=[((0, 2), 0.55, 1.0)])
    plan = problem.plan(np.array([4e5, 4e5, 2e5]))
    most_tc = plan.spend_tc * np.array([1.0, 0.25, 0.0])
    kept = cut(problem, plan, most_tc)
    assert kept.total_c == pytest.approx([4e5, 3e5, 2e5])
    assert replace(problem, total_min=0.0).violations(kept.total_c) == []


def test_money_that_no_draw_bills_is_left_out_and_changes_nothing():
    """A slot fee of 30,000 a period: with less, nothing is shown and nothing billed."""
    fee = "channels.douyin_live.price={cpm: 40, fixed: 30_000}"
    file = load("beauty-launch", overrides=["population.agents=300", fee])
    world, today = compile_world(file.scenario), file.status_quo()
    problem = BudgetProblem.from_scenario(file.scenario, world, today, objectives=("profit",))
    meter, c = SimulationMeter(world, seed=1), list(world.channels).index("douyin_live")
    evaluator = Evaluator(problem, meter, runs=20)
    evaluator.score([problem.status_quo_at_total()])
    amounts = problem.status_quo_at_total()
    amounts[c] = 20_000 * world.periods
    free = replace(problem, total=float(amounts.sum()), lower_c=np.zeros_like(amounts))
    found = placeable(free, evaluator, replace(evaluator.evaluations[0], amounts_c=amounts))
    assert found.freed == {"douyin_live": pytest.approx(amounts[c])}
    assert problem.by_flight(found.plan)[c] == 0.0
    before, after = meter.measure([problem.plan(amounts), found.plan], replicate=3)
    assert after["profit"] == pytest.approx(before["profit"])
    assert after["unspent"] == pytest.approx(before["unspent"] - amounts[c])


def test_a_result_tells_what_is_placed_and_what_is_free(market):
    file, world, today = market
    problem = BudgetProblem.from_scenario(
        file.scenario, world, today, total=3 * today.total, objectives=("profit",)
    )
    result = optimize(problem, runs=40, seed=0, replicates=3)
    document = result.to_dict()
    placed = sum(document["recommended"]["placed"].values())
    billed = result.judged.interval("recommended", "spend").mean
    assert placed == pytest.approx(billed, rel=1e-6)
    assert document["free_money"]["total"] == pytest.approx(problem.total - billed, rel=1e-6)
    assert "finds no audience" in result.verdict.text


def test_a_meter_that_tells_no_bills_keeps_the_plan():
    market = AnalyticMarket(4, seed=1)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=10)
    best = evaluator.score([problem.status_quo_at_total()])[0]
    found = placeable(problem, evaluator, best)
    assert found.plan == problem.plan(best.amounts_c)
    assert found.freed == {}
    assert isinstance(found.plan, Plan)
