"""`omnifunnel customers`: what customers are worth, what they cost, and how long they stay."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples, simulation_options


@click.command(
    short_help="Value, cost and retention of customers.",
    # a replicate is replayed consumer by consumer, so fewer of them than elsewhere are the rule
    context_settings={"default_map": {"replicates": 5}},
    epilog=examples(
        "omnifunnel customers beauty-launch",
        "omnifunnel customers beauty-launch --variant unified --health-threshold 0.5 --out customers",
    ),
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
    "--health-threshold",
    type=click.FloatRange(0.0),
    default=0.8,
    show_default=True,
    help="Activity of a channel's customers, 1 being all channels', below which the health rule drops it.",
)
@simulation_options
def customers(
    scenario: str,
    plan_csv: Path | None,
    variant: str | None,
    health_threshold: float,
    settings: Settings,
) -> None:
    """Replay everyone in SCENARIO and measure the customers that today's plan wins.

    Lifetime value, acquisition cost and payback by channel, segment and cohort; survival and retention;
    customer equity; RFM segments; cost-value quadrants and the health of channels.
    """
    from experiments.customers.answer import Request, answer_customers
    from experiments.delivery import deliver

    request = Request(scenario, plan_csv, variant, health_threshold)
    deliver(settings, lambda: answer_customers(request, settings))
