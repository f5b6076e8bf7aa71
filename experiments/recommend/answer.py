"""`optimize` from request to answer: search, judge, JSON and tables; the words are in `recommend_text`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting
from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.plan_notes import far_from_today
from experiments.recommend import details
from experiments.recommend.guard_rail import guard_rail_sheet
from experiments.recommend.judged import differences, judged
from experiments.recommend.limits_asked import Asked, with_asked
from experiments.recommend.robust import probe, robustness_json, robustness_sheet
from experiments.runner import Case, announce, open_case
from experiments.tables import Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.budget_asked import BudgetAsked
    from experiments.commands.options import Settings
    from experiments.recommend.place import Place
    from experiments.recommend.robust import Probed
    from optimize import BudgetProblem, OptimizeResult

SOLVERS = {"search": "Optuna"}


@dataclass(frozen=True)
class Request:
    """What to search for."""

    scenario: str
    method: str
    budget: BudgetAsked | None
    runs: int
    objectives: tuple[str, ...]
    asked: Asked = field(default_factory=Asked)
    robustness: bool = False
    sampler: str | None = None
    storage: str | None = None
    workers: int | None = None
    variant: str | None = None
    plan_csv: Path | None = None


def answer_optimize(request: Request, settings: Settings, place: Place) -> Answer:
    """Search within the runs, judge on fresh draws, and put the answer together."""
    from experiments.recommend.text import sections
    from optimize import BudgetProblem

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    total = total_asked(case, request)
    problem = BudgetProblem.from_scenario(
        with_asked(case.file.scenario, request.asked),
        case.world,
        case.plan,
        total=total,
        objectives=request.objectives,
        minimise_spend=request.asked.minimise,
    )
    result = _search(case, problem, request, settings, place)
    probed = probe(case, result, settings) if request.robustness and not result.interrupted else None
    return Answer(
        command="optimize",
        case=case,
        summary=summary(result)
        | {"variant": case.variant, "plan": case.plan_source or "status quo"}
        | ({} if probed is None else {"robustness": robustness_json(*probed)}),
        sections=sections(case, problem, result, probed),
        sheets=sheets(case, result) | ({} if probed is None else {"robustness": robustness_sheet(probed[0])}),
        figures=lambda: _figures(case, problem, result, probed),
        plans={"recommended": result.recommended},
        solver=SOLVERS.get(request.method, "HiGHS"),
        interrupted=result.interrupted,
        inputs=() if request.plan_csv is None else (request.plan_csv,),
        notes=notes_of(case, problem, request),
    )


def total_asked(case: Case, request: Request) -> float | None:
    """The budget asked for, else that of the plan given; None leaves the scenario's own.

    A ceiling in the scenario is about the firm's money, so it outlasts a plan that spends more or less.
    """
    if request.budget is not None:
        return request.budget.at(case.plan.total)
    block = case.file.scenario.optimization
    ceiling = block.at_most and block.total is not None
    return case.plan.total if case.plan_source is not None and not ceiling else None


def notes_of(case: Case, problem: BudgetProblem, request: Request) -> tuple[str, ...]:
    """A floor that was assumed, a budget far from today's, and the total that a plan given brings with it."""
    notes = (_floor(problem),) if problem.floor_assumed else ()
    if request.budget is not None:
        far = far_from_today(
            f"--budget {request.budget.text}", problem.total, case.plan.total, problem.currency
        )
        return (*notes, far) if far else notes
    own = case.file.scenario.optimization.total
    if case.plan_source is None or own is None or abs(problem.total - own) <= 1e-9 * own:
        return notes
    mine, its = (formatting.number(t, "money", currency=problem.currency) for t in (problem.total, own))
    return (*notes, f"the budget is {mine}, as {case.plan_source} spends it; the scenario's own is {its}")


def _floor(problem: BudgetProblem) -> str:
    """Why a least total was assumed, and what to give instead."""
    least = formatting.number(problem.least_total, "money", currency=problem.currency)
    return (
        "any total may be spent, down to nothing, and ROI is highest on next to nothing: half of today's "
        f"money, {least}, is taken as the least; give one of your own (a least amount of a channel, or "
        "optimization.total_min), or maximise profit"
    )


def _search(
    case: Case, problem: BudgetProblem, request: Request, settings: Settings, place: Place
) -> OptimizeResult:
    from experiments.recommend.asked_before import identity, study_of
    from optimize import StudyError, optimize

    asked = identity(case, request, settings)
    study = study_of(request, asked, place)
    record = place.begin(asked, runs=request.runs)
    announce(settings)
    try:
        with progress("searching", quiet=settings.quiet) as report:
            return optimize(
                problem,
                method=request.method,
                runs=request.runs,
                seed=settings.seed,
                replicates=settings.replicates,
                engine=settings.engine,
                threads=settings.jobs,
                workers=request.workers,
                study=study,
                record=record,
                progress=report,
                marginal=max(2, settings.replicates // 3),
            )
    except StudyError as fault:
        raise RequestError(f"--{fault}") from fault


def summary(result: OptimizeResult) -> dict[str, Any]:
    """The JSON: the result's own, with KPIs in the shape that `run` and `compare` use."""
    document = result.to_dict()
    document["not_run"] = document.pop("notes")  # an answer's `notes` are about what was given
    for name in ("status_quo", "recommended"):
        document[name]["kpis"] = judged(result, name)
    document["difference"] = differences(result, "recommended")
    for name in result.baselines:
        document["baselines"][name]["kpis"] = judged(result, name)
        document["baselines"][name]["difference"] = differences(result, name)
    return document


def sheets(case: Case, result: OptimizeResult) -> dict[str, Sheet]:
    """Tables of the run directory."""
    now, new = result.placed("status_quo"), result.placed("recommended")
    offered = result.status_quo.totals(), result.recommended.totals()
    plans = {name: judged(result, name) for name in ("status_quo", "recommended", *result.baselines)}
    change = {name: differences(result, name) for name in ("recommended", *result.baselines)}
    found = {
        "budget": Sheet(
            ("channel", "label", "now", "recommended", "now_offered", "recommended_offered"),
            tuple(
                (name, case.labels[name], now[name], new[name], offered[0][name], offered[1][name])
                for name in case.priced
            ),
        ),
        "kpis": estimates.kpi_sheet(plans),
        "differences": estimates.kpi_sheet(change),
        "trace": _trace_sheet(result),
        "curves": Sheet(
            ("objective", "channel", "amount", "gain"),
            tuple(
                (curve.objective, curve.channel, amount, gain)
                for curve in result.explanation.curves
                for amount, gain in zip(curve.amounts, curve.gain, strict=True)
            ),
        ),
    }
    if len(result.flights) > 1:
        found["flights"] = _flights_sheet(result, case.priced)
    if result.targets:
        found["targets"] = _targets_sheet(result)
    if result.finalists:
        found["finalists"] = details.finalists_sheet(result)
    if result.guard_rail:
        found["guard_rail"] = guard_rail_sheet(result)
    if result.marginal:
        found["marginal"] = details.marginal_sheet(result)
    if result.frontier.points:
        found["pareto"] = details.frontier_sheet(result, case.priced)
    return found


def _trace_sheet(result: OptimizeResult) -> Sheet:
    header = ("run", *result.objectives, "feasible", "best")
    rows = tuple(
        (point.run, *(point.values[name] for name in result.objectives), int(point.feasible), point.best)
        for point in result.trace
    )
    return Sheet(header, rows)


def _flights_sheet(result: OptimizeResult, priced: tuple[str, ...]) -> Sheet:
    rows = []
    for flight in result.flights:
        now, new = (
            plan.spend_tc[flight.periods].sum(axis=0) for plan in (result.status_quo, result.recommended)
        )
        for c, name in enumerate(result.recommended.channels):
            if name in priced:
                where = (flight.name, flight.first, flight.last, name)
                rows.append((*where, float(now[c]), float(new[c])))
    return Sheet(("flight", "first_period", "last_period", "channel", "now", "recommended"), tuple(rows))


def _targets_sheet(result: OptimizeResult) -> Sheet:
    rows = []
    for check in result.targets:
        value = check.value
        span = (None, None, None) if value is None else (value.mean, value.low, value.high)
        rows.append((check.target, "min" if check.least else "max", check.bound, *span, check.word))
    return Sheet(("target", "side", "bound", "mean", "low", "high", "word"), tuple(rows))


def _figures(
    case: Case, problem: BudgetProblem, result: OptimizeResult, probed: Probed | None
) -> dict[str, Any]:
    from experiments.plots.from_search import figures_of

    return figures_of(case, problem, result, None if probed is None else probed[0])
