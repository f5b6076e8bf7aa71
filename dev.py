#!/usr/bin/env python3
"""Set up, try and test this checkout, with nothing but Python 3.11 or newer.

    python3 dev.py setup             make .venv and install the project with its test tools
    python3 dev.py demo [OPTIONS]    set up, then search a better budget for a shipped scenario
    python3 dev.py test [ARGUMENTS]  set up, then run pytest; ARGUMENTS go to pytest, without any it runs
                                     on all processors, four at most
    python3 dev.py bench [ARGUMENTS] set up, then measure the engines (benchmarks/engine.py)

OPTIONS of demo are added to its `omnifunnel optimize` command, e.g. `--replicates 4`.
The environment variable OMNIFUNNEL_VENV puts the virtual environment somewhere else than .venv.
Exit codes: that of the command run; 2: wrong command, or this machine lacks something; 130: Ctrl-C.
"""

# No syntax newer than Python 3.7, so that an old Python gets as far as the line that says what is missing.
from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
STAMP = "omnifunnel-setup.json"
LOG = "omnifunnel-setup.log"
INSTALL = ("install", "--no-input", "--disable-pip-version-check", "-c", "constraints.txt", "-e", ".[test]")
DEMO_OUT = "runs/demo"
DEMO = ("optimize", "beauty-launch", "--runs", "200", "--seed", "1", "--out", DEMO_OUT)
BENCH = "benchmarks/engine.py"
ALL_TESTS = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
PROBE = "import importlib.util as u, sys; print(*sys.version_info[:2], u.find_spec('pip') is not None)"
NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ProxyError",
    "ReadTimeoutError",
)


class SetupError(Exception):
    """Something this machine lacks; the text is one line that says what to do."""


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__)
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        say(f"unknown command '{name}' (commands: {', '.join(COMMANDS)})")
        return 2
    try:
        return COMMANDS[name](rest)
    except (SetupError, OSError) as fault:
        say(str(fault))
        return 2
    except KeyboardInterrupt:
        say("interrupted")
        return 130


def setup_command(rest: list[str]) -> int:
    """Set up and stop."""
    if rest:
        raise SetupError(f"setup takes no arguments, got '{' '.join(rest)}'")
    set_up()
    say(f"ready: {shown(script('omnifunnel'))} --help")
    return 0


def demo_command(rest: list[str]) -> int:
    """Search a budget for a shipped scenario; print the verdict and where the plots are."""
    set_up()
    clear_demo()
    say(f"omnifunnel {' '.join([*DEMO, *rest])}")
    code = call([script("omnifunnel"), *DEMO, *rest])
    plots = sorted((ROOT / DEMO_OUT).rglob("*.png"))
    if plots:
        print("\nPlots:\n" + "\n".join(f"  {shown(plot)}" for plot in plots), flush=True)
    return code


def test_command(rest: list[str]) -> int:
    """Run the tests: all of them on several processors, chosen ones on one."""
    set_up()
    return call([python(), "-m", "pytest", *(rest or ALL_TESTS)])


def bench_command(rest: list[str]) -> int:
    """Measure the engines."""
    set_up()
    return call([python(), BENCH, *rest])


COMMANDS = {"setup": setup_command, "demo": demo_command, "test": test_command, "bench": bench_command}


def set_up() -> None:
    """Bring the virtual environment up to date; done at once when nothing has changed since the last time."""
    check_machine(sys.version_info[:3])
    wanted, found = wanted_stamp(), read_stamp()
    usable = found.get("folder", wanted["folder"]) == wanted["folder"] and probe() == wanted["python"]
    if usable and found == wanted:
        return
    began = time.monotonic()
    if usable:
        say(f"updating {shown(folder())}")
    else:
        make_folder()
    install()
    (folder() / STAMP).write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    say(f"{shown(folder())} is set up ({time.monotonic() - began:.0f} s)")


def check_machine(version: tuple[int, ...]) -> None:
    """Raise `SetupError` when this Python cannot make the virtual environment."""
    if version[:2] < OLDEST_PYTHON:
        need, got = ".".join(map(str, OLDEST_PYTHON)), ".".join(map(str, version))
        raise SetupError(f"Python {need} or newer is needed, this is {got}: run dev.py with a newer one")
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and probe() is None:
        raise SetupError(
            f"this Python has no module '{missing[0]}', which makes virtual environments: "
            "install it (Debian, Ubuntu: apt install python3-venv) and try again"
        )


def wanted_stamp() -> dict[str, str]:
    """What an up-to-date environment was made from."""
    inputs = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        inputs.update((ROOT / name).read_bytes() + b"\0")
    return {
        "python": "{}.{}".format(*sys.version_info[:2]),
        "folder": str(folder()),
        "checkout": str(ROOT),
        "inputs": inputs.hexdigest(),
    }


def read_stamp() -> dict[str, str]:
    """What the environment was made from; empty when it was not finished or not made here."""
    try:
        stamp = json.loads((folder() / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def probe() -> str | None:
    """Version (`3.11`) of the environment's Python; None when it is missing or broken."""
    try:
        command = [python(), "-c", PROBE]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, has_pip = answer.stdout.split()
    return f"{major}.{minor}" if has_pip == "True" else None


def make_folder() -> None:
    """Make an empty virtual environment, in place of one that is broken or belongs to another Python."""
    place = folder()
    if place.exists() and any(place.iterdir()):
        if not (place / "pyvenv.cfg").is_file():
            raise SetupError(f"{place} is not a virtual environment: move it away, or set OMNIFUNNEL_VENV")
        say(f"{shown(place)} is broken or was made by another Python or elsewhere: making it anew")
        shutil.rmtree(place)
    say(f"setting up {shown(place)} (about a minute the first time)")
    # Of the base installation: dev.py may itself be run by the environment that was just removed.
    command = [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(place)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SetupError(f"cannot make {place}: {last_line(made.stderr or made.stdout)}")


def install() -> None:
    """Install the project, with what it needs, into the virtual environment."""
    log = folder() / LOG
    command = [python(), "-m", "pip", *INSTALL]
    with log.open("w", encoding="utf-8") as stream:
        done = subprocess.run(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SetupError(install_fault(log.read_text(encoding="utf-8", errors="replace"), str(log)))


def install_fault(output: str, log: str) -> str:
    """One line on why pip failed, from what it printed."""
    if any(sign in output for sign in NO_NETWORK):
        return f"pip cannot reach the package index: connect to the network and try again (details: {log})"
    errors = [line for line in output.splitlines() if line.lstrip().upper().startswith("ERROR")]
    return f"pip failed: {last_line(errors[0] if errors else output)} (details: {log})"


def clear_demo() -> None:
    """Remove the last demo's run directory, and only that."""
    place = ROOT / DEMO_OUT
    if not place.exists():
        return
    if any(place.iterdir()) and not (place / "run.json").is_file():
        raise SetupError(f"{shown(place)} is not a run directory of the demo: move it away and try again")
    shutil.rmtree(place)


def call(command: list[str]) -> int:
    """Run a command to its end and return its exit code; 130 after Ctrl-C.

    The terminal sends Ctrl-C to the command too: it gets the time to write what it has. A second one ends it.
    """
    with subprocess.Popen(command, cwd=ROOT) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            try:
                child.wait()
            except KeyboardInterrupt:
                child.terminate()
            return 130


def folder() -> Path:
    """Where the virtual environment is."""
    return Path(os.path.abspath(ROOT / (os.environ.get("OMNIFUNNEL_VENV") or ".venv")))


def python() -> str:
    """The environment's Python."""
    return script("python")


def script(name: str) -> str:
    """A command in the virtual environment."""
    windows = os.name == "nt"
    return str(folder() / ("Scripts" if windows else "bin") / (f"{name}.exe" if windows else name))


def shown(place: str | Path) -> str:
    """A path as short as it can be typed from the checkout."""
    try:
        return str(Path(place).relative_to(ROOT))
    except ValueError:
        return str(place)


def last_line(text: str) -> str:
    """The last line that is not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def say(line: str) -> None:
    """One line of progress, on stderr: stdout carries the answer only."""
    print(f"dev.py: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
