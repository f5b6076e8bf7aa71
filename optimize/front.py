"""The front of a search with several objectives: found on the search's draws, shown on the judge's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from optimize.evaluator import Evaluation, Evaluator
from optimize.pareto import knee, non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.result import ParetoPoint

if TYPE_CHECKING:
    from sim import Interval, Plan, Replicates


def front_of(problem: BudgetProblem, evaluator: Evaluator) -> list[Evaluation]:
    """Non-dominated feasible plans on the search's draws, thinned out; empty for one objective."""
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    if len(problem.goals) < 2 or not usable:
        return []
    values_nk = np.array([[done.value(goal) for goal in problem.goals] for done in usable])
    rows = non_dominated(values_nk)
    front = [usable[rows[n]] for n in spread(values_nk[rows])]
    middle = usable[rows[knee(values_nk[rows])]]
    return front if middle in front else [*front[:-1], middle]


def pick(evaluator: Evaluator, front: list[Evaluation]) -> Evaluation:
    """The knee of the front; among plans that beat today's mix in every objective, if there are any."""
    goals = evaluator.problem.goals
    values_nk = np.array([[done.value(goal) for goal in goals] for done in front])
    today = evaluator.evaluations[0]
    rows = np.arange(len(front))
    if not today.failure:
        above = np.all(values_nk >= [today.value(goal) for goal in goals], axis=1)
        rows = rows[above] if above.any() else rows
    return front[int(rows[knee(values_nk[rows])])]


def judged_front(
    problem: BudgetProblem, judged: Replicates, plans: Mapping[str, Plan]
) -> tuple[ParetoPoint, ...]:
    """The candidates, today's mix among them, that are not dominated on the judge's means."""
    if len(problem.goals) < 2:
        return ()
    names = [name for name in plans if name in ("recommended", "historical") or name.startswith("pareto_")]
    found: dict[str, dict[str, Interval]] = {}
    for name in names:
        intervals = {goal.name: judged.interval(name, goal.kpi) for goal in problem.goals}
        whole = {key: each for key, each in intervals.items() if each is not None}
        if len(whole) == len(intervals):
            found[name] = whole
    if not found:
        return ()
    whole_names = list(found)
    values_nk = np.array([[found[name][goal.name].mean for goal in problem.goals] for name in whole_names])
    kept = sorted(non_dominated(values_nk), key=lambda n: -values_nk[n, 0])
    chosen = [whole_names[n] for n in kept]
    return tuple(ParetoPoint(name, found[name], name == "recommended") for name in chosen)
