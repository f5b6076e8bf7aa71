"""Limits on a plan, and by how much a plan breaks each of them, in sentences.

    symbol     meaning                                             shape   unit
    x_i        amount of cell i: a channel, or a channel's flight  (I,)    currency
    S          money spent: the total, or sum_i x_i below it               currency
    slack      money by which a limit may be missed                        currency

One function a family of limits here says what is broken; the function of the same name in `rows`
writes the same limit into a linear programme. A contract test holds each pair equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.wording import money

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GroupLimit:
    """Bounds on the summed amount of several cells.

    Attributes:
        channels: indices of the cells; with one flight a cell is a channel.
        names: ids of the channels they belong to, for sentences.
        lower: least sum, currency.
        upper: most sum, currency; infinite when there is none.
        label: what sentences call the group; default: its names.
    """

    channels: tuple[int, ...]
    names: tuple[str, ...]
    lower: float
    upper: float
    label: str = ""

    @property
    def who(self) -> str:
        """The group in a sentence."""
        return self.label or " + ".join(self.names)


@dataclass(frozen=True)
class ShareLimit:
    """Bounds on the summed amount of several cells as shares of the money spent.

    Where the total is spent exactly, a share is an amount, and a `GroupLimit` says it.

    Attributes:
        cells: indices of the cells.
        names: ids of their channels.
        lower: least share.
        upper: most share; 1 when there is none.
        label: what sentences call the group; default: its names.
    """

    cells: tuple[int, ...]
    names: tuple[str, ...]
    lower: float
    upper: float
    label: str = ""

    @property
    def who(self) -> str:
        """The group in a sentence."""
        return self.label or " + ".join(self.names)


@dataclass(frozen=True)
class Minimum:
    """A minimum that holds only if there is money at all: a fixed fee, a minimum buy.

    Attributes:
        cells: indices of the cells whose sum is 0 or at least `least`.
        name: what sentences call them.
        least: currency.
    """

    cells: tuple[int, ...]
    name: str
    least: float


def total(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """The amounts add up to the total, or lie between its two ends."""
    together, said = float(np.sum(amounts)), []
    for gap, bound, words in (
        (together - problem.total, problem.total, "above the total"),
        (problem.least_total - together, problem.least_total, "below the total"),
    ):
        if gap > problem.tolerance:
            of = "" if problem.total_min is None else f" of {_m(problem, bound)}"
            of = " spent at least" + of if of and words.startswith("below") else of
            said.append(f"the amounts add up to {_m(problem, together)}, {_m(problem, gap)} {words}{of}")
    return said


def cells(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """Every cell lies within its own bounds."""
    names, said = problem.names, []
    below = np.flatnonzero(problem.lower_c - amounts > problem.tolerance)
    above = np.flatnonzero(amounts - problem.upper_c > problem.tolerance)
    for i in sorted({*below.tolist(), *above.tolist()}):
        bound, side = problem.upper_c[i], "above its maximum"
        if i in below:
            bound, side = problem.lower_c[i], "below its minimum"
        by = _m(problem, abs(amounts[i] - bound))
        said.append(f"{names[i]} gets {_m(problem, amounts[i])}, {by} {side} of {_m(problem, bound)}")
    return said


def groups(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """Every group's sum lies within its bounds."""
    said = []
    for group in problem.groups:
        together = float(np.sum(np.asarray(amounts)[list(group.channels)]))
        one = group.label or len(group.names) == 1
        got = f"{group.who} {'gets' if one else 'get'} {_m(problem, together)}"
        its = "its" if one else "their"
        if group.lower - together > problem.tolerance:
            short = _m(problem, group.lower - together)
            said.append(f"{got}, {short} below {its} minimum of {_m(problem, group.lower)}")
        if together - group.upper > problem.tolerance:
            over = _m(problem, together - group.upper)
            said.append(f"{got}, {over} above {its} maximum of {_m(problem, group.upper)}")
    return said


def shares(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """Every group's share of the money spent lies within its bounds."""
    spent, said = float(np.sum(amounts)), []
    for limit in problem.shares:
        together = float(np.sum(np.asarray(amounts)[list(limit.cells)]))
        for gap, share, side in (
            (limit.lower * spent - together, limit.lower, "below the minimum"),
            (together - limit.upper * spent, limit.upper, "above the maximum"),
        ):
            if gap > problem.tolerance:
                said.append(
                    f"{limit.who}: {_m(problem, together)} of {_m(problem, spent)} spent, "
                    f"{_m(problem, gap)} {side} of {share:.4g} of it"
                )
    return said


def minimums(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """What is on gets at least its minimum."""
    said = []
    for limit in problem.minimums:
        together = float(np.sum(np.asarray(amounts)[list(limit.cells)]))
        if problem.tolerance < together < limit.least - problem.tolerance:
            said.append(
                f"{limit.name} gets {_m(problem, together)}, {_m(problem, limit.least - together)} below the "
                f"{_m(problem, limit.least)} that it takes at least if it gets anything"
            )
    return said


def count(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """No more channels get money than may."""
    if problem.most_on is None:
        return []
    on = [
        problem.world.channels[c]
        for c in np.flatnonzero(problem.by_channel(np.asarray(amounts)) > problem.tolerance)
    ]
    extra = len(on) - problem.most_on
    if extra <= 0:
        return []
    return [f"{len(on)} channels get money, {extra} more than the {problem.most_on} allowed: {', '.join(on)}"]


def shift(problem: BudgetProblem, amounts: Floats) -> list[str]:
    """No more money goes elsewhere than today than may."""
    if problem.max_shift is None:
        return []
    spent = float(np.sum(amounts))
    moved = float(np.maximum(amounts - problem.anchor * spent, 0.0).sum())
    gap = moved - problem.max_shift * spent
    if gap <= problem.tolerance:
        return []
    return [
        f"{_m(problem, moved)} goes elsewhere than today, {_m(problem, gap)} more than "
        f"{problem.max_shift:.4g} of the {_m(problem, spent)} spent"
    ]


#: One check a family of limits; `rows.ROWS` has the same names.
CHECKS: dict[str, Callable[[BudgetProblem, Floats], list[str]]] = {
    check.__name__: check for check in (total, cells, groups, shares, minimums, count, shift)
}


def _m(problem: BudgetProblem, amount: float) -> str:
    return money(float(amount), problem.currency)
