"""`omnifunnel race`: every search method and rule of thumb on one meter."""

from __future__ import annotations

import click

from experiments.budget_asked import BudgetAsked
from experiments.commands.options import Settings, budget_option, comma_list, examples, simulation_options
from experiments.errors import INTERRUPTED


def _budgets(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    texts = comma_list(context, parameter, value)
    runs = [int(text) for text in texts if text.isdigit() and int(text) >= 2]
    if not texts or len(runs) < len(texts) or len(set(runs)) < len(runs):
        raise click.BadParameter(f"{value!r} is not one or more whole numbers from 2, each once")
    return tuple(sorted(runs))


@click.command(
    short_help="Race searches and rules of thumb.",
    epilog=examples(
        "omnifunnel race beauty-launch --runs 50,100 --repeats 3",
        "omnifunnel race beauty-launch --methods default,equal,markov --objective profit --out race",
    ),
)
@click.argument("scenario")
@click.option(
    "--runs",
    default="50,100,200,400",
    show_default=True,
    metavar="N[,N]",
    callback=_budgets,
    help="Simulations that each search may use.",
)
@click.option(
    "--repeats",
    type=click.IntRange(1, 1_000),
    default=10,
    show_default=True,
    help="Times each search starts anew, with another seed and other draws.",
)
@click.option(
    "--methods", callback=comma_list, metavar="A,B", help="Searches and rules; default: all of them."
)
@click.option("--objective", type=click.Choice(["roi", "ltv", "profit"]), default="profit", show_default=True)
@budget_option
@click.option(
    "--least-roas",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    metavar="X",
    help="Revenue per unit of money below which the rules that cull drop a channel.",
)
@click.option(
    "--least-activity",
    type=click.FloatRange(min=0),
    default=0.8,
    show_default=True,
    metavar="X",
    help="Orders per user over those of all users below which the health rule drops a channel.",
)
@simulation_options
@click.pass_context
def race(
    context: click.Context,
    *,
    scenario: str,
    runs: tuple[int, ...],
    repeats: int,
    methods: tuple[str, ...],
    objective: str,
    budget: BudgetAsked | None,
    least_roas: float,
    least_activity: float,
    settings: Settings,
) -> None:
    """Run every search and rule of thumb on SCENARIO and judge all their plans on common draws.

    Shows what each falls short of the best plan found by any, against the simulations it used. Ctrl-C judges
    and writes what has finished; the exit code is then 130.
    """
    from experiments.delivery import deliver
    from experiments.race.answer import Request, answer_race

    request = Request(scenario, methods, runs, repeats, objective, budget, least_roas, least_activity)
    answer = deliver(settings, lambda: answer_race(request, settings))
    if answer.interrupted:
        context.exit(INTERRUPTED)
