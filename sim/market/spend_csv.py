"""Spend as a wide CSV: one row a period, one column a channel (`tv_spend` or `tv_S`).

Reading is strict and reports every fault on a line of its own: file, row, column, rule, value.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from sim.errors import PlanError
from sim.market.plan import Plan

MAX_BYTES = 20_000_000
MAX_FAULTS = 50
_SUFFIXES = ("_spend", "_S")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class SpendFile:
    """What a wide CSV of spend says, and which of its columns say it.

    Attributes:
        plan: the spend.
        read: names of the columns read, in the order of the file.
        unread: names of the columns that hold something and are not read, in the order of the file.
    """

    plan: Plan
    read: tuple[str, ...]
    unread: tuple[str, ...]


def read_spend(
    path: str | Path,
    *,
    channels: Sequence[str],
    periods: int,
    columns: Mapping[str, str] | None = None,
    date_column: str | None = None,
    dates: Sequence[dt.date] | None = None,
    required: Sequence[str] = (),
) -> Plan:
    """Read a plan; the arguments and faults are those of `read_spend_file`, which also tells the columns."""
    return read_spend_file(
        path,
        channels=channels,
        periods=periods,
        columns=columns,
        date_column=date_column,
        dates=dates,
        required=required,
    ).plan


def read_spend_file(
    path: str | Path,
    *,
    channels: Sequence[str],
    periods: int,
    columns: Mapping[str, str] | None = None,
    date_column: str | None = None,
    dates: Sequence[dt.date] | None = None,
    required: Sequence[str] = (),
) -> SpendFile:
    """Read a plan and say which columns it was read from.

    Args:
        path: the file.
        channels: channels of the plan, in its order.
        periods: rows needed.
        columns: channel -> column; without it, columns are found by their names. Columns that are neither
            named here nor end in `_spend` or `_S` are not read.
        date_column: column with each period's first day; without it, a column called `date` if there is one.
        dates: first day of each period, compared with the date column.
        required: channels that must have a column (those with a price); others get 0 without one.

    Raises:
        PlanError: with one line per fault.
    """
    header, rows = _read(Path(path))
    found, faults = _named(header, columns) if columns is not None else _by_suffix(header, channels, required)
    faults = [*_shape_faults(header, rows, periods), *faults]
    if faults:
        raise PlanError(_bounded(path, faults))
    spend_tc = np.zeros((periods, len(channels)))
    for channel, column in found.items():
        position = header.index(column)
        for t, row in enumerate(rows):
            value = _money(row[position])
            if value is None:
                got = _shown(row[position])
                faults.append(f"row {t + 2}, column '{column}': must be a finite number >= 0, got {got}")
            else:
                spend_tc[t, channels.index(channel)] = value
    day = _date_name(header, date_column)
    faults += _date_faults(header, rows, day, dates)
    if faults:
        raise PlanError(_bounded(path, faults))
    dated = {day} if day is not None and dates is not None else set()
    read = tuple(name for name in header if name in {*found.values(), *dated})
    return SpendFile(Plan(tuple(channels), spend_tc), read, _unread(header, rows, read))


def write_spend(plan: Plan, path: str | Path, *, dates: Sequence[dt.date]) -> None:
    """Write a plan as `date` and one `<channel>_spend` column a channel; `read_spend` gives it back exactly.

    Raises:
        ValueError: if there is not one date a period.
    """
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", *(f"{channel}_spend" for channel in plan.channels)])
        for day, row_c in zip(dates, plan.spend_tc.tolist(), strict=True):
            writer.writerow([day.isoformat(), *(repr(money).removesuffix(".0") for money in row_c)])


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        if not path.is_file():
            raise PlanError(f"{path}: no such file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise PlanError(
                f"{path}: a spend file must be at most {MAX_BYTES} bytes, got {path.stat().st_size}"
            )
        text = data.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PlanError(f"{path}: must be UTF-8 text, line {line} is not") from error
    except (OSError, ValueError, csv.Error) as error:
        raise PlanError(f"{path}: cannot be read as CSV: {_shown(str(error))}") from error
    if not rows:
        raise PlanError(f"{path}: must have a header and one row a period, but it is empty")
    return [name.strip() for name in rows[0]], rows[1:]


def _shape_faults(header: Sequence[str], rows: Sequence[Sequence[str]], periods: int) -> list[str]:
    repeated = sorted(name for name, uses in Counter(header).items() if name and uses > 1)
    faults = [f"column {_shown(name)} must stand once" for name in repeated]
    if len(rows) != periods:
        faults.append(f"must have one row a period, {periods} rows, got {len(rows)}")
    faults += [
        f"row {number} must have {len(header)} cells like the header, got {len(row)}"
        for number, row in enumerate(rows, start=2)
        if len(row) != len(header)
    ]
    return faults


def _named(header: Sequence[str], columns: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Channel -> column as the caller wants it, and the columns that are not there."""
    faults = [
        f"column '{column}' for channel '{channel}' is missing{_near(column, header)}"
        for channel, column in columns.items()
        if column not in header
    ]
    return dict(columns), faults


def _by_suffix(
    header: Sequence[str], channels: Sequence[str], required: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Channel -> column by the columns' names, and what is unknown, doubled or missing."""
    found: dict[str, str] = {}
    faults: list[str] = []
    for column in dict.fromkeys(header):
        suffix = next((s for s in _SUFFIXES if column.endswith(s)), None)
        if suffix is None:
            continue
        channel = column.removesuffix(suffix)
        if channel not in channels:
            faults.append(f"column {_shown(column)} is of no channel{_near(channel, channels)}")
        elif channel in found:
            faults.append(f"channel '{channel}' must have one column, got '{found[channel]}' and '{column}'")
        else:
            found[channel] = column
    for channel in required:
        if channel not in found:
            column = f"{channel}_spend"
            faults.append(f"column '{column}' (or '{channel}_S') is missing{_near(column, header)}")
    if not found and not faults:
        example = f"{channels[0]}_spend" if channels else "tv_spend"
        hint = ", and cells separated by commas" if len(header) == 1 else ""
        faults.append(f"must have columns named like '{example}'{hint}, got {_shown(','.join(header))}")
    return found, faults


def _money(cell: str) -> float | None:
    if not _NUMBER.fullmatch(cell.strip()):
        return None
    value = float(cell)
    return value if 0 <= value < float("inf") else None


def _unread(header: Sequence[str], rows: Sequence[Sequence[str]], read: Collection[str]) -> tuple[str, ...]:
    """Columns that hold something and were not read; commas too many at the end of a line hold nothing."""
    return tuple(
        name
        for position, name in enumerate(header)
        if name not in read and (name or any(row[position].strip() for row in rows))
    )


def _date_name(header: Sequence[str], wanted: str | None) -> str | None:
    """The column of dates: the one asked for, else one called `date`."""
    if wanted is not None:
        return wanted
    return next((column for column in header if column.lower() == "date"), None)


def _date_faults(
    header: Sequence[str], rows: Sequence[Sequence[str]], name: str | None, dates: Sequence[dt.date] | None
) -> list[str]:
    if name is not None and name not in header:
        return [f"date column '{name}' is missing{_near(name, header)}"]
    if name is None or dates is None:
        return []
    position = header.index(name)
    return [
        f"row {number}, column '{name}': must be {day}, the period's first day, got {_shown(row[position])}"
        for number, (row, day) in enumerate(zip(rows, dates, strict=False), start=2)
        if not _DAY.fullmatch(row[position].strip()) or row[position].strip() != day.isoformat()
    ]


def _near(word: str, choices: Sequence[str]) -> str:
    near = get_close_matches(word[:80], choices, n=1)
    return f" (did you mean '{near[0]}'?)" if near else f" (known: {', '.join(choices[:12])})"


def _shown(text: str) -> str:
    cut = text if len(text) <= 40 else text[:37] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + "'"


def _bounded(path: str | Path, faults: Sequence[str]) -> str:
    more = [f"and {len(faults) - MAX_FAULTS} more faults"] if len(faults) > MAX_FAULTS else []
    return "\n".join([*(f"{path}: {fault}" for fault in faults[:MAX_FAULTS]), *more])
