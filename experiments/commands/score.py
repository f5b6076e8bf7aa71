"""`omnifunnel score`: judge a typed-in plan."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples, simulation_options


@click.command(
    short_help="Judge a plan against the status quo.",
    epilog=examples(
        "omnifunnel score beauty-launch --plan plan.csv",
        "omnifunnel score beauty-launch --plan plan.csv --replicates 40 --json",
    ),
)
@click.argument("scenario", metavar="SCENARIO[:VARIANT]")
@click.option(
    "--plan",
    "plan_csv",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Spend from a wide CSV: one row a period, columns <channel>_spend or <channel>_S.",
)
@click.option("--variant", help="Take this variant of the scenario.")
@simulation_options
def score(scenario: str, plan_csv: Path, variant: str | None, settings: Settings) -> None:
    """Judge a plan for SCENARIO against the status quo, by KPI and by channel, without optimising.

    Says which limits it breaks and by how much, what is not placed, and what a little more money would earn
    in each channel. Takes three simulations a replicate and two more a channel.
    """
    from experiments.delivery import deliver
    from experiments.score.answer import Request, answer_score

    request = Request(scenario, plan_csv, variant)
    deliver(settings, lambda: answer_score(request, settings))
