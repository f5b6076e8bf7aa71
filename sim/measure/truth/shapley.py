"""Shapley values of channels: what each adds on average over all orders in which they could join.

    symbol       meaning                                                          shape
    n            players: channels that can show something
    mask         set of players as bits: bit p is player p                        int
    value        mask -> what the set achieves, by measure                        (V,)
    order_p      players in the order of joining                                  (n,)
    order_uap    independent units u of a orders each: 2 for antithetic pairs     (U, a, n)
    phi_pv       Shapley value of each player by measure                          (n, V)

Whatever the orders, each of them hands out value(all) - value(none) completely, so the parts add up to it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Value = Callable[[int], Floats]
#: Up to this many players all coalitions are run.
MOST_EXACT = 8


class Sampled(NamedTuple):
    """Shapley values from sampled orders.

    Attributes:
        phi_pv: mean over the orders, (n, V).
        error_pv: its standard error from the sampling of orders; NaN from a single unit, (n, V).
    """

    phi_pv: Floats
    error_pv: Floats


def exact_shapley(players: int, value: Value) -> Floats:
    """Shapley values by all 2**players coalitions, (players, V)."""
    value_sv = np.array([value(mask) for mask in range(1 << players)], dtype=np.float64)
    masks = np.arange(1 << players)
    size_s = np.array([mask.bit_count() for mask in range(1 << players)])
    weight_s = np.array([1.0 / (players * math.comb(players - 1, size)) for size in range(players)])
    phi_pv = np.empty((players, value_sv.shape[1]))
    for player in range(players):
        without = masks[(masks >> player) & 1 == 0]
        gain_sv = value_sv[without | (1 << player)] - value_sv[without]
        phi_pv[player] = weight_s[size_s[without]] @ gain_sv
    return phi_pv


def sampled_shapley(value: Value, order_uap: Ints) -> Sampled:
    """Shapley values from sampled orders; the standard error is over the independent units."""
    unit_upv = np.array([np.mean([gains(order, value) for order in unit], axis=0) for unit in order_uap])
    units = len(unit_upv)
    if units == 1:
        return Sampled(unit_upv[0], np.full(unit_upv[0].shape, np.nan))
    return Sampled(unit_upv.mean(axis=0), unit_upv.std(axis=0, ddof=1) / math.sqrt(units))


def gains(order_p: Ints, value: Value) -> Floats:
    """What each player adds when they join in this order, (n, V)."""
    masks = prefixes(order_p)
    value_sv = np.array([value(mask) for mask in masks], dtype=np.float64)
    gain_pv = np.empty((len(order_p), value_sv.shape[1]))
    gain_pv[order_p] = np.diff(value_sv, axis=0)
    return gain_pv


def prefixes(order_p: Ints) -> list[int]:
    """The coalitions met on the way from nobody to everybody."""
    masks = [0]
    for player in order_p.tolist():
        masks.append(masks[-1] | (1 << player))
    return masks


def random_orders(names: Sequence[str], units: int, key: str, *, antithetic: bool = True) -> Ints:
    """Random orders of the players; with `antithetic`, each unit is an order and its reverse.

    An order sorts hashes of (key, number, name): naming or adding a player moves no other's hash.
    """
    orders = []
    for number in range(units):
        hashes = [hashlib.sha256(f"{key}:{number}:{name}".encode()).digest() for name in names]
        order = sorted(range(len(names)), key=hashes.__getitem__)
        orders.append([order, order[::-1]] if antithetic else [order])
    return np.array(orders, dtype=np.int64).reshape(units, 2 if antithetic else 1, len(names))
