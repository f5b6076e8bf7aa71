"""Can any plan meet the limits? Arithmetic first, since its messages are the best; then a small LP.

The LP is elastic: every limit may be relaxed at a price of one per unit of money, so its optimum is
the smallest relaxation that would do, and the message names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimize.wording import money
from sim import LimitError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem


def check_limits(problem: BudgetProblem) -> None:
    """Raise `LimitError` with the amounts and the smallest fix when no plan can meet the limits."""
    faults = _crossed(problem) or _sums(problem)
    if faults:
        raise LimitError("\n".join(faults))
    if problem.groups:
        _groups(problem)


def _crossed(problem: BudgetProblem) -> list[str]:
    """Minimum above maximum, on a channel or a group."""
    names, slack = problem.world.channels, problem.tolerance
    said = []
    for c, name in enumerate(names):
        low, high = float(problem.lower_c[c]), float(problem.upper_c[c])
        if low <= high + slack:
            continue
        if not problem.world.priced_c[c]:
            said.append(
                f"limits: {name} has no price and takes no money, "
                f"but its minimum is {_m(problem, low)}: drop it"
            )
        else:
            said.append(
                f"limits: {name} must get at least {_m(problem, low)} and at most {_m(problem, high)}: "
                f"lower the minimum or raise the maximum by {_m(problem, low - high)}"
            )
    for group in problem.groups:
        if group.lower > group.upper + slack:
            said.append(
                f"limits: {' + '.join(group.names)} must get at least {_m(problem, group.lower)} and at most "
                f"{_m(problem, group.upper)}: lower the minimum or raise the maximum by "
                f"{_m(problem, group.lower - group.upper)}"
            )
    return said


def _sums(problem: BudgetProblem) -> list[str]:
    """Minimums that exceed the total, maximums that cannot hold it."""
    total, slack = problem.total, problem.tolerance
    least, most = float(problem.lower_c.sum()), float(problem.upper_c.sum())
    if least > total + slack:
        return [
            f"limits: minimum spends add up to {_m(problem, least)} but the total is {_m(problem, total)}: "
            f"lower them by {_m(problem, least - total)} or raise the total"
        ]
    if most < total - slack:
        return [
            f"limits: maximum spends add up to {_m(problem, most)} but the total is {_m(problem, total)}: "
            f"raise them by {_m(problem, total - most)} or lower the total"
        ]
    return []


def _groups(problem: BudgetProblem) -> None:
    from optimize.projection import least_relaxation

    relaxed = least_relaxation(problem)
    if not relaxed:
        return
    listed = "; ".join(f"{what} by {_m(problem, amount)}" for what, amount in relaxed)
    raise LimitError(
        f"limits: no plan meets all limits at a total of {_m(problem, problem.total)}; "
        f"the smallest change that would do: {listed}"
    )


def _m(problem: BudgetProblem, amount: float) -> str:
    return "no limit" if np.isinf(amount) else money(amount, problem.currency)
