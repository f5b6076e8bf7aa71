"""`omnifunnel export`: the same on every repeat, whole or not at all, one line a fault."""

import filecmp
import json
import shlex

import pytest
from exporting import exported, invoke, rows, scenario

from experiments.export.files import money, size_text

SMALL = ["--set", "population.agents=600"]
KINDS = {
    "journeys": ["--view", "brand", "--consumers", "300"],
    "weekly": ["--replicates", "2", "--shapley", "2"],
    "customers": ["--with-truth"],
}


@pytest.mark.parametrize("what", KINDS)
def test_a_repeat_is_equal_byte_by_byte_on_any_number_of_threads(what, tmp_path):
    for name, jobs in (("one", 1), ("two", 2)):
        result = invoke("export", "beauty-launch", "--what", what, *SMALL, *KINDS[what], "--seed", "0",
                        "--jobs", jobs, "--out", tmp_path / name)  # fmt: skip
        assert result.exit_code == 0, result.stderr
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", names, shallow=False) == (names, [], [])
    assert len(names) >= 3
    assert not list(tmp_path.glob(".*partial"))


def test_json_is_the_summary_and_tells_every_file(tmp_path):
    args = ["beauty-launch", "--what", "customers", *SMALL, "--out", tmp_path / "out"]
    told = exported(*args)
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")) == told
    assert set(told["files"]) == {"customers.csv", "orders.csv"}
    for name, file in told["files"].items():
        data = (tmp_path / "out" / name).read_bytes()
        assert len(data) == file["bytes"]
        assert data.count(b"\n") == file["rows"] + 1
        assert data.startswith(b"\xef\xbb\xbf")


def test_text_tells_files_with_sizes(tmp_path):
    result = invoke("export", "beauty-launch", "--what", "journeys", *SMALL, "--out", tmp_path / "out")
    assert "all of 600 simulated consumers" in result.stdout
    size = size_text((tmp_path / "out" / "events.csv").stat().st_size)
    assert size in next(line for line in result.stdout.splitlines() if "events.csv" in line)
    assert str(tmp_path / "out") in result.stderr
    assert max(len(line) for line in result.stdout.splitlines()) <= 110


def test_replicates_and_seeds_differ(tmp_path):
    args = ["beauty-launch", "--what", "customers", *SMALL]
    made = {
        name: exported(*args, *more, "--out", tmp_path / name)["files"]["orders.csv"]["sha256"]
        for name, more in {"a": [], "b": ["--replicate", "1"], "c": ["--seed", "0"]}.items()
    }
    assert len(set(made.values())) == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--what", "plans"], ["--what"]),
        ([], ["--what"]),
        (["--what", "weekly", "--format", "excel"], ["excel"]),
        (["--what", "weekly", "--replicate", "5"], ["--replicate 5", "below --replicates (5)"]),
        (["--what", "weekly", "--view", "brand"], ["--view", "only with journeys"]),
        (
            ["--what", "journeys", "--format", "robyn", "--with-truth"],
            ["--format", "only with weekly", "--with-truth", "only with customers"],
        ),
        (["--what", "weekly", "--consumers", "7"], ["--consumers", "journeys and customers"]),
        (["--what", "customers", "--consumers", "601"], ["--consumers 601", "1 .. 600"]),
        (["--what", "customers", "--consumers", "0"], ["--consumers"]),
        (["--what", "journeys", "--lookback-days", "0"], ["--lookback-days"]),
        (["--what", "journeys", "--lookback-days", "nan"], ["lookback"]),
        (["--what", "journeys", "--variant", "unifed"], ["unifed"]),
        (["--what", "journeys", "--seed", "-1"], ["--seed"]),
    ],
)
def test_bad_requests_are_told_and_leave_nothing(args, words, tmp_path):
    result = invoke("export", "beauty-launch", *SMALL, *args, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert all(word in result.stderr for word in words)
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_options_that_do_not_belong_are_a_line_each(tmp_path):
    result = invoke("export", "beauty-launch", "--what", "customers", "--view", "brand", "--no-tail",
                    "--out", tmp_path / "out")  # fmt: skip
    assert len(result.stderr.splitlines()) == 2


def test_out_is_required_and_must_be_free(tmp_path):
    missing = invoke("export", "beauty-launch", "--what", "weekly")
    assert missing.exit_code == 2
    assert "--out" in missing.stderr
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    taken = invoke("export", "beauty-launch", "--what", "weekly", "--out", tmp_path)
    assert taken.exit_code == 2
    assert "already holds files" in taken.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_endless_lookback_is_one(tmp_path):
    told = exported("beauty-launch", "--what", "journeys", *SMALL, "--lookback-days", "inf",
                    "--out", tmp_path / "out")  # fmt: skip
    assert told["lookback_days"] is None


def test_help_ends_with_two_examples_that_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in invoke("export", "--help").stdout.strip().splitlines()[-2:]:
        words = shlex.split(line)
        assert words[:2] == ["omnifunnel", "export"]
        result = invoke(*words[1:], "--set", "population.agents=1200")
        assert result.exit_code == 0, (line, result.stderr)
        assert result.stdout


def test_money_has_all_its_digits():
    assert money(1234, 100) == "12.34"
    assert money(5, 100) == "0.05"
    assert money(1234, 1) == "1234"
    assert money(1234, 1000) == "1.234"
    assert float(money(10**14 + 1, 100)) == (10**14 + 1) / 100


def test_sizes_are_for_people():
    assert [size_text(n) for n in (0, 999, 1_500, 16_700_000)] == ["0 B", "999 B", "1.5 kB", "16.7 MB"]


NOBODY = {"funnel__base_rate_per_period": {}, "plan": {"per_period": {"ads": 0.0}}}


@pytest.mark.parametrize("view", ["complete", "brand"])
def test_a_market_where_nothing_happens_gives_empty_tables(view, tmp_path):
    path = scenario(tmp_path / "nobody.yaml", **NOBODY)
    told = exported(path, "--what", "journeys", "--view", view, "--out", tmp_path / "journeys")
    assert [file["rows"] for file in told["files"].values()] == [0, 0]
    told = exported(path, "--what", "customers", "--with-truth", "--out", tmp_path / "customers")
    assert [file["rows"] for file in told["files"].values()] == [0, 0]


def test_a_market_where_no_channel_shows_has_no_truth_to_seal(tmp_path):
    path = scenario(tmp_path / "nobody.yaml", **NOBODY)
    result = invoke("export", path, "--what", "weekly", "--out", tmp_path / "out")
    assert result.exit_code == 2
    said = result.stderr.splitlines()[-1]
    assert said.startswith("--what weekly: no channel was billed or showed anything")
    assert not (tmp_path / "out").exists()


def test_undefined_figures_are_empty_or_null(tmp_path):
    no_orders = {"funnel__base_rate_per_period": {}, "channels__ads__effect": {"discover": 0.1}}
    path = scenario(tmp_path / "quiet.yaml", **no_orders)
    exported(path, "--what", "weekly", "--replicates", "2", "--out", tmp_path / "out")
    assert {row["revenue_per_conversion"] for row in rows(tmp_path / "out" / "weekly.csv")} == {""}
    ads = json.loads((tmp_path / "out" / "truth.json").read_text(encoding="utf-8"))["channels"]["ads"]
    assert ads["contribution"]["revenue"]["lift_share"]["mean"] is None
    assert ads["iroas"]["in_data"] == 0.0
