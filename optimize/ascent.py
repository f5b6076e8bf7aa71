"""Climb a fitted response surface by linear programmes: slice, solve, move, narrow.

The surface is not separable (channels lift one another), so each programme uses its slices through
the plan reached so far and trusts them only within a move limit. A step counts when the surface
itself, synergy included, agrees that it is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.curves import Surface
from optimize.linear import Floor, LinearPlan, Pieces, best_mix
from optimize.problem import BudgetProblem
from sim import LimitError

Floats = npt.NDArray[np.float64]

#: Pieces per curve while climbing, and where prices are read.
STEP_PIECES = 10
PRICE_PIECES = 40
#: Share of the total on either side of the plan over which prices are read.
PRICE_REACH = 0.1
#: Steps at most; relative gain and move (share of the total) below which the climb ends.
STEPS = 12
ENOUGH = 1e-4
NARROWEST = 0.01
#: Move limit (share of the total) from which on S-shapes get binaries; within less they hardly bend,
#: and a step too hopeful is refused by the surface.
INTEGER_FROM = 0.1


@dataclass(frozen=True, eq=False)
class Blend:
    """A weighted sum of surfaces, less what the money costs; one surface of weight 1 is itself.

    Attributes:
        surfaces: what is summed.
        weights: one each.
        cost: gain that a unit of money must bring to be worth spending, where the total is free.
    """

    surfaces: Sequence[Surface]
    weights: Sequence[float]
    cost: float = 0.0

    def gross(self, amounts_nc: Floats) -> Floats:
        """Weighted gain of plans before the money they cost, (N,)."""
        parts = [w * s.predict(amounts_nc) for s, w in zip(self.surfaces, self.weights, strict=True) if w]
        return np.asarray(np.sum(parts, axis=0))

    def predict(self, amounts_nc: Floats) -> Floats:
        """Weighted gain of plans, (N,)."""
        return np.asarray(self.gross(amounts_nc) - self.cost * np.atleast_2d(amounts_nc).sum(axis=1))

    def slice(self, amounts_c: Floats, channel: int, grid: Floats) -> Floats:
        """Weighted gain along one channel's amount."""
        plans_nc = np.repeat(np.asarray(amounts_c)[None, :], len(grid), axis=0)
        plans_nc[:, channel] = grid
        return self.predict(plans_nc)


def mixed(blends: Sequence[Blend], weights: Sequence[float]) -> Blend:
    """A weighted sum of blends."""
    surfaces = [surface for blend in blends for surface in blend.surfaces]
    parts = [w * own for blend, w in zip(blends, weights, strict=True) for own in blend.weights]
    return Blend(surfaces, parts, sum(w * blend.cost for blend, w in zip(blends, weights, strict=True)))


def tabulate(
    problem: BudgetProblem,
    blend: Blend,
    amounts_c: Floats,
    *,
    move: float | None = None,
    pieces: int = STEP_PIECES,
    beyond: bool = False,
) -> dict[int, Pieces]:
    """Every free channel's slice as straight pieces, relative to its value at the plan.

    Joints stop at the channel's bounds, or with `beyond` go on behind them: then only the rows of the
    programme hold the bounds, and all of a bound's price is on its row.
    """
    tables = {}
    for c in problem.free_c:
        low, high = float(problem.lower_c[c]), min(float(problem.upper_c[c]), problem.total)
        low, high = (0.0, 2.0 * problem.total) if beyond else (low, high)
        if move is not None:
            low, high = max(low, amounts_c[c] - move), min(high, amounts_c[c] + move)
        at_p = _joints(low, high, float(amounts_c[c]), pieces)
        gain_p = blend.slice(amounts_c, int(c), np.append(at_p, amounts_c[c]))
        tables[int(c)] = Pieces(at_p, gain_p[:-1] - gain_p[-1])
    return tables


def _joints(low: float, high: float, at: float, pieces: int) -> Floats:
    """Even joints, with one at the plan itself instead of the nearest, so that slices are exact there."""
    if high - low < 1e-9 * max(abs(high), 1.0):
        return np.array([low, low + max(1e-9 * abs(low), 1e-9)])
    joints = np.linspace(low, high, pieces + 1)
    nearest = int(np.argmin(np.abs(joints - at)))
    if 0 < nearest < pieces and low < at < high:
        joints[nearest] = at
    return joints


def climb(
    problem: BudgetProblem,
    blend: Blend,
    start_c: Floats,
    *,
    move: float = 0.5,
    hold: tuple[Blend, float] | None = None,
    solver: str | None = None,
) -> Floats:
    """Amounts that maximise the surface within the limits, from a plan that meets them.

    Args:
        problem: total and limits.
        blend: what to maximise.
        start_c: plan to start from.
        move: share of the money spent any channel may change by in the first step.
        hold: (another blend, the level it must keep): an epsilon constraint.
        solver: `highs` or `cbc`.
    """
    at_c, value = start_c, float(blend.predict(start_c)[0])
    size = max(abs(float(blend.gross(start_c)[0])), 1e-12)
    spent = max(float(start_c.sum()), NARROWEST * problem.total)
    reach = move * spent
    for _ in range(STEPS):
        try:
            step = _step(problem, blend, at_c, reach, hold, solver)
        except LimitError:
            # Only the held level can be out of reach here: the start meets every limit.
            break
        gained = float(blend.predict(step.amounts_c)[0]) - value
        held = hold is None or float(hold[0].predict(step.amounts_c)[0]) >= hold[1] - 1e-6 * abs(hold[1])
        if gained > 0 and held:
            at_c, value = step.amounts_c, value + gained
        if gained > ENOUGH * size and held:
            continue
        reach /= 3.0
        if reach < NARROWEST * spent:
            break
    return at_c


def _step(
    problem: BudgetProblem,
    blend: Blend,
    at_c: Floats,
    move: float,
    hold: tuple[Blend, float] | None,
    solver: str | None,
) -> LinearPlan:
    floor = None
    if hold is not None:
        other, level = hold
        floor = Floor(tabulate(problem, other, at_c, move=move), level - float(other.predict(at_c)[0]))
    tables = tabulate(problem, blend, at_c, move=move)
    return best_mix(
        problem,
        tables,
        centre_c=at_c,
        move=move,
        floor=floor,
        priced=False,
        relaxed=move < INTEGER_FROM * float(at_c.sum()),
        solver=solver,
    )


def price(
    problem: BudgetProblem, blend: Blend, amounts_c: Floats, *, solver: str | None = None
) -> LinearPlan:
    """Prices of the limits on fine slices near a plan: the programme without rows for a move limit."""
    tables = tabulate(
        problem, blend, amounts_c, move=PRICE_REACH * problem.total, pieces=PRICE_PIECES, beyond=True
    )
    return best_mix(problem, tables, solver=solver)
