"""Method `lp`: simulate, fit response curves, solve a linear programme, simulate its answer, refit.

The round trip is what makes it work. Curves are sampled round the incumbent plan, one channel at a
time and off the budget where need be, since at zero spend of the others a funnel pays nothing. Each
round then simulates the programme's optimum and plans near it, so the surface is right where it
matters. Nothing is believed that was not simulated: the answer is always a simulated plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimize.ascent import Blend, climb
from optimize.baselines import equal, historical
from optimize.curves import Surface, fit_surface
from optimize.evaluator import Evaluation, Evaluator
from optimize.finalists import Predict, recheck, recheck_runs
from optimize.objectives import Objective
from optimize.problem import BudgetProblem
from optimize.projection import project

Floats = npt.NDArray[np.float64]

#: Multiples of a channel's amount at which its curve is sampled, by how many runs there are a channel.
FACTORS_RICH = (0.0, 0.5, 1.5, 2.0)
FACTORS_POOR = (0.3, 2.0)
#: Spread (log scale) of the plans tried near an optimum, at the first and the last round.
NEAR_FIRST, NEAR_LAST = 0.45, 0.12
#: Plans simulated between two fits, and the most rounds worth their own computing time.
BATCH, ROUNDS = 8, 14
#: Weights of the first objective along a front, between its ends.
WEIGHTS = (0.75, 0.5, 0.25)


@dataclass
class Search:
    """What a method hands back.

    Attributes:
        best: the plan it recommends; None when no plan could be scored.
        misses: objective -> errors of gains predicted before their plans were simulated.
    """

    best: Evaluation | None = None
    misses: dict[str, list[float]] = field(default_factory=dict)


def search_curve_lp(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """The curve and linear-programme loop until the runs are used up."""
    search = Search()
    keep = recheck_runs(evaluator.runs) if len(problem.goals) == 1 else 0
    reference = sample_and_refit(problem, evaluator, search, seed=seed, keep=keep)
    predict = foretell(problem, evaluator, seed=seed) if keep else None
    search.best = recheck(evaluator, problem.goals[0], reference, keep, predict) or evaluator.best()
    return search


def sample_and_refit(
    problem: BudgetProblem, evaluator: Evaluator, search: Search, *, seed: int, keep: int
) -> Evaluation | None:
    """The loop itself, leaving `keep` runs; returns the evaluation of today's mix."""
    rng = np.random.default_rng([seed, 11])
    evaluator.stage = "sampling response curves"
    today_c = historical(problem)
    found = evaluator.score([today_c, equal(problem)])
    reference = found[0] if found else None
    if len(problem.free_c) < 2:
        return reference
    _score(evaluator, one_at_a_time(problem, evaluator, today_c), keep)
    surfaces: list[Surface] = []
    first = max(evaluator.runs_left - keep, 1)
    size = max(BATCH, -(-first * len(problem.goals) // ROUNDS))
    rounds = 0
    while evaluator.affordable() > keep:
        left = (evaluator.runs_left - keep) / first
        near = NEAR_LAST + (NEAR_FIRST - NEAR_LAST) * left
        centre = evaluator.best()
        if centre is None:
            _score(evaluator, [nearby(problem, today_c, near, rng) for _ in range(size)], keep)
            continue
        surfaces = fit_all(problem, evaluator, centre, seed=seed, start=surfaces)
        # Every third round looks further afield, for a better hill than the one being climbed.
        targets = optima(problem, surfaces, centre.amounts_c, rng, wide=rounds % 3 == 0)
        rounds += 1
        evaluator.stage = "solving and refitting"
        batch = _batch(problem, targets, centre.amounts_c, near, size, rng)
        before = len(evaluator.evaluations)
        done = _score(evaluator, batch, keep)
        _note_misses(search, problem, surfaces, done, centre)
        if len(evaluator.evaluations) == before:
            break
    return reference


def one_at_a_time(problem: BudgetProblem, evaluator: Evaluator, centre_c: Floats) -> list[Floats]:
    """Plans that move one channel and leave the rest: the samples behind each curve, off the budget."""
    free = problem.free_c
    even = problem.total / len(free)
    room = 0.5 * evaluator.runs_left
    factors = FACTORS_RICH if len(FACTORS_RICH) * len(free) <= room else FACTORS_POOR
    if len(factors) * len(free) > evaluator.runs_left:
        return []
    plans = []
    for factor in factors:
        for c in free:
            moved = centre_c.copy()
            moved[c] = factor * max(centre_c[c], 0.5 * even)
            plans.append(moved)
    return plans


def fit_all(
    problem: BudgetProblem,
    evaluator: Evaluator,
    centre: Evaluation,
    *,
    seed: int,
    start: Sequence[Surface] = (),
) -> list[Surface]:
    """One surface per objective, fitted to all plans simulated so far."""
    chosen = [done for done in evaluator.evaluations if not done.failure]
    amounts_nc = np.array([done.amounts_c for done in chosen])
    surfaces = []
    for k, goal in enumerate(problem.goals):
        gains_n = gains(goal, chosen, centre)
        surfaces.append(
            fit_surface(
                amounts_nc,
                gains_n,
                free_c=problem.free_c,
                unit=problem.total / len(problem.free_c),
                centre_c=centre.amounts_c,
                signed=goal.signed,
                start=start[k] if k < len(start) else None,
                seed=seed,
            )
        )
    return surfaces


def foretell(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Predict | None:
    """What a surface through everything simulated says of plans; None with too few plans for one."""
    centre = evaluator.best()
    if centre is None or len(problem.free_c) < 2 or len(evaluator.evaluations) < 2 * len(problem.free_c):
        return None
    return fit_all(problem, evaluator, centre, seed=seed)[0].predict


def gains(goal: Objective, done: Sequence[Evaluation], centre: Evaluation) -> Floats:
    """What the curves are fitted to, with the KPI at the incumbent as the reference."""
    ref = centre.value(goal)
    return np.array([goal.gain(each.kpis, float(each.amounts_c.sum()), ref) for each in done])


def optima(
    problem: BudgetProblem,
    surfaces: Sequence[Surface],
    at_c: Floats,
    rng: np.random.Generator,
    *,
    wide: bool = True,
) -> list[Floats]:
    """Where the surfaces are highest within the limits; for two objectives, points along the front."""
    if len(surfaces) == 1:
        blend = Blend(surfaces, [1.0])
        found = [climb(problem, blend, at_c, move=0.5 if wide else 0.15)]
        if wide:
            found.append(climb(problem, blend, nearby(problem, at_c, 0.8, rng)))
        return [max(found, key=lambda row: float(blend.predict(row)[0]))]
    return _front(problem, surfaces, at_c)


def _front(problem: BudgetProblem, surfaces: Sequence[Surface], at_c: Floats) -> list[Floats]:
    """Weighted sums between each pair's ends, and epsilon constraints half way where sums cannot reach."""
    alone = [climb(problem, Blend([surface], [1.0]), at_c) for surface in surfaces]
    high_k = [float(s.predict(alone[k])[0]) for k, s in enumerate(surfaces)]
    low_k = [min(float(s.predict(row)[0]) for row in alone) for s in surfaces]
    size_k = [max(high - low, 1e-12) for high, low in zip(high_k, low_k, strict=True)]
    points = list(alone)
    for k in range(1, len(surfaces)):
        pair = [surfaces[0], surfaces[k]]
        for weight in WEIGHTS:
            blend = Blend(pair, [weight / size_k[0], (1.0 - weight) / size_k[k]])
            points.append(climb(problem, blend, at_c))
        for share in (0.33, 0.67):
            held = Blend([surfaces[k]], [1.0]), low_k[k] + share * size_k[k]
            points.append(climb(problem, Blend([surfaces[0]], [1.0]), alone[k], hold=held))
    return points


def _batch(
    problem: BudgetProblem,
    targets: Sequence[Floats],
    centre_c: Floats,
    near: float,
    size: int,
    rng: np.random.Generator,
) -> list[Floats]:
    """The optima, a step half way to the first, and plans near them, some off the budget."""
    batch = list(targets)
    if len(targets) == 1:
        batch.append(project(problem, 0.5 * (targets[0] + centre_c)))
    spare = max(size - len(batch), 2)
    for n in range(spare):
        target = targets[int(rng.integers(len(targets)))]
        if n % 3 == 2:
            batch.append(_one_moved(problem, target, rng))
        else:
            batch.append(nearby(problem, target, near, rng))
    return batch


def nearby(problem: BudgetProblem, amounts_c: Floats, spread: float, rng: np.random.Generator) -> Floats:
    """A plan within the limits whose amounts differ by about `spread` on a log scale."""
    even = problem.total / len(problem.free_c)
    noise_c = rng.normal(0.0, spread, len(amounts_c))
    moved = (amounts_c + 0.05 * even * (problem.upper_c > 0)) * np.exp(noise_c)
    return project(problem, moved * problem.total / moved.sum())


def _one_moved(problem: BudgetProblem, amounts_c: Floats, rng: np.random.Generator) -> Floats:
    """One channel's amount changed, the budget left: keeps the curves honest round the incumbent."""
    moved = amounts_c.copy()
    c = int(rng.choice(problem.free_c))
    even = problem.total / len(problem.free_c)
    moved[c] = max(moved[c], 0.2 * even) * float(rng.choice([0.0, 0.6, 1.5]))
    return moved


def _score(evaluator: Evaluator, amounts: Sequence[Floats], keep: int) -> list[Evaluation]:
    """Score as many as the runs allow while `keep` stay unspent."""
    room = max(0, evaluator.affordable() - keep)
    return evaluator.score(list(amounts)[:room]) if amounts and room else []


def _note_misses(
    search: Search,
    problem: BudgetProblem,
    surfaces: Sequence[Surface],
    done: Sequence[Evaluation],
    centre: Evaluation,
) -> None:
    usable = [each for each in done if not each.failure]
    if not usable:
        return
    amounts_nc = np.array([each.amounts_c for each in usable])
    for goal, surface in zip(problem.goals, surfaces, strict=True):
        error = surface.predict(amounts_nc) - gains(goal, usable, centre)
        search.misses.setdefault(goal.name, []).extend(error.tolist())
