"""From the `optimization:` block of a scenario to a `BudgetProblem`: names to indices, shares to amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optimize.flights import Flight, divide, whole
from optimize.limits import GroupLimit, Minimum, ShareLimit
from optimize.problem import BudgetProblem
from optimize.targets import TARGETS, Target
from optimize.wording import money
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import World

Floats = npt.NDArray[np.float64]


def read_problem(
    block: Any,
    world: World,
    status_quo: Plan,
    *,
    total: float | None = None,
    objectives: tuple[str, ...] = ("roi",),
    minimise_spend: bool = False,
    flights: tuple[Flight, ...] | None = None,
) -> BudgetProblem:
    """Turn the block into a problem; `total` and `flights` override its own.

    Raises:
        LimitError: limits that name no channel, contradict each other or cannot meet the total.
    """
    given = total if total is not None else block.total
    if minimise_spend:
        if not block.targets:
            raise LimitError("minimize: the cheapest plan needs a target to reach; give --target KPI=VALUE")
        objectives = ("spend",)
    budget = float(given if given is not None else status_quo.total)
    flights = flights or _flights(block, world, status_quo)
    less = block.at_most or minimise_spend
    fixed: dict[str, Any] = {
        "objectives": objectives,
        "targets": _targets(block.targets),
        "minimise_spend": minimise_spend,
        "total_min": float(block.total_min or 0.0) if less else None,
    }
    resolve = partial(_exactly, block, world, status_quo, flights, fixed) if less else None
    make = partial(_make, block, world, status_quo, budget)
    alone = None if resolve is None else partial(resolve, mix=True)
    one = make(whole(status_quo.periods), of=len(flights), **fixed, resolve=alone)
    return one if len(flights) == 1 else make(flights, **fixed, mix=one, resolve=resolve)


def _exactly(
    block: Any,
    world: World,
    status_quo: Plan,
    flights: tuple[Flight, ...],
    fixed: dict[str, Any],
    total: float,
    *,
    mix: bool = False,
) -> BudgetProblem:
    """The problem with a total that is spent exactly; with `mix`, over channels only."""
    exact = fixed | {"total_min": None, "minimise_spend": False, "reach": fixed["minimise_spend"]}
    make = partial(_make, block, world, status_quo, total)
    one = make(whole(status_quo.periods), of=len(flights), **exact)
    return one if mix or len(flights) == 1 else make(flights, **exact, mix=one)


def _make(
    block: Any,
    world: World,
    status_quo: Plan,
    total: float,
    flights: tuple[Flight, ...],
    *,
    of: int = 1,
    **fixed: Any,
) -> BudgetProblem:
    """The limits over these flights; `of` is how many each of them stands for in the problem of the mix."""
    reader = _Reader(world, status_quo, total, flights, of, exact=fixed.get("total_min") is None)
    for limit in block.limits:
        reader.add(limit)
    for name in block.locked:
        reader.lock(name)
    if block.flight_max is not None:
        reader.cap_flights(block.flight_max)
    return BudgetProblem(
        world,
        status_quo,
        total,
        reader.lower,
        reader.upper,
        tuple(reader.groups),
        flights=flights,
        shares=tuple(reader.shares),
        minimums=tuple(reader.minimums),
        most_on=block.max_channels,
        max_shift=block.max_shift,
        locked=tuple(block.locked),
        lines=reader.lines(block.lines),
        **fixed,
    )


@dataclass
class _Reader:
    """Collects limits over the cells of one division into flights."""

    world: World
    status_quo: Plan
    total: float
    flights: tuple[Flight, ...]
    of: int
    exact: bool
    groups: list[GroupLimit] = field(default_factory=list)
    shares: list[ShareLimit] = field(default_factory=list)
    minimums: list[Minimum] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.world.channels)
        self.lower = np.zeros(count * len(self.flights))
        self.upper = np.where(np.tile(self.world.priced_c, len(self.flights)), np.inf, 0.0)
        self.today = np.array(
            [self.status_quo.spend_tc[flight.periods].sum(axis=0) for flight in self.flights]
        )

    def add(self, limit: Any) -> None:
        """One line of `limits`."""
        names = (limit.channel,) if limit.channel is not None else tuple(limit.group or ())
        index = [self._channel(name) for name in names]
        today = float(self.today[:, index].sum())
        lows, highs = [limit.min or 0.0, (limit.min_factor or 0.0) * today], [limit.max]
        highs.append(None if limit.max_factor is None else limit.max_factor * today)
        if self.exact:
            lows.append((limit.min_share or 0.0) * self.total)
            highs.append(None if limit.max_share is None else limit.max_share * self.total)
        elif limit.min_share or limit.max_share is not None:
            high = 1.0 if limit.max_share is None else limit.max_share
            self.shares.append(ShareLimit(self._cells(index), names, limit.min_share or 0.0, high))
        self._bound(index, names, max(lows), min((h for h in highs if h is not None), default=float("inf")))
        if limit.flight_max is not None:
            for f, flight in enumerate(self.flights):
                self._bound_cells(
                    self._cells(index, f), names, limit.flight_max * self.of, _in(names, flight)
                )
        if limit.min_if_on is not None:
            for c, name in zip(index, names, strict=True):
                self.minimums.append(Minimum(self._cells([c]), name, limit.min_if_on))
        if limit.flight_min_if_on is not None:
            for c, name in zip(index, names, strict=True):
                for f, flight in enumerate(self.flights):
                    cells = self._cells([c], f)
                    self.minimums.append(Minimum(cells, _in((name,), flight), limit.flight_min_if_on))

    def lock(self, name: str) -> None:
        """A channel keeps today's amount, in every flight."""
        c = self._channel(name)
        for f in range(len(self.flights)):
            (cell,) = self._cells([c], f)
            held = float(self.today[f, c])
            slack = 1e-9 * self.total
            for bound, gap, side in (
                (self.lower[cell], self.lower[cell] - held, "minimum"),
                (self.upper[cell], held - self.upper[cell], "maximum"),
            ):
                if gap > slack:
                    at, of = money(held, self._currency), money(float(bound), self._currency)
                    raise LimitError(
                        f"limits: {name} is locked at {at}, against its {side} of {of}: "
                        "unlock it or drop the limit"
                    )
            self.lower[cell] = self.upper[cell] = held

    def lines(self, named: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
        """Channel numbers of the lines of 5-3-2."""
        return tuple(tuple(self._channel(name) for name in line) for line in named)

    def cap_flights(self, most: float) -> None:
        """All channels together, in each flight."""
        everyone = [c for c in range(len(self.world.channels)) if self.world.priced_c[c]]
        names = tuple(self.world.channels[c] for c in everyone)
        for f, flight in enumerate(self.flights):
            label = "the whole plan" if len(self.flights) == 1 else flight.name
            self.groups.append(GroupLimit(self._cells(everyone, f), names, 0.0, most * self.of, label))

    def _bound(self, index: Sequence[int], names: tuple[str, ...], low: float, high: float) -> None:
        """Over the whole plan: on the cell itself where it is the only one, else on their sum."""
        cells = self._cells(index)
        if len(cells) == 1:
            self.lower[cells[0]] = max(self.lower[cells[0]], low)
            self.upper[cells[0]] = min(self.upper[cells[0]], high)
        elif cells and (low > 0 or np.isfinite(high)):
            self.groups.append(GroupLimit(cells, names, low, high))

    def _bound_cells(self, cells: tuple[int, ...], names: tuple[str, ...], most: float, label: str) -> None:
        if len(cells) == 1:
            self.upper[cells[0]] = min(self.upper[cells[0]], most)
        else:
            self.groups.append(GroupLimit(cells, names, 0.0, most, label))

    def _cells(self, index: Sequence[int], flight: int | None = None) -> tuple[int, ...]:
        step = len(self.world.channels)
        chosen = range(len(self.flights)) if flight is None else (flight,)
        return tuple(f * step + c for f in chosen for c in index)

    def _channel(self, name: str) -> int:
        channels = list(self.world.channels)
        if name in channels:
            return channels.index(name)
        near = get_close_matches(name, channels, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"channels: {', '.join(channels)}"
        raise LimitError(f"optimization.limits: unknown channel '{name}' ({hint})")

    @property
    def _currency(self) -> str:
        return str(self.world.currency)


def _in(names: tuple[str, ...], flight: Flight) -> str:
    together = " + ".join(names)
    return f"{together} in {flight.name}" if flight.name else together


def _flights(block: Any, world: World, status_quo: Plan) -> tuple[Flight, ...]:
    if block.flights == 1:
        return whole(status_quo.periods)
    period = getattr(world, "period", None)
    days = period.days if period is not None else 7
    return divide(block.flights, status_quo.periods, start=getattr(world, "start", None), days=days)


def _targets(given: Sequence[Any]) -> tuple[Target, ...]:
    found = []
    for target in given:
        if target.kpi not in TARGETS:
            raise LimitError(f"targets: choose among {', '.join(TARGETS)}, got '{target.kpi}'")
        found += [] if target.min is None else [Target(target.kpi, float(target.min), True)]
        found += [] if target.max is None else [Target(target.kpi, float(target.max), False)]
    return tuple(found)
