"""The answer of `omnifunnel attribute SCENARIO`: every rule beside the truth, and what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.attribution import report as attribution_report
from experiments.attribution.answer import direct_channels, known_rules
from experiments.attribution.budgets import JUDGED, STATUS_QUO, TRUTH, Budgets, budgets, judge, named, spend
from experiments.attribution.estimates import true_amounts, true_part, view_part
from experiments.attribution.runs import COMPLETE, Credited, Reading, credited
from experiments.attribution.sheets import sheets
from experiments.attribution.words import compares_nothing, plans_agree
from experiments.console import progress
from experiments.errors import RequestError
from experiments.runner import Case, announce, open_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.commands.options import Settings
    from sim import Truth


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line.

    Attributes:
        scenario: shipped name or path.
        plan_csv, variant: another plan, a variant.
        rules, half_life_days, direct, lookback_days: as for journeys of one's own.
        shapley: orders of joining sampled in each replicate, with more than 8 channels.
        panel: consumers whose journeys are read; None is everyone.
        measure: what tables and figures show.
    """

    scenario: str
    plan_csv: Path | None
    variant: str | None
    rules: tuple[str, ...]
    half_life_days: float
    direct: tuple[str, ...]
    lookback_days: float
    shapley: int
    panel: int | None
    measure: str


def answer_scenario(request: Request, settings: Settings) -> Answer:
    """Credit simulated journeys by every rule, find the truth, judge the budgets, and put it together."""
    rules = known_rules(request.rules)
    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    reading = _reading(request, rules, case)
    announce(settings)
    with progress("replaying", quiet=settings.quiet) as report:
        found = credited(case, reading, settings, report)
    truth = _truth(case, request, settings)
    true = true_amounts(truth)
    spent, judged = _judged(case, found, {"truth": true["truth"]["value"].mean(axis=0)}, settings)
    players = [case.world.channels.index(name) for name in truth.channels]
    views = {view: view_part(found, view, case.world.channels, players, true) for view in found.credits}
    summary = {
        **_provenance(case, request, reading, settings, found),
        "rules": views[COMPLETE]["rules"],
        **true_part(truth, true),
        "scoreboard": views[COMPLETE]["scoreboard"],
        **_money(spent, judged, rules),
        "views": {view: {**part, **_view_money(spent, judged, view, rules)} for view, part in views.items()},
    }
    return Answer(
        command="attribute",
        case=case,
        summary=summary,
        sections=attribution_report.sections(case, summary, request.measure, settings),
        sheets=sheets(summary),
        figures=lambda: _figures(summary, request.measure),
    )


def _reading(request: Request, rules: tuple[str, ...], case: Case) -> Reading:
    """Options checked against the scenario before anything is simulated.

    Raises:
        RequestError: a direct channel that it does not have, or a panel larger than the sample.
    """
    from sim import AttributionOptions

    channels, agents = case.world.channels, case.world.agents
    faults = [
        f"--direct: no channel '{name}' (channels: {', '.join(channels)})"
        for name in request.direct
        if name not in channels
    ]
    if request.panel is not None and request.panel > agents:
        faults.append(f"--panel {request.panel}: must be at most {agents}, the consumers of {case.name}")
    if faults:
        raise RequestError("\n".join(faults))
    direct = direct_channels(request.direct, channels)
    options = AttributionOptions(half_life_days=request.half_life_days, direct=direct)
    return Reading(rules, options, request.lookback_days, request.panel)


def _truth(case: Case, request: Request, settings: Settings) -> Truth:
    from sim import truth

    with progress("counterfactuals, periods", quiet=settings.quiet) as report:
        return truth(
            case.world,
            case.plan,
            seed=settings.seed,
            replicates=settings.replicates,
            pairs=False,
            shapley=request.shapley,
            outage_periods=0,
            panel=0,
            returns=False,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )


def _judged(
    case: Case, found: Credited, true: Mapping[str, Any], settings: Settings
) -> tuple[Budgets | None, dict[str, Any]]:
    """Budgets of the truth and of every rule in the judged views, and what they earn."""
    credits = {("", name): value_c for name, value_c in true.items()}
    for view in JUDGED:
        for rule, amounts in found.credits[view].items():
            credits[view, rule] = amounts["value"].mean(axis=0)
    spent = budgets(case, credits)
    if spent is None:
        return None, {}
    with progress("judging budgets, periods", quiet=settings.quiet) as report:
        return spent, judge(case, spent, settings, report)


def _money(spent: Budgets | None, judged: dict[str, Any], rules: tuple[str, ...]) -> dict[str, Any]:
    """Budgets and regret of today's plan, the truth and every rule in the complete view."""
    if spent is None:
        return {"budgets": None, "regret": None}
    apart = {name: ("", name) for name in (STATUS_QUO, TRUTH)}
    keys = {**apart, **{rule: (COMPLETE, rule) for rule in rules}}
    return {
        **_entries(spent, judged, keys),
        "budget_total": spent.total,
        "limits_hold": spent.limits_hold,
        "best_plan": next(name for name, row in judged.items() if row["best"]),
    }


def _view_money(
    spent: Budgets | None, judged: dict[str, Any], view: str, rules: tuple[str, ...]
) -> dict[str, Any]:
    if spent is None or view not in JUDGED:
        return {"budgets": None, "regret": None}
    return _entries(spent, judged, {rule: (view, rule) for rule in rules})


def _entries(spent: Budgets, judged: dict[str, Any], keys: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "budgets": {name: spend(spent.plans[key]) for name, key in keys.items()},
        "moved_by_limits": {name: spent.moved[key] for name, key in keys.items()},
        "regret": {
            name: {k: v for k, v in judged[named(*key)].items() if k != "best"} for name, key in keys.items()
        },
    }


def _provenance(
    case: Case, request: Request, reading: Reading, settings: Settings, found: Credited
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source or "status quo",
        "seed": settings.seed,
        "replicates": settings.replicates,
        "judge": {"first_replicate": settings.replicates, "replicates": settings.replicates},
        "currency": case.world.currency,
        "consumers": found.consumers,
        "channels": case.labels,
        "options": {
            "half_life_days": reading.options.half_life_days,
            "direct": list(reading.options.direct),
            "lookback_days": reading.lookback_days,
            "shapley_orders": request.shapley,
        },
    }


def _figures(summary: dict[str, Any], measure: str) -> dict[str, Any]:
    """None that would compare equal things."""
    from experiments.plots.regret import regret_data
    from experiments.plots.scoreboard import scoreboard_data

    figures: dict[str, Any] = {}
    if not compares_nothing(summary):
        figures["attribution"] = scoreboard_data(summary, measure)
    if summary["regret"] is not None and not plans_agree(summary):
        figures["regret"] = regret_data(summary)
    return figures
