"""Tables before they are printed or written: texts for people, full numbers for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Cell = str | float | int | None
Estimate = Mapping[str, float | None]


@dataclass(frozen=True)
class Grid:
    """A table for people: texts only; the first `left` columns stand left, the others right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True)
class Sheet:
    """A table for machines: full numbers, one CSV file."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
