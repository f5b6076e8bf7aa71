"""`omnifunnel attribute --journeys FILE`: the same figures as text, JSON, CSV and a run directory."""

import csv
import hashlib
import json
import shlex

import pytest
from click.testing import CliRunner

from experiments.attribution.tables import credit_grids, credit_sheet
from experiments.cli import main

PATHS = """path,conversions,value,nulls
tv > search,30,3000,100
search,20,1500,80
tv,2,100,300
direct > tv > Direct,5,700,30
微信 > search > Direct,7,900,10
"""
TOUCHES = """journey,channel,time,conversion
u1,tv,2026-01-01,
u1,tv,2026-03-01,
u1,search,2026-03-08,1
u2,,2026-03-09,1
u3,search,2026-03-09,
"""
RULES = [
    "first", "last", "last_non_direct", "linear", "time_decay", "position",
    "markov_1", "markov_2", "markov_3", "shapley",
]  # fmt: skip
NO_TRUTH = "Your journeys hold no truth"


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def paths_csv(tmp_path):
    path = tmp_path / "paths.csv"
    path.write_text(PATHS, encoding="utf-8-sig")
    return path


@pytest.fixture
def touches_csv(tmp_path):
    path = tmp_path / "touches.csv"
    path.write_text(TOUCHES, encoding="utf-8")
    return path


def answer(*args):
    result = invoke("attribute", *args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_json_holds_every_rule_and_the_totals(paths_csv):
    found = answer("--journeys", paths_csv)
    assert list(found["rules"]) == RULES
    for credit in found["rules"].values():
        assert list(credit) == ["Direct", "direct", "search", "tv", "微信"]
        assert all(set(one) == {"conversions", "value"} for one in credit.values())
        assert sum(one["conversions"] for one in credit.values()) == pytest.approx(64)
        assert sum(one["value"] for one in credit.values()) == pytest.approx(6200)
    assert found["rules"]["last"]["search"] == {"conversions": 50, "value": 4500}
    assert found["rules"]["last_non_direct"]["search"]["conversions"] == 57
    assert found["options"] == {
        "half_life_days": 7,
        "direct": ["Direct", "direct"],
        "lookback_days": None,
    }
    assert found["paths"] == {
        "rows": 5, "touches": 10, "conversions": 64, "value": 6200, "nulls": 520,
        "untouched_conversions": 0, "untouched_value": 0, "touches_left_out": 0,
    }  # fmt: skip
    assert {"truth", "scoreboard"} & set(found) == set()


def test_options_reach_the_rules(touches_csv):
    found = answer("--journeys", touches_csv, "--rules", "time_decay,last_non_direct", "--direct", "search")
    assert list(found["rules"]) == ["time_decay", "last_non_direct"]
    assert found["rules"]["time_decay"]["tv"]["conversions"] == pytest.approx((0.5 + 2 ** (-66 / 7)) / (
        1.5 + 2 ** (-66 / 7)))  # fmt: skip
    assert found["rules"]["last_non_direct"]["tv"] == {"conversions": 1, "value": None}
    found = answer("--journeys", touches_csv, "--lookback-days", "60", "--half-life-days", "14")
    assert found["options"] == {"half_life_days": 14, "direct": [], "lookback_days": 60}
    share = 2**-0.5
    assert found["rules"]["time_decay"]["tv"]["conversions"] == pytest.approx(share / (1 + share))
    assert found["paths"]["touches_left_out"] == 1
    assert found["paths"]["untouched_conversions"] == 1
    assert found["paths"]["value"] is None


def test_the_text_says_what_it_cannot_know(paths_csv, touches_csv):
    text = invoke("attribute", "--journeys", paths_csv).stdout
    assert text.count(NO_TRUTH) == 1
    assert "64 conversions worth 6,200.00 and 520 journeys without one, in 5 paths over 5 channels" in text
    assert "last_non_direct passes over Direct, direct." in text
    assert "no lookback window applies" in text
    assert max(map(len, text.splitlines())) <= 110
    text = " ".join(invoke("attribute", "--journeys", touches_csv, "--lookback-days", 60).stdout.split())
    assert "Conversions that met no channel, in no credit: 1." in text
    assert "Touches left out, over 60 days before the end of their path: 1." in text
    assert "last_non_direct equals last" in text
    assert "no value is credited" in text
    assert "Value credited" not in text
    bare = invoke("attribute", "--journeys", paths_csv, "--rules", "last").stdout
    assert "last_non_direct" not in bare
    assert "Markov" not in bare


def test_paths_that_all_convert_are_noted_for_markov(tmp_path):
    path = tmp_path / "paths.csv"
    path.write_text("path,conversions\na > b,3\nb,1\n", encoding="utf-8")
    assert "counts no journey without conversion" in invoke("attribute", "--journeys", path).stdout


def test_a_run_directory_without_a_scenario(paths_csv, tmp_path):
    out = tmp_path / "out"
    result = invoke("attribute", "--journeys", paths_csv, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "attribution.csv", "report.html", "run.json", "summary.json", "summary.txt",
    ]  # fmt: skip
    assert (out / "summary.txt").read_text(encoding="utf-8") == result.stdout
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == answer("--journeys", paths_csv)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["inputs"] == {"paths.csv": hashlib.sha256(paths_csv.read_bytes()).hexdigest()}
    assert record["scenario"] is record["seed"] is record["engine"] is record["scenario_sha256"] is None
    rows = list(csv.DictReader((out / "attribution.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 50
    assert rows[0]["rule"] == "first"
    assert float(rows[4]["conversion_share"]) == pytest.approx(7 / 64)


def test_a_share_of_nothing_is_missing_and_large_money_is_short():
    nothing = {"last": {"a": {"conversions": 0.0, "value": None}, "b": {"conversions": 0.0, "value": None}}}
    assert credit_sheet(nothing).rows[0] == ("last", "a", 0.0, None, None, None)
    grids = credit_grids(nothing)
    assert len(grids) == 2
    assert not any(digit.isdigit() for digit in grids[1].rows[0][1])
    rich = {"last": {"a": {"conversions": 2e3, "value": 14.04e6}, "b": {"conversions": 500.4, "value": 0.0}}}
    assert [grid.rows[0][1] for grid in credit_grids(rich)] == ["2,000", "80.0", "14.0M"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--rules", "last,markov1,fame"], "no rule 'markov1' (did you mean 'markov_1'?)"),
        (["--rules", "last,markov1,fame"], "no rule 'fame' (rules: first, last"),
        (["--direct", "dirct"], "did you mean 'direct'?"),
        (["--half-life-days", "0"], "half-life-days"),
        (["--half-life-days", "nan"], "half-life must be above 0 days, got nan"),
        (["--lookback-days", "-3"], "lookback-days"),
        (["--lookback-days", "nan"], "lookback must be above 0 days, got nan"),
        (["--seed", "3", "--set", "a.b=1"], "--seed, --set: nothing is simulated with --journeys"),
        (
            ["--plan", __file__, "--variant", "silo"],
            "--plan, --variant: nothing is simulated with --journeys",
        ),
        (
            ["--shapley", "8", "--panel", "3", "--measure", "value"],
            "--shapley, --panel, --measure: nothing is",
        ),
        (["beauty-launch"], "name either a SCENARIO or --journeys FILE, got both"),
    ],
)
def test_bad_options_are_told_and_nothing_is_written(args, word, paths_csv, tmp_path):
    refused(invoke("attribute", "--journeys", paths_csv, *args, "--out", tmp_path / "out"), word, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PATHS.replace("value", "worth"), [":1: column 'worth' is unknown"]),
        (TOUCHES.replace("2026-03-01", "first of March"), [":3: column 'time': must be a date or time"]),
        (TOUCHES.replace("2026-03-08", "2026-02-08"), [":4: column 'time': must not be before line 3"]),
        (PATHS.replace("3000", "-1").replace(",20,", ",2.5,"), [
            ":2: column 'value'", ":3: column 'conversions'"]),
        (PATHS.replace("tv,2", ",2"), [":4: column 'path': every step must name a channel, got ''"]),
        ("path,conversions\ntv,3\n", ["at least 2 channels"]),
        ("path,conversions,nulls\ntv > search,0,3\n", ["at least one conversion"]),
    ],
)  # fmt: skip
def test_bad_journeys_are_one_line_a_fault_and_nothing_is_written(text, words, paths_csv, tmp_path):
    paths_csv.write_text(text, encoding="utf-8")
    result = invoke("attribute", "--journeys", paths_csv, "--out", tmp_path / "out")
    lines = result.stderr.strip().splitlines()
    assert len(lines) == len(words)
    for line, word in zip(lines, words, strict=True):
        assert line.startswith(str(paths_csv))
        refused(result, word, tmp_path)
        assert word in line


def refused(result, word, folder):
    assert result.exit_code == 2, result.stderr
    assert word in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert [path.name for path in folder.iterdir()] == ["paths.csv"]


def test_journeys_or_a_scenario_must_be_given():
    result = invoke("attribute")
    assert result.exit_code == 2
    assert "name either a SCENARIO or --journeys FILE, got neither" in result.stderr


def test_help_ends_with_two_examples_that_run(paths_csv, monkeypatch):
    monkeypatch.chdir(paths_csv.parent)
    for line in invoke("attribute", "--help").stdout.strip().splitlines()[-2:]:
        words = shlex.split(line)
        assert words[:2] == ["omnifunnel", "attribute"]
        small = [] if "--journeys" in words else ["--set", "population.agents=600"]
        result = invoke(*words[1:], *small)
        assert result.exit_code == 0, (line, result.stderr)
        assert result.stdout


def test_channel_names_that_are_nearly_the_same_are_told_once(paths_csv):
    told = "count as different channels: 'Direct', 'direct'."
    text, as_json = (invoke("attribute", "--journeys", paths_csv, *more) for more in ([], ["--json"]))
    assert " ".join(text.stdout.split()).count(told) == 1
    assert told not in text.stderr
    assert as_json.stderr.count(told) == 1
    assert told not in as_json.stdout
