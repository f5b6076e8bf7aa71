"""Windows of the plan, written in months or days: `2026-06`, `2026-06..2026-07`, `2026-06-01..2026-06-28`.

Both ends are included. A period belongs to the window that holds its first day.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

_END = r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?"
_WINDOW = re.compile(rf"({_END})(?:\s*\.\.\s*({_END}))?")
_FORM = (
    "must be months or days of the calendar, the first and the last, such as 2026-06, 2026-06..2026-07 "
    "or 2026-06-01..2026-06-28"
)
Span = tuple[dt.date, dt.date]


def read_window(text: str) -> tuple[Span, Span]:
    """First and last day of the window's first month or day, and of its last.

    Raises:
        ValueError: no window, or one that ends before it begins.
    """
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(_FORM)
    first, last = _span(match[1]), _span(match[2] or match[1])
    if last[1] < first[0]:
        raise ValueError(f"must not end before it begins: {match[2]} lies before {match[1]}")
    return first, last


def window_periods(text: str, start: dt.date, *, days: int, periods: int) -> range:
    """Periods whose first day lies in the window.

    Args:
        text: the window.
        start: first day of the plan.
        days: days in a period.
        periods: paid periods of the plan.

    Raises:
        ValueError: no window, one of whose ends lies outside the plan, or one without a period's first day.
    """
    ends = read_window(text)
    end = start + dt.timedelta(days=days * periods - 1)
    if any(last < start or first > end for first, last in ends):
        raise ValueError(f"must lie in the plan, {start} to {end}")
    begin = -((start - ends[0][0]).days // days)  # rounded up: a period begun before the window is not in it
    found = range(max(begin, 0), min((ends[1][1] - start).days // days + 1, periods))
    if not found:
        unit = "day" if days == 1 else "week" if days == 7 else f"period of {days} days"
        raise ValueError(f"must hold the first day of a {unit}, counted from {start}")
    return found


def _span(text: str) -> Span:
    """First and last day of a month or a day."""
    parts = [int(part) for part in text.split("-")]
    try:
        if len(parts) == 3:
            return (dt.date(*parts),) * 2
        year, month = parts
        first = dt.date(year, month, 1)
        return first, first.replace(day=monthrange(year, month)[1])
    except ValueError:
        raise ValueError(f"{_FORM}; '{text}' is none") from None
