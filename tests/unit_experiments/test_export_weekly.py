"""`omnifunnel export --what weekly`: the columns of both packages, sums, and the seal of the truth."""

import hashlib
import json
import math

import numpy as np
import pytest
from exporting import exported, invoke, rows, scenario
from worlds import small

from experiments.export.weekly import meridian, robyn, weeks_of
from experiments.plots import gallery
from sim import simulate

MARKET = ["beauty-launch", "--set", "population.agents=1500", "--seed", "3"]
TRUTH = ["--replicates", "3", "--shapley", "4"]
SHOP = {"kind": "physical", "organic": 0.4, "ctr": 0.5, "price": {"cpm": 50.0}, "sells": {}}
MIXED = {
    "ads": {"kind": "paid", "price": {"cpm": 10.0}, "effect": {"discover": 0.5, "convert": 0.2}},
    "idle": {"kind": "paid", "price": {"cpm": 10.0}},
    "shop": SHOP,
    "revenue": {"kind": "owned", "organic": 0.2},
}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weekly") / "out"
    answer = exported(*MARKET, "--what", "weekly", *TRUTH, "--replicate", "1", "--out", folder)
    return folder, answer, json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def total(table, column):
    return math.fsum(float(row[column]) for row in table)


def test_columns_are_those_of_meridian(market):
    folder, answer, _ = market
    header = list(rows(folder / "weekly.csv")[0])
    use = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
    named = use["coord_to_columns"]
    assert header[:3] == [named["time"], named["kpi"], named["revenue_per_kpi"]]
    assert header[:3] == ["time", "conversions", "revenue_per_conversion"]
    assert len(named["media"]) == len(named["media_spend"]) == 8
    for media, spend in zip(named["media"], named["media_spend"], strict=True):
        assert media.removesuffix("_impression") == spend.removesuffix("_spend")
        assert use["media_to_channel"][media] == use["media_spend_to_channel"][spend]
    assert named["organic_media"] == ["Organic_word_of_mouth_impression"]
    assert {*named["media"], *named["media_spend"], *named["organic_media"]} < set(header)
    assert set(use["caused_by_media"]) < set(header)
    assert answer["format"] == use["format"] == "meridian"


def test_columns_are_those_of_robyn(tmp_path):
    exported(*MARKET, "--what", "weekly", "--format", "robyn", "--replicates", "1", "--shapley", "0",
             "--out", tmp_path / "out")  # fmt: skip
    header = list(rows(tmp_path / "out" / "weekly.csv")[0])
    use = json.loads((tmp_path / "out" / "columns.json").read_text(encoding="utf-8"))["robyn_inputs"]
    assert header[:2] == [use["date_var"], use["dep_var"]] == ["DATE", "revenue"]
    assert "search_S" in use["paid_media_spends"]
    assert "search_I" in use["paid_media_vars"]
    assert {"search_clicks_P", "conversions", "word_of_mouth"} < set(header)
    assert [one[:-2] for one in use["paid_media_spends"]] == [one[:-2] for one in use["paid_media_vars"]]
    assert {*use["paid_media_spends"], *use["paid_media_vars"], *use["organic_vars"]} < set(header)


def test_every_cell_is_a_number_and_weeks_are_evenly_spaced(market):
    table = rows(market[0] / "weekly.csv")
    dates = np.array([row.pop("time") for row in table], dtype="datetime64[D]")
    assert set(np.diff(dates).astype(int)) == {7}
    assert all(math.isfinite(float(cell)) for row in table for cell in row.values())
    assert not [name for name in table[0] if len({row[name] for row in table}) == 1]


def test_the_truth_is_sealed_to_the_data_and_the_scenario(market, tmp_path, monkeypatch):
    folder, answer, sealed = market
    data = (folder / "weekly.csv").read_bytes()
    assert sealed["seal"]["data_sha256"] == hashlib.sha256(data).hexdigest()
    assert data.startswith(b"\xef\xbb\xbf")
    assert answer["seal"] == sealed["seal"]
    kept = hashlib.sha256((folder / "truth.json").read_bytes()).hexdigest()
    assert answer["files"]["truth.json"]["sha256"] == kept
    monkeypatch.setattr(gallery, "save", lambda figures, folder, **_: [])
    assert invoke("run", *MARKET, "--replicates", "1", "--out", tmp_path / "run").exit_code == 0
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert sealed["seal"]["scenario_sha256"] == record["scenario_sha256"]
    other = exported(*MARKET, "--set", "identity.match_rate=0.5", "--what", "weekly", "--replicates", "1",
                     "--shapley", "0", "--out", tmp_path / "other")  # fmt: skip
    assert other["seal"]["scenario_sha256"] != sealed["seal"]["scenario_sha256"]
    assert other["seal"]["data_sha256"] != sealed["seal"]["data_sha256"]


def test_the_truth_is_of_the_replicate_of_the_data(market):
    folder, _, sealed = market
    table = rows(folder / "weekly.csv")
    revenue = math.fsum(float(row["conversions"]) * float(row["revenue_per_conversion"]) for row in table)
    plan = sealed["outcome"]
    assert revenue == pytest.approx(plan["revenue"]["plan"]["in_data"], rel=1e-7)
    assert total(table, "conversions") == pytest.approx(plan["conversions"]["plan"]["in_data"])
    assert revenue != pytest.approx(plan["revenue"]["plan"]["mean"], rel=1e-3)
    for name, channel in sealed["channels"].items():
        if channel["spend"]["in_data"]:
            assert total(table, f"{name}_spend") == pytest.approx(channel["spend"]["in_data"])


def test_contributions_and_the_market_left_to_itself_are_everything(market):
    for outcome in ("revenue", "conversions"):
        parts = [one["contribution"][outcome] for one in market[2]["channels"].values()]
        alone = market[2]["outcome"][outcome]["nobody_share"]
        for which in ("mean", "in_data"):
            shares = [part["shapley_share"][which] for part in parts]
            assert math.fsum([*shares, alone[which]]) == pytest.approx(1.0)
            # lifts are no such parts: each of them counts what channels do together
            assert math.fsum(part["lift_share"][which] for part in parts) > 1.1


def test_figures_are_those_of_the_command_truth(market):
    result = invoke("truth", *MARKET, *TRUTH, "--no-pairs", "--outage-periods", "0", "--json")
    told = json.loads(result.stdout)["channels"]
    assert set(told) == set(market[2]["channels"])
    for name, channel in market[2]["channels"].items():
        for figure in ("iroas", "mroas"):
            assert {end: channel[figure][end] for end in ("mean", "low", "high")} == told[name][figure]
        for part in ("lift", "shapley"):
            mine, theirs = channel["contribution"]["revenue"][part], told[name][part]["revenue"]
            assert mine["mean"] == theirs["mean"]
            assert mine["high"] == theirs["high"]
        if channel["roas"]["mean"] is not None:
            fair = channel["contribution"]["revenue"]["shapley"]["in_data"]
            assert channel["roas"]["in_data"] == pytest.approx(fair / channel["spend"]["in_data"])
    free = market[2]["channels"]["word_of_mouth"]
    assert free["roas"] == free["iroas"] == {"mean": None, "low": None, "high": None, "in_data": None}


def test_weeks_without_an_order_take_the_common_price(market):
    table = rows(market[0] / "weekly.csv")
    use = json.loads((market[0] / "columns.json").read_text(encoding="utf-8"))
    empty = [row for row in table if float(row["conversions"]) == 0]
    assert [row["time"] for row in empty] == use["filled"]["revenue_per_conversion"]
    assert empty
    revenue = math.fsum(float(row["conversions"]) * float(row["revenue_per_conversion"]) for row in table)
    mean = revenue / total(table, "conversions")
    assert [float(row["revenue_per_conversion"]) for row in empty] == pytest.approx([mean] * len(empty))


def mixed(**changes):
    world, plan = small(
        channels=MIXED,
        plan={"per_period": {"ads": 100.0, "shop": 60.0}},
        segments__all__initial={"customer": 0.5},
        **changes,
    )
    return world, simulate(world, plan, seed=1)


def test_paid_and_free_impressions_are_told_apart():
    world, run = mixed()
    weeks = weeks_of(run)
    ads, shop = world.channels.index("ads"), world.channels.index("shop")
    seen_tc = run.exposures_tcks.sum(axis=(2, 3)) * world.weight
    assert weeks.paid_tc + weeks.free_tc == pytest.approx(seen_tc)
    assert not weeks.free_tc[:, ads].any()
    assert weeks.free_tc[: world.periods, shop].all()
    # everyone meets the shop 0.4 times a week for nothing; the money buys 60 / 50 * 1000 more
    assert weeks.free_tc[:, shop].mean() == pytest.approx(0.4 * world.people, rel=0.05)
    assert weeks.paid_tc[: world.periods, shop].mean() == pytest.approx(1200, rel=0.05)
    assert not weeks.paid_tc[world.periods :].any()


def test_channels_without_use_have_no_column_and_names_never_collide():
    weeks = weeks_of(mixed()[1])
    assert weeks.unused == ("idle",)
    for form in (meridian(weeks), robyn(weeks)):
        assert len(set(form.header)) == len(form.header) == len(form.rows[0])
        assert not [name for name in form.header if "idle" in name]
        assert form.columns["left_out"] == ["idle"]
    assert "revenue_organic" in robyn(weeks).columns["robyn_inputs"]["organic_vars"]
    assert "shop_clicks" in meridian(weeks).header
    assert "ads_clicks" not in meridian(weeks).header


def test_days_are_summed_to_weeks():
    days = {"start": "2026-01-05", "period": "day", "periods": 14, "tail": 7}
    world, run = mixed(calendar=days)
    weeks = weeks_of(run)
    assert weeks.dates == ("2026-01-05", "2026-01-12", "2026-01-19")
    assert weeks.spend_tc[0] == pytest.approx(run.billed_tc[:7].sum(axis=0) / world.minor)
    assert weeks.conversions_t[-1] == run.orders_tjkr[14:].sum() * world.weight
    assert weeks.customers_t[1] == run.occupancy_tks[7][:, 4:7].sum() * world.weight


def test_days_that_are_no_whole_weeks_are_refused_with_what_is_missing(tmp_path):
    days = {"start": "2026-01-05", "period": "day", "periods": 14, "tail": 4}
    path = scenario(tmp_path / "days.yaml", calendar=days)
    result = invoke("export", path, "--what", "weekly", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "has 18 days" in result.stderr
    assert "3 days longer" in result.stderr
    assert not (tmp_path / "out").exists()


def test_without_the_tail_data_and_truth_end_with_the_plan(market, tmp_path):
    answer = exported(*MARKET, "--what", "weekly", "--no-tail", *TRUTH, "--replicate", "1",
                      "--out", tmp_path / "out")  # fmt: skip
    short, long = rows(tmp_path / "out" / "weekly.csv"), rows(market[0] / "weekly.csv")
    assert len(short) == answer["window"]["weeks_with_spend"] == 52
    assert [row["conversions"] for row in short] == [row["conversions"] for row in long[:52]]
    sealed = json.loads((tmp_path / "out" / "truth.json").read_text(encoding="utf-8"))
    conversions = sealed["outcome"]["conversions"]["plan"]["in_data"]
    assert conversions == pytest.approx(total(short, "conversions"))
    assert conversions < market[2]["outcome"]["conversions"]["plan"]["in_data"]


def test_steady_spend_is_pointed_out(market, tmp_path):
    assert "weibo" in market[1]["steady_spend"]
    text = invoke("export", *MARKET, "--what", "weekly", "--replicates", "1", "--shapley", "0",
                  "--out", tmp_path / "out").stdout  # fmt: skip
    assert "does not vary" in text
