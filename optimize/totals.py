"""How much to spend, where that is decided too: a ceiling worth looking below.

The total is a variable of the surface, of the programmes and of the sampler like every amount, within what
the limits let a plan spend. Only a ceiling far above today's money is brought down first, or all plans worth
trying would lie in one corner: today's mix at rising totals says where more money stops paying.

    symbol   meaning                                             unit
    span     least and most that plans within the limits spend   currency
    start    what today spends, as near as the span allows       currency
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.baselines import scaled
from optimize.evaluator import Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.projection import project

if TYPE_CHECKING:
    from optimize.methods import Method

Floats = npt.NDArray[np.float64]

#: Factor between two totals of today's mix, and how many are tried at most.
STEP, MOST_TRIED = 3.0, 8
#: Ceilings up to so many times where the search starts are looked below as they are.
NEAR = 4.0
#: Share of the ceiling from which on a plan counts as held by it, and times the ceiling is raised.
HELD, RAISES = 0.95, 3
#: Share of the runs kept for a search below a raised ceiling.
KEPT = 0.15


def search_total(problem: BudgetProblem, evaluator: Evaluator, method: Method, *, seed: int) -> Search:
    """The method, with the total as a variable, below a ceiling that holds nothing back."""
    most, found = problem.span[1], Search()
    ceiling = worth_looking(problem, evaluator)
    for n in range(RAISES + 1):
        last = ceiling >= most or n == RAISES
        part = below(problem, ceiling)
        runs = evaluator.runs_left if last else int((1.0 - KEPT) * evaluator.runs_left)
        inner = evaluator.part(part, runs)
        if inner.affordable() < 2:
            break
        try:
            solved = method(part, inner, seed=seed)
        finally:
            evaluator.adopt(inner, lambda amounts: amounts)
        found.misses = solved.misses
        found.candidates |= solved.candidates
        found.notes += solved.notes
        found.best = solved.best or found.best
        spent = 0.0 if solved.best is None else float(solved.best.amounts_c.sum())
        if last or spent < HELD * ceiling:
            break
        ceiling = min(STEP * ceiling, most)
    return found


def below(problem: BudgetProblem, ceiling: float) -> BudgetProblem:
    """The same problem with a lower ceiling."""
    return problem if ceiling >= problem.total else replace(problem, total=ceiling, resolve=problem.resolve)


def worth_looking(problem: BudgetProblem, evaluator: Evaluator) -> float:
    """A ceiling some way above the total at which today's mix does best; the limits' own where it is near."""
    least, most = problem.span
    start = problem.start_total
    if most <= NEAR * start or not problem.goals:
        return most
    evaluator.stage = "looking for the total"
    goal, today = problem.goals[0], problem.anchor
    wanted = [start * STEP**n for n in range(-1, MOST_TRIED - 1)]
    # Today's own total comes first: what it leaves unplaced is what others are held against.
    totals = list(dict.fromkeys(min(max(total, least), most) for total in (start, *wanted)))
    plans = [project(problem, scaled(problem, today * total, total)) for total in totals]
    values = [-np.inf if done.failure else done.value(goal) for done in evaluator.score(plans)]
    if not np.isfinite(values).any():
        return most
    best = float(plans[int(np.argmax(values))].sum())
    return min(most, STEP * max(best, least))
