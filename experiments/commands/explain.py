"""`omnifunnel explain`: one simulated consumer's life in words."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples


@click.command(
    short_help="Tell one consumer's life.",
    epilog=examples(
        "omnifunnel explain beauty-launch --consumer 4711",
        "omnifunnel explain beauty-launch --consumer 12 --replicate 3 --variant unified --json",
    ),
)
@click.argument("scenario")
@click.option(
    "--consumer",
    type=click.IntRange(0),
    required=True,
    help="Number in the sample, from 0; segments follow each other in the order of their ids.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="0 is a seed too."
)
@click.option(
    "--replicate", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Which replicate."
)
@click.option(
    "--plan",
    "plan_csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Spend from a wide CSV instead of today's plan.",
)
@click.option("--variant", help="Live in this variant of the scenario.")
@click.option(
    "--set", "overrides", multiple=True, metavar="A.B=C", help="Set a field of the scenario; repeatable."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write a run directory here; must be new or empty."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--quiet", is_flag=True, help="No progress and no notes on stderr.")
def explain(
    scenario: str,
    consumer: int,
    seed: int,
    replicate: int,
    plan_csv: Path | None,
    variant: str | None,
    overrides: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell one consumer's life in SCENARIO: each touch, move and order, with the odds that were in force.

    The same consumer of the same seed and replicate lives the same life every time, unless the market or
    the plan changes it.
    """
    from experiments.delivery import deliver
    from experiments.explain.answer import Request, answer_explain

    settings = Settings("compiled", 1, seed, overrides, None, out, as_json, quiet)
    request = Request(scenario, consumer, replicate, variant, plan_csv)
    deliver(settings, lambda: answer_explain(request, settings))
