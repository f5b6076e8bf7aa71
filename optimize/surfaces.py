"""Surfaces through everything simulated, one an objective, and where they are highest within the limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimize.ascent import Blend, climb, mixed
from optimize.baselines import equal
from optimize.curves import Surface, fit_surface
from optimize.evaluator import Evaluation, Evaluator
from optimize.meter import PACE
from optimize.objectives import Objective
from optimize.problem import BudgetProblem
from optimize.sampling import around

Floats = npt.NDArray[np.float64]
#: First move limit of a climb close by and of one that may cross the market, and the spread of its start.
MOVE, FAR_MOVE, FAR_START = 0.15, 0.5, 0.8
#: Plans far off that are looked at before the highest of them is climbed from.
SCREENED = 24
#: Weights of the first objective along a front, between its ends.
WEIGHTS = (0.75, 0.5, 0.25)


def fit_all(
    problem: BudgetProblem,
    evaluator: Evaluator,
    centre: Evaluation,
    *,
    seed: int,
    start: Sequence[Surface] = (),
) -> list[Surface]:
    """One surface per objective, fitted to all plans simulated so far, on whatever draws."""
    chosen = usable(evaluator)
    amounts_nc = np.array([done.amounts_c for done in chosen])
    surfaces = []
    for k, goal in enumerate(problem.goals):
        surfaces.append(
            fit_surface(
                amounts_nc,
                gains(goal, chosen, centre),
                free_c=problem.free_c,
                unit=problem.total / len(problem.free_c),
                centre_c=centre.amounts_c,
                block_n=blocks(chosen),
                pace_nm=paces_of(chosen),
                signed=goal.signed,
                start=start[k] if k < len(start) else None,
                seed=seed,
            )
        )
    return surfaces


def usable(evaluator: Evaluator) -> list[Evaluation]:
    """Everything scored that has a score."""
    return [done for done in evaluator.scored if not done.failure]


def blocks(done: Sequence[Evaluation]) -> npt.NDArray[np.intp]:
    """(N,) number of each plan's draws, counted from 0 in the order of replicates."""
    return np.asarray(np.unique([each.replicate for each in done], return_inverse=True)[1].ravel())


def paces_of(done: Sequence[Evaluation]) -> Floats | None:
    """(N, 1) pace of repeat orders of each plan's run; None where the meter tells none."""
    if any(each.kpis.get(PACE) is None for each in done):
        return None
    return np.array([[each.kpis[PACE]] for each in done], dtype=np.float64)


def gains(goal: Objective, done: Sequence[Evaluation], centre: Evaluation) -> Floats:
    """What the curves are fitted to, with the KPI at the incumbent as the reference."""
    ref = centre.value(goal)
    return np.array([goal.gain(each.kpis, float(each.amounts_c.sum()), ref) for each in done])


def levelled(goal: Objective, surface: Surface, done: Sequence[Evaluation], centre: Evaluation) -> Floats:
    """Measured gains without the luck of their draws, for plans the surface was fitted to."""
    return surface.levelled(gains(goal, done, centre), blocks(done))


def note_luck(
    evaluator: Evaluator, goal: Objective, surface: Surface, done: Sequence[Evaluation], centre: Evaluation
) -> None:
    """Tell the evaluator what each block's draws add to the objective, so that plans compare across them."""
    gain_n = gains(goal, done, centre)
    added_n = gain_n - surface.levelled(gain_n, blocks(done))
    for replicate in {each.replicate for each in done}:
        mine = [n for n, each in enumerate(done) if each.replicate == replicate]
        evaluator.luck[replicate] = float(np.mean([added_n[n] / goal.scale(done[n].kpis) for n in mine]))


def blends(problem: BudgetProblem, surfaces: Sequence[Surface], centre: Evaluation) -> list[Blend]:
    """Each objective's surface; where the total is free, less what money costs it at the centre."""
    found = []
    for goal, surface in zip(problem.goals, surfaces, strict=True):
        found.append(Blend([surface], [1.0], goal.cost(centre.value(goal)) if problem.free_total else 0.0))
    return found


def foretell(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Blend | None:
    """A surface through everything simulated; None with too few plans for one."""
    centre = evaluator.best()
    if centre is None or problem.decisions < 1 or len(evaluator.evaluations) < 2 * len(problem.free_c):
        return None
    return blends(problem, fit_all(problem, evaluator, centre, seed=seed), centre)[0]


def optima(
    problem: BudgetProblem,
    each: Sequence[Blend],
    at_c: Floats,
    rng: np.random.Generator,
    *,
    wide: bool = True,
    hills: bool = False,
) -> list[Floats]:
    """Where the surfaces are highest within the limits; for several objectives, points along the front.

    Args:
        each: the surface of every objective.
        at_c: plan to start from.
        wide: start from a plan far off too, for a better hill than the one being climbed.
        hills: start from the highest of many plans far off as well.
    """
    if len(each) > 1:
        return _front(problem, each, at_c)
    blend = each[0]
    found = [climb(problem, blend, at_c, move=FAR_MOVE if wide else MOVE)]
    if wide:
        found.append(climb(problem, blend, around(problem, at_c, FAR_START, 1, rng)[0]))
    if hills:
        found.append(climb(problem, blend, _highest_far(problem, blend, at_c)))
    return [max(found, key=lambda row: float(blend.predict(row)[0]))]


def _highest_far(problem: BudgetProblem, blend: Blend, at_c: Floats) -> Floats:
    """The highest of plans far round the one climbed from, and round an even split."""
    rng = np.random.default_rng(SCREENED)
    rows = around(problem, at_c, FAR_START, SCREENED, rng)
    rows += around(problem, equal(problem), FAR_START, SCREENED, rng)
    return rows[int(np.argmax(blend.predict(np.array(rows))))]


def _front(problem: BudgetProblem, each: Sequence[Blend], at_c: Floats) -> list[Floats]:
    """Weighted sums between each pair's ends, and epsilon constraints half way where sums cannot reach."""
    alone = [climb(problem, blend, at_c) for blend in each]
    high_k = [float(s.predict(alone[k])[0]) for k, s in enumerate(each)]
    low_k = [min(float(s.predict(row)[0]) for row in alone) for s in each]
    size_k = [max(high - low, 1e-12) for high, low in zip(high_k, low_k, strict=True)]
    points = list(alone)
    for k in range(1, len(each)):
        for weight in WEIGHTS:
            blend = mixed([each[0], each[k]], [weight / size_k[0], (1.0 - weight) / size_k[k]])
            points.append(climb(problem, blend, at_c))
        for share in (0.33, 0.67):
            held = each[k], low_k[k] + share * size_k[k]
            points.append(climb(problem, each[0], alone[k], hold=held))
    return points
