"""Where words go: the answer to stdout, notes and progress to stderr."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

from experiments.tables import Grid

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

#: Columns when nobody's terminal says otherwise: files, pipes, run directories.
WIDTH = 110
Progress = Callable[[int, int], None]


def note(text: str, *, quiet: bool) -> None:
    """A line on stderr, unless quiet."""
    if not quiet:
        click.echo(text, err=True)


def as_text(sections: Sequence[str | Grid]) -> str:
    """Sections as plain text of fixed width."""
    buffer = io.StringIO()
    _print(sections, buffer, width=WIDTH, plain=True)
    lines = [line.rstrip() for line in buffer.getvalue().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def show(sections: Sequence[str | Grid]) -> None:
    """Print sections to stdout: to a terminal in its width, else as the plain text of a file."""
    if sys.stdout.isatty():
        _print(sections, sys.stdout, width=None, plain=False)
    else:
        click.echo(as_text(sections), nl=False)


def _print(sections: Sequence[str | Grid], target: IO[str], *, width: int | None, plain: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console: Console = Console(
        file=target, width=width, no_color=plain or None, highlight=False, markup=False, emoji=False
    )
    for number, section in enumerate(sections):
        if number:
            console.print()
        if isinstance(section, Grid):
            if section.title:  # by itself, or it would be broken to the width of the table
                console.print(Text(section.title, style="bold"))
            console.print(_table(section))
        else:
            for line in section.splitlines():
                console.print(_bullet(line) if line.startswith("- ") else Text(line))


def _bullet(line: str) -> Table:
    """A list line whose continuation stands under its text."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")  # without it a line of wide characters may end in an ellipsis
    grid.add_row("-", Text(line[2:], overflow="fold"))
    return grid


def _table(grid: Grid) -> Table:
    """Wide characters count twice, so that Chinese labels align."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(grid.header):
        table.add_column(Text(name), justify="left" if number < grid.left else "right", overflow="fold")
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


@contextmanager
def progress(text: str, *, quiet: bool) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal's stderr; nothing when it is no terminal or quiet.

    Yields:
        `report(done, total, text="")`.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, text="": None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)

        def report(done: int, total: int, text: str = "") -> None:
            bar.update(task, completed=done, total=total, **({"description": text} if text else {}))

        yield report
