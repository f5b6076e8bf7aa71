"""Options that commands have in common, and the settings they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from experiments.budget_asked import BudgetAsked, read_budget
from experiments.errors import RequestError
from optimize import REPLICATES

Command = Callable[..., Any]


@dataclass(frozen=True)
class Settings:
    """How to simulate and where to tell, as asked for on the command line."""

    engine: str
    replicates: int
    seed: int
    overrides: tuple[str, ...]
    jobs: int | None
    out: Path | None
    as_json: bool
    quiet: bool


_OPTIONS = (
    click.option("--engine", type=click.Choice(["compiled", "mesa"]), default="compiled", show_default=True),
    click.option(
        "--replicates",
        type=click.IntRange(1, 100_000),
        default=REPLICATES,
        show_default=True,
        help="Simulations a plan; intervals are over them.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="0 is a seed too."
    ),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="A.B=C",
        help="Set a field of the scenario, e.g. population.agents=2000; repeatable.",
    ),
    click.option(
        "--jobs", type=click.IntRange(1, 4096), help="Threads; default: all. Never changes results."
    ),
    click.option(
        "--out", type=click.Path(path_type=Path), help="Write a run directory here; must be new or empty."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON."),
    click.option("--quiet", is_flag=True, help="No progress and no notes on stderr."),
)


def simulation_options(command: Command) -> Command:
    """Add the common options; the command gets them as one `settings` argument."""

    def with_settings(
        *,
        engine: str,
        replicates: int,
        seed: int,
        overrides: tuple[str, ...],
        jobs: int | None,
        out: Path | None,
        as_json: bool,
        quiet: bool,
        **rest: Any,
    ) -> Any:
        settings = Settings(engine, replicates, seed, overrides, jobs, out, as_json, quiet)
        return command(settings=settings, **rest)

    with_settings.__doc__, with_settings.__name__ = command.__doc__, command.__name__
    with_settings.__click_params__ = getattr(command, "__click_params__", [])
    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings


class Budget(click.ParamType):
    """A budget as it is typed: an amount, or a change of what today's plan spends."""

    name = "budget"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> BudgetAsked:
        """The text read; a usage error says how a budget is written."""
        try:
            return read_budget(value)
        except RequestError as fault:
            self.fail(str(fault), parameter, context)


def budget_option(command: Command) -> Command:
    """Add `--budget`."""
    text = (
        "Money over the whole plan, or a change of what today's plan spends: +20%, -10%, 1.2x. Default: the "
        "scenario's."
    )
    return click.option("--budget", type=Budget(), metavar="AMOUNT", help=text)(command)


def examples(*lines: str) -> str:
    """The end of a command's help: lines to copy, which a test runs."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def comma_list(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """`a,b` as a tuple; empty parts are left out."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())
