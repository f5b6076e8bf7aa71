"""Method `surrogate`: simulate, fit a response surface, climb it by linear programmes, simulate there, refit.

Each round meets draws of its own. On one set of draws, however many plans are tried, the best plan for
those draws is found: on 40,000 consumers that is two to three per cent short of the best plan. Common
draws within a round keep its plans comparable, and the surface, fitted to all rounds with a luck for
each, averages the draws. Plans are tried wide apart, for a slope drowns in chance when they are close.

The recommended plan is where the surface is highest, simulated on the main draws and no worse there than
today's mix. It is not the best score seen, which is partly luck.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimize.ascent import Blend
from optimize.baselines import equal, historical
from optimize.curves import Surface
from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.sampling import around, score_within
from optimize.surfaces import blends, fit_all, gains, note_luck, optima, usable

Floats = npt.NDArray[np.float64]

#: Share of the runs for a first look round today's mix, of few runs more, up to so many plans.
LOOK, LOOK_MOST, LOOK_PLANS = 0.22, 0.4, 20
#: Spread (log scale) of the plans of the first look, and of those round an optimum.
WIDE, NEAR = 0.8, 0.3
#: Plans a round: a share of the runs, at least so many, at most two a channel unless rounds run out.
ROUND_SHARE, ROUND_LEAST, ROUNDS = 1 / 6, 8, 24
#: Rounds that look for another hill among many plans far off.
HILLS = (0, 2)
#: Plans on one set of draws from which on the next round meets new ones.
BLOCK = 14
#: Runs kept for simulating the top of the surface; runs from which on they are.
KEPT, KEEP_FROM = 4, 30
#: Times the top of the surface is simulated at the end; share of the total within which two are the same.
TOPS, SAME = 2, 0.03


def search_surrogate(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Fit, climb and simulate until the runs are used up."""
    search, keep = Search(), kept_runs(problem, evaluator)
    reference = refine(problem, evaluator, search, seed=seed, keep=keep)
    if keep:
        search.best = settle_on_top(problem, evaluator, reference, seed=seed)
    search.best = search.best or evaluator.best()
    return search


def kept_runs(problem: BudgetProblem, evaluator: Evaluator) -> int:
    """Runs kept for the end, where the top of the surface is simulated."""
    return KEPT if len(problem.goals) == 1 and evaluator.runs >= KEEP_FROM else 0


def refine(
    problem: BudgetProblem,
    evaluator: Evaluator,
    search: Search,
    *,
    seed: int,
    keep: int,
    averaging: bool = True,
) -> Evaluation | None:
    """The loop itself, leaving `keep` runs; returns the evaluation of today's mix.

    Args:
        averaging: meet new draws as the search goes on; with several objectives or targets, which are
            compared plan by plan, it stays on the main ones.
    """
    rng = np.random.default_rng([seed, 11])
    reference = _look(problem, evaluator, rng, keep)
    if problem.decisions < 1:
        return reference
    averaging = averaging and len(problem.goals) == 1 and not problem.targets
    surfaces: list[Surface] = []
    size = _round_size(problem, evaluator, keep)
    centre, replicate, rounds = evaluator.best(), SEARCH_REPLICATE, 0
    while evaluator.affordable() > keep:
        replicate = _draws(evaluator, replicate) if averaging else replicate
        if centre is None:
            before, today_c = evaluator.runs_used, historical(problem)
            score_within(evaluator, around(problem, today_c, WIDE, size, rng), keep)
            centre = evaluator.best()
            if evaluator.runs_used == before:
                break
            continue
        surfaces = fit_all(problem, evaluator, centre, seed=seed, start=surfaces)
        if averaging:
            note_luck(evaluator, problem.goals[0], surfaces[0], usable(evaluator), centre)
        # Every third round looks further afield, for a better hill than the one being climbed.
        each = blends(problem, surfaces, centre)
        wide, hills = rounds % 3 == 0, rounds in HILLS
        targets = optima(problem, each, centre.amounts_c, rng, wide=wide, hills=hills)
        evaluator.stage = "solving and refitting"
        batch = _batch(problem, targets, size, rng)
        before = evaluator.runs_used
        done = score_within(evaluator, batch, keep, replicate=replicate)
        _note_misses(search, problem, surfaces, done, centre)
        if evaluator.runs_used == before:
            break
        rounds += 1
        centre = done[0] if len(targets) == 1 and done and not done[0].failure else evaluator.best() or centre
    return reference


def settle_on_top(
    problem: BudgetProblem, evaluator: Evaluator, reference: Evaluation | None, *, seed: int
) -> Evaluation | None:
    """Where a surface through everything is highest, simulated, and again when that plan has spoken.

    A top far from every plan simulated may be the surface's fancy (that a channel can be left out, say);
    its own score then bends the surface, and the next top is a sober one.

    Returns:
        The plan that the last surface thinks best, of those that have a score, meet the targets and are no
        worse than today's mix on the draws both met; None when there is none, or too few plans for a surface.
    """
    goal = problem.goals[0]
    if problem.decisions < 1 or len(usable(evaluator)) < len(problem.free_c) + 2:
        return None
    evaluator.stage = "simulating the optimum"
    bar = reference.value(goal) if reference is not None and not reference.failure else -np.inf
    tops: list[Floats] = []
    for _ in range(TOPS):
        blend, known_c = _seen(problem, evaluator, seed=seed)
        best = optima(problem, [blend], known_c, np.random.default_rng(seed), wide=False)[0]
        if any(np.abs(best - top).sum() <= SAME * problem.total for top in tops):
            break
        tops.append(best)
        evaluator.score([best])
    blend, known_c = _seen(problem, evaluator, seed=seed)
    ranked = sorted(tops, key=lambda row: -float(blend.predict(row)[0]))
    for amounts_c in [*ranked, known_c]:
        for each in evaluator.score([amounts_c]):
            if each.feasible and not each.failure and each.value(goal) >= bar:
                return each
    return None


def _seen(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> tuple[Blend, Floats]:
    """A surface through everything, and the plan of those simulated that it thinks best."""
    done = usable(evaluator)
    blend = blends(problem, fit_all(problem, evaluator, done[-1], seed=seed), done[-1])[0]
    value_n = blend.predict(np.array([each.amounts_c for each in done]))
    value_n = np.where([each.feasible for each in done], value_n, -np.inf)
    return blend, done[int(np.argmax(value_n))].amounts_c


def _look(
    problem: BudgetProblem, evaluator: Evaluator, rng: np.random.Generator, keep: int
) -> Evaluation | None:
    """Today's mix, an even split, and plans far round today's mix."""
    evaluator.stage = "looking round today's mix"
    today_c = historical(problem)
    found = evaluator.score([today_c, equal(problem)])
    count = max(int(LOOK * evaluator.runs), min(int(LOOK_MOST * evaluator.runs), LOOK_PLANS)) - len(found)
    if problem.decisions >= 1 and count > 0:
        score_within(evaluator, around(problem, today_c, WIDE, count, rng), keep)
    return found[0] if found else None


def _round_size(problem: BudgetProblem, evaluator: Evaluator, keep: int) -> int:
    few = min(int(ROUND_SHARE * evaluator.runs), 2 * len(problem.free_c))
    left = max(evaluator.runs_left - keep, 0)
    return max(few, ROUND_LEAST, -(-left * len(problem.goals) // ROUNDS))


def _draws(evaluator: Evaluator, replicate: int) -> int:
    """The same draws until a block of plans has met them; the next ones where they can be paid."""
    met = sum(done.replicate == replicate for done in evaluator.scored)
    following = replicate + 1
    return following if met >= BLOCK and evaluator.affordable(following) > ROUND_LEAST else replicate


def _batch(
    problem: BudgetProblem, targets: Sequence[Floats], size: int, rng: np.random.Generator
) -> list[Floats]:
    """The optima, and plans round them in turn."""
    spare = max(size - len(targets), 2)
    share = -(-spare // len(targets))
    near = [row for target in targets for row in around(problem, target, NEAR, share, rng)]
    return [*targets, *near[:spare]]


def _note_misses(
    search: Search,
    problem: BudgetProblem,
    surfaces: Sequence[Surface],
    done: Sequence[Evaluation],
    centre: Evaluation,
) -> None:
    scored = [each for each in done if not each.failure]
    if not scored:
        return
    amounts_nc = np.array([each.amounts_c for each in scored])
    for goal, surface in zip(problem.goals, surfaces, strict=True):
        error = surface.predict(amounts_nc) - gains(goal, scored, centre)
        search.misses.setdefault(goal.name, []).extend(error.tolist())
