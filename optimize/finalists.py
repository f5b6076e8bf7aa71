"""Which of the best plans to recommend: scored again on search draws they were not chosen on.

The highest of many scores on one set of draws is partly luck (winner's curse). So the leaders meet
on further search draws, and the highest mean there wins. The judge's draws stay unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.objectives import Objective

Floats = npt.NDArray[np.float64]
Predict = Callable[[Floats], Floats]

#: Runs from which on re-scoring pays, the share of the runs it gets, and how many plans meet.
WORTHWHILE = 60
SHARE = 0.15
LEADERS = 4
#: Share of the total by which two finalists must differ.
NEAR = 0.03
#: Runs kept for simulating a little more and a little less than the total.
PRICE_CHECK = 2


def recheck_runs(runs: int) -> int:
    """Runs to keep back for the re-scoring and for checking the price of the total."""
    return int(SHARE * runs) + PRICE_CHECK if runs >= WORTHWHILE else 0


def leaders(
    evaluator: Evaluator, goal: Objective, reference: Evaluation | None, predict: Predict | None = None
) -> list[Evaluation]:
    """The best feasible plans, none below the reference, none a near copy of another.

    Half of them by score, half by what the response surface says of them where there is one: it has
    smoothed away the luck of the single plan. The best by score comes first.
    """
    bar = reference.value(goal) if reference is not None and not reference.failure else -np.inf
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    usable = [done for done in usable if done.value(goal) >= bar]
    usable.sort(key=lambda done: (-done.value(goal), done.run))
    chosen: list[Evaluation] = []
    _choose(chosen, usable, LEADERS if predict is None else LEADERS // 2, evaluator.problem.total)
    if predict is not None and usable:
        foretold_n = predict(np.array([done.amounts_c for done in usable]))
        order = np.argsort(-foretold_n, kind="stable")
        _choose(chosen, [usable[n] for n in order], LEADERS, evaluator.problem.total)
    return chosen


def _choose(chosen: list[Evaluation], ranked: Sequence[Evaluation], count: int, total: float) -> None:
    """Add from the ranking until there are `count`, leaving out near copies."""
    for done in ranked:
        if len(chosen) == count:
            return
        if all(np.abs(done.amounts_c - other.amounts_c).sum() > NEAR * total for other in chosen):
            chosen.append(done)


def recheck(
    evaluator: Evaluator,
    goal: Objective,
    reference: Evaluation | None,
    runs: int,
    predict: Predict | None = None,
) -> Evaluation | None:
    """The leader with the highest mean over further search draws.

    Args:
        evaluator: the meter, with the search behind it.
        goal: the objective that ranks.
        reference: today's mix; no plan that scored below it on the main draws is considered.
        runs: simulations that may be spent here.
        predict: (N, C) amounts -> what the response surface says of each.
    """
    evaluator.stage = "re-scoring the best plans"
    chosen = leaders(evaluator, goal, reference, predict)
    if len(chosen) < 2:
        return chosen[0] if chosen else None
    amounts = [done.amounts_c for done in chosen]
    scores: list[list[float]] = [[] for _ in chosen]
    spendable = min(runs, evaluator.runs_left) - PRICE_CHECK
    started, replicate = evaluator.runs_used, SEARCH_REPLICATE + 1
    cost = len(amounts) + 1
    while (
        evaluator.affordable(replicate) >= len(amounts) and evaluator.runs_used - started + cost <= spendable
    ):
        before = evaluator.runs_used
        found = evaluator.score(amounts, replicate=replicate)
        if not any(done.failure for done in found):
            for row, done in zip(scores, found, strict=True):
                row.append(done.value(goal))
        replicate += 1
        cost = evaluator.runs_used - before
    if not scores[0]:
        return chosen[0]
    # The main draws chose these plans, so they have no say in the order among them.
    return chosen[int(np.argmax([np.mean(row) for row in scores]))]
