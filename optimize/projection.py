"""Nearest plan within the limits, and the smallest relaxation when there is none. Two small LPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pulp

from optimize.solver import run_solver

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]


def project(problem: BudgetProblem, amounts_c: Floats) -> Floats:
    """The plan within all limits that moves the least money: min sum_c |x_c - amounts_c|."""
    settled = problem.settle(np.asarray(amounts_c, dtype=np.float64))
    if abs(settled - amounts_c).sum() <= 0.01 * len(settled) and not problem.violations(settled):
        return settled
    unit = problem.total
    model = pulp.LpProblem("nearest", pulp.LpMinimize)
    away = []
    x_c: list[Any] = []
    for c, amount in enumerate(np.asarray(amounts_c)):
        high = min(float(problem.upper_c[c]), problem.total)
        x_c.append(model.add_variable(f"x_{c:02d}", float(problem.lower_c[c]) / unit, high / unit))
        up, down = model.add_variable(f"up_{c:02d}", 0, None), model.add_variable(f"down_{c:02d}", 0, None)
        model += x_c[c] - up + down == float(amount) / unit, f"distance_{c:02d}"
        away += [up, down]
    model += pulp.lpSum(away), "moved"
    model += pulp.lpSum(x_c) == 1.0, "total"
    for g, group in enumerate(problem.groups):
        model += pulp.lpSum([x_c[c] for c in group.channels]) >= group.lower / unit, f"group_lower_{g:02d}"
        if np.isfinite(group.upper):
            model += (
                pulp.lpSum([x_c[c] for c in group.channels]) <= group.upper / unit,
                f"group_upper_{g:02d}",
            )
    run_solver(model)
    return tidy(problem, np.array([float(x.value() or 0.0) for x in x_c]) * unit)


def tidy(problem: BudgetProblem, amounts_c: Floats) -> Floats:
    """Take a solver's answer, right to 1e-7 of the total, onto the limits exactly.

    Rounding to the minor unit is kept only where every limit still holds.
    """
    settled = problem.settle(amounts_c)
    if not problem.violations(settled):
        return settled
    amounts = np.clip(amounts_c, problem.lower_c, np.minimum(problem.upper_c, problem.total))
    for _ in range(50):
        for group in problem.groups:
            members = list(group.channels)
            together = float(amounts[members].sum())
            target = float(np.clip(together, group.lower, group.upper))
            if together > 0 and target != together:
                amounts[members] *= target / together
        gap = problem.total - float(amounts.sum())
        loose = _loose(problem, amounts, gap)
        if abs(gap) <= 1e-9 * problem.total or not loose.any():
            break
        amounts[loose] += gap / int(loose.sum())
    return np.asarray(np.clip(amounts, problem.lower_c, np.minimum(problem.upper_c, problem.total)))


def _loose(problem: BudgetProblem, amounts_c: Floats, gap: float) -> npt.NDArray[np.bool_]:
    """Channels that can take (gap > 0) or give (gap < 0) a fraction without touching a limit."""
    if gap > 0:
        loose = np.minimum(problem.upper_c, problem.total) - amounts_c > abs(gap)
    else:
        loose = amounts_c - problem.lower_c > abs(gap)
    for group in problem.groups:
        members = list(group.channels)
        together = float(amounts_c[members].sum())
        room = group.upper - together if gap > 0 else together - group.lower
        if room <= abs(gap):
            loose[members] = False
    return np.asarray(loose)


def least_relaxation(problem: BudgetProblem) -> list[tuple[str, float]]:
    """What must give way, and by how much money, for any plan to exist; empty when one does.

    min sum of relaxations, subject to sum_c x_c = total, lower_c - l_c <= x_c <= upper_c + h_c,
    group lower - gl_g <= sum x_c <= group upper + gh_g, all relaxations >= 0.
    """
    unit = problem.total
    model = pulp.LpProblem("elastic", pulp.LpMinimize)
    names = problem.world.channels
    gives: list[tuple[str, Any]] = []
    x_c = [model.add_variable(f"x_{c:02d}", 0, None) for c in range(len(names))]
    model += pulp.lpSum(x_c) == 1.0, "total"

    def at_least(amount: Any, bound: float, key: str, who: str) -> None:
        gives.append((f"lower the minimum of {who}", model.add_variable(f"low_{key}", 0, None)))
        model.addConstraint(amount + gives[-1][1] >= bound / unit, f"lower_{key}")

    def at_most(amount: Any, bound: float, key: str, who: str) -> None:
        if np.isfinite(bound):
            gives.append((f"raise the maximum of {who}", model.add_variable(f"high_{key}", 0, None)))
            model.addConstraint(amount - gives[-1][1] <= bound / unit, f"upper_{key}")

    for c, name in enumerate(names):
        if problem.world.priced_c[c]:
            at_least(x_c[c], float(problem.lower_c[c]), f"{c:02d}", name)
            at_most(x_c[c], float(problem.upper_c[c]), f"{c:02d}", name)
        else:
            model += x_c[c] <= 0.0, f"unpriced_{c:02d}"
    for g, group in enumerate(problem.groups):
        together, who = pulp.lpSum([x_c[c] for c in group.channels]), " + ".join(group.names)
        at_least(together, group.lower, f"group_{g:02d}", who)
        at_most(together, group.upper, f"group_{g:02d}", who)
    model += pulp.lpSum([variable for _, variable in gives]), "relaxed"
    run_solver(model)
    found = [(words, float(variable.value() or 0.0) * unit) for words, variable in gives]
    return [(words, amount) for words, amount in found if amount > max(problem.tolerance, 1e-6 * unit)]
