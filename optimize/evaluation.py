"""Evaluation: one simulated plan of a search, and why its score may be of no use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.measured import FAILURES
from optimize.meter import Meter, Unmeasured
from optimize.objectives import Kpis, Objective
from optimize.wording import money
from sim import OmnifunnelError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem
    from sim import Plan

Floats = npt.NDArray[np.float64]
SEARCH = "search"


class Hopeless(OmnifunnelError):
    """So many plans in a row without a usable score that the search gives up."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One simulated plan.

    Attributes:
        amounts_c: (C,) money by channel, as simulated.
        kpis: what was measured.
        failure: why the score cannot be used; None when it can.
        feasible: True if the plan meets every limit, the total and every target.
        run: simulations used when it was done, counting itself.
        replicate: the draws it was measured on.
        miss: by how much it misses its targets, relative to them; 0 when it meets all.
        origin: who asked for it: the method (`search`), or `Optuna` where that has a share of the runs.
    """

    amounts_c: Floats
    kpis: Kpis
    failure: str | None
    feasible: bool
    run: int
    replicate: int
    miss: float = 0.0
    origin: str = SEARCH

    def value(self, goal: Objective) -> float:
        """The objective, as `Objective.value` ranks plans."""
        return goal.value(self.kpis)


def measure(meter: Meter, plans: Sequence[Plan], replicate: int) -> list[Kpis]:
    """What the meter says of each plan; what it raises over one is the failure of that one only."""
    try:
        return list(meter.measure(plans, replicate=replicate))
    except FAILURES as fault:
        if len(plans) == 1:
            return [Unmeasured(f"{type(fault).__name__}: {fault}")]
    return [measure(meter, [plan], replicate)[0] for plan in plans]


def failure_of(problem: BudgetProblem, amounts_c: Floats, found: Kpis, kpis: Kpis) -> str | None:
    """Why a plan cannot be scored: its simulation failed, or an objective is no finite number."""
    offered = float(amounts_c.sum())
    spent = money(offered, problem.currency)
    if isinstance(found, Unmeasured):
        return f"simulating a plan that offers {spent} failed: {found.failure}"
    for goal in problem.goals:
        value, gain = goal.value(kpis), goal.gain(kpis, offered, 0.0)
        if not (np.isfinite(value) and np.isfinite(gain)):
            return f"{goal.kpi} of a plan that offers {spent} is {kpis.get(goal.kpi)}, not a finite number"
    return None
