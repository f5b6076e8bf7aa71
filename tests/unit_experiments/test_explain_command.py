"""`omnifunnel explain`: one life in words and in JSON, told from the same facts."""

import csv
import json
import re
import shlex

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.explain.words import chance, counted, rate

SMALL = ["--set", "population.agents=600", "--set", "segments.gen_z.initial={interested: 0.5, loyal: 0.5}"]


def invoke(*args):
    return CliRunner().invoke(main, ["explain", *map(str, args)])


def answer(*args):
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def buyer():
    """A consumer of the small market who moves on, orders, and is touched."""
    for consumer in range(40):
        found = answer("beauty-launch", "--consumer", consumer, *SMALL)
        onward = any(event.get("onward") for event in found["events"])
        if onward and found["totals"]["orders"] > 1 and found["totals"]["touches"]:
            return found
    raise AssertionError("no buyer among the first forty")


def test_json_holds_who_what_and_the_probabilities(buyer):
    assert {"scenario", "seed", "replicate", "consumer", "people", "segment", "resolved"} <= set(buyer)
    assert buyer["people"] == pytest.approx(4_000_000 / 600)
    kinds = {event["event"] for event in buyer["events"]}
    assert kinds == {"touch", "move", "order"}
    for event in buyer["events"]:
        if event["event"] == "touch":
            assert 0 < event["chance"] <= 1
        if event["event"] == "order":
            assert 0 < event["shop_chance"] <= 1
        if event.get("onward"):
            assert event["rate"] == pytest.approx(
                event["base_rate"] + sum(event["pushed_by"].values()), rel=1e-4
            )
    assert len(buyer["periods"]) == 104
    assert buyer["totals"]["orders"] == sum(event["event"] == "order" for event in buyer["events"])
    assert [event["period"] for event in buyer["events"]] == sorted(e["period"] for e in buyer["events"])


def test_words_tell_every_event_and_the_quiet_time(buyer):
    result = invoke("beauty-launch", "--consumer", buyer["consumer"], *SMALL)
    assert result.exit_code == 0
    text = result.stdout
    assert all(len(line) <= 110 for line in text.splitlines())
    assert text.count("  met ") == buyer["totals"]["touches"]
    assert text.count("  moved ") == buyer["totals"]["moves"]
    assert text.count("  ordered") == buyer["totals"]["orders"]
    stays = 1 + sum(event["event"] == "move" and event["period"] < 103 for event in buyer["events"])
    assert len(re.findall(r"[A-Z]+ for \d+ weeks?", text)) == stays
    assert f"({buyer['segment']})" in text
    assert "nothing written" in result.stderr


def test_the_same_life_every_time_and_another_in_another_replicate(buyer):
    again = invoke("beauty-launch", "--consumer", buyer["consumer"], *SMALL, "--json").stdout
    assert json.loads(again) == buyer
    other = answer("beauty-launch", "--consumer", buyer["consumer"], *SMALL, "--replicate", 1)
    assert other["events"] != buyer["events"]


def test_a_run_directory_holds_events_and_periods(buyer, tmp_path):
    out = tmp_path / "life"
    result = invoke("beauty-launch", "--consumer", buyer["consumer"], *SMALL, "--out", out)
    assert result.exit_code == 0, result.stderr
    with (out / "events.csv").open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(buyer["events"])
    assert [row["event"] for row in rows] == [event["event"] for event in buyer["events"]]
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == buyer
    assert not (out / "figures").exists()


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["beauty-launch", "--consumer", "600"], "0 .. 599"),
        (["beauty-launch", "--consumer", "-1"], "--consumer"),
        (["beauty-launch"], "--consumer"),
        (["beauty-launch", "--consumer", "3", "--variant", "nope"], "nope"),
        (["no-such", "--consumer", "3"], "no-such"),
    ],
)
def test_bad_requests_are_told_in_words_with_exit_2(args, word):
    result = invoke(*args, *SMALL)
    assert result.exit_code == 2
    assert word in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_consumer_outside_the_sample_is_one_line():
    result = invoke("beauty-launch", "--consumer", "600", *SMALL)
    assert len(result.stderr.strip().splitlines()) == 1


def test_help_ends_with_two_examples_that_run():
    lines = invoke("--help").stdout.strip().splitlines()[-2:]
    for line in lines:
        words = shlex.split(line)
        assert words[:2] == ["omnifunnel", "explain"]
        result = invoke(*words[2:], "--set", "population.agents=4800")
        assert result.exit_code == 0, result.stderr
        assert result.stdout


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "0 %"), (1e-7, "< 0.01 %"), (0.0012, "0.12 %"), (0.00996, "1.0 %"), (0.031, "3.1 %"),
        (0.0996, "10 %"), (0.372, "37 %"), (1.0, "100 %"),
    ],
)  # fmt: skip
def test_chances_have_two_digits(p, text):
    assert chance(p) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.03149, "0.0315"), (1.25, "1.25"), (3e-5, "0.00003"), (1e-9, "0"), (1234.0, "1234")],
)
def test_rates_have_three_digits_and_no_exponent(value, text):
    assert rate(value) == text


def test_counts_agree_with_their_nouns():
    assert [counted(n, "touch", "touches") for n in (0, 1, 2)] == ["0 touches", "1 touch", "2 touches"]
