"""Measures on journeys: by hand on small logs, and against the ledger on simulated ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from logs import Told, four_channels, log_of
from worlds import worlds

from sim import (
    CrossChannel,
    EventLog,
    JourneyError,
    Plan,
    Stage,
    World,
    acquired_customers,
    compile_world,
    cross_channel_conversion,
    cut_journeys,
    distinct_channels,
    heat_map,
    load,
    order_effects,
    replay,
    simulate,
    time_in_stage,
    top_paths,
)
from sim.measure.journeys.proportions import newcombe
from sim.measure.journeys.stays import periods_at_stage

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
DECIDING, CUSTOMER = Stage.DECIDING, Stage.CUSTOMER


def touches(*pairs: tuple[int, str]) -> list[tuple[int, str, str]]:
    return [(period, "touch", channel) for period, channels in pairs for channel in channels]


def bought(period: int, value: float) -> list[tuple[object, ...]]:
    return [(period, "move", DECIDING, CUSTOMER), (period, "order", "s", value)]


def buyer(value: float, *pairs: tuple[int, str], later: float = 0.0) -> Told:
    """A prospect who is touched, then buys in period 2, and perhaps again in period 3."""
    again = [(3, "order", "s", later, True)] if later else []
    return Told([*touches(*pairs), *bought(2, value), *again], stage=DECIDING)


# --- journeys


def test_distinct_channels_are_counted_once_a_journey() -> None:
    lives = (buyer(1, (0, "aa"), (1, "b")), buyer(1), Told(touches((0, "aba"))), Told(touches((0, "c"))))
    found = distinct_channels(cut_journeys(log_of(four_channels(), *lives)))
    assert [(row.channels, row.journeys, row.conversions) for row in found] == [
        (0, 1, 1),
        (1, 1, 0),
        (2, 2, 1),
    ]
    assert [row.share for row in found] == [0.5, 0.0, 0.5]
    assert [row.rate for row in found] == [1.0, 0.0, 0.5]


def test_distinct_channels_of_nothing_are_nothing() -> None:
    found = distinct_channels(cut_journeys(log_of(four_channels(), Told(touches((0, "a"))))))
    assert [row.share for row in found] == [None, None]
    assert found[0].rate is None
    [none] = distinct_channels(cut_journeys(log_of(four_channels(), Told())))
    assert (none.channels, none.journeys, none.rate) == (0, 0, None)


def test_top_paths_count_people_and_discount_their_value() -> None:
    world = four_channels(value={"gross_margin": 0.5, "ltv_horizon": 1, "discount_rate_per_year": 0.1})
    lives = (
        buyer(10.0, (0, "ab"), (1, "a")),
        buyer(30.0, (0, "ab")),
        buyer(100.0, (1, "c"), later=60.0),
        buyer(8.0),
    )
    journeys = cut_journeys(log_of(world, *lives))
    found = top_paths(journeys)
    assert [(row.path, row.customers) for row in found] == [
        (("a", "b"), 250.0), ((), 125.0), (("c",), 125.0),
    ]  # fmt: skip
    assert found[0].ltv == pytest.approx(10.0)
    assert found[0].ltv_error == pytest.approx(5.0)
    assert found[0].share == 0.5
    best = top_paths(journeys, by="ltv", most=1)[0]
    later = 30.0 * math.exp(-math.log1p(0.1) * 7 / 365.25)
    assert (best.path, best.ltv_error) == (("c",), None)
    assert best.ltv == pytest.approx(50.0 + later, abs=0.005)
    assert best.value == pytest.approx(125.0 * best.ltv)
    assert [row.path for row in top_paths(journeys, repeats=True)] == [
        (),
        ("a", "b"),
        ("a", "b", "a"),
        ("c",),
    ]
    assert len(top_paths(journeys, by="value", least=2)) == 1
    with pytest.raises(JourneyError, match="by"):
        top_paths(journeys, by="length")


def test_order_effects_leave_out_what_came_in_one_period() -> None:
    lives = (
        buyer(1, (0, "a"), (1, "b")),
        Told(touches((0, "a"), (1, "b"))),
        Told(touches((0, "b"), (1, "a"))),
        buyer(1, (1, "ab")),
        buyer(1, (0, "c"), (1, "a")),
    )
    found = {
        (row.first, row.second): row for row in order_effects(cut_journeys(log_of(four_channels(), *lives)))
    }
    assert len(found) == 6
    ab = found["a", "b"]
    assert (ab.journeys, ab.conversions, ab.rate) == (2, 1, 0.5)
    assert (ab.journeys_back, ab.conversions_back, ab.rate_back) == (1, 0, 0.0)
    assert ab.difference == 0.5
    assert (ab.low, ab.high) == newcombe(1, 2, 0, 1)
    ac = found["a", "c"]
    assert (ac.rate, ac.rate_back, ac.difference, ac.low, ac.evidence) == (None, 1.0, None, None, 0.0)


def test_order_effects_turn_round_when_time_does() -> None:
    """A wrong rule, touches read backwards, gives the opposite answer."""
    forward = log_of(four_channels(), buyer(1, (0, "a"), (1, "b")), Told(touches((0, "b"), (1, "a"))))
    backward = log_of(four_channels(), buyer(1, (0, "b"), (1, "a")), Told(touches((0, "a"), (1, "b"))))
    one, other = (order_effects(cut_journeys(log))[0].difference for log in (forward, backward))
    assert one == 1.0
    assert other == -1.0


def test_one_journey_each_way_is_no_evidence() -> None:
    """1 of 1 against 0 of 1 has no standard error, and still tells nothing."""
    lives = (buyer(1, (0, "a"), (1, "b")), Told(touches((0, "b"), (1, "a"))))
    row = order_effects(cut_journeys(log_of(four_channels(), *lives)))[0]
    assert row.difference == 1.0
    assert row.low is not None
    assert row.low < 0
    assert 0 < row.evidence < 1


# --- cross-channel conversion


def row_of(found: list[CrossChannel], channel: str, days: int) -> CrossChannel:
    return next(row for row in found if (row.channel, row.days) == (channel, days))


def test_cross_channel_windows_hold_the_touched_period_and_those_after() -> None:
    world = four_channels(calendar={"start": "2026-01-05", "periods": 6, "tail": 0})
    life = Told([*touches((0, "a"), (2, "a")), (2, "order", "s", 1.0), *touches((5, "s"))], stage=DECIDING)
    found = cross_channel_conversion(log_of(world, life), windows=(1, 7, 20))
    assert sorted({row.days for row in found}) == [7, 21]
    week, three = row_of(found, "a", 7), row_of(found, "a", 21)
    assert (week.touched, week.converted, week.base, week.base_converted) == (2, 1, 4, 0)
    assert (week.rate, week.base_rate, week.lift) == (0.5, 0.0, None)
    assert (three.touched, three.converted, three.base, three.base_converted) == (2, 2, 2, 1)
    assert three.lift == 2.0


def test_an_order_in_the_touched_channel_is_no_cross_conversion() -> None:
    life = Told([*touches((0, "as")), (0, "order", "s", 1.0)], stage=DECIDING)
    found = cross_channel_conversion(log_of(four_channels(), life), windows=(7,))
    assert row_of(found, "a", 7).rate == 1.0
    assert row_of(found, "s", 7).rate == 0.0
    assert row_of(found, "b", 7).rate is None


def test_first_touch_compares_with_the_time_before_it() -> None:
    world = four_channels(calendar={"start": "2026-01-05", "periods": 6, "tail": 0})
    life = Told(
        [(0, "order", "s", 1.0), *touches((2, "a"), (4, "a")), (4, "order", "s", 1.0)], stage=CUSTOMER
    )
    found = row_of(cross_channel_conversion(log_of(world, life), windows=(7,), rule="first"), "a", 7)
    assert (found.touched, found.converted, found.base, found.base_converted) == (1, 0, 2, 1)


def test_days_are_days_in_a_daily_market_and_a_window_longer_than_the_run_has_no_rate() -> None:
    world = four_channels(calendar={"start": "2026-01-05", "period": "day", "periods": 6, "tail": 2})
    found = cross_channel_conversion(log_of(world, Told(touches((0, "a")))))
    assert sorted({row.days for row in found}) == [1, 7, 30]
    assert row_of(found, "a", 30).rate is None
    assert row_of(found, "a", 30).base_rate is None


@pytest.mark.parametrize("wrong", [{"windows": ()}, {"windows": (0,)}, {"rule": "last"}])
def test_bad_windows_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(JourneyError, match="must be"):
        cross_channel_conversion(log_of(four_channels(), Told()), **wrong)


# --- stages


def test_time_in_stage_tells_ended_stays_from_those_still_going_on() -> None:
    world = four_channels(calendar={"start": "2026-01-05", "periods": 6, "tail": 0})
    life = Told([(1, "move", Stage.UNAWARE, Stage.AWARE), (4, "move", Stage.AWARE, Stage.UNAWARE)])
    found = {row.stage: row for row in time_in_stage(log_of(world, life, Told()), least=1)}
    unaware, aware, loyal = found["unaware"], found["aware"], found["loyal"]
    assert (unaware.stays, unaware.ended, unaware.spent, unaware.expected) == (3, 1, 9, 9.0)
    assert (unaware.median, unaware.onward, unaware.away) == (2.0, 1.0, 0.0)
    assert (aware.stays, aware.ended, aware.spent, aware.away) == (1, 1, 3, 1.0)
    assert (loyal.stays, loyal.expected, loyal.median, loyal.onward) == (0, None, None, None)


def test_few_ended_stays_have_no_length() -> None:
    life = Told([(1, "move", Stage.UNAWARE, Stage.AWARE)])
    for ended, known in ((9, False), (10, True)):
        unaware = time_in_stage(log_of(four_channels(), *[life] * ended))[0]
        assert (unaware.ended, unaware.onward) == (ended, 1.0)
        assert (unaware.expected is not None, unaware.median is not None) == (known, known)


def test_the_heat_map_has_rows_that_sum_to_one_or_none() -> None:
    life = Told([*touches((0, "a")), (0, "move", Stage.UNAWARE, Stage.AWARE), *touches((1, "ab"))])
    found = {row.channel: row for row in heat_map(log_of(four_channels(), life))}
    assert found["a"].touches[:2] == (1, 1)
    assert found["a"].shares[:3] == (0.5, 0.5, 0.0)
    assert found["a"].rates[:3] == (1.0, 1.0 / 7.0, None)
    assert found["c"].shares == (None,) * 8


# --- against the ledger


@FEW
@given(worlds())
def test_measures_agree_with_the_ledger(world_and_plan: tuple[World, Plan]) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=7)
    log = replay(run)
    acquired = acquired_customers(log)
    acquired_k = np.bincount(log.segment_i[acquired.new_i], minlength=len(world.segments))
    np.testing.assert_array_equal(acquired_k, run.acquired_ock[0].sum(axis=0))
    value_k = np.zeros(len(world.segments), dtype=np.int64)
    np.add.at(value_k, log.segment_i, acquired.value_i)
    np.testing.assert_array_equal(value_k, run.cohort_value_ock[0].sum(axis=0))
    np.testing.assert_array_equal(periods_at_stage(log), run.occupancy_tks[:-1].sum(axis=(0, 1)))
    stays = time_in_stage(log)
    assert [row.ended for row in stays] == run.flows_tksdr.sum(axis=(0, 1, 3, 4)).tolist()
    heat_c = [sum(row.touches) for row in heat_map(log)]
    assert heat_c == run.reached_tck.sum(axis=(0, 2)).tolist()
    assert all(row.rates[s] is None or row.rates[s] <= 1.0 for row in heat_map(log) for s in range(8))
    every = top_paths(cut_journeys(log), most=10**6)
    assert sum(row.customers for row in every) == pytest.approx(acquired_k.sum() * world.weight)


def brute(log: EventLog, channel: str, w: int, rule: str) -> tuple[int, int, int, int]:
    """Cross-channel counts one consumer and period at a time."""
    c, result = log.world.channels.index(channel), [0, 0, 0, 0]
    for i in range(len(log)):
        rows = range(log.start_i[i], log.start_i[i + 1])
        met = {int(log.period_e[e]) for e in rows if log.event_e[e] == 0 and log.channel_e[e] == c}
        orders = {int(log.period_e[e]) for e in rows if log.event_e[e] == 2 and log.channel_e[e] != c}
        for t in range(log.world.total_periods - w + 1):
            follows = any(t <= o < t + w for o in orders)
            before = any(m < t for m in met)
            if t in met and not (rule == "first" and before):
                result[0] += 1
                result[1] += follows
            elif t not in met and not (rule == "first" and before):
                result[2] += 1
                result[3] += follows
    return (result[0], result[1], result[2], result[3])


@pytest.mark.parametrize("rule", ["any", "first"])
def test_cross_channel_counts_agree_with_brute_force(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.measure.journeys import cross_channel

    file = load("beauty-launch", overrides=["population.agents=150"])
    world = compile_world(file.scenario)
    log = replay(simulate(world, file.status_quo(), seed=3))
    monkeypatch.setattr(cross_channel, "_BLOCK", 64)
    for row in cross_channel_conversion(log, rule=rule):
        counts = (row.touched, row.converted, row.base, row.base_converted)
        assert counts == brute(log, row.channel, row.days // 7, rule), row
