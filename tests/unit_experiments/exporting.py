"""`omnifunnel export` for tests: the command itself, and worlds written as scenario files."""

import csv
import json

from click.testing import CliRunner
from worlds import document

from experiments.cli import Program
from experiments.commands.attribute import attribute
from experiments.commands.export import export
from experiments.commands.run import run
from experiments.commands.truth import truth
from sim import dump

program = Program()
for command in (export, run, attribute, truth):
    program.add_command(command)


def invoke(*args):
    return CliRunner().invoke(program, [str(arg) for arg in args])


def exported(*args):
    """The JSON answer of an export that must succeed."""
    result = invoke("export", *args, "--json", "--quiet")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def scenario(path, **changes):
    """A small scenario in a file; see `worlds.document`."""
    path.write_text(dump(document(**changes)), encoding="utf-8")
    return path
