"""The market that `optimizers.py` races on, the best plan known there, and how far others are short of it.

`python benchmarks/optimizers.py --find-best` makes `optimizers.json` anew.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from optimize import METHODS, BudgetProblem, Evaluator, SimulationMeter
from optimize.ascent import Blend, climb
from optimize.curves import FitError, Surface, fit_surface
from sim import compile_world, load, replicate_kpis

STORE = Path(__file__).with_name("optimizers.json")
OVERLAY = (
    "channels.video={label: Online video, kind: paid, targeting: broadcast, reach: 0.45, price: {cpm: 55}, "
    "ctr: 0.004, half_life: 2, effect: {discover: 0.020, engage: 0.012}}",
    "plan.per_period.video=20000",
)
#: Consumers of every plan that tells the truth.
CONSUMERS = 200_000
#: The long searches, runs each; the judge's replicates.
SEARCHES, SEARCH_RUNS, JUDGED = 6, 300, 12


@cache
def market(consumers: int, objective: str = "profit") -> BudgetProblem:
    """The problem on a sample of so many consumers."""
    file = load("beauty-launch", overrides=[*OVERLAY, f"population.agents={consumers}"])
    world = compile_world(file.scenario)
    return BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=(objective,))


class Truth:
    """The best plan known and a surface that says what others earn; `benchmarks/optimizers.json`."""

    def __init__(self) -> None:
        kept = json.loads(STORE.read_text(encoding="utf-8"))
        self.best = np.array([kept["best"][name] for name in kept["channels"]])
        surface = kept["surface"]
        self._surface = Surface(
            theta=np.array(surface["theta"]),
            unit=surface["unit"],
            scale=surface["scale"],
            free_c=np.array(surface["free_c"]),
            channels=len(kept["channels"]),
            signed=False,
            noise=surface["noise"],
            error=FitError(surface["plans"], 0.0, 0.0, 0.0),
        )
        self._total = float(self.best.sum())

    def regret(self, amounts_c: Any) -> float:
        """Per cent short of the best plan; ROI and profit rank plans of one total alike."""
        ours, best = (
            float(self._surface.predict(row)[0]) - self._total for row in (np.array(amounts_c), self.best)
        )
        return 100.0 * (best - ours) / best


def shortfalls(plans: dict[str, list[float]], replicates: int) -> dict[str, Any]:
    """Shortfall of plans against `best` on fresh draws, one a replicate, % of the profit of the best."""
    problem = market(CONSUMERS)
    named = {name: problem.plan(np.array(row)) for name, row in plans.items()}
    values = replicate_kpis(problem.world, named, seed=77, replicates=replicates).values
    profit = {name: np.array(values[name]["profit"], dtype=float) for name in named}
    return {name: 100.0 * (profit["best"] - row) / profit["best"].mean() for name, row in profit.items()}


def with_error(short: Any) -> dict[str, float]:
    """Mean shortfall over replicates, paired, and its standard error, %."""
    return {"shortfall": float(short.mean()), "se": float(short.std(ddof=1) / len(short) ** 0.5)}


def find_best() -> dict[str, Any]:
    """Long searches on large samples, one surface through all their plans, its highest point, judged."""
    amounts, gains, blocks, peaks = [], [], [], []
    for seed in range(SEARCHES):
        problem = market(CONSUMERS)
        evaluator = Evaluator(problem, SimulationMeter(problem.world, seed=seed), runs=SEARCH_RUNS)
        found = METHODS["surrogate"](problem, evaluator, seed=seed).best
        assert found is not None
        peaks.append(found.amounts_c)
        for done in evaluator.scored:
            amounts.append(done.amounts_c)
            gains.append(done.kpis["profit"] + done.amounts_c.sum())  # type: ignore[operator]
            blocks.append((seed, done.replicate))
        print(f"search {seed + 1} of {SEARCHES}: {gains[-1] - problem.total:,.0f}", file=sys.stderr)
    return conclude(market(CONSUMERS), np.array(amounts), np.array(gains), blocks, peaks)


def conclude(problem: BudgetProblem, amounts: Any, gains: Any, blocks: Any, peaks: Any) -> dict[str, Any]:
    """The store: surface, best plan, and what fresh draws say of it."""
    block_n = np.unique(np.array(blocks), axis=0, return_inverse=True)[1].ravel()
    centre = np.mean(peaks, axis=0)
    unit = problem.total / len(problem.free_c)
    surface = fit_surface(amounts, gains, free_c=problem.free_c, unit=unit, centre_c=centre, block_n=block_n)
    tops = [climb(problem, Blend([surface], [1.0]), start, move=0.3) for start in [*peaks, centre]]
    best = max(tops, key=lambda row: float(surface.predict(row)[0]))
    free = len(problem.free_c)
    plans = {"best": best.tolist(), "status_quo": problem.status_quo_at_total().tolist()}
    plans |= {f"search_{n}": row.tolist() for n, row in enumerate(peaks)}
    top = float(surface.predict(best)[0]) - problem.total
    return {
        "command": "python benchmarks/optimizers.py --find-best",
        "channels": list(problem.world.channels),
        "best": dict(zip(problem.world.channels, best.round(2).tolist(), strict=True)),
        "profit": round(top),
        "surface": {
            "theta": surface.theta.tolist(),
            "unit": surface.unit,
            "scale": surface.scale,
            "free_c": problem.free_c.tolist(),
            "noise": surface.noise,
            "plans": len(gains),
            "consumers_a_plan": CONSUMERS,
            "parameters": 1 + 7 * free,
        },
        "judged": {name: with_error(row) for name, row in shortfalls(plans, JUDGED).items()},
        "surface_says": {
            name: 100.0 * (top + problem.total - float(surface.predict(np.array(row))[0])) / top
            for name, row in plans.items()
        },
    }
