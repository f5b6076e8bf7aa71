"""The cheapest plan that reaches its targets: down along today's mix, then a better mix near there, again.

    symbol    meaning                                                           unit
    surplus   least over targets of the mean, over draws, of how much better    1
              than its bound the key figure is, relative to the bound

Today's mix at several totals comes first: it costs a few simulations and says where targets are about met,
be it at the most that may be spent or, for ratios, far below. Mixes that reach them more safely are then
searched a little below the cheapest total that does, and their totals halved down.

Every plan that may be the answer is measured on the main draws and a few more, and counts by its mean: the
cheapest plan that reaches targets on one set of draws did so in part by luck. The answer must hold, less one
standard error, on draws that had no say in finding it; a little more money makes up for a near miss.
"""

from __future__ import annotations

from collections.abc import Sequence
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

#: Totals of today's mix that are tried, as multiples of today's money; the most that may be spent besides.
TODAYS = (1.0, 0.75, 0.5, 0.3)
#: Rounds of mixes, the share of the runs left for each, how far below the cheapest total so far it is
#: searched, and the totals tried along what is found.
ROUNDS, MIX_SHARE, BELOW = 4, (0.4, 0.45, 0.45, 0.45), (0.85, 0.96, 0.96, 0.96)
ALONG = ((1.0, 0.85, 1.15), (1.0, 0.9), (1.0, 0.9), (1.0, 0.9))
#: Halvings after each mix, and along today's.
HALVINGS, TODAYS_HALVINGS = 4, 2
#: Totals closer than this are the same; more money tried where the last check fails.
CLOSE, DEARER = 0.01, (1.0, 1.03, 1.07)


@dataclass(frozen=True)
class Pace:
    """How thoroughly plans are measured, by how many runs there are.

    Attributes:
        draws: sets of draws that every trial meets.
        confirmations: further draws of the last check.
    """

    draws: int
    confirmations: int

    @classmethod
    def of(cls, runs: int) -> Pace:
        """Four draws and five more from 150 runs on; fewer where they would eat the search."""
        return cls(4, 5) if runs >= 150 else cls(3, 4) if runs >= 90 else cls(2, 3)

    @property
    def keep(self) -> int:
        """Runs that the last check may take."""
        return len(DEARER) * (1 + self.confirmations) + self.confirmations


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
    """From today's mix down to the least money whose best mix still reaches the targets."""
    found, pace = Search(), Pace.of(evaluator.runs)
    evaluator.stage = "looking for the total"
    today = problem.status_quo_at_total()
    most = problem.span[1] / max(float(today.sum()), 1e-12)
    trials = _tried(problem, evaluator, _scaled(problem, today, [*TODAYS, most], found.notes), pace)
    _halve(problem, evaluator, trials, pace, TODAYS_HALVINGS)
    for n in range(ROUNDS):
        held = _cheapest(trials)
        if evaluator.runs_left < 2 * pace.keep:
            break
        total = problem.span[1] if held is None else held.total * (BELOW[n] if held.surplus >= 0 else 1.0)
        shape = _mix(problem, evaluator, method, total, MIX_SHARE[n], found, seed)
        if shape is None:
            break
        evaluator.stage = "looking for the total"
        trials += _tried(problem, evaluator, _scaled(problem, shape, ALONG[n]), pace)
        _halve(problem, evaluator, trials, pace, HALVINGS)
    held = _cheapest(trials)
    if held is not None:
        found.best = _confirmed(problem, evaluator, held, pace) or found.best
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
    total = min(max(total, problem.span[0]), problem.span[1])
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


def _cheapest(trials: Sequence[Trial]) -> Trial | None:
    """The cheapest that reaches the targets; while none does, the one nearest to them."""
    reached = [trial for trial in trials if trial.surplus >= 0]
    if reached:
        return min(reached, key=lambda trial: trial.total)
    return max(trials, key=lambda trial: trial.surplus, default=None)


def _tried(problem: BudgetProblem, evaluator: Evaluator, plans: Sequence[Floats], pace: Pace) -> list[Trial]:
    """Measure plans on several draws; those that could not be paid or scored are left out."""
    surplus_rpk = []
    for replicate in range(SEARCH_REPLICATE, SEARCH_REPLICATE + pace.draws):
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


def _halve(problem: BudgetProblem, evaluator: Evaluator, trials: list[Trial], pace: Pace, times: int) -> None:
    """Halve the way from the cheapest plan that does to the next total below; while none does, both ways."""
    for _ in range(times):
        at = _cheapest(trials)
        if at is None or evaluator.runs_left < pace.keep + 2 * pace.draws:
            return
        totals = sorted({trial.total for trial in trials})
        below = [total for total in totals if total < at.total * (1 - CLOSE)][-1:]
        above = [total for total in totals if total > at.total * (1 + CLOSE)][:1]
        halfway = [0.5 * (at.total + total) for total in (below if at.surplus >= 0 else below + above)]
        plans = _scaled(problem, at.amounts, [total / at.total for total in halfway])
        if not plans:
            return
        trials += _tried(problem, evaluator, plans, pace)


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


def _confirmed(problem: BudgetProblem, evaluator: Evaluator, held: Trial, pace: Pace) -> Evaluation | None:
    """The plan, or one a little dearer, whose targets hold on fresh draws; the safest where none does."""
    evaluator.stage = "confirming the targets"
    answer, best = None, -np.inf
    for plan in _scaled(problem, held.amounts, DEARER):
        main = evaluator.score([plan])
        first = SEARCH_REPLICATE + pace.draws
        rows = [evaluator.score([plan], replicate=first + n) for n in range(pace.confirmations)]
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
