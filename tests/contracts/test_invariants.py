"""What holds in every world: conservation, balance, and draws that stay where they were."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from worlds import build, document, small, worlds

from sim import Plan, Run, World, simulate
from sim.market.vocabulary import NEXT_STAGE, Stage

SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SOME
@given(worlds())
def test_nobody_is_lost_and_moves_explain_every_change(world_and_plan: tuple[World, Plan]) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=1)
    assert (run.occupancy_tks.sum(axis=2) == world.agents_k).all()
    change_tks = np.zeros_like(run.occupancy_tks[1:])
    for stage, both in enumerate(NEXT_STAGE):
        for direction, target in enumerate(both):
            moved_tk = run.flows_tksdr[:, :, stage, direction].sum(axis=-1)
            if target < 0:
                assert moved_tk.sum() == 0
                continue
            change_tks[:, :, stage] -= moved_tk
            change_tks[:, :, target] += moved_tk
    np.testing.assert_array_equal(np.diff(run.occupancy_tks, axis=0), change_tks)


@SOME
@given(worlds())
def test_orders_money_and_people_balance(world_and_plan: tuple[World, Plan]) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=2)
    becoming_tk = run.flows_tksdr[:, :, [Stage.DECIDING, Stage.LAPSED], 0].sum(axis=(2, 3))
    placed_tk = run.orders_tjkr[..., 0].sum(axis=1)
    assert (placed_tk <= becoming_tk).all()
    assert (placed_tk + run.lost_orders_tk >= becoming_tk).all()
    converted = run.flows_tksdr[:, :, Stage.DECIDING, 0].sum()
    assert run.acquired_ock[0].sum() == run.acquired_ock[1].sum() == converted
    assert run.cohort_value_ock[0].sum() == run.cohort_value_ock[1].sum()
    assert (run.repeaters_k <= run.acquired_ock[0].sum(axis=0)).all()
    offered_tc = np.floor(plan.spend_tc * world.minor + 0.5)
    np.testing.assert_array_equal((run.billed_tc + run.unspent_tc)[: world.periods], offered_tc)
    assert (run.billed_tc >= 0).all()
    assert (run.billed_tc[world.periods :] == 0).all()
    assert (run.reached_tck <= run.exposures_tcks.sum(axis=3)).all()
    assert (run.clicks_tck <= run.reached_tck).all()
    np.testing.assert_array_equal(run.frequency_cf.sum(axis=1), world.agents)
    np.testing.assert_array_equal(run.frequency_cf[:, 1:].sum(axis=1), run.ever_reached_ck.sum(axis=1))


@SOME
@given(worlds())
def test_more_spend_never_removes_an_exposure_of_the_first_period(world_and_plan: tuple[World, Plan]) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=3)
    more = simulate(world, Plan(plan.channels, plan.spend_tc * 1.5), seed=3)
    assert (more.exposures_tcks[0] >= run.exposures_tcks[0]).all()
    assert (more.reached_tck[0] >= run.reached_tck[0]).all()


def test_channels_without_effect_change_no_order() -> None:
    world, plan = small(channels__ads__effect={})
    run, nothing = (
        simulate(world, plan, seed=4),
        simulate(world, Plan.zero(plan.channels, world.periods), seed=4),
    )
    assert run.exposures_tcks.sum() > 0
    np.testing.assert_array_equal(run.orders_tjkr, nothing.orders_tjkr)
    np.testing.assert_array_equal(run.revenue_tjkr, nothing.revenue_tjkr)


def _by_channel(run: Run, names: list[str]) -> np.ndarray:
    rows = [run.world.channels.index(name) for name in names]
    return run.exposures_tcks[:, rows]


def test_an_added_channel_without_spend_changes_nothing() -> None:
    doc = document()
    world, plan = build(doc)
    run = simulate(world, plan, seed=5)
    doc["channels"]["aaa_new"] = {
        "kind": "paid",
        "price": {"cpm": 5.0},
        "effect": {"discover": 1.0},
        "sells": None,
    }
    wider, plan = build(doc)
    again = simulate(wider, plan, seed=5)
    np.testing.assert_array_equal(run.occupancy_tks, again.occupancy_tks)
    np.testing.assert_array_equal(run.revenue_tjkr, again.revenue_tjkr)
    np.testing.assert_array_equal(_by_channel(run, ["ads", "shop"]), _by_channel(again, ["ads", "shop"]))


def test_the_order_of_channels_and_segments_in_the_file_changes_nothing() -> None:
    doc = document()
    doc["segments"]["other"] = {**doc["segments"]["all"], "share": 0.4}
    doc["segments"]["all"] = {**doc["segments"]["all"], "share": 0.6}
    turned = {
        **doc,
        "channels": dict(reversed(doc["channels"].items())),
        "segments": dict(reversed(doc["segments"].items())),
    }
    one, two = (simulate(*build(d), seed=6) for d in (doc, turned))
    assert one.fingerprint() == two.fingerprint()


def test_a_longer_horizon_leaves_earlier_periods_as_they_were() -> None:
    short, plan = small()
    longer, _ = small(calendar__tail=5)
    a, b = simulate(short, plan, seed=7), simulate(longer, plan, seed=7)
    np.testing.assert_array_equal(a.occupancy_tks, b.occupancy_tks[: short.total_periods + 1])
    np.testing.assert_array_equal(a.revenue_tjkr, b.revenue_tjkr[: short.total_periods])


def test_a_bigger_sample_leaves_the_first_consumers_as_they_were() -> None:
    """With boards that do not depend on counts, consumer i is the same person in any sample."""
    from sim.engine.mesa_model import MarketModel

    lives = []
    for agents in (50, 80):
        world, plan = small(
            population__agents=agents, population__people=agents * 10, plan={}, channels__shop__organic=0.5
        )
        model = MarketModel(world, plan, seed=8)
        for _ in range(world.total_periods):
            model.step()
        lives.append([(*c.person.marks, *c.person.memory_c) for c in model.agents][:50])
        model.remove_all_agents()
    assert lives[0] == lives[1]


def test_the_object_engine_works_with_batch_run_and_the_data_collector() -> None:
    import mesa

    from sim import MarketModel

    world, plan = small(population__agents=60)
    rows = mesa.batch_run(
        MarketModel,
        {"world": [world], "plan": [plan], "seed": [0, 1]},
        max_steps=world.total_periods,
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == 2
    last = simulate(world, plan, seed=1)
    assert rows[1]["revenue"] * world.minor / world.weight == last.revenue_tjkr.sum()
    assert rows[1]["customer"] == last.occupancy_tks[-1, :, Stage.CUSTOMER].sum() * world.weight
