"""`omnifunnel optimize`: search a better budget and judge it."""

from __future__ import annotations

import click

from experiments.commands.options import Settings, comma_list, examples, simulation_options
from experiments.errors import INTERRUPTED

OBJECTIVES = ("roi", "ltv", "profit")


def _objectives(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    names = comma_list(context, parameter, value)
    unknown = [name for name in names if name not in OBJECTIVES]
    if unknown or not names or len(set(names)) < len(names):
        raise click.BadParameter(f"{value!r} is not one or more of {', '.join(OBJECTIVES)}, each once")
    return names


@click.command(
    short_help="Search a better budget and judge it.",
    epilog=examples(
        "omnifunnel optimize beauty-launch --method lp --budget 6000000 --runs 200",
        "omnifunnel optimize beauty-launch --method search --objective roi,ltv --out front",
    ),
)
@click.argument("scenario")
@click.option(
    "--method",
    type=click.Choice(["lp", "search"]),
    default="lp",
    show_default=True,
    help="lp: linear programs on response curves, re-sampled; search: Optuna.",
)
@click.option(
    "--budget", type=float, metavar="AMOUNT", help="Money over the whole plan; default: the scenario's."
)
@click.option(
    "--runs",
    type=click.IntRange(2, 1_000_000),
    default=200,
    show_default=True,
    help="Simulations that the search may use; the judge's come on top.",
)
@click.option(
    "--objective",
    "objectives",
    default="roi",
    show_default=True,
    metavar="NAME[,NAME]",
    callback=_objectives,
    help="roi, ltv or profit; two of them give a Pareto set.",
)
@simulation_options
@click.pass_context
def optimize(
    context: click.Context,
    scenario: str,
    method: str,
    budget: float | None,
    runs: int,
    objectives: tuple[str, ...],
    settings: Settings,
) -> None:
    """Search a better split of the budget of SCENARIO and judge it on fresh draws.

    Ctrl-C ends the search, judges the best plan so far and writes it; the exit code is then 130.
    """
    from experiments.delivery import deliver
    from experiments.recommend import Request, answer_optimize

    request = Request(scenario, method, budget, runs, objectives)
    answer = deliver(settings, lambda: answer_optimize(request, settings))
    if answer.interrupted:
        context.exit(INTERRUPTED)
