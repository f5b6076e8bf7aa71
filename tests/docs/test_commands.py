"""Every command shown in the docs exists, with its options; every Python block runs."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

SHELLS = {"bash", "sh", "shell", "console"}
#: What may follow a command in a block: the rest is another command or a file.
JOINTS = {";", "&&", "||", "|", "&", ">", ">>", "<", "2>"}


def blocks(text: str) -> list[tuple[str, str]]:
    """(language, body) of every fenced block; the language is the first word after the fence."""
    found: list[tuple[str, str]] = []
    language, body = None, []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("```"):
            if language is None:
                language, body = (stripped.strip("`").split() or [""])[0], []
            else:
                found.append((language, "\n".join(body)))
                language = None
        elif language is not None:
            body.append(line)
    assert language is None, "a fenced block is not closed"
    return found


def commands(text: str) -> list[list[str]]:
    """Words of every command in the shell blocks; in `console` blocks only lines after `$ ` are commands."""
    found: list[list[str]] = []
    for language, body in blocks(text):
        if language not in SHELLS:
            continue
        for line in body.replace("\\\n", " ").splitlines():
            line = line.strip()
            if language == "console" and not line.startswith("$ "):
                continue
            found.extend(_split(line.removeprefix("$ ")))
    return found


def _split(line: str) -> list[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if word in JOINTS:
            parts.append([])
        elif parts[-1] or "=" not in word:  # NAME=value before a command sets its environment
            parts[-1].append(word)
    return [part for part in parts if part]


def usage_fault(command: click.Command, arguments: list[str], name: str = "omnifunnel") -> str | None:
    """Why click would refuse the words, or None. Files need not exist and nothing is run."""
    context = click.Context(command, info_name=name)
    try:
        values, rest, order = command.make_parser(context).parse_args(list(arguments))
        if any(parameter.is_eager for parameter in order):  # --help, --version: answers and stops
            return None
        if isinstance(command, click.Group):
            inner = command.get_command(context, rest[0]) if rest else None
            return usage_fault(inner, rest[1:], rest[0]) if inner else f"{name} has no command {rest[:1]}"
        if rest:
            return f"{name} takes no argument '{rest[0]}'"
        for parameter in command.params:
            _check_value(parameter, values.get(parameter.name), context)
    except click.ClickException as fault:
        return f"{name}: {fault.format_message()}"
    return None


def _check_value(parameter: click.Parameter, value: object, context: click.Context) -> None:
    if not isinstance(value, str | list | tuple):
        if parameter.required and not isinstance(value, bool):
            raise click.MissingParameter(ctx=context, param=parameter)
        return
    if not isinstance(parameter.type, click.Path | click.File):
        for one in [value] if isinstance(value, str) else value:
            parameter.type(one, param=parameter, ctx=context)


def the_command() -> click.Command:
    """The root command behind the console script."""
    from experiments import cli

    if isinstance(cli.main, click.Command):
        return cli.main
    [group] = [value for value in vars(cli).values() if isinstance(value, click.Group)]
    return group


def command_faults(words: list[str], dev_commands: set[str]) -> list[str]:
    """What is wrong with one command of a shell block; commands of other programs pass."""
    if words[0] == "omnifunnel":
        fault = usage_fault(the_command(), words[1:])
        return [f"{shlex.join(words)}: {fault}"] if fault else []
    if (
        len(words) > 1
        and words[1] == "dev.py"
        and (len(words) < 3 or words[2] not in {*dev_commands, "--help"})
    ):
        return [f"{shlex.join(words)}: dev.py has no such command"]
    return []


@pytest.fixture(scope="module")
def dev(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_of_docs", root / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_in_the_docs_is_one(pages: dict[str, str], dev: ModuleType) -> None:
    faults = []
    for path, text in pages.items():
        for words in commands(text):
            faults += [f"{path}: {fault}" for fault in command_faults(words, set(dev.COMMANDS))]
    assert faults == []


def test_the_demo_of_dev_py_is_a_command(dev: ModuleType) -> None:
    assert usage_fault(the_command(), list(dev.DEMO)) is None


@click.group()
@click.option("--quiet", is_flag=True)
def sample(quiet: bool) -> None:
    """A command line to test the checker on."""


@sample.command()
@click.argument("scenario", type=click.Path(exists=True))
@click.option("--method", type=click.Choice(["lp", "search"]), required=True)
@click.option("--runs", type=int, multiple=False)
@click.option("--set", "sets", multiple=True)
def fit(**_: object) -> None:
    """A command with options."""


@pytest.mark.parametrize(
    "line",
    [
        "fit a.yaml",
        "fit --method lp",
        "fit a.yaml --method magic",
        "fit a.yaml --method lp --runs many",
        "fit a.yaml --method lp --nope",
        "fit a.yaml b.yaml --method lp",
        "grow a.yaml",
        "--nope fit",
        "",
    ],
)
def test_a_wrong_command_is_caught(line: str) -> None:
    assert usage_fault(sample, line.split())


@pytest.mark.parametrize(
    "line",
    [
        "fit a.yaml --method lp --runs 3 --set a.b=1 --set c=2",
        "--quiet fit x --method search",
        "--help",
        "fit --help",
    ],
)
def test_a_right_command_passes(line: str) -> None:
    assert usage_fault(sample, line.split()) is None


def test_commands_are_found_in_blocks() -> None:
    text = (
        "```bash\nA=1 omnifunnel run x \\\n  --seed 1 | head  # one\n"
        "python3 dev.py demo && omnifunnel check y\n```\n"
        "```console\n$ omnifunnel schema > s.json\nomnifunnel is output here\n```\n"
        "```text\nomnifunnel no\n```\n"
    )
    assert commands(text) == [
        ["omnifunnel", "run", "x", "--seed", "1"],
        ["head"],
        ["python3", "dev.py", "demo"],
        ["omnifunnel", "check", "y"],
        ["omnifunnel", "schema"],
        ["s.json"],
    ]


def test_a_wrong_dev_command_is_caught() -> None:
    assert command_faults(["python3", "dev.py", "deploy"], {"demo"})
    assert command_faults(["python3", "dev.py", "demo"], {"demo"}) == []


def run_python(code: str, root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_every_python_block_runs(pages: dict[str, str], root: Path, tmp_path: Path) -> None:
    """The blocks of a page run in order, as one program, in an empty folder."""
    for path, text in pages.items():
        code = "\n".join(body for language, body in blocks(text) if language == "python")
        if code:
            done = run_python(code, root, tmp_path)
            assert done.returncode == 0, f"{path}: {done.stderr}"


def test_a_python_block_that_fails_is_caught(root: Path, tmp_path: Path) -> None:
    assert run_python("import warnings\nwarnings.warn('old')", root, tmp_path).returncode != 0
