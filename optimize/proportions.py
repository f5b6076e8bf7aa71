"""Amounts moved towards limits in proportion, each channel's money kept: what a planner would do by hand.

    symbol    meaning                                                          shape   unit
    x_i       amount of cell i: a channel in a flight                          (I,)    currency
    money_c   money of a channel over the whole plan                           (C,)    currency

The nearest plan by money moved (`projection`) may empty one flight into another, or one channel into the
next, where many would share the burden. So amounts are first brought near: what lies outside the bounds of a
cell or a sum is scaled onto it, and what a channel lost or won by that goes to its cells that are free to
move, in proportion to what they hold, to its dark ones evenly by length if nothing else can take it. Where
the limits of one channel are disjoint windows, this is exact after one round; where it is not, `project`
goes the last step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.flights import lengths

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
#: Rounds at most.
ROUNDS = 30


def in_proportion_within(problem: BudgetProblem, amounts: Floats) -> Floats:
    """Amounts by cell moved towards the bounds of cells and sums; unchanged where these hold.

    Args:
        problem: the limits; with one flight there is nothing to move, and amounts come back as they are.
        amounts: (I,) by cell.

    Returns:
        (I,) amounts, each channel's sum as before as far as its own limits allow.
    """
    found = np.asarray(amounts, dtype=np.float64)
    if len(problem.flights) == 1:
        return found
    money_c, slack = problem.by_channel(found), 0.01 * problem.tolerance
    weight_i = _even(problem)
    for _ in range(ROUNDS):
        if not _outside(problem, found, slack):
            break
        found = _onto_sums(problem, np.clip(found, problem.lower_c, problem.upper_c), weight_i)
        found = _refilled(problem, found, money_c, weight_i, slack)
    return found


def even(problem: BudgetProblem, amounts: Floats) -> Floats:
    """(I,) each channel's money spread over the flights by their length."""
    shares_f = lengths(problem.flights) / problem.status_quo.periods
    return np.outer(shares_f, problem.by_channel(amounts)).ravel()


def _even(problem: BudgetProblem) -> Floats:
    """(I,) weights of cells that hold nothing: periods of the flight, 0 where no money may go."""
    length_i = np.repeat(lengths(problem.flights), len(problem.world.channels))
    return np.where(problem.upper_c > 0, length_i, 0.0)


def _outside(problem: BudgetProblem, amounts: Floats, slack: float) -> bool:
    """Whether a cell or a sum breaks a bound."""
    if (problem.lower_c - amounts > slack).any() or (amounts - problem.upper_c > slack).any():
        return True
    sums = [float(amounts[list(group.channels)].sum()) for group in problem.groups]
    return any(
        group.lower - together > slack or together - group.upper > slack
        for group, together in zip(problem.groups, sums, strict=True)
    )


def _onto_sums(problem: BudgetProblem, amounts: Floats, weight_i: Floats) -> Floats:
    """Every sum scaled onto its bounds, one after the other."""
    found = amounts.copy()
    for group in problem.groups:
        members = list(group.channels)
        together = float(found[members].sum())
        wanted = min(max(together, group.lower), group.upper)
        if wanted != together:
            shape = found[members] if together > 0 else weight_i[members]
            found[members] = wanted * shape / shape.sum() if shape.sum() > 0 else found[members]
    return found


def _refilled(
    problem: BudgetProblem, amounts: Floats, money_c: Floats, weight_i: Floats, slack: float
) -> Floats:
    """Each channel brought back to its money by the cells that no bound holds."""
    found = amounts.copy()
    for c, money in enumerate(money_c):
        cells = np.array(problem.cells_of(c))
        gap = float(money - found[cells].sum())
        if abs(gap) <= slack:
            continue
        free = cells[_free(problem, found, up=gap > 0, slack=slack)[cells]]
        shape = found[free] if found[free].sum() > 0 else weight_i[free]
        if shape.sum() > 0:
            found[free] = np.maximum(found[free] + gap * shape / shape.sum(), 0.0)
    return found


def _free(problem: BudgetProblem, amounts: Floats, *, up: bool, slack: float) -> Flags:
    """(I,) cells that can take more (or give some) without leaving their bounds or those of a sum."""
    free = amounts < problem.upper_c - slack if up else amounts > problem.lower_c + slack
    for group in problem.groups:
        members = list(group.channels)
        together = float(amounts[members].sum())
        if together >= group.upper - slack if up else together <= group.lower + slack:
            free[members] = False
    return np.asarray(free)
