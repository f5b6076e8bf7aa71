"""A brand that buys TV and video in one burst: what the search of flights makes of it.

`python benchmarks/flights.py` judges, on draws that no search saw, today's burst, the same money spread
evenly by hand, and the plans recommended with monthly flights, against the even one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from optimize import BudgetProblem, optimize
from sim import Plan, compile_world, load, replicate_kpis

SCENARIO = Path(__file__).with_name("burst-brand.yaml")
JUDGED = 5_000


def problem_of(consumers: int, *, flights: str = "monthly") -> BudgetProblem:
    """The brand's budget over its flights, to maximise profit."""
    file = load(SCENARIO, overrides=[f"population.agents={consumers}", f"optimization.flights={flights}"])
    world = compile_world(file.scenario)
    return BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=("profit",))


def evenly(plan: Plan) -> Plan:
    """The same money by channel, the same in every period."""
    return Plan(plan.channels, np.tile(plan.total_c / plan.periods, (plan.periods, 1)))


def main() -> None:
    """Search with some seeds, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consumers", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--replicates", type=int, default=10)
    asked = parser.parse_args()
    problem = problem_of(asked.consumers)
    plans = {"today": problem.status_quo, "even": evenly(problem.status_quo)}
    for seed in range(1, asked.seeds + 1):
        found = optimize(problem, runs=asked.runs, seed=seed, replicates=2)
        plans[f"seed {seed}"] = found.recommended
    judged = replicate_kpis(problem.world, plans, seed=JUDGED, replicates=asked.replicates)
    for name in plans:
        profit, ahead = judged.interval(name, "profit"), judged.difference(name, "even", "profit")
        print(
            f"{name:10} {profit.mean:12,.0f}   {ahead.mean:+10,.0f} ({ahead.low:+,.0f} to {ahead.high:+,.0f})"
        )


if __name__ == "__main__":
    main()
