"""Which counterfactuals `truth` runs, and on which replicates.

coalitions of        when                              for
0, 1, n - 1, n       always                            lift, synergy index
2, n - 2             pairs                             pairwise synergy on both bases
every size           shapley, n <= 8                   exact Shapley values
prefixes of orders   shapley, n > 8                    sampled ones; every replicate has orders of its own
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import OmnifunnelError, PlanError
from sim.market.intervene import showing
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.truth.counterfactuals import AS_PLANNED, Asked, Counterfactual
from sim.measure.truth.resilience import window
from sim.measure.truth.returns import STEP
from sim.measure.truth.shapley import MOST_EXACT, prefixes, random_orders

Channels = frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """What `truth` was asked for; see its arguments."""

    pairs: bool
    shapley: int
    outage_periods: int
    panel: int
    returns: bool = True

    def check(self, replicates: int) -> None:
        """Raise one error with a line for each number out of its range."""
        numbers = {"replicates": (replicates, 1), "shapley": (self.shapley, 0)}
        numbers |= {"outage_periods": (self.outage_periods, 0), "panel": (self.panel, 0)}
        faults = [
            f"truth: {name} must be >= {least}, got {got}"
            for name, (got, least) in numbers.items()
            if got < least
        ]
        if faults:
            raise OmnifunnelError("\n".join(faults))


@dataclass(frozen=True, eq=False)
class Design:
    """All counterfactuals of one `truth`.

    Attributes:
        channels: the players.
        paid: those of them that get money; none when their returns are not wanted.
        coalitions: sets of players that show, run on every replicate.
        orders_ruap: orders sampled for Shapley values, (R, U, 2, C); None when none are.
        outages: channels that fail in turn.
        window: first and last period of the outages.
    """

    world: World
    channels: tuple[str, ...]
    paid: tuple[str, ...]
    replicates: int
    coalitions: tuple[Channels, ...]
    orders_ruap: npt.NDArray[np.int64] | None
    outages: tuple[str, ...]
    window: tuple[int, int]

    def asked(self) -> Iterator[Asked]:
        """Every counterfactual with its replicate; some stand there more than once."""
        every = [AS_PLANNED, *(self.without(shown) for shown in self.coalitions)]
        for name in self.paid:
            every += [self.money_off(name), self.money_up(name), self.money_down(name)]
        every += [self.outage(name) for name in self.outages]
        for replicate in range(self.replicates):
            yield from ((what, replicate) for what in every)
            if self.orders_ruap is not None:
                for order_p in self.orders_ruap[replicate].reshape(-1, len(self.channels)):
                    yield from ((self.without_mask(mask), replicate) for mask in prefixes(order_p))

    def without(self, shown: Channels) -> Counterfactual:
        """Only these players show something."""
        return Counterfactual(silent=frozenset(self.channels) - shown)

    def without_mask(self, mask: int) -> Counterfactual:
        """As `without`, the players given as bits."""
        return Counterfactual(silent=frozenset(c for p, c in enumerate(self.channels) if not mask >> p & 1))

    def money_off(self, channel: str) -> Counterfactual:
        """The channel without its money; the same as silent when it shows nothing free."""
        c = self.world.channels.index(channel)
        free = self.world.organic_c[c] > 0 or self.world.contacts_c[c] > 0
        return Counterfactual(scaled=(channel, 0.0)) if free else Counterfactual(frozenset({channel}))

    def money_up(self, channel: str) -> Counterfactual:
        """The channel's money raised by the step."""
        return Counterfactual(scaled=(channel, 1.0 + STEP))

    def money_down(self, channel: str) -> Counterfactual:
        """The channel's money cut by the step."""
        return Counterfactual(scaled=(channel, 1.0 - STEP))

    def outage(self, channel: str) -> Counterfactual:
        """The channel out in the window."""
        return Counterfactual(out=(channel, *self.window))


def make_design(world: World, plan: Plan, wanted: Wanted, *, seed: int, replicates: int) -> Design:
    """Lay out the counterfactuals.

    Raises:
        PlanError: no channel shows anything.
        OmnifunnelError: a number out of its range.
    """
    wanted.check(replicates)
    channels = showing(world, plan)
    if not channels:
        raise PlanError("no channel shows anything under this plan; give one money or organic reach")
    sampled = wanted.shapley > 0 and len(channels) > MOST_EXACT
    everywhere = {*channels, *world.sell_channels}
    return Design(
        world=world,
        channels=channels,
        paid=tuple(name for name in channels if wanted.returns and plan.totals()[name] > 0),
        replicates=replicates,
        coalitions=_coalitions(channels, pairs=wanted.pairs, every=wanted.shapley > 0 and not sampled),
        orders_ruap=_orders(channels, wanted.shapley, seed, replicates) if sampled else None,
        outages=tuple(name for name in world.channels if name in everywhere and wanted.outage_periods),
        window=window(world, max(1, wanted.outage_periods)),
    )


def _coalitions(channels: tuple[str, ...], *, pairs: bool, every: bool) -> tuple[Channels, ...]:
    n = len(channels)
    sizes = {0, 1, n - 1, n, *((2, n - 2) if pairs and n > 1 else ()), *(range(n) if every else ())}
    return tuple(frozenset(some) for size in sorted(sizes) for some in itertools.combinations(channels, size))


def _orders(channels: tuple[str, ...], count: int, seed: int, replicates: int) -> npt.NDArray[np.int64]:
    """Pairs of an order and its reverse, `count` orders or one more, other ones in every replicate."""
    units = (count + 1) // 2
    keys = [f"shapley:{seed}:{replicate}" for replicate in range(replicates)]
    return np.stack([random_orders(channels, units, key) for key in keys])
