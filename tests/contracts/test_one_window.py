"""One window for all measures: where a calendar is cut into paid periods and tail changes no figure.

The same money on the same days is the same run, whether the weeks after it are called tail or plan.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from worlds import small

from optimize.targets import TARGETS
from sim import Plan, Run, Stage, World, channel_table, customer_value, kpis, simulate, truth

PAID, TAIL = 4, 16
#: Half of the people are on their way when the money starts, and few of them arrive while it lasts.
SLOW = {
    "segments__all__initial": {"aware": 0.3, "interested": 0.2, "deciding": 0.1},
    "funnel__base_rate_per_period": {"engage": 0.05, "decide": 0.1, "convert": 0.1, "bond": 0.1},
    "channels__ads": {
        "kind": "paid",
        "price": {"cpm": 10.0},
        "effect": {"discover": 0.5, "engage": 0.3},
        "targeting": "broadcast",
    },
}


def market(periods: int, tail: int, **changes: Any) -> tuple[World, Plan]:
    """The slow market with 500 of money in each of the first `PAID` weeks."""
    world, _ = small(calendar={"start": "2026-01-05", "periods": periods, "tail": tail}, **SLOW, **changes)
    spend_tc = np.zeros((periods, len(world.channels)))
    spend_tc[:PAID, world.channels.index("ads")] = 500.0
    return world, Plan(world.channels, spend_tc)


def both(**changes: Any) -> tuple[tuple[World, Plan], tuple[World, Plan]]:
    """Paid weeks with a tail, and the paid weeks stretched over it."""
    return market(PAID, TAIL, **changes), market(PAID + TAIL, 0, **changes)


def pair(world: World, plan: Plan, **how: Any) -> tuple[Run, Run]:
    """The run of a plan and that without spend."""
    nothing = Plan.zero(world.channels, world.periods)
    return simulate(world, plan, seed=3, **how), simulate(world, nothing, seed=3, **how)


def won_t(run: Run) -> np.ndarray:
    """First orders by period, of the sample."""
    return run.flows_tksdr[:, :, Stage.DECIDING, 0].sum(axis=(1, 2))


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
@pytest.mark.parametrize("horizon", [None, 5])
def test_a_paid_calendar_stretched_over_the_tail_gives_the_same_figures(
    engine: str, horizon: int | None
) -> None:
    value = {"gross_margin": 0.5, **({} if horizon is None else {"ltv_horizon": horizon})}
    people = {"people": 4_000, "agents": 400}
    cut, whole = (pair(*one, engine=engine) for one in both(value=value, population=people))
    for one, other in zip(cut, whole, strict=True):
        assert one.fingerprint() == other.fingerprint()
    found = kpis(*cut)
    assert found == kpis(*whole)
    assert channel_table(cut[0]) == channel_table(whole[0])
    assert None not in [found[name] for name in ("new_customers", "cac", "ltv", "ltv_cac", "repeat_rate")]


def test_customers_are_counted_as_long_as_margin_is() -> None:
    """Everyone whose orders ROI counts is a new customer, and most of them come after the money."""
    run, base = pair(*market(PAID, TAIL))
    weight, found = run.world.weight, kpis(run, base)
    assert found["new_customers"] == won_t(run).sum() * weight
    assert found["incremental_customers"] == (won_t(run).sum() - won_t(base).sum()) * weight
    paid = won_t(run)[:PAID].sum() * weight
    assert 0 < paid < found["new_customers"] / 2, "counting the paid weeks alone must show in this test"
    assert run.occupancy_tks[0][:, Stage.CUSTOMER :].sum() == 0
    undiscounted = market(PAID, TAIL, value={"gross_margin": 0.5, "discount_rate_per_year": 0.0})
    flat = kpis(*pair(*undiscounted))
    assert flat["ltv"] * flat["new_customers"] == pytest.approx(flat["margin"], rel=1e-12)


def test_targets_truth_and_customers_have_the_window_of_the_key_figures() -> None:
    for world, plan in both():
        found = kpis(*pair(world, plan))
        real = truth(
            world,
            plan,
            seed=3,
            replicates=1,
            pairs=False,
            shapley=0,
            outage_periods=0,
            panel=0,
            returns=False,
        )
        assert real.value(frozenset(real.channels), "customers").tolist() == [found["new_customers"]]
        [value] = customer_value(world, plan, seed=3, replicates=1)
        assert value.costs.new_customers == pytest.approx(found["new_customers"])
        assert TARGETS["volume"].kpi == "new_customers"
        assert value.costs.blended_cac == pytest.approx(found["cac"])
        assert value.groups["all"].values["ltv"][0] == pytest.approx(found["ltv"])
        assert value.groups["all"].values["repeat_rate"][0] == pytest.approx(found["repeat_rate"])
        by_cohort = value.groups["cohort"].values
        assert by_cohort["customers"].sum() == pytest.approx(found["new_customers"])
        assert np.isfinite(by_cohort["cac"]).tolist() == [True] + [False] * 4, "later weeks had no money"


def test_how_long_new_customers_are_seen_is_told() -> None:
    world, plan = market(PAID, TAIL, value={"gross_margin": 0.5, "ltv_horizon": 5})
    run, _ = pair(world, plan)
    [found] = customer_value(world, plan, seed=3, replicates=1)
    left_t = np.arange(world.total_periods, 0, -1)
    won = won_t(run)
    seen = found.groups["all"].values["seen_periods"][0]
    assert seen == pytest.approx(np.average(np.minimum(left_t, 6), weights=won))
    assert found.unseen == pytest.approx(won[left_t <= 5].sum() / won.sum())
