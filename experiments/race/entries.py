"""Who can race: the search methods, and rules of thumb with what they must simulate first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from optimize import BudgetProblem, Evaluator, PolicyOptions

#: Rule -> what people call it; thresholds are filled in.
RULES = {
    "equal": "equal split",
    "historical": "today's mix",
    "five_three_two": "5-3-2",
    "proportional_to_roi": "in proportion to ROI, measured",
    "cull_below_roas": "cull below ROAS {roas}, measured",
    "credited_roi": "in proportion to ROAS, credited",
    "credited_cull": "cull below ROAS {roas}, credited",
    "last_click": "as last touch credits",
    "markov": "as Markov chain credits",
    "rfm_health": "channel health (RFM) below {activity}",
}
#: Rule of thumb -> policy that decides it from a year's records of today's plan, one simulation.
RECORDED = {
    "credited_roi": "proportional_roi",
    "credited_cull": "cull",
    "last_click": "last_click",
    "markov": "markov",
    "rfm_health": "rfm",
}


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


def rule_names(least_roas: float, least_activity: float) -> dict[str, str]:
    """What people call each rule under these thresholds."""
    return {
        name: text.format(roas=f"{least_roas:g}", activity=f"{least_activity:g}")
        for name, text in RULES.items()
    }


def recommend(
    problem: BudgetProblem,
    entry: Entry,
    settings: Settings,
    step: Callable[[int, int, str], None],
    options: PolicyOptions,
) -> tuple[Any, int]:
    """Amounts recommended, and simulations used; each repeat has draws and a search seed of its own."""
    from optimize import BASELINES, MEASURED_RULES, METHODS, Evaluator, SimulationMeter

    if entry.name in BASELINES:
        return BASELINES[entry.name](problem), 0
    seed = settings.seed + entry.repeat
    if entry.name in RECORDED:
        return _recorded(problem, RECORDED[entry.name], seed, settings, options), 1
    meter = SimulationMeter(problem.world, seed=seed, engine=settings.engine, threads=settings.jobs)
    runs = entry.runs or len(problem.free_c) + 2
    evaluator: Evaluator = Evaluator(problem, meter, runs=runs, progress=step)
    if entry.name in MEASURED_RULES:
        return MEASURED_RULES[entry.name](problem, evaluator, options), evaluator.runs_used
    best = METHODS[entry.name](problem, evaluator, seed=seed).best
    amounts = BASELINES["historical"](problem) if best is None else best.amounts_c
    return amounts, evaluator.runs_used


def _recorded(
    problem: BudgetProblem, policy: str, seed: int, settings: Settings, options: PolicyOptions
) -> Any:
    """Money as a policy weighs the channels after all periods of today's plan, as a brand records them."""
    from optimize import SEARCH_REPLICATE, Market, in_proportion, weights_of

    plan = problem.status_quo
    market = Market(problem.world, seed, SEARCH_REPLICATE, engine=settings.engine, threads=settings.jobs)
    history = market.histories([plan], plan.periods)[plan]
    return in_proportion(problem, weights_of(policy, history, [(0, plan.periods)], options))
