"""Limits as rows of a linear programme: one function a family, its equation in the docstring.

    symbol   meaning                                                    unit
    x_i      amount of cell i, in units of money that the caller sets   1
    S        money spent: the total where it is spent exactly, else sum_i x_i
    z_k      1 if what minimum k is about gets money                    {0, 1}
    y_c      1 if channel c gets money                                  {0, 1}
    up_i     what cell i gets beyond its share of today                 1

The same functions serve the best mix, the nearest plan and the smallest relaxation. In the last one
rows are elastic: each may give way at a price of one per unit of money.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from optimize.wording import money

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem


@dataclass
class Rows:
    """A model that limits are written into.

    Attributes:
        model: the PuLP problem.
        unit: money that 1 stands for.
        elastic: every limit may give way, at the price of `gives`.
        without: names of rows to leave out.
        fixed: binaries that are decided already; the others are variables.
        binaries: the variables made, by name.
        gives: row -> (words, variable, price of 1, currency a unit; 0 for a count).
        names: rows written that stand for limits.
    """

    model: Any
    unit: float
    elastic: bool = False
    without: frozenset[str] = frozenset()
    fixed: Mapping[str, int] | None = None
    binaries: dict[str, Any] = field(default_factory=dict)
    gives: dict[str, tuple[str, Any, float, float]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def at_least(self, amount: Any, bound: float, name: str, words: str) -> None:
        """amount >= bound (+ what gives)."""
        if name not in self.without:
            self.model.addConstraint(amount + self._give(name, words) >= bound, name)
            self.names.append(name)

    def at_most(
        self, amount: Any, bound: float, name: str, words: str, *, price: float | None = None
    ) -> None:
        """amount <= bound (+ what gives); a bound on a count gives way at its own price."""
        if name not in self.without:
            self.model.addConstraint(amount - self._give(name, words, price) <= bound, name)
            self.names.append(name)

    def binary(self, name: str) -> Any:
        """A variable of {0, 1}, or the value it is held at."""
        if self.fixed is not None:
            return self.fixed[name]
        self.binaries[name] = self.model.add_variable(name, 0, 1, cat="Integer")
        return self.binaries[name]

    def _give(self, name: str, words: str, price: float | None = None) -> Any:
        if not self.elastic or not words:
            return 0
        variable = self.model.add_variable(f"give_{name}", 0, None)
        self.gives[name] = (words, variable, price or 1.0, 0.0 if price else self.unit)
        return variable


def total(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """sum_i x_i = total; or total_min <= sum_i x_i <= total where less may be spent."""
    together = pulp.lpSum(list(x_c.values()))
    if problem.total_min is None:
        rows.model.addConstraint(together == problem.total / rows.unit, "total")
        return
    rows.model.addConstraint(together <= problem.total / rows.unit, "total")
    if problem.total_min > 0:
        rows.at_least(together, problem.total_min / rows.unit, "total_min", "lower the least total")


def cells(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """lower_i <= x_i <= upper_i, a row each, so that each has a price."""
    names = problem.names
    for i, x in x_c.items():
        low, high = float(problem.lower_c[i]), float(problem.upper_c[i])
        can = bool(problem.priced_cells[i])
        if low > 0:
            rows.at_least(x, low / rows.unit, f"lower_{i:02d}", f"lower the minimum of {names[i]}")
        if high < problem.total:
            words = f"raise the maximum of {names[i]}" if can else ""
            rows.at_most(x, high / rows.unit, f"upper_{i:02d}", words)


def groups(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """lower_g <= sum_(i in g) x_i <= upper_g."""
    for g, group in enumerate(problem.groups):
        together = pulp.lpSum([x_c[i] for i in group.channels if i in x_c])
        if group.lower > 0:
            words = f"lower the minimum of {group.who}"
            rows.at_least(together, group.lower / rows.unit, f"group_lower_{g:02d}", words)
        if np.isfinite(group.upper):
            words = f"raise the maximum of {group.who}"
            rows.at_most(together, group.upper / rows.unit, f"group_upper_{g:02d}", words)


def shares(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """lower_g S <= sum_(i in g) x_i <= upper_g S."""
    spent = spending(rows, problem, x_c)
    for g, limit in enumerate(problem.shares):
        together, who = pulp.lpSum([x_c[i] for i in limit.cells if i in x_c]), limit.who
        if limit.lower > 0:
            words = f"lower the minimum of {who}"
            rows.at_least(together - limit.lower * spent, 0.0, f"share_lower_{g:02d}", words)
        if limit.upper < 1:
            words = f"raise the maximum of {who}"
            rows.at_most(together - limit.upper * spent, 0.0, f"share_upper_{g:02d}", words)


def minimums(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """least_k z_k <= sum_(i in k) x_i <= most_k z_k, where most_k is what the other bounds allow."""
    for k, limit in enumerate(problem.minimums):
        members = [i for i in limit.cells if i in x_c]
        if not members:
            continue
        together, z = pulp.lpSum([x_c[i] for i in members]), rows.binary(f"on_{k:03d}")
        most = min(float(problem.upper_c[members].sum()), problem.total) / rows.unit
        rows.model.addConstraint(together - most * z <= 0.0, f"on_most_{k:03d}")
        words = f"lower the minimum-if-on of {limit.name}"
        rows.at_least(together - limit.least / rows.unit * z, 0.0, f"on_least_{k:03d}", words)


def count(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """sum_c y_c <= n, with sum_(i of c) x_i <= most_c y_c."""
    if problem.most_on is None:
        return
    on = []
    for c in range(len(problem.world.channels)):
        members = [i for i in problem.cells_of(c) if i in x_c]
        if not members or float(problem.upper_c[members].sum()) <= 0:
            continue
        on.append(rows.binary(f"used_{c:02d}"))
        most = min(float(problem.upper_c[members].sum()), problem.total) / rows.unit
        together = pulp.lpSum([x_c[i] for i in members])
        rows.model.addConstraint(together - most * on[-1] <= 0.0, f"used_most_{c:02d}")
    # A further channel counts as much as an even share of the money.
    price = problem.total / rows.unit / max(1, len(on))
    rows.at_most(pulp.lpSum(on), float(problem.most_on), "count", "allow more channels", price=price)


def shift(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """sum_i up_i <= max_shift S, with up_i >= x_i - anchor_i S and up_i >= 0."""
    if problem.max_shift is None:
        return
    spent, ups = spending(rows, problem, x_c), []
    for i, x in x_c.items():
        ups.append(rows.model.add_variable(f"up_{i:02d}", 0, None))
        rows.model.addConstraint(ups[-1] - x + float(problem.anchor[i]) * spent >= 0.0, f"shift_{i:02d}")
    words = "allow a larger shift from today"
    rows.at_most(pulp.lpSum(ups) - problem.max_shift * spent, 0.0, "shift", words)


def spending(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> Any:
    """S: a number where the total is spent exactly, which keeps rows sparse."""
    exact = problem.total_min is None
    return problem.total / rows.unit if exact else pulp.lpSum(list(x_c.values()))


#: One function a family of limits; `limits.CHECKS` has the same names.
ROWS: dict[str, Callable[[Rows, BudgetProblem, Mapping[int, Any]], None]] = {
    rule.__name__: rule for rule in (total, cells, groups, shares, minimums, count, shift)
}


def limit(rows: Rows, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """Write every limit of a problem."""
    for rule in ROWS.values():
        rule(rows, problem, x_c)


def words_of(problem: BudgetProblem, name: str) -> str:
    """A row as a sentence: what must hold."""
    kind, _, number = name.rpartition("_")
    bounds: dict[str, Callable[[int], str]] = {
        "lower": lambda i: f"{problem.names[i]} at least {_m(problem, problem.lower_c[i])}",
        "upper": lambda i: f"{problem.names[i]} at most {_m(problem, problem.upper_c[i])}",
        "group_lower": lambda g: f"{problem.groups[g].who} at least {_m(problem, problem.groups[g].lower)}",
        "group_upper": lambda g: f"{problem.groups[g].who} at most {_m(problem, problem.groups[g].upper)}",
        "share_lower": lambda g: (
            f"{problem.shares[g].who} at least {problem.shares[g].lower:.4g} of what is spent"
        ),
        "share_upper": lambda g: (
            f"{problem.shares[g].who} at most {problem.shares[g].upper:.4g} of what is spent"
        ),
        "on_least": lambda k: (
            f"{problem.minimums[k].name} at least {_m(problem, problem.minimums[k].least)} or nothing"
        ),
    }
    if kind in bounds:
        return bounds[kind](int(number))
    return {
        "count": f"at most {problem.most_on} {'channel' if problem.most_on == 1 else 'channels'} on",
        "shift": f"at most {problem.max_shift or 0:.4g} of the money elsewhere than today",
        "total_min": f"at least {_m(problem, problem.least_total)} spent",
        "total": f"at most {_m(problem, problem.total)} spent",
    }[name]


def _m(problem: BudgetProblem, amount: float) -> str:
    return money(float(amount), problem.currency)
