"""Both engines are one model: the same world, plan, seed and replicate give the same run, bit for bit."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from worlds import small, worlds

from scenarios import library
from sim import Plan, Run, World, compile_world, load, simulate

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def assert_equal_runs(one: Run, other: Run) -> None:
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name], err_msg=name)
    assert one.fingerprint() == other.fingerprint()


def check_everything(world: World, plan: Plan, seed: int, replicate: int) -> None:
    run = simulate(world, plan, seed=seed, replicate=replicate)
    assert_equal_runs(run, simulate(world, plan, seed=seed, replicate=replicate, engine="mesa"))
    for threads in (2, 4):
        assert_equal_runs(run, simulate(world, plan, seed=seed, replicate=replicate, threads=threads))


@pytest.mark.parametrize("name", sorted(library()))
def test_engines_and_threads_agree_on_shipped_scenarios(name: str) -> None:
    file = load(name, overrides=["population.agents=400"])
    check_everything(compile_world(file.scenario), file.status_quo(), seed=0, replicate=1)


@FEW
@given(worlds(), st.integers(0, 2**40), st.integers(0, 2_000_000))
def test_engines_and_threads_agree_on_any_world(
    world_and_plan: tuple[World, Plan], seed: int, replicate: int
) -> None:
    check_everything(*world_and_plan, seed=seed, replicate=replicate)


def test_threads_agree_when_every_thread_has_several_tiles() -> None:
    world, plan = small(population__agents=9_000)
    one = simulate(world, plan, seed=5)
    for threads in (2, 3, 4):
        assert_equal_runs(one, simulate(world, plan, seed=5, threads=threads))


def test_a_different_seed_or_replicate_is_a_different_run() -> None:
    world, plan = small()
    prints = {simulate(world, plan, seed=s, replicate=r).fingerprint() for s in (0, 1) for r in (0, 1)}
    assert len(prints) == 4


def test_a_wrong_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The object engine with memory that never fades must not pass for the compiled one."""
    from sim.engine import mesa_model

    genuine = mesa_model.make_tables

    def unfading(*arguments: object) -> object:
        tables, prices = genuine(*arguments)
        return tables._replace(retain_c=np.ones_like(tables.retain_c)), prices

    world, plan = small()
    right = simulate(world, plan, seed=1)
    monkeypatch.setattr(mesa_model, "make_tables", unfading)
    with pytest.raises(AssertionError):
        assert_equal_runs(right, simulate(world, plan, seed=1, engine="mesa"))


def test_retail_media_matches_the_recorded_revenue_in_level() -> None:
    """Simulated revenue over the 208 recorded weeks lies within 15 % of the record's total."""
    file = load("retail-media", overrides=["population.agents=10000"])
    world = compile_world(file.scenario)
    run = simulate(world, file.status_quo(), seed=1)
    revenue = run.revenue_tjkr[: world.periods].sum() * world.weight / world.minor
    with (file.folder / "data" / "robyn_weekly.csv").open(encoding="utf-8-sig") as lines:
        recorded = sum(float(row["revenue"]) for row in csv.DictReader(lines))
    assert abs(revenue / recorded - 1) < 0.15
