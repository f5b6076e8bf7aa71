"""Response curves by simulation at a plan, one channel at a time, as straight pieces for a programme.

    symbol    meaning
    centre    the plan the curves go through; its gain is 0
    weights   how much each objective counts; one objective counts 1

What lies between the simulated amounts is a straight line; nothing is fitted. Every plan stands on the
same draws as the centre, so a difference is the money's and not chance's, as far as common draws carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.evaluator import Evaluation, Evaluator
from optimize.linear import Pieces
from optimize.problem import BudgetProblem
from optimize.sampling import score_within

Floats = npt.NDArray[np.float64]

#: Weights of two objectives in turn; with one there is only the first.
TURNS = ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.75, 0.25), (0.25, 0.75))
#: Size of an objective, as a share of its value today, where several are weighed.
NATURAL = 0.1


@dataclass(frozen=True, eq=False)
class Aim:
    """What a search by steps climbs: an objective, or a weighted sum of several in natural units.

    Attributes:
        problem: whose objectives.
        weights: one each.
        size_k: what counts as one unit of each objective.
    """

    problem: BudgetProblem
    weights: tuple[float, ...]
    size_k: tuple[float, ...]

    @classmethod
    def turns(cls, problem: BudgetProblem, today: Evaluation) -> list[Aim]:
        """One aim, or several that lead to different parts of a front."""
        count = len(problem.goals)
        if count == 1:
            return [cls(problem, (1.0,), (1.0,))]
        size = tuple(max(NATURAL * abs(today.value(goal)), 1e-12) for goal in problem.goals)
        ends = [tuple(float(k == n) for k in range(count)) for n in range(count)]
        mixed = TURNS[2:] if count == 2 else [tuple([1.0 / count] * count)]
        return [cls(problem, weights, size) for weights in (*ends, *mixed)]

    def value(self, done: Evaluation) -> float:
        """What plans are compared by."""
        parts = zip(self.weights, self.problem.goals, self.size_k, strict=True)
        return sum(w * done.value(goal) / size for w, goal, size in parts if w)

    def gain(self, done: Evaluation, centre: Evaluation) -> float:
        """Gain over the centre before the money it costs, in the unit of `value`."""
        found = 0.0
        for w, goal, size in zip(self.weights, self.problem.goals, self.size_k, strict=True):
            if w:
                ref = centre.value(goal)
                gain, there = (
                    goal.gain(each.kpis, float(each.amounts_c.sum()), ref) for each in (done, centre)
                )
                found += w * (gain - there) / (goal.scale(centre.kpis) * size)
        return found

    def cost(self, centre: Evaluation) -> float:
        """Gain, in the unit of `value`, that a unit of money must bring where the total is free; else 0."""
        if not self.problem.free_total:
            return 0.0
        goals = zip(self.weights, self.problem.goals, self.size_k, strict=True)
        return sum(w * g.cost(centre.value(g)) / (g.scale(centre.kpis) * size) for w, g, size in goals if w)

    def best(self, evaluations: Sequence[Evaluation]) -> Evaluation | None:
        """The feasible plan that is highest."""
        usable = [done for done in evaluations if done.feasible and not done.failure]
        return max(usable, key=self.value, default=None)


def sample_curves(
    evaluator: Evaluator, aim: Aim, centre: Evaluation, grids: Mapping[int, Sequence[float]], keep: int
) -> dict[int, Pieces] | None:
    """Simulate each channel's amounts with the others held; None when the runs do not reach.

    Args:
        evaluator: the meter.
        aim: what the curves are of.
        centre: the plan they go through.
        grids: channel -> amounts to try, those of the centre left out.
        keep: runs that must stay.
    """
    cells = [(c, float(amount)) for c, grid in grids.items() for amount in grid]
    plans = [_with(centre.amounts_c, c, amount) for c, amount in cells]
    found = score_within(evaluator, plans, keep)
    if len(found) < len(plans):
        return None
    points: dict[int, list[tuple[float, float]]] = {c: [(float(centre.amounts_c[c]), 0.0)] for c in grids}
    for (c, amount), done in zip(cells, found, strict=True):
        if not done.failure:
            points[c].append((amount, aim.gain(done, centre)))
    return {c: _pieces(sorted(row)) for c, row in points.items()}


def _with(amounts_c: Floats, c: int, amount: float) -> Floats:
    moved = amounts_c.copy()
    moved[c] = amount
    return moved


def _pieces(points: list[tuple[float, float]]) -> Pieces:
    """Joints in order; a lone one gets an empty piece beside it, so that the amount stays where it is."""
    if len(points) == 1:
        points = [points[0], (points[0][0] + max(1e-9 * abs(points[0][0]), 1e-9), points[0][1])]
    at_p, gain_p = np.array(points).T
    return Pieces(at_p, gain_p)
