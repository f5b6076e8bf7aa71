"""What `optimize` says of channels cut by more than half: what they bring, and where to check first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments import formatting
from experiments.estimates import estimate
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from optimize import GuardRail, OptimizeResult
    from sim import Interval

#: Words of a row as a cell of the table says them.
WORDS = {"loses": "loses money", "not told apart": "is unclear", "unknown": "is unknown"}


def guard_rail_sections(result: OptimizeResult) -> list[str | Grid]:
    """The table beside the budget and a warning a channel that pays; nothing where nothing is cut so far."""
    if not result.guard_rail:
        return []
    warnings = [f"- {row.text}" for row in result.guard_rail if row.word == "pays"]
    note = (
        "Switched off: a plan less the same plan without that channel's money, on the judge's draws. A "
        "channel may pay and still be worth cutting, where its money does more elsewhere."
    )
    return [_grid(result), "\n".join(["Before you cut", f"- {note}", *warnings])]


def _grid(result: OptimizeResult) -> Grid:
    rows = tuple(
        (
            row.label,
            formatting.percent(-row.cut, signed=True),
            _half(row.cost, "money"),
            _half(row.returns, "ratio"),
            _half(row.cost_recommended, "money"),
            WORDS.get(row.word, row.word),
        )
        for row in result.guard_rail
    )
    header = (
        *("Channel", "Change", "Brings today", f"Per {result.currency} billed"),
        *("In the recommended plan", "On its own it"),
    )
    title = f"Cut by more than half: profit lost without the channel, {result.currency}"
    return Grid(f"{title} (± half of the 95 % interval)", header, rows)


def _half(value: Interval | None, unit: str) -> str:
    return formatting.MISSING if value is None else formatting.plus_minus(estimate(value), unit)


def guard_rail_sheet(result: OptimizeResult) -> Sheet:
    """One row a channel that is cut by more than half."""
    names = ("cost", "return", "cost_recommended", "return_recommended")
    ends = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    rows = tuple(
        (row.channel, row.label, row.now, row.recommended, row.cut, *_spans(row), row.word)
        for row in result.guard_rail
    )
    return Sheet(("channel", "label", "now", "recommended", "cut", *ends, "word"), rows)


def _spans(row: GuardRail) -> list[float | None]:
    found = (row.cost, row.returns, row.cost_recommended, row.returns_recommended)
    return [estimate(each)[end] for each in found for end in ("mean", "low", "high")]
