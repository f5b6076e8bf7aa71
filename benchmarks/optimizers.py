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
consumers say of it. --judge N asks no surface: it simulates every plan found on N fresh draws.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from best_plan import STORE, Truth, find_best, market, shortfalls, with_error

from optimize import BASELINES, METHODS, Evaluator, SimulationMeter
from sim import available_cpus

CONSUMERS = 40_000
BUDGETS, REPEATS = (50, 100, 200, 400), 10
#: --quick: consumers, and runs -> repeats, of the default and of every other method.
QUICK_DEFAULT, QUICK_OTHERS = (28_000, {400: 1, 100: 3}), (10_000, {100: 1})


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


def judge(
    trials: list[Trial], found: list[tuple[list[float], float]], best: list[float], replicates: int
) -> dict[str, Any]:
    """method -> runs -> shortfalls of each plan on fresh draws, and of their mean, with its standard error.

    All share the chance in `best`: near nought is as good as that plan, below it better.
    """
    plans = {str(n): row for n, (row, _) in enumerate(found)}
    short = shortfalls({"best": best, **plans}, replicates)
    cells: dict[tuple[str, int], list[Any]] = {}
    for n, trial in enumerate(trials):
        cells.setdefault((trial.method, trial.runs), []).append(short[str(n)])
    rows: dict[str, Any] = {}
    for (method, runs), each in cells.items():
        cell = {"regret": [float(row.mean()) for row in each], "mean": with_error(sum(each) / len(each))}
        rows.setdefault(method, {})[str(runs)] = cell
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


def show(rows: dict[str, Any], what: str) -> None:
    """A league table."""
    budgets = sorted({int(runs) for cells in rows.values() for runs in cells})
    print(f"{what}\n{'%: median (worst)':28}" + "".join(f"{runs:>16}" for runs in budgets))
    for method, cells in rows.items():
        line = f"{method:28}"
        for runs in budgets:
            cell = cells.get(str(runs))
            text = f"{statistics.median(cell['regret']):.2f} ({max(cell['regret']):.2f})" if cell else "-"
            line += f"{text:>16}"
        print(line)


def short_of(rows: dict[str, Any], figure: Any) -> dict[str, Any]:
    """method -> runs -> one figure of the shortfalls, %."""
    return {m: {r: round(figure(c["regret"]), 3) for r, c in cells.items()} for m, cells in rows.items()}


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
    truth, began = Truth(), time.perf_counter()
    names = [name for name in options.methods.split(",") if name]
    names = names or [
        name for name in METHODS if name == "default" or METHODS[name] is not METHODS["default"]
    ]
    league = dict.fromkeys(map(int, options.runs.split(",")), options.repeats)
    trials = trials_of(names, options.quick, options.objective, league)
    found = race(trials, options.jobs)
    rows = table(trials, found, truth)
    fresh = judge(trials, found, truth.best.tolist(), options.judge) if options.judge else {}
    rows |= {
        name: {"0": {"regret": [truth.regret(rule(market(CONSUMERS)))], "seconds": [0.0]}}
        for name, rule in BASELINES.items()
    }
    if not options.json:
        show(rows, "Short of the best plan known, by the surface")
        if fresh:
            show(fresh, f"The same plans on {options.judge} fresh draws")
            print(json.dumps({m: {r: c["mean"] for r, c in cells.items()} for m, cells in fresh.items()}))
        return 0
    answer = short_of(rows, statistics.median)
    answer["worst"] = short_of(rows, max)
    if fresh:
        answer["judged"] = short_of(fresh, statistics.median)
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
