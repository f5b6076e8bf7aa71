"""Pairs of opposite plans under common draws, what they tell of each weight, and steps that count.

    symbol   meaning                                                                      shape
    X_nm     signs of the weights in pair n, half of them up, half down                   (N, M)
    y_n      half the objective's difference between pair n's two plans, +X_n and -X_n    (N,)
    g_m      gain of the objective per step of weight m                                   (M,)

y = X g + noise is solved under the prior that channels mostly share their gains, with variances at their most
likely values, so gains that are noise shrink to nothing. Both sides of a pair meet the same draws, pairs
meet several. A step counts only if it is better, by more than its standard error, on draws that had no say
in choosing it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import SEARCH_REPLICATE, Evaluator

if TYPE_CHECKING:
    from optimize.objectives import Objective

Floats = npt.NDArray[np.float64]

#: Draws that pairs meet at most; those after them are fresh for steps.
PAIR_DRAWS = 6
#: Fewest pairs and fewest fresh draws that say anything.
FEWEST_PAIRS, FEWEST_DRAWS = 6, 3
#: Shares of the variance of y that shared and own gains of channels may explain.
SHARES = (0.0, 0.1, 0.3, 0.6, 0.9)


def pair_gains(
    evaluator: Evaluator,
    plan_of: Callable[[Floats], Floats],
    shape: tuple[int, int],
    runs: int,
    rng: np.random.Generator,
    *,
    draws: int = PAIR_DRAWS,
) -> Floats | None:
    """Simulate pairs and solve for the gain of every weight; None with too few of them.

    Args:
        evaluator: the meter.
        plan_of: from the (M,) signs of all weights to a plan within the limits.
        shape: channels and weights a channel; weights are ordered channel after channel.
        runs: simulations that may be used.
        rng: of the signs.
        draws: how many the pairs meet, each with a baseline to pay.
    """
    goal, count = evaluator.problem.goals[0], (runs - draws) // 2
    if count < FEWEST_PAIRS:
        return None
    signs_nm = np.where(rng.random((count, shape[0] * shape[1])) < 0.5, -1.0, 1.0)
    rows, halves = [], []
    for draw in range(draws):
        signs_dm = signs_nm[draw::draws]
        plans = [plan_of(side * signs) for signs in signs_dm for side in (1, -1)]
        found = evaluator.score(plans, replicate=SEARCH_REPLICATE + 1 + draw)
        for signs, up, down in zip(signs_dm, found[::2], found[1::2], strict=False):
            if not (up.failure or down.failure):
                rows.append(signs)
                halves.append(0.5 * (up.value(goal) - down.value(goal)))
    if len(rows) < FEWEST_PAIRS:
        return None
    return likely_gains(np.array(rows), np.array(halves), shape[1])


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


def accepted(
    evaluator: Evaluator, centre: Floats, tried: Sequence[Floats], runs: int, first: int
) -> tuple[Floats | None, int]:
    """The plan that beats the centre on fresh draws by more than a standard error, and the next draw.

    Args:
        evaluator: the meter.
        centre: the plan so far.
        tried: plans that may take its place.
        runs: simulations that may be used.
        first: the first draw that had no say in choosing them.
    """
    goal, plans = evaluator.problem.goals[0], [centre, *tried]
    rounds = runs // (len(plans) + 1)
    if not tried or rounds < FEWEST_DRAWS:
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
