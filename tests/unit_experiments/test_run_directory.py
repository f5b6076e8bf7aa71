"""Run directories: whole or not at all, repeatable, and enough to run again."""

import csv
import filecmp
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = ["--set", "population.agents=400", "--replicates", "3", "--quiet"]


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def files(folder: Path):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    folders = [tmp_path_factory.mktemp("runs") / "out" for _ in range(2)]
    for folder in folders:
        result = invoke("run", "beauty-launch", *SMALL, "--out", folder)
        assert result.exit_code == 0, result.stderr
    return folders


def test_two_runs_of_one_seed_are_equal_but_for_their_record(two_runs):
    first, second = two_runs
    assert files(first) == files(second)
    _, different, errors = filecmp.cmpfiles(first, second, files(first), shallow=False)
    assert different == ["run.json"]
    assert errors == []


def test_a_run_directory_holds_what_it_promises(two_runs):
    found = files(two_runs[0])
    for name in (
        "scenario.yaml",
        "status_quo.csv",
        "summary.json",
        "summary.txt",
        "run.json",
        "kpis.csv",
        "channels.csv",
    ):
        assert name in found
    assert "figures/funnel.png" in found
    assert "figures/funnel.svg" in found
    record = json.loads((two_runs[0] / "run.json").read_text(encoding="utf-8"))
    assert record["versions"]["numpy"]
    assert record["seed"] == 1
    assert len(record["scenario_sha256"]) == 64
    assert not list(two_runs[0].parent.glob(".*partial"))


def test_summary_is_the_json_answer(two_runs):
    told = invoke("run", "beauty-launch", *SMALL, "--json").stdout
    assert (two_runs[0] / "summary.json").read_text(encoding="utf-8") == told


def test_tables_open_in_a_spreadsheet(two_runs):
    raw = (two_runs[0] / "channels.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert {"channel", "label", "measure", "mean", "low", "high"} == set(rows[0])
    assert any(row["label"] == "抖音直播" for row in rows)


@pytest.mark.parametrize("name", ["beauty-launch", "retail-media"])
def test_a_run_directory_runs_again_by_itself(name, tmp_path):
    assert invoke("run", name, *SMALL, "--out", tmp_path / "one").exit_code == 0
    again = invoke("run", tmp_path / "one" / "scenario.yaml", *SMALL[2:], "--json")
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "one" / "summary.json").read_text(encoding="utf-8") == again.stdout


def test_a_plan_from_a_csv_is_kept(two_runs, tmp_path):
    spend = tmp_path / "spend.csv"
    header = (two_runs[0] / "status_quo.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    paid = [name for name in header if name not in ("date", "word_of_mouth_spend")]
    rows = [",".join(paid), *(",".join([str(100.25 * week)] * len(paid)) for week in range(52))]
    spend.write_text("\n".join(rows), encoding="utf-8")
    assert invoke("run", "beauty-launch", *SMALL, "--plan", spend, "--out", tmp_path / "one").exit_code == 0
    again = invoke("run", tmp_path / "one" / "scenario.yaml", *SMALL[2:], "--json")
    first = json.loads((tmp_path / "one" / "summary.json").read_text(encoding="utf-8"))
    assert json.loads(again.stdout)["kpis"] == first["kpis"]


def test_a_folder_with_files_is_refused_before_anything_runs(tmp_path, monkeypatch):
    import sim

    monkeypatch.setattr(sim, "load", None, raising=False)  # reaching the simulation would fail otherwise
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    result = invoke("run", "beauty-launch", *SMALL, "--out", tmp_path)
    assert result.exit_code == 2
    assert "already holds files" in result.stderr
    assert files(tmp_path) == ["mine.txt"]


def test_an_empty_folder_is_taken(tmp_path):
    assert invoke("run", "beauty-launch", *SMALL, "--out", tmp_path / "new" / "deep").exit_code == 0
    (tmp_path / "empty").mkdir()
    assert invoke("run", "beauty-launch", *SMALL, "--out", tmp_path / "empty").exit_code == 0
    assert "summary.json" in files(tmp_path / "empty")


@pytest.mark.parametrize("command", ["run", "optimize"])
def test_a_folder_that_cannot_be_written_is_refused(command, tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for out in (file, file / "below"):
        result = invoke(command, "beauty-launch", *SMALL, "--out", out)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
        assert "--out" in result.stderr


def test_a_fault_leaves_nothing_behind(tmp_path):
    result = invoke("run", "beauty-launch", "--set", "currency=7", "--out", tmp_path / "a" / "b")
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_compare_writes_tables_and_plots(tmp_path):
    out = tmp_path / "comparison"
    result = invoke("compare", "beauty-launch", "--variants", "silo", *SMALL, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert {"differences.csv", "figures/comparison.png", "figures/comparison.svg"} <= set(files(out))
