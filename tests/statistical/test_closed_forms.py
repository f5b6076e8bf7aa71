"""Closed forms the engine must meet, each with a wrong rule that the same check must reject.

A check is a z-score: (estimate - theory) / standard error of the estimate under the theory.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats
from worlds import small

from sim import Run, Stage, simulate

AGENTS = 100_000
PERIODS = 6
NOTHING = {
    "funnel__base_rate_per_period": {},
    "funnel__cool_rate_per_period": 0.0,
    "population": {"people": AGENTS, "agents": AGENTS},
    "calendar": {"start": "2026-01-05", "periods": PERIODS, "tail": 0},
    "plan": {},
    "segments__all__responsiveness": {"mean": 1.0, "cv": 0.0},
    "segments__all__purchase_rate_per_period": {"mean": 0.0},
    "segments__all__lapse_rate_per_period": {"mean": 0.0},
}
ACCEPTED = 4.0
REJECTED = 6.0


def z_share(count: float, p: float) -> float:
    return (count / AGENTS - p) / math.sqrt(p * (1 - p) / AGENTS)


def run_with(**changes: object) -> Run:
    world, plan = small(**{**NOTHING, **changes})
    return simulate(world, plan, seed=11)


def ads(**fields: object) -> dict[str, object]:
    return {
        "ads": {"kind": "owned", "half_life": 0.0, "saturation": 1.0, **fields},
        "shop": {"kind": "physical", "sells": {}},
    }


def test_discovery_without_channels_is_geometric() -> None:
    run = run_with(funnel__base_rate_per_period={"discover": 0.07})
    left = run.occupancy_tks[-1, 0, Stage.UNAWARE]
    assert abs(z_share(left, math.exp(-0.07 * PERIODS))) < ACCEPTED
    assert abs(z_share(left, (1 - 0.07) ** PERIODS)) > REJECTED, "a rate taken for a probability must fail"


def test_discovery_through_one_channel_without_memory() -> None:
    organic, effect, cv = 0.8, 0.3, 0.9
    run = run_with(
        channels=ads(organic=organic, effect={"discover": effect}),
        segments__all__responsiveness={"mean": 1.0, "cv": cv},
    )
    x = np.arange(16)
    p_x = np.append(stats.poisson.pmf(x[:-1], organic), stats.poisson.sf(14, organic))
    sigma = math.sqrt(math.log1p(cv * cv))

    def unaware(normal: float) -> float:
        theta = math.exp(sigma * normal - sigma * sigma / 2)
        stays = float((p_x * np.exp(-theta * effect * x / (x + 1))).sum())
        return stays**PERIODS * stats.norm.pdf(normal)

    theory = integrate.quad(unaware, -8, 8)[0]
    left = run.occupancy_tks[-1, 0, Stage.UNAWARE]
    assert abs(z_share(left, theory)) < ACCEPTED
    alike = float((p_x * np.exp(-effect * x / (x + 1))).sum()) ** PERIODS
    assert abs(z_share(left, alike)) > REJECTED, "people all alike must fail"


def test_reach_is_poisson_and_two_channels_overlap_independently() -> None:
    rate, reach = 0.35, 0.6
    run = run_with(channels={**ads(organic=rate, reach=reach), "more": {"kind": "owned", "organic": 0.2}})
    c = run.world.channels.index("ads")
    p = reach * (1 - math.exp(-rate))
    assert abs(z_share(run.reached_tck[0, c, 0], p)) < ACCEPTED
    ever = reach * (1 - math.exp(-rate * PERIODS))
    assert abs(z_share(run.ever_reached_ck[c, 0], ever)) < ACCEPTED
    assert abs(z_share(run.ever_reached_ck[c, 0], 1 - (1 - p) ** PERIODS)) > REJECTED, (
        "redrawn platforms must fail"
    )
    exposures = run.exposures_tcks[:, c].sum()
    mean = reach * rate * PERIODS
    assert abs(exposures / AGENTS - mean) < ACCEPTED * math.sqrt((mean + mean * rate * PERIODS) / AGENTS)


def test_clicks_are_one_minus_no_click() -> None:
    run = run_with(channels=ads(organic=1.5, ctr=0.2))
    c = run.world.channels.index("ads")
    p = 1 - math.exp(-1.5 * 0.2)
    assert abs(z_share(run.clicks_tck[0, c, 0], p)) < ACCEPTED
    assert abs(z_share(run.clicks_tck[0, c, 0], 0.2 * (1 - math.exp(-1.5)))) > REJECTED


def customers(**changes: object) -> Run:
    return run_with(segments__all__initial={"customer": 1.0}, **changes)


def test_orders_of_gamma_poisson_buyers_are_negative_binomial() -> None:
    mean, shape = 0.15, 0.8
    run = customers(segments__all__purchase_rate_per_period={"mean": mean, "shape": shape})
    orders = run.orders_tjkr.sum()
    expected = mean * PERIODS
    error = math.sqrt((expected + expected**2 / shape) / AGENTS)
    assert abs(orders / AGENTS - expected) < ACCEPTED * error
    per_period = run.orders_tjkr[:, 0, 0, 1]
    assert abs(per_period[0] / AGENTS - mean) < ACCEPTED * math.sqrt((mean + mean**2 / shape) / AGENTS)


def test_retention_rises_by_sorting() -> None:
    mean, shape = 0.2, 0.7
    run = customers(segments__all__lapse_rate_per_period={"mean": mean, "shape": shape})
    alive_t = run.occupancy_tks[:, 0, Stage.CUSTOMER]
    for t in range(1, PERIODS + 1):
        assert abs(z_share(alive_t[t], (1 + mean * t / shape) ** -shape)) < ACCEPTED
    assert abs(z_share(alive_t[-1], math.exp(-mean * PERIODS))) > REJECTED, "one lapse rate for all must fail"
    retention = alive_t[1:] / alive_t[:-1]
    assert (np.diff(retention) > 0).all()


def test_lifetime_value_of_customers_who_lapse_at_one_rate() -> None:
    """Sum of margin * (survival * discount)**t, first order included (FACTS C, contractual form)."""
    lapse, buy, value, periods = 0.3, 0.5, 40.0, 30
    run = run_with(
        calendar={"start": "2026-01-05", "periods": 1, "tail": periods},
        segments__all__initial={"deciding": 1.0},
        segments__all__lapse_rate_per_period={"mean": lapse, "shape": 1e6},
        segments__all__purchase_rate_per_period={"mean": buy, "shape": 1e6},
        segments__all__order_value={"mean": value},
        funnel__base_rate_per_period={"convert": 20.0},
        value={"gross_margin": 0.5, "discount_rate_per_year": 2.0},
    )
    keep = math.exp(-lapse) * math.exp(-math.log(3.0) * 7 / 365.25)
    theory = 0.5 * value * (1 + buy * sum(keep**t for t in range(1, periods + 1)))
    acquired = run.acquired_ock[1].sum()
    assert acquired == AGENTS
    ltv = run.cohort_value_ock[1].sum() / run.world.minor / acquired
    spread = 0.5 * value * math.sqrt(buy / (1 - keep**2) + buy**2 * keep / (1 - keep) ** 2)
    assert abs(ltv - theory) < ACCEPTED * spread / math.sqrt(AGENTS)
    undiscounted = 0.5 * value * (1 + buy * sum(math.exp(-lapse * t) for t in range(1, periods + 1)))
    assert abs(ltv - undiscounted) > REJECTED * spread / math.sqrt(AGENTS)


def test_order_values_are_lognormal_with_the_stated_mean() -> None:
    run = customers(
        segments__all__purchase_rate_per_period={"mean": 1.0, "shape": 1e6},
        segments__all__order_value={"mean": 80.0, "cv_between": 0.6, "cv_within": 0.4},
    )
    orders = run.orders_tjkr.sum()
    mean = run.revenue_tjkr.sum() / run.world.minor / orders
    error = 80.0 * math.sqrt((0.6**2 * (1 + 1 / PERIODS) + 0.4**2 * 1.36 / PERIODS) / AGENTS)
    assert abs(mean - 80.0) < ACCEPTED * error


def test_word_of_mouth_meets_people_at_the_rate_of_tellers() -> None:
    """Contacts * advocates / population, Poisson; discovery follows at effect 1 a told person."""
    contacts, start = 1.2, 0.02
    told_only_once = {"half_life": 0.0, "saturation": 1e-6, "effect": {"discover": 1.0}}
    run = run_with(
        channels={
            "word": {"kind": "earned", "contacts_per_advocate": contacts, **told_only_once},
            "shop": {"kind": "physical", "sells": {}},
        },
        segments__all__initial={"advocate": start},
    )
    told = contacts * run.occupancy_tks[0, 0, Stage.ADVOCATE] / AGENTS
    p = (1 - math.exp(-told)) * (1 - math.exp(-1.0))
    first = run.flows_tksdr[0, 0, Stage.UNAWARE, 0].sum()
    assert abs(z_share(first, (1 - start) * p)) < ACCEPTED
    assert abs(z_share(first, (1 - start) * told)) > REJECTED, "being told taken for discovering must fail"


@pytest.mark.parametrize("match", [0.0, 0.3, 1.0])
def test_who_can_see_a_channel(match: float) -> None:
    seen = {"kind": "owned", "organic": 20.0, "stages": ["customer"]}
    run = run_with(
        channels={
            "profile": {**seen, "targeting": "profile"},
            "identified": {**seen, "targeting": "identified"},
            "intent": {**seen, "targeting": "intent"},
            "shop": {"kind": "physical", "sells": {}},
        },
        identity={"match_rate": match},
        segments__all__initial={"customer": 0.5},
    )
    share = dict(zip(run.world.channels, run.reached_tck[0].sum(axis=1) / AGENTS, strict=True))
    wanted = {"intent": 0.5, "identified": 0.5 * match, "profile": 1 - match + 0.5 * match}
    for name, p in wanted.items():
        assert share[name] == pytest.approx(p, abs=4 * math.sqrt(max(p * (1 - p), 1e-9) / AGENTS))


def test_memory_decays_as_impulse_response() -> None:
    """One burst of exposures, then discovery at theta * effect * m with m from retain**t."""
    effect, half_life, saturation = 0.2, 2.0, 1.5
    channels = ads(half_life=half_life, saturation=saturation, effect={"discover": effect}, frequency_cap=1)
    channels["ads"] = {**channels["ads"], "kind": "paid", "price": {"cpm": 1.0}}  # type: ignore[dict-item]
    world, plan = small(**{**NOTHING, "channels": channels})
    spend_tc = np.zeros_like(plan.spend_tc)
    spend_tc[0, world.channels.index("ads")] = 1e9
    run = simulate(world, type(plan)(plan.channels, spend_tc), seed=3)
    retain = 0.5 ** (1 / half_life)
    survive = 1.0
    for t in range(PERIODS):
        memory = retain**t
        survive *= math.exp(-effect * memory / (memory + saturation))
        assert abs(z_share(run.occupancy_tks[t + 1, 0, Stage.UNAWARE], survive)) < ACCEPTED
    assert (
        abs(z_share(run.occupancy_tks[-1, 0, Stage.UNAWARE], math.exp(-effect / (1 + saturation) * PERIODS)))
        > REJECTED
    )
