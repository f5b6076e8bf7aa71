"""Customers against the ledger: what they are worth adds up to the run's own cohorts, to the minor unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from worlds import small, worlds

from sim import Plan, Run, World, acquired_customers, customer_value, replay, simulate
from sim.measure.customers import customers as customers_module
from sim.measure.customers.cohorts import GROUPINGS
from sim.measure.customers.customers import CustomerLog, customers_of, replay_customers
from sim.measure.customers.equity import customer_equity
from sim.measure.customers.lifetime import cumulative_margin, lifetime_values

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def cohort_values(customers: CustomerLog, amount_n: np.ndarray) -> np.ndarray:
    """An amount by first (o = 0) and last (o = 1) touch, channel and segment."""
    world = customers.world
    total = np.zeros((2, len(world.channels) + 1, len(world.segments)), dtype=np.int64)
    for o, channel_n in enumerate((customers.first_n, customers.last_n)):
        np.add.at(total[o], (channel_n, customers.segment_n), amount_n)
    return total


def assert_agrees(run: Run) -> None:
    everyone = replay_customers(run)
    won = everyone.won()
    np.testing.assert_array_equal(cohort_values(won, np.ones(len(won), dtype=np.int64)), run.acquired_ock)
    np.testing.assert_array_equal(cohort_values(won, lifetime_values(won).horizon_n), run.cohort_value_ock)
    within = np.bincount(won.owner_o[won.age_o <= run.world.ltv_horizon], minlength=len(won))
    repeaters = np.bincount(won.segment_n[within >= 2], minlength=len(run.world.segments))
    np.testing.assert_array_equal(repeaters, run.repeaters_k)
    assert everyone.margin_o.sum() == run.margin_tk.sum()
    assert everyone.value_o.sum() == run.revenue_tjkr.sum()
    np.testing.assert_array_equal(
        np.bincount(everyone.stage_n, minlength=8)[4:], run.occupancy_tks[-1].sum(0)[4:]
    )
    same = acquired_customers(replay(run))
    assert same.value_i[same.new_i].tolist() == lifetime_values(won).horizon_n.tolist()


@FEW
@given(market=worlds())
def test_customers_add_up_to_the_ledger(market: tuple[World, Plan]) -> None:
    assert_agrees(simulate(*market, seed=5, replicate=2))


def test_both_engines_agree_with_it() -> None:
    world, plan = small(population={"people": 300, "agents": 300})
    for engine in ("compiled", "mesa"):
        assert_agrees(simulate(world, plan, seed=5, engine=engine))


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(*small(value={"gross_margin": 0.5, "ltv_horizon": 3}), seed=8)


def test_a_wrong_horizon_or_touch_is_rejected(run: Run) -> None:
    won = replay_customers(run).won()
    values = lifetime_values(won)
    assert (cohort_values(won, values.realised_n) != run.cohort_value_ock).any()
    undiscounted = np.zeros(len(won), dtype=np.int64)
    np.add.at(undiscounted, won.owner_o[won.age_o <= 3], won.margin_o[won.age_o <= 3])
    assert (cohort_values(won, undiscounted) != run.cohort_value_ock).any()
    swapped = cohort_values(won, values.horizon_n)[::-1]
    assert (swapped != run.cohort_value_ock).any() or (won.first_n == won.last_n).all()


def test_parts_are_the_whole(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = customers_of(replay(run))
    for rows in (1, 3_000, 1 << 30):
        monkeypatch.setattr(customers_module, "ROWS_AT_ONCE", rows * 1_000)
        parts = replay_customers(run, threads=1)
        for name in customers_module._COLUMNS:
            np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name), err_msg=name)


def test_every_grouping_holds_every_customer_once(run: Run) -> None:
    won = replay_customers(run).won()
    for name, split in GROUPINGS.items():
        grouping = split(won)
        assert grouping.count().sum() == len(won) > 0, name
        assert len(set(grouping.keys)) == len(grouping.labels) == len(grouping)


def test_the_curve_ends_at_the_mean_where_all_are_observed() -> None:
    world, plan = small(
        calendar={"start": "2026-01-05", "periods": 1, "tail": 9}, value={"gross_margin": 0.5},
        segments__all__initial={"deciding": 1.0}, funnel__base_rate_per_period={"convert": 1.0},
    )  # fmt: skip
    won = replay_customers(simulate(world, plan, seed=1)).won()
    won = won.only(won.acquired_n == 0)
    grouping = GROUPINGS["all"](won)
    paid = cumulative_margin(won, grouping)[0]
    assert paid[-1] == pytest.approx(won.discounted_o.sum() / len(won) / world.minor)
    assert (np.diff(paid) >= 0).all()


def test_equity_adds_up_to_the_margin_of_the_run() -> None:
    world, plan = small(
        value={"gross_margin": 0.5, "discount_rate_per_year": 0.0},
        segments__all__initial={"customer": 0.3, "loyal": 0.2},
    )
    run = simulate(world, plan, seed=4)
    equity = customer_equity(run, replay_customers(run))
    margin = run.margin_tk.sum() * world.weight / world.minor
    assert equity.existing + equity.won + equity.won_later == pytest.approx(margin)
    assert min(equity.existing, equity.won, equity.won_later) > 0
    assert equity.spend == pytest.approx(run.billed_tc.sum() / world.minor)
    assert np.isnan(equity.total)


def test_replicates_do_not_depend_on_each_other_nor_on_threads() -> None:
    world, plan = small(population={"people": 2_000, "agents": 2_000})
    three = customer_value(world, plan, seed=3, replicates=3)
    one = customer_value(world, plan, seed=3, replicates=1, threads=1)[0]
    assert len(three) == 3
    for name, values in one.groups["last_touch"].values.items():
        np.testing.assert_array_equal(values, three[0].groups["last_touch"].values[name], err_msg=name)
    assert one.equity == three[0].equity != three[1].equity


def test_ltv_covers_the_cost_exactly_when_it_is_paid_back_within_the_horizon() -> None:
    """With a tail as long as the horizon, and nobody won in it, all are observed: the two must agree."""
    seen = set()
    for cpm in (10.0, 400.0, 4_000.0):
        world, plan = small(
            calendar={"start": "2026-01-05", "periods": 6, "tail": 8},
            value={"gross_margin": 0.5, "ltv_horizon": 8},
            plan={"per_period": {"ads": 300_000.0}},
            segments__all__initial={"deciding": 1.0},
            funnel={"base_rate_per_period": {}},
            channels__ads={
                "kind": "paid", "price": {"cpm": cpm}, "half_life": 0.05, "effect": {"convert": 0.5}
            },
        )  # fmt: skip
        [found] = customer_value(world, plan, seed=2, replicates=1)
        assert found.unseen == 0.0
        cost = found.cost("blended")
        covered = cost["ltv_cac"] >= 1
        assert covered == (cost["payback"] is not None and cost["payback"] <= world.ltv_horizon)
        seen.add(covered)
    assert seen == {True, False}
