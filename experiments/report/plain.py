"""Any table of a run directory as a table for people: names said, intervals joined, numbers rounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from experiments import formatting
from experiments.method_words import finder
from experiments.report.blocks import Cell, Table, row
from experiments.report.folder import RunFolder, Sheet
from experiments.report.labels import channel_labels
from experiments.report.speech import Speech

#: Rows of a table in the page; the rest stays in its file.
MOST = 30
ENDS = ("mean", "low", "high")
#: Digits after the point that any number gets at most.
FINEST = 6
#: Columns whose values are names of a family; a channel may be called as a method or a rule is.
FAMILIES = {
    "kpi": "kpi",
    "stage": "stage",
    "rule": "rule",
    "target": "target",
    "word": "word",
    "kind": "kind",
    "world": "world",
    "origin": "method",
    "found_by": "method",
    "method": "method",
}
#: Columns whose values are channels, several of them joined by a plus.
CHANNELS = frozenset({"channel", "channels", "first", "second"})
_SHARE = re.compile(r"(^|_)(share|rate|probability|chance)(_|$)")


@dataclass(frozen=True)
class Column:
    """A column for people, made of one or three columns of the file."""

    name: str
    sources: tuple[int, ...]


def plain_table(name: str, folder: RunFolder, say: Speech) -> Table:
    """One CSV as a table; undefined values are dashes."""
    header, rows = folder.sheets[name]
    columns = _columns(header)
    labels = channel_labels(folder, say)
    unit = header.index("unit") if "unit" in header else None
    digits = {c.name: _digits(rows, c) for c in columns if _is_numeric(rows, c.sources[0])}
    shown = []
    rows = _resolved(header, rows, folder)
    for line in rows[:MOST]:
        kind = None if unit is None else line[unit]
        shown.append(row([_cell(column, line, kind, digits, say, labels) for column in columns]))
    more = len(rows) - MOST
    left = next((n for n, column in enumerate(columns) if n and column.name in digits), len(columns))
    heads = tuple(say.name("column", column.name) for column in columns)
    note = say("more_rows", count=f"{more:,}", file=f"{name}.csv") if more > 0 else ""
    caption = name.replace("_", " ").replace("-", " ")
    return Table(caption[:1].upper() + caption[1:], heads, tuple(shown), left=left, note=note)


def _resolved(header: Sequence[str], rows: Sequence[Sequence[str]], folder: RunFolder) -> list[list[str]]:
    """Rows in which the plans of the method asked for bear its name."""
    at = [number for number, name in enumerate(header) if name == "origin"]
    method = folder.summary.get("method", "")
    return [
        [finder(text, method) if number in at else text for number, text in enumerate(line)] for line in rows
    ]


def plain_tables(*names: str) -> Callable[[RunFolder, Speech], list[Table]]:
    """A section made of tables as they are, those that the directory has; its heading names them."""
    return lambda folder, say: [
        replace(plain_table(name, folder, say), caption="") for name in names if name in folder.sheets
    ]


def _columns(header: Sequence[str]) -> list[Column]:
    """Three ends of an interval become one column; a label stands for its id."""
    at = {name: number for number, name in enumerate(header)}
    found, taken = [], {at[name] for name in ("unit",) if name in at}
    for name, number in at.items():
        if number in taken:
            continue
        stem = "" if name == "mean" else f"{name.removesuffix('_mean')}_"
        ends = (number, at.get(f"{stem}low", -1), at.get(f"{stem}high", -1))
        if name == "label" or min(ends) < 0:
            ends = (number,)
        taken.update(ends)
        found.append(Column(name.removesuffix("_mean") if len(ends) == 3 else name, ends))
    if "label" in at and "channel" in at:
        found = [column for column in found if column.name != "label"]
    return found


def _is_numeric(rows: Sequence[Sequence[str]], number: int) -> bool:
    values = [line[number] for line in rows if line[number]]
    return bool(values) and all(_number(value) is not None for value in values)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _cell(
    column: Column,
    line: Sequence[str],
    unit: str | None,
    digits: Mapping[str, int],
    say: Speech,
    labels: Mapping[str, str],
) -> Cell:
    texts = [line[number] for number in column.sources]
    if column.name not in digits:
        return Cell(_named(column.name, texts[0], say, labels))
    values = [_number(text) for text in texts]
    if unit is None and _SHARE.search(column.name) and all(v is None or abs(v) <= 1 for v in values):
        unit = "share"
    if len(values) == 3:
        estimate = dict(zip(ENDS, values, strict=True))
        if unit is None:
            mean, low, high = (loose(value, digits[column.name]) for value in values)
            return Cell(mean, "" if values[1] is None else say("ends", low=low, high=high))
        return Cell(*say.halves(estimate, unit))
    return Cell(loose(values[0], digits[column.name]) if unit is None else formatting.number(values[0], unit))


def _named(column: str, text: str, say: Speech, labels: Mapping[str, str]) -> str:
    """What people call the value of a column of names."""
    if column in CHANNELS:
        return " + ".join(labels.get(one, one) for one in text.split("+"))
    if column == "plan":
        return say.plan(text)
    family = FAMILIES.get(column)
    return text if family is None else say.name(family, text, text)


def loose(value: float | None, digits: int) -> str:
    """A number whose unit nobody names, never with an exponent."""
    if value is None:
        return formatting.MISSING
    text = f"{value:,.{digits}f}"
    if text.strip("-0.,"):
        return text
    return "0" if digits == FINEST else text.lstrip("-")


def _digits(rows: Sequence[Sequence[str]], column: Column) -> int:
    """Digits after the point that a column needs: none in whole numbers and thousands."""
    numbers = [_number(line[source]) for line in rows for source in column.sources]
    known = [abs(number) for number in numbers if number is not None]
    largest = max(known, default=0.0)
    if largest >= 1_000 or all(number == round(number) for number in known):
        return 0
    return next(
        (n for n, bound in enumerate((100.0, 1.0, 0.01, 1e-3, 1e-4), start=1) if largest >= bound), FINEST
    )


def unplaced(folder: RunFolder, claimed: set[str]) -> dict[str, Sheet]:
    """Tables that no section has told, empty ones left out."""
    return {name: sheet for name, sheet in folder.sheets.items() if name not in claimed and sheet[1]}
