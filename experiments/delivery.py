"""Hand an answer over: to stdout, and to a run directory when one was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments import console, store
from experiments.answer import with_notes

if TYPE_CHECKING:
    from experiments.answer import Answer
    from experiments.commands.options import Settings


def deliver(
    settings: Settings,
    find: Callable[[], Answer],
    *,
    place: AbstractContextManager[Path | None] | None = None,
) -> Answer:
    """Claim the output folder, find the answer, write it, print it.

    Args:
        settings: where to tell and how.
        find: does the work; not called when the folder cannot be had.
        place: claims the folder; default: a run directory that is renamed into place.
    """
    with place or store.claimed(settings.out) as folder:
        answer = with_notes(find())
        if folder is not None:
            for line in store.write(folder, answer, settings):
                console.note(line, quiet=settings.quiet)
    if settings.as_json:
        click.echo(store.as_json(answer.summary), nl=False)
    else:
        console.show(answer.sections)
    sys.stdout.flush()
    if settings.out is not None:
        console.note(f"written to {settings.out}", quiet=settings.quiet)
    else:
        console.note("nothing written; keep tables and figures with --out DIR", quiet=settings.quiet)
    return answer
