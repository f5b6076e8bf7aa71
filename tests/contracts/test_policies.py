"""What every policy owes: total and limits kept to the end, no look at the future, one answer a seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings, strategies as st

from optimize import POLICIES, Market, PolicyOptions, blocked, decide, replan
from sim import LimitError, Plan, compile_world, kpis, load, outage, plan_without, simulate

EVERYONE = list(POLICIES)
EVERY, RESERVE = 13, 0.1
LIMITS = {
    "scenario": [],
    "bounds": [
        "optimization.limits=[{channel: store, min: 3_000_000}, {channel: marketplace, max: 1_500_000}, "
        "{group: [search, private_domain], max_share: 0.2}]"
    ],
    "factors": ["optimization.limits=[{channel: search, min_factor: 0.9, max_factor: 1.1}]"],
    "flight_cap": ["optimization.limits=[{channel: marketplace, flight_max: 600_000}]"],
    "minimum_if_on": ["optimization.limits=[{channel: weibo, min_if_on: 900_000}]"],
    "locked": ["optimization.locked=[store]"],
    "shift": ["optimization.max_shift=0.15"],
    "few_channels": ["optimization.max_channels=6"],
}


def problem_of(*overrides, agents=1500):
    file = load("beauty-launch", overrides=[f"population.agents={agents}", "calendar.tail=4", *overrides])
    world = compile_world(file.scenario)
    return blocked(file.scenario, world, file.status_quo(), every=EVERY), world


@cache
def many_limits():
    """Bounds, a group and a largest shift at once."""
    return problem_of("optimization.max_shift=0.5", *LIMITS["bounds"], agents=100)[0]


@pytest.fixture(scope="module")
def decided():
    problem, world = problem_of()
    return problem, world, replan(problem, EVERYONE, Market(world, 1), reserve=RESERVE)


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_total_and_limits_hold_at_the_end(limits):
    problem, world = problem_of(*limits)
    for name, amounts_fc in replan(problem, EVERYONE, Market(world, 2), reserve=RESERVE).items():
        assert problem.violations(amounts_fc.ravel()) == [], name
        assert amounts_fc.sum() == pytest.approx(problem.total, abs=problem.tolerance), name
        assert (amounts_fc >= 0).all(), name


def test_policies_differ(decided):
    _, _, amounts = decided
    assert len({amounts_fc.tobytes() for amounts_fc in amounts.values()}) >= 4


def test_nobody_is_billed_more_than_was_offered(decided):
    problem, world, amounts = decided
    for name, amounts_fc in amounts.items():
        run = simulate(world, problem.plan(amounts_fc.ravel()), seed=1)
        billed = kpis(run, run)["spend"]
        assert billed <= problem.total + 0.01 * run.billed_tc.size, name
        assert (
            run.billed_tc / world.minor <= np.vstack([run.plan.spend_tc, np.zeros((4, 9))]) + 0.01
        ).all(), name


def test_the_first_block_is_todays_mix_and_the_reserve_waits(decided):
    problem, _, amounts = decided
    today_f = problem.by_flight(problem.status_quo).reshape(4, -1)
    for amounts_fc in amounts.values():
        np.testing.assert_allclose(amounts_fc[0], (1 - RESERVE) * today_f[0], atol=0.02)
        money_f = amounts_fc.sum(axis=1) / problem.total
        np.testing.assert_allclose(money_f, [0.225, 0.225, 0.225, 0.325], atol=1e-6)


def test_same_seed_same_decisions_on_any_number_of_threads(decided):
    problem, world, amounts = decided
    again = replan(problem, EVERYONE, Market(world, 1, threads=1), reserve=RESERVE)
    alone = replan(problem, ["markov"], Market(world, 1), reserve=RESERVE)
    for name in EVERYONE:
        np.testing.assert_array_equal(again[name], amounts[name], err_msg=name)
    np.testing.assert_array_equal(alone["markov"], amounts["markov"])


def test_another_replicate_is_another_market(decided):
    problem, world, amounts = decided
    other = replan(problem, ["markov"], Market(world, 1, 1), reserve=RESERVE)["markov"]
    np.testing.assert_array_equal(other[0], amounts["markov"][0])
    assert not np.array_equal(other[1:], amounts["markov"][1:])


def test_what_will_happen_later_changes_no_decision_before_it(decided):
    """Channels fail in the third block: the decisions on the first three cannot know, the fourth can."""
    problem, world, amounts = decided
    dark = outage(world, ["search", "douyin_feed", "xiaohongshu_kol"], 26, 38)
    found = replan(problem, EVERYONE, Market(dark, 1), reserve=RESERVE)
    for name in EVERYONE:
        np.testing.assert_array_equal(found[name][:3], amounts[name][:3], err_msg=name)
    changed = [name for name in EVERYONE if not np.array_equal(found[name][3], amounts[name][3])]
    assert {"markov", "surrogate", "last_click"} <= set(changed)


def test_the_past_of_the_finished_plan_is_the_past_decided_on(decided):
    """Simulating the plan so far with nothing later, and the finished plan, gives one past."""
    problem, world, amounts = decided
    finished = problem.plan(amounts["markov"].ravel())
    so_far = Plan(world.channels, np.where(np.arange(52)[:, None] < 26, finished.spend_tc, 0.0))
    one, two = (simulate(world, plan, seed=1) for plan in (finished, so_far))
    np.testing.assert_array_equal(one.orders_tjkr[:26], two.orders_tjkr[:26])
    np.testing.assert_array_equal(one.billed_tc[:26], two.billed_tc[:26])
    assert not np.array_equal(one.billed_tc[26:], two.billed_tc[26:])


@given(
    st.lists(st.lists(st.floats(0.0, 100.0), min_size=9, max_size=9), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 50_000.0), min_size=9, max_size=9),
    st.floats(0.0, 1.0),
)
@example(weights=[[0.0] * 8 + [1e-306], [0.0] * 9, [1e-306] + [5.0] * 8], most=[0.0] * 9, reserve=0.0)
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
def test_whatever_is_wanted_the_limits_hold_block_after_block(weights, most, reserve):
    problem = many_limits()
    amounts = decide(problem, None, 0, None, reserve=reserve)
    for f, weight_c in enumerate(weights, start=1):
        later = decide(problem, amounts, f, np.array(weight_c), reserve=reserve, most_c=np.array(most))
        np.testing.assert_allclose(later[:f], amounts[:f], atol=1e-6)
        amounts = later
    assert problem.violations(amounts.ravel()) == []


def test_a_channel_without_money_today_stays_possible():
    problem, world = problem_of()
    less = plan_without(problem.status_quo, ["weibo"])
    file = load("beauty-launch", overrides=["population.agents=1500", "calendar.tail=4"])
    found = blocked(file.scenario, world, less, every=EVERY)
    weight_c = np.array([name == "weibo" for name in world.channels], dtype=np.float64)
    amounts = decide(found, decide(found, None, 0, None), 1, weight_c)
    assert amounts[1][list(world.channels).index("weibo")] > 0


@pytest.mark.parametrize("every", [0, 52])
def test_blocks_must_be_shorter_than_the_plan(every):
    file = load("beauty-launch", overrides=["population.agents=100"])
    with pytest.raises(LimitError, match=f"1 to 51 periods, got {every}"):
        blocked(file.scenario, compile_world(file.scenario), file.status_quo(), every=every)


@pytest.mark.parametrize("reserve", [-0.1, 1.1, float("nan")])
def test_a_reserve_is_a_share(reserve):
    problem, _ = problem_of(agents=100)
    with pytest.raises(LimitError, match="reserve: must be a share"):
        decide(problem, None, 0, None, reserve=reserve)


def test_the_last_block_may_be_shorter():
    file = load("beauty-launch", overrides=["population.agents=300", "calendar.tail=4"])
    world = compile_world(file.scenario)
    problem = blocked(file.scenario, world, file.status_quo(), every=20)
    assert [(flight.first, flight.last) for flight in problem.flights] == [(0, 19), (20, 39), (40, 51)]
    found = replan(problem, ["cull"], Market(world, 1), options=PolicyOptions(least_roas=1.0))["cull"]
    assert found.sum() == pytest.approx(problem.total)
