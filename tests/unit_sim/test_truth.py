"""truth(): who takes part, what is run, and what holds between its figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import document, small

from sim import (
    TRUTH_MEASURES,
    OmnifunnelError,
    Plan,
    PlanError,
    Truth,
    interval,
    outage,
    plan_without,
    silence,
    simulate,
    truth,
)
from sim.measure.truth.counterfactuals import AS_PLANNED, Counterfactual, outcomes
from sim.measure.truth.returns import Returns

ADS = document()["channels"]["ads"]
SHOP = document()["channels"]["shop"]
CHANNELS = {
    "ads": {**ADS, "organic": 0.2},
    "feed": ADS,
    "radio": ADS,
    "talk": {
        "kind": "earned",
        "contacts_per_advocate": 4.0,
        "loyal_weight": 1.0,
        "effect": {"discover": 1.0},
    },
    "shop": {**SHOP, "organic": 0.3},
    "mall": SHOP,
}
MARKET = {
    "channels": CHANNELS,
    "population": {"people": 6_000, "agents": 600},
    "plan": {"per_period": {"ads": 60.0, "feed": 60.0}},
    "segments__all__initial": {"customer": 0.2, "loyal": 0.1, "deciding": 0.2},
    "identity": {"match_rate": 0.5},
}
BATCHED = {"seed": 5, "replicates": 3, "outage_periods": 2, "panel": 100}


@pytest.fixture(scope="module")
def found() -> Truth:
    return truth(*small(**MARKET), **BATCHED)


def test_players_are_the_channels_that_show_something(found: Truth) -> None:
    assert found.channels == ("ads", "feed", "shop", "talk")
    assert set(found.returns) == {"ads", "feed"}
    assert [one.channel for one in found.outages] == ["ads", "feed", "mall", "shop", "talk"]
    assert found.shapley is not None
    assert found.shapley.orders == 0
    assert len(found.coalitions) == 2**4


def test_values_are_those_of_plain_runs(found: Truth) -> None:
    run = simulate(found.world, found.plan, seed=5, replicate=2)
    everyone = frozenset(found.channels)
    assert found.value(everyone, "orders")[2] == run.orders_tjkr.sum() * found.world.weight
    names = ["shop", "talk"]
    other = simulate(silence(found.world, names), plan_without(found.plan, names), seed=5, replicate=2)
    assert (
        found.value(frozenset({"ads", "feed"}), "orders")[2] == other.orders_tjkr.sum() * found.world.weight
    )


@pytest.mark.parametrize("measure", TRUTH_MEASURES)
def test_shapley_values_add_up_and_lifts_need_not(found: Truth, measure: str) -> None:
    parts_rc = np.stack([found.shapley_value(name, measure) for name in found.channels], axis=1)
    np.testing.assert_allclose(parts_rc.sum(axis=1), found.total(measure), rtol=1e-12, atol=1e-9)
    if measure != "spend":
        lifts = sum(found.lift(name, measure) for name in found.channels)
        assert (abs(lifts - found.total(measure)) > 1e-6).any()


def test_profit_is_margin_less_spend(found: Truth) -> None:
    np.testing.assert_allclose(
        found.total("profit"), found.total("margin") - found.total("spend"), rtol=1e-9, atol=1e-6
    )


def test_without_its_money_a_channel_keeps_what_it_shows_free(found: Truth) -> None:
    ads, feed = found.returns["ads"], found.returns["feed"]
    orders = list(TRUTH_MEASURES).index("orders")
    assert (ads.gain_rv[:, orders] != found.lift("ads", "orders")).any()
    np.testing.assert_array_equal(feed.gain_rv[:, orders], found.lift("feed", "orders"))
    revenue, margin = (list(TRUTH_MEASURES).index(name) for name in ("revenue", "margin"))
    np.testing.assert_allclose(ads.iroas_r, ads.gain_rv[:, revenue] / ads.billed_r)
    np.testing.assert_allclose(ads.roi_r, ads.gain_rv[:, margin] / ads.billed_r - 1)
    np.testing.assert_allclose(ads.mroi_r, ads.step_gain_rv[:, margin] / ads.step_billed_r - 1)


def test_money_that_is_never_billed_has_no_return() -> None:
    channels = {**CHANNELS, "feed": {**ADS, "price": {"cpm": 10.0, "fixed": 1e6}}}
    found = truth(*small(**{**MARKET, "channels": channels}), **{**BATCHED, "replicates": 2})
    for name in ("iroas_r", "roi_r", "mroas_r", "mroi_r"):
        values = getattr(found.returns["feed"], name)
        assert np.isnan(values).all()
        assert interval(values.tolist()) is None
    assert (found.lift("feed", "orders") == 0).all()


def test_more_than_eight_channels_are_sampled_and_still_add_up() -> None:
    names = [f"c{number}" for number in range(9)]
    channels = {**{name: {**ADS, "organic": 0.1 * (n + 1)} for n, name in enumerate(names)}, "shop": SHOP}
    world, plan = small(**{**MARKET, "channels": channels, "plan": {}, "population__agents": 60})
    found = truth(world, plan, seed=1, replicates=3, pairs=False, shapley=3, outage_periods=0, panel=0)
    shapley = found.shapley
    assert shapley is not None
    assert shapley.orders == 4  # an odd number gets the reverse of its last order too
    assert (shapley.order_error_cv[:, 1] > 0).any()
    for v, measure in enumerate(TRUTH_MEASURES):
        np.testing.assert_allclose(
            shapley.values_rcv[:, :, v].sum(axis=1), found.total(measure), rtol=1e-12, atol=1e-9
        )


def test_an_outage_is_that_of_the_window(found: Truth) -> None:
    one = next(one for one in found.outages if one.channel == "mall")
    assert (one.first, one.last) == (2, 3)
    runs = [
        simulate(world, found.plan, seed=5, replicate=1).orders_tjkr[2:4].sum()
        for world in (found.world, outage(found.world, ["mall"], 2, 3))
    ]
    assert one.kept_r[1] == runs[1] / runs[0]


def test_one_replicate_has_no_errors() -> None:
    found = truth(*small(**MARKET), **{**BATCHED, "replicates": 1})
    assert found.lift_errors("ads", "orders") == (None, None)
    assert interval(found.lift("ads", "orders").tolist()).low is None


def test_results_do_not_depend_on_engine_or_threads(found: Truth) -> None:
    world, plan = small(**{**MARKET, "population": {"people": 600, "agents": 60}})
    options = {**BATCHED, "replicates": 2, "panel": 0}
    values = [
        truth(world, plan, **options, **how).shapley.values_rcv
        for how in ({"threads": 1}, {"threads": 3}, {"engine": "mesa"})
    ]
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_array_equal(values[0], values[2])


def test_every_counterfactual_is_run_once_and_progress_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.engine.simulate.STRIDE", 1)
    world, plan = small(**MARKET)
    silent = Counterfactual(frozenset({"ads"}))
    seen: list[tuple[int, int]] = []
    asked = [(AS_PLANNED, 0), (silent, 0), (AS_PLANNED, 0), (silent, 1)]
    made = outcomes(world, plan, asked, seed=1, progress=lambda *step: seen.append(step))
    assert set(made) == set(asked)
    assert seen[-1] == (3 * world.total_periods, 3 * world.total_periods)
    assert len(seen) == 3 * world.total_periods


def test_parts_that_were_not_asked_for_are_told() -> None:
    few = truth(*small(**MARKET), **{**BATCHED, "replicates": 1, "panel": 0}, pairs=False, shapley=0)
    assert few.shapley is None
    assert few.complementarity is None
    with pytest.raises(OmnifunnelError, match="no Shapley values were asked for"):
        few.shapley_value("ads", "orders")
    with pytest.raises(OmnifunnelError, match="were not run"):
        few.synergy("ads", "feed", "orders")


def test_complementarity_is_read_from_the_journeys_of_the_plan(found: Truth) -> None:
    assert found.complementarity is not None
    assert found.complementarity.consumers == 100
    assert found.complementarity.channels == found.world.channels
    assert (np.diag(found.complementarity.jaccard_cc)[:2] == 1).all()


def test_bad_input_is_told_at_once() -> None:
    world, plan = small(**MARKET)
    with pytest.raises(OmnifunnelError) as caught:
        truth(world, plan, seed=1, replicates=0, shapley=-2, outage_periods=-1, panel=-5)
    assert len(str(caught.value).splitlines()) == 4
    mute = replace(world, organic_c=world.organic_c * 0, contacts_c=world.contacts_c * 0)
    with pytest.raises(PlanError, match="no channel shows anything"):
        truth(mute, Plan.zero(world.channels, world.periods), seed=1, replicates=1)


def test_a_step_that_moved_no_order_tells_no_marginal_return() -> None:
    billed_r, step_r, nothing_rv = np.full(2, 100.0), np.full(2, 10.0), np.zeros((2, len(TRUTH_MEASURES)))
    spend = list(TRUTH_MEASURES).index("spend")
    step_rv, gain_rv = nothing_rv.copy(), nothing_rv.copy()
    step_rv[:, spend], gain_rv[1, list(TRUTH_MEASURES).index("revenue")] = 10.0, 50.0
    unseen = Returns(billed_r, gain_rv, step_r, step_rv)
    assert unseen.unmoved
    assert np.isnan(unseen.mroas_r).all()
    assert np.isnan(unseen.mroi_r).all()
    assert unseen.iroas_r.tolist() == [0.0, 0.5]
    useless = Returns(billed_r, nothing_rv, step_r, step_rv)
    assert useless.mroas_r.tolist() == [0.0, 0.0]
    assert useless.mroi_r.tolist() == [-1.0, -1.0]


def test_returns_on_money_can_be_left_out() -> None:
    found = truth(*small(**MARKET), **{**BATCHED, "replicates": 1}, returns=False)
    assert not found.returns
    assert found.shapley is not None
