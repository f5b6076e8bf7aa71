"""`replan` from request to answer: the plan made before the start, policies block by block, all judged alike.

Every plan of a replicate is carried out in the same market under the same draws; a policy's plan differs
from replicate to replicate, since each market answers otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import estimates
from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.replan.carried import ONE_SHOT, STATUS_QUO, Carried, carry_out
from experiments.runner import Case, announce, open_case

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from optimize import BudgetProblem, PolicyOptions
    from sim import Plan, World

#: KPIs of the figure that compares plans.
SHOWN = ("profit", "roi", "revenue", "new_customers", "active_end", "unspent")


@dataclass(frozen=True)
class Request:
    """Who re-plans what, how often."""

    scenario: str
    every: int
    policies: tuple[str, ...]
    reserve: float
    turns_out: str | None
    runs: int
    method: str
    objective: str
    panel: int
    least_roas: float
    least_activity: float
    room: float


def answer_replan(request: Request, settings: Settings) -> Answer:
    """Search the one-shot plan, let the policies decide, judge everything, and put the answer together."""
    from experiments.replan.sheets import sheets
    from experiments.replan.words import sections
    from optimize import PolicyOptions, blocked

    options = PolicyOptions(request.least_roas, request.least_activity, request.room)
    policies = policies_of(request.policies)
    case = open_case(request.scenario, overrides=settings.overrides)
    problem = blocked(case.file.scenario, case.world, case.plan, every=request.every)
    world = what_turns_out(request, case, settings)
    announce(settings)
    fixed = {STATUS_QUO: case.plan} | one_shot(request, case, settings)
    with progress("deciding and judging", quiet=settings.quiet) as report:
        carried = carry_out(
            problem,
            policies,
            fixed,
            world,
            settings,
            reserve=request.reserve,
            options=options,
            panel_size=request.panel,
            report=report,
        )
    summary = summarise(request, settings, problem, carried, names(policies, options))
    return Answer(
        command="replan",
        case=case,
        summary=summary,
        sections=sections(case, summary),
        sheets=sheets(summary),
        figures=lambda: _figures(case, summary),
        plans={name: plan for name, plan in fixed.items() if name == ONE_SHOT},
        solver="HiGHS",
        interrupted=carried.interrupted,
    )


def policies_of(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The policies asked for, each once; all without a name.

    Raises:
        RequestError: names that are no policy, one line each.
    """
    from optimize import POLICIES

    unknown = [name for name in wanted if name not in POLICIES]
    if unknown:
        listed = ", ".join(POLICIES)
        raise RequestError("\n".join(f"replan: no policy '{name}' (known: {listed})" for name in unknown))
    return tuple(dict.fromkeys(wanted)) or tuple(POLICIES)


def names(policies: Sequence[str], options: PolicyOptions) -> dict[str, str]:
    """What people call the plans judged."""
    from optimize import POLICIES

    fixed = {STATUS_QUO: "status quo", ONE_SHOT: "one-shot plan"}
    return fixed | {name: POLICIES[name].called(options) for name in policies}


def what_turns_out(request: Request, case: Case, settings: Settings) -> World:
    """The market that answers: the scenario's, or that of the variant named.

    Raises:
        RequestError: a variant with other channels, prices for other channels, or another calendar.
    """
    if request.turns_out is None:
        return case.world
    world = open_case(request.scenario, overrides=settings.overrides, variant=request.turns_out).world
    for what, mine, its in (
        ("channels", case.world.channels, world.channels),
        ("channels that money can buy", case.priced, _priced(world)),
        ("paid periods", case.world.periods, world.periods),
    ):
        if mine != its:
            raise RequestError(
                f"{case.file.source}: variant '{request.turns_out}' has other {what} than the scenario, "
                "so that one plan does not fit both"
            )
    return world


def _priced(world: World) -> tuple[str, ...]:
    pairs = zip(world.channels, world.priced_c.tolist(), strict=True)
    return tuple(name for name, priced in pairs if priced)


def one_shot(request: Request, case: Case, settings: Settings) -> dict[str, Plan]:
    """The plan searched before the start on the scenario as written; none without runs."""
    from optimize import BudgetProblem, optimize

    if request.runs == 0:
        return {}
    problem = BudgetProblem.from_scenario(
        case.file.scenario, case.world, case.plan, objectives=(request.objective,)
    )
    with progress("searching the one-shot plan", quiet=settings.quiet) as report:
        result = optimize(
            problem,
            method=request.method,
            runs=request.runs,
            seed=settings.seed,
            replicates=1,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )
    if result.interrupted:
        raise KeyboardInterrupt
    return {ONE_SHOT: result.recommended}


def summarise(
    request: Request, settings: Settings, problem: BudgetProblem, carried: Carried, called: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON answer."""
    judged = carried.judged()
    against = [name for name in (STATUS_QUO, ONE_SHOT) if name in judged.plans]
    return {
        "schema_version": 1,
        "scenario": str(problem.world.name),
        "turns_out": request.turns_out,
        "objective": request.objective,
        "every": request.every,
        "reserve": request.reserve,
        "thresholds": {
            "least_roas": request.least_roas,
            "least_activity": request.least_activity,
            "room": request.room,
        },
        "runs": request.runs,
        "panel": min(request.panel, problem.world.agents),
        "seed": settings.seed,
        "replicates": carried.replicates,
        "interrupted": carried.interrupted,
        "currency": problem.currency,
        "total": problem.total,
        "blocks": [
            {"name": flight.name, "first_period": flight.first, "last_period": flight.last}
            for flight in problem.flights
        ],
        "plans": {
            name: {
                "label": called[name],
                "replanned": name in carried.amounts,
                "kpis": estimates.kpi_estimates(lambda kpi, name=name: judged.interval(name, kpi)),
                "against": {
                    other: estimates.kpi_estimates(
                        lambda kpi, name=name, other=other: judged.difference(name, other, kpi)
                    )
                    for other in against
                    if other != name
                },
                "blocks": carried.spend(problem, name),
            }
            for name in judged.plans
        },
    }


def _figures(case: Case, summary: Mapping[str, Any]) -> dict[str, Any]:
    from experiments.plots.budget_flow import flow_data
    from experiments.plots.comparison import comparison_data
    from experiments.plots.from_runs import kpi_texts
    from experiments.replan.words import short_names

    plans, called = summary["plans"], short_names(summary)
    texts = kpi_texts((summary["objective"], *SHOWN))
    texts = {summary["objective"]: texts[summary["objective"]]} | texts
    return {
        "flow": flow_data(summary, case.labels, called),
        "policies": comparison_data(
            texts,
            {called[name]: one["kpis"] for name, one in plans.items()},
            {called[name]: one["against"][STATUS_QUO] for name, one in plans.items() if name != STATUS_QUO},
            currency=summary["currency"],
        ),
    }
