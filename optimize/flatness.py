"""How flat the optimum is: how far each channel's money may move before the objective loses a little.

    symbol   meaning                                                       unit
    x        the recommended plan                                          currency
    g        fitted gain of the objective, a surface through all plans     currency
    loss     `LOSS` of the objective, as gain                              currency

For every channel and either side: the most (least) money it can have while g stays within the loss,
the others taking or giving money as is best for g. A linear programme on the surface's slices through x
says where to go; the surface itself, synergy included, says how far along that way the loss is met. So a
range is a model's figure, and what lies between its ends along that way is within it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.ascent import Blend, tabulate
from optimize.evaluator import Evaluation
from optimize.linear import Floor, Pieces, best_mix
from optimize.objectives import Objective
from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: Share of the objective that may be lost.
LOSS = 0.01
#: Share of the total that one channel may move by, pieces on the way, and halvings of what is left of it.
REACH, PIECES, HALVINGS = 0.3, 20, 14


@dataclass(frozen=True)
class FlatRange:
    """Money of one channel within which the fitted objective loses at most `LOSS`.

    Attributes:
        channel: id.
        low: least money.
        high: most money.
        recommended: money in the recommended plan.
    """

    channel: str
    low: float
    high: float
    recommended: float


def flat_ranges(
    problem: BudgetProblem, goal: Objective, blend: Blend, best: Evaluation
) -> tuple[FlatRange, ...]:
    """The range of every free channel around the recommended plan; empty where the objective has no size.

    Raises:
        LimitError, SolverError: the programmes have no answer.
    """
    loss, at_c = _loss(goal, best), best.amounts_c
    if loss is None:
        return ()
    found = []
    for c in problem.free_c:
        low, high = (_end(problem, blend, at_c, [int(c)], side, loss) for side in (-1.0, 1.0))
        found.append(FlatRange(problem.world.channels[c], low, high, float(at_c[c])))
    return tuple(found)


def flat_total(
    problem: BudgetProblem, goal: Objective, blend: Blend, best: Evaluation
) -> tuple[float, float] | None:
    """The same range of all money together, where the total is free.

    Raises:
        LimitError, SolverError: the programmes have no answer.
    """
    loss = _loss(goal, best)
    if loss is None or not problem.free_total:
        return None
    everyone = [int(c) for c in problem.free_c]
    low, high = (_end(problem, blend, best.amounts_c, everyone, side, loss) for side in (-1.0, 1.0))
    return low, high


def _loss(goal: Objective, best: Evaluation) -> float | None:
    loss = LOSS * abs(best.value(goal)) * goal.scale(best.kpis)
    return loss if np.isfinite(loss) and loss > 0 else None


def _end(
    problem: BudgetProblem, blend: Blend, at_c: Floats, members: Sequence[int], side: float, loss: float
) -> float:
    """The money of some channels together where the loss is met, going up (side 1) or down (-1)."""
    tables = tabulate(problem, blend, at_c, move=REACH * float(at_c.sum()), pieces=PIECES)
    asked = {
        c: Pieces(table.at_p, side * table.at_p if c in members else np.zeros_like(table.at_p))
        for c, table in tables.items()
    }
    far_c = best_mix(problem, asked, floor=Floor(tables, -loss), priced=False, relaxed=True).amounts_c
    least = float(blend.predict(at_c)[0]) - loss

    def within(share: float) -> bool:
        row = at_c + share * (far_c - at_c)
        return float(blend.predict(row)[0]) >= least and not problem.violations(row)

    near, far = 0.0, 1.0
    if within(1.0):
        near = 1.0
    else:
        for _ in range(HALVINGS):
            middle = (near + far) / 2.0
            near, far = (middle, far) if within(middle) else (near, middle)
    return float((at_c + near * (far_c - at_c))[list(members)].sum())
