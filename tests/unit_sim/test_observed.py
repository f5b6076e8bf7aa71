"""Journeys cut from logs, in truth and as the brand sees them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from logs import Told, four_channels, log_of
from worlds import small, worlds

from sim import (
    Event,
    JourneyError,
    JourneyLog,
    Paths,
    Plan,
    Stage,
    World,
    cut_journeys,
    paths_from_log,
    replay,
    simulate,
)
from sim.engine.tracking import recorded

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
PROSPECT, BUYER = Stage.DECIDING, Stage.CUSTOMER


def told(paths: Paths) -> list[tuple[str, float, float, float]]:
    """(channels, conversions, value, nulls) of each row."""
    names = np.array(paths.channels)[paths.channel_n]
    rows = zip(paths.start_p[:-1], paths.start_p[1:], strict=True)
    return [
        ("".join(names[low:high]), *row)
        for (low, high), row in zip(
            rows, zip(paths.conversions_p, paths.value_p, paths.nulls_p, strict=True), strict=True
        )
    ]


def touch(period: int, channels: str) -> list[tuple[int, str, str]]:
    return [(period, "touch", channel) for channel in channels]


LIFE = Told([
    *touch(0, "ab"), *touch(2, "ac"), (2, "order", "s", 10.0), (2, "order", "s", 4.0), *touch(3, "b"),
    (4, "order", "s", 5.0, True), *touch(5, "ca"),
])  # fmt: skip


def test_an_order_ends_a_journey_and_what_follows_the_last_one_is_null() -> None:
    paths = paths_from_log(log_of(four_channels(), LIFE))
    assert told(paths) == [("abac", 1, 10.0, 0), ("b", 1, 5.0, 0), ("ca", 0, 0.0, 1)]
    assert (paths.untouched_conversions, paths.untouched_value) == (1, 4.0)
    assert paths.age_n is not None
    assert paths.age_n.tolist() == [14, 14, 0, 0, 7, 0, 0]


def test_touches_before_the_lookback_lead_to_no_order() -> None:
    log = log_of(four_channels(), LIFE)
    assert told(paths_from_log(log, lookback_days=13)) == [
        ("ab", 0, 0.0, 1), ("ac", 1, 10.0, 0), ("b", 1, 5.0, 0), ("ca", 0, 0.0, 1),
    ]  # fmt: skip
    assert told(paths_from_log(log, lookback_days=0))[2] == ("b", 0, 0.0, 1)
    assert told(paths_from_log(log, lookback_days=math.inf)) == told(paths_from_log(log))


def test_a_null_journey_lasts_no_longer_than_the_lookback() -> None:
    life = Told([*touch(0, "a"), *touch(1, "b"), *touch(3, "c"), *touch(5, "a")])
    log = log_of(four_channels(), life)
    assert told(paths_from_log(log, lookback_days=21)) == [("ab", 0, 0, 1), ("ca", 0, 0, 1)]
    assert told(paths_from_log(log, lookback_days=90)) == [("abca", 0, 0, 1)]
    assert [path for path, *_ in told(paths_from_log(log, lookback_days=0))] == ["a", "b", "c", "a"]


def test_consumers_are_kept_apart_and_a_life_without_touch_is_no_journey() -> None:
    world = four_channels()
    lives = (Told(touch(1, "a")), Told(), Told([(1, "order", "s", 2.0)]), Told(touch(1, "b")))
    paths = paths_from_log(log_of(world, *lives))
    assert told(paths) == [("a", 0, 0, 1), ("b", 0, 0, 1)]
    assert paths.untouched_conversions == 1
    assert paths_from_log(log_of(world)).rows == paths_from_log(log_of(world, Told())).rows == 0


def test_a_stranger_falls_apart_by_channel_and_the_last_touch_takes_the_order() -> None:
    known = Told([*touch(0, "ab"), *touch(1, "ab"), (1, "order", "s", 10.0), (2, "order", "s", 6.0, True)])
    stranger = Told(known.events, resolved=False)
    world = four_channels()
    assert told(paths_from_log(log_of(world, known), view="brand")) == [("abab", 1, 10.0, 0)]
    paths = paths_from_log(log_of(world, stranger), view="brand")
    assert told(paths) == [("aa", 0, 0.0, 1), ("bb", 1, 10.0, 0)]
    assert paths.untouched_value == 6.0
    assert told(paths_from_log(log_of(world, stranger))) == [("abab", 1, 10.0, 0)]


def test_an_identity_goes_on_across_orders_of_others() -> None:
    """b never learns that a took the first order: its journey to the second holds the touch before it."""
    life = Told([*touch(0, "ba"), (0, "order", "s", 1.0), *touch(1, "b"), (1, "order", "s", 2.0)], False)
    assert told(paths_from_log(log_of(four_channels(), life), view="brand")) == [
        ("a", 1, 1.0, 0),
        ("bb", 1, 2.0, 0),
    ]


def test_prospects_have_not_bought_before() -> None:
    buyer = Told([*touch(0, "a"), (1, "order", "s", 1.0, True)], stage=BUYER)
    untouched = Told([(1, "order", "s", 1.0)], stage=PROSPECT)
    journeys = cut_journeys(log_of(four_channels(), LIFE, buyer, untouched)).prospects()
    assert journeys.person_p.tolist() == [0]
    assert journeys.converted_p.tolist() == [True]
    assert journeys.channel_n.tolist() == [0, 1, 0, 2]
    assert journeys.log.person_e[journeys.untouched_o].tolist() == [2]


def check_partition(journeys: JourneyLog, kept: int) -> None:
    """Every touch is in exactly one journey, every order ends one or met none, no journey is too long."""
    log = journeys.log
    assert len(np.unique(journeys.touch_n)) == len(journeys.touch_n) == kept
    orders = np.sort(np.concatenate([journeys.order_p[journeys.converted_p], journeys.untouched_o]))
    np.testing.assert_array_equal(orders, log.rows(Event.ORDER))
    assert (log.person_e[journeys.touch_n] == journeys.person_p[journeys.journey_n]).all()
    assert (journeys.touch_n < np.append(log.start_i[1:], 0)[journeys.person_p][journeys.journey_n]).all()


@FEW
@given(worlds(), st.sampled_from((0, 7, 20, math.inf)), st.sampled_from(("complete", "brand")))
def test_every_touch_is_in_one_journey(
    world_and_plan: tuple[World, Plan], lookback: float, view: str
) -> None:
    log = replay(simulate(*world_and_plan, seed=4))
    journeys = cut_journeys(log, lookback_days=lookback, view=view)
    check_partition(journeys, len(log.rows(Event.TOUCH)))
    assert (journeys.age_n <= max(lookback, 7)).all()
    lost = journeys.touch_n[journeys.converted_p[journeys.journey_n]]
    assert (
        lost
        < np.repeat(journeys.order_p, np.diff(journeys.start_p))[journeys.converted_p[journeys.journey_n]]
    ).all()
    paths = paths_from_log(log, lookback_days=lookback, view=view)
    assert paths.conversions + paths.untouched_conversions == len(log.rows(Event.ORDER))
    total = (paths.value + paths.untouched_value) * log.world.minor
    assert total == pytest.approx(log.value_e.sum(), rel=1e-9)
    if log.resolved_i.all():
        assert told(paths) == told(paths_from_log(log, lookback_days=lookback))


@pytest.mark.parametrize("tracked", [0.0, 0.3, 1.0])
def test_touches_are_lost_at_the_tracking_rate(tracked: float) -> None:
    world, plan = small(channels__ads__tracked=tracked, channels__shop__organic=0.5, population__agents=4_000)
    log = replay(simulate(world, plan, seed=6))
    ads = (log.event_e == Event.TOUCH) & (log.channel_e == world.channels.index("ads"))
    kept = recorded(log)
    assert kept[~ads].all()
    n = int(ads.sum())
    assert n > 5_000
    error = math.sqrt(tracked * (1 - tracked) / n)
    assert abs(kept[ads].mean() - tracked) <= 4 * error
    # a wrong rate must fail the same test
    assert abs(kept[ads].mean() - (tracked + 0.05)) > 4 * max(error, 1e-9)
    check_partition(cut_journeys(log, view="brand"), int((kept & (log.event_e == Event.TOUCH)).sum()))


def test_better_tracking_loses_no_touch_and_changes_no_life() -> None:
    kept = []
    for tracked in (0.2, 0.7):
        world, plan = small(channels__ads__tracked=tracked)
        run = simulate(world, plan, seed=6)
        log = replay(run)
        kept.append((run.fingerprint(), recorded(log)))
    assert kept[0][0] == kept[1][0]
    assert (kept[0][1] <= kept[1][1]).all()


@pytest.mark.parametrize("wrong", [{"view": "guess"}, {"lookback_days": -1}, {"lookback_days": math.nan}])
def test_bad_requests_are_refused_in_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(JourneyError, match="must be") as caught:
        cut_journeys(log_of(four_channels(), LIFE), **wrong)
    assert "\n" not in str(caught.value)
