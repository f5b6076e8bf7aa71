"""Plan, observe, plan again: budgets decided block by block from what has been recorded so far.

    symbol       meaning                                                               shape    unit
    f            block: the periods between two decisions                              F
    amounts_fc   money by block and channel; blocks before the decision are settled    (F, C)   currency
    weight_c     a policy's split of the money left                                    (C,)
    most_c       money per period that a channel is known to place at most             (C,)     currency
    reserve      share of the total held back for the last block                                0 .. 1

The past is simulated exactly. A run is a function of world, plan and draws, and nothing in it looks ahead,
so a run of the plan so far, with nothing spent later, has the same past as a run of the finished plan
(tested). What a policy gets of it is a `History`, cut at the decision.

Limits are those of the scenario over the whole plan, with the settled blocks held: the rest of the last
decision is always one way to go on, so a limit that could be met at the start is met at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optimize.baselines import scaled
from optimize.flights import divide_every
from optimize.pacing import filled, most_placed, pace
from optimize.policies import weights_of
from optimize.policy_options import PolicyOptions
from optimize.problem import BudgetProblem
from optimize.projection import project
from optimize.reading import read_problem
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import History, World

Floats = npt.NDArray[np.float64]
#: Consumers whose journeys a brand records, unless told otherwise; fewer if the market has fewer.
PANEL = 10_000


def blocked(
    scenario: Any, world: World, status_quo: Plan, *, every: int, total: float | None = None
) -> BudgetProblem:
    """The scenario's budget problem with one flight a block, its total spent exactly.

    Targets are left out: only simulation can check them, and a policy must not simulate.

    Raises:
        LimitError: blocks as long as the plan or below one period, or limits that cannot be met.
    """
    if not 1 <= every < status_quo.periods:
        raise LimitError(f"every: must be 1 to {status_quo.periods - 1} periods, got {every}")
    block = scenario.optimization.model_copy(update={"at_most": False, "total_min": None, "targets": ()})
    flights = divide_every(every, status_quo.periods, start=world.start, days=world.period.days)
    return read_problem(block, world, status_quo, total=total, objectives=("profit",), flights=flights)


@dataclass(frozen=True)
class Market:
    """The market that answers, in one replicate; policies meet it through its records only.

    Attributes:
        world: may be another than the problem's: what turned out.
        seed: of the draws.
        replicate: a plan decided in it is to be judged in it, for it is carried out in one market only.
        panel_size: consumers whose journeys are recorded.
        engine: as for `simulate`.
        threads: no result depends on it.
    """

    world: World
    seed: int
    replicate: int = 0
    panel_size: int = PANEL
    engine: str = "compiled"
    threads: int | None = None

    def histories(self, plans: Iterable[Plan], periods: int) -> dict[Plan, History]:
        """What is recorded under each plan by the end of the first periods."""
        from sim import Job, observe, panel, simulate_many

        distinct = list(dict.fromkeys(plans))
        jobs = [Job(plan, self.seed, self.replicate) for plan in distinct]
        runs = simulate_many(self.world, jobs, engine=self.engine, threads=self.threads)
        chosen = panel(self.world, min(self.panel_size, self.world.agents))
        return {
            plan: observe(run, periods, consumers=chosen, threads=self.threads)
            for plan, run in zip(distinct, runs, strict=True)
        }


def replan(
    problem: BudgetProblem,
    policies: Sequence[str],
    market: Market,
    *,
    reserve: float = 0.0,
    options: PolicyOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Floats]:
    """Let policies decide block by block.

    Args:
        problem: from `blocked`.
        policies: names in `POLICIES`.
        market: what answers.
        reserve: share of the total held back for the last block.
        options: thresholds of the policies.
        progress: called with (decisions taken, all) after every block.

    Returns:
        Policy -> (F, C) money by block and channel.

    Raises:
        LimitError: a reserve outside 0 .. 1.
    """
    chosen = options or PolicyOptions()
    blocks = [(flight.first, flight.last + 1) for flight in problem.flights]
    amounts = dict.fromkeys(policies, decide(problem, None, 0, None, reserve=reserve))
    for f in range(1, len(blocks)):
        so_far = {name: _until(problem, found_fc, f) for name, found_fc in amounts.items()}
        known = market.histories(so_far.values(), blocks[f][0])
        for name in policies:
            history = known[so_far[name]]
            weight_c = weights_of(name, history, blocks[:f], chosen)
            most_c = most_placed(history, blocks[f - 1], chosen.room)
            amounts[name] = decide(problem, amounts[name], f, weight_c, reserve=reserve, most_c=most_c)
        if progress is not None:
            progress(f, len(blocks) - 1)
    return amounts


def decide(
    problem: BudgetProblem,
    amounts_fc: Floats | None,
    f: int,
    weight_c: Floats | None,
    *,
    reserve: float = 0.0,
    most_c: Floats | None = None,
) -> Floats:
    """Money of block f and, for now, of those after it: the total left at its pace, moved onto the limits.

    Args:
        problem: from `blocked`.
        amounts_fc: (F, C) the last decision; blocks before f are held. None at the start.
        f: number of the block that begins.
        weight_c: (C,) split of the money left; None: today's, block by block.
        reserve: share of the total held back for the last block.
        most_c: (C,) money per period that a channel is offered at most, while others can take the rest.
    """
    flights, channels = len(problem.flights), len(problem.world.channels)
    past_f = np.arange(flights) < f
    settled_fc = np.zeros((flights, channels)) if amounts_fc is None else amounts_fc * past_f[:, None]
    pace_f = np.where(past_f, 0.0, pace(problem, reserve))
    if pace_f.sum() <= 0:
        pace_f = np.where(past_f, 0.0, 1.0)
    money_f = (problem.total - float(settled_fc.sum())) * pace_f / pace_f.sum()
    weight_fc = (
        problem.anchor.reshape(flights, channels) if weight_c is None else np.tile(weight_c, (flights, 1))
    )
    most_fc = _by_block(problem, most_c)
    split = zip(money_f, _shares(problem, weight_fc), most_fc, strict=True)
    wanted = (settled_fc + np.array([filled(*each) for each in split])).ravel()
    held = _holding(problem, settled_fc, f)
    found = project(held, scaled(held, wanted) if held.violations(wanted) else wanted)
    return found.reshape(flights, channels) + 0.0


def _shares(problem: BudgetProblem, weight_fc: Floats) -> Floats:
    """(F, C) weights as shares of each block's money, over channels with a price; even where all are 0."""
    weight_fc = np.where(problem.world.priced_c, weight_fc, 0.0)
    weight_fc[weight_fc.sum(axis=1) <= 0] = problem.world.priced_c
    return np.asarray(weight_fc / weight_fc.sum(axis=1, keepdims=True))


def _by_block(problem: BudgetProblem, most_c: Floats | None) -> Floats:
    """(F, C) money that each channel is offered at most in each block."""
    length_f = np.array([flight.last + 1 - flight.first for flight in problem.flights], dtype=np.float64)
    unknown_c = np.full(len(problem.world.channels), np.inf)
    return np.asarray(length_f[:, None] * (unknown_c if most_c is None else most_c))


def _holding(problem: BudgetProblem, settled_fc: Floats, f: int) -> BudgetProblem:
    """The problem with the cells of settled blocks held at their amounts."""
    if f == 0:
        return problem
    past = np.repeat(np.arange(len(problem.flights)) < f, settled_fc.shape[1])
    lower, upper = (np.where(past, settled_fc.ravel(), bound) for bound in (problem.lower_c, problem.upper_c))
    return replace(problem, lower_c=lower, upper_c=upper, mix=None, resolve=None)


def _until(problem: BudgetProblem, amounts_fc: Floats, f: int) -> Plan:
    """The plan of the blocks before f; nothing is spent later."""
    return problem.plan(np.where(np.arange(len(amounts_fc))[:, None] < f, amounts_fc, 0.0).ravel())
