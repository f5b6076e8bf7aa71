"""compare: any scenarios, variants and plans, what can be set side by side, and who is best how surely."""

import csv
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.comparing import ranking
from experiments.comparing.kinds import kind_of
from experiments.comparing.ranking import rank
from experiments.runner import open_case

SMALL = ["--set", "population.agents=400", "--replicates", "3"]


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def answer(*args):
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def plan_csv(tmp_path_factory):
    from sim import compile_world, load, period_starts, write_spend

    file = load("beauty-launch")
    world = compile_world(file.scenario)
    path = tmp_path_factory.mktemp("plans") / "mine.csv"
    write_spend(file.status_quo(), path, dates=period_starts(world.start, world.period, world.periods))
    return path


def test_variants_plans_and_other_files_stand_side_by_side(plan_csv, tmp_path):
    mine = tmp_path / "mine.yaml"
    invoke("new", mine, "--from", "beauty-launch")
    cases = ["beauty-launch:silo", "beauty-launch:unified", f"{mine}:silo"]
    found = answer("compare", *cases, "--plan", f"mine={plan_csv}", *SMALL)["cases"]
    assert list(found) == ["silo", "mine", "unified", "mine:silo"]
    assert found["mine"]["plan"] == "mine.csv"
    assert found["mine"]["variant"] == "silo"
    # the plan is today's and the file a copy: the same runs again
    assert found["mine"]["difference"]["revenue"] == {"mean": 0, "low": 0, "high": 0, "unit": "money"}
    assert found["mine:silo"]["difference"]["orders"]["mean"] == 0


def test_variants_of_a_file_named_with_a_variant():
    found = answer("compare", "beauty-launch:silo", "--variants", "silo,unified", *SMALL)
    assert list(found["cases"]) == ["silo", "unified"]


def test_other_markets_are_compared_in_ratios_only():
    found = answer("compare", "beauty-launch", "conflicting-rules", "retail-media", *SMALL)
    firms, retail = found["cases"]["conflicting-rules"], found["cases"]["retail-media"]
    assert "200,000 people, not 4,000,000" in firms["not_compared"]
    assert "money in EUR, not CNY" in retail["not_compared"]
    means = {name: case["difference"] for name, case in found["cases"].items() if case["difference"]}
    assert means["conflicting-rules"]["revenue"]["mean"] is None
    assert means["conflicting-rules"]["new_customers"]["mean"] is None
    assert means["conflicting-rules"]["aov"]["mean"] is not None  # one currency, money per order
    assert means["retail-media"]["aov"]["mean"] is None
    assert means["retail-media"]["pass_engage"]["mean"] is not None
    assert found["cases"]["beauty-launch"]["not_compared"] is None
    assert found["ranking"]["places"] == []  # one choice only: nothing to rank
    assert set(found["ranking"]["left_out"]) == {"conflicting-rules", "retail-media"}


def test_each_currency_has_tables_of_its_own():
    text = invoke("compare", "beauty-launch", "retail-media", *SMALL, "--quiet").stdout
    _, beauty, retail = text.split("mean (95 % interval)\n")
    assert "CNY" in beauty
    assert "EUR" in retail
    assert "CNY" not in retail.split("Assumptions")[0]
    assert "Amounts of money and totals of 'retail-media'" in text


def test_worlds_are_shown_and_only_choices_are_ranked(tmp_path):
    out = tmp_path / "out"
    found = answer("compare", "beauty-launch", "--variants", "all", *SMALL, "--out", out)
    kinds = {name: case["kind"] for name, case in found["cases"].items()}
    worlds = ["silo", "unified", "no_synergy", "dear_search"]
    assert kinds == {"beauty-launch": "choice", "seed_first": "choice"} | dict.fromkeys(worlds, "world")
    assert found["cases"]["dear_search"]["market_changes"] == ["channels.search.price.cpc 4.8 (not 3.7)"]
    assert found["cases"]["seed_first"]["plan_changed"] is True
    assert {place["case"] for place in found["ranking"]["places"]} == {"beauty-launch", "seed_first"}
    assert set(found["ranking"]["left_out"]) == set(worlds)
    assert found["cases"]["silo"]["difference"]["profit"]["mean"] is not None
    text = (out / "summary.txt").read_text(encoding="utf-8")
    ranking, fares, differences = text.partition("Paired difference")[0], "How the plan fares if ...", text
    assert not any(name in ranking.split(fares)[0] for name in worlds)
    assert all(name in ranking.split(fares)[1] for name in worlds)
    assert differences.count(f"{fares}: paired difference against 'beauty-launch'") == 2
    rows = list(csv.DictReader((out / "worlds.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["case"] for row in rows] == worlds
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "How the plan fares if the market changes, profit against beauty-launch: silo" in page
    assert "neither ranked nor called best" in page


def test_without_a_second_choice_there_is_no_ranking_and_one_sentence_says_so(tmp_path):
    out = tmp_path / "out"
    found = answer("compare", "beauty-launch", "--variants", "silo,dear_search", *SMALL, "--out", out)
    sentence = "No ranking: every other case is another market, and markets are not chosen."
    assert found["ranking"]["places"] == []
    assert found["ranking"]["verdict"] == sentence
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert text.startswith(sentence)
    assert "probability" not in text
    assert not (out / "figures" / "ranking.svg").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert sentence in page
    assert "Chance of being best" not in page


def test_the_kpi_that_ranks_leads_every_table_and_title(tmp_path):
    out = tmp_path / "out"
    answer("compare", "beauty-launch", "--variants", "all", "--rank-by", "cac", *SMALL, "--out", out)
    text = (out / "summary.txt").read_text(encoding="utf-8")
    rules = [n for n, line in enumerate(text.splitlines()) if set(line.strip()) == {"─"}]
    tables = [text.splitlines()[n - 1 : n + 2] for n in rules]
    kpis = [first for header, _, first in tables if header.startswith(" KPI")]
    assert len(kpis) == 6
    assert all(first.startswith(" CAC (blended)") for first in kpis)
    assert all("CAC (blended)" in header for header, _, _ in tables if not header.startswith(" KPI"))
    for name in ("comparison", "ranking"):
        svg = (out / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert re.search(r"(on|lowest) CAC", svg)


@pytest.mark.parametrize(
    ("scenario", "variant", "market"),
    [
        ("summer-drink", "no_coupon", []),
        ("loyalty-referral", "no_points", []),
        ("loyalty-referral", "unpaid_links", []),
        ("loyalty-referral", "no_referral", ["channels.referral"]),
        ("platform-ban", "site_down", ["events"]),
        ("conflicting-rules", "quiet", []),
        ("conflicting-rules", "half_margin", ["value.gross_margin 0.5 (not 0.3)"]),
        ("appliance-silo", "match_0_capped", ["identity.match_rate 0 (not 0.15)"]),
        ("o2o-store", "pos_crm", ["channels.store.sells.enrol 0.5 (not 0)"]),
    ],
)
def test_what_the_brand_decides_and_pays_for_is_a_choice(scenario, variant, market):
    kind = kind_of(open_case(scenario, variant=variant), open_case(scenario))
    assert list(kind.market) == market
    assert kind.word == ("world" if market else "choice")


def test_a_price_cut_is_a_choice_and_an_outage_is_none():
    sale = "{name: sale, start: 2026-11-02, end: 2026-11-08, discount: 0.2}"
    out = "{name: out, channels: [store], start: 2026-11-02, end: 2026-11-08, availability: 0}"
    people = [f"segments.{name}.price_elasticity=-2.6" for name in ("gen_z", "urban_30s")]

    def opened(*events):
        return open_case("beauty-launch", overrides=(*people, f"events=[{', '.join(events)}]"))

    assert kind_of(opened(sale), opened()).word == "choice"
    assert kind_of(opened(out), opened(sale)).market == ("events",)
    assert kind_of(opened(sale, out), opened(out)).word == "choice"


def test_the_ranking_is_by_the_kpi_asked_for(tmp_path):
    out = tmp_path / "out"
    found = answer(
        "compare", "retail-media", "--variants", "dark,more_tv,dear_facebook", "--rank-by", "cac", *SMALL,
        "--out", out,
    )  # fmt: skip
    places = found["ranking"]["places"]
    assert found["ranking"]["better"] == "lower"
    assert len(places) == 3
    assert [place["mean"] for place in places] == sorted(place["mean"] for place in places)
    assert places[0]["against_first"] is None
    for place in places:
        shown = found["cases"][place["case"]]["kpis"]["cac"]
        assert [place[end] for end in ("mean", "low", "high")] == [
            shown[end] for end in ("mean", "low", "high")
        ]
    assert sum(place["probability_best"] for place in places) == pytest.approx(1)
    gap = places[1]["mean"] - places[0]["mean"]
    assert places[1]["against_first"]["mean"] == pytest.approx(gap)
    assert (out / "ranking.csv").is_file()
    assert (out / "figures" / "ranking.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["beauty-launch"], "second scenario"),
        (["beauty-launch", "beauty-launch:unifed"], "unifed"),
        (["beauty-launch", "--variants", "silo", "--rank-by", "spend"], "--rank-by spend"),
        (["beauty-launch", "--variants", "silo", "--rank-by", "profits"], "profit"),
        (["beauty-launch", "--plan", "mine.csv"], "NAME=FILE.csv"),
        (["beauty-launch", "--plan", "mine=none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments, named):
    result = invoke("compare", *arguments, *SMALL)
    assert result.exit_code == 2
    assert named in result.stderr


def ranked(values, kpi="profit", worlds=None):
    return rank(kpi, values, worlds or {}, currency="CNY")


def test_a_clear_winner_is_sure_and_equals_share_it():
    noise = np.random.default_rng(0).normal(size=20)
    places = ranked({"low": list(noise), "high": list(noise + 0.01), "same": list(noise + 0.01)}).places
    # the same draws on all sides: a small gain on every replicate is never reversed
    assert [place.name for place in places] == ["high", "same", "low"]
    assert [place.best for place in places] == [0.5, 0.5, 0.0]


def test_probability_of_being_best_matches_theory():
    # of two cases the bootstrap mean of the paired difference is near normal: P = Phi(mean / standard error)
    from statistics import NormalDist

    rng = np.random.default_rng(4)
    gain = rng.normal(0.3, 1.0, size=40)
    common = rng.normal(size=40)
    places = ranked({"base": list(common), "other": list(common + gain)}).places
    expected = NormalDist().cdf(gain.mean() / (gain.std() / np.sqrt(40)))
    found = {place.name: place.best for place in places}["other"]
    assert found == pytest.approx(expected, abs=0.02)


def test_unpaired_noise_would_hide_the_winner():
    rng = np.random.default_rng(5)
    common = rng.normal(scale=10, size=20)
    apart = rng.permutation(common) + 0.5
    sure = [ranked({"a": list(common), "b": list(one)}).places[0].best for one in (common + 0.5, apart)]
    assert sure[0] == 1.0
    assert sure[1] < 0.9


def test_one_replicate_and_undefined_values():
    [first, second] = ranked({"a": [1.0], "b": [2.0]}).places
    assert (first.name, first.best, second.best) == ("b", None, None)
    values = {"a": [1.0, 2.0], "b": [None, 2.0], "d": [1.0, 3.0]}
    found = ranked(values, worlds={"c": "another market"})
    assert [place.name for place in found.places] == ["d", "a"]
    assert found.left_out == {"b": "undefined in a replicate"}
    assert found.to_dict()["left_out"] == {"c": "another market", "b": "undefined in a replicate"}


def test_one_choice_with_a_value_has_no_place():
    found = ranked({"a": [1.0, 2.0], "b": [None, 2.0]})
    assert found.places == ()
    assert found.verdict == "No ranking: fewer than two cases have profit"


def test_no_certainty_is_printed():
    assert [ranking.sure(p) for p in (1.0, 0.62, 0.0)] == ["over 99 %", "62 %", "under 1 %"]
