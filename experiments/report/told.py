"""Read back what a command said in `summary.txt`: paragraphs, lists and tables, each as a block.

This is how the report shows commands that have no sections of their own, and those still to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from experiments.answer import NOTES
from experiments.plots.style import text_width
from experiments.report.blocks import Block, Items, Table, Text, row

#: Blank columns between two columns of a table: the padding of either and the line between them.
APART = 3
RULE = re.compile(r" *─{3,}")
#: What the closing sections of a report say in their own way.
SKIPPED = ("Assumptions", NOTES)
LANG = "en"
#: Letters of the longest first sentence that stands as a verdict.
LEAD = 200


def told_blocks(text: str, words: Callable[[str], str] = str) -> list[Block]:
    """The blocks in the order of reading; a sentence at the start is the verdict.

    Args:
        text: what was said.
        words: says names in tables in the language of the page.
    """
    found: list[Block] = []
    chunks = [chunk.split("\n") for chunk in re.split(r"\n\s*\n", text.strip("\n")) if chunk.strip()]
    for number, lines in enumerate(chunks):
        following = chunks[number + 1] if number + 1 < len(chunks) else []
        if _is_table(lines):
            before = chunks[number - 1] if number else []
            found.append(
                _table(lines, before[0] if len(before) == 1 and not _is_table(before) else "", words)
            )
        elif not (len(lines) == 1 and _is_table(following)):  # else it is that table's title
            found += _prose(lines)
    if found and isinstance(found[0], Text) and found[0].text.endswith(".") and len(found[0].text) <= LEAD:
        found[0] = replace(found[0], look="lead")
    return found


def _is_table(lines: list[str]) -> bool:
    return any(RULE.fullmatch(line) for line in lines)


def _prose(lines: list[str]) -> list[Block]:
    first = next((n for n, line in enumerate(lines) if line.startswith("- ")), len(lines))
    heading, items = " ".join(line.strip() for line in lines[:first]), _items(lines[first:])
    if heading in SKIPPED:
        return []
    found: list[Block] = [Text(heading, lang=LANG)] if heading else []
    return [*found, Items(items, LANG)] if items else found


def _items(lines: list[str]) -> tuple[str, ...]:
    items: list[str] = []
    for line in lines:
        if line.startswith("- ") or not items:
            items.append(line.removeprefix("- ").strip())
        else:
            items[-1] += f" {line.strip()}"
    return tuple(items)


def _table(lines: list[str], title: str, words: Callable[[str], str]) -> Table:
    """Columns stand where every line is blank for a while; folded cells are joined again."""
    at = next(n for n, line in enumerate(lines) if RULE.fullmatch(line))
    spread = [_spread(line) for line in lines[:at] + lines[at + 1 :]]
    columns = _columns(spread)
    cells = [[_cut(line, start, end) for start, end in columns] for line in spread]
    header = [" ".join(filter(None, parts)) for parts in zip(*cells[:at], strict=True)]
    rows: list[list[str]] = []
    for line in cells[at:]:
        inked = [x for x, cell in enumerate(line) if cell]
        if rows and len(line) > 1 and len(inked) == 1 and not _is_number(line[inked[0]]):
            rows[-1][inked[0]] += f" {line[inked[0]]}"
        else:
            rows.append(line)
    left = 1
    while left < len(header) and not any(_is_number(line[left]) for line in rows):
        left += 1
    shown = tuple(row([words(line[0]), *line[1:]]) for line in rows)
    return Table(title, tuple(words(name) for name in header), shown, left=left, lang=LANG)


def _spread(line: str) -> list[str]:
    """One entry a column of the screen: a wide character takes two, the second of them empty."""
    return [part for c in line for part in ([c, ""] if text_width(c) == 2 else [c])]


def _columns(spread: list[list[str]]) -> list[tuple[int, int]]:
    width = max(len(line) for line in spread)
    inked = [any(x < len(line) and line[x] != " " for line in spread) for x in range(width)]
    found: list[tuple[int, int]] = []
    for x in range(width):
        if not inked[x]:
            continue
        if found and x - found[-1][1] < APART:
            found[-1] = (found[-1][0], x + 1)
        else:
            found.append((x, x + 1))
    return found


def _cut(line: list[str], start: int, end: int) -> str:
    return "".join(line[start:end]).strip()


def _is_number(text: str) -> bool:
    return bool(re.match(r"(?:[A-Z]{3} )?[-+±]?\d", text))
