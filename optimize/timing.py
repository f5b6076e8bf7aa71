"""When to spend: each channel's money over the flights, by a few smooth weights.

    symbol   meaning                                                                      shape
    b_kf     cos(pi k (f + 1/2) / F), k = 1 .. K: trend, hump, ...                        (K, F)
    w_ck     weights: x_cf becomes x_cf exp(sum_k w_ck b_kf), a channel's money kept      (C, K)
    X_nm     signs of the weights in pair n, half of them up, half down                   (N, M = C K)
    y_n      half the objective's difference between pair n's two plans, +X_n and -X_n    (N,)
    g_m      gain of the objective per step of weight m                                   (M,)

Dozens of cells a channel cannot be told apart by a few hundred simulations; a trend and a hump can, if all
weights move at once: each pair then says something about every one of them, and what its draws have in common
cancels. y = X g + noise is solved under the prior that channels mostly share their timing, with variances at
their most likely values, so gains that are noise shrink to nothing. Both sides of a pair meet the same draws,
pairs meet several. A step along g counts only if it is better, by more than its standard error, on draws that
had no say in choosing it. Every plan tried is first moved onto the limits, and the total stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.projection import project

if TYPE_CHECKING:
    from optimize.objectives import Objective
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: Smooth weights a channel, first step of a weight, and what a refused step leaves of it.
SMOOTH, STEP, SHRINK = 3, 0.3, 0.5
#: Lengths tried of the step along the gains: their largest weight, in steps.
LENGTHS = (1.0, 2.0, 4.0)
#: Runs a round takes, the share of them for pairs, and how many draws the pairs meet.
ROUND, PAIR_SHARE, PAIR_DRAWS = 90, 0.6, 6
#: Fewest pairs and fewest fresh draws that say anything.
FEWEST_PAIRS, FEWEST_DRAWS = 6, 3
#: Money of a channel, as a share of the total, below which its timing is left.
SMALL = 0.005
#: Shares of the variance of y that shared and own timing of channels may explain.
SHARES = (0.0, 0.1, 0.3, 0.6, 0.9)


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
    best, step, draws = start, STEP, SEARCH_REPLICATE + PAIR_DRAWS + 1
    moves = weight_moves(problem, start)
    rounds = max(1, round(evaluator.runs_left / ROUND)) if len(moves) else 0
    for left in range(rounds, 0, -1):
        runs = (evaluator.runs_left - 2) // left
        gains = _gains(problem, evaluator, best, moves, step, int(PAIR_SHARE * runs), rng)
        if gains is None or not np.abs(gains).max() > 0:
            step *= SHRINK
            continue
        way = step * (gains / np.abs(gains).max()) @ moves
        tried = [moved(problem, best, length * way) for length in LENGTHS]
        better, draws = _accepted(problem, evaluator, best, tried, runs - int(PAIR_SHARE * runs), draws)
        step = step * SHRINK if better is None else step
        best = best if better is None else better
    found = evaluator.score([best])
    return found[0] if found else None


def weight_moves(problem: BudgetProblem, start: Floats) -> Floats:
    """(M, I) changes of log amounts that one unit of each weight stands for; channel after channel."""
    flights, channels = len(problem.flights), len(problem.world.channels)
    f = (np.arange(flights) + 0.5) / flights
    waves = np.array([np.cos(np.pi * k * f) for k in range(1, min(SMOOTH, flights - 1) + 1)])
    spending = np.flatnonzero(problem.by_channel(start) > SMALL * problem.total)
    return np.array([np.outer(wave, np.eye(channels)[c]).ravel() for c in spending for wave in waves])


def moved(problem: BudgetProblem, amounts: Floats, log_change: Floats) -> Floats:
    """Amounts multiplied cell by cell, each channel scaled back to its money, moved onto the limits."""
    changed = amounts * np.exp(log_change)
    before, after = problem.by_channel(amounts), problem.by_channel(changed)
    ratio = np.where(after > 0, before / np.where(after > 0, after, 1.0), 1.0)
    return project(problem, changed * np.tile(ratio, len(problem.flights)))


def _gains(
    problem: BudgetProblem,
    evaluator: Evaluator,
    centre: Floats,
    moves: Floats,
    step: float,
    runs: int,
    rng: np.random.Generator,
) -> Floats | None:
    """Simulate pairs and solve for the gain of every weight; None with too few of them."""
    goal, count = problem.goals[0], (runs - PAIR_DRAWS) // 2
    if count < FEWEST_PAIRS:
        return None
    signs_nm = np.where(rng.random((count, len(moves))) < 0.5, -1.0, 1.0)
    rows, halves = [], []
    for draw in range(PAIR_DRAWS):
        signs_dm = signs_nm[draw::PAIR_DRAWS]
        plans = [
            moved(problem, centre, side * step * signs @ moves) for signs in signs_dm for side in (1, -1)
        ]
        found = evaluator.score(plans, replicate=SEARCH_REPLICATE + 1 + draw)
        for signs, up, down in zip(signs_dm, found[::2], found[1::2], strict=False):
            if not (up.failure or down.failure):
                rows.append(signs)
                halves.append(0.5 * (up.value(goal) - down.value(goal)))
    if len(rows) < FEWEST_PAIRS:
        return None
    waves = len(moves) // max(1, len(_channels_of(problem, moves)))
    return likely_gains(np.array(rows), np.array(halves), waves)


def _channels_of(problem: BudgetProblem, moves: Floats) -> npt.NDArray[np.intp]:
    touched = np.abs(moves).sum(axis=0).reshape(len(problem.flights), -1).sum(axis=0)
    return np.flatnonzero(touched > 0)


def likely_gains(signs_nm: Floats, halves_n: Floats, waves: int) -> Floats:
    """Gains by the model of the module's head, at the variances that make the pairs most likely.

    Args:
        signs_nm: (N, M) signs, weights ordered channel after channel.
        halves_n: (N,) half differences.
        waves: weights a channel.

    Returns:
        (M,) mean of the gains given the pairs; zeros where noise explains them best.
    """
    size = float(np.mean(halves_n**2))
    if size <= 0:
        return np.zeros(signs_nm.shape[1])
    channels = signs_nm.shape[1] // waves
    shared_mm = np.tile(np.eye(waves), (channels, channels)) / (channels**2 * waves)
    own_mm = np.eye(signs_nm.shape[1]) / (channels * waves)
    best, found = -np.inf, np.zeros(signs_nm.shape[1])
    for shared in SHARES:
        for own in SHARES:
            if shared + own > 0.95:
                continue
            prior_mm = size * (shared * channels * shared_mm + own * own_mm)
            cross_mn = prior_mm @ signs_nm.T
            cover_nn = signs_nm @ cross_mn + (1.0 - shared - own) * size * np.eye(len(halves_n))
            solved = np.linalg.solve(cover_nn, halves_n)
            likely = -0.5 * float(halves_n @ solved) - 0.5 * float(np.linalg.slogdet(cover_nn)[1])
            if likely > best + 1e-12:
                best, found = likely, cross_mn @ solved
    return np.asarray(found)


def _accepted(
    problem: BudgetProblem,
    evaluator: Evaluator,
    centre: Floats,
    tried: list[Floats],
    runs: int,
    first: int,
) -> tuple[Floats | None, int]:
    """The plan that beats the centre on fresh draws by more than a standard error, and the next draw."""
    goal, plans = problem.goals[0], [centre, *tried]
    rounds = runs // (len(plans) + 1)
    if rounds < FEWEST_DRAWS:
        return None, first
    values = [_values(evaluator, plans, goal, first + n) for n in range(rounds)]
    whole = np.array([row for row in values if row is not None])
    if len(whole) < FEWEST_DRAWS:
        return None, first + rounds
    ahead_rn = whole[:, 1:] - whole[:, :1]
    sure_n = ahead_rn.mean(axis=0) - ahead_rn.std(axis=0, ddof=1) / np.sqrt(len(ahead_rn))
    n = int(np.argmax(sure_n))
    return (tried[n] if sure_n[n] > 0 else None), first + rounds


def _values(evaluator: Evaluator, plans: list[Floats], goal: Objective, replicate: int) -> list[float] | None:
    found = evaluator.score(plans, replicate=replicate)
    if len(found) < len(plans) or any(done.failure or done.miss for done in found[1:]):
        return None
    return [done.value(goal) for done in found]
