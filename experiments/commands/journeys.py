"""`omnifunnel journeys`: what simulated journeys look like."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples


def _windows(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """`1,7,30` as whole days, each once."""
    days: dict[int, None] = {}
    for part in value.split(","):
        if not (part.strip().isdecimal() and int(part) >= 1):
            raise click.BadParameter(f"days >= 1 separated by commas, got '{value}'", context, parameter)
        days[int(part)] = None
    return tuple(days)


@click.command(
    short_help="Describe journeys: touchpoints, windows, paths.",
    epilog=examples(
        "omnifunnel journeys beauty-launch",
        "omnifunnel journeys beauty-launch --windows 7,28,90 --panel 10000 --json",
    ),
)
@click.argument("scenario")
@click.option(
    "--windows",
    default="1,7,30",
    show_default=True,
    metavar="DAYS,...",
    callback=_windows,
    help="Windows of cross-channel conversion; each is rounded up to whole periods.",
)
@click.option(
    "--touch",
    type=click.Choice(["any", "first"]),
    default="any",
    show_default=True,
    help="Cross-channel conversion after any touch in a channel, or after a person's first one only.",
)
@click.option(
    "--view",
    type=click.Choice(["complete", "brand"]),
    default="complete",
    show_default=True,
    help="Whose journeys make the paths: all touches, or what the brand records of them.",
)
@click.option(
    "--lookback-days",
    type=click.FloatRange(0),
    default=90.0,
    show_default=True,
    help="Days before an order in which a touch can lead to it.",
)
@click.option(
    "--top", type=click.IntRange(1, 1_000), default=10, show_default=True, help="Paths and pairs listed."
)
@click.option(
    "--panel", type=click.IntRange(1), help="Read so many consumers, a fair sample; default: everyone."
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
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write a run directory here; must be new or empty."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--quiet", is_flag=True, help="No progress and no notes on stderr.")
def journeys(
    scenario: str,
    windows: tuple[int, ...],
    touch: str,
    view: str,
    lookback_days: float,
    top: int,
    panel: int | None,
    seed: int,
    replicate: int,
    plan_csv: Path | None,
    variant: str | None,
    overrides: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Describe the journeys of one replicate of SCENARIO: where channels meet people, and what follows.

    Touchpoint heat map, conversion across channels within windows, channels per journey, top paths, order
    of channels, time in stage. None of these is an effect; see `omnifunnel truth`.
    """
    from experiments.delivery import deliver
    from experiments.journeys.answer import Request, answer_journeys

    settings = Settings("compiled", 1, seed, overrides, jobs, out, as_json, quiet)
    request = Request(scenario, windows, touch, view, lookback_days, top, panel, replicate, plan_csv, variant)
    deliver(settings, lambda: answer_journeys(request, settings))
