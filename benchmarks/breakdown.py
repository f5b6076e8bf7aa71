"""Where the time of a period goes, and how it grows with consumers and channels.

    python benchmarks/breakdown.py [--scaling]

Each pass is timed by itself on one warm tile of beauty-launch (1,024 consumers, state of the first-level
caches), so the sum is what the processor needs at best; the whole period, which also moves the state through
memory, stands beside it.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numba
import numpy as np
from engine import best, world_of

from sim import Plan, World, compile_world, load, simulate
from sim.engine import passes, sparse
from sim.engine.board import empty_board, post_board
from sim.engine.draws import fill_draws
from sim.engine.recorder import follow, new_recorder
from sim.engine.state import new_scratch
from sim.engine.tables import make_tables

LANES = 1024
REPEATS = 3000
#: Channels that the scaling in channels copies.
MIX = ("weibo", "douyin_feed", "search", "marketplace", "store")
F = np.float32
INT = np.int32


def timed(function: Any, *arguments: Any) -> float:
    """Nanoseconds a consumer of one pass, best of five."""
    names = ", ".join(f"a{n}" for n in range(len(arguments)))
    # "n" stands for the number of the repeat: a pass of constants would be hoisted out of the loop.
    given = ", ".join("n" if isinstance(argument, str) else f"a{k}" for k, argument in enumerate(arguments))
    space: dict[str, Any] = {"f": function, "njit": numba.njit}
    exec(
        f"@njit(error_model='numpy')\ndef run(n, {names}):\n    for n in range(n):\n        f({given})", space
    )
    run = space["run"]
    run(1, *arguments)
    return best(lambda: run(REPEATS, *arguments), 5) / REPEATS / LANES * 1e9


def breakdown() -> list[tuple[str, str, float]]:
    """(step, pass, nanoseconds a consumer), each pass once."""
    rng = np.random.default_rng(0)
    world, _ = world_of(4_000)
    s = new_scratch(world)
    s.u[:] = rng.integers(0, 2**32, LANES, dtype=np.uint32)
    s.stage[:] = rng.choice(8, LANES, p=[0.8, 0.1, 0.03, 0.01, 0.02, 0.01, 0.0, 0.03])
    s.key[:] = s.stage + 8 * rng.integers(0, 2, LANES)
    touches = rng.choice([0, 0x80], LANES).astype(np.uint8)
    first, last = np.full((2, LANES), 255, dtype=np.uint8)
    tail = np.array([1e9, 1.3e8, 1.1e7, 7e5, 3e2, *[0] * 10]).astype(np.uint32)
    threshold_x = np.arange(16, dtype=np.uint32) * np.uint32(1 << 26)
    memory, base = np.zeros(LANES, dtype=F), np.full(8, 0.01, dtype=F)
    lifter, boost = np.array([1]), np.array([0.8], dtype=F)
    theta = np.ones(LANES, dtype=F)
    counts = np.zeros(8, dtype=np.int64)
    n = LANES
    return [
        ("draws", "one draw", timed(fill_draws, s.u.copy(), 1, 2, 3, "n", 5, 6)),
        ("exposure", "expose", timed(passes.expose, s.u, touches, s.key, INT(0xFFFF), tail, s.exposures, n)),
        ("exposure", "click", timed(passes.click, s.u, s.exposures, threshold_x, s.clicks, n)),
        ("exposure", "tally by stage", timed(passes.tally_by_stage, s.exposures, s.stage, counts, n)),
        (
            "exposure",
            "touches",
            timed(passes.mark_touches, s.exposures, s.met, touches, first, last, np.uint8(3), n),
        ),
        ("exposure", "list the few", timed(sparse.list_few, s.key, INT(0x0303), s.few, n)),
        (
            "memory",
            "recall",
            timed(passes.recall, memory, s.exposures, s.clicks, F(0.5), F(1), F(2), s.strength[0], n),
        ),
        ("memory", "fade", timed(passes.fade, memory, F(0.5), F(2), s.strength[0], n)),
        ("moves", "lift by synergy", timed(passes.lift, s.strength, lifter, boost, s.sum, s.lifted, 0, n)),
        ("moves", "push, an effect", timed(passes.add_push, s.push[0], F(0.02), s.strength[0], n)),
        ("moves", "rate onward", timed(passes.choose_onward, s.stage, s.push, base, theta, s.onward, n)),
        ("moves", "most away", timed(passes.bound_away, s.stage, F(0.05), base, theta, s.away, n)),
        ("orders", "rate", timed(passes.choose_orders, s.stage, s.push[8], base, theta, theta, s.rate, n)),
        ("orders", "flag", timed(passes.flag, s.u, s.u.copy(), s.onward, s.away, s.rate, s.event, n)),
    ]


def between_periods() -> tuple[float, float, float]:
    """Microseconds a period: the board, the counts after it, and everything of a nearly empty run."""
    world, plan = world_of(200)
    _, prices = make_tables(world, 1, 0)
    recorder, board = new_recorder(world), empty_board(world)
    recorder.n_ksr[:] = 10
    flows = np.zeros((len(world.segments), 8, 2, 2), dtype=np.int64)
    enrolled = np.zeros((len(world.segments), 8), dtype=np.int64)

    def post() -> None:
        for t in range(50):
            post_board(board, prices, recorder.n_ksr, plan.spend_tc[t], t)

    def after() -> None:
        for t in range(50):
            follow(recorder, flows, enrolled, t)

    simulate(world, plan, seed=1)
    post()
    after()
    whole = best(lambda: simulate(world, plan, seed=1), 10) / world.total_periods
    return best(post, 10) / 50 * 1e6, best(after, 10) / 50 * 1e6, whole * 1e6


def show_breakdown() -> None:
    """Print the table."""
    print("one tile, in cache                       ns a consumer")
    for step, name, value in breakdown():
        print(f"  {step:10}{name:28}{value:8.3f}")
    board, counts, whole = between_periods()
    print("a period, whatever the consumers                    us")
    print(f"  {'board':10}{'post':28}{board:8.1f}")
    print(f"  {'books':10}{'counts after the moves':28}{counts:8.1f}")
    print(f"  {'all':10}{'everything, 200 consumers':28}{whole:8.1f}")
    world, plan = world_of(40_000)
    simulate(world, plan, seed=1)
    total = best(lambda: simulate(world, plan, seed=1), 8) / (40_000 * world.total_periods)
    print(f"the whole period, 40,000 consumers          {total * 1e9:8.1f} ns a consumer")


def with_channels(count: int, consumers: int) -> tuple[World, Plan]:
    """beauty-launch with `count` channels: five of its own and copies of these in turn, no synergies.

    Two of the five are for everyone and three for the few, as in the scenario itself, whatever the count.
    """
    overrides = [f"population.agents={consumers}", "calendar.tail=0", "synergies=[]"]
    file = load("beauty-launch", overrides=overrides)
    channels = {
        f"{MIX[n % len(MIX)]}_{n // len(MIX)}": file.scenario.channels[MIX[n % len(MIX)]]
        for n in range(count)
    }
    segments = {
        name: segment.model_copy(update={"affinity": {}}) for name, segment in file.scenario.segments.items()
    }
    scenario = file.scenario.model_copy(update={"channels": channels, "segments": segments})
    world = compile_world(scenario)
    each = 10_000.0 * world.periods
    spend = {c: each for c, priced in zip(world.channels, world.priced_c, strict=True) if priced}
    return world, Plan.even(world.channels, world.periods, spend)


def show_scaling() -> None:
    """Print the time against consumers and against channels."""
    print("consumers      ns a consumer-period")
    for consumers in (10_000, 100_000, 1_000_000):
        world, plan = world_of(consumers)
        simulate(world, plan, seed=1)
        repeats = max(1, 300_000 // consumers)
        seconds = best(lambda w=world, p=plan: simulate(w, p, seed=1), repeats)
        print(f"{consumers:9,}{seconds / (consumers * world.total_periods) * 1e9:16.1f}")
    print("channels       ns a consumer-period     a channel")
    for count in (5, 10, 20, 40):
        world, plan = with_channels(count, 40_000)
        simulate(world, plan, seed=1)
        seconds = best(lambda w=world, p=plan: simulate(w, p, seed=1), 5)
        each = seconds / (40_000 * world.total_periods) * 1e9
        print(f"{count:9}{each:16.1f}{each / count:18.2f}")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scaling", action="store_true", help="time against consumers and channels instead")
    if parser.parse_args().scaling:
        show_scaling()
    else:
        show_breakdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
