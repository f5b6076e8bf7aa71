"""Points of the unit cube <-> budgets that meet the limits, without favouring any channel.

    symbol  meaning                                            shape
    u_c     coordinates a sampler draws, each in [0, 1)        (C,)   free channels; (C + 1,) where the
                                                                      total is free: the last one says it
    e_c     -log(1 - u_c): exponential when u is uniform       (C,)
    w_c     e_c / sum e: uniform on the simplex                (C,)

Normalised exponentials are uniform on the simplex (Devroye 1986, ch. XI.4); u / sum u hardly leaves
its centre and softmax lives in its corners. What the minimums leave over is shared out by w; what
flows over a maximum goes to the others in the same proportions; a plan that breaks a group limit is
moved to the nearest one that does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.problem import BudgetProblem
from optimize.projection import project

Floats = npt.NDArray[np.float64]

#: Coordinates stay below 1, where the exponential is finite.
TOP = 1.0 - 1e-9


def decode(problem: BudgetProblem, u: Floats) -> Floats:
    """Amounts within all limits for coordinates of the free channels."""
    free = problem.free_c
    least, most = problem.span
    total = most if len(u) == len(free) else least + (most - least) * float(np.clip(u[-1], 0.0, 1.0))
    e_c = -np.log1p(-np.clip(u[: len(free)], 0.0, TOP))
    w_c = e_c / e_c.sum() if e_c.sum() > 0 else np.full(len(free), 1.0 / len(free))
    amounts = np.zeros(len(problem.lower_c))
    amounts[free] = fill(w_c, problem.lower_c[free], np.minimum(problem.upper_c[free], problem.total), total)
    settled = problem.settle(amounts)
    return settled if not problem.violations(settled) else project(problem, amounts)


def encode(problem: BudgetProblem, amounts_c: Floats) -> Floats:
    """Coordinates that decode to a plan within the limits.

    The sum of the exponentials is free; its mean, one a channel, is taken, where the map is steepest
    in the middle of the cube.
    """
    free, (least, most) = problem.free_c, problem.span
    room = most - least
    last = [(float(amounts_c.sum()) - least) / room if room > 0 else 1.0] if problem.free_total else []
    above = np.maximum(amounts_c[free] - problem.lower_c[free], 0.0)
    if above.sum() <= 0:
        return np.array([*np.zeros(len(free)), *last])
    u_c = np.clip(-np.expm1(-len(free) * above / above.sum()), 0.0, TOP)
    return np.array([*u_c, *np.clip(last, 0.0, 1.0)])


def fill(w_c: Floats, lower_c: Floats, upper_c: Floats, total: float) -> Floats:
    """Minimums first, the rest by `w_c`; what a maximum cannot hold goes to the others by `w_c`."""
    amounts = lower_c.astype(np.float64).copy()
    open_c = upper_c > lower_c
    for _ in range(len(w_c)):
        rest = total - amounts.sum()
        if rest <= 1e-12 * total or not open_c.any():
            break
        weight = np.where(open_c, w_c, 0.0)
        weight = weight if weight.sum() > 0 else open_c.astype(np.float64)
        asked = amounts + rest * weight / weight.sum()
        full = open_c & (asked >= upper_c)
        amounts = np.minimum(asked, upper_c)
        open_c &= ~full
    return amounts
