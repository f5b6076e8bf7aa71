"""`journeys` and `attribute` on a market of one channel: nothing to compare, and that is said."""

import csv
import json

import pytest
from click.testing import CliRunner

from experiments.cli import main

SCENARIO = """schema_version: 1
name: own1
title: {en: One channel, zh: 一}
question: Does it pay?
currency: CNY
calendar: {start: 2026-09-07, period: day, periods: 14, tail: 7}
value: {gross_margin: 0.50, discount_rate_per_year: 0.10}
population: {people: 10_000, agents: 1000}
segments:
  everyone:
    label: Everyone
    share: 1.0
    responsiveness: {mean: 0.75, cv: 0.55}
    purchase_rate_per_period: {mean: 0.022, shape: 1.0}
    lapse_rate_per_period: {mean: 0.060, shape: 1.0}
    order_value: {mean: 140, cv_between: 0.4, cv_within: 0.3}
funnel:
  base_rate_per_period:
    {discover: 0.1, engage: 0.2, decide: 0.2, convert: 0.2, bond: 0.020, advocate: 0.006}
  cool_rate_per_period: 0.05
identity: {match_rate: 0.0}
channels:
  shop:
    label: Shop
    kind: paid
    targeting: broadcast
    reach: 0.55
    price: {cpm: 90}
    half_life: 3
    effect: {discover: 0.1, engage: 0.2, decide: 0.1}
    sells: {preference: 1.0, basket: 1.0, commission: 0.0}
plan:
  per_period: {shop: 500}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one-channel")
    (folder / "own1.yaml").write_text(SCENARIO, encoding="utf-8")

    def answer(command, *more):
        out = folder / command
        result = CliRunner().invoke(main, [command, str(folder / "own1.yaml"), *more, "--out", str(out)])
        assert result.exit_code == 0, result.stderr
        return out, " ".join(result.stdout.split())

    return answer


def test_journeys_leave_out_the_pairs(run):
    out, text = run("journeys", "--windows", "1,7")
    assert "one channel, so there is no pair to compare" in text
    assert "Touchpoint heat map" in text
    assert "Time in stage" in text
    assert "1 days" not in text
    lines = (out / "order_effects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == [
        "first,second,journeys,conversions,rate,journeys_back,conversions_back,rate_back,difference,low,high"
    ]
    with (out / "time_in_stage.csv").open(encoding="utf-8-sig") as stream:
        stays = list(csv.DictReader(stream))
    assert len(stays) == 8
    for row in stays:
        assert (row["expected"] == "") == (row["median"] == "") == (int(row["ended"]) < 10)


def test_attribution_names_no_winner(run):
    out, text = run("attribute", "--replicates", "1", "--rules", "first,last")
    assert "One channel: every rule gives it everything; there is nothing to compare." in text
    assert "so no budget is judged" in text
    assert "Regret" not in text
    assert not (out / "figures").exists()
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert found["truth_method"]["channels"] == ["shop"]
