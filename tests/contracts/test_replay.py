"""Replay is exact: everyone replayed alone gives the run's ledger, bit for bit; no life depends on others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from worlds import small, worlds

from scenarios import library
from sim import (
    CapacityError,
    Event,
    EventLog,
    OmnifunnelError,
    Plan,
    Run,
    World,
    compile_world,
    load,
    outage,
    panel,
    relive,
    replay,
    simulate,
)
from sim.engine import replay as replaying
from sim.market.vocabulary import NEXT_STAGE

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
#: Arrays of a run that do not come from consumers.
POSTED = {"occupancy_tks", "rate_tck", "billed_tc", "unspent_tc", "short_tj"}


def assert_relived(run: Run) -> None:
    found, wanted = relive(run)._asdict(), run.arrays()
    assert set(found) == set(wanted) - POSTED
    for name, array in found.items():
        np.testing.assert_array_equal(array, wanted[name], err_msg=name)


def counts(log: EventLog) -> dict[str, np.ndarray]:
    """The ledger's counts of events, added up from a log."""
    world, e = log.world, {event: log.rows(event) for event in Event}
    t, c, k, j = world.total_periods, len(world.channels), len(world.segments), len(world.sell_channels)
    segment_e = log.segment_i[log.person_e]
    shop_c = np.full(c, -1)
    shop_c[world.sell_j] = np.arange(j)

    def added(shape: tuple[int, ...], *axes: np.ndarray, amount: Any = 1) -> np.ndarray:
        total = np.zeros(shape, dtype=np.int64)
        np.add.at(total, tuple(axes), amount)
        return total

    touch, move, order = (e[event] for event in Event)
    met = (log.period_e[touch], log.channel_e[touch], segment_e[touch])
    direction = np.array([
        NEXT_STAGE[stage].index(to) for stage, to in zip(log.stage_e[move], log.number_e[move], strict=True)
    ], dtype=np.int64)  # fmt: skip
    resolved = log.resolved_i[log.person_e[move]].astype(np.int64)
    moved = (log.period_e[move], segment_e[move], log.stage_e[move], direction, resolved)
    sold = (log.period_e[order], shop_c[log.channel_e[order]], segment_e[order], log.number_e[order])
    return {
        "reached_tck": added((t, c, k), *met),
        "clicks_tck": added((t, c, k), *met, amount=log.clicked_e[touch]),
        "exposures_tcks": added((t, c, k, 8), *met, log.stage_e[touch], amount=log.number_e[touch]),
        "flows_tksdr": added((t, k, 8, 2, 2), *moved),
        "orders_tjkr": added((t, j, k, 2), *sold),
        "revenue_tjkr": added((t, j, k, 2), *sold, amount=log.value_e[order]),
        "margin_tk": added((t, k), sold[0], sold[2], amount=log.margin_e[order]),
    }


def assert_counts(log: EventLog, run: Run) -> None:
    enrols = run.enrolled_tks.any()
    for name, array in counts(log).items():
        wanted = run.arrays()[name]
        if enrols and name == "flows_tksdr":  # a log says who was resolved at the start
            array, wanted = array.sum(axis=-1), wanted.sum(axis=-1)
        np.testing.assert_array_equal(array, wanted, err_msg=name)


def assert_same_lives(some: EventLog, every: EventLog) -> None:
    """Each consumer of `some` has the same traits and rows as in `every`."""
    place = {number: i for i, number in enumerate(every.consumer_i.tolist())}
    for i, number in enumerate(some.consumer_i.tolist()):
        there = place[number]
        rows, others = (slice(log.start_i[n], log.start_i[n + 1]) for log, n in ((some, i), (every, there)))
        for name, array in some.arrays().items():
            if name.endswith("_e"):
                np.testing.assert_array_equal(array[rows], every.arrays()[name][others], err_msg=name)
            elif name != "start_i":
                assert array[i] == every.arrays()[name][there], name


@pytest.mark.parametrize("name", sorted(library()))
@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_shipped_scenarios_are_relived(name: str, engine: str) -> None:
    file = load(name, overrides=["population.agents=300"])
    run = simulate(compile_world(file.scenario), file.status_quo(), seed=0, replicate=2, engine=engine)
    assert_relived(run)
    assert_counts(replay(run), run)


@FEW
@given(worlds(), st.integers(0, 2**40), st.integers(0, 2_000_000))
def test_any_world_is_relived_and_its_log_adds_up(
    world_and_plan: tuple[World, Plan], seed: int, replicate: int
) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=seed, replicate=replicate)
    assert_relived(run)
    log = replay(run, threads=2)
    assert_counts(log, run)
    np.testing.assert_array_equal(log.start_i[[0, -1]], [0, len(log.event_e)])
    first_tks = np.zeros((len(world.segments), 8), dtype=np.int64)
    np.add.at(first_tks, (log.segment_i, log.initial_stage_i), 1)
    np.testing.assert_array_equal(first_tks, run.occupancy_tks[0])


@FEW
@given(worlds(), st.data())
def test_a_life_does_not_depend_on_who_else_is_asked_for(
    world_and_plan: tuple[World, Plan], data: st.DataObject
) -> None:
    world, plan = world_and_plan
    run = simulate(world, plan, seed=1)
    asked = data.draw(st.lists(st.integers(0, world.agents - 1), max_size=12, unique=True))
    some = replay(run, asked)
    assert some.consumer_i.tolist() == asked
    assert_same_lives(some, replay(run))


def test_rows_stand_in_order_of_time_and_within_a_period_touches_move_orders() -> None:
    world, plan = small()
    log = replay(simulate(world, plan, seed=3))
    key = (log.person_e * world.total_periods + log.period_e) * 3 + log.event_e
    assert (np.diff(key) >= 0).all()
    assert all((log.event_e == event).any() for event in Event)


def test_threads_and_handfuls_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, plan = small(population__agents=3_000)
    run = simulate(world, plan, seed=5)
    whole = replay(run, threads=1)
    monkeypatch.setattr(replaying, "_HANDFUL", 1)
    parts = replay(run, threads=3)
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(array, parts.arrays()[name], err_msg=name)


def test_an_outage_that_loses_orders_is_relived() -> None:
    world, plan = small(segments__all__initial={"customer": 1.0})
    shut = outage(world, ["shop"], 1, 2)
    run = simulate(shut, plan, seed=2)
    assert run.lost_orders_tk.sum() > 0
    assert_relived(run)
    assert_counts(replay(run), run)


def _shifted(run: Run, prices: Any) -> Any:
    boards = GENUINE(run, prices)
    return boards._replace(tail_tckx=np.roll(boards.tail_tckx, 1, axis=0))


def _reversed(run: Run, prices: Any) -> Any:
    boards = GENUINE(run, prices)
    return boards._replace(order_tc=np.ascontiguousarray(boards.order_tc[:, ::-1]))


GENUINE = replaying.repost


@pytest.mark.parametrize("wrong", [_shifted, _reversed])
def test_a_wrong_board_is_caught(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    """The board of the period before, or channels met in the opposite order, must not pass."""
    file = load("beauty-launch", overrides=["population.agents=400"])
    run = simulate(compile_world(file.scenario), file.status_quo(), seed=0)
    monkeypatch.setattr(replaying, "repost", wrong)
    with pytest.raises(AssertionError):
        assert_relived(run)


def test_a_panel_is_spread_over_segments_and_all_of_it_is_everyone() -> None:
    file = load("beauty-launch", overrides=["population.agents=1000"])
    world = compile_world(file.scenario)
    run = simulate(world, file.status_quo(), seed=0)
    log = replay(run, panel(world, 100))
    np.testing.assert_allclose(np.bincount(log.segment_i) / 100, world.agents_k / 1000, atol=0.011)
    assert log.people == world.people / 100
    assert panel(world, 1000).tolist() == list(range(1000))


@pytest.mark.parametrize(
    ("consumers", "word"),
    [([2_000], "2000"), ([-1], "-1"), ([3, 3], "once"), ([0.5], "whole numbers")],
)
def test_numbers_outside_the_sample_are_refused_in_one_line(consumers: list[Any], word: str) -> None:
    world, plan = small()
    with pytest.raises(OmnifunnelError, match=word) as caught:
        replay(simulate(world, plan, seed=1), consumers)
    assert "\n" not in str(caught.value)


def test_a_log_that_would_not_fit_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    world, plan = small()
    run = simulate(world, plan, seed=1)
    monkeypatch.setattr(replaying, "available_memory", lambda: 10_000)
    with pytest.raises(CapacityError, match="panel"):
        replay(run)
    assert len(replay(run, [1, 2])) == 2


@pytest.mark.parametrize("size", [0, 2_001])
def test_a_panel_larger_than_the_sample_is_refused(size: int) -> None:
    with pytest.raises(OmnifunnelError, match="within 1"):
        panel(small()[0], size)
