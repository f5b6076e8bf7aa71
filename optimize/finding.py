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
from optimize.opinions import opinions
from optimize.placing import placeable
from optimize.polishing import polish
from optimize.problem import BudgetProblem
from optimize.staged import Staged, search
from optimize.surfaces import foretell
from optimize.target_check import unreached
from sim import OmnifunnelError

Floats = npt.NDArray[np.float64]
#: The best mix before its timing was moved.
TODAYS_TIMING = "today's timing"
#: Simulations of the final for each of the judge's replicates.
FINAL_RUNS = 6


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
    found = Found(name, seed, best, front, interrupted=interrupted, stopped=stopped)
    if best is not None:
        try:
            if not interrupted and stopped is None:
                found = _settled(problem, evaluator, searched, found, replicates)
            found = _placeable(problem, evaluator, found)
        except KeyboardInterrupt:
            found = replace(found, interrupted=True)
        found = replace(found, why=_explained(problem, evaluator, searched, found))
    return replace(found, notes=tuple(dict.fromkeys(searched.notes)))


def _settled(
    problem: BudgetProblem, evaluator: Evaluator, searched: Staged, found: Found, replicates: int
) -> Found:
    """The final: which of the plans found, or a rule of thumb, to recommend."""
    assert found.best is not None
    candidates = [found.best, *found.front]
    linear = _linear_points(problem, evaluator, searched, candidates, seed=found.seed)
    last = _last_round(problem, evaluator, searched, found.best, found.front, linear, found.seed, replicates)
    if last is None:
        return replace(found, linear=linear)
    best, runs = last.winner.plan, 0
    if len(problem.goals) == 1 and len(problem.flights) == 1:
        better = polish(problem, evaluator, best, searched.notes)
        last = last if not better.moved else last.overtaken(better.plan)
        best, runs = better.plan, better.runs
    return replace(found, best=best, linear=linear, final=last, placing_runs=runs)


def _placeable(problem: BudgetProblem, evaluator: Evaluator, found: Found) -> Found:
    """The recommended plan, cut to what can be placed where that is no worse."""
    assert found.best is not None
    kept = placeable(problem, evaluator, found.best)
    best = replace(found.best, amounts_c=problem.by_flight(kept.plan)) if kept.freed else found.best
    runs = found.placing_runs + kept.runs
    return replace(found, best=best, plan=kept.plan, freed=kept.freed, placing_runs=runs)


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
    return _final(problem, evaluator, searched, best, seed=seed, replicates=replicates)


def _final(
    problem: BudgetProblem,
    evaluator: Evaluator,
    searched: Staged,
    best: Evaluation,
    *,
    seed: int,
    replicates: int,
) -> Final | None:
    """The final of leaders, other answers and rules of thumb, where plans rank by one figure."""
    # Targets that take simulations of their own are judged once, not in a final.
    if len(problem.goals) > 1 or problem.minimise_spend or any(t.kind.extra for t in problem.targets):
        return None
    mix = at_total_of(problem, best)
    rules = {name: problem.lifted(rule(mix)) for name, rule in BASELINES.items()}
    today = problem.by_flight(problem.status_quo)
    if not problem.violations(today):
        rules["status_quo"] = today
    rules = {name: row for name, row in rules.items() if not problem.violations(row)}
    others = {name: problem.lifted(done.amounts_c) for name, done in searched.candidates.items()}
    if searched.part is not None:
        others[TODAYS_TIMING] = problem.lifted(searched.part[2].amounts_c)
    others = {name: row for name, row in others.items() if not problem.violations(row)}
    blend = foretell(problem, evaluator, seed=seed) if searched.part is None else None
    predict = None if blend is None else blend.predict
    if blend is not None:
        others |= opinions(problem, blend, best.amounts_c, seed=seed, notes=searched.notes)
    return final(
        evaluator, evaluator.meter, best, rules, FINAL_RUNS * replicates, predict=predict, others=others
    )


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


def _explained(problem: BudgetProblem, evaluator: Evaluator, searched: Staged, found: Found) -> Explanation:
    """Why this plan: curves, prices and flat ranges through the very plan that is recommended.

    With flights they are those of its mix, and the limits those of the whole.
    """
    best = found.best
    assert best is not None
    limits = tuple(limits_met(problem, best.amounts_c, {}))
    if problem.minimise_spend:
        return Explanation(binding=limits)
    if searched.part is None:
        return explain(_at(problem, best), evaluator, searched, best, seed=found.seed)
    mix, inner, _ = searched.part
    middle = replace(best, amounts_c=problem.by_channel(best.amounts_c))
    why = explain(_at(mix, middle), inner, searched, middle, seed=found.seed)
    prices = {limit.limit: limit.shadow_price for limit in why.binding}
    return replace(
        why, binding=tuple(replace(limit, shadow_price=prices.get(limit.limit)) for limit in limits)
    )


def _at(problem: BudgetProblem, best: Evaluation) -> BudgetProblem:
    """The problem at what the plan spends, where part of a total that was to be spent is free."""
    spent = float(best.amounts_c.sum())
    if problem.free_total or abs(spent - problem.total) <= problem.tolerance or spent <= 0:
        return problem
    return replace(problem, total=spent, mix=None)


def _no_plan(evaluator: Evaluator) -> str:
    failed = evaluator.failures
    reason = f"; the first: {failed[0].failure}" if failed else ""
    return f"search: none of {evaluator.runs_used} runs gave a plan with a usable score{reason}"
