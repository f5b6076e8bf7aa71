"""The front of several objectives: which plans are judged for it, and what the judge makes of them.

    origin              where a candidate comes from
    search              simulated by the search, not dominated on its draws
    linear programme    a surface's optimum of one objective while another keeps a level
    today's mix         the status quo's mix at the total in force

Nothing here simulates: the candidates go to the judge with all other plans, and what is not dominated on
the judge's means is the front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.ascent import climb
from optimize.chances import draws
from optimize.evaluator import Evaluation, Evaluator
from optimize.pareto import hypervolume, knee, non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.surfaces import blends, fit_all, usable

if TYPE_CHECKING:
    from sim import Interval, Replicates

Floats = npt.NDArray[np.float64]

SEARCH, LINEAR, TODAY = "search", "linear programme", "today's mix"
#: Levels between the ends of a pair of objectives at which the second one is held, by number of pairs.
LEVELS = {1: (0.2, 0.4, 0.6, 0.8), 2: (0.33, 0.67)}
#: Share of the total by which two candidates must differ.
NEAR = 0.03
#: Draws of the judge's means behind the interval of the hypervolume.
DRAWS = 400


@dataclass(frozen=True)
class ParetoPoint:
    """A judged candidate of the front.

    Attributes:
        name: its key in `plans` and in `judged`.
        values: objective -> judged interval.
        origin: `search`, `linear programme` or `today's mix`.
        front: True if no other judged candidate beats it in every objective.
        knee: True for the point of the front nearest to the best of every objective at once.
        recommended: True for the plan recommended.
    """

    name: str
    values: Mapping[str, Interval | None]
    origin: str
    front: bool
    knee: bool
    recommended: bool


@dataclass(frozen=True)
class Frontier:
    """All judged candidates, and how much of the box between two points the front dominates.

    Attributes:
        points: those of the front first, by falling first objective.
        hypervolume: share of the box, on the judge's means, with its interval; None without a box.
        reference: objective -> worst judged mean of any plan: the corner the volume is counted from.
        ideal: objective -> best judged mean of any candidate: the opposite corner.
    """

    points: tuple[ParetoPoint, ...] = ()
    hypervolume: Interval | None = None
    reference: Mapping[str, float] | None = None
    ideal: Mapping[str, float] | None = None

    @property
    def front(self) -> tuple[ParetoPoint, ...]:
        """The points that are not dominated."""
        return tuple(point for point in self.points if point.front)


def search_front(problem: BudgetProblem, evaluator: Evaluator) -> list[Evaluation]:
    """Non-dominated feasible plans on the search's draws, thinned out; empty for one objective."""
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    if len(problem.goals) < 2 or not usable:
        return []
    values_nk = np.array([[done.value(goal) for goal in problem.goals] for done in usable])
    rows = non_dominated(values_nk)
    front = [usable[rows[n]] for n in spread(values_nk[rows])]
    middle = usable[rows[knee(values_nk[rows])]]
    return front if middle in front else [*front[:-1], middle]


def pick(evaluator: Evaluator, front: Sequence[Evaluation]) -> Evaluation:
    """The knee of the front; among plans that beat today's mix in every objective, if there are any."""
    goals = evaluator.problem.goals
    values_nk = np.array([[done.value(goal) for goal in goals] for done in front])
    today = evaluator.evaluations[0]
    rows = np.arange(len(front))
    if not today.failure:
        above = np.all(values_nk >= [today.value(goal) for goal in goals], axis=1)
        rows = rows[above] if above.any() else rows
    return front[int(rows[knee(values_nk[rows])])]


def epsilon_points(
    problem: BudgetProblem,
    evaluator: Evaluator,
    centre: Evaluation,
    beside: Sequence[Floats],
    *,
    seed: int,
) -> list[Floats]:
    """Optima of the first objective's surface while another one's keeps a level, solved by linear programmes.

    Args:
        problem: one flight, total exact.
        evaluator: what was simulated; nothing is simulated here.
        centre: a plan of the front, near which the surfaces must be right.
        beside: plans already among the candidates; near copies of them are left out.
        seed: for the fits.
    """
    if problem.decisions < 1 or len(usable(evaluator)) < 2 * len(problem.free_c):
        return []
    first, *others = blends(problem, fit_all(problem, evaluator, centre, seed=seed), centre)
    top_c = climb(problem, first, centre.amounts_c)
    found, levels = [top_c], LEVELS[min(len(others), max(LEVELS))]
    for other in others:
        end_c = climb(problem, other, centre.amounts_c)
        low, high = (float(other.predict(row)[0]) for row in (top_c, end_c))
        # From the other objective's own optimum the level holds, so every step keeps it.
        found += [climb(problem, first, end_c, hold=(other, low + level * (high - low))) for level in levels]
        found.append(end_c)
    kept: list[Floats] = []
    for row in found:
        if all(np.abs(row - other_c).sum() > NEAR * problem.total for other_c in [*beside, *kept]):
            kept.append(row)
    return kept


def judged_frontier(problem: BudgetProblem, judged: Replicates, origins: Mapping[str, str]) -> Frontier:
    """What the judge makes of the candidates.

    Args:
        problem: names the objectives.
        judged: their KPIs, and those of the status quo and the rules of thumb.
        origins: candidate -> origin, `recommended` among them.
    """
    goals = problem.goals
    values = {name: {goal.name: judged.interval(name, goal.kpi) for goal in goals} for name in judged.values}
    whole = {name: [v.mean for v in row.values() if v is not None] for name, row in values.items()}
    whole = {name: means for name, means in whole.items() if len(means) == len(goals)}
    names = [name for name in origins if name in whole]
    if len(goals) < 2 or not names:
        return Frontier()
    values_nk = np.array([whole[name] for name in names])
    rows = non_dominated(values_nk)
    middle = rows[knee(values_nk[rows])]
    order = sorted(range(len(names)), key=lambda n: (n not in rows, -values_nk[n, 0]))
    points = tuple(
        ParetoPoint(
            names[n], values[names[n]], origins[names[n]], n in rows, n == middle, names[n] == "recommended"
        )
        for n in order
    )
    reference, ideal = np.array(list(whole.values())).min(axis=0), values_nk.max(axis=0)
    kpis = [goal.kpi for goal in goals]
    return Frontier(
        points,
        _volume(judged, names, kpis, reference, ideal),
        {goal.name: float(value) for goal, value in zip(goals, reference, strict=True)},
        {goal.name: float(value) for goal, value in zip(goals, ideal, strict=True)},
    )


def _volume(
    judged: Replicates, names: Sequence[str], kpis: Sequence[str], reference: Floats, ideal: Floats
) -> Interval | None:
    """Share of the box that the candidates dominate; its interval is over draws of the judge's means.

    What chance does to all plans alike moves the box with the points, so it is taken out: the candidates
    are drawn by their paired differences to the status quo.
    """
    from sim import Interval

    box = ideal - reference
    values_nkr = np.array(
        [[judged.by_replicate(name, kpi) for kpi in kpis] for name in names], dtype=np.float64
    )
    today_kr = np.array([judged.by_replicate("status_quo", kpi) for kpi in kpis], dtype=np.float64)
    if np.isfinite(today_kr).all():
        values_nkr += today_kr.mean(axis=1, keepdims=True) - today_kr
    replicates = values_nkr.shape[2]
    if not (box > 0).all():
        return None

    def share(means_nk: Floats) -> float:
        return hypervolume((means_nk - reference) / box)

    mean = share(values_nkr.mean(axis=2))
    if replicates < 2:
        return Interval(mean, None, None, replicates)
    drawn = draws(values_nkr.reshape(-1, replicates), count=DRAWS).reshape(*values_nkr.shape[:2], DRAWS)
    low, high = np.quantile([share(drawn[:, :, s]) for s in range(DRAWS)], [0.025, 0.975])
    return Interval(mean, float(low), float(high), replicates)
