"""Journeys from a user's CSV, in one of two forms that the header tells apart.

Counted paths, one row a path: `path` (channels separated by ` > `), `conversions`, and if known `value` (what
these conversions were worth together) and `nulls` (journeys of this path without conversion). Touches, one
row a touch: `journey`, `channel`, `conversion`, and if known `time` and `value` (see touches_csv). Other
columns are refused, so that none is taken for another. Channels are credited in alphabetical order.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import JourneyError
from sim.measure.attribution.paths import Paths, in_alphabet
from sim.measure.attribution.touches_csv import TOUCH_COLUMNS, TOUCH_REQUIRED, read_touches
from sim.measure.csv_rows import CsvRows, shown

SEPARATOR = ">"
PATH_COLUMNS = ("path", "conversions", "value", "nulls")
PATH_REQUIRED = ("path", "conversions")
#: As the R package ChannelAttribution calls them in its examples.
ALSO = {"total_conversions": "conversions", "total_conversion_value": "value", "total_null": "nulls"}


@dataclass(frozen=True)
class Journeys:
    """What a file of journeys holds.

    Attributes:
        paths: its journeys; conversions that met no channel within the window stand apart in it.
        form: `paths` or `touches`.
        has_value: the file says what conversions were worth; without it every value is 0.
        has_times: the file says when; without it no window applies and time decay counts steps.
        left_out: touches outside the lookback window.
    """

    paths: Paths
    form: str
    has_value: bool
    has_times: bool
    left_out: int


def read_journeys(path: str | Path, *, lookback_days: float = 90.0) -> Journeys:
    """Read a file of journeys.

    Args:
        path: the file, UTF-8 with or without a byte-order mark.
        lookback_days: touches more days than this before the end of their path are left out; needs times.

    Raises:
        JourneyError: one line per fault; also for a single channel and for no conversion at all.
    """
    if not lookback_days > 0:
        raise JourneyError(f"lookback must be above 0 days, got {lookback_days}")
    rows = CsvRows(path, JourneyError)
    journeys = _read_touches(rows, lookback_days) if _is_touches(rows) else _read_paths(rows)
    within = "1 day" if lookback_days == 1 else f"{lookback_days:g} days"
    if len(journeys.paths.channels) < 2:
        only = "".join(f" {shown(name)}" for name in journeys.paths.channels) or " none"
        rows.fault(0, f"must name at least 2 channels to share conversions between, got only{only}")
    if journeys.paths.conversions + journeys.paths.untouched_conversions == 0:
        rows.fault(0, "must hold at least one conversion, got none; attribution shares out conversions")
    elif journeys.paths.conversions == 0:
        rows.fault(0, f"no conversion met a channel within {within}; use a longer lookback")
    rows.check()
    return journeys


def _is_touches(rows: CsvRows) -> bool:
    """Which form the header is of; a header of neither is a fault."""
    touches = {"journey", "channel"} & set(rows.header)
    if touches or "path" in rows.header:
        return bool(touches) and "path" not in rows.header
    hint = "; separate cells by commas" if len(rows.header) == 1 else ""
    rows.fault(
        1,
        f"must have columns {','.join(PATH_COLUMNS)} (counted paths) or {','.join(TOUCH_COLUMNS)} (touches), "
        f"got {shown(','.join(rows.header))}{hint}",
    )
    rows.check()
    return False


def _read_touches(rows: CsvRows, lookback_days: float) -> Journeys:
    rows.name_columns(TOUCH_COLUMNS, TOUCH_REQUIRED)
    paths, left_out = read_touches(rows, lookback_days)
    return Journeys(paths, "touches", "value" in rows.columns, "time" in rows.columns, left_out)


def _read_paths(rows: CsvRows) -> Journeys:
    rows.name_columns(PATH_COLUMNS, PATH_REQUIRED, ALSO)
    numbers: dict[str, int] = {}
    touches: list[int] = []
    lengths: list[int] = []
    figures: list[tuple[float, float, float]] = []
    for line, cells in rows:
        names = [name.strip() for name in rows.text(cells, "path").split(SEPARATOR)]
        if not all(names):
            got = shown(rows.text(cells, "path"))
            rows.fault(
                line, f"column 'path': every step must name a channel, got {got}; name it or delete it"
            )
        touches += [numbers.setdefault(name, len(numbers)) for name in names]
        lengths.append(len(names))
        figures.append(_figures(rows, line, cells))
    rows.check()
    channels, channel_n = in_alphabet(numbers, touches)
    start_p = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    conversions_p, value_p, nulls_p = np.array(figures, dtype=np.float64).T
    paths = Paths(channels, channel_n, start_p, conversions_p, value_p, nulls_p)
    return Journeys(paths, "paths", "value" in rows.columns, has_times=False, left_out=0)


def _figures(rows: CsvRows, line: int, cells: list[str]) -> tuple[float, float, float]:
    """Conversions, value and nulls of a row."""
    conversions = rows.count(line, cells, "conversions")
    value = rows.amount(line, cells, "value")
    nulls = rows.count(line, cells, "nulls")
    if value > 0 and conversions == 0:
        rows.fault(line, "column 'value': must be 0 where nothing converted; correct one of the two")
    return conversions, value, nulls
