"""The recommended plan is one: every table, figure, sentence and file of an answer speaks of that money."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = ("--set", "population.agents=600", "--runs", "40", "--replicates", "4", "--quiet")
ASKED = {
    "fixed total": ("--objective", "profit"),
    "ratio": (),
    "ceiling": ("--objective", "profit", "--at-most", "--budget", "+30%", "--limit", "store>=800000"),
    "flights": ("--objective", "profit", "--flights", "3", "--limit", "weibo=0 in 2026-10..2026-11"),
    "target": ("--objective", "profit", "--target", "volume=90000"),
    "other method": ("--objective", "profit", "--method", "lp", "--max-channels", "6"),
}
#: Limits on a channel's money over the whole plan.
OWN = ("min", "max", "fixed")


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture(scope="module", params=ASKED, ids=ASKED)
def answer(request, tmp_path_factory):
    out = tmp_path_factory.mktemp("one-plan") / "out"
    command = ("optimize", "beauty-launch", *ASKED[request.param], *SMALL, "--out", str(out))
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.stderr
    return json.loads((out / "summary.json").read_text(encoding="utf-8")), out


@pytest.fixture
def offered(answer):
    """The plan as it is written to be run."""
    table = rows(answer[1] / "recommended.csv")
    names = [name.removesuffix("_spend") for name in table[0] if name.endswith("_spend")]
    return {name: sum(float(row[f"{name}_spend"]) for row in table) for name in names}


def near(amounts, others):
    return amounts == pytest.approx({name: others[name] for name in amounts}, abs=1.0)


def test_every_table_of_what_is_offered_is_of_that_plan(answer, offered):
    found, out = answer
    assert near({name: amount for name, amount in found["recommended"]["spend"].items() if amount}, offered)
    assert near(
        {row["channel"]: float(row["recommended_offered"]) for row in rows(out / "budget.csv")}, offered
    )
    assert near({row["channel"]: row["spend"] for row in found["marginal"]}, offered)
    standing = next(row for row in found["finalists"] if row["plan"] == "recommended")
    assert near({name: amount for name, amount in standing["spend"].items() if amount}, offered)
    assert sum(offered.values()) + sum(found["free_money"]["left_out"].values()) <= found["total"] + 1.0


def test_curves_and_flat_ranges_go_through_that_plan(answer, offered):
    found, _ = answer
    assert found["curves"]
    assert near({curve["channel"]: curve["recommended"][0] for curve in found["curves"]}, offered)
    assert near({row["channel"]: row["recommended"] for row in found["flat"]}, offered)
    assert all(row["low"] - 1.0 <= row["recommended"] <= row["high"] + 1.0 for row in found["flat"])


def test_what_is_placed_is_the_same_in_the_answer_the_table_and_the_page(answer):
    found, out = answer
    placed = found["recommended"]["placed"]
    assert near({row["channel"]: float(row["recommended"]) for row in rows(out / "budget.csv")}, placed)
    assert sum(placed.values()) == pytest.approx(found["recommended"]["kpis"]["spend"]["mean"], rel=1e-6)
    for lang in ("en", "zh"):
        assert CliRunner().invoke(main, ["report", str(out), "--lang", lang]).exit_code == 0
        page = re.sub(r"<[^>]+>", " ", (out / "report.html").read_text(encoding="utf-8"))
        assert f"{sum(placed.values()):,.0f}" in page
        assert all(f"{amount:,.0f}" in page for amount in placed.values() if amount >= 1.0)


def test_the_limits_named_are_met_by_that_plan(answer, offered):
    found, _ = answer
    for limit in found["binding"]:
        alone = (
            len(limit["channels"]) == 1 and limit["kind"] in ("min", "max", "fixed") and not found["flights"]
        )
        if alone:
            assert offered[limit["channels"][0]] == pytest.approx(limit["amount"], rel=1e-6)


def test_it_has_the_best_chance_or_those_with_a_better_one_are_named_as_equals(answer):
    found, _ = answer
    chance = {row["plan"]: row["chance"] for row in found["finalists"]}
    better = {name for name, share in chance.items() if share > chance["recommended"]} - {"status_quo"}
    assert better <= {one["plan"] for one in found["verdict"]["equals"]}
    if better:
        assert "cannot be told apart from it" in found["verdict"]["text"]
