"""`omnifunnel run`: simulate one plan in one scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from experiments.commands.options import Settings, examples, simulation_options

if TYPE_CHECKING:
    from experiments.answer import Answer
    from experiments.runner import Case
    from sim import Replicates


@click.command(
    short_help="Simulate a plan.",
    epilog=examples(
        "omnifunnel run beauty-launch",
        "omnifunnel run beauty-launch --set identity.match_rate=0.9 --replicates 5 --json",
    ),
)
@click.argument("scenario", metavar="SCENARIO[:VARIANT]")
@click.option(
    "--plan",
    "plan_csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Spend from a wide CSV: one row a period, columns <channel>_spend or <channel>_S.",
)
@click.option("--variant", help="Simulate this variant of the scenario.")
@simulation_options
def run(scenario: str, plan_csv: Path | None, variant: str | None, settings: Settings) -> None:
    """Simulate the plan of SCENARIO; KPIs with 95 % intervals over replicates."""
    from experiments.delivery import deliver

    deliver(settings, lambda: answer_run(scenario, plan_csv, variant, settings))


def answer_run(scenario: str, plan_csv: Path | None, variant: str | None, settings: Settings) -> Answer:
    """Simulate, and put the answer together."""
    from experiments import estimates, texts
    from experiments.answer import Answer
    from experiments.console import progress
    from experiments.runner import PLAN, open_case, replicate

    case = open_case(
        scenario, overrides=settings.overrides, variant=variant, plan_csv=plan_csv, quiet=settings.quiet
    )
    with progress("simulating", quiet=settings.quiet) as report:
        replicates = replicate(case, settings, progress=report)
    kpis = estimates.kpi_estimates(lambda name: replicates.interval(PLAN, name))
    channels = estimates.channel_estimates(case, replicates, PLAN)
    title = f"{case.name}: {texts.replicates(settings.replicates)}, seed {settings.seed}"
    return Answer(
        command="run",
        case=case,
        summary=_summary(case, settings, kpis, channels),
        sections=[
            estimates.kpi_grid(title, {texts.value_heading(settings.replicates): kpis}, case.world.currency),
            *estimates.channel_grids(case, channels),
            texts.assumptions(case, settings.replicates),
        ],
        sheets={
            "kpis": estimates.kpi_sheet({case.name: kpis}),
            "channels": estimates.channel_sheet(channels),
        },
        figures=lambda: _figures(case, replicates),
    )


def _summary(
    case: Case, settings: Settings, kpis: dict[str, Any], channels: dict[str, Any]
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source or "status quo",
        "seed": settings.seed,
        "replicates": settings.replicates,
        "currency": case.world.currency,
        "kpis": kpis,
        "channels": channels,
    }


def _figures(case: Case, replicates: Replicates) -> dict[str, Any]:
    from experiments.plots.from_runs import funnel_of, reach_of
    from experiments.runner import PLAN

    return {
        "funnel": funnel_of(case.world, {case.name: replicates.occupancy[PLAN]}),
        "reach-frequency": reach_of(replicates.runs[PLAN]),
    }
