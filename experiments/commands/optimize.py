"""`omnifunnel optimize`: search a better budget and judge it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from experiments.budget_asked import BudgetAsked
from experiments.commands.options import (
    Command,
    Settings,
    budget_option,
    comma_list,
    examples,
    simulation_options,
)
from experiments.errors import INTERRUPTED
from experiments.recommend.limits_asked import Asked
from optimize import METHOD, RUNS

OBJECTIVES = ("roi", "ltv", "profit")
#: As `optimize.METHODS`, which is not loaded for a help text.
METHODS = ("default", "surrogate", "lp", "successive", "greedy", "search")
#: As `optimize.SAMPLERS`.
SAMPLERS = ("cmaes", "tpe", "gp", "nsga2", "nsga3")


def _objectives(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    names = comma_list(context, parameter, value)
    unknown = [name for name in names if name not in OBJECTIVES]
    if unknown or not names or len(set(names)) < len(names):
        raise click.BadParameter(f"{value!r} is not one or more of {', '.join(OBJECTIVES)}, each once")
    return names


_DECISION = (
    click.option(
        "--at-most", is_flag=True, help="The budget is a ceiling: leave money where it does not pay."
    ),
    click.option(
        "--flights",
        metavar="WHEN",
        help="Decide the timing too: weekly, 4-weekly, monthly, or a number of flights, 1 to 52.",
    ),
    click.option(
        "--lock", "locked", multiple=True, metavar="CHANNEL", help="Keep today's amount; repeatable."
    ),
    click.option(
        "--max-shift",
        type=click.FloatRange(0, 1),
        metavar="SHARE",
        help="Most money that may go elsewhere than today, e.g. 0.2.",
    ),
    click.option("--max-channels", type=click.IntRange(1), help="Most channels that get money."),
    click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="TEXT",
        help="CHANNEL[+CHANNEL] >=, <= or = an amount, 5% of the total, or 0.5x of today's; "
        "or 'tv>=300000 or off', 'tv<=90000 each flight'; in months or days of the plan: "
        "'tv=0 in 2026-06..2026-07'. Repeatable.",
    ),
    click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="KPI=VALUE",
        help="Reach roi, mroi, ltv_cac or volume (new customers); stay within cac or outage (share of "
        "orders lost when the worst channel fails). Repeatable.",
    ),
    click.option(
        "--minimize",
        type=click.Choice(["spend"]),
        help="Find the cheapest plan that reaches the targets; --budget is then the most it may cost.",
    ),
)


def decision_options(command: Command) -> Command:
    """Add the options that say what is decided and within which limits; one `asked` argument."""

    def with_decision(
        *,
        at_most: bool,
        flights: str | None,
        locked: tuple[str, ...],
        max_shift: float | None,
        max_channels: int | None,
        limits: tuple[str, ...],
        targets: tuple[str, ...],
        minimize: str | None,
        **rest: Any,
    ) -> Any:
        asked = Asked(
            at_most, flights, locked, max_shift, max_channels, limits, targets, minimize is not None
        )
        return command(asked=asked, **rest)

    with_decision.__doc__, with_decision.__name__ = command.__doc__, command.__name__
    with_decision.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(_DECISION):
        with_decision = option(with_decision)
    return with_decision


_LONG = (
    click.option(
        "--sampler",
        type=click.Choice(SAMPLERS),
        help="Of method search; default: cmaes for one objective from 200 runs on, else tpe. "
        "gp needs the extra omnifunnel[gp].",
    ),
    click.option(
        "--storage",
        metavar="URL",
        help="Of method search: keep its trials in a database, which several commands may share, or as "
        "'journal' in the run directory.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        help="Processes that simulate; default: threads of this one. Never changes results.",
    ),
    click.option(
        "--resume",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Go on with the search of this run directory, which was killed or interrupted.",
    ),
)


def long_search_options(command: Command) -> Command:
    """Add the options of searches that outlive a process or spread over several."""
    for option in reversed(_LONG):
        command = option(command)
    return command


@click.command(
    short_help="Search a better budget and judge it.",
    epilog=examples(
        "omnifunnel optimize beauty-launch --budget 6000000 --runs 200",
        "omnifunnel optimize beauty-launch:silo --budget +20% --objective roi,ltv --out front",
    ),
)
@click.argument("scenario", metavar="SCENARIO[:VARIANT]")
@click.option("--variant", help="Take this variant of the scenario.")
@click.option(
    "--plan",
    "plan_csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The plan that counts as today's, a wide CSV as `run` takes: its total is the budget, unless the "
    "scenario sets a ceiling, and its timing is kept.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=METHOD,
    show_default=True,
    help="default: a response surface and Optuna; surrogate: the surface alone; lp and successive: linear "
    "programs on sampled curves; greedy: the best next step; search: Optuna.",
)
@budget_option
@click.option(
    "--runs",
    type=click.IntRange(2, 1_000_000),
    default=RUNS,
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
    help="roi, ltv or profit; several of them give a front.",
)
@click.option(
    "--robustness",
    is_flag=True,
    help="Also judge the plan in the scenario's variants, on other draws, and with the strongest assumptions "
    "20 % up and down; with 20 replicates about 630 more simulations.",
)
@decision_options
@long_search_options
@simulation_options
@click.pass_context
def optimize(
    context: click.Context,
    *,
    scenario: str,
    variant: str | None,
    plan_csv: Path | None,
    method: str,
    budget: BudgetAsked | None,
    runs: int,
    objectives: tuple[str, ...],
    robustness: bool,
    sampler: str | None,
    storage: str | None,
    workers: int | None,
    resume: Path | None,
    asked: Asked,
    settings: Settings,
) -> None:
    """Search a better split of the budget of SCENARIO and judge it on fresh draws.

    With --out every simulated plan is on disk at once: a search that was killed goes on with --resume.
    Ctrl-C ends the search, judges the best plan so far and writes it; the exit code is then 130.
    """
    from experiments.delivery import deliver
    from experiments.recommend.answer import Request, answer_optimize
    from experiments.recommend.place import Place

    if resume is not None:
        if settings.out is not None and settings.out.absolute() != resume.absolute():
            raise click.UsageError("--resume DIR is where results go; leave --out away")
        settings = replace(settings, out=resume)
    request = Request(
        scenario,
        method,
        budget,
        runs,
        objectives,
        asked,
        robustness,
        sampler,
        storage,
        workers,
        variant,
        plan_csv,
    )
    place = Place(settings.out, resume=resume is not None, quiet=settings.quiet)
    answer = deliver(settings, lambda: answer_optimize(request, settings, place), place=place)
    if answer.interrupted:
        context.exit(INTERRUPTED)
