"""Who can race: the search methods, and rules of thumb with what they must simulate first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from optimize import BudgetProblem, Evaluator

#: Rule -> what people call it. The last two spend as an attribution rule credits today's revenue.
RULES = {
    "equal": "equal split",
    "historical": "today's mix",
    "five_three_two": "5-3-2",
    "proportional_to_roi": "in proportion to ROI",
    "cull_below_roas_2": "cull below ROAS 2",
    "last_click": "as last touch credits",
    "markov": "as Markov chain credits",
}
#: Attribution rule behind a rule of thumb; consumers whose journeys are read.
CREDITED = {"last_click": "last", "markov": "markov_1"}
PANEL = 10_000


@dataclass(frozen=True)
class Entry:
    """One start: who, with how many runs, which repeat; `used` once it has run."""

    name: str
    runs: int
    repeat: int
    used: int = 0

    def charged(self, used: int) -> Entry:
        """The entry with the simulations it used."""
        return replace(self, used=used)


def recommend(
    problem: BudgetProblem, entry: Entry, settings: Settings, step: Callable[[int, int, str], None]
) -> tuple[Any, int]:
    """Amounts recommended, and simulations used; each repeat has draws and a search seed of its own."""
    from optimize import BASELINES, MEASURED_RULES, METHODS, Evaluator, SimulationMeter

    if entry.name in BASELINES:
        return BASELINES[entry.name](problem), 0
    seed = settings.seed + entry.repeat
    if entry.name in CREDITED:
        return _credited(problem, CREDITED[entry.name], seed), 1
    meter = SimulationMeter(problem.world, seed=seed, engine=settings.engine, threads=settings.jobs)
    runs = entry.runs or len(problem.free_c) + 2
    evaluator: Evaluator = Evaluator(problem, meter, runs=runs, progress=step)
    if entry.name in MEASURED_RULES:
        return MEASURED_RULES[entry.name](problem, evaluator), evaluator.runs_used
    best = METHODS[entry.name](problem, evaluator, seed=seed).best
    amounts = BASELINES["historical"](problem) if best is None else best.amounts_c
    return amounts, evaluator.runs_used


def _credited(problem: BudgetProblem, rule: str, seed: int) -> Any:
    """Money in proportion to the revenue that a rule credits in today's journeys, one simulation of them."""
    from optimize import SEARCH_REPLICATE, in_proportion
    from sim import attribute, panel, paths_from_log, replay, simulate

    world = problem.world
    run = simulate(world, problem.status_quo, seed=seed, replicate=SEARCH_REPLICATE)
    log = replay(run, panel(world, min(PANEL, world.agents)))
    return in_proportion(problem, attribute(paths_from_log(log, view="brand"), rule).value_c)
