"""`omnifunnel compare`: variants and scenarios side by side under common draws."""

from __future__ import annotations

import click

from experiments.commands.options import Settings, comma_list, examples, simulation_options


@click.command(
    short_help="Compare variants or scenarios.",
    epilog=examples(
        "omnifunnel compare beauty-launch --variants all",
        "omnifunnel compare beauty-launch --variants silo,unified --out comparison",
    ),
)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--variants", callback=comma_list, metavar="all|A,B", help="Variants of the first scenario.")
@simulation_options
def compare(scenarios: tuple[str, ...], variants: tuple[str, ...], settings: Settings) -> None:
    """Compare variants of a SCENARIO, or several scenarios; differences are against the first."""
    from experiments.compare import answer_compare
    from experiments.delivery import deliver

    deliver(settings, lambda: answer_compare(scenarios, variants, settings))
