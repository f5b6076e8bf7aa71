"""Nearest plan within the limits, and the smallest relaxation when there is none.

Both are small programmes over the rows of `rows`; integer only where a limit is (minimum-if-on, at most
n channels). A solver is right to about 1e-7 of the total: `tidy` takes its answer onto the limits exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pulp

from optimize.rows import Rows, limit
from optimize.settling import DUST, on_minor_units
from optimize.solver import run_solver
from sim import LimitError, SolverError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]


def project(problem: BudgetProblem, amounts: Floats) -> Floats:
    """The plan within all limits that moves the least money: min sum_i |x_i - amounts_i|."""
    wanted = np.asarray(amounts, dtype=np.float64)
    settled = problem.settle(wanted)
    if abs(settled - wanted).sum() <= 0.01 * len(settled) and not problem.violations(settled):
        return settled
    unit = problem.total
    model = pulp.LpProblem("nearest", pulp.LpMinimize)
    x_c, away = {}, []
    for i in problem.free_c:
        # Two parts, below and above what is wanted: the second one costs, and so does leaving the first.
        want = float(np.clip(wanted[i], 0.0, 10.0 * unit)) / unit
        below = model.add_variable(f"below_{i:02d}", 0, want)
        above = model.add_variable(f"above_{i:02d}", 0, None)
        x_c[int(i)] = below + above
        away += [want - below, above]
    model += pulp.lpSum(away), "moved"
    rows = Rows(model, unit)
    limit(rows, problem, x_c)
    run_solver(model, integer=bool(rows.binaries))
    return tidy(problem, values(problem, x_c, unit))


def extreme_totals(problem: BudgetProblem) -> tuple[float, float]:
    """Least and most of sum_i x_i within the limits."""
    ends = []
    for sense in (pulp.LpMinimize, pulp.LpMaximize):
        model = pulp.LpProblem("extreme", sense)
        x_c = {int(i): model.add_variable(f"x_{i:02d}", 0, None) for i in problem.free_c}
        model += pulp.lpSum(list(x_c.values())), "spent"
        rows = Rows(model, problem.total)
        limit(rows, problem, x_c)
        run_solver(model, integer=bool(rows.binaries))
        ends.append(float(values(problem, x_c, problem.total).sum()))
    return max(ends[0], problem.least_total), min(ends[1], problem.total)


def values(problem: BudgetProblem, x_c: Mapping[int, Any], unit: float) -> Floats:
    """(I,) amounts of a solved model."""
    found = np.zeros(len(problem.lower_c))
    for i, x in x_c.items():
        found[i] = float(x.value() or 0.0) * unit
    return found


def tidy(problem: BudgetProblem, amounts: Floats) -> Floats:
    """Take a solver's answer, right to 1e-6 of the total, onto the limits exactly.

    Rounding to the minor unit is kept only where every limit still holds.
    """
    settled = problem.settle(amounts)
    if not problem.violations(settled):
        return settled
    held, swept = pattern(problem, amounts)
    exact = refine(problem, swept, held)
    settled = problem.settle(exact)
    if not problem.violations(settled):
        return settled
    rounded = on_minor_units(problem, exact, held)
    return exact if rounded is None else rounded


def pattern(problem: BudgetProblem, amounts: Floats) -> tuple[dict[str, int], Floats]:
    """What is on in a solver's answer, by binary of `rows`, and the answer without its residues."""
    swept, dust, held = amounts.copy(), DUST * problem.total / len(problem.flights), {}
    for k, minimum in enumerate(problem.minimums):
        members = list(minimum.cells)
        held[f"on_{k:03d}"] = int(amounts[members].sum() > min(dust, 0.5 * minimum.least))
        if not held[f"on_{k:03d}"]:
            swept[members] = 0.0
    if problem.most_on is not None:
        used = problem.by_channel(swept)
        for c in range(len(used)):
            held[f"used_{c:02d}"] = int(used[c] > dust)
            if not held[f"used_{c:02d}"]:
                swept[list(problem.cells_of(c))] = 0.0
    return held, swept


def refine(problem: BudgetProblem, amounts: Floats, held: Mapping[str, int]) -> Floats:
    """Remove a solver's last error by solving for it at its own scale.

    min sum_i |d_i| with x + d within all limits. One round divides the error by about
    a million; what is on stays on.
    """
    found = amounts
    for scale in (1e-4, 1e-8):
        unit = scale * problem.total
        model, x_c, away = pulp.LpProblem("rest", pulp.LpMinimize), {}, []
        for i in problem.free_c:
            up, down = (
                model.add_variable(f"up_d_{i:02d}", 0, None),
                model.add_variable(f"down_d_{i:02d}", 0, None),
            )
            model += up - down >= -float(found[i]) / unit, f"positive_{i:02d}"
            x_c[int(i)] = up - down + float(found[i]) / unit
            away += [up, down]
        model += pulp.lpSum(away), "moved"
        limit(Rows(model, unit, fixed=held), problem, x_c)
        try:
            run_solver(model)
        except (LimitError, SolverError):
            break
        found = np.maximum(values(problem, x_c, unit), 0.0)
        if not problem.violations(found):
            break
    return found


def least_relaxation(problem: BudgetProblem) -> list[tuple[str, float]]:
    """What must give way, and by how much, for any plan to exist; empty when one does.

    min sum of relaxations over the rows of all limits but the total. Amounts are money; the relaxation of
    a number of channels is that number, and its words say so.
    """
    rows = elastic(problem)
    found = []
    for words, variable, _, unit in rows.gives.values():
        amount = float(variable.value() or 0.0)
        if not unit and amount > 1e-6:
            number = int(np.ceil(amount - 1e-6))
            found.append((f"allow {number} more {'channel' if number == 1 else 'channels'}", 0.0))
        elif amount * unit > max(problem.tolerance, 1e-6 * problem.total):
            found.append((words, amount * unit))
    return found


def contradiction(problem: BudgetProblem) -> list[str]:
    """Rows that cannot hold together, none of which could be left out: an irreducible set, by deletion."""
    without: set[str] = set()
    for name in elastic(problem).names:
        if _infeasible(problem, frozenset({*without, name})):
            without.add(name)
    return [name for name in elastic(problem).names if name not in without]


def _infeasible(problem: BudgetProblem, without: frozenset[str]) -> bool:
    rows = elastic(problem, without=without)
    return sum(float(give.value() or 0.0) for _, give, _, _ in rows.gives.values()) > 1e-6


def elastic(
    problem: BudgetProblem, *, without: frozenset[str] = frozenset(), at: Floats | None = None
) -> Rows:
    """Solve for the least that limits must give way; `at` holds the plan, so that they give way to it."""
    unit = problem.total
    model = pulp.LpProblem("elastic", pulp.LpMinimize)
    x_c: dict[int, Any] = {}
    for i in range(len(problem.lower_c)):
        low, high = (0, None) if at is None else (float(at[i]) / unit, float(at[i]) / unit)
        x_c[i] = model.add_variable(f"x_{i:02d}", low, high)
    rows = Rows(model, unit, elastic=True, without=without)
    limit(rows, problem, x_c)
    model += pulp.lpSum([price * give for _, give, price, _ in rows.gives.values()]), "relaxed"
    run_solver(model, integer=bool(rows.binaries))
    return rows
