"""The limits of a scenario as bounds on cells and on sums of cells, for one division into flights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from optimize.flights import Flight
from optimize.limits import GroupLimit, Minimum, ShareLimit
from optimize.windows import WindowBound, implied, names_of, window_of
from optimize.wording import money
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import World


@dataclass
class LimitReader:
    """Collects limits over the cells of one division into flights.

    Attributes:
        world: names and prices of the channels.
        status_quo: today's plan, which factors and locks refer to.
        total: money over the whole plan.
        flights: the division; a single one also stands for the mix of a problem with more.
        asked: flights that limits on each flight are about; windows may cut them further.
        exact: the total is spent exactly, so that shares are amounts.
    """

    world: World
    status_quo: Plan
    total: float
    flights: tuple[Flight, ...]
    asked: tuple[Flight, ...]
    exact: bool
    groups: list[GroupLimit] = field(default_factory=list)
    shares: list[ShareLimit] = field(default_factory=list)
    minimums: list[Minimum] = field(default_factory=list)
    windows: list[WindowBound] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.world.channels)
        self.lower = np.zeros(count * len(self.flights))
        self.upper = np.where(np.tile(self.world.priced_c, len(self.flights)), np.inf, 0.0)
        self.today = np.array(
            [self.status_quo.spend_tc[flight.periods].sum(axis=0) for flight in self.flights]
        )

    def add(self, limit: Any) -> None:
        """One line of `limits`."""
        names, window = names_of(limit), window_of(limit, self.world, self.status_quo.periods)
        index = [self._channel(name) for name in names]
        low, high = self._amounts(limit, index, window)
        if window is not None:
            self.windows.append(WindowBound(names, limit.window, window, low, high))
        if not self._can_say(window):
            return
        cells = self._cells(index, self._flights_in(window))
        if window is None:
            self._bound(index, names, low, high)
        elif low > 0 or np.isfinite(high):
            self.groups.append(GroupLimit(cells, names, low, high, _in(names, limit.window)))
        self._others(limit, index, cells, window)

    def imply(self) -> None:
        """Where windows are finer than the flights, what they ask of the whole plan."""
        finer = [bound for bound in self.windows if not self._can_say(bound.periods)]
        for names in dict.fromkeys(bound.names for bound in finer):
            same = [bound for bound in finer if bound.names == names]
            low, high = implied(same, self.status_quo.periods)
            self._bound([self._channel(name) for name in names], names, low, high)

    def lock(self, name: str) -> None:
        """A channel keeps today's amount, in every flight."""
        c = self._channel(name)
        self._lock_against_windows(name, c)
        for f in range(len(self.flights)):
            (cell,) = self._cells([c], (f,))
            held = float(self.today[f, c])
            low, high = float(self.lower[cell]), float(self.upper[cell])
            self._refuse_lock(name, held, low, high, "")
            self.lower[cell] = self.upper[cell] = held

    def lines(self, named: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
        """Channel numbers of the lines of 5-3-2."""
        return tuple(tuple(self._channel(name) for name in line) for line in named)

    def cap_flights(self, most: float) -> None:
        """All channels together, in each flight."""
        everyone = [c for c in range(len(self.world.channels)) if self.world.priced_c[c]]
        names = tuple(self.world.channels[c] for c in everyone)
        for parts, name, count in self._each_flight(None):
            cells = self._cells(everyone, parts)
            self.groups.append(GroupLimit(cells, names, 0.0, most * count, name or "the whole plan"))

    def _amounts(self, limit: Any, index: Sequence[int], window: range | None) -> tuple[float, float]:
        """Least and most money that a limit means, infinite where it sets none."""
        periods = slice(None) if window is None else slice(window.start, window.stop)
        today = float(self.status_quo.spend_tc[periods][:, index].sum())
        lows, highs = [limit.min or 0.0, (limit.min_factor or 0.0) * today], [limit.max]
        highs.append(None if limit.max_factor is None else limit.max_factor * today)
        if self.exact:
            lows.append((limit.min_share or 0.0) * self.total)
            highs.append(None if limit.max_share is None else limit.max_share * self.total)
        return max(lows), min((h for h in highs if h is not None), default=float("inf"))

    def _others(self, limit: Any, index: Sequence[int], cells: tuple[int, ...], window: range | None) -> None:
        """Shares of a free total, caps on flights and minimums if on."""
        names, within = names_of(limit), limit.window or ""
        if not self.exact and (limit.min_share or limit.max_share is not None):
            high = 1.0 if limit.max_share is None else limit.max_share
            label = _in(names, within) if within else ""
            self.shares.append(ShareLimit(cells, names, limit.min_share or 0.0, high, label))
        if limit.flight_max is not None:
            for parts, flight, count in self._each_flight(window):
                most = limit.flight_max * count
                self._bound_cells(self._cells(index, parts), names, most, _in(names, flight or within))
        for c, name in zip(index, names, strict=True):
            if limit.min_if_on is not None:
                held = self._cells([c], self._flights_in(window))
                self.minimums.append(Minimum(held, _in((name,), within), limit.min_if_on))
            if limit.flight_min_if_on is not None:
                for parts, flight, _ in self._each_flight(window):
                    least = limit.flight_min_if_on
                    self.minimums.append(
                        Minimum(self._cells([c], parts), _in((name,), flight or within), least)
                    )

    def _can_say(self, window: range | None) -> bool:
        """Whether a window is made of whole flights; with one flight it has to be the whole plan."""
        return window is None or len(self.flights) > 1 or len(window) == self.status_quo.periods

    def _flights_in(self, window: range | None) -> tuple[int, ...]:
        """Numbers of the flights in a window."""
        return tuple(f for f, each in enumerate(self.flights) if window is None or each.first in window)

    def _each_flight(self, window: range | None) -> list[tuple[tuple[int, ...], str, int]]:
        """Of each flight asked for: its parts within the window, its name, how many flights it stands for."""
        if len(self.flights) == 1:
            return [((0,), self.flights[0].name, len(self.asked))]
        inside, found = self._flights_in(window), []
        for flight in self.asked:
            parts = tuple(f for f in inside if flight.first <= self.flights[f].first <= flight.last)
            found += [(parts, flight.name, 1)] if parts else []
        return found

    def _lock_against_windows(self, name: str, c: int) -> None:
        for bound in self.windows:
            if bound.names == (name,):
                periods = slice(bound.periods.start, bound.periods.stop)
                held = float(self.status_quo.spend_tc[periods, c].sum())
                self._refuse_lock(name, held, bound.low, bound.high, f" in {bound.words}")

    def _refuse_lock(self, name: str, held: float, low: float, high: float, where: str) -> None:
        slack = 1e-9 * self.total
        for bound, gap, side in ((low, low - held, "minimum"), (high, held - high, "maximum")):
            if gap > slack:
                at, of = money(held, self._currency), money(bound, self._currency)
                raise LimitError(
                    f"limits: {name} is locked at {at}{where}, against its {side} of {of}"
                    f"{' there' if where else ''}: unlock it or drop the limit"
                )

    def _bound(self, index: Sequence[int], names: tuple[str, ...], low: float, high: float) -> None:
        """Over the whole plan: on the cell itself where it is the only one, else on their sum."""
        cells = self._cells(index, range(len(self.flights)))
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

    def _cells(self, index: Sequence[int], flights: Sequence[int]) -> tuple[int, ...]:
        step = len(self.world.channels)
        return tuple(f * step + c for f in flights for c in index)

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


def _in(names: tuple[str, ...], where: str) -> str:
    together = " + ".join(names)
    return f"{together} in {where}" if where else together
