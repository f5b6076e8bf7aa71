"""Searches in stages: how much to spend, then the mix, then its timing, each by the method asked for.

    problem                          stages
    one flight                       the method alone; where the total is free it is one more variable
    cheapest plan for targets        the mix at the whole total, down along its shape, the mix again
    flights                          the mix with today's timing, then the timing (`timing`); for several
                                     objectives, and for the cheapest plan, today's timing stays

A surface over 52 x 9 cells would take more simulations than anyone has; the stages take a few hundred.
Nothing is believed that was not simulated, so a stage can only improve on the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.cheapest import search_cheapest
from optimize.evaluator import Evaluation, Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.timing import improve_timing
from optimize.totals import search_total

if TYPE_CHECKING:
    from optimize.methods import Method

Floats = npt.NDArray[np.float64]

#: Share of the runs for the mix, where the timing is decided too.
MIX_SHARE = 0.55


@dataclass
class Staged(Search):
    """What a staged search hands back.

    Attributes:
        part: the problem of the mix, its evaluator and its best plan: response curves and prices are
            read there. None where there was no such part, or it has none to show.
    """

    part: tuple[BudgetProblem, Evaluator, Evaluation] | None = None


def search(problem: BudgetProblem, evaluator: Evaluator, method: Method, *, seed: int) -> Staged:
    """Run the method, in as many stages as the problem has."""
    timed = len(problem.flights) > 1
    staged = Staged()
    mix = problem.mix if timed and problem.mix is not None else problem
    one_goal = len(problem.goals) == 1
    share = MIX_SHARE if timed and one_goal else 1.0
    part = evaluator.part(mix, max(int(share * evaluator.runs), 2)) if timed else evaluator
    try:
        found = _mix_of(mix)(mix, part, method, seed=seed)
    finally:
        if timed:
            evaluator.adopt(part, lifting(problem))
    best, staged.misses = found.best, found.misses
    staged.candidates, staged.notes, staged.best = found.candidates, found.notes, best
    if best is None:
        return staged
    if timed:
        staged.part = None if problem.minimise_spend else (mix, part, best)
        start = problem.lifted(best.amounts_c)
        if one_goal and not problem.minimise_spend:
            staged.best = improve_timing(problem, evaluator, start, seed=seed)
        else:
            scored = evaluator.score([start])
            # Whether targets are reached was settled on several draws, not on these alone.
            staged.best = replace(scored[0], miss=best.miss, feasible=best.feasible) if scored else None
    return staged


def _mix_of(problem: BudgetProblem) -> Callable[..., Search]:
    """What searches the mix, and its total where that is free."""
    if problem.minimise_spend:
        return search_cheapest
    if problem.free_total:
        return search_total
    return lambda mix, part, method, *, seed: method(mix, part, seed=seed)


def lifting(problem: BudgetProblem) -> Callable[[Floats], Floats]:
    """From amounts by channel to amounts by cell that stand for the same plan.

    Not moved onto the limits: what was simulated is what is noted.
    """
    mix = problem.mix or problem
    return lambda amounts_c: problem.by_flight(mix.plan(amounts_c))
