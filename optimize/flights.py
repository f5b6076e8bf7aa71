"""Flights: windows of periods whose money is decided one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import LimitError, Plan

#: Flights at most.
MOST = 52
_WEEKS = {"weekly": 1, "4-weekly": 4}


@dataclass(frozen=True)
class Flight:
    """A window of periods.

    Attributes:
        name: what tables and sentences call it.
        first: its first period.
        last: its last period.
    """

    name: str
    first: int
    last: int

    @property
    def periods(self) -> slice:
        """Its periods, as a slice."""
        return slice(self.first, self.last + 1)


def whole(periods: int) -> tuple[Flight, ...]:
    """One flight over the whole plan: only the mix is decided."""
    return (Flight("", 0, periods - 1),)


def divide(
    flights: int | str, periods: int, *, start: dt.date | None = None, days: int = 7
) -> tuple[Flight, ...]:
    """Cut a plan into flights.

    Args:
        flights: how many, nearly equally long; or `weekly`, `4-weekly`, `monthly` (by calendar month).
        periods: paid periods of the plan.
        start: first day of the plan; needed for `monthly`, and flights are then named by their days.
        days: days in a period.

    Raises:
        LimitError: more flights than periods, or than 52.
    """
    if flights == 1:
        return whole(periods)
    if isinstance(flights, int):
        firsts = [periods * n // flights for n in range(flights)] if 1 < flights <= periods else []
        if not firsts:
            raise LimitError(
                f"flights: must be 1 to {min(MOST, periods)} for {periods} periods, got {flights}"
            )
    elif flights == "monthly":
        firsts = _months(periods, start, days)
    else:
        step = max(1, _WEEKS[flights] * 7 // days)
        firsts = list(range(0, periods, step))
    return _cut(flights, firsts, periods, start, days)


def divide_every(
    every: int, periods: int, *, start: dt.date | None = None, days: int = 7
) -> tuple[Flight, ...]:
    """Cut a plan into flights of so many periods; the last one may be shorter.

    Raises:
        LimitError: more than 52 flights.
    """
    return _cut(f"every {every} periods", list(range(0, periods, every)), periods, start, days)


def refine(
    flights: tuple[Flight, ...], windows: Sequence[range], *, start: dt.date | None = None, days: int = 7
) -> tuple[Flight, ...]:
    """Cut flights further where windows of limits begin and end, so that each window is made of whole ones.

    Args:
        flights: of the whole plan.
        windows: periods of each window.
        start: first day of the plan.
        days: days in a period.

    Raises:
        LimitError: more than 52 flights.
    """
    periods = flights[-1].last + 1
    borders = {edge for window in windows for edge in (window.start, window.stop) if edge < periods}
    firsts = sorted({flight.first for flight in flights} | borders)
    if len(firsts) == len(flights):
        return flights
    return _cut("cutting them at the windows of limits", firsts, periods, start, days)


def lengths(flights: tuple[Flight, ...]) -> npt.NDArray[np.float64]:
    """(F,) periods of each flight."""
    return np.array([flight.last + 1 - flight.first for flight in flights], dtype=np.float64)


def _cut(
    asked: int | str, firsts: list[int], periods: int, start: dt.date | None, days: int
) -> tuple[Flight, ...]:
    """Flights that begin at these periods."""
    if len(firsts) > MOST:
        raise LimitError(f"flights: {asked} makes {len(firsts)} of them; at most {MOST} can be decided")
    if len(firsts) == 1:
        return whole(periods)
    lasts = [*(first - 1 for first in firsts[1:]), periods - 1]
    return tuple(
        Flight(_name(n, first, last, start, days), first, last)
        for n, (first, last) in enumerate(zip(firsts, lasts, strict=True), start=1)
    )


def _months(periods: int, start: dt.date | None, days: int) -> list[int]:
    """First periods of calendar months; a period belongs to the month of its first day."""
    if start is None:
        raise LimitError("flights: monthly needs a calendar with a first day")
    months = [(start + dt.timedelta(days=days * t)).strftime("%Y-%m") for t in range(periods)]
    return [t for t in range(periods) if t == 0 or months[t] != months[t - 1]]


def _name(number: int, first: int, last: int, start: dt.date | None, days: int) -> str:
    if start is None:
        return f"flight {number}"
    begin = start + dt.timedelta(days=days * first)
    end = start + dt.timedelta(days=days * (last + 1) - 1)
    return f"{begin} to {end}"


def flight_rows(flights: tuple[Flight, ...], now: Plan, recommended: Plan) -> list[dict[str, Any]]:
    """Money by flight and channel, today and recommended; empty where only the mix was decided."""
    if len(flights) < 2:
        return []
    return [
        {
            "flight": flight.name,
            "first_period": flight.first,
            "last_period": flight.last,
            "now": _by_channel(now, flight),
            "recommended": _by_channel(recommended, flight),
        }
        for flight in flights
    ]


def _by_channel(plan: Plan, flight: Flight) -> dict[str, float]:
    amounts = plan.spend_tc[flight.periods].sum(axis=0).tolist()
    return {name: round(amount, 4) for name, amount in zip(plan.channels, amounts, strict=True)}
