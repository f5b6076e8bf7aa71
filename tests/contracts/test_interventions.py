"""Silence and outage: the same in both engines, and nothing else changes than what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from worlds import document, small, worlds

from sim import (
    OmnifunnelError,
    Plan,
    PlanError,
    Run,
    World,
    outage,
    plan_scaled,
    plan_without,
    relive,
    showing,
    silence,
    simulate,
)
from sim.engine import rules
from sim.market.vocabulary import Stage

F = np.float32
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
#: Two shops that differ in nothing but their names.
TWO_SHOPS = {**document()["channels"], "mall": {"kind": "physical", "sells": {}}}


def assert_equal(one: Run, other: Run, *, but: tuple[str, ...] = ()) -> None:
    for name, array in one.arrays().items():
        if name not in but:
            np.testing.assert_array_equal(array, other.arrays()[name], err_msg=name)


def failing(world: World, seed: int) -> World:
    """Channels that work, fail or work in part from period to period, at times all of them at once."""
    random = np.random.default_rng(seed)
    availability_tc = random.choice([0.0, 0.4, 1.0], world.availability_tc.shape)
    availability_tc[random.random(world.total_periods) < 0.3] = 0.0
    return replace(world, availability_tc=availability_tc)


@FEW
@given(worlds(), st.integers(0, 2**32 - 1))
def test_engines_threads_and_replay_agree_on_any_availability(
    world_and_plan: tuple[World, Plan], seed: int
) -> None:
    world, plan = world_and_plan
    world = failing(world, seed)
    run = simulate(world, plan, seed=seed)
    assert_equal(run, simulate(world, plan, seed=seed, engine="mesa"))
    assert_equal(run, simulate(world, plan, seed=seed, threads=3))
    for name, array in relive(run)._asdict().items():
        np.testing.assert_array_equal(array, run.arrays()[name], err_msg=name)
    becoming_tk = run.flows_tksdr[:, :, [Stage.DECIDING, Stage.LAPSED], 0].sum(axis=(2, 3))
    placed_tk = run.orders_tjkr[..., 0].sum(axis=1)
    assert (placed_tk <= becoming_tk).all()
    assert (placed_tk + run.lost_orders_tk >= becoming_tk).all()
    offered_tc = np.floor(plan.spend_tc * world.minor + 0.5)
    np.testing.assert_array_equal((run.billed_tc + run.unspent_tc)[: world.periods], offered_tc)


def test_an_engine_whose_shops_never_shut_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.engine import mesa_model

    genuine = mesa_model.make_tables

    def open_always(*arguments: Any) -> Any:
        tables, prices = genuine(*arguments)
        return tables._replace(open_ukj=np.ones_like(tables.open_ukj)), prices

    world, plan = small(channels=TWO_SHOPS)
    world = outage(world, ["mall"], 1, 3)
    run = simulate(world, plan, seed=1)
    monkeypatch.setattr(mesa_model, "make_tables", open_always)
    with pytest.raises(AssertionError):
        assert_equal(run, simulate(world, plan, seed=1, engine="mesa"))


def test_everything_works_by_default_and_no_order_is_lost() -> None:
    world, plan = small()
    assert (world.availability_tc == 1.0).all()
    assert simulate(world, plan, seed=1).lost_orders_tk.sum() == 0


def test_a_silenced_unused_channel_changes_no_bit() -> None:
    unused = {"kind": "paid", "price": {"cpm": 5.0}, "effect": {"discover": 1.0}}
    world, plan = small(channels={**TWO_SHOPS, "radio": unused})
    assert "radio" not in showing(world, plan)
    run = simulate(world, plan, seed=2)
    other = simulate(silence(world, ["radio"]), plan_without(plan, ["radio"]), seed=2)
    assert run.fingerprint() == other.fingerprint()


def test_silence_is_an_outage_of_all_periods_where_nothing_is_sold() -> None:
    world, plan = small(channels__ads__organic=0.3)
    silent = simulate(silence(world, ["ads"]), plan_without(plan, ["ads"]), seed=3)
    out = simulate(outage(world, ["ads"], 0, world.total_periods - 1), plan, seed=3)
    assert silent.exposures_tcks.sum() == 0
    assert_equal(silent, out, but=("unspent_tc",))
    assert out.unspent_tc.sum() == np.floor(plan.spend_tc * world.minor + 0.5).sum()


def test_silence_leaves_selling_and_an_outage_does_not() -> None:
    channels = {**TWO_SHOPS, "mall": {"kind": "physical", "sells": {}, "organic": 0.5}}
    world, plan = small(channels=channels)
    mall = world.sell_channels.index("mall")
    silent = simulate(silence(world, ["mall"]), plan, seed=4)
    out = simulate(outage(world, ["mall"], 0, world.total_periods - 1), plan, seed=4)
    assert silent.exposures_tcks[:, world.channels.index("mall")].sum() == 0
    assert silent.orders_tjkr[:, mall].sum() > 0
    assert out.orders_tjkr[:, mall].sum() == 0


def test_orders_go_to_the_other_shop_and_come_back() -> None:
    """Shops that show nothing and are alike: an outage moves orders and changes none."""
    world, plan = small(channels=TWO_SHOPS)
    mall = world.sell_channels.index("mall")
    base, out = (simulate(w, plan, seed=5) for w in (world, outage(world, ["mall"], 1, 3)))
    assert base.orders_tjkr[1:4, mall].sum() > 0
    assert out.orders_tjkr[1:4, mall].sum() == 0
    np.testing.assert_array_equal(out.orders_tjkr.sum(axis=1), base.orders_tjkr.sum(axis=1))
    np.testing.assert_array_equal(out.orders_tjkr[4:], base.orders_tjkr[4:])


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_with_every_shop_shut_orders_are_lost_and_counted(engine: str) -> None:
    world, plan = small(population__agents=400, segments__all__initial={"deciding": 0.8})
    base = simulate(world, plan, seed=6, engine=engine)
    out = simulate(outage(world, ["shop"], 2, 3), plan, seed=6, engine=engine)
    wanted_tk = base.orders_tjkr.sum(axis=(1, 3))
    assert wanted_tk[2:4].sum() > 0
    np.testing.assert_array_equal(out.lost_orders_tk[2:4], wanted_tk[2:4])
    assert out.lost_orders_tk[[0, 1, 4, 5, 6, 7]].sum() == 0
    assert out.orders_tjkr[2:4].sum() == out.revenue_tjkr[2:4].sum() == out.margin_tk[2:4].sum() == 0
    np.testing.assert_array_equal(out.orders_tjkr[4:], base.orders_tjkr[4:])
    # those who wanted a first order then are customers, and their next order is their first
    np.testing.assert_array_equal(out.occupancy_tks, base.occupancy_tks)
    assert out.repeaters_k.sum() < base.repeaters_k.sum()


def test_no_shop_is_chosen_where_all_are_shut() -> None:
    shut = np.array([rules.selling_weight(F(2.0), F(0.0), F(1.0), F(0.5))] * 3)
    assert {rules.choose(np.uint32(u), shut) for u in (0, 7, 2**31, 2**32 - 1)} == {-1}
    one = np.array([0.0, rules.selling_weight(F(2.0), F(1.0), F(1.0), F(0.5)), 0.0], dtype=F)
    assert {rules.choose(np.uint32(u), one) for u in (0, 7, 2**31, 2**32 - 1)} == {1}


def test_half_available_shows_half_and_bills_half() -> None:
    world, plan = small(channels__ads__organic=0.2)
    half = replace(world, availability_tc=np.full_like(world.availability_tc, 0.5))
    whole, less = (simulate(w, plan, seed=7) for w in (world, half))
    np.testing.assert_allclose(less.rate_tck, 0.5 * whole.rate_tck, rtol=1e-12)
    assert (abs(2 * less.billed_tc - whole.billed_tc) <= 1).all()


def test_plans_with_less_and_more() -> None:
    _, plan = small()
    assert plan_without(plan, ["ads"]).total == 0
    np.testing.assert_allclose(plan_scaled(plan, "ads", 1.05).spend_tc, 1.05 * plan.spend_tc)


def test_wrong_names_and_windows_are_told() -> None:
    world, plan = small()
    for act in (
        lambda: silence(world, ["add"]),
        lambda: plan_without(plan, ["add"]),
        lambda: plan_scaled(plan, "add", 2.0),
    ):
        with pytest.raises(PlanError, match=r"unknown channel 'add' .did you mean 'ads'"):
            act()
    with pytest.raises(OmnifunnelError, match=r"within 0 \.\. 7, first before last, got 3 \.\. 8"):
        outage(world, ["ads"], 3, 8)
