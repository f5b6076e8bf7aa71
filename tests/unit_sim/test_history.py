"""What a brand has recorded by a period: exactly the past, in its own view, and nothing else."""

from __future__ import annotations

import gc
import types

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from logs import Told, four_channels, log_of
from worlds import small, worlds

from sim import EventLog, OmnifunnelError, Plan, Run, World, observe, outage, paths_from_log, replay, simulate
from sim.measure.journeys.history import until

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
BY_PERIOD = ("billed_tc", "unspent_tc", "rate_tck", "flows_tksdr", "reached_tck", "orders_tjkr", "margin_tk")


def spent_until(plan: Plan, stop: int) -> Plan:
    """The plan up to a period, nothing later."""
    return Plan(plan.channels, np.where(np.arange(plan.periods)[:, None] < stop, plan.spend_tc, 0.0))


def same(one, other) -> bool:
    arrays = ("offered_tc", "billed_tc", "end_p", "identity_o", "period_o", "channel_o", "value_o")
    paths = ("channel_n", "start_p", "conversions_p", "value_p", "nulls_p", "age_n")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays) and all(
        np.array_equal(getattr(one.paths, name), getattr(other.paths, name)) for name in paths
    )


@given(worlds(), st.integers(0, 4), st.floats(0.0, 5.0))
@FEW
def test_the_past_does_not_depend_on_what_is_spent_later(drawn, stop, factor):
    world, plan = drawn
    stop = min(stop, world.periods)
    other_tc = np.where(np.arange(plan.periods)[:, None] < stop, plan.spend_tc, factor * plan.spend_tc + 7.0)
    other = Plan(plan.channels, other_tc * world.priced_c)
    one, two = (simulate(world, each, seed=3) for each in (spent_until(plan, stop), other))
    for name in BY_PERIOD:
        np.testing.assert_array_equal(getattr(one, name)[:stop], getattr(two, name)[:stop], err_msg=name)
    np.testing.assert_array_equal(one.occupancy_tks[: stop + 1], two.occupancy_tks[: stop + 1])


@given(worlds(), st.integers(1, 4))
@FEW
def test_the_history_does_not_depend_on_the_future(drawn, stop):
    world, plan = drawn
    if stop >= world.periods:
        return
    dark = outage(world, [name for name in world.channels if name != "shop"], stop, world.periods - 1)
    so_far = observe(simulate(world, spent_until(plan, stop), seed=3), stop)
    whole = observe(simulate(world, plan, seed=3), stop)
    other = observe(simulate(dark, plan, seed=3), stop)
    assert same(so_far, whole)
    assert same(so_far, other)


def test_another_future_would_show_if_it_were_read():
    """The companion: with the cut one period too late, an outage from then on is seen."""
    world, plan = small(channels__ads__tracked=1.0)
    dark = outage(world, ["ads"], 3, 5)
    one, two = (observe(simulate(each, plan, seed=3), 4) for each in (world, dark))
    assert not same(one, two)


def reachable(root: object) -> list[object]:
    """Everything that can be reached from an object, code aside."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | types.ModuleType | types.FunctionType):
            continue
        seen[id(one)] = one
        waiting += gc.get_referents(one)
        base = getattr(one, "base", None)
        waiting += [base] if isinstance(one, np.ndarray) and base is not None else []
    return list(seen.values())


def test_neither_world_nor_run_nor_log_can_be_reached():
    world, plan = small()
    run = simulate(world, plan, seed=3)
    history = observe(run, 3)
    found = reachable(history)
    assert not [one for one in found if isinstance(one, World | Run | EventLog)]
    arrays = [one for one in found if isinstance(one, np.ndarray)]
    assert len(arrays) >= 10
    # no array of the history is a view of a longer one, in which the future would stand
    assert not [one for one in arrays if one.shape[:1] and len(one) == world.total_periods]
    assert [one for one in reachable(run) if isinstance(one, World)], "the walk finds worlds"


def test_every_order_and_all_money_of_the_past_are_in_it():
    world, plan = small(
        identity={"match_rate": 0.5},
        channels__ads__tracked=0.5,
        segments__all__initial={"customer": 0.3, "deciding": 0.3},
    )
    run = simulate(world, plan, seed=1)
    history = observe(run, 4)
    orders_t = run.orders_tjkr[:4].sum(axis=(1, 2, 3))
    assert orders_t.sum() > 50
    np.testing.assert_array_equal(np.bincount(history.period_o, minlength=4), orders_t)
    assert history.value_o.sum() == pytest.approx(run.revenue_tjkr[:4].sum() / world.minor)
    np.testing.assert_array_equal(history.billed_tc * world.minor, run.billed_tc[:4])
    booked = history.paths.conversions + history.paths.untouched_conversions
    assert booked == len(history.period_o)


def test_at_the_end_of_a_plan_without_tail_it_is_the_brands_view():
    world, plan = small(calendar__tail=0, channels__ads__tracked=0.6, identity={"match_rate": 0.3})
    run = simulate(world, plan, seed=1)
    history, paths = observe(run, world.periods), paths_from_log(replay(run), view="brand")
    np.testing.assert_array_equal(history.paths.channel_n, paths.channel_n)
    np.testing.assert_array_equal(history.paths.value_p, paths.value_p)
    windows = [history.paths_between(first, first + 2) for first in (0, 2, 4)]
    assert sum(each.rows for each in windows) == paths.rows
    assert sum(each.value for each in windows) == pytest.approx(paths.value)


def test_an_unmatched_buyer_is_one_identity_a_channel():
    events = [
        (0, "touch", "a"), (0, "order", "s", 5.0), (1, "touch", "b"), (1, "order", "s", 6.0),
        (2, "touch", "a"), (2, "order", "s", 7.0),
    ]  # fmt: skip
    from sim.measure.journeys.observed import booked_orders

    for resolved, people in ((True, 1), (False, 2)):
        log = log_of(four_channels(), Told(events, resolved=resolved))
        rows, identity, channel = booked_orders(log)
        assert len(set(identity.tolist())) == people
        names = [log.world.channels[c] for c in channel]
        assert sorted(zip((log.value_e[rows] / 100).tolist(), names, strict=True)) == [
            (5.0, "a"), (6.0, "b"), (7.0, "a"),
        ]  # fmt: skip


def test_the_cut_keeps_lives_in_place():
    world, plan = small()
    log = replay(simulate(world, plan, seed=2))
    cut = until(log, 3)
    assert len(cut) == len(log)
    assert cut.period_e.max() == 2
    np.testing.assert_array_equal(cut.person_e, log.person_e[log.period_e < 3])


@pytest.mark.parametrize("periods", [0, 7])
def test_periods_outside_the_plan_are_refused(periods):
    world, plan = small()
    with pytest.raises(OmnifunnelError, match=f"within 1 .. 6, got {periods}"):
        observe(simulate(world, plan, seed=2), periods)
