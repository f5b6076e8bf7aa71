"""Plans to simulate round a plan: far enough apart that money shows through chance, all within the limits.

    symbol   meaning                                     shape
    z_nc     directions in log amounts                   (N, C)
    floor    money added before factors apply, so that a channel at zero can grow again

Directions come as orthogonal sets, each with its opposite: slopes and curvatures then do not mix, and no
channel is tried less than another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimize.baselines import scaled
from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.problem import BudgetProblem
from optimize.projection import project

Floats = npt.NDArray[np.float64]

#: Money added to every channel, as a share of an even split.
FLOOR = 0.05
#: A channel below this share of an even split is opened again in so many plans, with so much.
LOW, REOPENED, OPENED_WITH = 0.3, 0.3, (0.3, 1.2)
#: Share of the ceiling below which a plan is drawn as if it spent that much.
LEAST_TOTAL = 0.01


def around(
    problem: BudgetProblem, amounts_c: Floats, spread: float, count: int, rng: np.random.Generator
) -> list[Floats]:
    """Plans within the limits whose amounts, and total where it is free, differ by about `spread` (log)."""
    even = max(float(amounts_c.sum()), LEAST_TOTAL * problem.total) / len(problem.free_c)
    takes_c, channels = problem.upper_c > 0, len(amounts_c)
    plans = []
    for z_c in _directions(count, channels + problem.free_total, rng):
        moved = (amounts_c + FLOOR * even * takes_c) * np.exp(spread * z_c[:channels])
        if problem.free_total:
            moved *= even * len(problem.free_c) * np.exp(spread * z_c[channels]) / moved.sum()
        opened = takes_c & (amounts_c < LOW * even) & (rng.random(len(amounts_c)) < REOPENED)
        moved[opened] = even * rng.uniform(*OPENED_WITH, int(opened.sum()))
        plans.append(within(problem, moved))
    return plans


def within(problem: BudgetProblem, amounts_c: Floats) -> Floats:
    """The plan brought to the total and onto the limits, proportions kept as far as they allow."""
    least, most = problem.span
    amounts_c = amounts_c * min(max(amounts_c.sum(), least), most) / amounts_c.sum()
    if not problem.violations(amounts_c):
        return problem.settle(amounts_c)
    return project(problem, scaled(problem, amounts_c, float(amounts_c.sum())))


def _directions(count: int, channels: int, rng: np.random.Generator) -> Floats:
    """(count, channels) with the lengths of normal vectors."""
    rows: list[Floats] = []
    while len(rows) < count:
        basis, _ = np.linalg.qr(rng.normal(size=(channels, channels)))
        for row in basis * np.sqrt(rng.chisquare(channels, channels))[:, None]:
            rows += [row, -row]
    return np.array(rows[:count]).reshape(count, channels)


def score_within(
    evaluator: Evaluator, amounts: Sequence[Floats], keep: int, *, replicate: int = SEARCH_REPLICATE
) -> list[Evaluation]:
    """Score as many as the runs allow while `keep` stay unspent."""
    room = max(0, evaluator.affordable(replicate) - keep)
    return evaluator.score(list(amounts)[:room], replicate=replicate) if amounts and room else []
