"""Can any plan meet the limits? Arithmetic first, since its messages are the best; then a small programme.

The programme is elastic: every limit may be relaxed at a price of one per unit of money, so its optimum is
the smallest relaxation that would do, and the message names it, and the limits that contradict each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimize.wording import money
from sim import LimitError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

#: Limits up to which the contradicting ones are singled out; each takes a small programme.
MOST_NAMED = 80


def check_limits(problem: BudgetProblem) -> None:
    """Raise `LimitError` with the amounts and the smallest fix when no plan can meet the limits."""
    faults = _locked(problem) or _crossed(problem) or _sums(problem)
    if faults:
        raise LimitError("\n".join(faults))
    linked = problem.groups or problem.shares or problem.minimums
    if linked or problem.most_on is not None or problem.max_shift is not None:
        _together(problem)


def _locked(problem: BudgetProblem) -> list[str]:
    """Locked channels that hold more than there is."""
    if not problem.locked:
        return []
    spent = problem.status_quo.totals()
    held = sum(spent[name] for name in problem.locked)
    if held <= problem.total + problem.tolerance:
        return []
    names = " and ".join(problem.locked)
    verb = "is" if len(problem.locked) == 1 else "are"
    return [
        f"limits: {names} {verb} locked at {_m(problem, held)} but the total is "
        f"{_m(problem, problem.total)}: "
        f"unlock {'it' if verb == 'is' else 'one'} or raise the total by {_m(problem, held - problem.total)}"
    ]


def _crossed(problem: BudgetProblem) -> list[str]:
    """Minimum above maximum, on a cell or a group."""
    names, slack = problem.names, problem.tolerance
    said = []
    for i, name in enumerate(names):
        low, high = float(problem.lower_c[i]), float(problem.upper_c[i])
        if low <= high + slack:
            continue
        if not problem.priced_cells[i]:
            said.append(
                f"limits: {name} has no price and takes no money, "
                f"but its minimum is {_m(problem, low)}: drop it"
            )
        else:
            said.append(_apart(problem, name, low, high))
    for group in problem.groups:
        if group.lower > group.upper + slack:
            said.append(_apart(problem, group.who, group.lower, group.upper))
    return said


def _apart(problem: BudgetProblem, who: str, low: float, high: float) -> str:
    return (
        f"limits: {who} must get at least {_m(problem, low)} and at most {_m(problem, high)}: "
        f"lower the minimum or raise the maximum by {_m(problem, low - high)}"
    )


def _sums(problem: BudgetProblem) -> list[str]:
    """Minimums that exceed the total, maximums that cannot hold it."""
    total, slack = problem.total, problem.tolerance
    least, most = float(problem.lower_c.sum()), float(problem.upper_c.sum())
    if problem.least_total > total + slack:
        return [
            f"limits: at least {_m(problem, problem.least_total)} must be spent but the total is "
            f"{_m(problem, total)}: lower the one or raise the other"
        ]
    if least > total + slack:
        return [
            f"limits: minimum spends add up to {_m(problem, least)} but the total is {_m(problem, total)}: "
            f"lower them by {_m(problem, least - total)} or raise the total"
        ]
    if most < problem.least_total - slack:
        gap = _m(problem, problem.least_total - most)
        return [
            f"limits: maximum spends add up to {_m(problem, most)} but the total is {_m(problem, total)}: "
            f"raise them by {gap} or lower the total"
        ]
    return []


def _together(problem: BudgetProblem) -> None:
    from optimize.projection import contradiction, least_relaxation
    from optimize.rows import words_of

    relaxed = least_relaxation(problem)
    if not relaxed:
        return
    changes = [f"{what} by {_m(problem, amount)}" if amount else what for what, amount in relaxed]
    rows = len(problem.groups) + len(problem.minimums) + int((problem.lower_c > 0).sum())
    named = contradiction(problem) if rows <= MOST_NAMED else []
    against = "; ".join(words_of(problem, name) for name in named)
    because = f" (these contradict each other: {against})" if len(named) > 1 else ""
    raise LimitError(
        f"limits: no plan meets all limits at a total of {_m(problem, problem.total)}{because}; "
        f"the smallest change that would do: {'; '.join(changes)}"
    )


def _m(problem: BudgetProblem, amount: float) -> str:
    return "no limit" if np.isinf(amount) else money(amount, problem.currency)
