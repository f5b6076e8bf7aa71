"""Consumer-periods per second of both engines on one world, side by side, warm.

    python benchmarks/engine.py [--json] [--consumers N]

Prints the compiled engine on one and on two threads, the Mesa engine on a sample of the same world, their
ratio per core, bytes of state per consumer (stated and measured), the machine's copy bandwidth in the same
run. These machines are noisy: read the ratios, repeat the rest.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from sim import Plan, World, available_cpus, bytes_per_consumer, compile_world, load, simulate

MESA_CONSUMERS = 1_000
MESA_PERIODS = 52
REPEATS = 5


def world_of(consumers: int, tail: int = 0) -> tuple[World, Plan]:
    """beauty-launch: 9 channels, synergies on, 52 weeks."""
    file = load("beauty-launch", overrides=[f"population.agents={consumers}", f"calendar.tail={tail}"])
    return compile_world(file.scenario), file.status_quo()


def best(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest repeat; every repeat starts from a fresh population."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def copy_bandwidth(megabytes: int = 256) -> float:
    """Bytes a second read and written by a plain copy on one thread."""
    source = np.ones(megabytes * 2**17)
    target = np.empty_like(source)
    np.copyto(target, source)
    return 2 * source.nbytes / best(lambda: np.copyto(target, source), 5)


def engines(consumers: int) -> dict[str, float]:
    """Both engines on the same scenario."""
    world, plan = world_of(consumers)
    sample, sample_plan = world_of(MESA_CONSUMERS)
    simulate(sample, sample_plan, seed=1)
    simulate(sample, sample_plan, seed=1, engine="mesa")
    periods = consumers * world.total_periods
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    one = best(lambda: simulate(world, plan, seed=1), 1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    two = mesa = np.inf
    for _ in range(REPEATS):  # in turn, so that a busy minute of the machine meets all of them
        two = min(two, best(lambda: simulate(world, plan, seed=1, threads=2), 1))
        one = min(one, best(lambda: simulate(world, plan, seed=1), 1))
        mesa = min(mesa, best(lambda: simulate(sample, sample_plan, seed=1, engine="mesa"), 1))
    evaluation, evaluation_plan = world_of(40_000)
    return {
        "consumers": consumers,
        "periods": world.total_periods,
        "compiled_per_core": periods / one,
        "compiled_two_threads": periods / two,
        "two_core_speedup": one / two,
        "mesa_per_core": MESA_CONSUMERS * MESA_PERIODS / mesa,
        "ratio_to_mesa_per_core": periods / one / (MESA_CONSUMERS * MESA_PERIODS / mesa),
        "evaluation_40000_ms": 1e3 * best(lambda: simulate(evaluation, evaluation_plan, seed=1), 20),
        "bytes_per_consumer": bytes_per_consumer(len(world.channels)),
        "bytes_per_consumer_measured": grown / consumers,
        "copy_bandwidth": copy_bandwidth(),
        "processors": available_cpus(),
    }


def show(figures: dict[str, float]) -> None:
    """The figures for people, one line each."""
    rows = [
        ("compiled, one core", figures["compiled_per_core"] / 1e6, "million consumer-periods a second"),
        ("compiled, two threads", figures["compiled_two_threads"] / 1e6, "million consumer-periods a second"),
        ("two threads / one", figures["two_core_speedup"], ""),
        ("Mesa, one core", figures["mesa_per_core"] / 1e6, "million consumer-periods a second"),
        ("compiled / Mesa", figures["ratio_to_mesa_per_core"], "on one core each"),
        ("40,000 x 52 weeks", figures["evaluation_40000_ms"], "ms, one thread"),
        ("state, stated", figures["bytes_per_consumer"], "bytes a consumer"),
        (
            "state, measured",
            figures["bytes_per_consumer_measured"],
            "bytes a consumer, growth of the process",
        ),
        ("copy bandwidth", figures["copy_bandwidth"] / 1e9, "GB/s, one thread"),
    ]
    print(f"beauty-launch, {figures['consumers']:,} consumers, {figures['periods']} weeks")
    for label, value, unit in rows:
        print(f"{label:24}{value:10.2f}  {unit}".rstrip())


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--consumers", type=int, default=1_000_000, help="consumers of the compiled runs")
    arguments = parser.parse_args()
    figures = engines(arguments.consumers)
    if arguments.json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
