"""simulate_many: order, progress, stopping, memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from worlds import document, small

from sim import (
    CapacityError,
    Job,
    Plan,
    Scenario,
    ScenarioError,
    compile_world,
    load,
    simulate,
    simulate_many,
)

LONG = """
import sim
file = sim.load("beauty-launch", overrides=["population.agents=3000000"])
world = sim.compile_world(file.scenario)
jobs = [sim.Job(file.status_quo(), 1, r) for r in range(4)]
sim.simulate_many(world, jobs, threads=2, progress=lambda done, of: print(done, flush=True))
"""


@pytest.mark.parametrize("threads", [1, 3])
def test_results_stand_in_the_order_of_the_jobs(threads: int) -> None:
    world, plan = small()
    jobs = [Job(plan, 1, 3), Job(Plan.zero(plan.channels, world.periods), 1, 0), Job(plan, 2, 0)]
    runs = simulate_many(world, jobs, threads=threads)
    for job, run in zip(jobs, runs, strict=True):
        assert (
            run.fingerprint()
            == simulate(world, job.plan, seed=job.seed, replicate=job.replicate).fingerprint()
        )


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("threads", [1, 3])
def test_progress_counts_every_period_once(
    threads: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, plan = small()
    monkeypatch.setattr("sim.engine.simulate.STRIDE", stride * world.agents)
    seen: list[tuple[int, int]] = []
    simulate_many(
        world, [Job(plan, 1, r) for r in range(3)], threads=threads, progress=lambda *step: seen.append(step)
    )
    periods = 3 * world.total_periods
    if stride == 1:
        assert seen == [(done, periods) for done in range(1, periods + 1)]
    assert {of for _, of in seen} == {periods}
    steps = np.diff([0, *(done for done, _ in seen)])
    assert steps.sum() == periods
    assert len(seen) == 3 * -(-world.total_periods // stride)
    assert set(steps) <= {stride, world.total_periods % stride}


def test_an_error_in_progress_ends_all_runs() -> None:
    world, plan = small(calendar__periods=500)

    def refuse(done: int, of: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        simulate_many(world, [Job(plan, 1, r) for r in range(4)], threads=2, progress=refuse)


def test_ctrl_c_stops_a_large_run_within_a_second() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "1"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in error
    assert process.returncode != 0
    # Generous against busy machines: the run itself would go on for most of a minute.
    assert time.monotonic() - began < 10


def test_a_world_too_large_is_refused_before_anything_is_allocated() -> None:
    doc = document(population={"people": 10**10, "agents": 10**9})
    with pytest.raises(CapacityError, match=r"1,000,000,000 consumers .* GiB of memory, this machine has"):
        compile_world(Scenario.model_validate(doc))


def test_rates_beyond_what_counts_can_hold_are_refused(tmp_path) -> None:
    overrides = ["segments.gen_z.purchase_rate_per_period.mean=15", "channels.weibo.organic=16"]
    with pytest.raises(ScenarioError) as caught:
        load("beauty-launch", overrides=overrides)
    text = str(caught.value)
    assert "must be <= 20, got 15 * 1.8" in text
    assert "channels.weibo.organic: must be <= 15, got 16" in text


def test_stated_bytes_are_those_of_the_state() -> None:
    from sim.engine.state import new_state
    from sim.market.layout import TILE, bytes_per_consumer

    world, _ = small(population={"people": TILE, "agents": TILE})
    per_tile = sum(array.nbytes for array in new_state(world)[3:])
    assert per_tile == TILE * bytes_per_consumer(len(world.channels))
