"""The default is never worse than the other methods and than plans a planner would make from bound to bound.

Sets of limits as firms have them, on analytic markets without noise, so that a shortfall is the search itself
and not chance; `benchmarks/limits.py` is the same on simulated markets.
"""

from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import METHODS, Evaluator, GroupLimit, Minimum, ShareLimit, optimize
from optimize.projection import project
from optimize.staged import search
from sim import LimitError

OTHERS = ("lp", "successive", "greedy")
TOTAL = 1e6


def factors(problem, low, high):
    """Bounds relative to today for every channel."""
    today = problem.status_quo.total_c
    return replace(problem, lower_c=low * today, upper_c=high * today)


def locked(problem):
    bounded = factors(problem, 0.7, 1.5)
    lower, upper = bounded.lower_c.copy(), bounded.upper_c.copy()
    lower[3] = upper[3] = problem.status_quo.total_c[3]
    return replace(bounded, lower_c=lower, upper_c=upper, locked=(problem.world.channels[3],))


SETS = {
    "lock, -30/+50 %, ceiling": lambda p: replace(locked(p), total=1.1 * TOTAL, total_min=0.0),
    "-30/+50 %": lambda p: factors(p, 0.7, 1.5),
    "-50/+50 %, a fifth more": lambda p: replace(factors(p, 0.5, 1.5), total=1.2 * TOTAL),
    "ceiling that nobody reaches": lambda p: replace(factors(p, 0.0, 1.25), total=9e6, total_min=0.0),
    "ceiling far above": lambda p: replace(p, total=50e6, total_min=0.0),
    "ceiling with floors": lambda p: replace(p, total=4e6, total_min=0.0, lower_c=0.8 * p.status_quo.total_c),
    "minimum if on": lambda p: replace(
        p, minimums=tuple(Minimum((c,), p.world.channels[c], 0.18 * TOTAL) for c in (0, 2, 4))
    ),
    "three channels": lambda p: replace(p, most_on=3),
    "groups": lambda p: replace(
        p,
        groups=(
            GroupLimit((0, 1), ("c00", "c01"), 0.2e6, 0.3e6),
            GroupLimit((4, 5), ("c04", "c05"), 0.0, 0.4e6),
        ),
    ),
    "shift of a fifth": lambda p: replace(p, max_shift=0.2),
    "shares of what is spent": lambda p: replace(
        p,
        total=2e6,
        total_min=0.3e6,
        shares=(
            ShareLimit((0, 1, 2), ("c00", "c01", "c02"), 0.4, 1.0),
            ShareLimit((5,), ("c05",), 0.0, 0.2),
        ),
    ),
    "small span": lambda p: replace(factors(p, 0.9, 1.1), total=1.05 * TOTAL, total_min=0.95 * TOTAL),
}


def profit(market, amounts):
    return market.margin(amounts) - amounts.sum()


def corners(problem, market):
    """Channels to their most in the order of what a tenth more brings, each stop a plan."""
    today = project(problem, problem.status_quo_at_total())
    step = 0.1 * np.maximum(today, 0.01 * TOTAL)
    slopes = [market.margin(today + step[c] * np.eye(len(today))[c]) / step[c] for c in range(len(today))]
    base = [market.margin(today) / step[c] for c in range(len(today))]
    row, most = problem.lower_c.copy(), problem.span[1]
    for c in sorted(range(len(today)), key=lambda c: base[c] - slopes[c]):
        row[c] = min(problem.upper_c[c], row[c] + max(most - row.sum(), 0.0))
        yield project(problem, row)


def rival(problem, market, method):
    try:
        best = search(problem, Evaluator(problem, market, runs=120), METHODS[method], seed=2).best
    except LimitError:
        return -np.inf
    return -np.inf if best is None else profit(market, best.amounts_c)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_default_is_never_worse(name, seed):
    market = AnalyticMarket(6, seed=seed, steep=(0.7, 1.6))
    problem = SETS[name](market.problem())
    found = optimize(problem, runs=120, seed=seed, replicates=2, meter=market).recommended.total_c
    assert problem.violations(found) == []
    others = {method: rival(problem, market, method) for method in OTHERS}
    others["corner"] = max(profit(market, row) for row in corners(problem, market))
    others["today's mix"] = profit(market, project(problem, problem.status_quo_at_total()))
    best = max(others, key=others.get)
    assert profit(market, found) >= others[best] - 0.001 * abs(others[best]), best
