"""Optuna by ask and tell over the map from a cube to budgets within the limits (`simplex`).

Two uses: on a fitted surface, for nothing, and on the simulator, with a share of the runs. Method `search`
has its own loop, for it may share its study with other processes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import Evaluator
from optimize.problem import BudgetProblem
from optimize.simplex import TOP, decode, encode
from optimize.study import BATCH, SAMPLERS

if TYPE_CHECKING:
    from optimize.ascent import Blend

Floats = npt.NDArray[np.float64]
#: Plans -> a tuple of values each; None for one that has none.
Score = Callable[[list[Floats]], Sequence[tuple[float, ...] | None]]

#: Plans that the surface is asked about; half widths of the box round the start there and on the simulator.
ASKED, WIDE, NEAR = 160, 0.35, 0.12


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna neither logs nor warns that a constraint is lost on a sampler: the score has its penalty."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"optuna\.")
            warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


def ask_surface(problem: BudgetProblem, blend: Blend, at_c: Floats, *, seed: int) -> Floats:
    """The best plan that CMA-ES finds on a surface, from a plan on; that plan itself where none is better."""
    rows: list[Floats] = [at_c]

    def score(plans: list[Floats]) -> list[tuple[float, ...] | None]:
        rows.extend(plans)
        return [(float(value),) for value in blend.predict(np.array(plans))]

    ask_and_tell(problem, score, [at_c], sampler="cmaes", count=ASKED, box=WIDE, seed=seed)
    return rows[int(np.argmax(blend.predict(np.array(rows))))]


def ask_simulator(
    problem: BudgetProblem, evaluator: Evaluator, starts: Sequence[Floats], *, count: int, seed: int
) -> None:
    """So many plans near the best known, asked of a sampler that knows the scores; the evaluator keeps them.

    Args:
        starts: plans already simulated, the best first: the sampler knows them from the start.
        count: plans to ask for.
    """
    goals = problem.goals
    evaluator.stage, before, evaluator.origin = "asking Optuna", evaluator.origin, "Optuna"

    def score(plans: list[Floats]) -> list[tuple[float, ...] | None]:
        found = evaluator.score(plans)
        return [None if done.failure else tuple(done.value(goal) for goal in goals) for done in found]

    box = NEAR if len(goals) == 1 else 1.0
    try:
        ask_and_tell(problem, score, starts, sampler="tpe", count=count, box=box, seed=seed)
    finally:
        evaluator.origin = before


def ask_and_tell(
    problem: BudgetProblem,
    score: Score,
    starts: Sequence[Floats],
    *,
    sampler: str,
    count: int,
    box: float,
    seed: int,
) -> None:
    """Ask for plans in batches and tell their values; plans to start from are told first.

    Args:
        box: half width of the box of coordinates round the first start.
        seed: of the sampler.
    """
    import optuna
    from optuna.distributions import BaseDistribution, FloatDistribution
    from optuna.trial import TrialState, create_trial

    key = int(np.random.default_rng([seed, 29]).integers(2**31))
    centre = encode(problem, starts[0])
    low, high = np.maximum(0.0, centre - box), np.minimum(TOP, centre + box)
    space: dict[str, BaseDistribution] = {
        f"u_{n:02d}": FloatDistribution(a, b) for n, (a, b) in enumerate(zip(low, high, strict=True))
    }
    values = score(list(starts))
    goals = len(next((row for row in values if row is not None), (0.0,)))
    with quiet():
        study = optuna.create_study(directions=["maximize"] * goals, sampler=SAMPLERS[sampler](key, count))
        for start, known in zip(starts, values, strict=False):
            u = np.clip(encode(problem, start), low, high).tolist()
            if known is not None:
                study.add_trial(
                    create_trial(params=dict(zip(space, u, strict=True)), distributions=space, values=known)
                )
        for first in range(0, count, BATCH):
            trials = [study.ask(space) for _ in range(min(BATCH, count - first))]
            plans = [decode(problem, np.array([trial.params[name] for name in space])) for trial in trials]
            found = score(plans)
            for trial, value in zip(trials, found, strict=False):
                study.tell(trial, value, state=None if value is not None else TrialState.FAIL)
            if len(found) < len(trials):
                return
