"""Every bound that somebody set, and how far a plan is from it: for the limits that bind and their prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.rows import words_of
from optimize.wording import money

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bound:
    """One side of one limit, at a plan.

    Attributes:
        rows: names of its rows, keys of its price; both sides where they are one. Empty where a price
            per unit of money makes no sense.
        kind: which sort of limit, see `explain.Binding`.
        channels: ids it is about.
        words: the limit as a sentence.
        amount: the bound, currency; a number of channels for `channels`.
        left: what is left of it at the plan, currency; 0 where it binds.
    """

    rows: tuple[str, ...]
    kind: str
    channels: tuple[str, ...]
    words: str
    amount: float
    left: float


def bounds(problem: BudgetProblem, amounts: Floats) -> list[Bound]:
    """All of them, in the order of the rows."""
    found = [*_cells(problem, amounts), *_groups(problem, amounts), *_others(problem, amounts)]
    bounds: list[Bound] = []
    for row, kind, channels, amount, left in found:
        before = bounds[-1] if bounds else None
        if before is not None and kind.endswith("max") and _is_other_side(before, kind, channels, amount):
            words = f"{' + '.join(channels)} exactly {money(amount, problem.currency)}"
            bounds[-1] = replace(before, rows=(*before.rows, row), kind="fixed", words=words)
            continue
        rows = () if kind == "channels" else (row,)
        bounds.append(Bound(rows, kind, channels, words_of(problem, row), amount, left))
    return bounds


def _is_other_side(before: Bound, kind: str, channels: tuple[str, ...], amount: float) -> bool:
    same = before.kind == kind.replace("max", "min") and before.channels == channels
    return same and abs(before.amount - amount) <= 1e-9 * max(amount, 1.0)


Line = tuple[str, str, tuple[str, ...], float, float]


def _cells(problem: BudgetProblem, amounts: Floats) -> Iterator[Line]:
    for i, (c, _) in enumerate(problem.cells):
        if not problem.priced_cells[i]:
            continue
        who, low, high = (problem.world.channels[c],), float(problem.lower_c[i]), float(problem.upper_c[i])
        if low > 0:
            yield f"lower_{i:02d}", "min", who, low, float(amounts[i]) - low
        if np.isfinite(high):
            yield f"upper_{i:02d}", "max", who, high, high - float(amounts[i])


def _groups(problem: BudgetProblem, amounts: Floats) -> Iterator[Line]:
    for g, group in enumerate(problem.groups):
        together = float(amounts[list(group.channels)].sum())
        if group.lower > 0:
            yield f"group_lower_{g:02d}", "group_min", group.names, group.lower, together - group.lower
        if np.isfinite(group.upper):
            yield f"group_upper_{g:02d}", "group_max", group.names, group.upper, group.upper - together
    spent = float(amounts.sum())
    for g, limit in enumerate(problem.shares):
        together = float(amounts[list(limit.cells)].sum())
        low, high = limit.lower * spent, limit.upper * spent
        if limit.lower > 0:
            yield f"share_lower_{g:02d}", "share_min", limit.names, low, together - low
        if limit.upper < 1:
            yield f"share_upper_{g:02d}", "share_max", limit.names, high, high - together


def _others(problem: BudgetProblem, amounts: Floats) -> Iterator[Line]:
    spent = float(amounts.sum())
    for k, minimum in enumerate(problem.minimums):
        together = float(amounts[list(minimum.cells)].sum())
        channel = problem.world.channels[problem.cells[minimum.cells[0]][0]]
        if together > 0:
            yield f"on_least_{k:03d}", "min_if_on", (channel,), minimum.least, together - minimum.least
    if problem.most_on is not None:
        on = int((problem.by_channel(amounts) > problem.tolerance).sum())
        # A channel more or less is no fraction of money: the limit binds or it is far.
        left = 0.0 if on == problem.most_on else problem.total
        yield "count", "channels", (), float(problem.most_on), left
    if problem.max_shift is not None:
        shifted = float(np.maximum(amounts - problem.anchor * spent, 0.0).sum())
        yield "shift", "shift", (), problem.max_shift * spent, problem.max_shift * spent - shifted
    if problem.total_min is not None:
        yield "total", "total", (), problem.total, problem.total - spent
        if problem.total_min > 0:
            yield "total_min", "total_min", (), problem.total_min, spent - problem.total_min
