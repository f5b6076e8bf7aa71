"""Only money that can be placed: a plan cut, period by period, towards what finds an audience.

    symbol     meaning                                                           shape    unit
    spend_tc   money planned                                                     (T, C)   currency
    most_tc    the most that was billed of it on a few draws                     (T, C)   currency
    share      part of what is not placed that is cut                                     0 .. 1

Audiences sell out smoothly: of the last money offered a part finds no audience, and yet the other part may
earn more than the whole costs. So plans cut to what was billed, and part of the way to it, meet the plan
as it is on draws of their own, and the one cut most that loses nothing to speak of is taken. What stays
unplaced even so is the price of placing the rest; tables name it. Every other limit still holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.finalists import FINAL_REPLICATE, idle_beyond
from optimize.meter import SimulationMeter
from optimize.target_meter import plan_runs
from sim import Plan

if TYPE_CHECKING:
    from optimize.evaluator import Evaluation, Evaluator
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: First draws on which plans are cut and compared, how many of each, and the share of a channel's money not
#: placed that is left in the plan.
FIRST, LOOKS, DRAWS, SLIGHT = FINAL_REPLICATE + 250_000, 3, 8, 0.005
#: Shares tried, the most first; share of the objective that a cut may lose, and that chance may hide.
SHARES, LOSS, SURELY = (1.0, 0.5, 0.2), 0.001, 0.003


@dataclass(frozen=True)
class Placed:
    """The plan to recommend.

    Attributes:
        plan: cut or not.
        freed: channel -> money taken out of it, currency.
        runs: simulations used.
    """

    plan: Plan
    freed: dict[str, float]
    runs: int = 0


def placeable(problem: BudgetProblem, evaluator: Evaluator, best: Evaluation) -> Placed:
    """The best plan without money that makes no difference; as it is where the meter tells no bills."""
    plan, meter = problem.plan(best.amounts_c), evaluator.meter
    if not isinstance(meter, SimulationMeter) or problem.minimise_spend:
        return Placed(plan, {})
    most_tc = meter.billed([plan], replicates=range(FIRST, FIRST + LOOKS))[:, 0].max(axis=0)
    # What no draw billed at all makes no difference, whatever is compared.
    dead_c = (most_tc.sum(axis=0) <= 0) & (plan.total_c > 0)
    first = cut(problem, plan, np.where(dead_c, 0.0, plan.spend_tc), 1.0)
    cuts = [cut(problem, first, np.minimum(most_tc, first.spend_tc), share) for share in SHARES]
    plans = [first, *(each for each in cuts if each != first)]
    if len(plans) == 1:
        return _kept(plan, first, LOOKS)
    goal, today = problem.goals[0], evaluator.evaluations[0]
    scores: list[list[float]] = [[] for _ in plans]
    for replicate in range(FIRST, FIRST + DRAWS):
        found = meter.measure(plans, replicate=replicate)
        for row, each, kpis in zip(scores, plans, found, strict=True):
            row.append(goal.value({**kpis, "idle": idle_beyond(each.total, kpis, today)}))
    able = [n for n in range(1, len(plans)) if _harmless(np.array(scores[n]), np.array(scores[0]))]
    runs = LOOKS + DRAWS * (len(plans) * plan_runs(meter)[0] + meter.baseline_runs)
    return _kept(plan, plans[able[0]] if able else first, runs)


def _harmless(cut_r: Floats, whole_r: Floats) -> bool:
    """Whether a cut loses less than `LOSS`, and less than `SURELY` even if chance was on its side."""
    lost_r, size = whole_r - cut_r, abs(float(whole_r.mean()))
    error = float(lost_r.std(ddof=1)) / np.sqrt(len(lost_r))
    return bool(lost_r.mean() <= LOSS * size and lost_r.mean() + error <= SURELY * size)


def _kept(before: Plan, after: Plan, runs: int) -> Placed:
    less_c = before.total_c - after.total_c
    freed = {name: float(less) for name, less in zip(before.channels, less_c, strict=True) if less > 0}
    return Placed(after, freed, runs)


def cut(problem: BudgetProblem, plan: Plan, most_tc: Floats, share: float) -> Plan:
    """The plan with a share of what each channel cannot place cut, as far as the limits allow."""
    minor = float(problem.world.minor)
    wanted_tc = np.ceil((most_tc + (1.0 - share) * (plan.spend_tc - most_tc)) * minor - 1e-6) / minor
    wanted_tc = np.clip(wanted_tc, 0.0, plan.spend_tc)
    kept_tc = plan.spend_tc.copy()
    open_problem = problem if problem.free_total else replace(problem, total_min=0.0)
    for c in np.flatnonzero((plan.spend_tc - wanted_tc).sum(axis=0) > SLIGHT * plan.total_c):
        tried_tc = kept_tc.copy()
        tried_tc[:, c] = _above_floor(problem, int(c), plan.spend_tc[:, c], wanted_tc[:, c])
        if not open_problem.violations(problem.by_flight(Plan(plan.channels, tried_tc))):
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
