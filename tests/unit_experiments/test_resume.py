"""`omnifunnel optimize --resume`: a killed search goes on, and ends as if nothing had happened."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from experiments.cli import main
from optimize import SEARCH_REPLICATE

SMALL = ["--set", "population.agents=300", "--replicates", "2", "--runs", "40", "--quiet"]


def invoke(*args, small=SMALL):
    return CliRunner().invoke(main, ["optimize", "beauty-launch", *small, *(str(arg) for arg in args)])


def killed(whole, place, keep):
    """The directory that a process leaves behind when it is killed after `keep` plans."""
    (place / "search").mkdir(parents=True)
    shutil.copy(whole / "search" / "request.json", place / "search")
    lines = (whole / "search" / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (place / "search" / "ledger.jsonl").write_bytes(
        b"".join(lines[:keep]) + lines[keep][: len(lines[keep]) // 2]
    )
    (place / "search" / "unfinished").mkdir()
    (place / "search" / "unfinished" / "budget.csv").write_text("half", encoding="utf-8")
    return place


def contents(place):
    """Every file but the one that tells the command and the time."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture(scope="module", autouse=True)
def without_figures():
    """Figures take most of the time, and are tested elsewhere."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("experiments.recommend.answer._figures", lambda *_: {})
        yield


@pytest.fixture
def simulated(monkeypatch):
    """Plans that the search simulates, with their draws."""
    jobs, real = [], sim.simulate_many

    def counting(world, asked, **options):
        jobs.extend(job for job in asked if job.replicate >= SEARCH_REPLICATE)
        return real(world, asked, **options)

    monkeypatch.setattr("sim.simulate_many", counting)
    return jobs


@pytest.fixture(scope="module")
def whole(tmp_path_factory, without_figures):
    out = tmp_path_factory.mktemp("resume") / "whole"
    result = invoke("--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


@pytest.mark.parametrize(
    "method",
    [
        ("surrogate",),
        ("lp",),
        ("greedy",),
        ("search", "--sampler", "tpe"),
        ("search", "--sampler", "cmaes"),
        ("surrogate", "--flights", "3"),
        ("surrogate", "--target", "outage<=60%"),
    ],
    ids="_".join,
)
def test_a_killed_search_ends_as_an_uninterrupted_one_bit_for_bit(tmp_path, simulated, method):
    options = ("--method", *method, *(("--runs", "110") if "--target" in method else ()))
    first = invoke(*options, "--out", tmp_path / "whole")
    assert first.exit_code == 0, first.stderr
    every = len(simulated)
    simulated.clear()
    lines = (tmp_path / "whole" / "search" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    place = killed(tmp_path / "whole", tmp_path / "killed", len(lines) * 2 // 3)
    again = invoke(*options, "--resume", place)
    assert again.exit_code == 0, again.stderr
    assert again.stdout == first.stdout
    assert contents(place) == contents(tmp_path / "whole")
    assert len(simulated) < 0.6 * every


def test_the_ledger_names_every_plan_in_the_order_of_asking(whole):
    text = (whole / "search" / "ledger.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    answer = json.loads((whole / "summary.json").read_text(encoding="utf-8"))
    searched = [line for line in lines if line["replicate"] >= SEARCH_REPLICATE]
    assert len(searched) == answer["runs_used"]
    assert [line["run"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["seed"] for line in lines} == {1}
    # the search, the final and the judge, who moves each channel's money, have draws of their own
    others = {line["replicate"] for line in lines} - {line["replicate"] for line in searched}
    assert others
    assert all(replicate < answer["judge"]["replicates"] or replicate >= 500_000 for replicate in others)
    assert sum(lines[1]["spend"].values()) == pytest.approx(14_040_000)
    assert lines[1]["failure"] is None
    assert lines[1]["kpis"]["spend"] > 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--seed", "2"], "seed 1 there, 2 here"),
        (["--method", "lp"], "method default there, lp here"),
        (["--objective", "profit"], "objective roi there, profit here"),
        (["--budget", "5000000"], "budget none there, 5000000.0 here"),
        (["--limit", "store>=5%"], "limits none there, store>=5% here"),
        (["--set", "population.agents=301"], "another scenario, or other --set values"),
    ],
)
def test_another_request_is_refused_in_one_line_that_says_what_differs(tmp_path, whole, changed, said):
    place = killed(whole, tmp_path / "killed", 10)
    before = contents(place)
    for option in ("--resume", "--out"):
        result = invoke(*changed, option, place)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert said in result.stderr
    assert contents(place) == before


def test_an_unfinished_search_is_neither_overwritten_nor_lost(tmp_path, whole):
    place = killed(whole, tmp_path / "killed", 10)
    result = invoke("--out", place)
    assert result.exit_code == 2
    assert result.stderr == (
        f"--out {place}: holds an unfinished search of this request; go on with --resume {place}\n"
    )


def test_what_is_no_search_or_a_finished_one_is_refused(tmp_path, whole):
    result = invoke("--resume", tmp_path / "nothing")
    assert (result.exit_code, result.stderr) == (
        2,
        f"--resume {tmp_path / 'nothing'}: holds no search to go on with\n",
    )
    result = invoke("--resume", whole)
    assert result.exit_code == 2
    assert "the search is finished; give it more than 40 --runs" in result.stderr
    result = invoke("--resume", whole, "--out", tmp_path / "other")
    assert result.exit_code == 2
    assert "leave --out away" in result.stderr


def test_a_finished_search_can_be_given_more_runs(tmp_path, whole):
    place = tmp_path / "more"
    shutil.copytree(whole, place)
    result = invoke("--resume", place, "--runs", "50", "--json")
    assert result.exit_code == 0, result.stderr
    assert 40 < json.loads(result.stdout)["runs_used"] <= 50
    assert json.loads((place / "summary.json").read_text(encoding="utf-8")) == json.loads(result.stdout)


def test_ctrl_c_writes_everything_and_the_search_can_go_on(tmp_path, whole, monkeypatch):
    from experiments.recommend.ledger import Ledger

    note = Ledger.note

    def interrupted(self, plan, replicate, measured):
        note(self, plan, replicate, measured)
        if len(self) == 25:
            raise KeyboardInterrupt

    place = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "note", interrupted)
        result = invoke("--out", place)
    assert result.exit_code == 130, result.stderr
    assert json.loads((place / "summary.json").read_text(encoding="utf-8"))["interrupted"] is True
    again = invoke("--resume", place)
    assert again.exit_code == 0, again.stderr
    assert contents(place) == contents(whole)


def test_a_failure_after_the_first_plan_keeps_the_ledger(tmp_path, whole, monkeypatch):
    from sim import OmnifunnelError

    def broken(*_, **__):
        raise OmnifunnelError("the judge is ill")

    place = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr("sim.replicate_kpis", broken)
        result = invoke("--out", place, small=SMALL[:-1])
    assert result.exit_code == 1
    assert f"simulations are kept; go on with --resume {place}" in result.stderr
    assert [path.name for path in place.iterdir()] == ["search"]
    assert invoke("--resume", place).exit_code == 0
    assert contents(place) == contents(whole)


def test_a_line_that_is_no_plan_is_named(tmp_path, whole):
    place = killed(whole, tmp_path / "killed", 10)
    ledger = place / "search" / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([lines[0], b'{"run": 2}\n', *lines[2:]]))
    result = invoke("--resume", place)
    assert result.exit_code == 2
    assert f"{ledger}:2: must be a plan as a search writes it" in result.stderr


def test_two_processes_never_write_one_ledger(tmp_path, whole):
    from experiments.recommend.ledger import Ledger

    place = killed(whole, tmp_path / "killed", 10)
    held = Ledger(place / "search" / "ledger.jsonl", seed=1)
    result = invoke("--resume", place)
    held.close()
    assert result.exit_code == 2
    assert result.stderr == f"{place}: another process is at this search\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sampler", "tpe"], "--sampler: only with --method search, got default"),
        (["--method", "search", "--storage", "journal"], "--storage journal: lies in the run directory"),
        (["--method", "search", "--storage", "study.db"], "--storage: must be a URL such as sqlite:///"),
        (
            ["--method", "search", "--sampler", "cmaes", "--objective", "roi,ltv"],
            "--sampler: cmaes takes one objective, got 2",
        ),
    ],
)
def test_options_that_do_not_go_together_are_told_at_once(tmp_path, options, said, simulated):
    out = () if "journal" in options else ("--out", tmp_path / "out")
    result = invoke(*options, *out)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert simulated == []
    assert list(tmp_path.iterdir()) == []


def test_a_journal_with_half_a_line_goes_on(tmp_path, simulated):
    options = ("--method", "search", "--storage", "journal", "--sampler", "tpe")
    place = tmp_path / "out"
    assert invoke(*options, "--out", place).exit_code == 0
    every = len(simulated)
    simulated.clear()
    journal = place / "search" / "study.journal"
    journal.write_bytes(journal.read_bytes() + b'{"op_code": 5, "wor')
    (place / "run.json").unlink()
    result = invoke(*options, "--resume", place)
    assert result.exit_code == 0, result.stderr
    assert len(simulated) < 0.3 * every
    assert all(json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines())


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_kill_9_loses_no_plan_that_was_measured_and_leaves_no_process(tmp_path, whole):
    root = Path(__file__).parents[2]
    place = tmp_path / "out"
    code = "import sys; from experiments.cli import main; sys.argv[0] = 'omnifunnel'; main()"
    command = [sys.executable, "-c", code, "optimize", "beauty-launch", *SMALL, "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--out", str(place)], env={**os.environ, "PYTHONPATH": str(root)}, start_new_session=True
    )
    ledger = place / "search" / "ledger.jsonl"
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and (not ledger.exists() or ledger.read_bytes().count(b"\n") < 12):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    measured = ledger.read_bytes().count(b"\n")
    assert measured >= 12
    assert not (place / "run.json").exists()
    _gone(process.pid)
    result = invoke("--resume", place, small=SMALL[:-1])
    assert result.exit_code == 0, result.stderr
    assert f"going on: {measured} simulations found" in result.stderr
    assert contents(place) == contents(whole)


def _gone(group):
    """Wait until no process of the group is left: workers end with the search that was killed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("worker processes outlived the search")
