"""`omnifunnel score`: a typed-in plan is judged, its limits are checked, its margins measured."""

import csv
import json

import pytest
from click.testing import CliRunner

from experiments.cli import main
from sim import load

SMALL = ["--set", "population.agents=400", "--set", "calendar.tail=8", "--replicates", "4", "--quiet"]


def plan_csv(path, change):
    plan = load("beauty-launch").status_quo()
    names = [name for name, total in plan.totals().items() if total > 0]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([f"{name}_spend" for name in names])
        for t in range(plan.periods):
            row = [plan.spend_tc[t, plan.channels.index(name)] * change.get(name, 1.0) for name in names]
            out.writerow([round(value, 2) for value in row])
    return path


def score(path, *args):
    command = ["score", "beauty-launch", "--plan", str(path), *SMALL, *(str(arg) for arg in args)]
    return CliRunner().invoke(main, command)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("score")
    path = plan_csv(folder / "mine.csv", {"store": 0.1, "weibo": 2.0})
    result = score(path, "--json", "--out", folder / "out")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), folder / "out"


def test_limits_broken_are_told_by_how_much(scored):
    said = " ".join(scored[0]["limits_broken"])
    assert "store gets CNY 208,000, CNY 494,000 below its minimum of CNY 702,000" in said
    assert "the amounts add up to" in said


def test_kpis_differences_and_channels_are_there(scored):
    found, _ = scored
    change = found["kpis"]["profit"]["mean"] - found["now"]["profit"]["mean"]
    assert found["difference"]["profit"]["mean"] == pytest.approx(change)
    store = found["channels"]["store"]
    assert store["money"] == pytest.approx(0.1 * store["money_now"])
    assert store["unspent"]["mean"] >= 0
    assert set(found["channels"]["douyin_feed"]["mroi"]) == {"mean", "low", "high"}
    assert found["channels"]["word_of_mouth"]["mroi"]["mean"] is None


def test_tables_and_figures_are_written(scored):
    _, out = scored
    for name in ("budget", "difference", "funnel"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 10_000
    rows = list(csv.DictReader((out / "channels.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {"channel", "now", "plan", "not_placed", "mroi"} <= set(rows[0])
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert "Limits it breaks" in text
    assert "than the status quo" in text


def test_todays_plan_is_neither_better_nor_worse_and_breaks_nothing(tmp_path):
    found = score(plan_csv(tmp_path / "same.csv", {}), "--json")
    answer = json.loads(found.stdout)
    assert answer["difference"]["profit"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "unit": "money"}
    assert answer["limits_broken"] == []


def test_a_plan_must_be_given():
    result = CliRunner().invoke(main, ["score", "beauty-launch"])
    assert result.exit_code == 2
    assert "--plan" in result.stderr
