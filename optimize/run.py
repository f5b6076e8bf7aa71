"""optimize(): search within the runs, judge on draws the search never saw, explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from optimize.baselines import BASELINES
from optimize.candidates import Found, finalists, judged_plans, origins, plan_words
from optimize.certainty import equals, found_by, spread
from optimize.defaults import METHOD, REPLICATES, RUNS
from optimize.evaluator import Evaluation, Evaluator, Meter, Progress, SimulationMeter
from optimize.explain import ShadowPrice, price_unit
from optimize.finding import find
from optimize.frontier import judged_frontier
from optimize.guard_rail import guard_rail
from optimize.marginal import marginal_returns
from optimize.methods import METHODS, Method
from optimize.problem import BudgetProblem
from optimize.result import OptimizeResult, TracePoint
from optimize.search import search_optuna
from optimize.study import Study, StudyError, check_sampler, open_storage
from optimize.target_check import cheapest_text, check_targets, extra_runs
from optimize.target_meter import TargetMeter, plan_runs, plans_within
from optimize.verdict import Verdict, decide
from optimize.workers import Workers
from sim import OmnifunnelError, Plan, distinct_plans

if TYPE_CHECKING:
    from optimize.measured import Record
    from optimize.meter import Simulator
    from sim import Replicates


def optimize(
    problem: BudgetProblem,
    *,
    method: str = METHOD,
    runs: int = RUNS,
    seed: int = 0,
    replicates: int = REPLICATES,
    engine: str = "compiled",
    threads: int | None = None,
    workers: int | None = None,
    study: Study | None = None,
    record: Record | None = None,
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
        workers: processes that simulate; default: threads of this one. No result depends on it.
        study: sampler and storage, for method `search` only.
        record: where measured plans are kept and looked up, so that a killed search goes on (`measured`).
        progress: called with (runs done, runs in all, message); the judge counts afresh.
        meter: what measures plans; default: the simulator. Brings its own workers and record; `FunctionMeter`
            makes one of any function of a plan.
        marginal: replicates on which every channel's money, and the whole plan's, is moved up and down; 0
            leaves that out.

    Returns:
        The judged result. Ctrl-C during the search ends the search, not the call: the best plan so
        far is judged and `interrupted` is set.

    Raises:
        OmnifunnelError: an unknown method, too few runs, or no plan that could be scored.
    """
    chosen = _method(problem, method, study)
    with Workers(problem.world, workers) if workers else nullcontext() as pool:
        measured_by = meter or _meter(problem, seed, engine, pool, threads=threads, record=record)
        evaluator = Evaluator(problem, measured_by, runs=plans_within(measured_by, runs), progress=progress)
        found = find(problem, evaluator, chosen, method, seed=seed, replicates=replicates)
        result = _judge(problem, evaluator, found, replicates, marginal, progress)
        return _with_targets(replace(result, runs=runs), problem, measured_by) if problem.targets else result


def _method(problem: BudgetProblem, name: str, study: Study | None) -> Method:
    """The method by name, with its sampler and storage where it takes them."""
    if name not in METHODS:
        near = get_close_matches(name, METHODS, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise OmnifunnelError(f"method: choose among {', '.join(METHODS)}, got '{name}'{hint}")
    if study is None:
        return METHODS[name]
    if name != "search":
        raise StudyError(f"study: only method 'search' takes a sampler or a storage, got '{name}'")
    check_sampler(study, objectives=len(problem.goals))
    open_storage(study.storage)
    return partial(search_optuna, study=study)


def _judge(
    problem: BudgetProblem,
    evaluator: Evaluator,
    found: Found,
    replicates: int,
    marginal: int,
    progress: Progress | None,
) -> OptimizeResult:
    """Measure on the judge's draws what was found, what is cut, and what the last money brings."""

    def step(words: str) -> Callable[[int, int], None]:
        return lambda done, of: progress(done, of, words) if progress is not None else None

    plans = judged_plans(problem, found)
    judged = evaluator.judge(plans, replicates, step("judging"))
    result = _result(problem, evaluator, found, plans, judged, replicates)
    if found.best is None or found.interrupted:
        return result
    off = step("switching off what is cut")
    rails, runs = guard_rail(problem, evaluator.meter, plans, judged, replicates, off)
    result = replace(result, guard_rail=rails, judge_runs=result.judge_runs + runs)
    if not marginal:
        return result
    today, tell = evaluator.evaluations[0], step("moving each channel's money")
    return _with_marginal(result, problem, evaluator.meter, today, marginal, tell)


def _with_marginal(
    result: OptimizeResult,
    problem: BudgetProblem,
    meter: Meter,
    today: Evaluation,
    replicates: int,
    progress: Callable[[int, int], None],
) -> OptimizeResult:
    """The result with what the last money of each channel and of the whole brings."""
    why = result.explanation
    last = marginal_returns(problem, meter, result.recommended, today, why.binding, replicates, progress)
    if not problem.minimise_spend:
        known = why.shadow_price or ShadowPrice(price_unit(problem))
        why = replace(why, shadow_price=replace(known, judged=last.total))
    spent = result.judge_runs + last.runs
    return replace(result, explanation=why, marginal=last.channels, judge_runs=spent)


def _meter(
    problem: BudgetProblem,
    seed: int,
    engine: str,
    simulator: Simulator | None,
    *,
    threads: int | None,
    record: Record | None,
) -> Meter:
    """The simulator; with targets that need simulations of their own, it runs those too."""
    world = problem.world
    if not any(target.kind.extra for target in problem.targets):
        return SimulationMeter(
            world, seed=seed, engine=engine, threads=threads, record=record, simulator=simulator
        )
    return TargetMeter(
        world,
        problem.status_quo,
        problem.targets,
        seed=seed,
        engine=engine,
        threads=threads,
        record=record,
        simulator=simulator,
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
    verdict = replace(result.verdict, word=word, text=" ".join([text, *(check.text for check in checks)]))
    each, survey = plan_runs(meter)
    return replace(
        result,
        verdict=verdict,
        targets=checks,
        runs_used=each * result.runs_used + survey,
        judge_runs=result.judge_runs + extra_runs(problem, meter, result.replicates),
    )


def _result(
    problem: BudgetProblem,
    evaluator: Evaluator,
    found: Found,
    plans: Mapping[str, Plan],
    judged: Replicates,
    replicates: int,
) -> OptimizeResult:
    table = finalists(problem, found, judged)
    same = equals(table, plans)
    apart = None if found.best is None else spread(problem, found.why, plans, same)
    final_runs = (found.final.runs if found.final else 0) + found.placing_runs
    result = OptimizeResult(
        scenario=str(problem.world.name),
        currency=problem.currency,
        labels=dict(zip(problem.world.channels, problem.world.labels, strict=True)),
        seed=found.seed,
        method=found.method,
        objectives=problem.objectives,
        total=plans["recommended"].total if problem.free_total else problem.total,
        runs=evaluator.runs,
        runs_used=evaluator.runs_used,
        replicates=replicates,
        judge_runs=replicates * _simulated(problem, plans) + final_runs,
        plans=plans,
        judged=judged,
        verdict=Verdict("undecided", ""),
        explanation=found.why,
        baselines=tuple(BASELINES),
        frontier=judged_frontier(problem, judged, origins(plans, found)),
        finalists=table,
        trace=_trace(problem, evaluator),
        failures=tuple(str(done.failure) for done in evaluator.failures),
        interrupted=found.interrupted,
        stopped=found.stopped,
        flights=problem.flights,
        found_by=found_by(found, judged, problem.goals[0].kpi),
        equals=same,
        spread=apart,
        freed=found.freed,
        fixed_total=not problem.free_total,
        notes=found.notes,
    )
    return replace(result, verdict=_verdict(problem, result))


def _verdict(problem: BudgetProblem, result: OptimizeResult) -> Verdict:
    """What the judge says of the plan, and how far the advice is certain."""
    apart = result.spread
    return decide(
        result.judged,
        problem.goals,
        currency=problem.currency,
        total=result.total,
        today=problem.status_quo.total,
        allowed=not problem.violations(problem.by_flight(problem.status_quo)),
        free=result.free,
        fixed=result.fixed_total,
        equals=[plan_words(name) for name in result.equals],
        unsure=[result.labels[name] for name in apart.unsure] if apart else (),
        totals=apart.total if apart and apart.other_total else None,
    )


def _simulated(problem: BudgetProblem, plans: Mapping[str, Plan]) -> int:
    """Simulations of a replicate of the judge: plans that are one and the same, and no spend, once."""
    nothing = Plan.zero(problem.world.channels, problem.world.periods)
    return len(distinct_plans([*plans.values(), nothing])[0])


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
