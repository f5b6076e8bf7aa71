"""`optimize()` in Python and the command line take the same method, runs and replicates by default."""

import inspect
import subprocess
import sys

import click
import pytest

from experiments.cli import main
from experiments.commands.optimize import METHODS
from optimize import METHOD, METHODS as KNOWN, REPLICATES, RUNS, optimize


def default(command, option):
    [found] = [each for each in main.commands[command].params if each.name == option]
    return found.get_default(click.Context(main.commands[command]))


@pytest.mark.parametrize(
    ("argument", "value"), [("method", METHOD), ("runs", RUNS), ("replicates", REPLICATES)]
)
def test_python_and_command_agree(argument, value):
    assert inspect.signature(optimize).parameters[argument].default == value
    assert default("optimize", argument) == value
    assert default("replan", argument) == value


def test_the_command_offers_every_method():
    assert tuple(KNOWN) == METHODS
    assert METHOD in METHODS


def test_reading_the_defaults_loads_nothing_heavy():
    code = "import sys; from optimize import METHOD, RUNS, REPLICATES; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
