"""Other worlds: each assumption changes what it says, the tail is what it should be, rows are paired."""

import numpy as np
import pytest

from optimize import Prober, Setting, robustness
from optimize.assumptions import ASSUMPTIONS, assumptions_of
from optimize.other_worlds import CLOSELY, OTHER_REPLICATE, cvar, tail_mean
from sim import Plan, World, compile_world, load, replicate_kpis

FEW = ("population.agents=400",)
#: The same change written in the scenario file.
WRITTEN = {
    "gross margin": ["value.gross_margin=0.6"],
    "purchase rate": [
        "segments.gen_z.purchase_rate_per_period.mean=0.0264",
        "segments.urban_30s.purchase_rate_per_period.mean=0.0336",
    ],
    "lapse rate": [
        "segments.gen_z.lapse_rate_per_period.mean=0.072",
        "segments.urban_30s.lapse_rate_per_period.mean=0.06",
    ],
    "synergies": [
        "synergies=[{first: xiaohongshu_kol, then: search, boost: 0.96}, {first: weibo, then: douyin_live, "
        "boost: 0.96}, {first: douyin_feed, then: douyin_live, boost: 0.72}, {first: xiaohongshu_kol, then: "
        "marketplace, boost: 0.96}, {first: store, then: private_domain, boost: 0.6}]"
    ],
    "word of mouth": ["channels.word_of_mouth.contacts_per_advocate=3.6"],
    "effect of 搜索": [
        "channels.search.effect.engage=0.036",
        "channels.search.effect.decide=0.0792",
        "channels.search.effect.convert=0.072",
    ],
    "base rates": [
        f"funnel.base_rate_per_period.{name}={rate * 1.2}"
        for name, rate in {
            "discover": 0.002,
            "engage": 0.010,
            "decide": 0.020,
            "convert": 0.030,
            "bond": 0.020,
            "advocate": 0.006,
        }.items()
    ],
    "media prices": [
        f"channels.{name}.price.{key}={price * 1.2}"
        for name, key, price in (
            ("xiaohongshu_kol", "cpm", 90),
            ("xiaohongshu_kol", "fixed", 3000),
            ("weibo", "cpm", 35),
            ("douyin_feed", "cpm", 40),
            ("douyin_live", "cpm", 110),
            ("douyin_live", "fixed", 8000),
            ("search", "cpc", 3.7),
            ("marketplace", "cpm", 160),
            ("private_domain", "cpm", 30),
            ("store", "cpm", 400),
            ("store", "fixed", 10000),
        )
    ],
}


def arrays(world: World):
    return {name: value for name, value in vars(world).items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_assumption_20_per_cent_stronger_is_the_scenario_written_so(name):
    world = compile_world(load("beauty-launch", overrides=FEW).scenario)
    written = compile_world(load("beauty-launch", overrides=[*FEW, *WRITTEN[name]]).scenario)
    changed = assumptions_of(world)[name](world, 1.2)
    assert changed.gross_margin == pytest.approx(written.gross_margin)
    for key, array in arrays(changed).items():
        assert array.dtype == getattr(written, key).dtype
        np.testing.assert_allclose(array, getattr(written, key), rtol=2e-6, err_msg=key)
    assert any(not np.array_equal(array, getattr(world, key)) for key, array in arrays(changed).items())


def test_every_assumption_is_written_once_and_only_what_a_world_has_is_offered():
    assert set(ASSUMPTIONS) <= set(WRITTEN)
    without = compile_world(load("beauty-launch", overrides=[*FEW, "synergies=[]"]).scenario)
    assert "synergies" not in assumptions_of(without)
    assert "effect of 搜索" in assumptions_of(without)


def test_the_tail_is_the_mean_of_the_worst_tenth():
    rng = np.random.default_rng(0)
    values = rng.normal(size=1000)
    assert tail_mean([values], 0.1) == pytest.approx(np.sort(values)[:100].mean())
    assert tail_mean([np.arange(5.0)], 0.1) == 0.0
    # A tenth of 15 outcomes is one and a half of them.
    assert tail_mean([np.arange(15.0)], 0.1) == pytest.approx((0 + 0.5 * 1) / 1.5)


def test_every_world_counts_the_same_in_the_tail_whatever_its_draws():
    """Twenty good draws do not drown ten bad ones: pooled by number, the tail would be lighter."""
    bad, good = np.full(2, -1.0), np.full(38, 1.0)
    assert tail_mean([bad, good], 0.5) == pytest.approx(-1.0)
    assert tail_mean([np.concatenate([bad, good])], 0.5) == pytest.approx(0.8)
    found = cvar([np.array([-2.0, -1.0, 0.0]), good])
    assert found.low <= found.mean <= found.high
    assert cvar([np.array([1.0])]).low is None
    assert cvar([]) is None


@pytest.fixture(scope="module")
def market():
    file = load("beauty-launch", overrides=FEW)
    world, today = compile_world(file.scenario), file.status_quo()
    return world, today, Plan(today.channels, today.spend_tc * 0.5)


def test_rows_are_paired_differences_on_the_draws_they_say(market):
    world, today, half = market
    plans = {"status_quo": today, "recommended": half}
    judged = replicate_kpis(world, plans, seed=3, replicates=3)
    own = Setting("as judged", world, today, "judged")
    dearer = Setting("dearer", assumptions_of(world)["media prices"](world, 1.5), today, "variant")
    steps = []
    found = robustness(
        judged,
        Prober(half, seed=3),
        own,
        [dearer],
        "profit",
        replicates=2,
        progress=lambda *a: steps.append(a),
    )
    assert steps[-1][0] == steps[-1][1] == len(steps)
    assert [row.name for row in found.rows[:3]] == ["as judged", "other draws", "dearer"]
    assert len(found.rows) == 3 + 2 * CLOSELY
    assert found.rows[0].difference == judged.difference("recommended", "status_quo", "profit")
    other = replicate_kpis(world, plans, seed=3, replicates=2, first_replicate=OTHER_REPLICATE)
    assert found.rows[1].difference == other.difference("recommended", "status_quo", "profit")
    swings = list(found.swings.values())
    assert [abs(each) for each in swings] == sorted((abs(each) for each in swings), reverse=True)
    names = {row.name.rsplit(" ", 1)[0] for row in found.rows[3:]}
    assert names == set(list(found.swings)[:CLOSELY])
    assert found.worlds == 2 + 2 * CLOSELY
    assert found.runs == 3 * 2 * len(steps)


def test_the_word_of_a_row_is_that_of_its_interval(market):
    from optimize.other_worlds import _row

    world, today, half = market
    judged = replicate_kpis(world, {"status_quo": today, "recommended": half}, seed=3, replicates=3)
    row = _row("x", "judged", judged, "spend")
    assert row.difference.high < 0
    assert row.word == "worse"
    assert _row("x", "judged", judged, "unspent").word == "worse"
