"""optimize(): search within the runs, judge on draws the search never saw, explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from optimize.baselines import BASELINES
from optimize.curve_lp import Search
from optimize.evaluator import Evaluation, Evaluator, Meter, Progress, SimulationMeter
from optimize.explain import Explanation, explain
from optimize.methods import METHODS
from optimize.pareto import knee, non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.result import OptimizeResult, ParetoPoint, TracePoint, decide
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
    measured_by = meter or SimulationMeter(problem.world, seed=seed, engine=engine, threads=threads)
    evaluator = Evaluator(problem, measured_by, runs=runs, progress=progress)
    found = _find(problem, evaluator, method, seed)
    plans = _plans(problem, found)

    def step(done: int, of: int) -> None:
        if progress is not None:
            progress(done, of, "judging")

    judged = evaluator.judge(plans, replicates, step)
    return _result(problem, evaluator, found, plans, judged, replicates)


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
        search, interrupted = METHODS[method](problem, evaluator, seed=seed), False
    except KeyboardInterrupt:
        search, interrupted = Search(best=evaluator.best()), True
    front = _front(problem, evaluator)
    best = _pick(evaluator, front) if front else search.best
    if best is None and not interrupted:
        raise OmnifunnelError(_no_plan(evaluator))
    why = Explanation()
    if best is not None:
        why = explain(problem, evaluator, search, best, seed=seed, check=not interrupted)
    return _Found(method, seed, best, front, why, interrupted)


def _result(
    problem: BudgetProblem,
    evaluator: Evaluator,
    found: _Found,
    plans: Mapping[str, Plan],
    judged: Replicates,
    replicates: int,
) -> OptimizeResult:
    today = problem.status_quo.total
    return OptimizeResult(
        scenario=str(problem.world.name),
        currency=problem.currency,
        labels=dict(zip(problem.world.channels, problem.world.labels, strict=True)),
        seed=found.seed,
        method=found.method,
        objectives=problem.objectives,
        total=problem.total,
        runs=evaluator.runs,
        runs_used=evaluator.runs_used,
        replicates=replicates,
        judge_runs=replicates * (len(plans) + 1),
        plans=plans,
        judged=judged,
        verdict=decide(judged, problem.goals, currency=problem.currency, total=problem.total, today=today),
        explanation=found.why,
        baselines=tuple(BASELINES),
        pareto=_judged_front(problem, judged, plans),
        trace=_trace(problem, evaluator),
        failures=tuple(str(done.failure) for done in evaluator.failures),
        interrupted=found.interrupted,
    )


def _plans(problem: BudgetProblem, found: _Found) -> dict[str, Plan]:
    """Everything the judge sees, by name."""
    best = found.best
    recommended = problem.status_quo if best is None else problem.plan(best.amounts_c)
    plans = {"status_quo": problem.status_quo, "recommended": recommended}
    plans |= {name: problem.plan(rule(problem)) for name, rule in BASELINES.items()}
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
    for done in evaluator.evaluations:
        if done.feasible and not done.failure:
            best = done.value(first) if best is None else max(best, done.value(first))
        values = {goal.name: None if done.failure else done.value(goal) for goal in problem.goals}
        points.append(TracePoint(done.run, values, done.feasible, best))
    return tuple(points)


def _no_plan(evaluator: Evaluator) -> str:
    failed = evaluator.failures
    reason = f"; the first: {failed[0].failure}" if failed else ""
    return f"search: none of {evaluator.runs_used} runs gave a plan with a usable score{reason}"
