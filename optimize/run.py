"""optimize(): search within the runs, judge on draws the search never saw, explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from optimize.baselines import BASELINES
from optimize.evaluator import Evaluation, Evaluator, Meter, Progress, SimulationMeter
from optimize.explain import Explanation, explain, limits_met
from optimize.methods import METHODS
from optimize.pareto import knee, non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.result import OptimizeResult, ParetoPoint, TracePoint, Verdict, decide
from optimize.staged import Staged, search
from optimize.target_check import cheapest_text, check_targets, extra_runs, unreached
from optimize.target_meter import TargetMeter, plan_runs, plans_within
from sim import OmnifunnelError, Plan

if TYPE_CHECKING:
    from sim import Interval, Replicates


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

    Returns:
        The judged result. Ctrl-C during the search ends the search, not the call: the best plan so
        far is judged and `interrupted` is set.

    Raises:
        OmnifunnelError: an unknown method, too few runs, or no plan that could be scored.
    """
    if method not in METHODS:
        near = get_close_matches(method, METHODS, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise OmnifunnelError(f"method: choose among {', '.join(METHODS)}, got '{method}'{hint}")
    measured_by = meter or _meter(problem, seed=seed, engine=engine, threads=threads)
    plans_paid = plans_within(measured_by, runs)
    evaluator = Evaluator(problem, measured_by, runs=plans_paid, progress=progress)
    found = _find(problem, evaluator, method, seed)
    plans = _plans(problem, found)

    def step(done: int, of: int) -> None:
        if progress is not None:
            progress(done, of, "judging")

    judged = evaluator.judge(plans, replicates, step)
    result = _result(problem, evaluator, found, plans, judged, replicates)
    return _with_targets(replace(result, runs=runs), problem, measured_by) if problem.targets else result


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


@dataclass(frozen=True)
class _Found:
    """What the search found, before judgement."""

    method: str
    seed: int
    best: Evaluation | None
    front: list[Evaluation]
    why: Explanation
    interrupted: bool


def _find(problem: BudgetProblem, evaluator: Evaluator, method: str, seed: int) -> _Found:
    """Run the method; an interrupt ends it with the best plan so far."""
    try:
        searched, interrupted = search(problem, evaluator, METHODS[method], seed=seed), False
    except KeyboardInterrupt:
        searched, interrupted = Staged(best=evaluator.best()), True
    front = _front(problem, evaluator)
    best = _pick(evaluator, front) if front else searched.best
    if best is None and not interrupted:
        raise OmnifunnelError(_no_plan(evaluator))
    if best is not None and best.miss and not interrupted:
        raise OmnifunnelError(unreached(problem, evaluator.evaluations, evaluator.runs_used))
    why = Explanation()
    if best is not None:
        try:
            why = _explained(problem, evaluator, searched, best, seed=seed, check=not interrupted)
        except KeyboardInterrupt:
            interrupted = True
            why = _explained(problem, evaluator, searched, best, seed=seed, check=False)
    return _Found(method, seed, best, front, why, interrupted)


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
    return replace(why, binding=limits)


def _result(
    problem: BudgetProblem,
    evaluator: Evaluator,
    found: _Found,
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
        judge_runs=replicates * (len(plans) + 1),
        plans=plans,
        judged=judged,
        verdict=decide(judged, problem.goals, currency=problem.currency, total=total, today=today),
        explanation=found.why,
        baselines=tuple(BASELINES),
        pareto=_judged_front(problem, judged, plans),
        trace=_trace(problem, evaluator),
        failures=tuple(str(done.failure) for done in evaluator.failures),
        interrupted=found.interrupted,
        flights=problem.flights,
    )


def _plans(problem: BudgetProblem, found: _Found) -> dict[str, Plan]:
    """Everything the judge sees, by name."""
    best = found.best
    recommended = problem.status_quo if best is None else problem.plan(best.amounts_c)
    plans = {"status_quo": problem.status_quo, "recommended": recommended}
    # Rules split the money that the recommended plan spends, over channels, timed as today.
    mix = problem.mix or problem
    if mix.total_min is not None:
        mix = mix.at_total(recommended.total if best is not None else mix.total)
    plans |= {name: problem.plan(problem.lifted(rule(mix))) for name, rule in BASELINES.items()}
    others = [done for done in found.front if done is not best]
    return plans | {f"pareto_{n}": problem.plan(done.amounts_c) for n, done in enumerate(others)}


def _front(problem: BudgetProblem, evaluator: Evaluator) -> list[Evaluation]:
    """Non-dominated feasible plans on the search's draws, thinned out; empty for one objective."""
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    if len(problem.goals) < 2 or not usable:
        return []
    values_nk = np.array([[done.value(goal) for goal in problem.goals] for done in usable])
    rows = non_dominated(values_nk)
    front = [usable[rows[n]] for n in spread(values_nk[rows])]
    middle = usable[rows[knee(values_nk[rows])]]
    return front if middle in front else [*front[:-1], middle]


def _pick(evaluator: Evaluator, front: list[Evaluation]) -> Evaluation:
    """The knee of the front; among plans that beat today's mix in every objective, if there are any."""
    goals = evaluator.problem.goals
    values_nk = np.array([[done.value(goal) for goal in goals] for done in front])
    today = evaluator.evaluations[0]
    rows = np.arange(len(front))
    if not today.failure:
        above = np.all(values_nk >= [today.value(goal) for goal in goals], axis=1)
        rows = rows[above] if above.any() else rows
    return front[int(rows[knee(values_nk[rows])])]


def _judged_front(
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
