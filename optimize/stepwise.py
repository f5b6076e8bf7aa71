"""What methods that go from incumbent to incumbent share: a start, rounds of some width, a last check."""

from __future__ import annotations

from collections.abc import Callable

from optimize.baselines import equal, historical
from optimize.evaluator import Evaluation, Evaluator
from optimize.finalists import recheck, recheck_runs
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.sampled_curves import Aim

#: (evaluator, aim, incumbent, width, runs to keep) -> the next width; None when the runs do not reach.
Round = Callable[[Evaluator, Aim, Evaluation, float, int], float | None]


def step_by_step(
    problem: BudgetProblem, evaluator: Evaluator, *, seed: int, first: float, least: float, play: Round
) -> Search:
    """Play rounds from the best plan known until the runs are used up or every width is at its least.

    Several objectives are climbed in turn, each and mixtures of them with a width of its own.

    Args:
        problem: what is decided.
        evaluator: the meter.
        seed: decides which aim comes first.
        first: width of the first round.
        least: width at which there is nothing left to look for.
        play: one round; the better plan, if it finds one, is then among the evaluator's.
    """
    keep = recheck_runs(evaluator.runs) if len(problem.goals) == 1 else 0
    found = evaluator.score([historical(problem), equal(problem)])
    reference = found[0] if found else None
    if reference is not None and not reference.failure and problem.decisions >= 1:
        aims = Aim.turns(problem, reference)
        width, turn = [first] * len(aims), seed % len(aims)
        while max(width) > least:
            centre = aims[turn].best(evaluator.evaluations)
            after = None if centre is None else play(evaluator, aims[turn], centre, width[turn], keep)
            if after is None:
                break
            width[turn] = after
            turn = (turn + 1) % len(aims)
    if not keep:
        return Search(evaluator.best())
    return Search(recheck(evaluator, problem.goals[0], reference, keep) or evaluator.best())
