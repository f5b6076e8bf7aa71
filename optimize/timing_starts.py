"""Where a search of the timing begins: each channel timed as today, spread evenly, or between the two.

    symbol   meaning                                                        shape
    today    the plan at hand, timed as the status quo                      (I,)
    even     the same money by channel, spread over the flights by length   (I,)
    a_c      how far channel c goes from today (0) to even (1)              (C,)

Small steps never leave a burst: money that is worth little in a dark flight's first unit is worth much in its
tenth. So whole timings are compared. Pairs of plans, some channels even and the others as today against the
reverse, tell what each channel gains; all even, the channels that gain, and both half-way then meet the plan
at hand on fresh draws, and the best takes its place only if it is better by more than its standard error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import Evaluator
from optimize.projection import project
from optimize.proportions import even, in_proportion_within
from optimize.timing_pairs import accepted, pair_gains

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]
#: Share of a channel's money that even timing must move for it to be another timing.
APART = 0.05
#: Money of a channel, as a share of the total, below which its timing is left.
SMALL = 0.005
#: Share of the runs for pairs, and the draws that these meet.
PAIR_SHARE, DRAWS = 0.5, 3


def timed_evenly(problem: BudgetProblem, amounts: Floats) -> Floats:
    """(I,) each channel's money spread evenly, within the limits."""
    return project(problem, in_proportion_within(problem, even(problem, amounts)))


def turning(problem: BudgetProblem, amounts: Floats, levelled: Floats) -> npt.NDArray[np.intp]:
    """Channels whose timing would be another one if it were even."""
    money_c = problem.by_channel(amounts)
    apart_c = 0.5 * problem.by_channel(np.abs(levelled - amounts))
    return np.flatnonzero((money_c > SMALL * problem.total) & (apart_c > APART * money_c))


def better_start(
    problem: BudgetProblem,
    evaluator: Evaluator,
    today: Floats,
    runs: int,
    first: int,
    rng: np.random.Generator,
) -> tuple[Floats | None, int]:
    """A timing that is better than today's by more than its standard error, or None; and the next fresh draw.

    Args:
        problem: the cells and their limits.
        evaluator: the meter.
        today: a plan within the limits.
        runs: simulations that may be used.
        first: the first draw that nothing was chosen on.
        rng: of the signs.
    """
    levelled = timed_evenly(problem, today)
    turns = turning(problem, today, levelled)
    if not len(turns):
        return None, first

    def between(share_n: Floats) -> Floats:
        """The channels that can turn, so far on their way."""
        share_c = np.zeros(len(problem.world.channels))
        share_c[turns] = share_n
        blend = today + np.tile(share_c, len(problem.flights)) * (levelled - today)
        return project(problem, in_proportion_within(problem, blend))

    def plan_of(signs: Floats) -> Floats:
        return between(np.where(signs > 0, 1.0, 0.0))

    spent = int(PAIR_SHARE * runs) if len(turns) > 1 else 0
    gains = pair_gains(evaluator, plan_of, (len(turns), 1), spent, rng, draws=DRAWS)
    everyone = np.ones(len(turns))
    ways = [everyone, 0.5 * everyone]
    if gains is not None and (gains > 0).any() and (gains <= 0).any():
        gaining = np.where(gains > 0, 1.0, 0.0)
        ways += [gaining, 0.5 * gaining]
    left = runs - spent if gains is not None else runs
    return accepted(evaluator, today, [between(way) for way in ways], left, first)
