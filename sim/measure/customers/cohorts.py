"""Groups of customers: by touch, by segment, by when they were acquired.

    symbol     meaning                                              shape
    g          group                                                G
    index_n    group of each customer                               (N,)

A cohort is a calendar month where periods are days, and a block of four weeks where they are weeks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Ints
from sim.market.vocabulary import Period
from sim.market.world import World
from sim.measure.customers.customers import CustomerLog

#: Key of the customers whom no channel had met; no channel can have this id.
NO_CHANNEL = "no channel"
#: Weeks of one cohort.
WEEKS = 4


@dataclass(frozen=True, eq=False)
class Grouping:
    """Customers split into groups; see the module's table."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    index_n: Ints

    def __len__(self) -> int:
        """Groups."""
        return len(self.keys)

    def count(self, kept_n: npt.NDArray[np.bool_] | None = None) -> Ints:
        """Customers by group, (G,)."""
        index_n = self.index_n if kept_n is None else self.index_n[kept_n]
        return np.bincount(index_n, minlength=len(self))

    def total(self, value_n: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        """Sum of a value by group, (G,); sums of whole numbers below 2**53 are exact."""
        return np.bincount(self.index_n, weights=value_n, minlength=len(self)).astype(np.float64)


def cohort_blocks(world: World) -> tuple[tuple[str, ...], tuple[str, ...], Ints]:
    """Keys and labels of the cohorts of the run, and the cohort of each period, (T,)."""
    if world.period is Period.DAY:
        days = [world.start + dt.timedelta(days=t) for t in range(world.total_periods)]
        months = [f"{day:%Y-%m}" for day in days]
        keys = tuple(dict.fromkeys(months))
        return keys, keys, np.array([keys.index(month) for month in months], dtype=np.int64)
    total = world.total_periods
    block_t = np.arange(total) // WEEKS
    firsts = range(0, total, WEEKS)
    keys = tuple((world.start + dt.timedelta(weeks=first)).isoformat() for first in firsts)
    labels = tuple(f"weeks {first + 1}-{min(first + WEEKS, total)}" for first in firsts)
    return keys, labels, block_t


def _everyone(customers: CustomerLog) -> Grouping:
    return Grouping(("all",), ("All",), np.zeros(len(customers), dtype=np.int64))


def _by_channel(customers: CustomerLog, channel_n: Ints) -> Grouping:
    world = customers.world
    return Grouping((*world.channels, NO_CHANNEL), (*world.labels, NO_CHANNEL), channel_n)


def _by_segment(customers: CustomerLog) -> Grouping:
    return Grouping(customers.world.segments, customers.world.segment_labels, customers.segment_n)


def _by_cohort(customers: CustomerLog) -> Grouping:
    keys, labels, block_t = cohort_blocks(customers.world)
    return Grouping(keys, labels, block_t[customers.acquired_n])


#: Ways to group the customers acquired in the run.
GROUPINGS: dict[str, Callable[[CustomerLog], Grouping]] = {
    "all": _everyone,
    "first_touch": lambda customers: _by_channel(customers, customers.first_n),
    "last_touch": lambda customers: _by_channel(customers, customers.last_n),
    "segment": _by_segment,
    "cohort": _by_cohort,
}
