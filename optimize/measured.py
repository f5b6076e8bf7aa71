"""What is kept of a simulated plan: enough never to run it again.

    symbol      meaning                                         shape   unit
    orders_jk   orders by selling channel and segment           (J, K)  orders of the sample
    revenue_jk  their value                                     (J, K)  minor units

A simulation is a pure function of world, plan, seed and replicate, and a method of what it is told. So a
search that runs again with these records before its meter does what it did before, at no cost, and goes
on from where the records end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from optimize.objectives import Kpis
from sim import Plan

if TYPE_CHECKING:
    from sim import Run

Ints = npt.NDArray[np.int64]
#: What a simulation may raise by the numbers it meets: the plan's failure, not the program's.
FAILURES = (ArithmeticError, ValueError, RuntimeError)


@dataclass(frozen=True, eq=False)
class Measured:
    """A plan on one replicate's draws, as the simulation gave it.

    Attributes:
        number: of the plan in the order in which the search asked, zero-spend baselines included.
        kpis: key figures, and what targets need; empty for a failure.
        orders_jk: (J, K), see the module's table.
        revenue_jk: (J, K).
        failure: what the simulation raised, None when it ended well.
    """

    number: int
    kpis: Kpis
    orders_jk: Ints
    revenue_jk: Ints
    failure: str | None = None

    @classmethod
    def of(cls, number: int, run: Run, kpis: Kpis) -> Measured:
        """From a run and the key figures read from it."""
        return cls(number, kpis, run.orders_tjkr.sum(axis=(0, 3)), run.revenue_tjkr.sum(axis=(0, 3)))

    @classmethod
    def failed(cls, number: int, failure: str) -> Measured:
        """Of a simulation that raised."""
        nothing = np.zeros((0, 0), dtype=np.int64)
        return cls(number, {}, nothing, nothing, failure)


class Record(Protocol):
    """Where measured plans are kept; `experiments` brings one that survives the process."""

    def recall(self, plan: Plan, replicate: int) -> Measured | None:
        """What was noted of a plan on these draws."""

    def note(self, plan: Plan, replicate: int, measured: Measured) -> None:
        """Keep a plan as soon as it is measured."""


@dataclass
class MemoryRecord:
    """A record that lives as long as the search."""

    found: dict[tuple[int, str], Measured] = field(default_factory=dict)

    def recall(self, plan: Plan, replicate: int) -> Measured | None:
        """What was noted of a plan on these draws."""
        return self.found.get((replicate, fingerprint(plan)))

    def note(self, plan: Plan, replicate: int, measured: Measured) -> None:
        """Keep a plan as soon as it is measured."""
        self.found[replicate, fingerprint(plan)] = measured


def fingerprint(plan: Plan) -> str:
    """Digest of channels and spend: equal prints are equal plans, bit for bit."""
    digest = hashlib.sha256(",".join(plan.channels).encode())
    digest.update(np.ascontiguousarray(plan.spend_tc).tobytes())
    return digest.hexdigest()[:32]


def failures_of(measured: Sequence[Measured]) -> list[str]:
    """What went wrong, if anything did."""
    return [each.failure for each in measured if each.failure is not None]
