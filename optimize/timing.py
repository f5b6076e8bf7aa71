"""When to spend: where each channel's timing begins, then its money over the flights by a few smooth weights.

    symbol   meaning                                                                      shape
    b_kf     cos(pi k (f + 1/2) / F), k = 1 .. K: trend, hump, ...                        (K, F)
    w_ck     weights: x_cf moves by d_cf (exp(sum_k w_ck b_kf) - 1), the channel's
             money kept                                                                   (C, K)
    d_cf     x_cf, or in a flight that holds little a part of what even timing gives it   (C, F)
    v_c      levels: a channel's money becomes M_c exp(v_c), the total kept               (C,)

Dozens of cells a channel cannot be told apart by a few hundred simulations; a trend and a hump can, if all
weights move at once: each pair of plans (`timing_pairs`) says something about every one of them, and what
its draws have in common cancels. First whole timings are compared (`timing_starts`): as today, even, between.
The mix was found for today's timing; where another one takes its place, levels move along with the weights.
Every plan tried is first moved onto the limits, and the total stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.projection import project
from optimize.proportions import even, in_proportion_within
from optimize.timing_pairs import FEWEST_PAIRS, PAIR_DRAWS, accepted, pair_gains
from optimize.timing_starts import SMALL, better_start

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: Smooth weights a channel, first step of a weight, and what a refused step leaves of it.
SMOOTH, STEP, SHRINK = 3, 0.3, 0.5
#: Lengths tried of the step along the gains: their largest weight, in steps.
LENGTHS = (1.0, 2.0, 4.0)
#: Runs a round takes, and the share of them for pairs.
ROUND, PAIR_SHARE = 90, 0.6
#: Share of the runs for the start, as long as they do not exceed a round.
START_SHARE = 0.5
#: Share of an even timing's amount by which a weight moves a flight that holds less: dark ones can grow.
FLOOR = 0.5


def improve_timing(
    problem: BudgetProblem, evaluator: Evaluator, start: Floats, *, seed: int
) -> Evaluation | None:
    """Improve a plan's timing until the runs are used up; the plan itself where nothing better holds.

    Args:
        problem: the cells and their limits.
        evaluator: the meter; its runs left are spent.
        start: a plan within the limits.
        seed: of the signs.
    """
    evaluator.stage = "timing the flights"
    rng = np.random.default_rng([seed, 41])
    draws = SEARCH_REPLICATE + PAIR_DRAWS + 1
    runs = _runs_for_start(evaluator.runs_left - 2)
    found, draws = better_start(problem, evaluator, start, runs, draws, rng)
    best, step = start if found is None else found, STEP
    moves, channels = weight_moves(problem, best, levels=found is not None)
    rounds = max(1, round(evaluator.runs_left / ROUND)) if len(moves) else 0
    for left in range(rounds, 0, -1):
        runs = (evaluator.runs_left - 2) // left
        for_pairs, centre, size = int(PAIR_SHARE * runs), best, step

        def plan_of(signs: Floats, centre: Floats = centre, size: float = size) -> Floats:
            return moved(problem, centre, size * signs @ moves)

        shape = channels, len(moves) // channels
        gains = pair_gains(evaluator, plan_of, shape, for_pairs, rng)
        if gains is None or not np.abs(gains).max() > 0:
            step *= SHRINK
            continue
        way = step * (gains / np.abs(gains).max()) @ moves
        tried = [moved(problem, best, length * way) for length in LENGTHS]
        better, draws = accepted(evaluator, best, tried, runs - for_pairs, draws)
        step = step * SHRINK if better is None else step
        best = best if better is None else better
    scored = evaluator.score([best])
    return scored[0] if scored else None


def _runs_for_start(runs: int) -> int:
    """A share of the runs, or all of them where what is left would not pay the pairs of one round."""
    share = min(int(START_SHARE * runs), ROUND)
    return share if PAIR_SHARE * (runs - share) >= 2 * FEWEST_PAIRS + PAIR_DRAWS else runs


def weight_moves(problem: BudgetProblem, start: Floats, *, levels: bool = False) -> tuple[Floats, int]:
    """Changes that one unit of each weight stands for, channel after channel; and the number of channels.

    Returns:
        (M, I) changes of log amounts, with `levels` (M, I + C): those of log money by channel after them.
    """
    flights, channels = len(problem.flights), len(problem.world.channels)
    f = (np.arange(flights) + 0.5) / flights
    waves = [np.cos(np.pi * k * f) for k in range(1, min(SMOOTH, flights - 1) + 1)]
    spending = np.flatnonzero(problem.by_channel(start) > SMALL * problem.total)
    rows = []
    for each in np.eye(channels)[spending]:
        timings = [np.outer(wave, each).ravel() for wave in waves]
        if levels:
            timings = [np.append(row, 0.0 * each) for row in timings]
            timings.append(np.append(np.zeros(flights * channels), each))
        rows += timings
    return np.array(rows), len(spending)


def moved(problem: BudgetProblem, amounts: Floats, log_change: Floats) -> Floats:
    """Amounts changed cell by cell, each channel scaled to its money, moved onto the limits.

    Args:
        problem: the cells and their limits.
        amounts: (I,) a plan.
        log_change: (I,) of the cells; (I + C,) with that of the channels' money, whose sum stays.
    """
    cells = len(amounts)
    base = np.maximum(amounts, FLOOR * even(problem, amounts))
    changed = np.maximum(amounts + base * (np.exp(log_change[:cells]) - 1.0), 0.0)
    before, after = problem.by_channel(amounts), problem.by_channel(changed)
    wanted = before * np.exp(log_change[cells:]) if len(log_change) > cells else before
    wanted = wanted * (before.sum() / wanted.sum()) if wanted.sum() > 0 else before
    ratio = np.where(after > 0, wanted / np.where(after > 0, after, 1.0), 1.0)
    return project(problem, in_proportion_within(problem, changed * np.tile(ratio, len(problem.flights))))
