"""Cross-channel conversion: who is touched in one channel and then orders in another (FACTS E.14).

    symbol       meaning                                                                     unit
    a, b         channel of the touch, selling channel of the order, b other than a
    w            periods of the window; touches of a period come before its orders, so that
                 (t, t + w] holds the orders of periods t .. t + w - 1
    touched      (consumer, period) pairs with a touch in a, and whose window lies in the run   count
    rate         share of them followed by an order in some b within the window               None without any
    base_rate    the same share over the pairs without such a touch

It describes what follows a touch. It is no effect: channels look for people who are about to buy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Event, EventLog, Flags
from sim.errors import JourneyError
from sim.measure.ratios import quotient

RULES = ("any", "first")
#: Consumers taken at a time: their periods lie side by side.
_BLOCK = 4096
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CrossChannel:
    """Conversion in other channels after a touch in one; see the module's table.

    Attributes:
        days: days that the window's periods cover.
        lift: rate / base_rate; None where either is undefined or the base is 0.
    """

    channel: str
    days: int
    touched: int
    converted: int
    rate: float | None
    base: int
    base_converted: int
    base_rate: float | None
    lift: float | None


def cross_channel_conversion(
    log: EventLog, *, windows: Sequence[int] = (1, 7, 30), rule: str = "any"
) -> list[CrossChannel]:
    """Conversion across channels by channel touched and window.

    Args:
        log: of a fair sample of the market.
        windows: days; each is rounded up to whole periods, and windows of equal length are given once.
        rule: "any" counts every touched period, against the periods without a touch in the channel; "first"
            only a consumer's first one, against the periods before it.

    Raises:
        JourneyError: a window below one day, or another rule.
    """
    if rule not in RULES:
        raise JourneyError(f"rule: must be one of {', '.join(RULES)}, got '{rule}'")
    if not windows or min(windows) < 1:
        raise JourneyError(f"windows: must be days >= 1, got {', '.join(map(str, windows)) or 'none'}")
    days = log.world.period.days
    periods = sorted({math.ceil(window / days) for window in windows})
    counts_wcx = np.zeros((len(periods), len(log.world.channels), 4), dtype=np.int64)
    for low in range(0, len(log), _BLOCK):
        _count_block(counts_wcx, log, low, min(low + _BLOCK, len(log)), periods, rule)
    return [
        _row(name, w * days, *counts_wcx[place, c].tolist())
        for c, name in enumerate(log.world.channels)
        for place, w in enumerate(periods)
    ]


def _count_block(
    counts_wcx: Counts, log: EventLog, low: int, high: int, periods: Sequence[int], rule: str
) -> None:
    """Add one block of consumers: touched, converted, base, base converted."""
    rows = slice(log.start_i[low], log.start_i[high])
    person = np.repeat(np.arange(high - low), np.diff(log.start_i[low : high + 1]))
    event, period, channel = log.event_e[rows], log.period_e[rows], log.channel_e[rows]
    shape = (high - low, log.world.total_periods)

    def grid(chosen: Flags) -> Flags:
        flags = np.zeros(shape, dtype=bool)
        flags[person[chosen], period[chosen]] = True
        return flags

    sells = set(log.world.sell_j.tolist())
    followed = {c: _followed(grid((event == Event.ORDER) & (channel != c)), periods) for c in (-1, *sells)}
    for c in range(len(log.world.channels)):
        touched = grid((event == Event.TOUCH) & (channel == c))
        base = ~touched
        if rule == "first":
            met = np.logical_or.accumulate(touched, axis=1)
            touched[:, 1:] &= ~met[:, :-1]
            base = ~met
        for place, follows in enumerate(followed[c if c in sells else -1]):
            width = follows.shape[1]
            for x, pairs in enumerate((touched[:, :width], base[:, :width])):
                counts_wcx[place, c, 2 * x] += pairs.sum()
                counts_wcx[place, c, 2 * x + 1] += (pairs & follows).sum()


def _followed(orders_it: Flags, periods: Sequence[int]) -> list[Flags]:
    """For each window, whether an order falls into it, by consumer and first period of the window."""
    sums = np.zeros((orders_it.shape[0], orders_it.shape[1] + 1), dtype=np.int32)
    np.cumsum(orders_it, axis=1, out=sums[:, 1:])
    return [sums[:, w:] > sums[:, : max(sums.shape[1] - w, 0)] for w in periods]


def _row(name: str, days: int, touched: int, converted: int, base: int, base_converted: int) -> CrossChannel:
    rate, base_rate = quotient(converted, touched), quotient(base_converted, base)
    lift = quotient(rate, base_rate) if rate is not None and base_rate is not None else None
    return CrossChannel(name, days, touched, converted, rate, base, base_converted, base_rate, lift)
