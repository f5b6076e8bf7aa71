"""Amounts on the minor unit of the currency, so that the plan simulated is the plan reported.

    symbol   meaning                                              unit
    gap      money still to be placed (> 0) or taken back (< 0)   currency
    room_i   money that cell i can take or give                   currency

Arithmetic that is right nearly always comes first; where limits interlock, a small integer programme
over the last minor units decides, and where even that finds nothing, amounts stay fractional.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pulp

from sim import LimitError, SolverError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]
#: Share of the total (of a flight's part of it) below which an amount is a solver's residue.
DUST = 1e-5
#: Minor units on either side of an amount that the integer programme may choose among.
REACH = 2
#: Cells up to which it is asked; beyond, amounts stay fractional.
MOST_CELLS = 300


def settled(problem: BudgetProblem, amounts: Floats) -> Floats:
    """Bounds of the cells and the total hold; small misses of groups are mended on the way."""
    minor = float(problem.world.minor)
    lower, upper = _bounds(problem, minor)
    dust = DUST * problem.total / len(problem.flights)
    kept = np.where(amounts < dust, 0.0, amounts)
    found = np.clip(np.round(kept * minor) / minor, lower, upper)
    _mend_groups(problem, found, lower, upper, minor)
    for _ in range(2 * len(found) + 1):
        gap = _gap(problem, found)
        room = _room(problem, found, gap, lower, upper)
        # Cells that hold money first: no fraction shall open a channel.
        best = int(np.argmax(np.where(found > 0, room, 0.0)))
        best = best if room[best] > 0 and found[best] > 0 else int(np.argmax(room))
        if gap == 0 or room[best] <= 0:
            break
        found[best] += np.sign(gap) * min(abs(gap), room[best])
    return found


def _bounds(problem: BudgetProblem, minor: float) -> tuple[Floats, Floats]:
    """Bounds rounded inward to the minor unit, where something is left between them."""
    lower, upper = problem.lower_c, np.minimum(problem.upper_c, problem.total)
    inner_low = np.ceil(lower * minor - 1e-6) / minor
    inner_high = np.floor(upper * minor + 1e-6) / minor
    fits = inner_low <= inner_high
    return np.where(fits, inner_low, lower), np.where(fits, inner_high, upper)


def _gap(problem: BudgetProblem, amounts: Floats) -> float:
    together = float(amounts.sum())
    target = min(max(together, problem.least_total), problem.total)
    # A sum of many amounts is right to some last bits only.
    return 0.0 if abs(target - together) <= 1e-15 * len(amounts) * problem.total else target - together


def _room(problem: BudgetProblem, amounts: Floats, gap: float, lower: Floats, upper: Floats) -> Floats:
    """What each cell can take or give without touching its own bounds or its groups'."""
    room = upper - amounts if gap > 0 else amounts - lower
    for group in problem.groups:
        members = list(group.channels)
        together = float(amounts[members].sum())
        left = group.upper - together if gap > 0 else together - group.lower
        room[members] = np.minimum(room[members], left if left >= abs(gap) else 0.0)
    if gap < 0:
        for limit in problem.minimums:
            members = list(limit.cells)
            left = float(amounts[members].sum()) - limit.least
            room[members] = np.minimum(room[members], max(left, 0.0))
    return np.asarray(room)


def _mend_groups(problem: BudgetProblem, amounts: Floats, lower: Floats, upper: Floats, minor: float) -> None:
    """Take back what rounding put above a group's maximum, or add what it left below the minimum."""
    for group in problem.groups:
        members = np.array(group.channels)
        together = float(amounts[members].sum())
        miss = min(max(together, group.lower), group.upper) - together
        if not 0 < abs(miss) <= len(members) / minor + 1e-6 * problem.total:
            continue
        step = np.sign(miss) * np.ceil(abs(miss) * minor - 1e-6) / minor
        room = (upper if miss > 0 else -lower)[members] - np.sign(miss) * amounts[members]
        best = int(np.argmax(np.where(amounts[members] > 0, room, 0.0)))
        if room[best] >= abs(step):
            amounts[members[best]] += step


def on_minor_units(problem: BudgetProblem, amounts: Floats, held: dict[str, int]) -> Floats | None:
    """The nearest plan in whole minor units that meets all limits; None when there is none close by.

    Args:
        problem: the limits.
        amounts: a plan that meets them, but for rounding.
        held: which minimums and channels are on, as `projection.pattern` reads it.
    """
    from optimize.rows import Rows, limit
    from optimize.solver import run_solver

    minor = float(problem.world.minor)
    base = np.floor(amounts * minor + 1e-6)
    model, x_c, away = pulp.LpProblem("minor", pulp.LpMinimize), {}, []
    for i in problem.free_c:
        if amounts[i] == 0.0:
            continue
        part = amounts[i] * minor - base[i]
        step: Any = model.add_variable(f"d_{i:02d}", -REACH, REACH + 1, cat="Integer")
        far = model.add_variable(f"far_{i:02d}", 0, None)
        model += far - step >= -part, f"above_{i:02d}"
        model += far + step >= part, f"below_{i:02d}"
        x_c[int(i)] = step + float(base[i])
        away.append(far)
    if not x_c or len(x_c) > MOST_CELLS:
        return None
    model += pulp.lpSum(away), "moved"
    limit(Rows(model, 1.0 / minor, fixed=held), problem, x_c)
    try:
        run_solver(model, integer=True)
    except (LimitError, SolverError):
        return None
    found = np.zeros(len(amounts))
    for i, x in x_c.items():
        found[i] = round(float(x.value() or 0.0)) / minor
    return found if not problem.violations(found) else None
