"""The cheapest plan that reaches its targets: down along a shape, halve, mend the mix there, again.

    symbol    meaning                                                           unit
    surplus   least over targets of the mean, over draws, of how much better    1
              than its bound the key figure is, relative to the bound

Every plan that may be the answer is measured on the main draws and a few more, and counts by its mean: the
cheapest plan that reaches targets on one set of draws did so in part by luck. The answer must hold, less one
standard error, on draws that had no say in finding it; a little more money makes up for a near miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator
from optimize.found import Search
from optimize.problem import BudgetProblem
from optimize.projection import project
from sim import LimitError

if TYPE_CHECKING:
    from optimize.methods import Method

Floats = npt.NDArray[np.float64]

#: Share of the runs for the first mix, and totals tried along its shape, as shares of the way from the least
#: to the most (log scale).
FIRST_SHARE, WAY_DOWN = 0.4, (1.0, 0.95, 0.85, 0.0)
#: Least share of the most that counts as a plan.
LEAST = 0.01
#: Draws a plan is measured on, the further ones of the last check, and what that check costs at most.
DRAWS, CONFIRMATIONS, KEEP = 4, 5, 20
#: Halvings after each mix, rounds of mixes, share of the runs left for the next one, how far below it is.
HALVINGS, ROUNDS, MIX_SHARE, BELOW = 4, 3, 0.45, 0.96
#: Totals closer than this are the same; more money tried where the last check fails.
CLOSE, DEARER = 0.01, (1.0, 1.03, 1.07)


@dataclass(frozen=True, eq=False)
class Trial:
    """A plan and how it stands to the targets.

    Attributes:
        amounts: its money.
        total: their sum.
        surplus: see the module's head.
    """

    amounts: Floats
    total: float
    surplus: float


def search_cheapest(problem: BudgetProblem, evaluator: Evaluator, method: Method, *, seed: int) -> Search:
    """The method at the most that may be spent, then down to the least that still reaches the targets."""
    found = Search()
    most = problem.span[1]
    least = max(problem.span[0], LEAST * most)

    def mix(total: float, share: float) -> Floats | None:
        return _mix(problem, evaluator, method, total, share, found, seed)

    shape = mix(most, FIRST_SHARE)
    if shape is None:
        return found
    evaluator.stage = "looking for the total"
    plans = _scaled(problem, shape, [(least / most) ** (1.0 - way) for way in WAY_DOWN], found.notes)
    found.best = cheapest_plan(problem, evaluator, plans, mix) or found.best
    return found


def _mix(
    problem: BudgetProblem,
    evaluator: Evaluator,
    method: Method,
    total: float,
    share: float,
    found: Search,
    seed: int,
) -> Floats | None:
    """The method at one total, on a share of the runs left; the best plan's amounts."""
    try:
        exact = problem.at_total(total)
    except LimitError as fault:
        found.notes.append(f"the mix at a total of {total:,.0f} was not searched: {fault}")
        return None
    part = evaluator.part(exact, int(share * evaluator.runs_left))
    if part.affordable() < 2:
        found.notes.append(f"too few runs were left to search the mix at a total of {total:,.0f}")
        return None
    try:
        solved = method(exact, part, seed=seed)
    finally:
        evaluator.adopt(part, lambda amounts: amounts)
    best = solved.best or part.best()
    if best is None:
        return None
    found.best, found.misses = best, solved.misses
    found.notes += solved.notes
    return best.amounts_c


def cheapest_plan(
    problem: BudgetProblem,
    evaluator: Evaluator,
    ladder: Sequence[Floats],
    mix: Callable[[float, float], Floats | None],
) -> Evaluation | None:
    """Search downward from a mix.

    Args:
        problem: with its targets; any total up to `problem.total`.
        evaluator: the meter.
        ladder: a shape at several totals.
        mix: (total, share of the runs left) -> amounts of the mix that reaches the targets most safely there.

    Returns:
        The answer on the main draws, its `miss` that of the mean over draws; None without any score.
    """
    trials = _tried(problem, evaluator, ladder)
    for n in range(ROUNDS):
        _halve(problem, evaluator, trials)
        held = _cheapest(trials)
        if held is None or n == ROUNDS - 1 or evaluator.runs_left < 2 * KEEP:
            break
        shape = mix(held.total * (BELOW if held.surplus >= 0 else 1.0), MIX_SHARE)
        if shape is None:
            break
        evaluator.stage = "looking for the total"
        trials += _tried(problem, evaluator, [shape, *_scaled(problem, shape, [0.9])])
    held = _cheapest(trials)
    return None if held is None else _confirmed(problem, evaluator, held)


def _cheapest(trials: Sequence[Trial]) -> Trial | None:
    """The cheapest that reaches the targets; while none does, the one nearest to them."""
    reached = [trial for trial in trials if trial.surplus >= 0]
    if reached:
        return min(reached, key=lambda trial: trial.total)
    return max(trials, key=lambda trial: trial.surplus, default=None)


def _tried(problem: BudgetProblem, evaluator: Evaluator, plans: Sequence[Floats]) -> list[Trial]:
    """Measure plans on several draws; those that could not be paid or scored are left out."""
    surplus_rpk = []
    for replicate in range(SEARCH_REPLICATE, SEARCH_REPLICATE + DRAWS):
        scored = evaluator.score(plans, replicate=replicate)
        if len(scored) == len(plans) and plans:
            surplus_rpk.append([_surplus(problem, done) for done in scored])
    if not surplus_rpk:
        return []
    least_p = np.mean(surplus_rpk, axis=0).min(axis=1)
    return [Trial(plan, float(plan.sum()), float(least)) for plan, least in zip(plans, least_p, strict=True)]


def _surplus(problem: BudgetProblem, done: Evaluation) -> list[float]:
    if done.failure:
        return [-1.0] * len(problem.targets)
    return [target.surplus(done.kpis.get(target.kind.kpi)) for target in problem.targets]


def _halve(problem: BudgetProblem, evaluator: Evaluator, trials: list[Trial]) -> None:
    """Halve the way from the cheapest plan that does to the next total below; while none does, both ways."""
    for _ in range(HALVINGS):
        at = _cheapest(trials)
        if at is None or evaluator.runs_left < KEEP + 2 * DRAWS:
            return
        totals = sorted({trial.total for trial in trials})
        below = [total for total in totals if total < at.total * (1 - CLOSE)][-1:]
        above = [total for total in totals if total > at.total * (1 + CLOSE)][:1]
        halfway = [0.5 * (at.total + total) for total in (below if at.surplus >= 0 else below + above)]
        plans = _scaled(problem, at.amounts, [total / at.total for total in halfway])
        if not plans:
            return
        trials += _tried(problem, evaluator, plans)


def _scaled(
    problem: BudgetProblem, amounts: Floats, factors: Sequence[float], notes: list[str] | None = None
) -> list[Floats]:
    """A shape at other totals, moved onto the limits; totals are kept within what the limits allow."""
    plans, (least, most) = [], problem.span
    for factor in factors:
        total = min(max(factor * float(amounts.sum()), least), most)
        try:
            plans.append(project(problem.at_total(total), amounts / amounts.sum() * total))
        except LimitError as fault:
            # Limits such as a minimum-if-on leave holes between the least and the most.
            if notes is not None:
                notes.append(f"a total of {total:,.0f} was left out: {fault}")
    return plans


def _confirmed(problem: BudgetProblem, evaluator: Evaluator, held: Trial) -> Evaluation | None:
    """The plan, or one a little dearer, whose targets hold on fresh draws; the safest where none does."""
    evaluator.stage = "confirming the targets"
    answer, best = None, -np.inf
    for plan in _scaled(problem, held.amounts, DEARER):
        main = evaluator.score([plan])
        first = SEARCH_REPLICATE + DRAWS
        rows = [evaluator.score([plan], replicate=first + n) for n in range(CONFIRMATIONS)]
        surplus_rk = np.array([_surplus(problem, done) for row in rows for done in row])
        if not main:
            break
        if len(surplus_rk) < 2:
            return answer or replace(main[0], miss=max(0.0, -held.surplus))
        error_k = surplus_rk.std(axis=0, ddof=1) / np.sqrt(len(surplus_rk))
        safe = float((surplus_rk.mean(axis=0) - error_k).min())
        if safe > best:
            best, answer = safe, replace(main[0], miss=max(0.0, -float(surplus_rk.mean(axis=0).min())))
        if safe >= 0 or held.surplus < 0:
            break
    if answer is not None and held.surplus >= 0:
        # Near misses on fresh draws are chance: the judge has the last word.
        answer = replace(answer, miss=0.0)
    return answer
