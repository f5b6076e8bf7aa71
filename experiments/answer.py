"""An answer: what a command found, before anything is printed or written.

The same answer becomes text for people, JSON, CSV tables, figures and a run directory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import Plan


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
