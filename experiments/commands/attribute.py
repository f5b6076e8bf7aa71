"""`omnifunnel attribute`: attribution rules side by side, on a simulated market beside the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from experiments.commands.options import Settings, comma_list, examples, simulation_options

#: Replicates unless the user names a number: what two processors do in about a minute.
REPLICATES = 5
#: Options of a simulation, which journeys of one's own have no use for.
SIMULATED = {
    "engine": "--engine",
    "replicates": "--replicates",
    "seed": "--seed",
    "overrides": "--set",
    "jobs": "--jobs",
    "plan_csv": "--plan",
    "variant": "--variant",
    "shapley": "--shapley",
    "panel": "--panel",
    "measure": "--measure",
}


@click.command(
    short_help="Attribution rules side by side, and beside the truth.",
    epilog=examples(
        "omnifunnel attribute beauty-launch --replicates 3 --measure value",
        "omnifunnel attribute --journeys paths.csv --rules last,markov_1,shapley --json",
    ),
    context_settings={"default_map": {"replicates": REPLICATES}},
)
@click.argument("scenario", required=False)
@click.option(
    "--journeys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Instead of SCENARIO, a CSV of counted paths (path,conversions,value,nulls; steps joined by ' > ') "
    "or of touches (journey,channel,time,conversion,value).",
)
@click.option("--rules", callback=comma_list, metavar="A,B", help="Rules to apply; default: all ten.")
@click.option(
    "--half-life-days",
    type=click.FloatRange(0, min_open=True),
    default=7.0,
    show_default=True,
    help="Half-life of time decay; in steps where the file has no times.",
)
@click.option(
    "--direct",
    callback=comma_list,
    metavar="A,B",
    help="Channels that last_non_direct passes over; default: one called direct, if there is one.",
)
@click.option(
    "--lookback-days",
    type=click.FloatRange(0, min_open=True),
    default=90.0,
    show_default=True,
    help="Leave out touches longer before the end of their path; needs times.",
)
@click.option(
    "--plan",
    "plan_csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With SCENARIO: spend from a wide CSV instead of today's plan.",
)
@click.option("--variant", help="With SCENARIO: take this variant of it.")
@click.option(
    "--measure",
    type=click.Choice(["conversions", "value"]),
    default="conversions",
    show_default=True,
    help="With SCENARIO: what tables and figures show; --json and --out hold both.",
)
@click.option(
    "--shapley",
    type=click.IntRange(2, 10_000),
    default=12,
    show_default=True,
    metavar="ORDERS",
    help="With SCENARIO: orders of joining sampled a replicate for the truth, with more than 8 channels.",
)
@click.option(
    "--panel",
    type=click.IntRange(1),
    help="With SCENARIO: read the journeys of so many consumers, a fair sample; default: everyone.",
)
@simulation_options
@click.pass_context
def attribute(
    context: click.Context, /, scenario: str | None, journeys: Path | None, settings: Settings, **options: Any
) -> None:
    """Share out conversions between channels, by every attribution rule.

    On SCENARIO the journeys are simulated, so that each rule stands beside the truth: what channels bring
    when the market is run without them. It also tells what the budget would earn if it were spent as the rule
    says. Journeys of your own (--journeys) hold no truth: the rules can be compared with each other only.
    """
    from experiments.delivery import deliver

    if (scenario is None) == (journeys is None):
        got = "neither" if scenario is None else "both"
        raise click.UsageError(f"name either a SCENARIO or --journeys FILE, got {got}")
    if journeys is None:
        from experiments.attribution import scenario as attribution_scenario

        asked = attribution_scenario.Request(scenario=str(scenario), **options)
        deliver(settings, lambda: attribution_scenario.answer_scenario(asked, settings))
        return
    from experiments.attribution.answer import Request, answer_journeys

    _refuse_simulated(context)
    read = ("rules", "half_life_days", "direct", "lookback_days")
    request = Request(journeys, **{name: options[name] for name in read})
    deliver(settings, lambda: answer_journeys(request, settings))


def _refuse_simulated(context: click.Context) -> None:
    """Options without a meaning for journeys of one's own are refused, not ignored."""
    given = [
        option
        for name, option in SIMULATED.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)}: nothing is simulated with --journeys; leave it out")
