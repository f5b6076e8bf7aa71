"""Truth by counterfactual in a market whose answer is a formula, and what common draws are worth.

Everyone decides and can only convert; nothing is remembered beyond the period and all respond alike. In
each period channel c shows X exposures, Poisson of rate r_c, and pushes e_c X / (X + s). So

    v(S) = people * (1 - (exp(-base) * product over S of E exp(-e_c X / (X + s)))**periods)

for every set S of channels that show something, and with it every lift, synergy and Shapley value.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from worlds import document, small

from sim import Plan, Truth, World, exact_shapley, plan_scaled, plan_without, simulate, truth

BASE, SATURATION, PERIODS, PEOPLE, AGENTS = 0.02, 1.5, 5, 30_000, 3_000
REPLICATES = 12
#: Channel -> (effect on converting, exposures per period and person).
CHANNELS = {"ads": (0.30, 0.9), "feed": (0.25, 0.6), "post": (0.15, 1.2)}
MONEY = {name: rate * PEOPLE * 10.0 / 1000 for name, (_, rate) in CHANNELS.items()}


def one_stage() -> tuple[World, Plan]:
    channels: dict[str, Any] = {
        name: {
            "kind": "paid",
            "price": {"cpm": 10.0},
            "saturation": SATURATION,
            "half_life": 0.0,
            "frequency_cap": 15,
            "effect": {"convert": effect},
        }
        for name, (effect, _) in CHANNELS.items()
    }
    channels["shop"] = {"kind": "physical", "sells": {}}
    segment = document()["segments"]["all"]
    segment |= {
        "responsiveness": {"mean": 1.0, "cv": 0.0},
        "purchase_rate_per_period": {"mean": 0.0, "shape": 1.0},
        "lapse_rate_per_period": {"mean": 0.0, "shape": 1.0},
        "initial": {"deciding": 1.0},
    }
    return small(
        channels=channels,
        segments={"all": segment},
        population={"people": PEOPLE, "agents": AGENTS},
        funnel__base_rate_per_period={"convert": BASE},
        funnel__cool_rate_per_period=0.0,
        calendar={"start": "2026-01-05", "periods": PERIODS, "tail": 0},
        plan={"per_period": MONEY},
    )


def value(shown: set[str] | frozenset[str], scale: dict[str, float] | None = None) -> float:
    """v(S) in people; `scale` multiplies the rates of channels."""
    stay = math.exp(-BASE)
    x = np.arange(16)
    for name in shown:
        effect, rate = CHANNELS[name]
        chance_x = stats.poisson.pmf(x, rate * (scale or {}).get(name, 1.0))
        chance_x[-1] += 1.0 - chance_x.sum()
        stay *= float(chance_x @ np.exp(-effect * x / (x + SATURATION)))
    return PEOPLE * (1.0 - stay**PERIODS)


ALL = set(CHANNELS)


@pytest.fixture(scope="module")
def found() -> Truth:
    return truth(*one_stage(), seed=11, replicates=REPLICATES, outage_periods=0, panel=0)


def within(values: np.ndarray, theory: float, errors: float = 4.0) -> bool:
    """Whether the mean over replicates lies within so many standard errors of the theory."""
    return bool(abs(values.mean() - theory) < errors * values.std(ddof=1) / math.sqrt(len(values)))


@pytest.mark.parametrize("name", CHANNELS)
def test_lift_alone_and_shapley_are_those_of_the_formula(found: Truth, name: str) -> None:
    assert within(found.lift(name, "customers"), value(ALL) - value(ALL - {name}))
    assert within(found.alone(name, "customers"), value({name}) - value(set()))
    names = list(CHANNELS)
    game = exact_shapley(3, lambda mask: np.array([value({c for p, c in enumerate(names) if mask >> p & 1})]))
    assert within(found.shapley_value(name, "customers"), game[names.index(name), 0])
    np.testing.assert_array_equal(found.lift(name, "customers"), found.lift(name, "orders"))


@pytest.mark.parametrize("name", CHANNELS)
def test_what_is_added_first_does_not_pass_for_what_is_removed_last(found: Truth, name: str) -> None:
    assert not within(found.lift(name, "customers"), value({name}) - value(set()), errors=6.0)
    assert not within(found.alone(name, "customers"), value(ALL) - value(ALL - {name}), errors=6.0)


def test_pairs_overlap_as_the_formula_says(found: Truth) -> None:
    full = value(ALL) - value({"feed", "post"}) - value({"ads", "post"}) + value({"post"})
    nothing = value({"ads", "feed"}) - value({"ads"}) - value({"feed"}) + value(set())
    assert full < 0
    assert within(found.synergy("ads", "feed", "customers", "full"), full)
    assert within(found.synergy("ads", "feed", "customers", "nothing"), nothing)
    assert not within(found.synergy("ads", "feed", "customers", "nothing"), full, errors=6.0)


def test_the_synergy_index_is_that_of_the_formula(found: Truth) -> None:
    alone = sum(value({name}) - value(set()) for name in CHANNELS)
    index = found.synergy_index("customers")
    assert within(index.index_r, (value(ALL) - value(set())) / alone)
    assert index.index_r.max() < 1.0


def test_marginal_customers_are_those_of_the_formula(found: Truth) -> None:
    """Customers at +5 % less those at -5 %; measured money is 10 % of the channel's."""
    for name in CHANNELS:
        money = found.returns[name]
        np.testing.assert_allclose(money.billed_r, MONEY[name] * PERIODS, rtol=1e-3)
        np.testing.assert_allclose(money.step_billed_r, 0.1 * MONEY[name] * PERIODS, rtol=1e-3)
        theory = value(ALL, {name: 1.05}) - value(ALL, {name: 0.95})
        assert within(money.step_gain_rv[:, 0], theory)


def test_common_draws_make_the_error_of_a_lift_three_times_smaller() -> None:
    """Both sides truly independent: the plan under one seed, the plan without the channel under another.

    Under common draws whoever converts without the channel converts with it too, so that the lift is
    binomial in p1 - p0; under independent draws it is the difference of two binomials.
    """
    world, plan = one_stage()
    plan, runs = plan_scaled(plan, "post", 0.125), 40
    sides = {
        (name, seed): np.array(
            [simulate(world, p, seed=seed, replicate=r).orders_tjkr.sum() for r in range(runs)]
        )
        for name, p in (("plan", plan), ("less", plan_without(plan, ["post"])))
        for seed in (1, 2)
    }
    common = (sides["plan", 1] - sides["less", 1]).std(ddof=1)
    independent = (sides["plan", 1] - sides["less", 2]).std(ddof=1)
    assert independent > 3 * common
    p1, p0 = value(ALL, {"post": 0.125}) / PEOPLE, value({"ads", "feed"}) / PEOPLE
    in_theory = math.sqrt(AGENTS * (p1 - p0) * (1 - (p1 - p0)))
    # the spread of a standard deviation from 40 runs is 11 %
    assert common == pytest.approx(in_theory, rel=0.45)
    assert independent == pytest.approx(math.sqrt(AGENTS * (p1 * (1 - p1) + p0 * (1 - p0))), rel=0.45)
    found = truth(world, plan, seed=1, replicates=runs, pairs=False, shapley=0, outage_periods=0, panel=0)
    paired, apart = found.lift_errors("post", "orders")
    assert paired == pytest.approx(common * world.weight / math.sqrt(runs))
    assert apart == pytest.approx(independent * world.weight / math.sqrt(runs), rel=0.45)


def test_a_channel_without_effect_has_exactly_no_lift_under_common_draws_only() -> None:
    world, plan = small(channels__ads__effect={})
    found = truth(world, plan, seed=3, replicates=4, outage_periods=0, panel=0)
    assert found.channels == ("ads",)
    assert (found.lift("ads", "orders") == 0).all()
    assert (found.shapley_value("ads", "revenue") == 0).all()
    without = plan_without(plan, ["ads"])
    apart = [
        simulate(world, plan, seed=3, replicate=r).orders_tjkr.sum()
        - simulate(world, without, seed=4, replicate=r).orders_tjkr.sum()
        for r in range(4)
    ]
    assert any(apart)
