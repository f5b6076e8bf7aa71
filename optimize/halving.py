"""Sequential halving: close races get more replicates, clear ones few (Karnin, Koren and Somekh 2013).

    symbol   meaning                                                          unit
    n        candidates still in the race                                     plans
    K        rounds, ceil(log2 n)                                             1
    left     simulations not yet used                                         simulations

Each round gets an equal part of the simulations left. In it every candidate still in the race meets the
same further draws, and the better half by the mean over all draws so far goes on. All comparisons are of
plans under common draws, so no candidate needs draws of its own; rules such as OCBA suppose that noise is
independent from plan to plan, which here it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

#: Scores the candidates named on the n-th set of draws; None ends the race.
Score = Callable[[Sequence[int], int], Sequence[float] | None]


#: Standard errors by which a challenger must lead over the incumbent to take its place.
CLEAR = 1.0


@dataclass(frozen=True)
class Race:
    """How a race went.

    Attributes:
        winner: index of the candidate that is left.
        scores: candidate -> its scores, one a set of draws it met.
        runs: simulations used.
    """

    winner: int
    scores: tuple[tuple[float, ...], ...]
    runs: int


def halve(candidates: int, runs: int, score: Score, *, baseline: int = 1, incumbent: bool = False) -> Race:
    """Race the candidates within the runs.

    Args:
        candidates: how many; the first one wins a race without a single set of draws.
        runs: simulations that may be used.
        score: (indices, n) -> a score each; draws of number n are the same for all. A candidate without
            a finite score is out.
        baseline: simulations that each set of draws costs before its first candidate.
        incumbent: the first candidate stays to the last round, so that who is left can be held
            against it over all draws.
    """
    alive, met, used = list(range(candidates)), 0, 0
    scores: list[list[float]] = [[] for _ in range(candidates)]
    while len(alive) > 1:
        rounds = int(np.ceil(np.log2(len(alive))))
        cost = len(alive) + baseline
        # A round takes one set of draws at least, as long as the runs last.
        times = min(max((runs - used) // rounds // cost, 1), (runs - used) // cost)
        for _ in range(times):
            found = score(alive, met)
            if found is None:
                times = 0
                break
            met, used = met + 1, used + cost
            for n, value in zip(alive, found, strict=True):
                scores[n].append(value if np.isfinite(value) else -np.inf)
        if met == 0:
            break
        # Those still in the race have met every set of draws so far; ties go to the earlier one.
        alive.sort(key=lambda n: (-float(np.mean(scores[n])), n))
        left = 1 if times == 0 else (len(alive) + 1) // 2
        if incumbent and left > 1 and 0 not in alive[:left]:
            alive = [*alive[: left - 1], 0]
        alive = alive[:left]
    return Race(alive[0], tuple(tuple(row) for row in scores), used)


def unseated(scores: Sequence[Sequence[float]], challenger: int) -> bool:
    """Whether a challenger leads over candidate 0 by more than `CLEAR` standard errors, paired."""
    if challenger == 0 or len(scores[challenger]) < 2:
        return False
    lead = np.array(scores[challenger]) - np.array(scores[0][: len(scores[challenger])])
    if not np.isfinite(lead).all():
        return bool(np.isfinite(scores[challenger]).all())
    return bool(lead.mean() > CLEAR * lead.std(ddof=1) / np.sqrt(len(lead)))
