"""`omnifunnel truth`: what each channel really does, by counterfactual."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples, simulation_options

#: Replicates unless the user names a number: each of them takes well over a hundred simulations.
REPLICATES = 5


@click.command(
    short_help="Measure what each channel really does.",
    epilog=examples(
        "omnifunnel truth beauty-launch",
        "omnifunnel truth beauty-launch --no-pairs --shapley 0 --measure margin --out truth",
    ),
    context_settings={"default_map": {"replicates": REPLICATES}},
)
@click.argument("scenario")
@click.option(
    "--plan",
    "plan_csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Spend from a wide CSV: one row a period, columns <channel>_spend or <channel>_S.",
)
@click.option("--variant", help="Take this variant of the scenario.")
@click.option(
    "--measure",
    type=click.Choice(["customers", "orders", "revenue", "margin", "profit"]),
    default="orders",
    show_default=True,
    help="What Shapley values, synergy and figures show; --json and --out hold all.",
)
@click.option("--pairs/--no-pairs", default=True, show_default=True, help="Synergy of every two channels.")
@click.option(
    "--shapley",
    type=click.IntRange(0, 10_000),
    default=12,
    show_default=True,
    metavar="ORDERS",
    help="Orders of joining sampled in each replicate, with more than 8 channels; 0: no Shapley values.",
)
@click.option(
    "--outage-periods",
    type=click.IntRange(0, 1_000),
    default=8,
    show_default=True,
    help="Length of the outage in the middle of the plan, cut to the plan's; 0: no outages.",
)
@simulation_options
def truth(
    scenario: str,
    plan_csv: Path | None,
    variant: str | None,
    measure: str,
    pairs: bool,
    shapley: int,
    outage_periods: int,
    settings: Settings,
) -> None:
    """Run SCENARIO without each channel, and pair of channels, under the same draws.

    Gives lift, iROAS and mROI by channel, Shapley values, pairwise synergy, and what an outage of each
    channel does. The status quo of beauty-launch takes some 160 simulations a replicate.
    """
    from experiments.delivery import deliver
    from experiments.truth.answer import Request, answer_truth

    request = Request(scenario, plan_csv, variant, measure, pairs, shapley, outage_periods)
    deliver(settings, lambda: answer_truth(request, settings))
