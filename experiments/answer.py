"""An answer: what a command found, before anything is printed or written.

The same answer becomes text for people, JSON, CSV tables, figures and a run directory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import Plan

#: Heading of the notes.
NOTES = "Notes on what was given"


@dataclass(frozen=True)
class Answer:
    """What a command found.

    Attributes:
        command: name of the command.
        case: whose scenario and plan the run directory keeps; None when nothing was simulated.
        summary: the JSON answer; no time stamp, no engine.
        sections: sentences and tables in the order of reading.
        sheets: file stem -> table.
        figures: called when figures are wanted: name -> data that the gallery draws.
        plans: file stem -> plan, written as spend CSV; only with a case.
        inputs: files of the user that were read; the run directory keeps their digests.
        solver: name of the solver that took part, if any.
        interrupted: the search was stopped early by the user.
        simulated: several scenarios were simulated, so that there is no case but seed and replicates matter.
        notes: what must be said of what the user handed in, besides the notes of the case's own plan file.
    """

    command: str
    case: Case | None
    summary: dict[str, Any]
    sections: Sequence[str | Grid]
    sheets: Mapping[str, Sheet]
    figures: Callable[[], Mapping[str, Any]]
    plans: Mapping[str, Plan] = field(default_factory=dict)
    inputs: Sequence[Path] = ()
    solver: str | None = None
    interrupted: bool = False
    simulated: bool = False
    notes: Sequence[str] = ()


def with_notes(answer: Answer) -> Answer:
    """The answer of a simulated case with its notes in the JSON and, if there are any, behind the verdict."""
    if answer.case is None:
        return answer
    notes = list(dict.fromkeys((*answer.case.notes, *answer.notes)))
    told = [f"{NOTES}\n" + "\n".join(f"- {line}" for line in notes)] if notes else []
    return replace(
        answer,
        summary={**answer.summary, "notes": notes},
        sections=[*answer.sections[:1], *told, *answer.sections[1:]],
    )
