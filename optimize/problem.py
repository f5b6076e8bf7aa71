"""BudgetProblem: what may be decided, within which limits, to maximise what.

    symbol      meaning                                                    shape   unit
    i           cell: channel c in flight f, i = f C + c                   F C
    amounts     decision: money by cell; with one flight, by channel       (I,)    currency, major units
    lower_c     least amount of a cell                                     (I,)    currency
    upper_c     most amount of a cell; 0 where a channel takes no money    (I,)    currency
    anchor      today's money by cell, as shares that sum to 1             (I,)    1

Within a flight money keeps today's timing; where today spends nothing in it, it is spread evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.flights import Flight, whole
from optimize.limits import CHECKS, GroupLimit, Minimum, ShareLimit
from optimize.objectives import OBJECTIVES, Objective, objective
from optimize.targets import Target, cheapest, penalised
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import Scenario, World

Floats = npt.NDArray[np.float64]
__all__ = ["BudgetProblem", "GroupLimit"]
#: Share of today's money that is spent at least where the total is free, nothing need be spent, and the one
#: objective is a ratio to what is spent: its best plan would be next to nothing.
ASSUMED_FLOOR = 0.5


@dataclass(frozen=True, eq=False)
class BudgetProblem:
    """A total to be split over channels, or over channels and flights.

    Attributes:
        world: the market, compiled.
        status_quo: today's plan; it lends its timing to every plan tried.
        total: money over the whole plan; every plan recommended sums to it, or to less with `total_min`.
        lower_c: (I,) least amounts of the cells.
        upper_c: (I,) most amounts of the cells.
        groups: bounds on sums of cells.
        objectives: names in `OBJECTIVES`; the first one is the one the verdict is about.
        flights: windows decided one by one; one over the whole plan means that only the mix is decided.
        total_min: None: the total is spent exactly; else the least that must be spent of it.
        shares: bounds on shares of the money spent, where that is not the total.
        minimums: amounts that hold only for what is on.
        most_on: most channels that get money.
        max_shift: most money that goes elsewhere than today, as a share of what is spent.
        locked: channels held at today's amount.
        lines: channels of the main, second and third line for the rule 5-3-2; empty: by today's money.
        targets: goals that only simulation can check.
        minimise_spend: look for the cheapest plan that reaches the targets; the objective is then `spend`.
        reach: climb towards the targets instead of the objectives, as such a search does at a given total.
        mix: the same problem with one flight, which a search with flights solves first; None without.
        timing: of a mix whose limits on windows forbid today's timing: the problem with flights, into which
            its plans are fitted; None where they keep today's timing.
        floor_assumed: True where `total_min` is not the user's: see `ASSUMED_FLOOR`.
        resolve: total -> the same problem with that total spent exactly; None where amounts are given.
    """

    world: World
    status_quo: Plan
    total: float
    lower_c: Floats
    upper_c: Floats
    groups: tuple[GroupLimit, ...] = ()
    objectives: tuple[str, ...] = ("roi",)
    flights: tuple[Flight, ...] = ()
    total_min: float | None = None
    shares: tuple[ShareLimit, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    most_on: int | None = None
    max_shift: float | None = None
    locked: tuple[str, ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()
    targets: tuple[Target, ...] = ()
    minimise_spend: bool = False
    reach: bool = False
    mix: BudgetProblem | None = None
    timing: BudgetProblem | None = None
    resolve: Callable[[float], BudgetProblem] | None = None
    floor_assumed: bool = False

    def __post_init__(self) -> None:
        known = {*OBJECTIVES, "spend"} if self.minimise_spend or self.reach else {*OBJECTIVES}
        unknown = [name for name in self.objectives if name not in known]
        if unknown or not self.objectives or len(set(self.objectives)) != len(self.objectives):
            got = ", ".join(self.objectives) or "none"
            raise LimitError(f"objective: choose among {', '.join(OBJECTIVES)}, each once, got {got}")
        if not (np.isfinite(self.total) and self.total > 0):
            hint = "give --budget or optimization.total"
            raise LimitError(f"total: the budget must be a finite amount above 0, got {self.total} ({hint})")
        if not self.flights:
            object.__setattr__(self, "flights", whole(self.status_quo.periods))
        from optimize.feasibility import check_limits

        check_limits(self)
        self._assume_floor()

    def _assume_floor(self) -> None:
        """Half of today's money as the least, where roi alone would end at next to nothing."""
        if not self.free_total or self.objectives != ("roi",) or self.span[0] > self.tolerance:
            return
        floor = min(ASSUMED_FLOOR * self.start_total, self.span[1])
        object.__setattr__(self, "total_min", floor)
        object.__setattr__(self, "floor_assumed", True)
        del self.__dict__["span"]

    @classmethod
    def from_scenario(
        cls,
        scenario: Scenario,
        world: World,
        status_quo: Plan,
        *,
        total: float | None = None,
        objectives: Sequence[str] = ("roi",),
        minimise_spend: bool = False,
    ) -> BudgetProblem:
        """Read `scenario.optimization`; `total` overrides the file's.

        Raises:
            LimitError: limits that name no channel, contradict each other or cannot meet the total.
        """
        from optimize.reading import read_problem

        return read_problem(
            scenario.optimization,
            world,
            status_quo,
            total=total,
            objectives=tuple(objectives),
            minimise_spend=minimise_spend,
        )

    @property
    def cells(self) -> tuple[tuple[int, int], ...]:
        """(channel index, flight index) of every cell."""
        return tuple((c, f) for f in range(len(self.flights)) for c in range(len(self.world.channels)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What sentences call the cells."""
        channels = self.world.channels
        if len(self.flights) == 1:
            return tuple(channels)
        return tuple(f"{channels[c]} in {self.flights[f].name}" for c, f in self.cells)

    @cached_property
    def priced_cells(self) -> npt.NDArray[np.bool_]:
        """(I,) cells of channels that money can buy."""
        return np.tile(self.world.priced_c, len(self.flights))

    @property
    def free_c(self) -> npt.NDArray[np.intp]:
        """Indices of the cells that can take money under the limits."""
        return np.flatnonzero(self.upper_c > 0)

    @property
    def least_total(self) -> float:
        """Money spent at least."""
        return self.total if self.total_min is None else self.total_min

    @property
    def free_total(self) -> bool:
        """True where how much to spend is decided too."""
        return self.total_min is not None

    @property
    def decisions(self) -> int:
        """Amounts that can be chosen one by one: the last one follows from a total that is spent exactly."""
        return len(self.free_c) - (not self.free_total)

    @cached_property
    def span(self) -> tuple[float, float]:
        """Least and most money that plans within the limits spend, floors and bounds counted."""
        if not self.free_total:
            return self.total, self.total
        from optimize.projection import extreme_totals

        return extreme_totals(self)

    @property
    def start_total(self) -> float:
        """Where a search of the total starts: what today spends, as far as the limits allow."""
        return min(max(self.status_quo.total, self.span[0]), self.span[1])

    @cached_property
    def goals(self) -> tuple[Objective, ...]:
        """The objectives, looked up; with targets, less a penalty for missing them."""
        if self.reach:
            return (cheapest(self.targets),)
        return tuple(penalised(objective(name), self.targets) for name in self.objectives)

    @property
    def tolerance(self) -> float:
        """Money by which a limit may be missed: floating point, never a real amount."""
        return max(1e-9 * self.total, 1e-6)

    @property
    def currency(self) -> str:
        """ISO code of the scenario's currency."""
        return str(self.world.currency)

    @cached_property
    def anchor(self) -> Floats:
        """(I,) today's money as shares of its total; even where today spends nothing."""
        today = np.where(self.priced_cells, self.by_flight(self.status_quo), 0.0)
        if today.sum() <= 0:
            today = np.where(self.priced_cells, 1.0, 0.0)
        return np.asarray(today / today.sum())

    def cells_of(self, channel: int) -> tuple[int, ...]:
        """Cells of one channel."""
        step = len(self.world.channels)
        return tuple(range(channel, step * len(self.flights), step))

    def by_channel(self, amounts: Floats) -> Floats:
        """(C,) money by channel of amounts by cell."""
        rows_fc: Floats = np.asarray(amounts, dtype=np.float64).reshape(len(self.flights), -1)
        return np.asarray(rows_fc.sum(axis=0))

    def by_flight(self, plan: Plan) -> Floats:
        """(I,) a plan's money by cell."""
        return np.concatenate([plan.spend_tc[flight.periods].sum(axis=0) for flight in self.flights])

    def plan(self, amounts: Floats) -> Plan:
        """Spread each cell's amount over its periods as the status quo does; evenly where that is 0."""
        if self.timing is not None:
            return self.timing.plan(self.timing.timed(amounts))
        spend_tc = np.zeros_like(self.status_quo.spend_tc)
        rows_fc = np.asarray(amounts, dtype=np.float64).reshape(len(self.flights), -1)
        for flight, row_c in zip(self.flights, rows_fc, strict=True):
            spend_tc[flight.periods] = _profile(self.status_quo.spend_tc[flight.periods]) * row_c
        return Plan(self.world.channels, spend_tc)

    def status_quo_at_total(self) -> Floats:
        """Today's mix scaled to the total; an even split where today spends nothing.

        Where the total is free, scaled to today's own, as near as the limits allow.
        """
        return self.anchor * self.start_total

    def lifted(self, amounts_c: Floats) -> Floats:
        """(I,) money by channel timed as `timed` says, then moved onto the limits."""
        if len(self.flights) == 1:
            return np.asarray(amounts_c, dtype=np.float64)
        from optimize.projection import project

        return project(self, self.timed(amounts_c))

    def timed(self, amounts_c: Floats) -> Floats:
        """(I,) money by channel spread over the flights as today, moved towards limits in proportion."""
        from optimize.proportions import in_proportion_within

        return in_proportion_within(self, self.by_flight(spread(self.status_quo, amounts_c)))

    def at_total(self, total: float) -> BudgetProblem:
        """The same problem with another total, spent exactly."""
        if self.resolve is not None:
            return self.resolve(total)
        timing = None if self.timing is None else self.timing.at_total(total)
        return replace(self, total=total, total_min=None, timing=timing)

    def settle(self, amounts: Floats) -> Floats:
        """Clip to the cell bounds and put the last fractions of money where there is room.

        Amounts are rounded to the minor unit, and dust is swept up, so that the plan simulated is the
        plan reported.
        """
        from optimize.settling import settled

        return settled(self, np.asarray(amounts, dtype=np.float64))

    def violations(self, amounts: Floats) -> list[str]:
        """Every limit the amounts break, as a sentence that says by how much; empty when all hold."""
        amounts = np.asarray(amounts, dtype=np.float64)
        return [sentence for check in CHECKS.values() for sentence in check(self, amounts)]


def spread(status_quo: Plan, amounts_c: Floats) -> Plan:
    """Money by channel over the whole plan, timed as today."""
    return Plan(status_quo.channels, _profile(status_quo.spend_tc) * np.asarray(amounts_c, dtype=np.float64))


def _profile(spend_tc: Floats) -> Floats:
    """(T, C) share of a channel's money in each period; even where it has none. Columns sum to 1."""
    total_c = spend_tc.sum(axis=0)
    even = 1.0 / len(spend_tc)
    return np.asarray(np.where(total_c > 0, spend_tc / np.where(total_c > 0, total_c, 1.0), even))
