"""Claim metrics of clicks, visits, repeat orders, points and value by origin, counted anew."""

import numpy as np
import pytest

from sim import compile_world, load, measure_claims, simulate
from sim.engine.event_log import Event
from sim.engine.replay import panel, replay
from sim.measure.kpis import KPIS

SEED = 5


@pytest.fixture(scope="module")
def club():
    file = load("loyalty-referral", overrides=["population.agents=2000"])
    world, plan = compile_world(file.scenario), file.status_quo()
    names = [
        "segment_repeat_orders:members",
        "segment_repeat_orders:guests",
        "segment_repeat_ratio:members",
        "segment_repeat_ratio:guests",
        "repeat_orders_per_customer",
        "points_used_share",
        "channel_ltv_ratio:feed",
        "channel_ctr:marketplace",
        "channel_conversion:marketplace",
    ]
    found = measure_claims({"base": (world, plan)}, {"base": names}, seed=SEED, replicates=1)
    return world, simulate(world, plan, seed=SEED), {name: found["base", name].level for name in names}


def test_repeat_orders_of_segments_are_all_repeat_orders(club):
    world, run, level = club
    both = level["segment_repeat_orders:members"] + level["segment_repeat_orders:guests"]
    assert both == pytest.approx(run.orders_tjkr[..., 1].sum() * world.weight)
    assert level["segment_repeat_ratio:members"] == pytest.approx(1 / level["segment_repeat_ratio:guests"])
    assert level["segment_repeat_ratio:members"] > 1.5  # members buy at twice the rate of guests


def test_customers_below_repeat_orders_are_those_of_the_key_figure_kept(club):
    _, run, level = club
    active = run.occupancy_tks[-1][:, 4:7].sum()
    customers = active / KPIS["kept"].value(run, run)
    assert level["repeat_orders_per_customer"] == pytest.approx(run.orders_tjkr[..., 1].sum() / customers)


def test_points_are_redeemed_at_less_than_the_rate_at_which_they_are_earned(club):
    world, run, level = club
    used = KPIS["rewards"].value(run, run) - run.rewards_tc.sum() * world.weight / world.minor
    assert level["points_used_share"] == pytest.approx(used / KPIS["revenue"].value(run, run))
    assert 0.02 < level["points_used_share"] < 0.05


def test_value_by_origin_stands_beside_the_value_of_all(club):
    world, run, level = club
    c = world.channels.index("feed")
    value = run.cohort_value_ock[1, c].sum() / run.acquired_ock[1, c].sum()
    everyone = run.cohort_value_ock[1].sum() / run.acquired_ock[1].sum()
    assert level["channel_ltv_ratio:feed"] == pytest.approx(value / everyone)


def test_clicks_stand_between_exposures_and_new_customers(club):
    world, run, level = club
    c = world.channels.index("marketplace")
    per_exposure = level["channel_ctr:marketplace"] * level["channel_conversion:marketplace"]
    assert per_exposure == pytest.approx(run.acquired_ock[1, c].sum() / run.exposures_tcks[:, c].sum())


def test_a_visit_follows_a_click_within_four_weeks():
    file = load("o2o-store", overrides=["population.agents=600"])
    world, plan = compile_world(file.scenario), file.status_quo()
    found = measure_claims(
        {"base": (world, plan)}, {"base": ["visit_rate:delivery"]}, seed=SEED, replicates=1
    )
    log = replay(simulate(world, plan, seed=SEED), panel(world, world.agents))
    delivery, store = world.channels.index("delivery"), world.channels.index("store")
    followed = clicks = 0
    for i in range(len(log)):
        rows = slice(log.start_i[i], log.start_i[i + 1])
        period, event, channel = log.period_e[rows], log.event_e[rows], log.channel_e[rows]
        there = period[(channel == store) & (event != Event.MOVE)]
        for t in period[log.clicked_e[rows] & (channel == delivery)]:
            clicks += 1
            followed += bool(np.any((there > t) & (there <= t + 4)))
    assert 0 < followed < clicks
    assert found["base", "visit_rate:delivery"].level == pytest.approx(followed / clicks)
