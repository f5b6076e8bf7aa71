"""Only money that can be placed: what no draw bills is left out of the plan.

    symbol     meaning                                       shape    unit
    spend_tc   money planned                                 (T, C)   currency
    most_tc    the most that was billed of it on any draw    (T, C)   currency

Where a channel bills nothing in a whole flight (no audience, less than its fixed fee), its money there does
nothing, so the plan is the same without it. Elsewhere audiences sell out smoothly: of the last money a
part is not placed, and yet the other part may earn more than the whole costs. Cutting that was tried:
without half of what was not placed `beauty-launch` earned 6 per cent less. So it stays, and every table
says what is placed and what must be offered for it. Floors, contracts and every other limit still hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.finalists import FINAL_REPLICATE
from optimize.limits import CHECKS
from optimize.meter import SimulationMeter
from sim import Plan

if TYPE_CHECKING:
    from optimize.evaluator import Evaluation, Evaluator
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: First draw on which plans are looked at, and how many.
FIRST, LOOKS = FINAL_REPLICATE + 250_000, 4


@dataclass(frozen=True)
class Placed:
    """The plan to recommend.

    Attributes:
        plan: without what no draw bills.
        freed: channel -> money taken out of it, currency.
        runs: simulations used.
    """

    plan: Plan
    freed: dict[str, float]
    runs: int = 0


def placeable(problem: BudgetProblem, evaluator: Evaluator, best: Evaluation) -> Placed:
    """The best plan without money that is never billed; as it is where the meter tells no bills."""
    plan, meter = problem.plan(best.amounts_c), evaluator.meter
    if not isinstance(meter, SimulationMeter):
        return Placed(plan, {})
    most_tc = meter.billed([plan], replicates=range(FIRST, FIRST + LOOKS))[:, 0].max(axis=0)
    wanted_tc = plan.spend_tc.copy()
    for flight in problem.flights:
        wanted_tc[flight.periods] *= most_tc[flight.periods].sum(axis=0) > 0
    kept = cut(problem, plan, wanted_tc)
    less_c = plan.total_c - kept.total_c
    freed = {name: float(less) for name, less in zip(plan.channels, less_c, strict=True) if less > 0}
    return Placed(kept, freed, LOOKS)


def cut(problem: BudgetProblem, plan: Plan, wanted_tc: Floats) -> Plan:
    """The plan with each channel's money cut to what is wanted, as far as the limits allow."""
    kept_tc = plan.spend_tc.copy()
    # Money left out of a total that was to be spent exactly is free: every limit but the total must hold.
    checks = [check for name, check in CHECKS.items() if name != "total" or problem.free_total]
    for c in np.flatnonzero((plan.spend_tc - wanted_tc).sum(axis=0) > problem.tolerance):
        tried_tc = kept_tc.copy()
        tried_tc[:, c] = _above_floor(problem, int(c), plan.spend_tc[:, c], wanted_tc[:, c])
        amounts = problem.by_flight(Plan(plan.channels, tried_tc))
        if not any(check(problem, amounts) for check in checks):
            kept_tc = tried_tc
    return Plan(plan.channels, kept_tc)


def _above_floor(problem: BudgetProblem, channel: int, spend_t: Floats, wanted_t: Floats) -> Floats:
    """(T,) what is wanted, and of the rest as much as the floor of each flight asks for."""
    found_t = wanted_t.copy()
    for f, flight in enumerate(problem.flights):
        floor = float(problem.lower_c[f * len(problem.world.channels) + channel])
        part, rest = wanted_t[flight.periods], (spend_t - wanted_t)[flight.periods]
        short = floor - float(part.sum())
        if short > 0 and rest.sum() > 0:
            found_t[flight.periods] = part + rest * min(short / float(rest.sum()), 1.0)
    return found_t
