"""Method `default`: the surface loop, with a share of the runs for Optuna, whose plans the surface reads too.

The surface finds the region; the sampler, which assumes nothing of the shape of the response, looks round the
best plan known. What it asks for is simulated like any other plan, so a surface that is right loses next to
nothing by it. Its best plan meets the surface's own in the final.
"""

from __future__ import annotations

import numpy as np

from optimize.evaluator import Evaluation, Evaluator
from optimize.found import Search
from optimize.opinions import OPTUNA
from optimize.pareto import non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.sampler import ask_simulator
from optimize.study import BATCH
from optimize.surrogate import kept_runs, refine, settle_on_top

#: Optuna's share of the runs, of one objective and of a front, and runs from which on it has one.
SHARE, FRONT_SHARE, SHARE_FROM = 0.1, 0.2, 80


def search_default(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Fit, climb and simulate; ask Optuna; settle where the surface through all of it is highest."""
    search, keep = Search(), kept_runs(problem, evaluator)
    asked = _asked(problem, evaluator)
    reference = refine(problem, evaluator, search, seed=seed, keep=keep + asked)
    starts = _starts(problem, evaluator)
    asked = min(asked, evaluator.affordable() - keep - 1)
    if starts and asked > 0:
        ask_simulator(problem, evaluator, [done.amounts_c for done in starts], count=asked, seed=seed)
    if keep:
        search.best = settle_on_top(problem, evaluator, reference, seed=seed)
    search.best = search.best or evaluator.best()
    goal = problem.goals[0]
    mine = [done for done in evaluator.evaluations if done.origin == OPTUNA and done.feasible]
    mine = [done for done in mine if not done.failure]
    if mine and len(problem.goals) == 1:
        search.candidates[OPTUNA] = max(mine, key=lambda done: done.value(goal))
    return search


def _asked(problem: BudgetProblem, evaluator: Evaluator) -> int:
    if problem.decisions < 1 or evaluator.runs < SHARE_FROM:
        return 0
    return int((SHARE if len(problem.goals) == 1 else FRONT_SHARE) * evaluator.runs)


def _starts(problem: BudgetProblem, evaluator: Evaluator) -> list[Evaluation]:
    """Plans that the sampler knows from the start: the best known first, then others of the main draws."""
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    best, goals = evaluator.best(), problem.goals
    if not usable or best is None:
        return []
    if len(goals) > 1:
        values_nk = np.array([[done.value(goal) for goal in goals] for done in usable])
        front = non_dominated(values_nk)
        return [usable[front[n]] for n in spread(values_nk[front])]
    ranked = sorted(usable, key=lambda done: (-done.value(goals[0]), done.run))
    return [best, *(done for done in ranked[:BATCH] if done is not best)]
