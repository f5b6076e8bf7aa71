"""Shapley values on games whose answer is known, exact and sampled."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from sim import exact_shapley, random_orders, sampled_shapley
from sim.measure.truth.shapley import gains, prefixes

NAMES = tuple("abcdefghijkl")


def glove(mask: int) -> np.ndarray:
    """Players 0 and 1 hold a left glove each, player 2 the right one: a pair is worth 1."""
    return np.array([float(bool(mask & 3) and bool(mask & 4))])


def additive(mask: int) -> np.ndarray:
    return np.array([sum((p + 1.0) ** 2 for p in range(6) if mask >> p & 1), 7.0])


def crowd(size: int) -> Callable[[int], np.ndarray]:
    """A symmetric game with falling returns."""
    return lambda mask: np.array([mask.bit_count() ** 0.5])


def tangled(mask: int) -> np.ndarray:
    """Synergies between neighbours, an antagonism, a threshold: nothing symmetric, nothing additive."""
    on = np.array([mask >> p & 1 for p in range(7)], dtype=float)
    pairs = (on[:-1] * on[1:] * np.arange(1.0, 7.0)).sum()
    return np.array([on @ np.arange(3.0, 10.0) + pairs - 5.0 * on[0] * on[6] + 20.0 * (on.sum() >= 4), pairs])


def test_glove_game() -> None:
    np.testing.assert_allclose(exact_shapley(3, glove)[:, 0], [1 / 6, 1 / 6, 4 / 6])


def test_additive_game_gives_everyone_their_own() -> None:
    phi_pv = exact_shapley(6, additive)
    np.testing.assert_allclose(phi_pv[:, 0], [1, 4, 9, 16, 25, 36])
    np.testing.assert_allclose(phi_pv[:, 1], 0.0)


def test_symmetric_game_gives_everyone_the_same() -> None:
    np.testing.assert_allclose(exact_shapley(5, crowd(5))[:, 0], 5**0.5 / 5)


def test_a_player_who_adds_nothing_gets_nothing() -> None:
    assert exact_shapley(4, glove)[3, 0] == 0.0


def test_all_coalitions_agree_with_all_orders() -> None:
    orders = np.array(list(permutations(range(4))))[:, None, :]
    every = sampled_shapley(tangled, orders)
    np.testing.assert_allclose(exact_shapley(4, tangled), every.phi_pv)


@pytest.mark.parametrize("units", [1, 5])
def test_parts_sum_to_the_whole_however_few_orders(units: int) -> None:
    whole = tangled(127) - tangled(0)
    sampled = sampled_shapley(tangled, random_orders(NAMES[:7], units, "sum"))
    for phi_pv in (exact_shapley(7, tangled), sampled.phi_pv):
        np.testing.assert_allclose(phi_pv.sum(axis=0), whole, rtol=1e-13)


def test_sampled_values_lie_within_their_standard_errors() -> None:
    exact_pv = exact_shapley(7, tangled)
    sampled = sampled_shapley(tangled, random_orders(NAMES[:7], 400, "converge"))
    assert (abs(sampled.phi_pv - exact_pv) < 4 * sampled.error_pv + 1e-12).all()
    assert sampled.error_pv[:, 0].max() < 0.05 * exact_pv[:, 0].max()


def test_what_is_lost_last_is_no_shapley_value() -> None:
    """A wrong rule: v(all) - v(all but one) lies far outside the same errors."""
    sampled = sampled_shapley(tangled, random_orders(NAMES[:7], 400, "converge"))
    lost_p = np.array([tangled(127)[0] - tangled(127 ^ 1 << p)[0] for p in range(7)])
    assert (abs(lost_p - sampled.phi_pv[:, 0]) > 10 * sampled.error_pv[:, 0]).any()


def test_reversed_orders_reduce_the_variance() -> None:
    """Where gains rise with who is there: 300 orders with their reverse against 600 independent ones."""
    paired = sampled_shapley(tangled, random_orders(NAMES[:7], 300, "pairs"))
    plain = sampled_shapley(tangled, random_orders(NAMES[:7], 600, "pairs", antithetic=False))
    synergies = 1
    assert (paired.error_pv[:, synergies] ** 2).sum() < 0.1 * (plain.error_pv[:, synergies] ** 2).sum()


def test_one_unit_has_no_standard_error() -> None:
    assert np.isnan(sampled_shapley(tangled, random_orders(NAMES[:7], 1, "one")).error_pv).all()


def test_orders_are_permutations_each_beside_its_reverse() -> None:
    orders = random_orders(NAMES, 30, "key")
    assert orders.shape == (30, 2, 12)
    assert (np.sort(orders, axis=2) == np.arange(12)).all()
    np.testing.assert_array_equal(orders[:, 0], orders[:, 1, ::-1])
    assert len({tuple(order) for order in orders[:, 0]}) == 30


def test_every_player_stands_everywhere_equally_often() -> None:
    first = random_orders(NAMES[:4], 4000, "fair", antithetic=False)[:, 0, 0]
    counts = np.bincount(first, minlength=4)
    assert (abs(counts - 1000) < 4 * np.sqrt(4000 * 0.25 * 0.75)).all()


def test_a_further_player_leaves_the_order_of_the_others() -> None:
    few, more = random_orders(NAMES[:5], 20, "key"), random_orders(NAMES[:6], 20, "key")
    for order, wider in zip(few[:, 0], more[:, 0], strict=True):
        assert order.tolist() == [player for player in wider.tolist() if player != 5]


def test_gains_follow_the_order() -> None:
    assert prefixes(np.array([2, 0, 1])) == [0, 4, 5, 7]
    np.testing.assert_array_equal(gains(np.array([2, 0, 1]), glove)[:, 0], [1, 0, 0])
