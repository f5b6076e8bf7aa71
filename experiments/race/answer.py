"""`race`: every search and every rule of thumb on one meter, and what their plans fall short of the best.

    symbol     meaning                                                           shape
    value_pr   objective of a plan on the judge's draws                          (P, R)
    best       the plan with the highest mean on one half of the draws; the shortfall is taken on the other

A best plan chosen and measured on the same draws would look better than it is; so each half of the draws
chooses for the other. Every plan is judged on the same draws, which no search has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.race.entries import RULES, Entry, recommend
from experiments.runner import announce, open_case

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from experiments.budget_asked import BudgetAsked
    from experiments.commands.options import Settings
    from optimize import BudgetProblem
    from sim import Plan, Replicates

    Floats = npt.NDArray[np.float64]
    Report = Callable[..., None]


@dataclass(frozen=True)
class Request:
    """Who races over what."""

    scenario: str
    methods: tuple[str, ...]
    runs: tuple[int, ...]
    repeats: int
    objective: str
    budget: BudgetAsked | None
    least_roas: float = 2.0
    least_activity: float = 0.8


@dataclass
class Field:
    """Entries that have finished, with their plans; `interrupted` if not all have."""

    entries: list[Entry] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    interrupted: bool = False


def answer_race(request: Request, settings: Settings) -> Answer:
    """Run every entry, judge all plans on common draws, and put the answer together."""
    from experiments.plots.race import race_data
    from experiments.race.tables import sections, sheets
    from optimize import BudgetProblem

    case = open_case(request.scenario, overrides=settings.overrides)
    total = None if request.budget is None else request.budget.at(case.plan.total)
    problem = BudgetProblem.from_scenario(
        case.file.scenario, case.world, case.plan, total=total, objectives=(request.objective,)
    )
    entries = entries_of(request)
    announce(settings)
    with progress("racing", quiet=settings.quiet) as report:
        ran = run_all(problem, entries, request, settings, report)
    if not ran.entries:
        raise KeyboardInterrupt
    with progress("judging", quiet=settings.quiet) as report:
        judged = judge(problem, ran, settings, report)
    summary = _summary(request, settings, problem, league(problem, ran, judged))
    summary["interrupted"] = ran.interrupted
    return Answer(
        command="race",
        case=case,
        summary=summary,
        sections=sections(case, summary),
        sheets=sheets(summary),
        figures=lambda: {"race": race_data(summary)},
        interrupted=ran.interrupted,
    )


def entries_of(request: Request) -> list[Entry]:
    """Rules once, methods at every number of runs; repeat after repeat, so that a stop leaves a fair field.

    Raises:
        RequestError: names that are neither method nor rule, one line each.
    """
    from optimize import METHODS

    known = (*METHODS, *RULES)
    unknown = [name for name in request.methods if name not in known]
    if unknown:
        listed = ", ".join(known)
        raise RequestError(
            "\n".join(f"race: no method or rule '{name}' (known: {listed})" for name in unknown)
        )
    # The default is the surface loop with more besides: by itself that races only when it is named.
    everyone = [name for name in METHODS if name != "surrogate"]
    names = request.methods or (*everyone, *RULES)
    entries = [Entry(name, 0, 0) for name in names if name in RULES]
    for repeat in range(request.repeats):
        for runs in request.runs:
            entries += [Entry(name, runs, repeat) for name in names if name not in RULES]
    return entries


def run_all(
    problem: BudgetProblem, entries: Sequence[Entry], request: Request, settings: Settings, report: Report
) -> Field:
    """Run entries in turn; an interrupt ends the race with those that have finished."""
    from optimize import PolicyOptions

    options = PolicyOptions(request.least_roas, request.least_activity)
    ran, total, done = Field(), sum(max(entry.runs, 1) for entry in entries), 0
    try:
        for entry in entries:

            def step(used: int, _of: int, _words: str, entry: Entry = entry, before: int = done) -> None:
                report(before + min(used, entry.runs), total, f"{entry.name}, {entry.runs} runs")

            amounts, used = recommend(problem, entry, settings, step, options)
            ran.entries.append(entry.charged(used))
            ran.plans.append(problem.plan(amounts))
            done += max(entry.runs, 1)
            report(done, total, entry.name)
    except KeyboardInterrupt:
        ran.interrupted = True
    return ran


def judge(problem: BudgetProblem, ran: Field, settings: Settings, report: Report) -> Replicates:
    """Today's plan and every different plan of the field, on the judge's draws."""
    from sim import replicate_kpis

    plans = {"status_quo": problem.status_quo} | {str(n): plan for n, plan in enumerate(ran.plans)}
    return replicate_kpis(
        problem.world,
        plans,
        seed=settings.seed,
        replicates=settings.replicates,
        engine=settings.engine,
        threads=settings.jobs,
        progress=lambda done, of: report(done, of, "judging"),
    )


def league(problem: BudgetProblem, ran: Field, judged: Replicates) -> list[dict[str, Any]]:
    """One row an entrant and number of runs: shortfall from the best plan of the race."""
    import numpy as np

    kpi = problem.goals[0].kpi
    names = ["status_quo", *(str(n) for n in range(len(ran.plans)))]
    value_pr = np.array([judged.by_replicate(name, kpi) for name in names], dtype=np.float64)
    short_pr = shortfall(value_pr)
    groups: dict[tuple[str, int], list[int]] = {("status_quo", 0): [0]}
    for n, entry in enumerate(ran.entries):
        groups.setdefault((entry.name, entry.runs), []).append(n + 1)
    return [
        _row(name, runs, [ran.entries[n - 1].used for n in members if n], short_pr[members])
        for (name, runs), members in groups.items()
    ]


def shortfall(value_pr: Floats) -> Floats:
    """(P, R) what each plan falls short of the best on the draws that did not choose the best."""
    import numpy as np

    even = np.arange(value_pr.shape[1]) % 2 == 0
    halves = [(~even, even), (even, ~even)] if len(even) > 1 else [(even, even)]
    short_pr = np.zeros_like(value_pr)
    for chosen_on, measured_on in halves:
        best = int(np.argmax(np.nan_to_num(value_pr[:, chosen_on].mean(axis=1), nan=-np.inf)))
        short_pr[:, measured_on] = value_pr[best, measured_on] - value_pr[:, measured_on]
    return short_pr / abs(float(value_pr.mean(axis=1).max())) * 100.0


def _row(name: str, runs: int, used: Sequence[int], short_pr: Floats) -> dict[str, Any]:
    """Median and worst over repeats; the interval is of their mean, over the judge's replicates."""
    import numpy as np

    from experiments.estimates import estimate
    from sim import interval

    each = short_pr.mean(axis=1)
    return {
        "name": name,
        "runs": runs,
        "used": int(max(used, default=0)),
        "repeats": len(each),
        "median": float(np.median(each)),
        "worst": float(each.max()),
        "regret": estimate(interval(short_pr.mean(axis=0).tolist())),
    }


def _summary(
    request: Request, settings: Settings, problem: BudgetProblem, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "scenario": str(problem.world.name),
        "objective": request.objective,
        "total": problem.total,
        "currency": problem.currency,
        "seed": settings.seed,
        "replicates": settings.replicates,
        "repeats": request.repeats,
        "thresholds": {"least_roas": request.least_roas, "least_activity": request.least_activity},
        "unit": f"per cent of the best plan's {problem.goals[0].label}",
        "league": list(rows),
    }
