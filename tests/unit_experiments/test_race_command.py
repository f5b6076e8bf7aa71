"""`omnifunnel race`: everyone on one meter; the shortfall is taken where the best was not chosen."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.race import entries as race_entries
from experiments.race.answer import Request, entries_of, shortfall
from experiments.race.entries import RECORDED, RULES
from optimize import BASELINES, MEASURED_RULES, METHODS, POLICIES

SMALL = ["--set", "population.agents=300", "--set", "calendar.tail=4", "--replicates", "3", "--quiet"]


def invoke(*args):
    return CliRunner().invoke(main, ["race", "beauty-launch", *SMALL, *(str(arg) for arg in args)])


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    out = tmp_path_factory.mktemp("race") / "out"
    names = "default,greedy," + ",".join(RULES)
    options = ("--runs", "12,24", "--repeats", "2", "--least-roas", "1.5", "--least-activity", "0.2")
    result = invoke("--methods", names, *options, "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), out


def test_every_entrant_has_a_row_with_its_runs(stored):
    found, _ = stored
    rows = {(row["name"], row["runs"]): row for row in found["league"]}
    assert {("default", 12), ("default", 24), ("greedy", 24), ("equal", 0), ("markov", 0)} <= set(rows)
    for (_, runs), row in rows.items():
        assert row["used"] <= max(runs, 10)
        assert row["worst"] >= row["median"]
        assert row["repeats"] == (2 if runs else 1)
    assert {name for name, runs in rows if not runs} == {"status_quo", *RULES}
    used = {name: rows[name, 0]["used"] for name in RULES}
    assert {name for name, runs in used.items() if runs == 1} == set(RECORDED)
    assert {name for name, runs in used.items() if runs == 10} == set(MEASURED_RULES)
    assert {name for name, runs in used.items() if runs == 0} == set(BASELINES)


def test_text_table_and_figure_are_written(stored):
    _, out = stored
    assert (out / "figures" / "race.png").stat().st_size > 10_000
    assert (out / "race.csv").read_text(encoding="utf-8-sig").startswith("name,runs,used,repeats,median")
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert "After 24 runs" in text
    assert "Rules of thumb" in text
    assert "cull below ROAS 1.5, credited" in text
    assert "channel health (RFM) below 0.2" in text


def test_every_policy_behind_a_rule_exists_and_every_rule_has_a_home():
    assert set(RECORDED.values()) <= set(POLICIES)
    assert set(RULES) == {*BASELINES, *MEASURED_RULES, *RECORDED}


def test_every_method_and_every_rule_races_unless_some_are_named():
    entries = entries_of(Request("x", (), (50, 100, 200, 400), 10, "profit", None))
    searches = {name for name in METHODS if name != "surrogate"}
    assert {entry.name for entry in entries} == {*searches, *RULES}
    assert len(entries) == len(RULES) + len(searches) * 4 * 10


def test_the_best_is_chosen_on_draws_that_do_not_measure_it():
    rng = np.random.default_rng(0)
    value_pr = 100.0 + rng.normal(0.0, 5.0, (50, 20))
    # Plans that differ by luck only: chosen and measured on the same draws, the best looks far ahead.
    naive = value_pr.mean(axis=1).max() - value_pr.mean()
    honest = shortfall(value_pr).mean()
    assert naive > 2.0
    assert abs(honest) < 0.5 * naive


def test_the_shortfall_of_a_clear_field_is_what_it_is():
    value_pr = np.array([[90.0] * 4, [100.0] * 4, [50.0] * 4])
    np.testing.assert_allclose(shortfall(value_pr).mean(axis=1), [10.0, 0.0, 50.0])


def test_a_stop_leaves_a_judged_field_and_exit_130(monkeypatch):
    real, left = race_entries.recommend, [3]

    def stops(*args):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr("experiments.race.answer.recommend", stops)
    result = invoke("--methods", "default,equal,historical", "--runs", "12", "--repeats", "3", "--json")
    assert result.exit_code == 130
    found = json.loads(result.stdout)
    assert found["interrupted"] is True
    assert {row["name"] for row in found["league"]} == {"status_quo", "equal", "historical", "default"}


def test_a_stop_before_anyone_finished_writes_nothing(monkeypatch, tmp_path):
    def stops(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.race.answer.recommend", stops)
    result = invoke("--methods", "default", "--runs", "12", "--out", tmp_path / "out")
    assert result.exit_code != 0
    assert not (tmp_path / "out").exists()


def test_repeats_come_one_after_another():
    entries = entries_of(Request("x", ("default", "lp", "equal"), (50, 100), 2, "profit", None))
    assert [entry.repeat for entry in entries] == [0] * 5 + [1] * 4
    assert entries[0].name == "equal"


@pytest.mark.parametrize("value", ["", "50,x", "1", "50,50"])
def test_runs_must_be_whole_numbers(value):
    result = invoke("--runs", value)
    assert result.exit_code == 2
    assert "whole numbers" in result.stderr


def test_an_unknown_entrant_is_named():
    result = invoke("--methods", "default,magic")
    assert result.exit_code == 2
    assert "'magic'" in str(result.exception or result.stderr) + result.stderr


def test_names_beside_the_figure_are_moved_apart_and_no_further():
    from experiments.plots.race import _apart

    assert _apart([1.0, 10.0, 50.0], 1.2, 100.0) == pytest.approx([1.0, 10.0, 50.0])
    found = np.array(_apart([1.0, 10.0, 10.0, 10.0, 50.0], 1.2, 100.0))
    np.testing.assert_allclose(found, [1.0, 10 / 1.2, 10.0, 10 * 1.2, 50.0])
    crowded = np.array(_apart([90.0, 95.0, 99.0], 1.5, 100.0))
    assert crowded[-1] <= 100.0 + 1e-9
    np.testing.assert_allclose(crowded[1:] / crowded[:-1], 1.5)
