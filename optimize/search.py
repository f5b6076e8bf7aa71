"""Method `search`: Optuna over the budget simplex, warm-started by the `surrogate` method.

Half of the runs go to the surface loop, which finds the region; a sampler that assumes nothing about
the shape of the response then searches a box round its answer. CMA-ES from 200 runs on, which is what it
needs to learn its scales, else TPE. For several objectives TPE works on the whole cube. Plans are
asked for in batches and told in the order they were asked, so the same seed gives the same search
however many threads simulate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.baselines import equal, historical
from optimize.evaluator import Evaluation, Evaluator
from optimize.finalists import recheck, recheck_runs
from optimize.found import Search
from optimize.pareto import non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.simplex import TOP, decode, encode
from optimize.surfaces import foretell
from optimize.surrogate import refine

if TYPE_CHECKING:
    import optuna

Floats = npt.NDArray[np.float64]

#: Share of the runs spent on the surface loop first; of few runs more, up to the second share.
WARM_SHARE = 0.5
WARM_MOST = 0.75
#: Runs from which on CMA-ES is chosen, half width of the box round the start, plans per batch.
CMA_FROM = 200
BOX = 0.2
BATCH = 8
#: Batches in a row without a new plan after which the search stops: the box is exhausted.
STALE = 8


def search_optuna(problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
    """Warm start, then Optuna by ask and tell until the runs are used up."""
    search = Search()
    keep = recheck_runs(evaluator.runs) if len(problem.goals) == 1 else 0
    reference = _warm_start(problem, evaluator, search, seed=seed, keep=keep)
    if len(problem.free_c) >= 2:
        _ask_and_tell(problem, evaluator, seed=seed, keep=keep)
    predict = foretell(problem, evaluator, seed=seed) if keep else None
    search.best = recheck(evaluator, problem.goals[0], reference, keep, predict) or evaluator.best()
    return search


def _warm_start(
    problem: BudgetProblem, evaluator: Evaluator, search: Search, *, seed: int, keep: int
) -> Evaluation | None:
    spend = _warm_runs(problem, evaluator)
    if spend:
        return refine(
            problem,
            evaluator,
            search,
            seed=seed,
            keep=max(keep, evaluator.runs - spend),
            averaging=False,
        )
    found = evaluator.score([historical(problem), equal(problem)])
    return found[0] if found else None


def _warm_runs(problem: BudgetProblem, evaluator: Evaluator) -> int:
    """Runs for the surface loop: half, more when half would not fit a curve per channel, 0 when none can."""
    count = len(problem.free_c)
    spend = max(int(WARM_SHARE * evaluator.runs), min(int(WARM_MOST * evaluator.runs), 3 * count))
    return spend if spend >= 2 * count + 4 else 0


def _ask_and_tell(problem: BudgetProblem, evaluator: Evaluator, *, seed: int, keep: int) -> None:
    import optuna

    evaluator.stage = "searching the simplex"
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        low, high = _box(problem, evaluator)
        space: dict[str, optuna.distributions.BaseDistribution] = {
            f"u_{n:02d}": optuna.distributions.FloatDistribution(float(a), float(b))
            for n, (a, b) in enumerate(zip(low, high, strict=True))
        }
        study = optuna.create_study(
            directions=["maximize"] * len(problem.goals), sampler=_sampler(problem, evaluator, seed)
        )
        for start in _starts(problem, evaluator):
            u = np.clip(encode(problem, start), low, high)
            study.enqueue_trial(dict(zip(space, u.tolist(), strict=True)))
        stale = 0
        while evaluator.affordable() > keep and stale < STALE:
            before = len(evaluator.evaluations)
            _one_batch(problem, evaluator, study, space, min(BATCH, evaluator.affordable() - keep))
            stale = 0 if len(evaluator.evaluations) > before else stale + 1
    finally:
        optuna.logging.set_verbosity(verbosity)


def _one_batch(
    problem: BudgetProblem,
    evaluator: Evaluator,
    study: optuna.Study,
    space: dict[str, optuna.distributions.BaseDistribution],
    size: int,
) -> None:
    """Ask for plans, simulate them together, tell the scores; a failed plan is told as failed."""
    from optuna.trial import TrialState

    trials = [study.ask(space) for _ in range(size)]
    amounts = [decode(problem, np.array([trial.params[name] for name in space])) for trial in trials]
    found = evaluator.score(amounts)
    for n, trial in enumerate(trials):
        if n >= len(found) or found[n].failure:
            study.tell(trial, state=TrialState.FAIL)
        else:
            study.tell(trial, [found[n].value(goal) for goal in problem.goals])


def _sampler(problem: BudgetProblem, evaluator: Evaluator, seed: int) -> optuna.samplers.BaseSampler:
    import optuna

    key = int(np.random.default_rng([seed, 23]).integers(2**31))
    if len(problem.goals) == 1 and evaluator.runs >= CMA_FROM:
        return optuna.samplers.CmaEsSampler(seed=key, warn_independent_sampling=False)
    return optuna.samplers.TPESampler(seed=key, n_startup_trials=BATCH)


def _box(problem: BudgetProblem, evaluator: Evaluator) -> tuple[Floats, Floats]:
    """The box searched: round the best plan for one objective, the whole cube for several.

    CMA-ES starts from the middle of its box, so re-centring the box is its warm start.
    """
    count = len(problem.free_c)
    best = evaluator.best()
    if best is None or len(problem.goals) > 1 or not _warm_runs(problem, evaluator):
        return np.zeros(count), np.full(count, TOP)
    u = encode(problem, best.amounts_c)
    return np.maximum(0.0, u - BOX), np.minimum(TOP, u + BOX)


def _starts(problem: BudgetProblem, evaluator: Evaluator) -> Sequence[Floats]:
    """Plans already simulated that the sampler should know: they cost no run."""
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    if len(problem.goals) > 1:
        values_nk = np.array([[done.value(goal) for goal in problem.goals] for done in usable])
        front = non_dominated(values_nk) if len(usable) else []
        chosen = [usable[front[n]] for n in spread(values_nk[front])] if front else []
    else:
        goal = problem.goals[0]
        chosen = sorted(usable, key=lambda done: (-done.value(goal), done.run))[:BATCH]
    rows = [done.amounts_c for done in chosen]
    return [*rows, historical(problem), equal(problem)]
