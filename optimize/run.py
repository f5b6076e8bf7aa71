"""optimize(): search within the runs, judge on draws the search never saw, explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from optimize.baselines import BASELINES
from optimize.candidates import Found, at_total_of, finalists, judged_plans, origins
from optimize.evaluator import Evaluation, Evaluator, Meter, Progress, SimulationMeter
from optimize.explain import Explanation, explain, limits_met
from optimize.finalists import Final, final, final_of_front
from optimize.frontier import epsilon_points, judged_frontier, pick, search_front
from optimize.marginal import marginal_returns
from optimize.methods import METHODS
from optimize.problem import BudgetProblem
from optimize.result import OptimizeResult, TracePoint
from optimize.staged import Staged, search
from optimize.surfaces import foretell
from optimize.target_check import cheapest_text, check_targets, extra_runs, unreached
from optimize.target_meter import TargetMeter, plan_runs, plans_within
from optimize.verdict import Verdict, decide
from sim import OmnifunnelError, Plan

if TYPE_CHECKING:
    import numpy.typing as npt

    from sim import Replicates

    Floats = npt.NDArray[np.float64]

#: Simulations of the final for each of the judge's replicates.
FINAL_RUNS = 4


def optimize(
    problem: BudgetProblem,
    *,
    method: str = "lp",
    runs: int = 200,
    seed: int = 0,
    replicates: int = 8,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
    meter: Meter | None = None,
    marginal: int = 0,
) -> OptimizeResult:
    """Find a budget split and judge it against the status quo.

    Args:
        problem: what is decided, within which limits, to maximise what.
        method: name in `METHODS`.
        runs: simulations the search may use, baselines of zero spend included.
        seed: of search and judge; 0 is a seed.
        replicates: the judge's paired replicates.
        engine: `compiled` or `mesa`.
        threads: simulations at a time; default: as many as the machine has. No result depends on it.
        progress: called with (runs done, runs in all, message); the judge counts afresh.
        meter: what measures plans; default: the simulator.
        marginal: replicates on which every channel's money is moved up and down; 0 leaves that out.

    Returns:
        The judged result. Ctrl-C during the search ends the search, not the call: the best plan so
        far is judged and `interrupted` is set.

    Raises:
        OmnifunnelError: an unknown method, too few runs, or no plan that could be scored.
    """
    _check_method(method)
    measured_by = meter or _meter(problem, seed=seed, engine=engine, threads=threads)
    plans_paid = plans_within(measured_by, runs)
    evaluator = Evaluator(problem, measured_by, runs=plans_paid, progress=progress)
    found = _find(problem, evaluator, method, seed=seed, replicates=replicates)
    plans = judged_plans(problem, found)

    def step(words: str) -> Callable[[int, int], None]:
        return lambda done, of: progress(done, of, words) if progress is not None else None

    judged = evaluator.judge(plans, replicates, step("judging"))
    result = _result(problem, evaluator, found, plans, judged, replicates)
    if marginal and found.best is not None and not found.interrupted:
        today, tell = evaluator.evaluations[0], step("moving each channel's money")
        result = _with_marginal(result, problem, measured_by, today, marginal, tell)
    return _with_targets(replace(result, runs=runs), problem, measured_by) if problem.targets else result


def _check_method(method: str) -> None:
    if method not in METHODS:
        near = get_close_matches(method, METHODS, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise OmnifunnelError(f"method: choose among {', '.join(METHODS)}, got '{method}'{hint}")


def _with_marginal(
    result: OptimizeResult,
    problem: BudgetProblem,
    meter: Meter,
    today: Evaluation,
    replicates: int,
    progress: Callable[[int, int], None],
) -> OptimizeResult:
    """The result with what the last money of each channel brings."""
    binding = result.explanation.binding
    returns = marginal_returns(problem, meter, result.recommended, today, binding, replicates, progress)
    spent = replicates * (2 * sum(row.word != "off" for row in returns) + 1 + meter.baseline_runs)
    return replace(result, marginal=returns, judge_runs=result.judge_runs + spent)


def _meter(problem: BudgetProblem, *, seed: int, engine: str, threads: int | None) -> Meter:
    """The simulator; with targets that need simulations of their own, it runs those too."""
    if not any(target.kind.extra for target in problem.targets):
        return SimulationMeter(problem.world, seed=seed, engine=engine, threads=threads)
    return TargetMeter(
        problem.world, problem.status_quo, problem.targets, seed=seed, engine=engine, threads=threads
    )


def _with_targets(result: OptimizeResult, problem: BudgetProblem, meter: Meter) -> OptimizeResult:
    """The result with its targets judged, and the verdict saying so."""
    checks = check_targets(problem, meter, result.recommended, result.judged, result.replicates)
    word, text = result.verdict.word, result.verdict.text
    if problem.minimise_spend:
        spent = result.recommended.total
        text = cheapest_text(problem.status_quo.total, spent, problem)
        held = all(check.word != "missed" for check in checks)
        word = "better" if held and spent < problem.status_quo.total else "no better"
    verdict = Verdict(word, " ".join([text, *(check.text for check in checks)]))
    each, survey = plan_runs(meter)
    return replace(
        result,
        verdict=verdict,
        targets=checks,
        runs_used=each * result.runs_used + survey,
        judge_runs=result.judge_runs + extra_runs(problem, meter, result.replicates),
    )


def _find(problem: BudgetProblem, evaluator: Evaluator, method: str, *, seed: int, replicates: int) -> Found:
    """Run the method, then the final; an interrupt ends either with the best plan so far."""
    try:
        searched, interrupted = search(problem, evaluator, METHODS[method], seed=seed), False
    except KeyboardInterrupt:
        searched, interrupted = Staged(best=evaluator.best()), True
    front = search_front(problem, evaluator)
    best = pick(evaluator, front) if front else searched.best
    if best is None and not interrupted:
        raise OmnifunnelError(_no_plan(evaluator))
    if best is not None and best.miss and not interrupted:
        raise OmnifunnelError(unreached(problem, evaluator.evaluations, evaluator.runs_used))
    why, last, linear = Explanation(), None, []
    if best is not None:
        try:
            if not interrupted:
                linear = _linear_points(problem, evaluator, searched, [best, *front], seed=seed)
                if front and searched.part is None and not problem.targets:
                    entries = [best, *(done for done in front if done is not best)]
                    last = final_of_front(
                        evaluator, evaluator.meter, entries, linear, FINAL_RUNS * replicates
                    )
                else:
                    last = _final(problem, evaluator, best, seed=seed, replicates=replicates)
                best = best if last is None else last.winner.plan
            why = _explained(problem, evaluator, searched, best, seed=seed, check=not interrupted)
        except KeyboardInterrupt:
            interrupted = True
            why = _explained(problem, evaluator, searched, best, seed=seed, check=False)
    return Found(method, seed, best, front, linear, last, why, interrupted)


def _final(
    problem: BudgetProblem, evaluator: Evaluator, best: Evaluation, *, seed: int, replicates: int
) -> Final | None:
    """The final of leaders and rules of thumb, where plans rank by one figure that is measured at once."""
    several = len(problem.goals) > 1 or len(problem.flights) > 1
    if several or problem.targets or problem.minimise_spend:
        return None
    rules = {name: rule(at_total_of(problem, best)) for name, rule in BASELINES.items()}
    predict = foretell(problem, evaluator, seed=seed)
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


def _result(
    problem: BudgetProblem,
    evaluator: Evaluator,
    found: Found,
    plans: Mapping[str, Plan],
    judged: Replicates,
    replicates: int,
) -> OptimizeResult:
    today, total = problem.status_quo.total, problem.total
    if problem.total_min is not None:
        total = plans["recommended"].total
    return OptimizeResult(
        scenario=str(problem.world.name),
        currency=problem.currency,
        labels=dict(zip(problem.world.channels, problem.world.labels, strict=True)),
        seed=found.seed,
        method=found.method,
        objectives=problem.objectives,
        total=total,
        runs=evaluator.runs,
        runs_used=evaluator.runs_used,
        replicates=replicates,
        judge_runs=replicates * (len(plans) + 1) + (found.final.runs if found.final else 0),
        plans=plans,
        judged=judged,
        verdict=decide(judged, problem.goals, currency=problem.currency, total=total, today=today),
        explanation=found.why,
        baselines=tuple(BASELINES),
        frontier=judged_frontier(problem, judged, origins(plans, found)),
        finalists=finalists(problem, found, judged),
        trace=_trace(problem, evaluator),
        failures=tuple(str(done.failure) for done in evaluator.failures),
        interrupted=found.interrupted,
        flights=problem.flights,
    )


def _trace(problem: BudgetProblem, evaluator: Evaluator) -> tuple[TracePoint, ...]:
    points, best = [], None
    first = problem.goals[0]
    for done in sorted(evaluator.scored, key=lambda each: each.run):
        if done.feasible and not done.failure and evaluator.comparable(done):
            value = evaluator.levelled(done, first)
            best = value if best is None else max(best, value)
        values = {goal.name: None if done.failure else done.value(goal) for goal in problem.goals}
        points.append(TracePoint(done.run, values, done.feasible, best))
    return tuple(points)


def _no_plan(evaluator: Evaluator) -> str:
    failed = evaluator.failures
    reason = f"; the first: {failed[0].failure}" if failed else ""
    return f"search: none of {evaluator.runs_used} runs gave a plan with a usable score{reason}"
