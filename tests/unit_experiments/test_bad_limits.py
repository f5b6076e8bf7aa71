"""`omnifunnel optimize`: limits that no plan can meet are explained in money before anything is simulated."""

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = """
schema_version: 1
name: small-brand
title: Small brand
currency: EUR
calendar: {start: 2025-01-06, period: week, periods: 26, tail: 13}
value: {gross_margin: 0.5}
population: {people: 1_000_000, agents: 300}
segments:
  all:
    share: 1.0
    purchase_rate_per_period: {mean: 0.03, shape: 1.0}
    lapse_rate_per_period: {mean: 0.03, shape: 1.0}
    order_value: {mean: 60, cv_between: 0.4, cv_within: 0.3}
funnel:
  base_rate_per_period: {discover: 0.004, engage: 0.02, decide: 0.03, convert: 0.04}
channels:
  tv: {kind: paid, reach: 0.8, price: {cpm: 12}, half_life: 3, effect: {discover: 0.03, engage: 0.02}}
  video: {kind: paid, reach: 0.6, price: {cpm: 9}, effect: {discover: 0.03, engage: 0.03}}
  search:
    {kind: paid, targeting: intent, stages: [aware, interested, deciding], price: {cpc: 0.6}, ctr: 0.05,
     effect: {decide: 0.05, convert: 0.06}}
  shop: {kind: physical, targeting: intent, stages: [deciding, customer], organic: 0.3, sells: {}}
plan:
  per_period: {tv: 10_000, video: 6_000, search: 4_000}
"""
#: A ceiling, floors for all channels but one, and a contract for that one.
CEILING = """
extends: retail-media
name: ceiling
calendar: {start: 2019-11-18, period: week, periods: 13, tail: 26}
population: {people: 200_000, agents: 300}
plan:
  history: null
  per_period: {tv: 9_000, ooh: 9_000, print: 6_000, facebook: 4_000, search: 12_000}
optimization:
  at_most: true
  total: 587_930
  locked: [tv]
  limits:
    - {channel: ooh, min_factor: 0.7, max_factor: 1.5}
    - {channel: print, min_factor: 0.7, max_factor: 1.5}
    - {channel: facebook, min_factor: 0.7, max_factor: 1.5}
    - {channel: search, min_factor: 0.7, max_factor: 1.5}
variants: null
claims: null
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    for name, text in (("small", SMALL), ("ceiling", CEILING)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


TWO_FLOORS = ["--budget", "100000", "--limit", "tv>=80000", "--limit", "search>=60000"]
FLOORS = "minimum spends add up to EUR 140,000 but the total is EUR 100,000: lower them by EUR 40,000"
CONTRACT = ["--budget", "50,000", "--lock", "tv"]
LOCKED = (
    "tv is locked at EUR 260,000 but the total is EUR 50,000: unlock it or raise the total by EUR 210,000"
)


@pytest.mark.parametrize(
    ("scenario", "options", "said"),
    [
        ("small", TWO_FLOORS, FLOORS),
        ("small", [*TWO_FLOORS, "--at-most"], FLOORS),
        ("small", CONTRACT, LOCKED),
        ("small", [*CONTRACT, "--at-most"], LOCKED),
        ("small", ["--budget", "0.1x", "--lock", "tv"], "but the total is EUR 52,000"),
        (
            "small",
            ["--at-most", "--budget", "100000", "--limit", "tv>=300000 or off", "--limit", "tv>=20000"],
            "tv at least EUR 20,000; tv at least EUR 300,000 or nothing); the smallest change that would do: "
            "lower the minimum of tv by EUR 20,000",
        ),
        (
            "small",
            ["--limit", "tv>=600000 or off", "--limit", "video<=0", "--limit", "search<=0"],
            "the smallest change that would do: lower the minimum-if-on of tv by EUR 80,000",
        ),
        (
            "small",
            ["--limit", "tv>=50000", "--limit", "search>=50000", "--max-channels", "1"],
            "at most 1 channel on",
        ),
        ("small", ["--set", "plan.per_period={}"], "must be a finite amount above 0, got 0.0 (give --budget"),
        ("small", ["--set", "plan.per_period={}", "--budget", "+20%"], "spends nothing; give an amount"),
        ("ceiling", ["--budget", "300000"], "add up to EUR 399,100 but the total is EUR 300,000"),
        ("ceiling", ["--budget", "-40%"], "add up to EUR 399,100 but the total is EUR 312,000"),
        ("ceiling", ["--budget", "100000"], "tv is locked at EUR 117,000 but the total is EUR 100,000"),
        ("ceiling", ["--limit", "tv<=100000"], "locked at EUR 117,000, against its maximum of EUR 100,000"),
        (
            "ceiling",
            ["--limit", "search>=300000 or off"],
            "search at least EUR 300,000 or nothing); the smallest change that would do: lower the "
            "minimum-if-on of search by EUR 66,000",
        ),
        (
            "ceiling",
            ["--flights", "monthly", "--limit", "ooh<=10000 each flight"],
            "ooh must get at least EUR 81,900 and at most EUR 40,000",
        ),
    ],
)  # fmt: skip
def test_it_is_said_in_money_before_anything_is_simulated(files, monkeypatch, scenario, options, said):
    monkeypatch.setattr("sim.simulate_many", lambda *_, **__: pytest.fail("simulated"))
    command = ["optimize", str(files / f"{scenario}.yaml"), *options, "--runs", "20", "--replicates", "2"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert said in line
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("0", "must be above 0, got '0'"),
        ("-100%", "must be above 0, got '-100%'"),
        ("20%", "must be an amount such as 6000000 or 6,000,000, a change of today's plan such as +20%"),
        ("6,00", "got '6,00'"),
        ("1,2x", "got '1,2x'"),
        ("6.000.000", "got '6.000.000'"),
        ("nan", "got 'nan'"),
        ("much", "got 'much'"),
    ],
)
@pytest.mark.parametrize("command", ["optimize", "race"])
def test_what_is_no_budget_is_said(command, budget, said):
    result = CliRunner().invoke(main, [command, "beauty-launch", "--budget", budget])
    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]
