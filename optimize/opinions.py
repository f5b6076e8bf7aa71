"""Other answers to the same question, for the final: what common sense and other optimisers would say.

    origin               the answer
    linear programme     one programme on the fitted curves through the best plan, free to go anywhere
    trust region         programmes step by step from today's mix, each near the plan before it
    bound to bound       channels in the order of what their money brings, each to its most in turn
    Optuna               the best of a few hundred plans that a sampler asks the fitted surface about

None of these costs a simulation: all read the surface through everything simulated. Often they come to one
and the same plan, which is worth knowing; where not, the final decides on draws that none of them has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from optimize.ascent import Blend, climb, tabulate
from optimize.baselines import historical
from optimize.linear import best_mix
from optimize.problem import BudgetProblem
from optimize.projection import project
from optimize.sampler import ask_surface
from sim import LimitError, SolverError

Floats = npt.NDArray[np.float64]

LINEAR, TRUST, VERTEX, OPTUNA = "linear programme", "trust region", "bound to bound", "Optuna"
#: Pieces of each curve in the one programme.
PIECES = 24
#: Share of the money spent by which a channel moves for its slope.
NUDGE = 0.01


def opinions(
    problem: BudgetProblem, blend: Blend, at_c: Floats, *, seed: int, notes: list[str]
) -> dict[str, Floats]:
    """Origin -> amounts within the limits; what has no answer is left out and noted.

    Args:
        problem: what is decided, in one flight.
        blend: the surface.
        at_c: the best plan known, through which the curves go.
        seed: of the sampler.
        notes: gets a sentence for every answer that could not be had.
    """
    rules: dict[str, Callable[[], Floats]] = {
        LINEAR: lambda: one_programme(problem, blend, at_c),
        TRUST: lambda: climb(problem, blend, historical(problem)),
        VERTEX: lambda: best_vertex(problem, blend, at_c),
        OPTUNA: lambda: ask_surface(problem, blend, at_c, seed=seed),
    }
    found = {}
    for origin, rule in rules.items():
        try:
            found[origin] = rule()
        except (LimitError, SolverError) as fault:
            notes.append(f"{origin}: no answer on the fitted curves ({fault})")
    return {origin: row for origin, row in found.items() if not problem.violations(row)}


def one_programme(problem: BudgetProblem, blend: Blend, at_c: Floats) -> Floats:
    """The best plan on straight pieces of every curve through a plan, however far from it."""
    return best_mix(problem, tabulate(problem, blend, at_c, pieces=PIECES), priced=False).amounts_c


def best_vertex(problem: BudgetProblem, blend: Blend, at_c: Floats) -> Floats:
    """The best plan, by the surface, in which every channel but one at most stands at one of its bounds."""
    rows = list(_filled(problem, blend, at_c))
    return project(problem, rows[int(np.argmax(blend.predict(np.array(rows))))])


def _filled(problem: BudgetProblem, blend: Blend, at_c: Floats) -> Iterator[Floats]:
    """Floors first, then channel after channel to its most; at a free total, every stop on the way."""
    free, (least, most) = problem.free_c, problem.span
    lower_c = problem.lower_c
    upper_c = np.minimum(problem.upper_c, most)
    for worth_c in (_slopes(blend, at_c, free, problem), _returns(blend, at_c, free, lower_c, upper_c)):
        row = lower_c.copy()
        if problem.free_total and row.sum() >= least:
            yield row.copy()
        for c in sorted(free, key=lambda c: -worth_c[c]):
            row[c] = min(float(upper_c[c]), float(row[c]) + max(most - float(row.sum()), 0.0))
            if problem.free_total:
                yield row.copy()
        yield row


def _slopes(blend: Blend, at_c: Floats, free: npt.NDArray[np.intp], problem: BudgetProblem) -> Floats:
    """(C,) what a little more money of each channel brings."""
    step = NUDGE * max(float(at_c.sum()), NUDGE * problem.total)
    moved_nc = np.repeat(at_c[None, :], len(free), axis=0)
    moved_nc[np.arange(len(free)), free] += step
    found_c = np.zeros(len(at_c))
    found_c[free] = blend.predict(moved_nc) - blend.predict(at_c)[0]
    return found_c


def _returns(
    blend: Blend, at_c: Floats, free: npt.NDArray[np.intp], lower_c: Floats, upper_c: Floats
) -> Floats:
    """(C,) what each channel brings per unit of money between its bounds."""
    found_c = np.zeros(len(at_c))
    for c in free:
        low, high = float(lower_c[c]), float(upper_c[c])
        if high > low:
            ends = blend.slice(at_c, int(c), np.array([low, high]))
            found_c[c] = float(ends[1] - ends[0]) / (high - low)
    return found_c
