"""Dates and periods, and the plan of today: what is spent in each period.

symbol    meaning                                  shape
t         paid period, 0 .. T-1
spend_tc  money offered to channel c in period t   (T, C), channels in sorted order
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from sim.market.plan import Plan
from sim.market.vocabulary import Period
from sim.scenario.schema import Scenario


def period_starts(start: dt.date, period: Period, periods: int) -> tuple[dt.date, ...]:
    """First day of each period."""
    return tuple(start + dt.timedelta(days=period.days * t) for t in range(periods))


def last_day(start: dt.date, period: Period, periods: int) -> dt.date:
    """Last day of the last period.

    Raises:
        OverflowError: if that day lies after the year 9999.
    """
    return start + dt.timedelta(days=period.days * periods - 1)


def period_of(day: dt.date, start: dt.date, *, period: Period) -> int:
    """Index of the period that holds a day; negative before the calendar."""
    return (day - start).days // period.days


def covered(first: dt.date, last: dt.date, *, start: dt.date, period: Period, periods: int) -> range:
    """The periods whose first day lies in [first, last], both days included."""
    begin = -((start - first).days // period.days)  # rounded up: a period begun before `first` is not covered
    return range(max(begin, 0), min(period_of(last, start, period=period) + 1, periods))


def windows(scenario: Scenario) -> Iterator[tuple[range, dict[str, float]]]:
    """Each block of spend of the plan: the periods it covers, and money per period by channel."""
    calendar = scenario.calendar
    yield range(calendar.periods), dict(scenario.plan.per_period)
    for flight in scenario.plan.flights:
        yield (
            covered(
                flight.start,
                flight.end,
                start=calendar.start,
                period=calendar.period,
                periods=calendar.periods,
            ),
            dict(flight.per_period),
        )


def assemble(scenario: Scenario, history: Plan | None = None) -> Plan:
    """The plan of today: history, if any, plus the steady spend, plus the flights.

    Args:
        scenario: a valid scenario.
        history: spend read from `plan.history`, over the same periods and channels.

    Returns:
        A plan over the paid periods, channels in sorted order.
    """
    channels = sorted(scenario.channels)
    column = {name: c for c, name in enumerate(channels)}
    spend_tc = np.zeros((scenario.calendar.periods, len(channels)))
    if history is not None:
        spend_tc += history.spend_tc
    for periods, per_period in windows(scenario):
        for name, money in per_period.items():
            spend_tc[periods.start : periods.stop, column[name]] += money
    return Plan(tuple(channels), spend_tc)
