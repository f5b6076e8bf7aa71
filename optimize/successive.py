"""Method `successive`: linear programmes inside a trust region that follows what the simulator says.

Round the incumbent each channel's money is simulated a little up and a little down, on the draws the
incumbent stood on. The programme on these pieces may not leave the region they were sampled in. Its
answer is simulated; it becomes the incumbent only if it is better there. The region widens when the
programme foretold the gain well and narrows when it did not (Conn, Gould and Toint 2000, ch. 6).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimize.evaluator import Evaluation, Evaluator
from optimize.found import Search
from optimize.linear import Pieces, best_mix
from optimize.problem import BudgetProblem
from optimize.sampled_curves import Aim, sample_curves
from optimize.sampling import score_within
from optimize.stepwise import step_by_step
from sim import LimitError, SolverError

#: Half width of the region, as a share of a channel's amount: at first, at most, at least.
START, WIDEST, NARROWEST = 0.5, 1.0, 0.01
#: What a channel's amount counts as at least, as a share of an even split.
LEAST = 0.3
#: Share of the foretold gain from which the region widens and below which it narrows, and by what.
GOOD, POOR, WIDER, NARROWER = 0.75, 0.25, 1.5, 0.5
#: Answers tried on one set of curves, each in a region half as wide.
TRIES = 3


def search_successive(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Step until the runs are used up or the region has closed."""
    evaluator.stage = "stepping within a trust region"
    return step_by_step(problem, evaluator, seed=seed, first=START, least=NARROWEST, play=step)


def step(evaluator: Evaluator, aim: Aim, centre: Evaluation, region: float, keep: int) -> float | None:
    """Sample, then solve and simulate until the simulator agrees; the next region.

    Returns:
        None when the runs do not reach. The better plan, if there is one, is among the evaluator's.
    """
    problem, cost = evaluator.problem, aim.cost(centre)
    curves = sample_curves(evaluator, aim, centre, _grids(problem, centre, region), keep)
    if curves is None:
        return None
    for _ in range(TRIES):
        try:
            answer = best_mix(problem, _clipped(problem, curves, centre, region), priced=False, cost=cost)
        except (LimitError, SolverError):
            return region * NARROWER
        foretold = answer.gain - cost * float(answer.amounts_c.sum() - centre.amounts_c.sum())
        if foretold <= 0:
            return region * NARROWER
        done = score_within(evaluator, [answer.amounts_c], keep)
        if not done:
            return None
        if done[0].feasible and not done[0].failure:
            share = (aim.value(done[0]) - aim.value(centre)) / foretold
            if share > 0:
                return (
                    min(region * WIDER, WIDEST)
                    if share >= GOOD
                    else region * (1 if share > POOR else NARROWER)
                )
        region *= NARROWER
    return region


def _half_width(problem: BudgetProblem, amount: float, region: float, spent: float) -> float:
    return region * max(amount, LEAST * spent / len(problem.free_c))


def _grids(problem: BudgetProblem, centre: Evaluation, region: float) -> dict[int, list[float]]:
    """A little less and a little more of each channel, within its bounds."""
    grids, spent = {}, float(centre.amounts_c.sum())
    for c in problem.free_c:
        at = float(centre.amounts_c[c])
        width = _half_width(problem, at, region, spent)
        low, high = float(problem.lower_c[c]), min(float(problem.upper_c[c]), problem.total)
        ends = (max(at - width, low), min(at + width, high))
        grids[int(c)] = [round(end, 2) for end in ends if abs(end - at) > 1e-6 * problem.total]
    return grids


def _clipped(
    problem: BudgetProblem, curves: Mapping[int, Pieces], centre: Evaluation, region: float
) -> dict[int, Pieces]:
    """The same curves within a narrower region."""
    found, spent = {}, float(centre.amounts_c.sum())
    for c, curve in curves.items():
        at = float(centre.amounts_c[c])
        width = _half_width(problem, at, region, spent)
        inner = np.clip(curve.at_p, at - width, at + width)
        joints = np.unique(inner)
        if len(joints) < 2:
            joints = np.array([at, at + 1e-9 * max(at, 1.0)])
        found[c] = Pieces(joints, np.interp(joints, curve.at_p, curve.gain_p))
    return found
