"""The budget split as a linear programme over piecewise-linear response curves.

    symbol    meaning                                                unit
    x_c       amount of channel c, as a share of the total           1
    s_cp      amount in piece p of channel c's curve                 1
    z_cp      1 if piece p of channel c is full                      {0, 1}
    m_cp      slope of piece p                                       gain per unit

Concave curves fill their pieces in order by themselves: the steepest pays best. Where a slope rises
along a curve (an S-shape), binaries force the order up to the last rise; the concave tail needs only
the last of them. SOS2 sets are never used: PuLP drops them on the way to HiGHS without a word. The
limits of the problem are rows from `rows`, one function a family; here stand those of the curves.
With flights a cell is a channel in a flight, and everything below holds cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pulp

from optimize.problem import BudgetProblem
from optimize.projection import tidy
from optimize.rows import Rows, limit
from optimize.solver import GAP, duals, run_solver

Floats = npt.NDArray[np.float64]

#: A slope counts as rising when it exceeds the one before by this share of the steepest.
RISE = 0.01


@dataclass(frozen=True, eq=False)
class Pieces:
    """A response curve as straight pieces.

    Attributes:
        at_p: (P+1,) amounts at the joints, increasing, currency.
        gain_p: (P+1,) gain at the joints.
    """

    at_p: Floats
    gain_p: Floats

    @property
    def slopes(self) -> Floats:
        """(P,) gain per unit of money."""
        return np.asarray(np.diff(self.gain_p) / np.diff(self.at_p))

    @property
    def ordered(self) -> int:
        """Pieces whose filling order binaries must force: up to the last rise of the slope."""
        slopes = self.slopes
        rises = np.flatnonzero(np.diff(slopes) > RISE * max(float(np.abs(slopes).max()), 1e-300))
        return int(rises[-1]) + 1 if len(rises) else 0


@dataclass(frozen=True)
class LinearPlan:
    """Optimum of the linear programme.

    Attributes:
        amounts_c: (I,) money by cell, on the limits exactly.
        gain: objective of the programme.
        prices: row name -> d(gain)/d(money on its right-hand side).
        integer: True if an S-shape or a limit needed binaries.
    """

    amounts_c: Floats
    gain: float
    prices: Mapping[str, float] = field(default_factory=dict)
    integer: bool = False


@dataclass(frozen=True, eq=False)
class Floor:
    """A second gain that must reach a level (epsilon constraint): its pieces and the level."""

    pieces: Mapping[int, Pieces]
    level: float


def best_mix(
    problem: BudgetProblem,
    pieces: Mapping[int, Pieces],
    *,
    centre_c: Floats | None = None,
    move: float | None = None,
    floor: Floor | None = None,
    priced: bool = True,
    relaxed: bool = False,
    cost: float = 0.0,
    gap: float = GAP,
    solver: str | None = None,
) -> LinearPlan:
    """Maximise the sum of piecewise-linear curves within all limits.

    Args:
        problem: total and limits.
        pieces: cell -> curve, for every cell that can take money; joints may cover less than its
            bounds, which then bind as well.
        centre_c, move: most money by which any one cell may change, and the plan it is counted from.
        floor: a second objective's level to hold.
        priced: read the prices of the limits; with binaries that takes a second solve, in which they
            are held where they were (an integer programme has no duals of its own).
        relaxed: no binaries; an S-shape may then be overrated, for callers who check the answer.
        cost: gain that a unit of money must bring to be spent, where the total may be left unspent.
        gap: relative gap at which an integer programme may stop.
        solver: `highs` or `cbc`; default: what is installed, HiGHS first.

    Raises:
        LimitError: no plan meets the limits.
        SolverError: the solver ended otherwise than optimal.
    """
    ordered = {c: max(curve.ordered, floor.pieces[c].ordered if floor else 0) for c, curve in pieces.items()}
    ordered = dict.fromkeys(pieces, 0) if relaxed else ordered
    model = _Model(problem, pieces, ordered, centre_c, move, floor, cost)
    model.write()
    integer = bool(model.rows.binaries)
    run_solver(model.rows.model, solver=solver, integer=integer, gap=gap)
    amounts = model.amounts()
    if integer and priced:
        model.write({name: round(float(z.value() or 0.0)) for name, z in model.rows.binaries.items()})
        run_solver(model.rows.model, solver=solver)
        amounts = model.amounts()
    prices = model.prices(solver) if priced else {}
    gain = sum(float(np.interp(amounts[c], curve.at_p, curve.gain_p)) for c, curve in pieces.items())
    return LinearPlan(tidy(problem, amounts), gain, prices, integer)


class _Model:
    """The programme; written again with its binaries held, it is an LP with duals."""

    def __init__(
        self,
        problem: BudgetProblem,
        pieces: Mapping[int, Pieces],
        ordered: Mapping[int, int],
        centre_c: Floats | None,
        move: float | None,
        floor: Floor | None,
        cost: float,
    ) -> None:
        self.problem, self.pieces, self.ordered, self.cost = problem, pieces, ordered, cost
        self.centre_c, self.move, self.floor = centre_c, move, floor
        self.rows: Rows
        self.x_c: dict[int, Any] = {}

    def write(self, fixed: Mapping[str, int] | None = None) -> None:
        """Write all rows; `fixed` holds binaries already decided."""
        model, total = pulp.LpProblem("mix", pulp.LpMaximize), self.problem.total
        self.rows = Rows(model, total, fixed=fixed)
        self.x_c = {c: model.add_variable(f"x_{c:02d}", 0, None) for c in self.pieces}
        s_cp = {c: add_pieces(model, self.x_c[c], c, curve, total) for c, curve in self.pieces.items()}
        unit = _gain_unit(self.pieces)
        worth = [_worth(s_cp[c], curve, total / unit) for c, curve in self.pieces.items()]
        spent = [-self.cost * total / unit * x for x in self.x_c.values()] if self.cost else []
        model += pulp.lpSum([*worth, *spent]), "gain"
        limit(self.rows, self.problem, self.x_c)
        if self.move is not None and self.centre_c is not None:
            limit_move(model, self.x_c, self.centre_c / total, self.move / total)
        if self.floor is not None:
            hold_floor(model, s_cp, self.floor, total)
        for c, ordered in self.ordered.items():
            force_order(self.rows, s_cp[c], np.diff(self.pieces[c].at_p) / total, c, ordered)

    def prices(self, solver: str | None) -> dict[str, float]:
        """Row -> d(gain)/d(money on its right-hand side)."""
        # Rows are in shares of the total and gains in natural units: prices are turned back.
        factor = _gain_unit(self.pieces) / self.problem.total
        found = duals(self.rows.model, ["total", *self.rows.names], solver=solver)
        return {name: price * factor for name, price in found.items()}

    def amounts(self) -> Floats:
        """(I,) the solved model's money."""
        found = np.zeros(len(self.problem.lower_c))
        for c, variable in self.x_c.items():
            found[c] = float(variable.value() or 0.0) * self.problem.total
        return found


def add_pieces(model: Any, x: Any, c: int, curve: Pieces, total: float) -> list[Any]:
    """x_c = at_c0 + sum_p s_cp, 0 <= s_cp <= width_cp."""
    widths = np.diff(curve.at_p) / total
    s_p = [model.add_variable(f"s_{c:02d}_{p:02d}", 0, float(width)) for p, width in enumerate(widths)]
    model += x - pulp.lpSum(s_p) == float(curve.at_p[0]) / total, f"pieces_{c:02d}"
    return s_p


def limit_move(model: Any, x_c: Mapping[int, Any], centre_c: Floats, move: float) -> None:
    """|x_c - centre_c| <= move: the curves are trusted only so far from where they were sampled."""
    for c, x in x_c.items():
        model += x <= float(centre_c[c]) + move, f"move_up_{c:02d}"
        model += x >= float(centre_c[c]) - move, f"move_down_{c:02d}"


def hold_floor(model: Any, s_cp: Mapping[int, Sequence[Any]], floor: Floor, total: float) -> None:
    """sum_c other_c(x_c) >= level: a second objective held while the first is maximised."""
    unit = _gain_unit(floor.pieces)
    start = sum(float(curve.gain_p[0]) for curve in floor.pieces.values())
    gained = pulp.lpSum([_worth(s_cp[c], curve, total / unit) for c, curve in floor.pieces.items()])
    model += gained >= (floor.level - start) / unit, "floor"


def force_order(rows: Rows, s_p: Sequence[Any], widths: Floats, c: int, count: int) -> None:
    """s_cp >= width_p z_cp and s_c(p+1) <= width_(p+1) z_cp: a piece opens when the one before is full.

    The concave tail has no order to force, but all of it waits for the last ordered piece.
    """
    for p in range(count):
        z = rows.binary(f"z_{c:02d}_{p:02d}")
        rows.model.addConstraint(s_p[p] - float(widths[p]) * z >= 0, f"full_{c:02d}_{p:02d}")
        waiting = range(p + 1, len(s_p) if p == count - 1 else p + 2)
        for q in waiting:
            rows.model.addConstraint(s_p[q] - float(widths[q]) * z <= 0, f"open_{c:02d}_{q:02d}")


def _worth(s_p: Sequence[Any], curve: Pieces, factor: float) -> Any:
    return pulp.lpSum([float(slope) * factor * s for slope, s in zip(curve.slopes, s_p, strict=True)])


def _gain_unit(pieces: Mapping[int, Pieces]) -> float:
    """A gain of natural size, so that solver tolerances mean the same in cents and in millions."""
    return max(max(float(np.ptp(curve.gain_p)) for curve in pieces.values()), 1e-12)
