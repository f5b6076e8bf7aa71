"""What a page is made of, before it becomes HTML: texts, lists, facts, tables and figures, by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a mean and its interval; `strong` where the interval leaves zero out."""

    text: str
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Row:
    """A row of cells; `kind` is `group` for a heading inside the table, `total` for a sum."""

    cells: tuple[Cell, ...]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table for people: the first `left` columns stand left, the others right."""

    kind: ClassVar[str] = "table"
    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    left: int = 1
    note: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture as inline SVG with its finding above it.

    `name` says what is shown, where that helps; `mark` what the numbers are, as the figure itself says.
    """

    kind: ClassVar[str] = "figure"
    id: str
    title: str
    box: str
    body: str
    name: str = ""
    lang: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; `look` is empty, `note` for small print, or its part of the first screen.

    These are `heading`, `lead` for the verdict, `basis` for what it rests on, and `action`.
    """

    kind: ClassVar[str] = "text"
    text: str
    look: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    items: tuple[str, ...]
    lang: str = ""


@dataclass(frozen=True)
class Fact:
    """A name, its value and what more there is to it, a line each."""

    name: str
    value: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Names with values; `look` is `big` for the key figures under the verdict, `moves` for money to move."""

    kind: ClassVar[str] = "facts"
    facts: tuple[Fact, ...]
    look: str = ""


Block = Table | Figure | Text | Items | Facts


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; without a title it continues the section before."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def row(texts: Sequence[str | Cell], kind: str = "") -> Row:
    """A row of plain texts and cells."""
    return Row(tuple(one if isinstance(one, Cell) else Cell(one) for one in texts), kind)
