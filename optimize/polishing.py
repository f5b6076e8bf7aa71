"""The winner of the final, improved by what its own last money was measured to bring.

    symbol    meaning                                                         shape   unit
    x_c       the plan                                                        (C,)    currency
    h_c       step by which one channel's money moves, up and down            (C,)    currency
    g_c       gain of the step up, and of the step down, on fresh draws       (C, 2)  of the objective

A surface through few plans may lean the wrong way where the market is nearly flat. So each channel's money is
moved by a step on draws that nobody has seen; linear programmes on these slopes say where money should go,
near by, further, and as far as the limits let it; and what they say meets the plan on further draws. It takes
the plan's place only with a clear lead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluation import measure
from optimize.finalists import FINAL_REPLICATE, idle_beyond
from optimize.halving import unseated
from optimize.linear import Pieces, best_mix
from sim import LimitError, SolverError

if TYPE_CHECKING:
    from optimize.evaluator import Evaluation, Evaluator
    from optimize.objectives import Kpis
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]

#: What finds a plan by this.
SLOPES = "measured slopes"
#: First of its draws; draws for the slopes and for the meeting; rounds at most.
FIRST, LOOKS, MEETINGS, ROUNDS = FINAL_REPLICATE + 100_000, 5, 10, 2
#: Step as a share of the channel's money, and at least of the money spent.
STEP, LEAST = 0.1, 0.02
#: How far the programmes may move a channel, as shares of the money spent.
REACHES = (0.08, 0.25, 1.0)
#: Share of the money spent below which a plan is the same.
SAME = 0.01


@dataclass(frozen=True, eq=False)
class Polished:
    """What came of it.

    Attributes:
        plan: the plan to recommend.
        moved: True if it is another one than before.
        runs: simulations used.
    """

    plan: Evaluation
    moved: bool
    runs: int


def polish(problem: BudgetProblem, evaluator: Evaluator, best: Evaluation, notes: list[str]) -> Polished:
    """Improve a plan in one flight, as long as that shows."""
    plan, moved, runs = best, False, 0
    for n in range(ROUNDS):
        first = FIRST + n * (LOOKS + MEETINGS)
        steps = _steps(problem, plan.amounts_c)
        if not steps:
            break
        curves = _measured(problem, evaluator, plan, steps, first)
        runs += LOOKS * (len(steps) + 1 + evaluator.meter.baseline_runs)
        tried = _proposals(problem, plan.amounts_c, curves, notes)
        if not tried:
            break
        ahead = _meeting(problem, evaluator, plan, tried, first + LOOKS)
        runs += MEETINGS * (len(tried) + 1 + evaluator.meter.baseline_runs)
        if ahead is None:
            break
        plan, moved = ahead, True
    return Polished(plan, moved, runs)


def _steps(problem: BudgetProblem, at_c: Floats) -> list[tuple[int, float]]:
    """(channel, change) of every step within the channel's own bounds."""
    found, spent = [], float(at_c.sum())
    for c in problem.free_c:
        size = max(STEP * float(at_c[c]), LEAST * spent)
        for change in (
            min(size, float(problem.upper_c[c] - at_c[c])),
            -min(size, float(at_c[c] - problem.lower_c[c])),
        ):
            if abs(change) > 0.1 * size:
                found.append((int(c), change))
    return found


def _measured(
    problem: BudgetProblem, evaluator: Evaluator, plan: Evaluation, steps: list[tuple[int, float]], first: int
) -> dict[int, Pieces]:
    """Each channel's gain along its own money: straight lines through the steps, drawn on to its bounds."""
    at_c = plan.amounts_c
    rows = [at_c, *(at_c + change * (np.arange(len(at_c)) == c) for c, change in steps)]
    gain_rn = np.array([_gains(problem, evaluator, rows, first + r) for r in range(LOOKS)])
    gain_n = (gain_rn[:, 1:] - gain_rn[:, :1]).mean(axis=0)
    slopes: dict[int, dict[int, float]] = {}
    for (c, change), gain in zip(steps, gain_n, strict=True):
        if not np.isfinite(gain):
            continue
        slopes.setdefault(c, {})[1 if change > 0 else -1] = float(gain) / change
    curves = {}
    for c in problem.free_c:
        up, down = (slopes.get(int(c), {}).get(side) for side in (1, -1))
        low, high = float(problem.lower_c[c]), min(float(problem.upper_c[c]), problem.total)
        curves[int(c)] = _bent(float(at_c[c]), low, high, up, down)
    return curves


def _bent(at: float, low: float, high: float, up: float | None, down: float | None) -> Pieces:
    """A line that bends at the plan, downward only: of two slopes that rise, chance is the likelier cause."""
    up = down if up is None else up
    down = up if down is None else down
    if up is None or down is None or high - low <= 1e-9 * max(high, 1.0):
        return Pieces(np.array([at, at + max(1e-9 * at, 1e-9)]), np.zeros(2))
    if up > down:
        up = down = 0.5 * (up + down)
    joints = np.unique([low, min(max(at, low), high), high])
    return Pieces(joints, np.where(joints < at, down, up) * (joints - at))


def _gains(problem: BudgetProblem, evaluator: Evaluator, rows: list[Floats], replicate: int) -> list[float]:
    """The objective of plans, linear at the first one, less what their money costs."""
    goal, today = problem.goals[0], evaluator.evaluations[0]
    found = measure(evaluator.meter, [problem.plan(row) for row in rows], replicate)
    kpis: list[Kpis] = [
        {**each, "idle": idle_beyond(float(row.sum()), each, today)}
        for row, each in zip(rows, found, strict=True)
    ]
    ref, scale = goal.value(kpis[0]), goal.scale(kpis[0])
    return [
        (goal.gain(each, float(row.sum()), ref) - goal.cost(ref) * float(row.sum())) / scale
        for row, each in zip(rows, kpis, strict=True)
    ]


def _proposals(
    problem: BudgetProblem, at_c: Floats, curves: dict[int, Pieces], notes: list[str]
) -> list[Floats]:
    """Where the slopes say money should go, near by and further off."""
    found: list[Floats] = []
    spent = float(at_c.sum())
    for reach in REACHES:
        try:
            answer = best_mix(problem, curves, centre_c=at_c, move=reach * spent, priced=False).amounts_c
        except (LimitError, SolverError) as fault:
            notes.append(f"{SLOPES}: no programme within {reach:.0%} of the plan ({fault})")
            continue
        if all(np.abs(answer - other).sum() > SAME * spent for other in [at_c, *found]):
            found.append(answer)
    return found


def _meeting(
    problem: BudgetProblem, evaluator: Evaluator, plan: Evaluation, tried: list[Floats], first: int
) -> Evaluation | None:
    """The proposal with the highest mean, if it leads the plan clearly."""
    goal, today = problem.goals[0], evaluator.evaluations[0]
    rows = [plan.amounts_c, *tried]
    scores: list[list[float]] = [[] for _ in rows]
    last: list[Kpis] = []
    for replicate in range(first, first + MEETINGS):
        found = measure(evaluator.meter, [problem.plan(row) for row in rows], replicate)
        last = [
            {**each, "idle": idle_beyond(float(row.sum()), each, today)}
            for row, each in zip(rows, found, strict=True)
        ]
        for row_scores, kpis in zip(scores, last, strict=True):
            value = goal.value(kpis)
            row_scores.append(value if np.isfinite(value) else -np.inf)
    n = int(np.argmax([np.mean(row) for row in scores]))
    if not unseated(scores, n):
        return None
    return replace(plan, amounts_c=rows[n], kpis=last[n], origin=SLOPES)
