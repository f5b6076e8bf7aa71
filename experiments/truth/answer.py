"""The answer of `omnifunnel truth`: run the counterfactuals, and put their estimates together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.console import progress
from experiments.runner import Case, announce, open_case
from experiments.truth import estimates as truth_estimates, tables as truth_tables
from experiments.truth.sheets import sheets

if TYPE_CHECKING:
    from experiments.commands.options import Settings


@dataclass(frozen=True)
class Request:
    """What was asked for; see the options of the command."""

    scenario: str
    plan_csv: Path | None
    variant: str | None
    measure: str
    pairs: bool
    shapley: int
    outage_periods: int


def answer_truth(request: Request, settings: Settings) -> Answer:
    """Run the plan and its counterfactuals, and put the answer together."""
    from sim import truth

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    announce(settings)
    with progress("counterfactuals, periods", quiet=settings.quiet) as report:
        found = truth(
            case.world,
            case.plan,
            seed=settings.seed,
            replicates=settings.replicates,
            pairs=request.pairs,
            shapley=request.shapley,
            outage_periods=request.outage_periods,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )
    summary = {**_provenance(case, settings), **truth_estimates.summary(found)}
    return Answer(
        command="truth",
        case=case,
        summary=summary,
        sections=truth_tables.sections(case, summary, request.measure, request.outage_periods, settings),
        sheets=sheets(summary),
        figures=lambda: _figures(summary, request.measure),
    )


def _provenance(case: Case, settings: Settings) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source or "status quo",
        "seed": settings.seed,
        "replicates": settings.replicates,
        "currency": case.world.currency,
    }


def _figures(summary: dict[str, Any], measure: str) -> dict[str, Any]:
    from experiments.plots.synergy import synergy_data
    from experiments.plots.waterfall import waterfall_data

    figures: dict[str, Any] = {"truth": waterfall_data(summary, measure)}
    if summary["synergy"]:
        figures["synergy"] = synergy_data(summary, measure, "full")
        figures["synergy-alone"] = synergy_data(summary, measure, "nothing")
    return figures
