"""dev.py: what it says on machines that lack something, and when it sets up again."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def dev(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py as a module, with a checkout of its own."""
    spec = importlib.util.spec_from_file_location("dev_under_test", root / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv("OMNIFUNNEL_VENV", raising=False)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return module


@pytest.fixture
def installs(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the slow steps taken, in place of taking them."""
    taken: list[str] = []

    def make() -> None:
        taken.append("make")
        dev.folder().mkdir(exist_ok=True)

    monkeypatch.setattr(dev, "make_folder", make)
    monkeypatch.setattr(dev, "install", lambda: taken.append("install"))
    monkeypatch.setattr(dev, "probe", lambda: "{}.{}".format(*sys.version_info[:2]) if taken else None)
    return taken


def test_it_needs_the_standard_library_only(root: Path) -> None:
    tree = ast.parse((root / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in [getattr(node, "module", None) or alias.name for alias in node.names]:
                assert name.split(".")[0] in sys.stdlib_module_names


def test_it_sets_up_once_and_again_when_the_needs_change(dev: ModuleType, installs: list[str]) -> None:
    dev.set_up()
    dev.set_up()
    assert installs == ["make", "install"]
    (dev.ROOT / "constraints.txt").write_text("changed", encoding="utf-8")
    dev.set_up()
    assert installs == ["make", "install", "install"]


def test_an_environment_of_another_python_or_place_is_made_anew(dev: ModuleType, installs: list[str]) -> None:
    dev.set_up()
    stamp = dev.folder() / dev.STAMP
    stamp.write_text(json.dumps({**dev.wanted_stamp(), "folder": "/elsewhere"}), encoding="utf-8")
    dev.set_up()
    assert installs == ["make", "install"] * 2
    dev.probe = lambda: "3.99"
    dev.set_up()
    assert installs == ["make", "install"] * 3


def test_an_unfinished_setup_is_taken_up_again(dev: ModuleType, installs: list[str]) -> None:
    dev.set_up()
    (dev.folder() / dev.STAMP).unlink()
    dev.set_up()
    assert installs == ["make", "install", "install"]


def test_a_folder_that_is_no_environment_is_left_alone(dev: ModuleType) -> None:
    (dev.ROOT / ".venv").mkdir()
    (dev.ROOT / ".venv/mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(dev.SetupError, match="is not a virtual environment"):
        dev.make_folder()
    assert (dev.ROOT / ".venv/mine.txt").exists()


def test_the_environment_can_be_elsewhere(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OMNIFUNNEL_VENV", str(tmp_path / "other"))
    assert Path(dev.python()).is_relative_to(tmp_path / "other")


def test_an_old_python_is_named(dev: ModuleType) -> None:
    with pytest.raises(dev.SetupError, match=r"Python 3\.11 or newer is needed, this is 3\.9\.2"):
        dev.check_machine((3, 9, 2))


def test_a_missing_module_is_named(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        dev.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object()
    )
    with pytest.raises(dev.SetupError, match=r"no module 'ensurepip'.*python3-venv"):
        dev.check_machine((3, 11, 0))


def test_a_missing_network_is_named(dev: ModuleType) -> None:
    output = "WARNING: Retrying ... NewConnectionError(...)\nERROR: No matching distribution found for click"
    assert "connect to the network" in dev.install_fault(output, "log")
    fault = dev.install_fault("x\nERROR: No matching distribution found for click==0\n", "log")
    assert fault == "pip failed: ERROR: No matching distribution found for click==0 (details: log)"


def test_the_last_demo_is_replaced_and_nothing_else(dev: ModuleType) -> None:
    place = dev.ROOT / dev.DEMO_OUT
    place.mkdir(parents=True)
    (place / "run.json").write_text("{}", encoding="utf-8")
    dev.clear_demo()
    assert not place.exists()
    place.mkdir()
    (place / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(dev.SetupError, match="not a run directory"):
        dev.clear_demo()
    assert (place / "mine.txt").exists()


def test_exit_codes(
    dev: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dev.main(["deploy"]) == 2
    assert "unknown command 'deploy' (commands: setup, demo, test, bench)" in capfd.readouterr().err
    assert dev.main(["--help"]) == 0
    assert "python3 dev.py demo" in capfd.readouterr().out
    assert dev.main(["setup", "now"]) == 2
    monkeypatch.setattr(dev, "set_up", lambda: None)
    monkeypatch.setattr(dev, "python", lambda: sys.executable)
    monkeypatch.setitem(
        dev.COMMANDS, "fail", lambda rest: dev.call([sys.executable, "-c", "raise SystemExit(7)"])
    )
    assert dev.main(["fail"]) == 7


def test_an_interrupted_command_may_finish_and_ends_with_130(dev: ModuleType) -> None:
    """As a terminal does it: the interrupt goes to dev.py and its child, which takes a while to save."""
    child = (
        "import os, signal, time\ntry:\n    os.kill(os.getppid(), signal.SIGINT); time.sleep(30)\n"
        "except KeyboardInterrupt: pass\n"
    )
    child = child.replace("time.sleep(30)", "time.sleep(0.5); print('saved', flush=True)")
    code = f"import sys; sys.argv = ['x']; import dev; sys.exit(dev.call([sys.executable, '-c', {child!r}]))"
    folder = Path(dev.__spec__.origin).parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "saved\n", "")
