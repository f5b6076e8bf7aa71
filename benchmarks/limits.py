"""Is the default search ever worse than common sense? Sixteen sets of limits, each method, and plans by hand.

    python benchmarks/limits.py [--sets A,B] [--seeds N] [--runs N] [--consumers N] [--judge N] [--jobs N]

Every set is a market with limits as firms have them: locks, bounds of 30 and 50 per cent, ceilings,
minimum-if-on, groups, flights, caps, targets. On each, the default, `lp`, `successive` and `greedy` search
with the same simulations; bound-to-bound plans are made as a planner would: channels in the order of what a
tenth more money brings, each to its most in turn, the best of them by simulation. All meet fresh draws.

Printed: the default's paired difference to the best of the others on those draws. `worse` means that its 95 %
interval lies below zero; the best of the others is chosen on the same draws, so chance favours it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optimize import METHODS, BudgetProblem, Evaluator, SimulationMeter, optimize
from optimize.projection import project
from optimize.staged import search
from sim import LimitError, Plan, compile_world, load, replicate_kpis

OTHERS = ("lp", "successive", "greedy")
#: Seed of the draws that judge, which no search uses.
JUDGED = 7_000


@dataclass(frozen=True)
class Limits:
    """A market with limits: what is set in its file, and the objective."""

    scenario: str
    block: dict[str, Any]
    objective: str = "profit"


def bounds(names: str, low: float, high: float) -> list[dict[str, Any]]:
    """Bounds relative to today for several channels."""
    return [{"channel": name, "min_factor": low, "max_factor": high} for name in names.split()]


BEAUTY = "xiaohongshu_kol douyin_feed store search marketplace weibo private_domain douyin_live"
RETAIL = "tv ooh print facebook search"
QUARTER = str(Path(__file__).with_name("retail-quarter.yaml"))
SETS = {
    "quarter: lock, -30/+50 %, ceiling": Limits(
        QUARTER,
        {
            "at_most": True,
            "total": 587_930,
            "locked": ["tv"],
            "limits": bounds("ooh print facebook search", 0.7, 1.5),
        },
    ),
    "quarter: -30/+50 %": Limits(QUARTER, {"limits": bounds(RETAIL, 0.7, 1.5)}),
    "quarter: ceiling far above": Limits(QUARTER, {"at_most": True, "total": 5e6}),
    "beauty: ±50 %": Limits("beauty-launch", {"limits": bounds(BEAUTY, 0.5, 1.5)}),
    "beauty: ±30 %, +20 % money": Limits(
        "beauty-launch", {"total": 16_848_000, "limits": bounds(BEAUTY, 0.7, 1.3)}
    ),
    "beauty: ceiling, floors": Limits(
        "beauty-launch",
        {"at_most": True, "total": 20e6, "limits": [{"channel": "store", "min": 800_000}]},
    ),
    "beauty: minimum buys, six channels": Limits(
        "beauty-launch",
        {
            "max_channels": 6,
            "limits": [
                {"channel": name, "min_if_on": 900_000} for name in ("weibo", "douyin_live", "private_domain")
            ],
        },
    ),
    "beauty: groups, shift of 30 %": Limits(
        "beauty-launch",
        {
            "max_shift": 0.3,
            "limits": [
                {"group": ["xiaohongshu_kol", "weibo"], "max_share": 0.35},
                {"group": ["store", "marketplace"], "min_share": 0.25},
            ],
        },
    ),
    "beauty: roi, locks": Limits("beauty-launch", {"locked": ["store", "marketplace"]}, "roi"),
    "beauty: quarters, caps": Limits(
        "beauty-launch", {"flights": 4, "flight_max": 4_500_000, "limits": bounds("store search", 0.5, 2.0)}
    ),
    "beauty: target of volume": Limits("beauty-launch", {"targets": [{"kpi": "volume", "min": 150_000}]}),
    "double 11: ceiling": Limits("beauty-double11", {"at_most": True, "total": 9e6}),
    "double 11: -50/+100 %": Limits(
        "beauty-double11",
        {"limits": bounds("douyin_feed douyin_live marketplace private_domain", 0.5, 2.0)},
    ),
    "search engines: +30 %": Limits("seo-plus-feed", {"total": "1.3x"}),
    "between firms: ceiling": Limits("b2b-5-3-2", {"at_most": True, "total": "1.2x"}),
    "sales reserve: ±50 %": Limits("search-reserve", {"limits": "all 0.5 1.5"}),
}


def problem_of(name: str, consumers: int) -> BudgetProblem:
    """The problem of a set."""
    limits = SETS[name]
    overrides = [f"population.agents={consumers}"]
    now = load(limits.scenario, overrides=overrides).status_quo().totals()
    block = dict(limits.block)
    if isinstance(block.get("total"), str):
        block["total"] = float(block["total"].rstrip("x")) * sum(now.values())
    if isinstance(block.get("limits"), str):
        _, low, high = block["limits"].split()
        paid = " ".join(channel for channel, money in now.items() if money > 0)
        block["limits"] = bounds(paid, float(low), float(high))
    file = load(limits.scenario, overrides=[*overrides, f"optimization={json.dumps(block)}"])
    world = compile_world(file.scenario)
    return BudgetProblem.from_scenario(
        file.scenario, world, file.status_quo(), objectives=(limits.objective,)
    )


def by_hand(problem: BudgetProblem, seed: int) -> Plan:
    """The best bound-to-bound plan: channels to their most in the order of their slopes."""
    meter, goal = SimulationMeter(problem.world, seed=seed, threads=1), problem.goals[0]
    mix = problem.mix or problem
    today = project(mix, mix.status_quo_at_total())
    moved = [today * np.where(np.arange(len(today)) == c, 1.1, 1.0) for c in mix.free_c]
    plans = [mix.plan(today), *(mix.plan(row) for row in moved)]
    rows = [[goal.value(kpis) for kpis in meter.measure(plans, replicate=r)] for r in range(4)]
    gain_n = np.mean(rows, axis=0)[1:] - np.mean(rows, axis=0)[0]
    slope = dict(zip(mix.free_c.tolist(), gain_n / np.maximum(0.1 * today[mix.free_c], 1.0), strict=True))
    tried = [problem.plan(problem.lifted(row)) for row in corners(mix, slope)]
    rows = [[goal.value(kpis) for kpis in meter.measure(tried, replicate=10 + r)] for r in range(4)]
    return tried[int(np.argmax(np.mean(rows, axis=0)))]


def corners(mix: BudgetProblem, slope: dict[int, float]) -> Iterator[np.ndarray]:
    """Floors first, then channel after channel to its most."""
    least, most = mix.span
    row = mix.lower_c.copy()
    for c in sorted(slope, key=lambda c: -slope[c]):
        row[c] = min(mix.upper_c[c], row[c] + max(most - row.sum(), 0.0))
        if mix.free_total or row.sum() >= least - 1.0:
            yield project(mix, row)


def plan_of(task: tuple[str, str, int, int, int]) -> Plan:
    """What one method recommends for one set."""
    name, method, seed, runs, consumers = task
    problem = problem_of(name, consumers)
    if method == "by hand":
        return by_hand(problem, 100 + seed)
    if method == "default":
        return optimize(problem, runs=runs, seed=100 + seed, replicates=20, threads=1).recommended
    evaluator = Evaluator(problem, SimulationMeter(problem.world, seed=100 + seed, threads=1), runs=runs)
    try:
        best = search(problem, evaluator, METHODS[method], seed=seed).best
    except LimitError:
        best = None
    return problem.status_quo if best is None else problem.plan(best.amounts_c)


def judged(name: str, plans: dict[str, Plan], consumers: int, replicates: int) -> dict[str, Any]:
    """The default against the best of the others, on fresh draws."""
    problem = problem_of(name, consumers)
    kpi = problem.goals[0].kpi
    found = replicate_kpis(problem.world, plans, seed=JUDGED, replicates=replicates)
    means = {who: found.interval(who, kpi).mean for who in plans}
    best = max((who for who in plans if who != "default"), key=lambda who: means[who])
    ahead, size = found.difference("default", best, kpi), abs(means[best])
    word = "worse" if ahead.high < 0 else "better" if ahead.low > 0 else "even"
    percent = [round(100 * end / size, 2) for end in (ahead.mean, ahead.low, ahead.high)]
    return {"best other": best, "default": means["default"], "difference, %": percent, "word": word}


def main() -> None:
    """Run the sets and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default="", help="parts of names, comma-separated; default: all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--consumers", type=int, default=10_000)
    parser.add_argument("--judge", type=int, default=30, help="fresh draws that judge")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    parts = [part for part in asked.sets.split(",") if part]
    names = [name for name in SETS if not parts or any(part in name for part in parts)]
    methods = ("default", *OTHERS, "by hand")
    words: dict[str, int] = {}
    with ProcessPoolExecutor(asked.jobs) as pool:
        for name in names:
            for seed in range(1, asked.seeds + 1):
                tasks = [(name, method, seed, asked.runs, asked.consumers) for method in methods]
                plans = dict(zip(methods, pool.map(plan_of, tasks), strict=True))
                row = judged(name, plans, asked.consumers, asked.judge)
                words[row["word"]] = words.get(row["word"], 0) + 1
                mean, low, high = row["difference, %"]
                told = f"{mean:+.2f} % ({low:+.2f} to {high:+.2f})"
                print(f"{name:38} {seed}  {row['word']:7} {told:32} than {row['best other']}", flush=True)
    print(json.dumps(words))


if __name__ == "__main__":
    main()
