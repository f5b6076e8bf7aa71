"""The pace of repeat orders: 0 on average where people are alike, near it with any media, always finite."""

import numpy as np
import pytest
from worlds import small

from sim import Plan, compile_world, load, repeat_pace, simulate

#: Traits that hardly differ between people.
ALIKE = {
    "segments__all__responsiveness": {"mean": 1.0, "cv": 0.0},
    "segments__all__purchase_rate_per_period": {"mean": 0.2, "shape": 1e4},
    "segments__all__lapse_rate_per_period": {"mean": 0.05, "shape": 1e4},
}


@pytest.mark.parametrize("seed", range(3))
def test_where_people_are_alike_and_nothing_is_advertised_the_pace_is_chance_alone(seed):
    """A count of n has a relative standard error of 1 / sqrt(n)."""
    market, plan = small(calendar__periods=40, population__agents=20_000, **ALIKE)
    run = simulate(market, Plan.zero(plan.channels, plan.periods), seed=seed)
    count = run.orders_tjkr[..., 1].sum()
    assert count > 5_000
    assert abs(repeat_pace(run)) < 4.0 / np.sqrt(count)


@pytest.mark.parametrize("money", [50.0, 500.0, 2_000.0])
def test_media_are_taken_out_of_the_pace(money):
    """A channel lifts repeat orders per customer by up to 40 %; at most a third of that is left."""
    ads = {"kind": "paid", "price": {"cpm": 10.0}, "reach": 0.9, "effect": {"engage": 0.3, "repeat": 0.5}}
    market, plan = small(
        calendar__periods=40, population__agents=20_000, channels__ads=ads, plan__per_period={"ads": money}
    )
    some = simulate(market, plan, seed=1)
    none = simulate(market, Plan.zero(plan.channels, plan.periods), seed=1)

    def orders_per_customer(run):
        held_s = run.occupancy_tks[:-1].sum(axis=(0, 1))
        return run.orders_tjkr[..., 1].sum() / (held_s @ market.purchase_factor_s)

    lifted = np.log(orders_per_customer(some) / orders_per_customer(none))
    assert lifted > 0.05
    assert abs(repeat_pace(some) - repeat_pace(none)) < lifted / 3


def test_a_run_in_which_nothing_happens_has_a_finite_pace():
    world = compile_world(load("beauty-launch", overrides=["population.agents=300"]).scenario)
    nothing = simulate(world, Plan.zero(world.channels, world.periods), seed=1)
    assert np.isfinite(repeat_pace(nothing))
