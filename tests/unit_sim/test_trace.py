"""One life with its probabilities: the events are the replay's, and the probabilities those that decided."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from worlds import small, worlds

from sim import Event, OmnifunnelError, Plan, Trace, World, replay, simulate, trace
from sim.market.vocabulary import NEXT_STAGE, Stage

FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def check_events(life: Trace) -> None:
    log = life.log
    touch, move, order = (log.rows(event) for event in Event)
    seen_tc, clicked_tc = np.zeros_like(life.seen_tc), np.zeros_like(life.clicked_tc)
    seen_tc[log.period_e[touch], log.channel_e[touch]] = log.number_e[touch]
    clicked_tc[log.period_e[touch], log.channel_e[touch]] = log.clicked_e[touch]
    np.testing.assert_array_equal(life.seen_tc, seen_tc)
    np.testing.assert_array_equal(life.clicked_tc, clicked_tc)
    assert life.stage_t[0] == log.initial_stage_i[0]
    np.testing.assert_array_equal(life.stage_t[log.period_e[move] + 1], log.number_e[move])
    np.testing.assert_array_equal(np.flatnonzero(np.diff(life.stage_t)), log.period_e[move])
    for t in log.period_e[move].tolist():
        assert NEXT_STAGE[life.stage_t[t]][life.moved_t[t]] == life.stage_t[t + 1]
    assert (life.moved_t >= 0).sum() == len(move)
    np.testing.assert_array_equal(np.flatnonzero(life.shop_tj.any(axis=1)), np.unique(log.period_e[order]))


@FEW
@given(worlds())
def test_what_happened_was_possible_and_what_was_felt_adds_up(world_and_plan: tuple[World, Plan]) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=9)
    for consumer in range(0, world.agents, 7):
        life = trace(run, consumer)
        check_events(life)
        assert (life.meet_tc[life.seen_tc > 0] > 0).all()
        onward, away = life.rate_td.T
        np.testing.assert_allclose(life.base_t + life.push_tc.sum(axis=1), onward, rtol=1e-4, atol=1e-6)
        total = onward + away
        np.testing.assert_allclose(life.chance_td.sum(axis=1), -np.expm1(-total), rtol=1e-5, atol=1e-7)
        moved = life.moved_t >= 0
        assert (life.chance_td[moved, life.moved_t[moved]] > 0).all()
        sold = life.shop_tj.any(axis=1)
        np.testing.assert_allclose(life.shop_tj[sold].sum(axis=1), 1.0, rtol=1e-5)
        repeat = life.log.rows(Event.ORDER)[life.log.number_e[life.log.rows(Event.ORDER)] == 1]
        assert (life.repeat_t[life.log.period_e[repeat]] > 0).all()


def test_the_chances_told_are_those_that_decide() -> None:
    """Over many lives, meetings and moves are as frequent as their chances say; half of them would not be."""
    world, plan = small(population__agents=400, calendar={"start": "2026-01-05", "periods": 30, "tail": 0})
    run = simulate(world, plan, seed=4)
    expected, variance, found = np.zeros(2), np.zeros(2), np.zeros(2)
    for consumer in range(world.agents):
        life = trace(run, consumer)
        for n, (p, happened) in enumerate(
            ((life.meet_tc, life.seen_tc > 0), (life.chance_td.sum(axis=1), life.moved_t >= 0))
        ):
            expected[n] += p.sum()
            variance[n] += (p * (1 - p)).sum()
            found[n] += happened.sum()
    assert (np.abs(found - expected) < 4 * np.sqrt(variance)).all()
    assert (np.abs(found - expected / 2) > 6 * np.sqrt(variance)).all()


def test_who_is_not_on_a_platform_is_never_met_there() -> None:
    world, plan = small(channels__ads__reach=0.5, population__agents=60)
    run = simulate(world, plan, seed=4)
    lives = [trace(run, consumer) for consumer in range(world.agents)]
    ads = world.channels.index("ads")
    assert {bool(life.on_platform_c[ads]) for life in lives} == {True, False}
    for life in lives:
        assert life.on_platform_c[ads] or not life.meet_tc[:, ads].any()


def test_the_typical_value_is_what_orders_scatter_about() -> None:
    world, plan = small(
        segments__all__initial={"customer": 1.0},
        segments__all__purchase_rate_per_period={"mean": 20.0},
        segments__all__lapse_rate_per_period={"mean": 0.0},
        segments__all__order_value={"mean": 50.0, "cv_between": 0.8, "cv_within": 0.2},
    )
    run = simulate(world, plan, seed=4)
    log = replay(run, [3])
    values = log.value_e[log.event_e == Event.ORDER] / world.minor
    assert len(values) > 50
    assert abs(values.mean() / trace(run, 3).typical_value - 1) < 4 * 0.2 / math.sqrt(len(values))
    assert log.initial_stage_i[0] == Stage.CUSTOMER


def test_a_consumer_outside_the_sample_is_refused() -> None:
    world, plan = small()
    with pytest.raises(OmnifunnelError, match="within 0"):
        trace(simulate(world, plan, seed=1), 2_000)
