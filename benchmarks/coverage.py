"""How often a judged 95 % interval holds what it is about, on shipped scenarios with few consumers.

    python benchmarks/coverage.py [--json] [--quick] [--replicates N] [--jobs N]

Each market is simulated on thousands of replicates under three plans: today's, one with 30 % of the largest
channel's money moved to the second, and one with 40 % less of everything. All replicates together are the
truth. Then they are cut into groups of 2, 3, 5, 8 and 20, each group is judged as if it were all there was,
and counted is in how many the interval holds the truth. Beside a ratio's interval stands the one of the mean
of the replicates' own ratios, which is no longer in use. A coverage over n groups has a standard error of
sqrt(0.95 x 0.05 / n).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

from sim import (
    Interval,
    Plan,
    Replicates,
    available_cpus,
    compile_world,
    load,
    paired_difference,
    plan_scaled,
    replicate_kpis,
)

#: Scenario and consumers; with 300, a hundredth of what scenarios have, a ratio is at its worst.
CASES = (("beauty-launch", 2_000), ("beauty-launch", 300), ("o2o-store", 500), ("b2b-5-3-2", 500))
SIZES = (2, 3, 5, 8, 20)
REPLICATES, QUICK_REPLICATES = 6_000, 800
SEED = 5
#: What is judged: a level of today's plan, or a plan less today's.
FIGURES = tuple((kpi, plan) for kpi in ("roi", "profit", "cac", "ltv") for plan in (None, "moved", "cut"))
RATIOS = ("roi", "cac", "ltv")


@dataclass(frozen=True)
class Row:
    """Coverage of one figure by size of a group; `own` is that of the mean of the replicates' own ratios."""

    case: str
    figure: str
    truth: float
    ours: dict[int, float]
    own: dict[int, float]


def plans_of(now: Plan) -> dict[str, Plan]:
    """The three plans."""
    money = now.totals()
    first, second = sorted(money, key=lambda name: -money[name])[:2]
    grown = 1.0 + 0.3 * money[first] / money[second]
    moved = plan_scaled(plan_scaled(now, first, 0.7), second, grown)
    return {"now": now, "moved": moved, "cut": Plan(now.channels, now.spend_tc * 0.6)}


def simulated(scenario: str, consumers: int, replicates: int, jobs: int) -> Replicates:
    """All replicates of one market."""
    file = load(scenario, overrides=[f"population.agents={consumers}"])
    plans = plans_of(file.status_quo())
    return replicate_kpis(compile_world(file.scenario), plans, seed=SEED, replicates=replicates, threads=jobs)


def part(everything: Replicates, first: int, count: int) -> Replicates:
    """Some of the replicates, as if they were all there was."""

    def cut(rows: Any) -> Any:
        return {
            name: {kpi: table[kpi][first : first + count] for kpi, _ in FIGURES if kpi in table}
            for name, table in rows.items()
        }

    return Replicates(cut(everything.values), parts=cut(everything.parts))


def judged(found: Replicates, kpi: str, plan: str | None) -> Interval | None:
    """What the judge says of a level or of a paired difference."""
    return found.interval("now", kpi) if plan is None else found.difference(plan, "now", kpi)


def of_own_ratios(found: Replicates, kpi: str, plan: str | None) -> Interval | None:
    """The same from the mean of the replicates' own ratios."""
    now = found.values["now"][kpi]
    return (
        paired_difference(now, (0.0,) * len(now))
        if plan is None
        else paired_difference(found.values[plan][kpi], now)
    )


def coverage(case: str, everything: Replicates) -> list[Row]:
    """All figures of one market."""
    count = len(everything.values["now"]["profit"])
    groups = {size: [part(everything, n, size) for n in range(0, count - size + 1, size)] for size in SIZES}
    rows = []
    for kpi, plan in FIGURES:
        whole = judged(everything, kpi, plan)
        assert whole is not None
        found = [
            {size: share(whole.mean, [how(one, kpi, plan) for one in groups[size]]) for size in SIZES}
            for how in (judged, of_own_ratios)
        ]
        rows.append(Row(case, kpi if plan is None else f"{kpi}, {plan} less now", whole.mean, *found))
    return rows


def share(truth: float, intervals: list[Interval | None]) -> float:
    """Share of intervals that hold the truth; one that is undefined does not."""
    held = [one is not None and (one.low or 0.0) <= truth <= (one.high or 0.0) for one in intervals]
    return sum(held) / len(held)


def show(rows: list[Row], replicates: int) -> None:
    """Two lines a ratio: as judged, and by the mean of the replicates' own ratios."""
    errors = {size: (0.95 * 0.05 / (replicates // size)) ** 0.5 for size in SIZES}
    print(f"{'% of intervals that hold the truth':44}" + "".join(f"{size:>8}" for size in SIZES))
    print(f"{'standard error of a true 95 %':44}" + "".join(f"{100 * e:>8.1f}" for e in errors.values()))
    for row in rows:
        for cells, name in ((row.ours, row.figure), (row.own, "  mean of own ratios")):
            if cells is row.ours or row.figure.split(",")[0] in RATIOS:
                line = "".join(f"{100 * cells[size]:>8.1f}" for size in SIZES)
                print(f"{row.case:21} {name:22}{line}")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="two markets, fewer replicates")
    parser.add_argument("--replicates", type=int, default=0, help=f"default {REPLICATES}")
    parser.add_argument("--jobs", type=int, default=available_cpus(), help="simulations at a time")
    options = parser.parse_args()
    replicates = options.replicates or (QUICK_REPLICATES if options.quick else REPLICATES)
    began, rows = time.perf_counter(), []
    for scenario, consumers in CASES[1:3] if options.quick else CASES:
        everything = simulated(scenario, consumers, replicates, options.jobs)
        rows += coverage(f"{scenario} {consumers:,}", everything)
    if not options.json:
        show(rows, replicates)
        return 0
    answer = {
        "replicates": replicates,
        "rows": [
            {"case": row.case, "figure": row.figure, "truth": row.truth, "judged": row.ours, "own": row.own}
            for row in rows
        ],
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
