"""The answer of `omnifunnel customers`: replay every replicate, and put its measures together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.console import progress
from experiments.customers import (
    estimates as customer_estimates,
    scores as customer_scores,
    tables as customer_tables,
    words as customer_words,
)
from experiments.customers.health import health
from experiments.customers.sheets import sheets
from experiments.runner import Case, announce, open_case

if TYPE_CHECKING:
    from experiments.commands.options import Settings


@dataclass(frozen=True)
class Request:
    """What was asked for; see the options of the command."""

    scenario: str
    plan_csv: Path | None
    variant: str | None
    health_threshold: float


def answer_customers(request: Request, settings: Settings) -> Answer:
    """Run the plan, replay everyone, and put the answer together."""
    from sim import customer_value

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    announce(settings)
    with progress("simulating and replaying, periods", quiet=settings.quiet) as report:
        found = customer_value(
            case.world,
            case.plan,
            seed=settings.seed,
            replicates=settings.replicates,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )
    summary = {
        **_provenance(case, settings),
        **customer_estimates.summary(case, found),
        "health": health(found, request.health_threshold),
    }
    return Answer(
        command="customers",
        case=case,
        summary=summary,
        sections=[
            *customer_tables.sections(case, summary, settings),
            *customer_scores.sections(case, summary),
            customer_words.reading(case, summary),
            customer_words.assumptions(case, settings.replicates),
        ],
        sheets=sheets(summary),
        figures=lambda: _figures(summary),
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


def _figures(summary: dict[str, Any]) -> dict[str, Any]:
    from experiments.plots.quadrants import quadrants_data
    from experiments.plots.retention import retention_data

    figures: dict[str, Any] = {}
    for name, kind in (("retention", "channels"), ("retention-cohorts", "cohorts")):
        curves = retention_data(summary, kind)
        if curves is not None:
            figures[name] = curves
    if summary["quadrants"]["channels"]:
        figures["quadrants"] = quadrants_data(summary)
    return figures
