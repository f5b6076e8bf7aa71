"""`omnifunnel customers`: what the answer holds, what is missing when it is undefined, what is written."""

import csv
import json
import math
from itertools import pairwise

import pytest
import yaml
from click.testing import CliRunner
from worlds import document

from experiments.cli import Program
from experiments.commands.customers import customers
from experiments.commands.run import run

SMALL = ["--set", "population.agents=3000", "--replicates", "2", "--seed", "0"]
MISSING = {"mean": None, "low": None, "high": None}
main = Program("omnifunnel", commands={"customers": customers, "run": run})


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("customers") / "out"
    result = invoke("customers", "beauty-launch", *SMALL, "--out", folder)
    assert result.exit_code == 0, result.stderr
    return folder, result.stdout


@pytest.fixture(scope="module")
def found(written):
    return json.loads((written[0] / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture
def market(tmp_path):
    """A small market as a file, with changes."""

    def write(**changes):
        path = tmp_path / "market.yaml"
        path.write_text(yaml.safe_dump(document(**changes)), encoding="utf-8")
        return path

    return write


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def answer(*args):
    result = invoke("customers", *args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_answer_agrees_with_the_key_figures_of_run(found):
    result = invoke("run", "beauty-launch", *SMALL, "--json")
    kpis = json.loads(result.stdout)["kpis"]
    mine, costs = found["customers"], found["customers"]["costs"]
    for name, one in {
        "new_customers": mine["customers"],
        "ltv": mine["ltv"],
        "repeat_rate": mine["repeat_rate"],
        "cac": costs["blended"]["cac"],
        "ltv_cac": costs["blended"]["ltv_cac"],
        "incremental_customers": costs["incremental"]["customers"],
    }.items():
        for end in ("mean", "low", "high"):
            assert one[end] == pytest.approx(kpis[name][end], rel=1e-9), (name, end)


def test_the_answer_is_complete(found):
    definitions = found["definitions"]
    assert definitions["ltv_horizon_periods"] == 104, "LTV counts to the end of the run, as ROI does"
    assert definitions["new_customers"] == "first order within the run, the tail included"
    assert definitions["discount_rate_per_year"] == 0.1
    assert definitions["first_order"] == "included"
    assert set(found["channels"]) >= {"douyin_feed", "word_of_mouth", "no channel"}
    assert len(found["channels"]) == 10
    assert set(found["segments"]) == {"gen_z", "urban_30s"}
    assert len(found["cohorts"]) == 26
    assert len(found["rfm"]) == 9
    assert set(found["customers"]["costs"]) == {"blended", "paid", "incremental"}
    assert len(found["health"]["quarters"]) == 8
    assert found["health"]["judged_quarter"] == 3
    assert set(found["retention"]) == {"window_periods", "all", "channels", "segments", "cohorts"}


def test_groups_add_up_to_all(found):
    total = found["customers"]["customers"]["mean"]
    for touch in ("first_touch", "last_touch"):
        parts = [one[touch]["customers"]["mean"] for one in found["channels"].values()]
        assert math.fsum(parts) == pytest.approx(total)
    for kind in ("segments", "cohorts"):
        assert math.fsum(one["customers"]["mean"] for one in found[kind].values()) == pytest.approx(total)
    equity = {name: one["mean"] for name, one in found["customers"]["equity"].items()}
    parts = [equity[name] for name in ("existing", "won", "won_later", "residual")]
    assert equity["total"] == pytest.approx(math.fsum(parts) - equity["spend"])
    assert math.fsum(one["share"]["mean"] for one in found["rfm"].values()) == pytest.approx(1.0)


def test_survival_falls_and_starts_at_one(found):
    curve = found["retention"]["all"]["all"]["survival"]["mean"]
    assert curve[0] == 1.0
    assert all(one >= other for one, other in pairwise(curve))
    margin = found["retention"]["all"]["all"]["margin"]["mean"]
    ltv = found["customers"]["ltv"]["mean"]
    assert margin[0] == pytest.approx(found["customers"]["first_order"]["mean"], rel=1e-9)
    assert ltv == pytest.approx(found["customers"]["realised"]["mean"], rel=1e-9)
    assert margin[-1] > ltv, "who is won late is seen for less time, which the curve by age makes up for"


def test_what_has_no_denominator_is_missing_everywhere(found, written):
    nobody = found["channels"]["no channel"]["last_touch"]
    assert nobody["customers"]["mean"] == 0.0
    assert nobody["ltv"] == nobody["cac"] == nobody["payback"] == MISSING
    assert found["channels"]["word_of_mouth"]["incremental_cac"] == MISSING
    [cell] = [
        row["mean"]
        for row in rows(written[0], "channels")
        if (row["channel"], row["touch"], row["measure"]) == ("no channel", "last_touch", "ltv")
    ]
    assert cell == ""
    assert "—" in written[1]
    assert "NaN" not in (written[0] / "summary.json").read_text(encoding="utf-8")


def test_sheets_and_figures_are_written(written):
    folder = written[0]
    stems = {path.stem for path in folder.glob("*.csv")}
    assert stems >= {
        "customers",
        "channels",
        "segments",
        "cohorts",
        "retention",
        "quadrants",
        "rfm",
        "health",
    }
    names = {path.name for path in (folder / "figures").iterdir()}
    assert {"retention.png", "retention-cohorts.svg", "quadrants.png"} <= names
    assert len(rows(folder, "health")) == 10 * 8
    assert len(rows(folder, "rfm")) == 9 * 8
    measures = {(row["figure"], row["measure"]) for row in rows(folder, "customers")}
    assert {("cost_paid", "cac"), ("equity", "total"), ("concentration", "gini")} <= measures


def test_the_text_fits_and_says_what_the_figures_mean(written):
    text = written[1]
    assert max(len(line) for line in text.splitlines()) <= 110
    for words in ("to the end of the run", "10.0 %", "first order", "LTV:CAC", "Payback, weeks"):
        assert words in text
    assert "52 weeks of the first order" not in text
    assert "It leaves out what 口碑 would go on doing" in text.replace("\n  ", " ")


def test_one_replicate_has_values_and_no_intervals(market):
    found = answer(market(), "--replicates", "1")
    ltv = found["customers"]["ltv"]
    assert ltv["mean"] > 0
    assert (ltv["low"], ltv["high"]) == (None, None)
    assert found["health"]["judged_quarter"] is None
    assert found["health"]["rule"] is None
    assert found["definitions"]["period"] == "week"


def test_a_market_without_money_or_customers_is_told_without_zeros(market, tmp_path):
    path = market(plan={}, funnel={"base_rate_per_period": {}}, segments__all__initial={})
    folder = tmp_path / "out"
    found = answer(path, "--replicates", "2", "--out", folder)
    assert found["customers"]["customers"]["mean"] == 0.0
    assert found["customers"]["ltv"] == found["customers"]["repeat_rate"] == MISSING
    assert found["customers"]["costs"]["blended"]["cac"] == MISSING
    assert found["concentration"]["gini"] == MISSING
    assert found["quadrants"] == {"median_cpa": None, "median_ltv": None, "sides_differ": [], "channels": {}}
    assert found["rfm"]["champions"]["share"] == MISSING
    assert not (folder / "figures").exists() or not list((folder / "figures").iterdir())


def test_days_make_monthly_cohorts_and_a_horizon_beyond_the_run_is_told(market):
    path = market(calendar={"start": "2026-01-20", "period": "day", "periods": 60, "tail": 0})
    found = answer(path, "--replicates", "2")
    assert list(found["cohorts"]) == ["2026-01", "2026-02", "2026-03"]
    assert found["customers"]["unseen"]["mean"] == 1.0
    text = invoke("customers", path, "--replicates", "1").stdout.replace("\n  ", " ")
    assert "days of the average new customer are in the LTV: who is won late is seen for less time" in text
    assert "are not observed over the whole LTV horizon" not in text
    text = invoke("customers", path, "--replicates", "1", "--set", "value.ltv_horizon=30").stdout
    assert "are not observed over the whole LTV horizon" in text.replace("\n  ", " ")
    assert "within 30 days of the first order and within the run" in text.replace("\n  ", " ")


def test_without_a_discount_rate_there_is_no_residual(market):
    path = market(value={"gross_margin": 0.5, "discount_rate_per_year": 0.0})
    found = answer(path, "--replicates", "2")
    assert found["customers"]["residual"] == found["customers"]["lifetime"] == MISSING
    assert found["customers"]["realised"]["mean"] > 0
    assert "may have no bound" in invoke("customers", path, "--replicates", "1").stdout


def test_a_run_shorter_than_a_quarter_has_shorter_ages_and_no_empty_tables(market):
    path = market(calendar={"start": "2026-01-20", "period": "day", "periods": 28, "tail": 14})
    lines = invoke("customers", path, "--replicates", "1").stdout.splitlines()
    title = lines.index("Share who never lapsed, days after the first order")
    assert lines[title + 2].split()[:4] == ["Last", "touch", "7", "14"]
    assert "Repeat orders by quarter: no new customer is observed for 91 days." in lines


def test_threads_and_engines_change_nothing(market):
    path = market(population={"people": 200, "agents": 200})
    how = ([], ["--jobs", "1"], ["--engine", "mesa", "--jobs", "2"])
    texts = {invoke("customers", path, "--replicates", "2", "--json", *more).stdout for more in how}
    assert len(texts) == 1
    assert texts != {""}


def test_five_replicates_are_the_rule():
    assert "default: 5" in invoke("customers", "--help").stdout.replace("\n", " ")


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["customers", "no-such-market"], "no-such-market"),
        (["customers", "beauty-launch", "--health-threshold", "-1"], "health-threshold"),
        (["customers", "beauty-launch", "--variant", "unifed"], "unifed"),
        (["customers", "beauty-launch", "--replicates", "0"], "replicates"),
    ],
)
def test_bad_input_is_told_in_words_with_exit_2(args, word):
    result = invoke(*args)
    assert result.exit_code == 2
    assert word in result.stderr
    assert result.stdout == ""


def test_the_health_rule_follows_the_whole_interval():
    from experiments.customers.health import verdict

    def index(mean, low, high):
        return verdict({"mean": mean, "low": low, "high": high}, 0.8)

    assert index(0.7, 0.6, 0.79) == "below"
    assert index(0.7, 0.5, 0.9) == "unclear"
    assert index(0.9, 0.8, 1.0) == "holds"
    assert index(0.7, None, None) == "below"
    assert index(None, None, None) is None


def test_a_group_s_ratio_is_that_of_all_replicates_together_and_an_incremental_one_needs_each():
    from types import SimpleNamespace

    from experiments.customers.estimates import _incremental_cac, of_ratio

    assert of_ratio([(900.0, 90.0), (900.0, 0.0)])["mean"] == 20.0
    assert of_ratio([(900.0, 0.0), (900.0, 0.0)])["mean"] is None

    def cost(won):
        return SimpleNamespace(spend_c=[900.0], incremental_c=[won])

    assert _incremental_cac([cost(90.0), cost(60.0)], 0)["mean"] == pytest.approx(12.0)
    assert _incremental_cac([cost(90.0), cost(-1.0)], 0)["mean"] is None
    assert _incremental_cac([], 0)["mean"] is None
