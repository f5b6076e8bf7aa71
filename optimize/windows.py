"""Limits on a window of the plan: which periods it holds, and what it means for the mix alone.

    symbol    meaning                                                     unit
    low, high bounds of one limit on the money of its window              currency
    [a, b)    periods of a window

A mix is decided over the whole plan. What its windows ask of it follows: disjoint windows of the same
channels need the sum of their minimums, and windows that cover the plan allow no more than the sum of their
maximums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import LimitError, window_periods

if TYPE_CHECKING:
    from sim import World


@dataclass(frozen=True)
class WindowBound:
    """Bounds on the money of channels in one window.

    Attributes:
        names: the channels, summed.
        words: the window as written.
        periods: of the window.
        low: currency.
        high: currency; infinite when there is none.
    """

    names: tuple[str, ...]
    words: str
    periods: range
    low: float
    high: float


def names_of(limit: Any) -> tuple[str, ...]:
    """Channels that a limit is about."""
    return (limit.channel,) if limit.channel is not None else tuple(limit.group or ())


def window_of(limit: Any, world: World, periods: int) -> range | None:
    """Periods of a limit's window; None for the whole plan.

    Raises:
        LimitError: no window of this plan.
    """
    if limit.window is None:
        return None
    start, period = getattr(world, "start", None), getattr(world, "period", None)
    who = f"limits: the window of {' + '.join(names_of(limit))}"
    if start is None or period is None:
        raise LimitError(f"{who} needs a calendar with a first day, got {limit.window}")
    try:
        return window_periods(limit.window, start, days=period.days, periods=periods)
    except ValueError as fault:
        raise LimitError(f"{who} {fault}, got {limit.window}") from None


def windows_of(limits: Sequence[Any], world: World, periods: int) -> list[range]:
    """Periods of every window among limits.

    Raises:
        LimitError: windows that are none of this plan, one line each.
    """
    found, faults = [], []
    for limit in limits:
        try:
            window = window_of(limit, world, periods)
        except LimitError as fault:
            faults.append(str(fault))
            continue
        found += [] if window is None else [window]
    if faults:
        raise LimitError("\n".join(dict.fromkeys(faults)))
    return found


def implied(bounds: Sequence[WindowBound], periods: int) -> tuple[float, float]:
    """Least and most money over the whole plan that bounds on windows of the same channels allow."""
    least_t = [0.0]
    for stop in range(1, periods + 1):
        ending = [least_t[b.periods.start] + b.low for b in bounds if b.periods.stop == stop]
        least_t.append(max([least_t[-1], *ending]))
    capped = [bound for bound in bounds if bound.high < float("inf")]
    covered = {t for bound in capped for t in bound.periods}
    most = sum(bound.high for bound in capped) if len(covered) == periods else float("inf")
    return least_t[-1], most
