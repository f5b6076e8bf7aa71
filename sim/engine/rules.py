"""The behaviour of one consumer in one period, written once and used by every engine.

Each rule is a function of numbers: draws come in as arguments. All real numbers are float32 and all
draws uint32, so that a rule gives the same bits wherever it is called; the rules use only + - * /,
comparisons and shifts, never a library function.

    symbol      meaning                                                     type     unit
    u           uniform draw                                                uint32   of 2**32
    threshold   probability as a word: floor(p * 2**32)                     uint32   of 2**32
    memory      remembered exposures of one channel, a_c                    float32  exposures
    strength    saturated memory, m_c                                       float32  0 .. 1
    push        sum over channels of effect * lifted strength               float32  per period
    theta       responsiveness of the consumer                              float32  1
    rate        hazard of a move or mean of a count                         float32  per period
    chance      1 - exp(-rate)                                              float32  0 .. 1
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import inlined
from sim.market.layout import CELLS, COUNTED, MOST_ORDERS, ON_PLATFORM

_F = np.float32
_ZERO = _F(0.0)
_ONE = _F(1.0)
#: Memories below this are forgotten: denormal numbers would slow the whole pass.
_FORGOTTEN = _F(1e-20)
_LOG2E = _F(1.4426950408889634)
_LN2_HIGH = _F(0.693359375)
_LN2_LOW = _F(-2.12194440e-4)
_MOST_RATE = _F(80.0)
_ALMOST_ONE = _F(0.99999994)
_TWO31 = _F(2147483648.0)
_COUNTED = np.uint8(COUNTED)
_ON_PLATFORM = np.uint8(ON_PLATFORM)
#: Rates above this are taken as certain by `may_happen`.
_SURE = _F(0.9)
_SLACK = _F(2147483648.0 * 1.00001)

_CELL_BITS = 22
_TAIL = 1 << _CELL_BITS
_TAIL_BITS = 12


@inlined
def is_exposed(u, threshold):  # type: ignore[no-untyped-def]
    """Whether the draw shows at least n exposures, given the threshold of P(X >= n)."""
    return u < threshold


@inlined
def count_exposures(u, tail_n):  # type: ignore[no-untyped-def]
    """Number of exposures by inverse CDF: tail_n[n - 1] is the threshold of P(X >= n), falling in n."""
    count = 0
    while count < tail_n.shape[0] and is_exposed(u, tail_n[count]):
        count += 1
    return count


@inlined
def is_click(u, threshold):  # type: ignore[no-untyped-def]
    """Whether an exposed consumer clicks: threshold of 1 - (1 - ctr)**exposures."""
    return u < threshold


@inlined
def touch(touches, exposures):  # type: ignore[no-untyped-def]
    """The byte of a channel after a period: the platform bit stays, exposures are counted to 15."""
    met = np.uint8(np.uint8(touches & _COUNTED) + np.uint8(exposures))
    met = met if met < _COUNTED else _COUNTED
    return np.uint8(np.uint8(touches & _ON_PLATFORM) | met)


@inlined
def remember(memory, exposures, clicks, retain, click_weight):  # type: ignore[no-untyped-def]
    """Memory after a period: a <- retain * a + exposures + click_weight * clicks (MODEL 5.3)."""
    updated = retain * memory + (_F(exposures) + click_weight * _F(clicks))
    return updated if updated > _FORGOTTEN else _ZERO


@inlined
def strength_of(memory, saturation):  # type: ignore[no-untyped-def]
    """Saturated memory m = a / (a + saturation), in [0, 1)."""
    return memory / (memory + saturation)


@inlined
def lifted(strength, lift):  # type: ignore[no-untyped-def]
    """Strength multiplied by 1 + lift, where lift sums boost * strength of other channels; never below 0."""
    factor = _ONE + lift
    return strength * (factor if factor > _ZERO else _ZERO)


@inlined
def _halvings(rate):  # type: ignore[no-untyped-def]
    """Split exp(-rate) into scale * (1 - q): scale a power of two, q = 1 - exp(-r) for |r| <= ln(2) / 2.

    q is the Taylor polynomial to r**7, relative error below 4e-7, so small rates keep their precision.
    """
    rate = rate if rate < _MOST_RATE else _MOST_RATE
    n = np.int32(rate * _LOG2E + _F(0.5))
    fn = _F(n)
    r = (rate - fn * _LN2_HIGH) - fn * _LN2_LOW
    q = _F(-1.0 / 720.0) + r * _F(1.0 / 5040.0)
    q = _F(1.0 / 120.0) + r * q
    q = _F(-1.0 / 24.0) + r * q
    q = _F(1.0 / 6.0) + r * q
    q = _F(-0.5) + r * q
    q = r * (_ONE + r * q)
    return _power_of_half(n), q


@inlined
def _power_of_half(n):  # type: ignore[no-untyped-def]
    """2**-n for 0 <= n <= 126, exactly, by writing the exponent bits."""
    return np.int32((np.int32(127) - n) << np.int32(23)).view(np.float32)


@inlined
def chance_of(rate):  # type: ignore[no-untyped-def]
    """1 - exp(-rate): the chance that something of this rate happens within the period; rate >= 0."""
    scale, q = _halvings(rate)
    return (_ONE - scale) + scale * q


@inlined
def survival_of(rate):  # type: ignore[no-untyped-def]
    """exp(-rate): the chance that it does not happen; rate >= 0."""
    scale, q = _halvings(rate)
    return scale * (_ONE - q)


@inlined
def onward_rate(base, theta, push):  # type: ignore[no-untyped-def]
    """Rate of the move onward: what happens anyway plus what channels push."""
    return base + theta * push


@inlined
def lapse_rate(own_rate, factor, theta, retain_push):  # type: ignore[no-untyped-def]
    """Rate of lapsing: the consumer's own, times the stage's factor, times exp(-push)."""
    return own_rate * factor * survival_of(theta * retain_push)


@inlined
def order_rate(own_rate, factor, theta, repeat_push):  # type: ignore[no-untyped-def]
    """Mean orders of a customer in a period: own rate, stage factor, 1 + push."""
    return own_rate * factor * (_ONE + theta * repeat_push)


@inlined
def happens(u, chance):  # type: ignore[no-untyped-def]
    """Whether a draw falls below a chance, to 31 bits (a signed compare exists on every machine)."""
    chance = chance if chance < _ALMOST_ONE else _ALMOST_ONE
    return np.int32(u >> np.uint32(1)) < np.int32(chance * _TWO31)


@inlined
def may_happen(u, rate):  # type: ignore[no-untyped-def]
    """Whether `happens(u, chance_of(rate))` is possible: never false where that is true, and cheap.

    1 - exp(-rate) <= rate; the slack is beyond all rounding.
    """
    limit = np.int32((rate if rate < _SURE else _SURE) * _SLACK)
    limit = limit if rate < _SURE else np.int32(0x7FFFFFFF)
    return np.int32(u >> np.uint32(1)) <= limit


@inlined
def goes_onward(u, chance, onward, total):  # type: ignore[no-untyped-def]
    """Which of two competing moves: the same draw, onward first, so that more push only adds onward moves."""
    return happens(u, chance * (onward / total))


@inlined
def count_orders(u, rate):  # type: ignore[no-untyped-def]
    """Poisson count by inverse CDF; the first step is `happens(u, chance_of(rate))`, bit for bit."""
    tail = chance_of(rate)
    term = survival_of(rate)
    count = 0
    while count < MOST_ORDERS and happens(u, tail):
        count += 1
        term = term * rate / _F(count)
        tail = tail - term
    return count


@inlined
def choose(u, weight_j):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to weight_j (float32); -1 when all weights are 0."""
    total = _ZERO
    for j in range(weight_j.shape[0]):
        total += weight_j[j]
    mark = _F(u >> np.uint32(8)) * _F(1.0 / 16777216.0) * total
    last = -1
    passed = _ZERO
    for j in range(weight_j.shape[0]):
        if weight_j[j] > _ZERO:
            passed += weight_j[j]
            last = j
            if mark < passed:
                return j
    return last


@inlined
def selling_weight(preference, available, pull, strength):  # type: ignore[no-untyped-def]
    """Weight of a selling channel: preference * available * (1 + pull * strength); 0 when it is shut."""
    return preference * available * (_ONE + pull * strength)


@inlined
def quantile(table, u):  # type: ignore[no-untyped-def]
    """Inverse CDF at u by a table of three parts: all of (0, 1), its first and its last 1/1024.

    Linear between the table's values; see `quantiles.tabulate` for how it is made.
    """
    position = np.int64(u)
    part = 0
    bits = _CELL_BITS
    if position < _TAIL:
        part = CELLS + 1
        bits = _TAIL_BITS
    elif position >= (1 << 32) - _TAIL:
        position -= (1 << 32) - _TAIL
        part = 2 * (CELLS + 1)
        bits = _TAIL_BITS
    cell = position >> bits
    within = _F(position - (cell << bits)) / _F(1 << bits)
    low = table[part + cell]
    return low + within * (table[part + cell + 1] - low)


@inlined
def order_value(typical, basket, noise, minor):  # type: ignore[no-untyped-def]
    """Value of one order in minor units of the currency, int64."""
    return np.int64(np.float64(typical) * np.float64(basket) * np.float64(noise) * minor + 0.5)


@inlined
def margin_of(value, margin_rate):  # type: ignore[no-untyped-def]
    """Margin of an order in minor units, int64: value * (gross margin - commission), discounted or not."""
    return np.int64(np.floor(np.float64(value) * margin_rate + 0.5))
