"""Limits and targets typed on the command line: the grammar, and what becomes of them."""

import csv
import json

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.commands.optimize import METHODS
from experiments.errors import RequestError
from experiments.recommend.limits_asked import Asked, read_all, read_limit, read_target, with_asked
from sim import load


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("store>=5%", {"channel": "store", "min_share": 0.05}),
        ("tv <= 2x", {"channel": "tv", "max_factor": 2.0}),
        ("tv+ooh<=400_000", {"group": ("tv", "ooh"), "max": 400_000.0}),
        ("tv + ooh = 50%", {"group": ("tv", "ooh"), "min_share": 0.5, "max_share": 0.5}),
        ("tv>=300000 or off", {"channel": "tv", "min_if_on": 300_000.0}),
        ("tv<=90,000.5 each flight", {"channel": "tv", "flight_max": 90_000.5}),
        ("tv>=5000 or off each flight", {"channel": "tv", "flight_min_if_on": 5_000.0}),
        ("tv<=1.2x", {"channel": "tv", "max_factor": 1.2}),
        (
            "tv=0 in 2026-06..2026-07",
            {"channel": "tv", "window": "2026-06..2026-07", "min": 0.0, "max": 0.0},
        ),
        (
            "tv>=90_000 in 2026-06-01 .. 2026-06-28",
            {"channel": "tv", "window": "2026-06-01..2026-06-28", "min": 90_000.0},
        ),
        ("tv+ooh<=0.5x in 2026-06", {"group": ("tv", "ooh"), "window": "2026-06", "max_factor": 0.5}),
        ("tv>=5000 or off in 2026-06", {"channel": "tv", "window": "2026-06", "min_if_on": 5_000.0}),
        (
            "tv<=9000 each flight in 2026-06",
            {"channel": "tv", "window": "2026-06", "flight_max": 9_000.0},
        ),
    ],
)
def test_limits_are_read(text, fields):
    assert read_limit(text) == fields


@pytest.mark.parametrize(
    "text",
    [
        "tv",
        "tv>5",
        "tv>=",
        "TV>=5",
        "tv>=5 off",
        "tv>=5% or off",
        "tv>=5 each flight",
        "tv<=5 in",
        "tv<=5in 2026-06",
    ],
)
def test_other_texts_are_refused_with_an_example(text):
    with pytest.raises(RequestError, match=r"--limit: .*got"):
        read_limit(text)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("june", "must be months or days of the calendar"),
        ("2026-06..", "must be months or days of the calendar"),
        ("2026-06-31", "'2026-06-31' is none"),
        ("2026-07..2026-06", "must not end before it begins: 2026-06 lies before 2026-07"),
    ],
)
def test_a_window_that_is_none_is_refused(window, words):
    with pytest.raises(RequestError, match=f"--limit: the window .*{words}.*got 'tv=0 in {window}'"):
        read_limit(f"tv=0 in {window}")


def test_all_faults_are_told_at_once():
    with pytest.raises(RequestError) as fault:
        read_all(["a", "b>=1", "c"], read_limit)
    assert str(fault.value).count("--limit:") == 2


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("ltv_cac=3", {"kpi": "ltv_cac", "min": 3.0}),
        ("cac=120", {"kpi": "cac", "max": 120.0}),
        ("outage<=40%", {"kpi": "outage", "max": 0.4}),
        ("volume>=50_000", {"kpi": "volume", "min": 50_000.0}),
        ("roi>=-0.5", {"kpi": "roi", "min": -0.5}),
    ],
)
def test_targets_are_read(text, fields):
    assert read_target(text) == fields


def test_an_unknown_key_figure_is_told_the_known_ones():
    with pytest.raises(RequestError, match="roi, mroi, cac, ltv_cac, volume, outage"):
        read_target("brand=3")


def test_what_is_asked_comes_on_top_of_the_scenario():
    scenario = load("beauty-launch").scenario
    asked = Asked(True, "4", ("store",), 0.3, 5, ("weibo<=10%",), ("volume=9",))
    block = with_asked(scenario, asked).optimization
    assert (block.at_most, block.flights, block.max_shift, block.max_channels) == (True, 4, 0.3, 5)
    assert block.locked == ("store",)
    assert block.limits[:-1] == scenario.optimization.limits
    assert block.limits[-1].max_share == 0.1
    assert with_asked(scenario, Asked()).optimization == scenario.optimization
    with pytest.raises(RequestError, match="flights: must be a whole number"):
        with_asked(scenario, Asked(flights="daily"))


def test_the_commands_methods_are_those_there_are():
    from optimize import METHODS as KNOWN

    assert set(METHODS) == set(KNOWN)


SMALL = ["--set", "population.agents=300", "--replicates", "2", "--runs", "40", "--quiet"]


def invoke(*args):
    return CliRunner().invoke(main, ["optimize", "beauty-launch", *SMALL, *args])


def test_limits_flights_and_targets_reach_the_answer(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.recommend.answer._figures", lambda *given: {})
    out = tmp_path / "out"
    result = invoke(
        *(
            "--limit",
            "weibo<=1x",
            "--limit",
            "weibo>=100000 or off",
            "--lock",
            "search",
            "--max-channels",
            "7",
        ),
        *(
            "--max-shift",
            "0.5",
            "--flights",
            "3",
            "--target",
            "volume>=1000",
            "--json",
            "--out",
            str(out),
        ),
    )
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    spend = found["recommended"]["spend"]
    assert spend["weibo"] <= found["status_quo"]["spend"]["weibo"] + 0.01
    assert spend["search"] == pytest.approx(found["status_quo"]["spend"]["search"])
    assert sum(amount > 0 for amount in spend.values()) <= 7
    assert len(found["flights"]) == 3
    assert found["targets"][0]["target"] == "volume"
    assert (out / "flights.csv").exists()
    assert (out / "targets.csv").exists()


@pytest.mark.parametrize("flights", [(), ("--flights", "monthly")])
def test_the_plan_written_meets_a_window_period_by_period(tmp_path, monkeypatch, flights):
    monkeypatch.setattr("experiments.recommend.answer._figures", lambda *given: {})
    out = tmp_path / "out"
    limits = (
        "weibo=0 in 2026-10..2026-11",
        "store>=300000 in 2026-12-07..2026-12-27",
        "search<=0.5x in 2027-02",
    )
    asked = [word for limit in limits for word in ("--limit", limit)]
    result = invoke(*asked, *flights, "--objective", "profit", "--json", "--out", str(out))
    assert result.exit_code == 0, result.stderr
    with (out / "recommended.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))

    def money(channel, first, last):
        return sum(float(row[f"{channel}_spend"]) for row in rows if first <= row["date"] <= last)

    assert money("weibo", "2026-10-01", "2026-11-30") == 0
    assert money("store", "2026-12-07", "2026-12-27") >= 300_000 - 0.01
    assert money("search", "2027-02-01", "2027-02-28") <= 0.5 * 4 * 40_000 + 0.01
    assert money("weibo", "2026-09-07", "2027-09-05") > 0
    assert len(json.loads(result.stdout)["flights"]) > 3


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--lock", "store", "--budget", "1000000"), 2, "store is locked at CNY 2,080,000 but the total is"),
        (("--limit", "store>=60%", "--limit", "search>=60%"), 2, "minimum spends add up to"),
        (
            (
                "--limit",
                "stor>=6%",
            ),
            2,
            "did you mean 'store'",
        ),
        (("--limit", "weibo+store<=10%", "--limit", "store>=20%"), 2, "these contradict each other"),
        (
            ("--limit", "weibo=0 in 2026-07"),
            2,
            "the window of weibo must lie in the plan, 2026-09-07 to 2027-09-05, got 2026-07",
        ),
        (("--limit", "weibo=0 in 2026-09-08..2026-09-13"), 2, "must hold the first day of a week"),
        (("--limit", "weibo=0 in 2026-12..2026-11"), 2, "must not end before it begins"),
        (
            ("--limit", "store>=300000 in 2026-10", "--limit", "store<=200000"),
            2,
            "store in 2026-10 at least CNY 300,000",
        ),
        (
            ("--lock", "weibo", "--limit", "weibo=0 in 2026-10"),
            2,
            "weibo is locked at CNY 60,000 in 2026-10, against its maximum of CNY 0 there",
        ),
        (("--flights", "99"), 2, "flights: must be a whole number, 1 to 52"),
        (("--minimize", "spend"), 2, "give --target"),
        (("--target", "ltv_cac=500", "--minimize", "spend"), 1, "the best found is"),
    ],
)
def test_bad_requests_are_one_clear_line(args, code, words):
    result = invoke(*args)
    assert result.exit_code == code
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""
