"""Rules of thumb a search must beat: one function and one line in `BASELINES` each.

Rules that need simulations are in `measured_rules`. `in_proportion` is no baseline of a search: it spends as
an attribution rule, or the truth, says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from optimize.problem import BudgetProblem
from optimize.projection import project
from sim import LimitError

Floats = npt.NDArray[np.float64]
#: Shares of the main, second and third line of channels.
LINES = (0.5, 0.3, 0.2)
#: Halvings of the interval that holds a level.
_ROUNDS = 80
#: Share of the total below which an amount is none: a level that would raise it to one is no number.
_NOTHING = 1e-12


def equal(problem: BudgetProblem) -> Floats:
    """The same amount for every channel that can take money, moved onto the limits."""
    amounts_c = np.zeros(len(problem.lower_c))
    amounts_c[problem.free_c] = problem.start_total / len(problem.free_c)
    return project(problem, amounts_c)


def historical(problem: BudgetProblem) -> Floats:
    """Today's mix at the total in force, moved onto the limits."""
    return project(problem, problem.status_quo_at_total())


def five_three_two(problem: BudgetProblem) -> Floats:
    """Half of the money for the main line, 30 % for the second, 20 % for the third (FACTS A1.5).

    Which channels are which line says `optimization.lines`; channels that stand in none get nothing.
    Without it today's money ranks the channels, and thirds of them are the lines. Within a line money
    keeps today's proportions.
    """
    today_c, free_c = problem.status_quo_at_total(), problem.free_c
    ranked = np.array(sorted(free_c, key=lambda c: -today_c[c]))
    lines = problem.lines or np.array_split(ranked, len(LINES))
    amounts_c = np.zeros(len(problem.lower_c))
    for share, line in zip(LINES, lines, strict=True):
        takers = np.intersect1d(np.array(line, dtype=np.intp), free_c)
        if len(takers):
            weight = today_c[takers] if today_c[takers].sum() > 0 else np.ones(len(takers))
            amounts_c[takers] = share * weight / weight.sum()
    if amounts_c.sum() <= 0:
        return historical(problem)
    amounts_c *= problem.start_total / amounts_c.sum()
    return project(problem, scaled(problem, amounts_c) if problem.violations(amounts_c) else amounts_c)


def proportional(problem: BudgetProblem, credit_c: Floats) -> Floats | None:
    """The total split in proportion to credit, whatever the limits say.

    Args:
        problem: lends the total, and the channels that money can buy.
        credit_c: (C,) any unit; what is below 0 counts as 0, for no one can be paid less than nothing.

    Returns:
        (C,) amounts that add up to the total; None when no channel that can be bought has any credit.

    Raises:
        LimitError: not one finite number a channel.
    """
    count, credit_c = len(problem.world.channels), np.asarray(credit_c, dtype=np.float64)
    if credit_c.shape != (count,) or not np.isfinite(credit_c).all():
        raise LimitError(f"credit: must be {count} finite numbers, one a channel, got {credit_c}")
    weight_c = np.where(problem.world.priced_c, np.maximum(credit_c, 0.0), 0.0)
    return problem.start_total * (weight_c / weight_c.sum()) if weight_c.sum() > 0 else None


def in_proportion(problem: BudgetProblem, credit_c: Floats) -> Floats:
    """The total split in proportion to credit, moved onto the limits; by cell where there are flights.

    Channels that a limit holds together give way alike, and what they give goes to the others in proportion.
    Without any credit on a channel that can be bought, today's mix stays. Arguments and errors are those of
    `proportional`.
    """
    amounts_c = proportional(problem, credit_c)
    if amounts_c is None:
        return historical(problem)
    if len(problem.flights) > 1:
        return problem.lifted(amounts_c if problem.mix is None else in_proportion(problem.mix, credit_c))
    return project(problem, scaled(problem, amounts_c) if problem.violations(amounts_c) else amounts_c)


def scaled(problem: BudgetProblem, amounts_c: Floats, total: float | None = None) -> Floats:
    """Every amount times one level, cut to the bounds; those of a group at its limit times one of their own.

    It is the nearest plan in relative entropy where groups do not overlap; `project` does the rest.
    `total` is what the amounts shall add up to; default: where the search starts.
    """
    total = problem.start_total if total is None else total
    lower_c, upper_c = problem.lower_c, np.minimum(problem.upper_c, problem.total)
    amounts_c = np.where(amounts_c > _NOTHING * problem.total, amounts_c, 0.0)
    groups = [(group, np.array(group.channels, dtype=np.intp)) for group in problem.groups]

    @cache
    def at_limit(n: int, bound: float) -> Floats:
        members = groups[n][1]
        cut = _cut(amounts_c[members], lower_c[members], upper_c[members])
        return _levelled(cut, amounts_c[members], bound)

    def filled(level: float) -> Floats:
        found_c = _clipped(level * amounts_c, lower_c, upper_c)
        for n, (group, members) in enumerate(groups):
            together = float(found_c[members].sum())
            bound = min(max(together, group.lower), group.upper)
            if bound != together:
                found_c[members] = at_limit(n, bound)
        return found_c

    return _levelled(filled, amounts_c, total)


def _cut(wanted: Floats, lower: Floats, upper: Floats) -> Callable[[float], Floats]:
    return lambda level: _clipped(level * wanted, lower, upper)


def _clipped(wanted: Floats, lower: Floats, upper: Floats) -> Floats:
    """As `np.clip`, without what that spends on checks."""
    return np.minimum(np.maximum(wanted, lower), upper)


def _levelled(filled: Callable[[float], Floats], wanted: Floats, total: float) -> Floats:
    """`filled`, which rises with the level, where it adds up to the total or as near as it comes."""
    some = wanted[wanted > 0]
    low, high = 0.0, 2.0 * total / float(some.min()) if len(some) else 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if filled(middle).sum() < total else (low, middle)
    return filled(high)


BASELINES: dict[str, Callable[[BudgetProblem], Floats]] = {
    "equal": equal,
    "historical": historical,
    "five_three_two": five_three_two,
}
