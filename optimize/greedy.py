"""Method `greedy`: move money in steps from where it is missed least to where it earns most.

At the optimum the next unit of money earns the same in every channel that has some. Each round simulates
a step more and a step less of every channel, pairs the best takers with the best givers and simulates
the transfers; the best becomes the incumbent, or the step is halved.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from optimize.evaluator import Evaluation, Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.projection import project
from optimize.sampled_curves import Aim
from optimize.sampling import score_within
from optimize.stepwise import step_by_step

Floats = npt.NDArray[np.float64]

#: Money moved at a time, as a share of the total: at first, and the least.
STEP, SMALLEST = 0.08, 0.002
#: Pairs of giver and taker tried a round, one after the other and all together.
PAIRS = 3


def search_greedy(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Move money until the runs are used up or the step is too small."""
    evaluator.stage = "equalising marginal returns"
    return step_by_step(problem, evaluator, seed=seed, first=STEP, least=SMALLEST, play=_round)


def _round(evaluator: Evaluator, aim: Aim, centre: Evaluation, step: float, keep: int) -> float | None:
    """Marginal returns, then transfers; the step is halved when none of them is better."""
    problem, money = evaluator.problem, step * evaluator.problem.total
    at_c, dust = centre.amounts_c, 1e-9 * problem.total
    takes = [int(c) for c in problem.free_c if problem.upper_c[c] - at_c[c] > dust]
    gives = [int(c) for c in problem.free_c if at_c[c] - problem.lower_c[c] > dust]
    less_c = np.minimum(money, at_c - problem.lower_c)
    plans = [_moved(at_c, c, money) for c in takes] + [_moved(at_c, c, -less_c[c]) for c in gives]
    found = score_within(evaluator, plans, keep)
    if len(found) < len(plans):
        return None
    gain_n = [-np.inf if done.failure else aim.gain(done, centre) for done in found]
    earns = {c: gain_n[n] / money for n, c in enumerate(takes)}
    misses = {c: -gain_n[len(takes) + n] / less_c[c] for n, c in enumerate(gives)}
    best = aim.best(score_within(evaluator, _transfers(problem, at_c, earns, misses, less_c), keep))
    return step if best is not None and aim.value(best) > aim.value(centre) else 0.5 * step


def _transfers(
    problem: BudgetProblem,
    at_c: Floats,
    earns: Mapping[int, float],
    misses: Mapping[int, float],
    less_c: Floats,
) -> list[Floats]:
    """From those who miss a step least to those who earn most with it: pair by pair, and all at once."""
    takers = sorted(earns, key=lambda c: -earns[c])[:PAIRS]
    givers = sorted(misses, key=lambda c: misses[c])[:PAIRS]
    plans, together = [], at_c
    for taker, giver in zip(takers, givers, strict=False):
        if taker != giver:
            plans.append(project(problem, _moved(_moved(at_c, giver, -less_c[giver]), taker, less_c[giver])))
            together = _moved(_moved(together, giver, -less_c[giver]), taker, less_c[giver])
    return [*plans, project(problem, together)]


def _moved(amounts_c: Floats, c: int, amount: float) -> Floats:
    moved = amounts_c.copy()
    moved[c] += amount
    return moved
