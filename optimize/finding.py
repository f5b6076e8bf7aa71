"""From a method to one plan and why: search, the final on draws of its own, the explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optimize.baselines import BASELINES
from optimize.candidates import Found, at_total_of
from optimize.evaluation import Hopeless
from optimize.evaluator import Evaluation, Evaluator
from optimize.explain import Explanation, explain, limits_met
from optimize.finalists import Final, final, final_of_front
from optimize.frontier import epsilon_points, pick, search_front
from optimize.methods import Method
from optimize.problem import BudgetProblem
from optimize.staged import Staged, search
from optimize.surfaces import foretell
from optimize.target_check import unreached
from sim import OmnifunnelError

Floats = npt.NDArray[np.float64]
#: Simulations of the final for each of the judge's replicates.
FINAL_RUNS = 4


def find(
    problem: BudgetProblem, evaluator: Evaluator, method: Method, name: str, *, seed: int, replicates: int
) -> Found:
    """Run the method, then the final; an interrupt or too many failures end it with the best so far."""
    interrupted, stopped = False, None
    try:
        searched = search(problem, evaluator, method, seed=seed)
    except KeyboardInterrupt:
        searched, interrupted = Staged(best=evaluator.best()), True
    except Hopeless as fault:
        searched, stopped = Staged(best=evaluator.best()), str(fault)
        if searched.best is None:
            raise
    front = search_front(problem, evaluator)
    best = pick(evaluator, front) if front else searched.best
    if best is None and not interrupted:
        raise OmnifunnelError(_no_plan(evaluator))
    if best is not None and best.miss and not interrupted:
        raise OmnifunnelError(unreached(problem, evaluator.evaluations, evaluator.runs_used))
    why, last, linear = Explanation(), None, []
    if best is not None:
        try:
            whole = not interrupted and stopped is None
            if whole:
                linear = _linear_points(problem, evaluator, searched, [best, *front], seed=seed)
                last = _last_round(problem, evaluator, searched, best, front, linear, seed, replicates)
                best = best if last is None else last.winner.plan
            why = _explained(problem, evaluator, searched, best, seed=seed, check=whole)
        except KeyboardInterrupt:
            interrupted = True
            why = _explained(problem, evaluator, searched, best, seed=seed, check=False)
    return Found(name, seed, best, front, linear, last, why, interrupted, stopped)


def _last_round(
    problem: BudgetProblem,
    evaluator: Evaluator,
    searched: Staged,
    best: Evaluation,
    front: list[Evaluation],
    linear: list[Floats],
    seed: int,
    replicates: int,
) -> Final | None:
    """The final: of a whole front where there is one, else of the leaders and the rules of thumb."""
    if front and searched.part is None and not problem.targets:
        entries = [best, *(done for done in front if done is not best)]
        return final_of_front(evaluator, evaluator.meter, entries, linear, FINAL_RUNS * replicates)
    return _final(problem, evaluator, best, seed=seed, replicates=replicates)


def _final(
    problem: BudgetProblem, evaluator: Evaluator, best: Evaluation, *, seed: int, replicates: int
) -> Final | None:
    """The final of leaders and rules of thumb, where plans rank by one figure that is measured at once."""
    several = len(problem.goals) > 1 or len(problem.flights) > 1
    if several or problem.targets or problem.minimise_spend:
        return None
    rules = {name: rule(at_total_of(problem, best)) for name, rule in BASELINES.items()}
    blend = foretell(problem, evaluator, seed=seed)
    predict = None if blend is None else blend.predict
    return final(evaluator, evaluator.meter, best, rules, FINAL_RUNS * replicates, predict=predict)


def _linear_points(
    problem: BudgetProblem,
    evaluator: Evaluator,
    searched: Staged,
    candidates: list[Evaluation],
    *,
    seed: int,
) -> list[Floats]:
    """Amounts of the front's points that linear programmes on the surfaces add to the search's own."""
    if len(problem.goals) < 2 or problem.targets:
        return []
    if searched.part is None:
        rows = [done.amounts_c for done in candidates]
        return epsilon_points(problem, evaluator, candidates[0], rows, seed=seed)
    part, inner, middle = searched.part
    return [problem.lifted(row) for row in epsilon_points(part, inner, middle, [middle.amounts_c], seed=seed)]


def _explained(
    problem: BudgetProblem,
    evaluator: Evaluator,
    searched: Staged,
    best: Evaluation,
    *,
    seed: int,
    check: bool,
) -> Explanation:
    """Why this plan; of a search in stages, the curves and prices of its mix and the limits of the whole."""
    limits = tuple(limits_met(problem, best.amounts_c, {}))
    if problem.minimise_spend:
        return Explanation(binding=limits)
    if searched.part is None:
        return explain(problem, evaluator, searched, best, seed=seed, check=check)
    part, inner, middle = searched.part
    why = explain(part, inner, searched, middle, seed=seed, check=False)
    prices = {limit.limit: limit.shadow_price for limit in why.binding}
    return replace(
        why, binding=tuple(replace(limit, shadow_price=prices.get(limit.limit)) for limit in limits)
    )


def _no_plan(evaluator: Evaluator) -> str:
    failed = evaluator.failures
    reason = f"; the first: {failed[0].failure}" if failed else ""
    return f"search: none of {evaluator.runs_used} runs gave a plan with a usable score{reason}"
