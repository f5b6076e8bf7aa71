"""Retention and residual value against theory and against a longer run, each beside a wrong rule that fails.

symbol   meaning                                                         shape
S_a      share who never lapsed up to the end of age a                   (T,)
z        distance from the theory in standard errors; 4 is accepted, 6 is not
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from checks import ACCEPTED, CERTAIN, NOTHING, REJECTED, SHOP, constant
from worlds import small

from sim import Plan, free_pushers, simulate
from sim.measure.customers.cohorts import GROUPINGS
from sim.measure.customers.customers import CustomerLog, replay_customers
from sim.measure.customers.residual import residual_values, table_mean
from sim.measure.customers.retention import Retention, retention

AGENTS = 20_000
AGES = np.arange(13)


@functools.cache
def customers(tail: int, *changes: tuple[str, Any]) -> CustomerLog:
    """Everyone becomes a customer in the first period and lives on without any channel."""
    common = {
        **NOTHING,
        "channels": SHOP,
        "population": {"people": AGENTS, "agents": AGENTS},
        "calendar": {"start": "2026-01-05", "periods": 1, "tail": tail},
        "segments__all__initial": {"deciding": 1.0},
    }
    settings = {name: dict(value) if isinstance(value, tuple) else value for name, value in changes}
    rates = {"convert": CERTAIN, **settings.pop("rates", {})}
    world, _ = small(**{**common, "funnel__base_rate_per_period": rates, **settings})
    run = simulate(world, Plan.zero(world.channels, world.periods), seed=23)
    return replay_customers(run)


def frozen(**values: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((n, tuple(v.items()) if isinstance(v, dict) else v) for n, v in values.items())


def stay_of(lapse: dict[str, float]) -> Retention:
    found = customers(12, *frozen(segments__all__lapse_rate_per_period=lapse))
    return retention(found, GROUPINGS["all"](found))


def distance(stay: Retention, theory_a: np.ndarray) -> float:
    error_a = np.sqrt(theory_a * (1 - theory_a) / AGENTS)
    return float(np.abs((stay.survival_ga[0] - theory_a)[1:] / error_a[1:]).max())


def test_a_constant_lapse_rate_gives_geometric_survival() -> None:
    stay, rate = stay_of(constant(0.1)), 0.1
    assert distance(stay, np.exp(-rate * AGES)) < ACCEPTED
    assert distance(stay, (1 - rate) ** AGES) > REJECTED, "a rate is not a chance"
    retained = stay.retention_ga[0, 1:]
    assert retained == pytest.approx(np.exp(-rate), abs=0.012)
    assert stay.churn_g[0] == pytest.approx(1 - np.exp(-rate), abs=0.002)


def test_differences_between_customers_make_retention_rise() -> None:
    """Gamma lapse rates: S_a = (beta / (beta + a))**s although nobody changes (FACTS B.23)."""
    mean, shape = 0.15, 0.8
    stay, beta = stay_of({"mean": mean, "shape": shape}), shape / mean
    assert distance(stay, (beta / (beta + AGES)) ** shape) < ACCEPTED
    assert distance(stay, np.exp(-mean * AGES)) > REJECTED, "the mean rate understates who is left"
    retained = stay.retention_ga[0]
    assert retained[9:].mean() - retained[1:4].mean() > 0.03
    alike = stay_of(constant(mean)).retention_ga[0]
    assert abs(alike[9:].mean() - alike[1:4].mean()) < 0.015


# --- residual value against a run with a longer tail

LIFE = frozen(
    rates={"bond": 0.10, "advocate": 0.08, "win_back": 0.05},
    funnel__loyal={"purchase": 1.7, "lapse": 0.4},
    funnel__advocate={"purchase": 1.4, "lapse": 0.3},
    segments__all__purchase_rate_per_period={"mean": 0.3, "shape": 1.0},
    segments__all__lapse_rate_per_period={"mean": 0.2, "shape": 0.7},
    value={"gross_margin": 0.5, "discount_rate_per_year": 0.6},
)
TAIL, LATER = 7, 40


def residual_distance(now: CustomerLog) -> float:
    """z of what the same customers brought in LATER more periods against what was expected of them."""
    expected_n = residual_values(now, periods=LATER)
    assert expected_n is not None
    longer, end = customers(TAIL + LATER, *LIFE), now.world.total_periods
    np.testing.assert_array_equal(longer.stage_at(end - 1), now.stage_n)
    late = longer.period_o >= end
    factor_o = longer.world.discount_t[longer.period_o[late] - end]
    brought_n = np.bincount(
        longer.owner_o[late], weights=longer.margin_o[late] * factor_o, minlength=len(longer)
    )
    gap_n = brought_n - expected_n
    return abs(float(gap_n.mean() / (gap_n.std() / np.sqrt(len(gap_n)))))


def test_the_residual_is_what_a_longer_run_brings() -> None:
    now = customers(TAIL, *LIFE)
    assert {*now.stage_n.tolist()} == {4, 5, 6, 7}
    assert residual_distance(now) < ACCEPTED


@pytest.mark.parametrize("wrong", ["mean lapse rate", "all plain", "nobody comes back", "no discount"])
def test_a_wrong_residual_is_rejected(wrong: str) -> None:
    now = customers(TAIL, *LIFE)
    world = now.world
    base_ks = world.base_ks.copy()
    base_ks[:, 7] = 0.0
    one = np.ones(8, dtype=np.float32)
    changed = {
        "mean lapse rate": replace(now, lapse_rate_n=np.full_like(now.lapse_rate_n, now.lapse_rate_n.mean())),
        "all plain": replace(now, world=replace(world, lapse_factor_s=one, purchase_factor_s=one)),
        "nobody comes back": replace(now, world=replace(world, base_ks=base_ks)),
        "no discount": replace(now, world=replace(world, discount_t=np.ones_like(world.discount_t))),
    }
    assert residual_distance(changed[wrong]) > REJECTED


def test_all_periods_are_the_limit_of_many() -> None:
    now = customers(TAIL, *LIFE)
    now = now.only(np.arange(len(now)) < 500)
    forever, many = residual_values(now), residual_values(now, periods=3_000)
    assert forever is not None
    np.testing.assert_allclose(forever, many, rtol=1e-9)
    free = replace(now.world, discount_t=np.ones_like(now.world.discount_t))
    assert residual_values(replace(now, world=free)) is None


def test_a_customer_who_is_alike_for_ever_has_the_textbook_value() -> None:
    """Constant rates, one stage: worth = m (1 - q) / (1 - delta (1 - q)) (FACTS C 4, margin after q)."""
    life = frozen(
        segments__all__purchase_rate_per_period=constant(0.3),
        segments__all__lapse_rate_per_period=constant(0.1),
        segments__all__order_value={"mean": 50.0, "cv_between": 0.0, "cv_within": 0.0},
    )
    now = customers(3, *life)
    worth = residual_values(now)
    assert worth is not None
    active = now.stage_n == 4
    stays, delta = np.exp(-0.1), now.world.discount_t[1]
    theory = 0.3 * 2_500 * stays / (1 - delta * stays)
    assert worth[active].mean() == pytest.approx(theory, rel=1e-3)
    assert worth[active] == pytest.approx(theory, rel=2e-2)
    assert (worth[~active] == 0).all()


def test_the_mean_of_a_table_is_that_of_its_distribution() -> None:
    from sim.market.quantiles import gamma, lognormal

    assert table_mean(lognormal(180.0, 0.5)) == pytest.approx(180.0, rel=2e-4)
    assert table_mean(gamma(0.06, 1.0)) == pytest.approx(0.06, rel=2e-4)
    assert table_mean(lognormal(3.0, 0.0)) == pytest.approx(3.0)


def test_channels_that_go_on_for_free_are_named() -> None:
    free = {"kind": "owned", "organic": 0.2}
    world, _ = small(
        channels={
            "club": {**free, "effect": {"retain": 0.5}},
            "sign": {**free, "effect": {"discover": 0.5}},
            "ads": {"kind": "paid", "price": {"cpm": 10.0}, "effect": {"repeat": 0.5}},
            "shop": {"kind": "physical", "sells": {}},
        },
        plan={},
    )
    assert free_pushers(world) == ("club",)
