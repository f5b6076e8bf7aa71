"""`omnifunnel optimize`: a judged answer, whole even when it is interrupted."""

import csv
import json

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = ["--set", "population.agents=400", "--replicates", "4", "--runs", "40", "--quiet"]


def invoke(*args):
    return CliRunner().invoke(main, ["optimize", "beauty-launch", *(str(arg) for arg in args)])


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    out = tmp_path_factory.mktemp("optimize") / "out"
    result = invoke(*SMALL, "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), out


def test_json_holds_what_the_decision_needs(stored):
    found, _ = stored
    wanted = "schema_version scenario seed method objective runs_used status_quo recommended difference"
    assert set(wanted.split()) | {"shadow_price", "binding", "verdict"} <= set(found)
    assert found["runs_used"] <= 40
    for plan in ("status_quo", "recommended"):
        assert set(found[plan]["kpis"]["roi"]) >= {"mean", "low", "high"}
    free = found["free_money"]
    offered = sum(found["recommended"]["spend"].values()) + sum(free["left_out"].values())
    assert offered == pytest.approx(14_040_000, abs=1)
    assert sum(found["recommended"]["placed"].values()) + free["total"] == pytest.approx(14_040_000, abs=1)
    change = found["recommended"]["kpis"]["roi"]["mean"] - found["status_quo"]["kpis"]["roi"]["mean"]
    assert found["difference"]["roi"]["mean"] == pytest.approx(change)


def test_the_folder_holds_tables_figures_and_a_plan_to_run(stored):
    found, out = stored
    for name in ("budget", "difference", "funnel", "comparison", "response_curves"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 10_000
        assert (out / "figures" / f"{name}.svg").exists()
    rows = list(csv.DictReader((out / "budget.csv").read_text(encoding="utf-8-sig").splitlines()))
    for column, key in (("recommended", "placed"), ("recommended_offered", "spend")):
        amounts = {row["channel"]: float(row[column]) for row in rows}
        assert amounts == pytest.approx({name: found["recommended"][key][name] for name in amounts}, abs=0.01)
    again = CliRunner().invoke(
        main,
        ["run", "beauty-launch", *SMALL[:4], "--quiet", "--json", "--plan", str(out / "recommended.csv")],
    )
    assert json.loads(again.stdout)["kpis"]["roi"]["mean"] == pytest.approx(
        found["recommended"]["kpis"]["roi"]["mean"]
    )
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["solver"] == "HiGHS"


def test_text_opens_with_the_verdict(stored):
    found, out = stored
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert " ".join(text.split()).startswith(found["verdict"]["text"])
    assert "Limit hit" in text


def test_two_objectives_give_a_front(tmp_path):
    out = tmp_path / "out"
    result = invoke(*SMALL, "--objective", "roi,ltv", "--method", "search", "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["pareto"]
    assert (out / "figures" / "pareto.png").exists()
    assert (out / "pareto.csv").exists()


def test_three_objectives_give_points_by_origin_in_json_table_and_figures(tmp_path):
    out = tmp_path / "out"
    result = invoke(*SMALL, "--objective", "roi,ltv,profit", "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["frontier"]
    rows = list(csv.DictReader((out / "pareto.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["origin"] for row in rows] == [point["origin"] for point in found["points"]]
    assert {"search", "linear programme"} & {row["origin"] for row in rows}
    assert sum(int(row["knee"]) for row in rows) == 1
    for name in ("pareto", "pareto-profit", "response_curves-ltv"):
        assert (out / "figures" / f"{name}.png").exists()
    assert "Hypervolume" in (out / "summary.txt").read_text(encoding="utf-8")


def test_json_says_who_was_in_the_final_and_what_the_last_money_brings(stored):
    found, out = stored
    chance = {row["plan"]: row["chance"] for row in found["finalists"]}
    assert {"recommended", "status_quo", "equal", "five_three_two"} <= set(chance)
    assert sum(chance.values()) == pytest.approx(1.0)
    row = next(row for row in found["finalists"] if row["plan"] == "status_quo")
    assert row["against"]["mean"] == pytest.approx(-found["difference"]["roi"]["mean"])
    priced = {name for name, money in found["recommended"]["spend"].items() if money > 0}
    assert {row["channel"] for row in found["marginal"] if row["word"] != "off"} == priced
    for span in found["flat"]:
        assert span["low"] <= found["recommended"]["spend"][span["channel"]] + 1 <= span["high"] + 2
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert "how likely each is the best" in text
    assert "a model's figure" in text
    assert (out / "finalists.csv").exists()
    assert (out / "marginal.csv").exists()


def test_other_worlds_are_looked_at_on_request(stored, tmp_path):
    assert "robustness" not in stored[0]
    out = tmp_path / "out"
    result = invoke(*SMALL, "--robustness", "--flights", "4", "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["robustness"]
    names = [row["name"] for row in found["rows"]]
    assert names[:2] == ["as judged", "other draws"]
    assert {"silo", "unified", "no_synergy", "dear_search", "seed_first"} <= set(names)
    assert sum(row["kind"] == "assumption" for row in found["rows"]) == 10
    assert set(found["cvar_10"]) == {"mean", "low", "high", "worlds"}
    assert found["variants_that_do_not_fit"] == []
    rows = list(csv.DictReader((out / "robustness.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["world"] for row in rows] == names
    for name in ("robustness", "flights"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 10_000
    assert "How robust this is" in (out / "summary.txt").read_text(encoding="utf-8")


def test_interrupt_writes_the_best_judged_plan_and_exits_130(tmp_path, monkeypatch):
    from optimize.evaluator import SimulationMeter

    measure, calls = SimulationMeter.measure, []

    def interrupted(self, plans, *, replicate):
        calls.append(len(plans))
        if len(calls) > 2:
            raise KeyboardInterrupt
        return measure(self, plans, replicate=replicate)

    monkeypatch.setattr(SimulationMeter, "measure", interrupted)
    out = tmp_path / "out"
    result = invoke(*SMALL, "--json", "--out", out)
    assert result.exit_code == 130, result.stderr
    assert json.loads(result.stdout)["interrupted"] is True
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == json.loads(result.stdout)
    assert "Stopped early" in (out / "summary.txt").read_text(encoding="utf-8")


def test_a_total_that_limits_cannot_meet_is_told_before_any_run(tmp_path):
    limits = "optimization.limits=[{group: [store, search], max: 1000}, {channel: store, min: 5000}]"
    result = invoke(*SMALL, "--set", limits, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_money_not_placed_stands_by_channel(stored):
    found, _ = stored
    for plan in ("status_quo", "recommended"):
        unplaced = found[plan]["unplaced"]
        assert sum(unplaced.values()) == pytest.approx(found[plan]["kpis"]["unspent"]["mean"])
        assert all(0 <= unplaced[c] <= found[plan]["spend"].get(c, 0) + 1 for c in unplaced)


def test_the_price_of_more_budget_stands_with_its_interval(stored):
    """In JSON, and in a sentence whose word follows from the interval."""
    from experiments.recommend.text import _price_of_more
    from optimize import ShadowPrice
    from sim import Interval

    found, _ = stored
    price = found["shadow_price"]
    assert price["low"] < price["value"] < price["high"]
    assert price["value"] == price["simulated"]

    def said(judged):
        lines = _price_of_more(ShadowPrice("", 2.0, judged), "EUR 100", lambda p: f"Profit by {p}", str)
        return lines[0]

    assert "Profit by 0.5 (95 % interval 0.1 to 0.9 over 4 replicates): clearly positive." in said(
        Interval(0.5, 0.1, 0.9, 4)
    )
    assert "-0.1 to 0.9 over 4 replicates): not told apart from zero." in said(Interval(0.4, -0.1, 0.9, 4))
    assert "clearly negative." in said(Interval(-0.5, -0.9, -0.1, 4))
    assert said(Interval(0.5, None, None, 1)).startswith("Shadow price: 1 % more budget (EUR 100), spread")
    assert "a model's price" in said(None)


def test_a_limit_is_told_by_the_names_people_know():
    """A limit on one channel in a window is no group's, in the table and in the sentence."""
    from types import SimpleNamespace

    from experiments.recommend.text import _labelled, _limit_word
    from optimize import Binding

    result = SimpleNamespace(labels={"weibo": "微博话题", "tv": "TV"})
    one = Binding("weibo in 2026-10..2026-11 at most CNY 0", ("weibo",), "group_max", 0.0, None)
    both = Binding("tv + weibo at least CNY 5", ("tv", "weibo"), "group_min", 5.0, None)
    total = Binding("all channels together exactly CNY 9", (), "total", 9.0, None)
    assert [_limit_word(limit) for limit in (one, both)] == ["maximum in a window", "group minimum"]
    assert [_labelled(limit, result) for limit in (one, both, total)] == [
        "微博话题 in 2026-10..2026-11 at most CNY 0",
        "TV + 微博话题 at least CNY 5",
        "all channels together exactly CNY 9",
    ]


def test_stages_that_could_not_run_are_no_notes_of_what_was_given(stored):
    found, _ = stored
    assert found["not_run"] == []
    assert found["notes"] == []


def test_who_found_the_plan_is_named_once():
    from types import SimpleNamespace

    from experiments.recommend.text import _who
    from optimize.certainty import FoundBy

    def said(origin, *agree):
        return _who(SimpleNamespace(method="default", found_by=FoundBy(origin, agree)))

    assert said("Optuna", "Optuna", "linear programme", "search") == [
        "Found by Optuna; linear programme, response surface came to the same plan."
    ]
    assert said("search", "search") == ["Found by response surface."]


def test_a_dangling_link_is_refused_before_anything_runs(tmp_path):
    link = tmp_path / "out"
    link.symlink_to(tmp_path / "gone" / "away")
    result = invoke(*SMALL, "--out", link)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"--out {link}: is a file")
