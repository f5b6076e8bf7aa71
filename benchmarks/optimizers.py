"""Regret of every budget search against simulations spent, on a market of ten channels.

    python benchmarks/optimizers.py [--json] [--quick] [--objective profit|roi] [--methods A,B] [--jobs N]
    python benchmarks/optimizers.py --methods default --runs 100,400 --repeats 4     # a part of the league
    python benchmarks/optimizers.py --find-best      # the long search behind benchmarks/optimizers.json

The market is beauty-launch with one more channel (online video): nine channels that money can buy, word of
mouth, five synergies, the scenario's own limits. A search gets a number of simulations of 40,000 consumers;
repeats differ in the search's seed and in the market's draws. Its plan is then compared with the best plan
known, and the shortfall is given in per cent of the best plan's profit.

Two plans a per cent apart cannot be told apart by 40,000 consumers: their difference has a standard
deviation of 2 to 3 per cent. So truth is a response surface through some thousand plans of 200,000 consumers
each on many draws, found by --find-best and kept in optimizers.json, with what fresh draws of 200,000
consumers say of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from optimize import BASELINES, METHODS, BudgetProblem, Evaluator, SimulationMeter
from optimize.ascent import Blend, climb
from optimize.curves import FitError, Surface, fit_surface
from sim import available_cpus, compile_world, load, replicate_kpis

STORE = Path(__file__).with_suffix(".json")
OVERLAY = (
    "channels.video={label: Online video, kind: paid, targeting: broadcast, reach: 0.45, price: {cpm: 55}, "
    "ctr: 0.004, half_life: 2, effect: {discover: 0.020, engage: 0.012}}",
    "plan.per_period.video=20000",
)
CONSUMERS, TRUTH_CONSUMERS = 40_000, 200_000
BUDGETS, REPEATS = (50, 100, 200, 400), 10
#: --quick: consumers, and runs -> repeats, of the default and of every other method.
QUICK_DEFAULT, QUICK_OTHERS = (28_000, {400: 1, 100: 3}), (10_000, {100: 1})
#: --find-best: searches, runs each; the judge's replicates.
SEARCHES, SEARCH_RUNS, JUDGED = 6, 300, 12


@cache
def market(consumers: int, objective: str = "profit") -> BudgetProblem:
    """The problem on a sample of so many consumers."""
    file = load("beauty-launch", overrides=[*OVERLAY, f"population.agents={consumers}"])
    world = compile_world(file.scenario)
    return BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=(objective,))


@dataclass(frozen=True)
class Trial:
    """One search: who, how many runs, which repeat, on how many consumers."""

    method: str
    runs: int
    repeat: int
    consumers: int
    objective: str


def recommend(trial: Trial) -> tuple[list[float], float]:
    """The plan recommended, and seconds it took."""
    problem = market(trial.consumers, trial.objective)
    began = time.perf_counter()
    if trial.method in BASELINES:
        return BASELINES[trial.method](problem).tolist(), 0.0
    meter = SimulationMeter(problem.world, seed=1_000 + trial.repeat, threads=1)
    evaluator = Evaluator(problem, meter, runs=trial.runs)
    best = METHODS[trial.method](problem, evaluator, seed=trial.repeat).best
    amounts = problem.status_quo_at_total() if best is None else best.amounts_c
    return amounts.tolist(), time.perf_counter() - began


class Truth:
    """The best plan known and a surface that says what others earn; `benchmarks/optimizers.json`."""

    def __init__(self, objective: str) -> None:
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
        self._total, self._roi = float(self.best.sum()), objective == "roi"

    def regret(self, amounts_c: Any) -> float:
        """Per cent short of the best plan; ROI and profit rank plans of one total alike."""
        ours, best = (
            float(self._surface.predict(row)[0]) - self._total for row in (np.array(amounts_c), self.best)
        )
        return 100.0 * (best - ours) / best


def race(trials: list[Trial], jobs: int) -> list[tuple[list[float], float]]:
    """Every trial, `jobs` at a time."""
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(recommend, trials, chunksize=1))


def table(trials: list[Trial], found: list[tuple[list[float], float]], truth: Truth) -> dict[str, Any]:
    """method -> runs -> regrets and seconds."""
    rows: dict[str, Any] = {}
    for trial, (amounts, seconds) in zip(trials, found, strict=True):
        cell = rows.setdefault(trial.method, {}).setdefault(str(trial.runs), {"regret": [], "seconds": []})
        cell["regret"].append(truth.regret(amounts))
        cell["seconds"].append(seconds)
    return rows


def trials_of(methods: list[str], quick: bool, objective: str, league: dict[int, int]) -> list[Trial]:
    """The longest first, so that no processor waits at the end; `league` is runs -> repeats."""
    trials = []
    for method in methods:
        consumers, repeats_of = CONSUMERS, league
        if quick:
            consumers, repeats_of = QUICK_DEFAULT if method == "default" else QUICK_OTHERS
        for runs, repeats in repeats_of.items():
            trials += [Trial(method, runs, repeat, consumers, objective) for repeat in range(repeats)]
    return sorted(trials, key=lambda trial: -trial.runs)


def shortfalls(plans: dict[str, list[float]], consumers: int, replicates: int) -> dict[str, Any]:
    """Shortfall of plans against `best` on fresh draws, one a replicate, % of the profit of the best."""
    problem = market(consumers)
    named = {name: problem.plan(np.array(row)) for name, row in plans.items()}
    values = replicate_kpis(problem.world, named, seed=77, replicates=replicates).values
    profit = {name: np.array(values[name]["profit"], dtype=float) for name in named}
    return {name: 100.0 * (profit["best"] - row) / profit["best"].mean() for name, row in profit.items()}


def with_error(short: Any) -> dict[str, float]:
    """Mean shortfall over replicates, paired, and its standard error, %."""
    return {"shortfall": float(short.mean()), "se": float(short.std(ddof=1) / len(short) ** 0.5)}


def judged_cells(
    trials: list[Trial], found: list[tuple[list[float], float]], best: list[float], replicates: int
) -> dict[str, Any]:
    """Mean shortfall over the repeats of each method and number of runs, on fresh draws, with its error.

    It asks no surface, and shares the chance in `best` between all: to be read beside the regret.
    """
    plans = {f"{t.method} {t.runs} {t.repeat}": row for t, (row, _) in zip(trials, found, strict=True)}
    short = shortfalls({"best": best, **plans}, TRUTH_CONSUMERS, replicates)
    cells = dict.fromkeys((trial.method, trial.runs) for trial in trials)
    return {
        f"{method} {runs}": with_error(
            np.mean([row for name, row in short.items() if name.startswith(f"{method} {runs} ")], axis=0)
        )
        for method, runs in cells
    }


def find_best() -> dict[str, Any]:
    """Long searches on large samples, one surface through all their plans, its highest point, judged."""
    amounts, gains, blocks, peaks = [], [], [], []
    for seed in range(SEARCHES):
        problem = market(TRUTH_CONSUMERS)
        evaluator = Evaluator(problem, SimulationMeter(problem.world, seed=seed), runs=SEARCH_RUNS)
        peaks.append(METHODS["surrogate"](problem, evaluator, seed=seed).best.amounts_c)  # type: ignore[union-attr]
        for done in evaluator.scored:
            amounts.append(done.amounts_c)
            gains.append(done.kpis["profit"] + done.amounts_c.sum())  # type: ignore[operator]
            blocks.append((seed, done.replicate))
        print(f"search {seed + 1} of {SEARCHES}: {gains[-1] - problem.total:,.0f}", file=sys.stderr)
    return conclude(market(TRUTH_CONSUMERS), np.array(amounts), np.array(gains), blocks, peaks)


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
            "consumers_a_plan": TRUTH_CONSUMERS,
            "parameters": 1 + 7 * free,
        },
        "judged": {name: with_error(row) for name, row in shortfalls(plans, TRUTH_CONSUMERS, JUDGED).items()},
        "surface_says": {
            name: 100.0 * (top + problem.total - float(surface.predict(np.array(row))[0])) / top
            for name, row in plans.items()
        },
    }


def show(rows: dict[str, Any]) -> None:
    """The league table."""
    budgets = sorted({int(runs) for cells in rows.values() for runs in cells})
    print(f"{'regret, %: median (worst)':28}" + "".join(f"{runs:>16}" for runs in budgets))
    for method, cells in rows.items():
        line = f"{method:28}"
        for runs in budgets:
            cell = cells.get(str(runs))
            text = f"{statistics.median(cell['regret']):.2f} ({max(cell['regret']):.2f})" if cell else "-"
            line += f"{text:>16}"
        print(line)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="within a minute: few repeats")
    parser.add_argument("--objective", choices=["profit", "roi"], default="profit")
    parser.add_argument(
        "--methods", default="", help="names, comma-separated; default: all, and rules of thumb"
    )
    parser.add_argument("--jobs", type=int, default=available_cpus(), help="searches at a time")
    parser.add_argument("--runs", default=",".join(map(str, BUDGETS)), help="simulations, comma-separated")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="searches a method and number of runs")
    parser.add_argument(
        "--judge", type=int, default=0, metavar="REPLICATES", help="also judge the plans on fresh draws"
    )
    parser.add_argument("--find-best", action="store_true", help="search the best plan again and store it")
    return parser.parse_args()


def main() -> int:
    """Run the benchmark."""
    options = arguments()
    if options.find_best:
        STORE.write_text(json.dumps(find_best(), indent=1) + "\n", encoding="utf-8")
        return 0
    truth, began = Truth(options.objective), time.perf_counter()
    names = [name for name in options.methods.split(",") if name]
    names = names or [
        name for name in METHODS if name == "default" or METHODS[name] is not METHODS["default"]
    ]
    league = dict.fromkeys(map(int, options.runs.split(",")), options.repeats)
    trials = trials_of(names, options.quick, options.objective, league)
    found = race(trials, options.jobs)
    rows = table(trials, found, truth)
    if options.judge:
        fresh = judged_cells(trials, found, truth.best.tolist(), options.judge)
        print(f"short of the best on {options.judge} fresh draws, %: {json.dumps(fresh)}", file=sys.stderr)
    rows |= {
        name: {"0": {"regret": [truth.regret(rule(market(CONSUMERS)))], "seconds": [0.0]}}
        for name, rule in BASELINES.items()
    }
    if not options.json:
        show(rows)
        return 0
    answer: dict[str, Any] = {
        method: {runs: round(statistics.median(cell["regret"]), 3) for runs, cell in cells.items()}
        for method, cells in rows.items()
    }
    answer["worst"] = {
        m: {r: round(max(c["regret"]), 3) for r, c in cells.items()} for m, cells in rows.items()
    }
    answer["unit"] = "per cent of the best plan's profit"
    whole = {"consumers": CONSUMERS, "repeats_by_runs": league}
    parts = {
        name: {"consumers": consumers, "repeats_by_runs": repeats}
        for name, (consumers, repeats) in (("default", QUICK_DEFAULT), ("others", QUICK_OTHERS))
    }
    answer["what"] = parts if options.quick else whole
    answer["seconds"] = round(time.perf_counter() - began, 1)
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
