"""How much to spend: the method at one total, its plan's shape at others, the method again at the best.

Where the total is free within limits, the best amount is looked for along the shape of the best mix; where
the cheapest plan is wanted, `cheapest` goes down along it. Totals are compared over several draws: on one
set of draws the best of many plans is in part the luckiest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.cheapest import cheapest_plan
from optimize.evaluator import SEARCH_REPLICATE, Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.projection import project
from sim import LimitError

if TYPE_CHECKING:
    from optimize.methods import Method

Floats = npt.NDArray[np.float64]

#: Share of the runs for the first mix.
FIRST_SHARE = 0.4
#: Totals tried along a shape, as shares of the way from the least to the most (log scale).
WAY = (1.0, 0.95, 0.9, 0.8, 0.65, 0.5, 0.25, 0.0)
#: The same for the cheapest plan, which halves its way from there.
WAY_DOWN = (1.0, 0.95, 0.85, 0.0)
#: Least share of the total that counts as a plan.
LEAST = 0.01
#: Draws over which totals are compared.
DRAWS = 3


def search_total(problem: BudgetProblem, evaluator: Evaluator, method: Method, *, seed: int) -> Search:
    """Search the total and the mix until the runs are used up."""
    found = Search()
    most, least = problem.total, max(problem.least_total, LEAST * problem.total)

    def mix(total: float, share: float) -> Floats | None:
        return _mix(problem, evaluator, method, total, share, found, seed)

    shape = mix(most, FIRST_SHARE)
    if shape is None:
        return found
    ways = WAY_DOWN if problem.minimise_spend else WAY
    plans = at_totals(problem, shape, [least * (most / least) ** way for way in ways])
    evaluator.stage = "looking for the total"
    if problem.minimise_spend:
        found.best = cheapest_plan(problem, evaluator, plans, mix) or found.best
        return found
    total = _best_total(problem, evaluator, plans)
    if total is not None:
        mix(total, 1.0)
    return found


def at_totals(problem: BudgetProblem, shape: Floats, totals: Sequence[float]) -> list[Floats]:
    """The shape at several totals, moved onto the limits that hold there."""
    plans = []
    for total in totals:
        try:
            plans.append(project(problem.at_total(total), shape / shape.sum() * total))
        except LimitError:
            continue
    return plans


def _best_total(problem: BudgetProblem, evaluator: Evaluator, plans: Sequence[Floats]) -> float | None:
    """The total of the plan that does best, averaged over a few draws."""
    goal, rows = problem.goals[0], []
    for replicate in range(SEARCH_REPLICATE, SEARCH_REPLICATE + DRAWS):
        scored = evaluator.score(plans, replicate=replicate)
        if len(scored) == len(plans):
            rows.append([-np.inf if done.failure else done.value(goal) for done in scored])
    if not rows or not np.isfinite(rows).all(axis=0).any():
        return None
    return float(plans[int(np.argmax(np.mean(rows, axis=0)))].sum())


def _mix(
    problem: BudgetProblem,
    evaluator: Evaluator,
    method: Method,
    total: float,
    share: float,
    found: Search,
    seed: int,
) -> Floats | None:
    """The method at one total, on a share of the runs left; the best plan's amounts."""
    try:
        exact = problem.at_total(total)
    except LimitError:
        return None
    part = evaluator.part(exact, int(share * evaluator.runs_left))
    if part.affordable() < 2:
        return None
    try:
        solved = method(exact, part, seed=seed)
    finally:
        evaluator.adopt(part, lambda amounts: amounts)
    best = solved.best or part.best()
    if best is None:
        return None
    found.best, found.misses = best, solved.misses
    return best.amounts_c
