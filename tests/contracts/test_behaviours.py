"""Optional behaviours: both engines and the replay agree, and what is counted is what happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from worlds import small

from sim import Event, Plan, Run, World, relive, replay, simulate
from sim.market.vocabulary import Stage

#: What a run counts of optional behaviours.
COUNTED = (
    "withheld_tc", "wanted_tj", "short_tj", "enrolled_tks", "points_tkr", "rewards_tc", "answers_ka",
)  # fmt: skip
#: Every behaviour at once, strong enough that each of them is met by some consumers.
EVERYTHING: dict[str, Any] = {
    "calendar": {"start": "2026-01-05", "periods": 8, "tail": 2},
    "identity": {"match_rate": 0.4, "cross_channel_cap": 2},
    "segments__all__price_elasticity": -2.0,
    "segments__all__initial": {"customer": 0.3},
    "channels__ads__personal": {"ctr": 2.0, "effect": 1.5, "service": 1.2},
    "channels__ads__creative": {"refresh": 3, "wear": 0.3},
    "channels__ads__coupon": {"discount": 0.2, "valid": 2},
    "channels__ads__reward_per_customer": 4.0,
    "channels__ads__sells": {"capacity": 300.0, "service": 0.3, "enrol": 0.2},
    "channels__shop__sells": {"capacity": 500.0, "service": 0.9, "enrol": 0.5},
    "channels__seo": {
        "kind": "owned",
        "asset": {"gain": 50.0, "half_life": 4.0, "initial": 20.0},
        "effect": {"discover": 0.5},
    },
    "events": [
        {"name": "sale", "start": "2026-01-19", "end": "2026-01-28", "discount": 0.3, "channels": ["shop"]},
        {"name": "season", "start": "2026-02-02", "end": "2026-02-08", "demand": 2.0, "fade": 1.0},
    ],
    "promotions": {"stockpile": 0.6},
    "experience": {"tolerance": 2, "fatigue": 0.05, "recovery": 0.1, "delight": 2.0, "dissatisfaction": 2.0},
    "consistency": {"level": 0.5, "penalty": 0.2},
    "loyalty": {
        "earn": 0.1, "redeem_at": 12.0, "pull": 0.5, "tier": {"spend": 120.0, "purchase": 1.5, "lapse": 0.5},
    },
    "stock": {"shared": 0.5},
    "plan": {"per_period": {"ads": 900.0, "seo": 50.0}},
}  # fmt: skip


def everything(**changes: Any) -> tuple[World, Plan]:
    return small(**{**EVERYTHING, **changes})


def assert_equal(one: Run, other: Run) -> None:
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name], err_msg=name)


def test_engines_threads_and_replay_agree_with_everything_on() -> None:
    world, plan = everything()
    run = simulate(world, plan, seed=3)
    assert_equal(run, simulate(world, plan, seed=3, engine="mesa"))
    assert_equal(run, simulate(world, plan, seed=3, threads=2))
    for name, array in relive(run)._asdict().items():
        np.testing.assert_array_equal(array, getattr(run, name), err_msg=name)
    for name in COUNTED:
        assert getattr(run, name).any(), f"{name} counted nothing: the world does not meet the behaviour"


@pytest.mark.parametrize(
    "change",
    [
        {"promotions": {"stockpile": 0.0}},
        {"experience__fatigue": 0.0},
        {"loyalty__pull": 0.0},
        {"stock": {"shared": 0.0}},
        {"channels__ads__coupon": {"discount": 0.21, "valid": 2}},
        {"identity": {"match_rate": 0.4, "cross_channel_cap": 3}},
        {"channels__shop__sells": {"capacity": 500.0, "service": 0.9, "enrol": 0.0}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_behaviour_changes_the_run(change: dict[str, Any]) -> None:
    """An engine that skipped one of them would be caught by the equality above."""
    doc = {**EVERYTHING, **change}
    assert (
        simulate(*small(**EVERYTHING), seed=3).fingerprint() != simulate(*small(**doc), seed=3).fingerprint()
    )


def test_counts_explain_each_other() -> None:
    world, plan = everything()
    run = simulate(world, plan, seed=4)
    assert (run.occupancy_tks.sum(axis=(1, 2)) == world.agents).all()
    offered_tc = np.floor(plan.spend_tc * world.minor + 0.5)
    np.testing.assert_array_equal(
        run.billed_tc[: world.periods] + run.unspent_tc[: world.periods], offered_tc
    )
    assert run.answers_ka.sum() == run.occupancy_tks[-1][:, Stage.CUSTOMER : Stage.LAPSED].sum()
    log = replay(run)
    rows = log.rows(Event.ORDER)
    assert log.value_e[rows].sum() == run.revenue_tjkr.sum()
    assert log.margin_e[rows].sum() == run.margin_tk.sum()
    assert run.wanted_tj.sum() == run.orders_tjkr.sum() + run.lost_orders_tk.sum()


def test_nobody_known_is_shown_more_than_the_cap() -> None:
    world, plan = everything(channels__shop__sells={}, channels__ads__sells=None, channels__more={
        "kind": "paid", "price": {"cpm": 5.0}, "effect": {},
    }, plan={"per_period": {"ads": 900.0, "more": 900.0}}, channels__seo={"kind": "owned"},
        channels__ads__coupon=None)  # fmt: skip
    run = simulate(world, plan, seed=5)
    log = replay(run)
    touch = log.rows(Event.TOUCH)
    capped = np.isin(log.channel_e[touch], [world.channels.index(name) for name in ("ads", "more")])
    who, when = log.person_e[touch][capped], log.period_e[touch][capped]
    shown = np.zeros((len(log), world.total_periods), dtype=np.int64)
    np.add.at(shown, (who, when), log.number_e[touch][capped])
    assert shown[log.resolved_i].max() == 2
    assert shown[~log.resolved_i].max() > 2
    # impressions held back are not paid for: the bill shrinks in their proportion
    free = simulate(*_without_cap(world, plan), seed=5)
    c = world.channels.index("more")
    sent, held = run.exposures_tcks[0, c].sum(), run.withheld_tc[0, c]
    assert run.billed_tc[0, c] == np.floor(free.billed_tc[0, c] * (1 - held / (sent + held)) + 0.5)


def _without_cap(world: World, plan: Plan) -> tuple[World, Plan]:
    from dataclasses import replace

    return replace(world, behaviours=replace(world.behaviours, contact_cap=0)), plan


def test_points_given_are_held_or_redeemed() -> None:
    """Nobody redeems more than was given; where nothing is redeemed, points are earn * paid."""
    world, plan = everything(loyalty={"earn": 0.1, "redeem_at": 1e6, "pull": 0.0})
    run = simulate(world, plan, seed=6)
    given, redeemed = run.points_tkr.sum(axis=(0, 1))
    orders = run.orders_tjkr.sum()
    assert redeemed == 0
    assert 0.1 * run.revenue_tjkr.sum() - orders <= given <= 0.1 * run.revenue_tjkr.sum()
    busy = simulate(*everything(), seed=6)
    assert 0 < busy.points_tkr[..., 1].sum() <= busy.points_tkr[..., 0].sum()


def test_a_plain_scenario_has_none_of_it() -> None:
    run = simulate(*small(), seed=7)
    for name in COUNTED:
        assert not getattr(run, name).any()
