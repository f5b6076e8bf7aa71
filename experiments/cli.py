"""The command `omnifunnel`: a table of contents of its subcommands, and what every one of them shares.

stdout carries the answer and nothing else; progress and notes go to stderr. Exit codes: 0 done, 1 failed,
2 usage or bad scenario, 130 interrupted. Heavy imports stand inside the commands, so `--help` is quick.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

import click

from experiments.commands.attribute import attribute
from experiments.commands.claims import claims
from experiments.commands.compare import compare
from experiments.commands.customers import customers
from experiments.commands.explain import explain
from experiments.commands.export import export
from experiments.commands.files import check, new, schema
from experiments.commands.fit_customers import fit_customers
from experiments.commands.journeys import journeys
from experiments.commands.optimize import optimize
from experiments.commands.race import race
from experiments.commands.replan import replan
from experiments.commands.report import report
from experiments.commands.run import run
from experiments.commands.scenarios import scenarios
from experiments.commands.score import score
from experiments.commands.truth import truth
from experiments.errors import FAILED, INTERRUPTED, exit_code
from sim import OmnifunnelError


class Program(click.Group):
    """A group whose faults are one line each on stderr, never a traceback."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of work, not of the alphabet."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and turn every fault into its exit code."""
        kwargs["standalone_mode"] = False
        try:
            _forgiving_output()
            _end_as_by_ctrl_c()
            code = super().main(*args, **kwargs)
            sys.stdout.flush()  # a reader that left must be noticed here, not while Python shuts down
        except OmnifunnelError as fault:
            click.echo(str(fault), err=True)
            code = exit_code(fault)
        except click.ClickException as fault:
            fault.show()
            code = fault.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted: no results were written", err=True)
            code = INTERRUPTED
        except BrokenPipeError:
            # `omnifunnel schema | head`: point stdout at nothing, so that the shutdown flush is silent
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = FAILED
        except OSError as fault:
            click.echo(f"{fault.filename or 'output'}: {fault.strerror or fault}", err=True)
            code = FAILED
        sys.exit(code if isinstance(code, int) else 0)


def _forgiving_output() -> None:
    """A terminal that cannot show a character gets `?` for it instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _end_as_by_ctrl_c() -> None:
    """A polite kill (SIGTERM) ends a command as Ctrl-C does: nothing half done stays."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    from importlib import metadata

    if wanted:
        try:
            click.echo(f"omnifunnel {metadata.version('omnifunnel')}")
        except metadata.PackageNotFoundError:
            click.echo("omnifunnel, from a checkout that is not installed")
        context.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExamples:\n  omnifunnel run beauty-launch\n  omnifunnel optimize beauty-launch --runs 200",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it."
)
def main() -> None:
    """Try channel budgets on a simulated market, and search for better ones.

    SCENARIO is the name of a shipped scenario or the path of a YAML file.
    """


for command in (
    run,
    compare,
    claims,
    optimize,
    race,
    replan,
    score,
    truth,
    attribute,
    journeys,
    customers,
    fit_customers,
    explain,
    report,
    export,
    scenarios,
    check,
    new,
    schema,
):
    main.add_command(command)
