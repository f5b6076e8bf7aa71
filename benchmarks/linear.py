"""Seconds of the linear programmes at the sizes that matter, limits and reading of prices included.

    python benchmarks/linear.py [--json]

    lp      20 channels x 52 flights x 20 concave pieces, bounds, groups, a cap on every flight
    milp    20 channels x 4 flights x 20 pieces, each cell off or at least its minimum, at most 15
            channels on, to a gap of 0.5 %; the gap printed is to a solve with one of 0.01 %
    nearest moving a plan of 20 x 52 cells onto the same limits as `lp`

Each is the whole call: build, solve, take the answer onto the limits. These machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from optimize.flights import Flight, divide
from optimize.limits import GroupLimit, Minimum
from optimize.linear import LinearPlan, Pieces, best_mix
from optimize.problem import BudgetProblem
from optimize.projection import project
from sim import Plan

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

CHANNELS, PERIODS, PIECES, TOTAL = 20, 52, 20, 1e7
GAP = 0.005


def problem_of(flights: tuple[Flight, ...], **limits: object) -> BudgetProblem:
    """A total of ten millions over 20 channels; caps on cells, on flights, on groups of channels."""
    from analytic import AnalyticMarket

    world = AnalyticMarket(CHANNELS, total=TOTAL).world
    today = Plan(world.channels, np.full((PERIODS, CHANNELS), TOTAL / CHANNELS / PERIODS))
    count = CHANNELS * len(flights)
    groups = [
        GroupLimit(
            tuple(range(f * CHANNELS, (f + 1) * CHANNELS)), (), 0.0, 1.5 * TOTAL / len(flights), flight.name
        )
        for f, flight in enumerate(flights)
    ]
    for first in range(0, CHANNELS, 5):
        cells = tuple(f * CHANNELS + c for f in range(len(flights)) for c in range(first, first + 5))
        groups.append(GroupLimit(cells, (), 0.05 * TOTAL, 0.4 * TOTAL, f"channels from {first}"))
    upper = np.full(count, 6 * TOTAL / count)
    return BudgetProblem(
        world, today, TOTAL, np.zeros(count), upper, tuple(groups), flights=flights, **limits
    )  # type: ignore[arg-type]


def curves_of(problem: BudgetProblem, seed: int) -> dict[int, Pieces]:
    """Concave response curves, other strengths and saturations in every cell."""
    rng, top = np.random.default_rng(seed), float(problem.upper_c[0])
    at_p = np.linspace(0.0, top, PIECES + 1)
    found = {}
    for i in problem.free_c:
        half = top * rng.uniform(0.1, 1.0)
        found[int(i)] = Pieces(at_p, rng.lognormal(0.0, 0.5) * top * at_p / (at_p + half))
    return found


def timed(work: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Seconds of the fastest repeat, and its answer."""
    seconds, answer = [], None
    for _ in range(repeats):
        began = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), answer


def measure() -> dict[str, float]:
    """All figures."""
    weekly = problem_of(divide(52, PERIODS))
    weekly_curves = curves_of(weekly, 1)
    quarters = divide(4, PERIODS)
    least = 2.0 * TOTAL / CHANNELS / len(quarters)
    minimums = tuple(Minimum((i,), f"cell {i}", least) for i in range(CHANNELS * len(quarters)))
    integer = problem_of(quarters, minimums=minimums, most_on=15)
    integer_curves = curves_of(integer, 2)
    lp, found = timed(lambda: best_mix(weekly, weekly_curves), 3)
    milp, mixed = timed(lambda: best_mix(integer, integer_curves, gap=GAP), 2)
    wanted = np.random.default_rng(3).dirichlet(np.full(len(weekly.lower_c), 0.2)) * TOTAL
    nearest, moved = timed(lambda: project(weekly, wanted), 3)
    assert isinstance(found, LinearPlan)
    assert isinstance(mixed, LinearPlan)
    exact = best_mix(integer, integer_curves, priced=False)
    for problem, amounts in ((weekly, found.amounts_c), (integer, mixed.amounts_c), (weekly, moved)):
        assert problem.violations(amounts) == []  # type: ignore[arg-type]
    return {
        "lp_seconds": lp,
        "milp_seconds": milp,
        "milp_gap": 1.0 - mixed.gain / exact.gain,
        "nearest_seconds": nearest,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    figures = measure()
    if parser.parse_args().json:
        print(json.dumps(figures))
        return
    rows = (
        ("LP    20 channels x 52 flights x 20 pieces", "lp_seconds", "goal: 2"),
        (
            "MILP  20 channels x 4 flights, minimum if on",
            "milp_seconds",
            f"goal: 30; {figures['milp_gap']:.3%} below the optimum",
        ),
        ("moving a plan of 20 x 52 onto the limits", "nearest_seconds", ""),
    )
    for words, name, goal in rows:
        print(f"{words:45} {figures[name]:6.2f} s   {goal}".rstrip())


if __name__ == "__main__":
    main()
