"""Pairwise synergy, synergy index, outages and complementarity on numbers made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import small

from sim import replay, simulate, stage_coverage, worst_outage
from sim.measure.ratios import ratio
from sim.measure.truth.complementarity import overlaps, reached
from sim.measure.truth.resilience import outage_effect, window
from sim.measure.truth.synergy import interaction, synergy_index

WORTH = {"a": 3.0, "b": 5.0, "c": 2.0}
EVERYONE = frozenset(WORTH)


def additive(shown: frozenset[str]) -> np.ndarray:
    return np.array([10.0 + sum(WORTH[name] for name in shown), 20.0])


def with_bonus(shown: frozenset[str]) -> np.ndarray:
    """a and b together bring 4 more, unless c is there and takes 1 of it."""
    bonus = 4.0 - 1.0 * ("c" in shown) if {"a", "b"} <= shown else 0.0
    return additive(shown) + bonus


@pytest.mark.parametrize("base", ["full", "nothing"])
def test_additive_channels_have_no_synergy(base: str) -> None:
    np.testing.assert_array_equal(interaction(additive, EVERYONE, "a", "b", base), [0.0, 0.0])


def test_the_two_bases_differ_by_who_else_is_there() -> None:
    assert interaction(with_bonus, EVERYONE, "a", "b", "full")[0] == 3.0
    assert interaction(with_bonus, EVERYONE, "a", "b", "nothing")[0] == 4.0
    assert interaction(with_bonus, EVERYONE, "a", "c", "full")[0] == -1.0


def test_synergy_index_and_its_parts() -> None:
    found = synergy_index(with_bonus, ("c", "a", "b"))
    np.testing.assert_array_equal(found.alone_rc[0], [2.0, 3.0, 5.0])
    assert found.together_r[0] == 13.0
    assert found.index_r[0] == 1.3
    assert synergy_index(additive, ("a", "b", "c")).index_r[0] == 1.0
    assert np.isnan(found.index_r[1])  # nothing alone: no denominator


def test_a_ratio_without_denominator_is_missing() -> None:
    np.testing.assert_array_equal(ratio(np.array([1.0, 0.0]), np.array([0.0, 2.0])), [np.nan, 0.0])


def outage_of(out: list[float], first: int = 2, last: int = 3, channel: str = "shop"):
    world, _ = small()
    base_rtj = np.full((2, len(out), 1), 100)
    out_rtj = np.tile(np.array(out, dtype=np.int64)[None, :, None], (2, 1, 1))
    return outage_effect(world, channel, first, last, base_rtj, out_rtj)


def test_what_an_outage_keeps_in_the_window_and_after() -> None:
    found = outage_of([100, 100, 40, 60, 80, 90, 100, 100, 100, 100, 100])
    np.testing.assert_array_equal(found.kept_r, [0.5, 0.5])
    np.testing.assert_allclose(found.after_r, 670 / 700)
    np.testing.assert_array_equal(found.sold_r, [1.0, 1.0])
    assert outage_of([100] * 6, channel="ads").sold_r.tolist() == [0.0, 0.0]


def test_recovery_needs_the_next_periods_and_the_rest() -> None:
    steady = [100.0] * 8
    assert outage_of([100, 100, 0, 0, *steady]).recovery == 0
    assert outage_of([100, 100, 0, 0, 50, 50, *steady]).recovery == 2
    # a dip that comes late is no recovery before it
    assert outage_of([100, 100, 90, 90, 100, 100, 100, 100, *([70.0] * 8)]).recovery is None
    assert outage_of([100, 100, 0, 0]).recovery is None


def test_no_orders_no_resilience() -> None:
    world, _ = small()
    none = np.zeros((1, 6, 1), dtype=np.int64)
    found = outage_effect(world, "shop", 2, 3, none, none)
    assert np.isnan(found.kept_r).all()
    assert worst_outage((found,)) is None


def test_the_worst_outage_keeps_least() -> None:
    outages = tuple(outage_of([100, 100, kept, kept, 100, 100]) for kept in (80, 30, 50))
    assert worst_outage(outages) is outages[1]


def test_the_window_lies_in_the_middle_of_the_paid_periods() -> None:
    world, _ = small(calendar__periods=20)
    assert window(world, 8) == (6, 13)
    assert window(world, 500) == (0, 19)


def test_complementarity_by_hand() -> None:
    reached_ic = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=bool)
    path_pc = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]], dtype=bool)
    found = overlaps(("a", "b", "c"), reached_ic, path_pc, np.array([2.0, 1.0, 1.0]))
    assert (found.consumers, found.paths) == (4, 4.0)
    assert found.jaccard_cc[0, 1] == 1 / 3
    assert found.overlap_cc[0, 1] == 1 / 2
    lift = (2 / 4) / (3 / 4 * 3 / 4)
    assert found.path_lift_cc[0, 1] == pytest.approx(lift)
    assert found.index_cc[0, 1] == pytest.approx((1 - 1 / 3) * lift / (1 + lift))
    assert np.isnan(found.path_lift_cc[0, 2])
    assert np.isnan(found.index_cc[0, 2])


def test_same_people_do_not_complement_and_apart_is_half() -> None:
    same = np.array([[1, 1], [0, 0]], dtype=bool)
    apart = np.array([[1, 0], [0, 1]], dtype=bool)
    independent = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=bool)
    assert overlaps(("a", "b"), same, independent, np.ones(4)).index_cc[0, 1] == 0.0
    assert overlaps(("a", "b"), apart, independent, np.ones(4)).index_cc[0, 1] == 0.5


def test_reach_of_the_log_is_that_of_the_ledger() -> None:
    world, plan = small(channels__ads__reach=0.6)
    run = simulate(world, plan, seed=1)
    np.testing.assert_array_equal(reached(replay(run)).sum(axis=0), run.ever_reached_ck.sum(axis=1))


def test_stage_coverage_needs_eyes_and_an_effect() -> None:
    world, _ = small(channels__ads__targeting="intent", channels__ads__stages=["unaware", "customer"])
    covered = stage_coverage(world, ("ads", "shop"))
    assert [stage for stage, names in covered.items() if names] == ["unaware", "customer"]
    assert len(covered) == 8
