"""Method `search`: Optuna over the budget simplex, warm-started by the `surrogate` method.

Half of the runs go to the surface loop, which finds the region; a sampler that assumes nothing about
the shape of the response then searches a box round its answer (`study` lists the samplers). For several
objectives it searches the whole cube. Plans are asked for in batches and told in the order they were asked,
so the same seed gives the same search however many threads or processes simulate. A study in a storage
that several processes share (`shared_trials`) is the exception: who comes first changes what comes next.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.baselines import BASELINES, equal, historical
from optimize.evaluator import Evaluation, Evaluator
from optimize.finalists import recheck, recheck_runs
from optimize.found import Search
from optimize.pareto import non_dominated, spread
from optimize.problem import BudgetProblem
from optimize.sampler import quiet
from optimize.shared_trials import SharedTrials, join, publish
from optimize.simplex import TOP, decode, encode
from optimize.study import BATCH, SAMPLERS, Study, open_storage, sampler_name, storage_faults
from optimize.surfaces import foretell
from optimize.surrogate import refine

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution

Floats = npt.NDArray[np.float64]

#: Share of the runs spent on the surface loop first; of few runs more, up to the second share.
WARM_SHARE = 0.5
WARM_MOST = 0.75
#: Half width of the box round the start.
BOX = 0.2
#: Batches in a row without a new plan after which the search stops: the box is exhausted.
STALE = 8
#: Seconds between two looks at the last trials, which other processes are at, and most looks.
PAUSE, LOOKS = 0.2, 300


def search_optuna(
    problem: BudgetProblem, evaluator: Evaluator, *, seed: int, study: Study | None = None
) -> Search:
    """Warm start, then Optuna by ask and tell until the runs are used up."""
    search, study = Search(), study or Study()
    keep = recheck_runs(evaluator.runs) if len(problem.goals) == 1 else 0
    with quiet(), storage_faults(study.storage):
        trials = _opened(problem, evaluator, study, seed) if problem.decisions >= 1 else None
        if trials is not None and study.storage and join(trials, evaluator):
            reference = next(iter(evaluator.evaluations), None)
        else:
            reference = _warm_start(problem, evaluator, search, seed=seed, keep=keep)
        if trials is not None:
            _ask_and_tell(problem, evaluator, trials, shared=bool(study.storage), keep=keep)
    blend = foretell(problem, evaluator, seed=seed) if keep else None
    predict = None if blend is None else blend.predict
    search.best = recheck(evaluator, problem.goals[0], reference, keep, predict) or evaluator.best()
    return search


def _opened(problem: BudgetProblem, evaluator: Evaluator, study: Study, seed: int) -> optuna.Study:
    """The study, new or as other processes left it; one for each total and set of limits searched."""
    import optuna

    key = int(np.random.default_rng([seed, 23]).integers(2**31))
    goals, runs = len(problem.goals), evaluator.runs
    part = f"{problem.total:.2f} {len(problem.free_c)}"
    return optuna.create_study(
        storage=open_storage(study.storage),
        study_name=f"{study.name} {part}",
        load_if_exists=True,
        directions=["maximize"] * goals,
        sampler=SAMPLERS[sampler_name(study, objectives=goals, runs=runs)](key, runs),
    )


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


def _ask_and_tell(
    problem: BudgetProblem, evaluator: Evaluator, study: optuna.Study, *, shared: bool, keep: int
) -> None:
    """Batches of plans until the runs are used up, or no batch brings anything new."""
    evaluator.stage = "searching the simplex"
    space = _space(problem, evaluator, study, shared=shared)
    trials = SharedTrials(study, evaluator) if shared else None
    stale, looks = 0, 0
    while stale < STALE and looks < LOOKS:
        busy = trials.sync() if trials else 0
        room = evaluator.affordable() - keep
        if room <= 0:
            return
        if room <= busy:
            looks += 1
            time.sleep(PAUSE)
            continue
        looks = 0
        before = evaluator.runs_used
        _one_batch(problem, evaluator, study, space, min(BATCH, room - busy), trials)
        stale = 0 if evaluator.runs_used > before else stale + 1


def _space(
    problem: BudgetProblem, evaluator: Evaluator, study: optuna.Study, *, shared: bool
) -> dict[str, BaseDistribution]:
    """The coordinates searched: as the study has them, or a box round the start, with plans to try first."""
    from optuna.distributions import FloatDistribution

    bounds: dict[str, list[float]] | None = study.user_attrs.get("space")
    if bounds is None:
        low, high = _box(problem, evaluator)
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        bounds = {f"u_{n:02d}": [a, b] for n, (a, b) in enumerate(pairs)}
        for start in _starts(problem, evaluator):
            u = np.clip(encode(problem, start), low, high)
            study.enqueue_trial(dict(zip(bounds, u.tolist(), strict=True)))
        if shared:
            publish(study, evaluator, bounds)
    return {name: FloatDistribution(a, b) for name, (a, b) in bounds.items()}


def _one_batch(
    problem: BudgetProblem,
    evaluator: Evaluator,
    study: optuna.Study,
    space: dict[str, BaseDistribution],
    size: int,
    shared: SharedTrials | None,
) -> None:
    """Ask for plans, simulate them together, tell the scores; a failed plan is told as failed."""
    from optuna.trial import TrialState

    trials: list[optuna.Trial] = []
    try:
        for _ in range(size):
            trials.append(study.ask(space))
            if shared:
                shared.sign(trials[-1:])
        amounts = [decode(problem, np.array([trial.params[name] for name in space])) for trial in trials]
        found = evaluator.score(amounts)
        for trial, done in zip(trials, found, strict=False):
            _tell(problem, study, trial, done, shared)
    finally:
        # What was not scored, for want of runs or because of an interrupt, must not count as running.
        for trial in trials:
            study.tell(trial, state=TrialState.FAIL, skip_if_finished=True)


def _tell(
    problem: BudgetProblem,
    study: optuna.Study,
    trial: optuna.Trial,
    done: Evaluation,
    shared: SharedTrials | None,
) -> None:
    from optuna.exceptions import UpdateFinishedTrialError
    from optuna.trial import TrialState

    try:
        if shared:
            shared.keep(trial, done)
        if problem.targets and not done.failure:
            trial.set_constraint("targets", done.miss)
    except UpdateFinishedTrialError:
        # SQLite may hand a queued trial to two processes; the other one was first.
        return
    if done.failure:
        study.tell(trial, state=TrialState.FAIL, skip_if_finished=True)
    else:
        study.tell(trial, [done.value(goal) for goal in problem.goals], skip_if_finished=True)


def _box(problem: BudgetProblem, evaluator: Evaluator) -> tuple[Floats, Floats]:
    """The box searched: round the best plan for one objective, the whole cube for several.

    CMA-ES starts from the middle of its box, so re-centring the box is its warm start.
    """
    count = len(problem.free_c) + problem.free_total
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
    return [*rows, *(rule(problem) for rule in BASELINES.values())]
