"""What can go wrong, in words a user can act on.

Every message says where, what must hold, what it got and what to do. A file with several faults
reports all of them at once (`ScenarioErrors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class OmnifunnelError(Exception):
    """Base of every error this project raises on purpose; its text is one clear line per fault."""


class PlanError(OmnifunnelError):
    """A plan that cannot be spent: unknown channel, negative or non-finite money, wrong length."""


class JourneyError(OmnifunnelError):
    """Journeys that cannot be read or attributed: columns, times, counts, or nothing to share out."""


class CapacityError(OmnifunnelError):
    """A world that would not fit into the machine's memory, told before anything is allocated."""


class LimitError(OmnifunnelError):
    """Budget limits that contradict each other or cannot be met."""


class SolverError(OmnifunnelError):
    """A linear solver ended in any status but optimal; the text carries the status by name."""


class OrdersError(OmnifunnelError):
    """A table of orders that cannot be read or fitted; one line per fault, with file and line."""


class FitError(OmnifunnelError):
    """A model that the data do not identify: no maximum, or a parameter that runs to its bound."""


@dataclass(frozen=True)
class Fault:
    """One fault of a scenario file, with its place in the text.

    Attributes:
        file: the file as the user named it.
        line: 1-based line, 0 when the value came from elsewhere (`--set`).
        column: 1-based column, 0 as above.
        path: dotted path of the field, e.g. `channels.search.reach`.
        rule: what must hold.
        got: the offending value as the user wrote it; empty when a value is missing.
        hint: what to do, e.g. `did you mean 'douyin_live'?`.
    """

    file: str
    line: int
    column: int
    path: str
    rule: str
    got: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        where = f"{place}: {self.path}: " if self.path else f"{place}: "
        got = f", got {self.got}" if self.got else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.rule}{got}{hint}"


class ScenarioError(OmnifunnelError):
    """A scenario that is not valid; holds every fault found.

    Attributes:
        faults: all faults, in the order of the file.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
