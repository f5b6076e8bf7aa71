"""`omnifunnel export`: a simulated market as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from experiments.commands.options import Settings, examples

#: Options that only one or two kinds of export have a use for.
BELONGS = {
    "view": ("--view", ("journeys",)),
    "lookback_days": ("--lookback-days", ("journeys",)),
    "consumers": ("--consumers", ("journeys", "customers")),
    "format": ("--format", ("weekly",)),
    "replicates": ("--replicates", ("weekly",)),
    "shapley": ("--shapley", ("weekly",)),
    "tail": ("--tail/--no-tail", ("weekly",)),
    "with_truth": ("--with-truth", ("customers",)),
}
_WHAT = ("journeys", "weekly", "customers")


@click.command(
    short_help="Write journeys, weeks or customers as CSV.",
    epilog=examples(
        "omnifunnel export beauty-launch --what journeys --view brand --consumers 1000 --out journeys",
        "omnifunnel export beauty-launch --what weekly --format robyn --replicates 2 --out weeks",
    ),
)
@click.argument("scenario")
@click.option("--what", type=click.Choice(_WHAT), required=True, help="What to export.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; must be new or empty."
)
@click.option(
    "--format",
    type=click.Choice(["meridian", "robyn"]),
    default="meridian",
    show_default=True,
    help="weekly: whose columns.",
)
@click.option(
    "--view",
    type=click.Choice(["complete", "brand"]),
    default="complete",
    show_default=True,
    help="journeys: the truth, or what an advertiser can see.",
)
@click.option(
    "--consumers",
    type=click.IntRange(1),
    metavar="N",
    help="journeys, customers: an even sample of so many; default: 10,000 for journeys, else all.",
)
@click.option(
    "--lookback-days",
    type=click.FloatRange(0, min_open=True),
    default=90.0,
    show_default=True,
    help="journeys: days before an order in which a touch can lead to it.",
)
@click.option("--with-truth", is_flag=True, help="customers: add traits and stages that no brand can see.")
@click.option(
    "--tail/--no-tail",
    default=True,
    show_default=True,
    help="weekly: keep the weeks after the last spend, in data and truth.",
)
@click.option(
    "--replicates",
    type=click.IntRange(1, 100_000),
    default=5,
    show_default=True,
    help="weekly: replicates of the truth; intervals are over them.",
)
@click.option(
    "--shapley",
    type=click.IntRange(0, 10_000),
    default=12,
    show_default=True,
    metavar="ORDERS",
    help="weekly: as in `truth`; 0: no Shapley values.",
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
@click.option("--variant", help="Take this variant of the scenario.")
@click.option(
    "--set", "overrides", multiple=True, metavar="A.B=C", help="Set a field of the scenario; repeatable."
)
@click.option("--jobs", type=click.IntRange(1, 4096), help="Threads; default: all. Never changes results.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.option("--quiet", is_flag=True, help="No progress and no notes on stderr.")
@click.pass_context
def export(context: click.Context, /, what: str, **options: Any) -> None:
    """Simulate SCENARIO once and write it as CSV for other tools.

    journeys: an event log, and touches that `attribute` reads. weekly: a table for marketing mix models,
    with the truth sealed beside it. customers: one row a customer, and orders that `fit-customers` reads.
    """
    from experiments.export.answer import Request, export as write

    _check(context, what)
    shared = ("replicates", "seed", "overrides", "jobs", "out", "as_json", "quiet")
    settings = Settings(engine="compiled", **{name: options.pop(name) for name in shared})
    write(Request(what=what, **options), settings)


def _check(context: click.Context, what: str) -> None:
    """Refuse options that this kind of export would silently ignore."""
    from experiments.errors import RequestError

    faults = [
        f"{option}: has no meaning with --what {what}, only with {' and '.join(kinds)}; leave it out"
        for name, (option, kinds) in BELONGS.items()
        if what not in kinds and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if faults:
        raise RequestError("\n".join(faults))
