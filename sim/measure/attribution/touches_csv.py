"""Journeys given touch by touch: rows of a CSV become paths.

    journey,channel,time,conversion,value        `time` and `value` may be missing
    u1,tv,2026-03-01,,
    u1,search,2026-03-04 18:30,1,59.90           a touch that converted at once
    u2,tv,2026-03-02,,
    u2,,2026-03-09,2,120                         a conversion apart from any touch: no channel

A row with a conversion ends a path: the touches of its journey since the conversion before, its own included.
What follows the last conversion is a path without one. Rows of different journeys may mix; those of one
journey stand in order of time. A path keeps the touches of the last `lookback_days` before it ends, at the
conversion or, without one, at the last touch; a conversion that keeps none is counted apart.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.measure.attribution.paths import Floats, Ints, Paths, in_alphabet
from sim.measure.csv_rows import CsvRows, shown

TOUCH_COLUMNS = ("journey", "channel", "time", "conversion", "value")
TOUCH_REQUIRED = ("journey", "channel", "conversion")
NO_CHANNEL = -1
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_DAY = dt.timedelta(days=1)


@dataclass
class _Columns:
    """What has been read so far, one entry a row."""

    journeys: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)
    journey: list[int] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    day: list[float] = field(default_factory=list)
    conversions: list[float] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    last_seen: dict[int, tuple[float, int]] = field(default_factory=dict)
    zoned: tuple[bool, int] | None = None


def read_touches(rows: CsvRows, lookback_days: float) -> tuple[Paths, int]:
    """Cut the rows of a file into paths.

    Returns:
        The paths, and how many touches lie outside the lookback window.

    Raises:
        JourneyError: with one line per fault of the rows.
    """
    rows.may_be_empty = frozenset({"conversion", "value"})
    columns = _Columns()
    for line, cells in rows:
        _add(columns, rows, line, cells)
    rows.check()
    return _cut(columns, lookback_days if "time" in rows.columns else None)


def _add(columns: _Columns, rows: CsvRows, line: int, cells: list[str]) -> None:
    journey, channel = rows.text(cells, "journey"), rows.text(cells, "channel")
    conversions, value = rows.count(line, cells, "conversion"), rows.amount(line, cells, "value")
    if not journey:
        rows.fault(line, "column 'journey': must name the journey, is empty; name it or delete the row")
    if not channel and not conversions:
        rows.fault(
            line, "column 'channel': must name a channel where nothing converts; name it or delete the row"
        )
    if value > 0 and conversions == 0:
        rows.fault(line, "column 'value': must be empty or 0 where nothing converts; correct one of the two")
    number = columns.journeys.setdefault(journey, len(columns.journeys))
    columns.journey.append(number)
    columns.channel.append(
        columns.channels.setdefault(channel, len(columns.channels)) if channel else NO_CHANNEL
    )
    columns.day.append(_day(columns, rows, line, cells, number) if "time" in rows.columns else 0.0)
    columns.conversions.append(conversions)
    columns.value.append(value)


def _day(columns: _Columns, rows: CsvRows, line: int, cells: list[str], journey: int) -> float:
    """Days since 1970 of a row, in order within its journey; 0 where it is a fault."""
    text = rows.text(cells, "time")
    moment = _moment(text)
    if moment is None:
        rows.fault(
            line,
            f"column 'time': must be a date or time like 2026-03-04 or 2026-03-04 18:30, got {shown(text)}",
        )
        return 0.0
    zoned = moment.tzinfo is not None
    columns.zoned = columns.zoned or (zoned, line)
    if zoned != columns.zoned[0]:
        must = "have" if columns.zoned[0] else "not have"
        rows.fault(
            line, f"column 'time': must {must} a time zone, as line {columns.zoned[1]}, got {shown(text)}"
        )
        return 0.0
    day = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC if zoned else None)) / _DAY
    before, at_line = columns.last_seen.get(journey, (day, line))
    if day < before:
        rows.fault(
            line,
            f"column 'time': must not be before line {at_line} of the same journey, got {shown(text)}; "
            "sort the rows by time",
        )
    columns.last_seen[journey] = (day, line)
    return day


def _moment(text: str) -> dt.datetime | None:
    if not _TIME.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _cut(columns: _Columns, lookback_days: float | None) -> tuple[Paths, int]:
    """Paths from whole columns; r is a row, p a path, both in order of journey, then of the file."""
    journey_r: Ints = np.array(columns.journey, dtype=np.int64)
    order_r = np.argsort(journey_r, kind="stable")
    journey_r = journey_r[order_r]
    conversions_r, value_r, day_r = (
        np.array(column)[order_r] for column in (columns.conversions, columns.value, columns.day)
    )
    channels, renumbered = in_alphabet(columns.channels, range(len(columns.channels)))
    channel_r: Ints = np.append(renumbered, NO_CHANNEL)[np.array(columns.channel, dtype=np.int64)][order_r]
    path_r = _path_of_row(journey_r, conversions_r)
    paths = int(path_r[-1]) + 1
    end_p = np.flatnonzero(np.append(np.diff(path_r) > 0, True))
    age_r: Floats = day_r[end_p][path_r] - day_r
    touch_r = channel_r != NO_CHANNEL
    kept_r = touch_r if lookback_days is None else touch_r & (age_r <= lookback_days)
    touches_p = np.bincount(path_r[kept_r], minlength=paths)
    met_p, conversions_p, value_p = touches_p > 0, conversions_r[end_p], value_r[end_p]
    found = Paths(
        channels,
        channel_r[kept_r],
        np.concatenate([[0], np.cumsum(touches_p[met_p])]),
        conversions_p[met_p],
        value_p[met_p],
        (conversions_p[met_p] == 0).astype(np.float64),
        age_n=None if lookback_days is None else age_r[kept_r],
        untouched_conversions=float(conversions_p[~met_p].sum()),
        untouched_value=float(value_p[~met_p].sum()),
    )
    return found, int(touch_r.sum() - kept_r.sum())


def _path_of_row(journey_r: Ints, conversions_r: Floats) -> Ints:
    """Number of the path of each row: a new one at a new journey and after a conversion."""
    fresh_r: npt.NDArray[np.bool_] = np.ones(len(journey_r), dtype=bool)
    fresh_r[1:] = (journey_r[1:] != journey_r[:-1]) | (conversions_r[:-1] > 0)
    return np.cumsum(fresh_r) - 1
