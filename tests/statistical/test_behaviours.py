"""Closed forms of the optional behaviours; each stands beside a wrong rule that the same test refuses.

Tolerances are 4 standard errors of the counts, so that one seed in some ten thousand would fail by chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from worlds import small

from sim import Plan, Run, simulate
from sim.market.conditions import weight
from sim.scenario.schema import Calendar
from sim.scenario.schema_behaviour import Event

LAMBDA, VALUE, AGENTS = 0.4, 50.0, 20_000
#: Everyone is a customer who never leaves and buys at rate LAMBDA at exactly VALUE, whatever channels do.
STEADY: dict[str, Any] = {
    "population": {"people": AGENTS, "agents": AGENTS},
    "calendar": {"start": "2026-01-05", "periods": 12},
    "segments__all": {
        "share": 1.0,
        "purchase_rate_per_period": {"mean": LAMBDA, "shape": 1e6},
        "lapse_rate_per_period": {"mean": 0.0},
        "order_value": {"mean": VALUE},
        "price_elasticity": -2.0,
        "initial": {"customer": 1.0},
    },
    "funnel": {},
    "channels": {"shop": {"kind": "physical", "sells": {}}},
    "plan": {},
}
SALE = {"name": "sale", "start": "2026-02-02", "end": "2026-02-08", "discount": 0.2}
SALE_WEEK = 4


def steady(**changes: Any) -> Run:
    world, plan = small(**deepcopy({**STEADY, **changes}))
    return simulate(world, plan, seed=11)


def near(count: float, expected: float) -> bool:
    """Whether a Poisson count is within 4 standard errors of what is expected."""
    return bool(abs(count - expected) <= 4 * np.sqrt(expected))


def refuses(check: Callable[[float], bool], right: float, wrong: float) -> None:
    """The check takes the right rule's expectation and not the wrong one's."""
    assert check(right)
    assert not check(wrong)


def test_demand_multiplies_orders() -> None:
    run = steady(events=[{"name": "season", "start": "2026-02-02", "end": "2026-02-08", "demand": 1.5}])
    orders_t = run.orders_tjkr.sum(axis=(1, 2, 3))
    refuses(lambda factor: near(orders_t[SALE_WEEK], AGENTS * LAMBDA * factor), 1.5, 1.0)
    assert near(orders_t[SALE_WEEK - 1], AGENTS * LAMBDA)
    assert near(orders_t[SALE_WEEK + 1], AGENTS * LAMBDA)


def test_a_discount_lifts_orders_by_elasticity_and_comes_out_of_the_margin() -> None:
    """Orders times (1 - d)^e; each pays (1 - d) v, and its goods still cost (1 - m) v."""
    run = steady(events=[SALE])
    orders = run.orders_tjkr[SALE_WEEK].sum()
    refuses(lambda power: near(orders, AGENTS * LAMBDA * 0.8**power), -2.0, 0.0)
    assert run.revenue_tjkr[SALE_WEEK].sum() == orders * VALUE * 80
    margin = run.margin_tk[SALE_WEEK].sum()
    refuses(lambda share: bool(abs(margin - orders * VALUE * 100 * share) <= orders), 0.3, 0.4)


def test_what_is_brought_forward_is_missing_later() -> None:
    """All extra orders stockpiled: the run sells as much as without the sale; none: the extra stays."""
    plain = AGENTS * LAMBDA * 12
    extra = AGENTS * LAMBDA * (0.8**-2 - 1)
    all_owed, none_owed = (
        steady(events=[SALE], promotions={"stockpile": share}).orders_tjkr.sum() for share in (1.0, 0.0)
    )
    refuses(lambda expected: near(all_owed, expected), plain, plain + extra)
    assert near(none_owed, plain + extra)
    half = steady(events=[SALE], promotions={"stockpile": 0.5}).orders_tjkr.sum()
    assert near(half, plain + extra / 2)


def test_satisfaction_closes_in_on_service() -> None:
    """After n orders q = s + (q0 - s)(1 - a)^n: with q0 = 0.5, s = 0.9, a = 0.5, n orders are Poisson."""
    run = steady(
        experience={"start": 0.5, "learning": 0.5},
        channels={"shop": {"kind": "physical", "sells": {"service": 0.9}}},
    )
    mean = LAMBDA * 12

    def expected(learning: float) -> np.ndarray:
        n = np.arange(60)
        chance_n = np.exp(-mean + n * np.log(mean) - np.cumsum(np.log(np.maximum(n, 1))))
        answer_n = np.floor((0.9 - 0.4 * (1 - learning) ** n) * 10 + 0.5).astype(int)
        return np.bincount(answer_n, weights=chance_n, minlength=11) * AGENTS

    def fits(learning: float) -> bool:
        wanted = expected(learning)
        return bool((np.abs(run.answers_ka[0] - wanted) <= 4 * np.sqrt(np.maximum(wanted, 1))).all())

    refuses(fits, 0.5, 0.4)


def test_fatigue_lowers_satisfaction_by_what_is_too_much() -> None:
    """14 exposures a week, nearly certain, 10 tolerated, 0.01 each beyond: 0.04 a week, for 5 weeks."""
    run = steady(
        calendar={"start": "2026-01-05", "periods": 5},
        segments__all__purchase_rate_per_period={"mean": 0.0},
        experience={"tolerance": 10, "fatigue": 0.01, "start": 0.72},
        channels={
            "shop": {"kind": "physical", "sells": {}},
            "loud": {"kind": "owned", "organic": 15.0, "frequency_cap": 5},
            "louder": {"kind": "owned", "organic": 15.0, "frequency_cap": 9},
        },
    )
    answers_a = run.answers_ka[0] / AGENTS
    mean = (answers_a * np.arange(11)).sum() / 10
    refuses(lambda weekly: abs(mean - (0.72 - 5 * weekly)) < 0.03, 0.04, 0.14)


def test_each_order_resolves_an_identity_by_its_chance() -> None:
    """P(known after T) = 1 - exp(-lambda e T): thinning of the Poisson orders."""
    run = steady(
        identity={"match_rate": 0.0}, channels={"shop": {"kind": "physical", "sells": {"enrol": 0.3}}}
    )
    known_t = run.enrolled_tks.sum(axis=(1, 2)).cumsum()
    refuses(lambda e: near(known_t[-1], AGENTS * (1 - np.exp(-LAMBDA * e * 12))), 0.3, 0.25)


@pytest.mark.parametrize(("shared", "lost"), [(0.0, 0.5), (1.0, 0.0)])
def test_a_shop_sells_what_it_can_and_shared_stock_saves_the_rest(shared: float, lost: float) -> None:
    """Half of the orders want each shop; one can serve half of them. The first week nothing is known yet."""
    run = steady(
        channels={
            "shop": {"kind": "physical", "sells": {"capacity": AGENTS * LAMBDA / 4}},
            "other": {"kind": "owned", "sells": {}},
        },
        stock={"shared": shared},
    )
    wanted = AGENTS * LAMBDA / 2
    shop = run.world.sell_channels.index("shop")
    assert near(run.orders_tjkr[0, shop].sum(), wanted)
    served_t = run.orders_tjkr[1:, shop].sum(axis=(1, 2))
    assert near(served_t.sum(), 11 * wanted / 2)
    assert near(run.lost_orders_tk[1:].sum(), 11 * wanted * lost) if lost else not run.lost_orders_tk.any()


def test_an_asset_is_built_by_money_and_decays() -> None:
    """A pulse of spend adds gain * money from the next period on and halves with the half-life, exactly."""
    world, _ = small(
        channels__seo={"kind": "owned", "asset": {"gain": 4.0, "half_life": 2.0}}, plan={"per_period": {}}
    )
    spend_tc = np.zeros((world.periods, len(world.channels)))
    c = world.channels.index("seo")
    spend_tc[1, c] = 3_000.0
    run = simulate(world, Plan(world.channels, spend_tc), seed=1)
    t = np.arange(2, world.total_periods)
    np.testing.assert_allclose(run.rate_tck[2:, c, 0], 3.0 * 4.0 / 1000 * 0.5 ** ((t - 2) / 2.0), rtol=1e-12)
    assert not run.rate_tck[:2, c].any()
    assert run.billed_tc[1, c] == 300_000
    assert run.exposures_tcks[2:, c].sum() > 0


def test_people_are_told_by_those_they_mix_with() -> None:
    """Segment a is all advocates and tells only itself: nobody of b hears; told alike, both hear as much."""
    people = {**STEADY["segments__all"], "share": 0.5}
    told: dict[str, Any] = {
        **{key: value for key, value in STEADY.items() if key not in ("segments__all", "channels")},
        "segments": {"a": {**people, "initial": {"advocate": 1.0}}, "b": {**people, "initial": {}}},
        "channels": {
            "shop": {"kind": "physical", "sells": {}},
            "word": {"kind": "earned", "contacts_per_advocate": 2.0},
        },
    }
    apart = simulate(*small(**told, mixing={"a": {"a": 1.0}, "b": {"b": 1.0}}), seed=2)
    alike = simulate(*small(**told), seed=2)
    c = apart.world.channels.index("word")
    assert apart.rate_tck[0, c].tolist() == [2.0, 0.0]
    assert alike.rate_tck[0, c].tolist() == [1.0, 1.0]


def test_a_coupon_is_claimed_by_a_click_and_pays_once() -> None:
    """With every person shown and clicking each week, each week's first order is at the coupon's price."""
    run = steady(
        channels={
            "shop": {"kind": "physical", "sells": {}},
            "app": {"kind": "owned", "organic": 15.0, "ctr": 1.0, "coupon": {"discount": 0.5}},
        }
    )
    rate = LAMBDA * 0.5**-2.0
    first = AGENTS * 12 * (1 - np.exp(-rate))
    orders, revenue = run.orders_tjkr.sum(), run.revenue_tjkr.sum() / 100
    assert near(orders, AGENTS * 12 * rate)
    refuses(
        lambda cheap: abs((orders - revenue / VALUE) / 0.5 - cheap) <= 4 * np.sqrt(cheap),
        first,
        float(orders),
    )


def test_a_new_customer_costs_the_reward_of_the_last_touch() -> None:
    """Margin falls by the reward for each conversion that met the channel, and for no other."""
    changes = {"channels__ads__reward_per_customer": 7.0}
    paid, free = simulate(*small(**changes), seed=9), simulate(*small(), seed=9)
    c = paid.world.channels.index("ads")
    converted = paid.flows_tksdr[:, :, 3, 0].sum() - paid.lost_orders_tk.sum()
    unmet = free.acquired_ock[1, -1].sum()
    assert paid.rewards_tc[:, c].sum() == 700 * round(paid.rewards_tc[:, c].sum() / 700)
    assert free.margin_tk.sum() - paid.margin_tk.sum() == paid.rewards_tc.sum() > 0
    assert paid.rewards_tc.sum() / 700 <= converted - unmet


def test_an_event_counts_by_its_days_and_fades() -> None:
    calendar = Calendar(start=dt.date(2026, 1, 5), periods=6)
    event = Event(name="x", start=dt.date(2026, 1, 14), end=dt.date(2026, 1, 27), demand=2.0, fade=1.0)
    np.testing.assert_allclose(weight(event, calendar), [0, 5 / 7, 1, 2 / 7, 0.5, 0.25])


def test_a_creative_wears_out_and_is_replaced() -> None:
    world, _ = small(channels__ads__creative={"refresh": 3, "wear": 0.2})
    c = world.channels.index("ads")
    fresh_t = [1.0, 0.8, 0.64, 1.0, 0.8, 0.64, 1.0, 0.8]
    np.testing.assert_allclose(world.conditions.effect_tc[:, c], fresh_t)
    np.testing.assert_allclose(world.conditions.ctr_tc[:, c], fresh_t)


def test_personal_channels_click_more_with_people_they_know() -> None:
    """P(click | reached) = (1 - exp(-rate ctr)) / (1 - exp(-rate)) for Poisson exposures: ctr 0.1, or 0.3."""
    changes = {"channels__ads__personal": {"ctr": 3.0}, "channels__ads__half_life": 0.0}
    for match_rate, ctr, wrong in ((1.0, 0.3, 0.1), (0.0, 0.1, 0.3)):
        world, plan = small(identity={"match_rate": match_rate}, **changes)
        run = simulate(world, plan, seed=13)
        c = world.channels.index("ads")
        rate_t, reached_t = run.rate_tck[:6, c, 0], run.reached_tck[:6, c, 0]

        def fits(chance: float, rate_t: Any = rate_t, reached_t: Any = reached_t, run: Run = run) -> bool:
            expected = (reached_t * np.expm1(-rate_t * chance) / np.expm1(-rate_t)).sum()
            return near(float(run.clicks_tck[:6, run.world.channels.index("ads")].sum()), expected)

        refuses(fits, ctr, wrong)


def test_personal_channels_push_harder_with_people_they_know() -> None:
    """Nothing is remembered and strength is as good as linear: twice the effect is twice the push."""
    push: dict[str, Any] = {
        "funnel": {},
        "channels__ads": {
            "kind": "owned", "organic": 15.0, "frequency_cap": 4, "half_life": 0.0, "saturation": 4e3,
            "effect": {"discover": 20.0}, "personal": {"effect": 2.0},
        },
        "plan": {},
        "segments__all__responsiveness": {"mean": 1.0},
        "calendar": {"start": "2026-01-05", "periods": 5},
        "population": {"people": AGENTS, "agents": AGENTS},
    }  # fmt: skip
    for match_rate, factor, wrong in ((1.0, 2.0, 1.0), (0.0, 1.0, 2.0)):
        run = simulate(*small(identity={"match_rate": match_rate}, **push), seed=14)
        left = run.occupancy_tks[-1][0, 0]
        rate = 20.0 * 4 / (4 + 4e3)
        refuses(lambda f, left=left, rate=rate: near(left, AGENTS * np.exp(-5 * rate * f)), factor, wrong)
