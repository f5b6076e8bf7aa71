"""Method `lp`: response curves by simulation at the incumbent, one linear programme on them, again.

Each channel's money is set to a few amounts, from none to more than twice today's, with the others held;
the programme (with binaries where a curve is S-shaped) finds the best split on those pieces. Curves hold
for the other channels as they were, so its answer is simulated, half way to it too, and the curves are
sampled anew where the best of them is. Where that is no better, the curves are sampled closer by.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimize.evaluator import Evaluation, Evaluator
from optimize.found import Search
from optimize.linear import best_mix
from optimize.problem import BudgetProblem
from optimize.projection import project
from optimize.sampled_curves import Aim, sample_curves
from optimize.sampling import score_within
from optimize.stepwise import step_by_step
from sim import LimitError, SolverError

#: Multiples of a channel's amount at which its curve is sampled, by how many runs there are a channel.
RICH, POOR = (0.0, 0.5, 1.5, 2.5), (0.4, 2.0)
#: What a channel's amount counts as at least, as a share of an even split.
LEAST = 0.5
#: Factor on the width of the curves when the programme's answer is no better, and the least width.
CLOSER, CLOSEST = 0.5, 0.05


def search_curve_lp(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Sample, solve, simulate, until the runs are used up."""
    evaluator.stage = "solving on sampled curves"
    return step_by_step(problem, evaluator, seed=seed, first=1.0, least=CLOSEST, play=_round)


def _round(evaluator: Evaluator, aim: Aim, centre: Evaluation, width: float, keep: int) -> float | None:
    """One set of curves and one programme; curves come closer when its answer is no better."""
    problem = evaluator.problem
    room = evaluator.affordable() - keep
    factors = RICH if len(RICH) * len(problem.free_c) <= 0.5 * room else POOR
    curves = sample_curves(evaluator, aim, centre, _grids(problem, centre, factors, width), keep)
    if curves is None:
        return None
    try:
        answer = best_mix(problem, curves, priced=False, cost=aim.cost(centre)).amounts_c
    except (LimitError, SolverError):
        return width * CLOSER
    half = project(problem, 0.5 * (answer + centre.amounts_c))
    best = aim.best(score_within(evaluator, [answer, half], keep))
    return width if best is not None and aim.value(best) > aim.value(centre) else width * CLOSER


def _grids(
    problem: BudgetProblem, centre: Evaluation, factors: Sequence[float], width: float
) -> dict[int, list[float]]:
    """Amounts of each channel, spread over `width` of the way to the outermost."""
    even = float(centre.amounts_c.sum()) / len(problem.free_c)
    grids = {}
    for c in problem.free_c:
        at = float(centre.amounts_c[c])
        base = max(at, LEAST * even)
        wanted = (at + width * (factor * base - at) for factor in factors)
        low, high = float(problem.lower_c[c]), min(float(problem.upper_c[c]), problem.total)
        inside = {round(min(max(amount, low), high), 2) for amount in wanted}
        grids[int(c)] = sorted(amount for amount in inside if abs(amount - at) > 1e-6 * problem.total)
    return grids
