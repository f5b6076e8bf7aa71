"""The budget split as a linear programme over piecewise-linear response curves.

    symbol    meaning                                                unit
    x_c       amount of channel c, as a share of the total           1
    s_cp      amount in piece p of channel c's curve                 1
    z_cp      1 if piece p of channel c is full                      {0, 1}
    m_cp      slope of piece p                                       gain per unit

Concave curves fill their pieces in order by themselves: the steepest pays best. Where a slope rises
along a curve (an S-shape), binaries force the order up to the last rise; the concave tail needs only
the last of them. SOS2 sets are never used: PuLP drops them on the way to HiGHS without a word. One
function per family of limits, its equation in the docstring.
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
from optimize.solver import duals, run_solver

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
        amounts_c: (C,) money by channel, on the limits exactly.
        gain: objective of the programme.
        prices: row name -> d(gain)/d(money on its right-hand side).
        integer: True if an S-shape needed binaries.
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
    solver: str | None = None,
) -> LinearPlan:
    """Maximise the sum of piecewise-linear curves within all limits.

    Args:
        problem: total and limits.
        pieces: channel index -> curve, for every channel that can take money; joints may cover less
            than the channel's bounds, which then bind as well.
        centre_c: plan that `move` is counted from.
        move: most money by which any one channel may change.
        floor: a second objective's level to hold.
        priced: read the prices of the limits; with an S-shape that takes a second solve, in which
            the binaries are held where they were (an integer programme has no duals of its own).
        relaxed: no binaries; an S-shape may then be overrated, for callers who check the answer.
        solver: `highs` or `cbc`; default: what is installed, HiGHS first.

    Raises:
        LimitError: no plan meets the limits.
        SolverError: the solver ended otherwise than optimal.
    """
    ordered = {c: max(curve.ordered, floor.pieces[c].ordered if floor else 0) for c, curve in pieces.items()}
    ordered = dict.fromkeys(pieces, 0) if relaxed else ordered
    integer = any(ordered.values())
    x_c, model, binaries = _build(problem, pieces, ordered, None, centre_c, move, floor)
    run_solver(model, solver=solver, integer=integer)
    if integer and priced:
        fixed = {key: round(float(z.value() or 0.0)) for key, z in binaries.items()}
        x_c, model, _ = _build(problem, pieces, ordered, fixed, centre_c, move, floor)
        run_solver(model, solver=solver)
    raw = np.zeros(len(problem.lower_c))
    for c, variable in x_c.items():
        raw[c] = float(variable.value() or 0.0) * problem.total
    prices: dict[str, float] = {}
    if priced:
        # Rows are in shares of the total and gains in natural units: prices are turned back.
        factor = _gain_unit(pieces) / problem.total
        prices = {
            name: price * factor for name, price in duals(model, row_names(problem), solver=solver).items()
        }
    gain = sum(float(np.interp(raw[c], curve.at_p, curve.gain_p)) for c, curve in pieces.items())
    return LinearPlan(tidy(problem, raw), gain, prices, integer)


def row_names(problem: BudgetProblem) -> list[str]:
    """Names of the rows that stand for limits: total, lower_cc, upper_cc, group_lower_gg, group_upper_gg."""
    names = ["total"]
    for c in problem.free_c:
        names += [f"lower_{c:02d}"] if problem.lower_c[c] > 0 else []
        names += [f"upper_{c:02d}"] if problem.upper_c[c] < problem.total else []
    for g, group in enumerate(problem.groups):
        names += [f"group_lower_{g:02d}"] if group.lower > 0 else []
        names += [f"group_upper_{g:02d}"] if np.isfinite(group.upper) else []
    return names


def _build(
    problem: BudgetProblem,
    pieces: Mapping[int, Pieces],
    ordered: Mapping[int, int],
    fixed: Mapping[tuple[int, int], int] | None,
    centre_c: Floats | None,
    move: float | None,
    floor: Floor | None,
) -> tuple[dict[int, Any], Any, dict[tuple[int, int], Any]]:
    """The programme; `fixed` holds binaries already decided, which makes it an LP with duals."""
    model = pulp.LpProblem("mix", pulp.LpMaximize)
    x_c = {c: model.add_variable(f"x_{c:02d}", 0, None) for c in pieces}
    s_cp = {c: add_pieces(model, x_c[c], c, curve, problem.total) for c, curve in pieces.items()}
    unit = _gain_unit(pieces)
    model += pulp.lpSum([_worth(s_cp[c], curve, problem.total / unit) for c, curve in pieces.items()]), "gain"
    limit_total(model, x_c)
    limit_channels(model, problem, x_c)
    limit_groups(model, problem, x_c)
    if move is not None and centre_c is not None:
        limit_move(model, x_c, centre_c / problem.total, move / problem.total)
    if floor is not None:
        hold_floor(model, s_cp, floor, problem.total)
    binaries: dict[tuple[int, int], Any] = {}
    for c, count in ordered.items():
        widths = np.diff(pieces[c].at_p) / problem.total
        binaries |= force_order(model, s_cp[c], widths, c, count, fixed)
    return x_c, model, binaries


def add_pieces(model: Any, x: Any, c: int, curve: Pieces, total: float) -> list[Any]:
    """x_c = at_c0 + sum_p s_cp, 0 <= s_cp <= width_cp."""
    widths = np.diff(curve.at_p) / total
    s_p = [model.add_variable(f"s_{c:02d}_{p:02d}", 0, float(width)) for p, width in enumerate(widths)]
    model += x - pulp.lpSum(s_p) == float(curve.at_p[0]) / total, f"pieces_{c:02d}"
    return s_p


def limit_total(model: Any, x_c: Mapping[int, Any]) -> None:
    """sum_c x_c = 1 (the whole total)."""
    model += pulp.lpSum(list(x_c.values())) == 1.0, "total"


def limit_channels(model: Any, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """lower_c <= x_c <= upper_c, a row each, so that each has a price."""
    for c, x in x_c.items():
        if problem.lower_c[c] > 0:
            model += x >= float(problem.lower_c[c]) / problem.total, f"lower_{c:02d}"
        if problem.upper_c[c] < problem.total:
            model += x <= float(problem.upper_c[c]) / problem.total, f"upper_{c:02d}"


def limit_groups(model: Any, problem: BudgetProblem, x_c: Mapping[int, Any]) -> None:
    """lower_g <= sum_(c in g) x_c <= upper_g."""
    for g, group in enumerate(problem.groups):
        together = pulp.lpSum([x_c[c] for c in group.channels if c in x_c])
        if group.lower > 0:
            model += together >= group.lower / problem.total, f"group_lower_{g:02d}"
        if np.isfinite(group.upper):
            model += together <= group.upper / problem.total, f"group_upper_{g:02d}"


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


def force_order(
    model: Any,
    s_p: Sequence[Any],
    widths: Floats,
    c: int,
    count: int,
    fixed: Mapping[tuple[int, int], int] | None,
) -> dict[tuple[int, int], Any]:
    """s_cp >= width_p z_cp and s_c(p+1) <= width_(p+1) z_cp: a piece opens when the one before is full.

    The concave tail has no order to force, but all of it waits for the last ordered piece.
    """
    binaries: dict[tuple[int, int], Any] = {}
    for p in range(count):
        z: Any
        if fixed is None:
            z = binaries[c, p] = model.add_variable(f"z_{c:02d}_{p:02d}", 0, 1, cat="Integer")
        else:
            z = fixed[c, p]
        model += s_p[p] - float(widths[p]) * z >= 0, f"full_{c:02d}_{p:02d}"
        waiting = range(p + 1, len(s_p) if p == count - 1 else p + 2)
        for q in waiting:
            model += s_p[q] - float(widths[q]) * z <= 0, f"open_{c:02d}_{q:02d}"
    return binaries


def _worth(s_p: Sequence[Any], curve: Pieces, factor: float) -> Any:
    return pulp.lpSum([float(slope) * factor * s for slope, s in zip(curve.slopes, s_p, strict=True)])


def _gain_unit(pieces: Mapping[int, Pieces]) -> float:
    """A gain of natural size, so that solver tolerances mean the same in cents and in millions."""
    return max(max(float(np.ptp(curve.gain_p)) for curve in pieces.values()), 1e-12)
