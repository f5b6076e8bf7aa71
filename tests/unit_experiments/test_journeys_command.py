"""`omnifunnel journeys`: the same figures as text, JSON, CSV and a figure, and those of the library."""

import csv
import json
import shlex

import pytest
from click.testing import CliRunner

from experiments.cli import main
from sim import compile_world, cross_channel_conversion, heat_map, load, replay, simulate

OVERRIDES = ["population.agents=4000", "segments.gen_z.initial={interested: 0.5, loyal: 0.5}"]
SMALL = [word for text in OVERRIDES for word in ("--set", text)]


def invoke(*args):
    return CliRunner().invoke(main, ["journeys", *map(str, args)])


def answer(*args):
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journeys") / "out"
    result = invoke("beauty-launch", *SMALL, "--seed", "0", "--out", folder)
    assert result.exit_code == 0, result.stderr
    return folder, result.stdout


@pytest.fixture(scope="module")
def found(written):
    return json.loads((written[0] / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def log():
    file = load("beauty-launch", overrides=OVERRIDES)
    return replay(simulate(compile_world(file.scenario), file.status_quo(), seed=0))


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_json_holds_what_the_library_measures(found, log):
    assert found["consumers"] == 4000
    assert found["people_per_consumer"] == 1000
    for row, known in zip(found["heat_map"], heat_map(log), strict=True):
        assert (row["channel"], row["touches"], row["rates"]) == (
            known.channel, list(known.touches), list(known.rates),
        )  # fmt: skip
    for row, known in zip(found["cross_channel"], cross_channel_conversion(log), strict=True):
        assert (row["channel"], row["days"], row["rate"], row["lift"]) == (
            known.channel, known.days, known.rate, known.lift,
        )  # fmt: skip
    pairs = found["order_effects"]
    assert len(pairs) == 36
    clear = [row["difference"] is not None and (row["low"] > 0 or row["high"] < 0) for row in pairs]
    assert clear == sorted(clear, reverse=True)
    known = [row["difference"] is not None for row in pairs]
    assert known == sorted(known, reverse=True)
    assert [row["stage"] for row in found["time_in_stage"]] == found["stages"]


def test_windows_are_whole_periods_each_once(found):
    assert sorted({row["days"] for row in found["cross_channel"]}) == [7, 35]
    other = answer("beauty-launch", *SMALL, "--windows", "14,8, 90", "--touch", "first", "--panel", "500")
    assert sorted({row["days"] for row in other["cross_channel"]}) == [14, 91]
    assert other["consumers"] == 500
    assert other["people_per_consumer"] == 8000


def test_paths_are_ranked_and_values_add_up(found):
    paths = found["paths"]
    assert set(paths) == {"customers", "value", "ltv"}
    for by, ranked in paths.items():
        assert [row[by] for row in ranked] == sorted((row[by] for row in ranked), reverse=True)
        assert len(ranked) <= 10
    for row in paths["customers"]:
        assert row["value"] == pytest.approx(row["customers"] * row["ltv"])
    assert all(row["customers"] >= 5 * found["people_per_consumer"] for row in paths["ltv"])


def test_the_brand_sees_shorter_journeys(found):
    brand = answer("beauty-launch", *SMALL, "--seed", "0", "--view", "brand")
    most = [
        sum(row["channels"] * row["conversions"] for row in one["distinct_channels"])
        for one in (found, brand)
    ]
    assert most[1] < most[0]
    assert brand["heat_map"] == found["heat_map"]  # the market is the same


def test_tables_and_the_figure_are_written(found, written):
    folder, text = written
    assert {path.name for path in (folder / "figures").iterdir()} == {"heat-map.png", "heat-map.svg"}
    assert "天猫旗舰店" in (folder / "figures" / "heat-map.svg").read_text(encoding="utf-8")
    assert len(rows(folder, "heat_map")) == 9 * 8
    assert rows(folder, "cross_channel")[0]["days"] == "7"
    assert {"customers", "value"} <= {row["by"] for row in rows(folder, "top_paths")}
    assert (folder / "summary.txt").read_text(encoding="utf-8") == text
    assert max(len(line) for line in text.splitlines()) <= 110
    assert "not what caused it" in text


def test_undefined_is_missing_everywhere(tmp_path):
    out = tmp_path / "out"
    nobody = ["--set", "population.agents=30", "--set", "plan.per_period={}"]
    result = invoke("beauty-launch", *nobody, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "—" in result.stdout
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert found["order_effects"][0]["difference"] is None
    assert rows(out, "order_effects")[0]["difference"] == ""
    header = (out / "top_paths.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "by,path,customers,share,ltv,ltv_error,value"


def test_threads_change_nothing():
    texts = {invoke("beauty-launch", *SMALL, "--json", *more).stdout for more in ([], ["--jobs", "1"])}
    assert len(texts) == 1
    assert texts != {""}


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["no-such-market"], "no-such-market"),
        (["beauty-launch", "--windows", "1,x"], "days >= 1 separated by commas, got '1,x'"),
        (["beauty-launch", "--windows", "0"], "days >= 1"),
        (["beauty-launch", "--panel", "40001"], "--panel 40001: must be at most 40000"),
        (["beauty-launch", "--view", "mine"], "mine"),
        (["beauty-launch", "--lookback-days", "nan"], "lookback_days: must be >= 0, got nan"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(args, word, tmp_path):
    result = invoke(*args, "--out", tmp_path / "out")
    assert result.exit_code == 2, result.stderr
    assert word in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_help_ends_with_two_examples_that_run():
    for line in invoke("--help").stdout.strip().splitlines()[-2:]:
        words = shlex.split(line)
        assert words[:2] == ["omnifunnel", "journeys"]
        small = ["--set", "population.agents=10000"] if "--panel" in words else SMALL
        result = invoke(*words[2:], *small)
        assert result.exit_code == 0, (line, result.stderr)
        assert result.stdout
