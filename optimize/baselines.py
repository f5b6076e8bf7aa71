"""Rules of thumb a search must beat: one function and one line in `BASELINES` each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from optimize.problem import BudgetProblem
from optimize.projection import project

Floats = npt.NDArray[np.float64]


def equal(problem: BudgetProblem) -> Floats:
    """The same amount for every channel that can take money, moved onto the limits."""
    amounts_c = np.zeros(len(problem.lower_c))
    amounts_c[problem.free_c] = problem.total / len(problem.free_c)
    return project(problem, amounts_c)


def historical(problem: BudgetProblem) -> Floats:
    """Today's mix at the total in force, moved onto the limits."""
    return project(problem, problem.status_quo_at_total())


BASELINES: dict[str, Callable[[BudgetProblem], Floats]] = {"equal": equal, "historical": historical}
