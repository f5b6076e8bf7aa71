"""`omnifunnel compare`: scenarios, variants and plans side by side under common draws."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, comma_list, examples, simulation_options


def _plans(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple:
    """`NAME=FILE` as pairs."""
    pairs = []
    for text in value:
        name, equals, path = text.partition("=")
        if not name.strip() or not equals or not path:
            raise click.BadParameter(f"{text!r} is not written NAME=FILE.csv")
        if not Path(path).is_file():
            raise click.BadParameter(f"{path!r} is no file")
        pairs.append((name.strip(), Path(path)))
    return tuple(pairs)


@click.command(
    short_help="Compare scenarios, variants or plans.",
    epilog=examples(
        "omnifunnel compare beauty-launch --variants all",
        "omnifunnel compare beauty-launch beauty-launch:seed_first --rank-by roi --out comparison",
    ),
)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO[:VARIANT]...")
@click.option("--variants", callback=comma_list, metavar="all|A,B", help="Variants of the first scenario.")
@click.option(
    "--plan",
    "plans",
    multiple=True,
    callback=_plans,
    metavar="NAME=FILE.csv",
    help="A plan for the first scenario, a wide CSV as `run` takes; repeatable.",
)
@click.option(
    "--rank-by",
    default="profit",
    show_default=True,
    metavar="KPI",
    help="The KPI that ranks and leads every table.",
)
@simulation_options
def compare(
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    plans: tuple[tuple[str, Path], ...],
    rank_by: str,
    settings: Settings,
) -> None:
    """Compare any scenarios, variants and plans; differences are against the first.

    Cases that change only what the brand decides and pays for, such as the plan, are choices: they are
    ranked by one KPI, with the probability of being best by a bootstrap over replicates. Cases that change
    the market show how the plan fares there. Markets of other size, length or currency are compared in
    ratios and shares only.
    """
    from experiments.comparing.answer import answer_compare
    from experiments.comparing.cases import Request
    from experiments.delivery import deliver

    request = Request(scenarios, variants, plans, rank_by)
    deliver(settings, lambda: answer_compare(request, settings))
