"""What journeys look like: how many channels, which paths, and in which order.

All are descriptions of what came together, not of what caused it: people who buy also meet more channels.

    symbol     meaning                                                         unit
    n          journeys; conversions are those that end in an order            count of the sample
    rate       conversions / n                                                 share, None without n
    people     people that one consumer of the log stands for
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Flags, Ints
from sim.errors import JourneyError
from sim.measure.customers.acquired import acquired_customers
from sim.measure.journeys.observed import JourneyLog
from sim.measure.journeys.proportions import evidence, newcombe
from sim.measure.ratios import quotient

#: Journeys are taken in blocks, so that a table of journeys by channels stays small.
_BLOCK = 1 << 15
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class ChannelCount:
    """Journeys that met the same number of distinct channels (FACTS A0.2, E.13)."""

    channels: int
    journeys: int
    conversions: int
    share: float | None
    rate: float | None


@dataclass(frozen=True)
class PathValue:
    """New customers who came by one path; the path is empty where no touch led to the first order.

    Attributes:
        path: channel ids in order.
        customers: people acquired by it in the run.
        share: of all acquired.
        ltv: mean lifetime value, currency (FACTS E.7: discounted margin, first order included).
        ltv_error: its standard error; None for a single customer of the sample.
        value: customers * ltv, currency.
    """

    path: tuple[str, ...]
    customers: float
    share: float
    ltv: float
    ltv_error: float | None
    value: float


#: What `top_paths` can rank by.
RANKS: dict[str, Callable[[PathValue], float]] = {
    "customers": lambda path: path.customers,
    "value": lambda path: path.value,
    "ltv": lambda path: path.ltv,
}


@dataclass(frozen=True)
class OrderEffect:
    """Journeys that met both channels, by which came first; those that met both in one period are left out.

    Attributes:
        first, second: channel ids.
        journeys, conversions, rate: where `first` came first.
        journeys_back, conversions_back, rate_back: where `second` came first.
        difference: rate - rate_back, None where either is.
        low, high: its 95 % interval for independent journeys (`proportions.newcombe`), None where it is.
    """

    first: str
    second: str
    journeys: int
    conversions: int
    rate: float | None
    journeys_back: int
    conversions_back: int
    rate_back: float | None
    difference: float | None
    low: float | None
    high: float | None

    @property
    def evidence(self) -> float:
        """How clear the difference is; above 1 the interval leaves out 0, and 0 where it is undefined."""
        if self.difference is None or self.low is None or self.high is None:
            return 0.0
        return evidence(self.difference, self.low, self.high)


def distinct_channels(journeys: JourneyLog) -> list[ChannelCount]:
    """Journeys by the number of distinct channels they met, 0 (an order without a touch) to the most."""
    size = len(journeys.log.world.channels)
    journey = np.unique(journeys.journey_n * size + journeys.channel_n) // size
    count_p = np.bincount(journey, minlength=len(journeys))
    untouched = len(journeys.untouched_o)
    total = int(journeys.converted_p.sum()) + untouched
    found = []
    for n in range(int(count_p.max(initial=0)) + 1):
        here = count_p == n
        extra = untouched if n == 0 else 0
        converted = int(journeys.converted_p[here].sum()) + extra
        number = int(here.sum()) + extra
        found.append(
            ChannelCount(n, number, converted, quotient(converted, total), quotient(converted, number))
        )
    return found


def top_paths(
    journeys: JourneyLog, *, by: str = "customers", repeats: bool = False, most: int = 10, least: int = 1
) -> list[PathValue]:
    """Paths to the first order, ranked (FACTS A2.2).

    Args:
        journeys: of any view.
        by: "customers"; "value" for what they are worth together; "ltv" for the mean of one.
        repeats: False writes each channel once, at its first touch; True writes it again wherever the path
            comes back to it from another channel.
        most: paths returned.
        least: consumers of the sample a path must have brought; raise it for "ltv", where chance rules.

    Raises:
        JourneyError: another `by`.
    """
    if by not in RANKS:
        raise JourneyError(f"by: must be one of {', '.join(RANKS)}, got '{by}'")
    log = journeys.log
    acquired = acquired_customers(log)
    values: dict[tuple[str, ...], list[float]] = {}
    for person, path in _first_paths(journeys, collapsed if repeats else each_once):
        if acquired.new_i[person]:
            values.setdefault(path, []).append(acquired.value_i[person] / log.world.minor)
    total = sum(map(len, values.values()))
    found = [
        _path_value(path, np.array(ltvs), total, log.people)
        for path, ltvs in values.items()
        if len(ltvs) >= least
    ]
    return sorted(found, key=lambda p: (-RANKS[by](p), p.path))[:most]


def order_effects(journeys: JourneyLog) -> list[OrderEffect]:
    """For each pair of channels, how often journeys convert that met one before the other (FACTS A1.11)."""
    channels = journeys.log.world.channels
    seen_ab = np.zeros((len(channels), len(channels)), dtype=np.int64)
    led_ab = np.zeros_like(seen_ab)
    for first_pc, converted_p in _first_periods(journeys):
        for a in range(len(channels)):
            before_pc = (first_pc[:, a, None] < first_pc) & (first_pc != _NEVER)
            seen_ab[a] += before_pc.sum(axis=0)
            led_ab[a] += before_pc[converted_p].sum(axis=0)
    return [
        _order_effect(channels[a], channels[b], seen_ab[a, b], led_ab[a, b], seen_ab[b, a], led_ab[b, a])
        for a in range(len(channels))
        for b in range(a + 1, len(channels))
    ]


def collapsed(path: Sequence[int]) -> tuple[int, ...]:
    """Channels of a path with repeats in a row written once."""
    return tuple(channel for channel, _ in groupby(path))


def each_once(path: Sequence[int]) -> tuple[int, ...]:
    """Channels of a path in the order of their first touches."""
    return tuple(dict.fromkeys(path))


def _first_paths(
    journeys: JourneyLog, shorten: Callable[[Sequence[int]], tuple[int, ...]]
) -> list[tuple[int, tuple[str, ...]]]:
    """(consumer, path) of every first order of a prospect."""
    prospects = journeys.prospects()
    names, channel_n, start_p = prospects.log.world.channels, prospects.channel_n, prospects.start_p
    found = []
    for p in np.flatnonzero(prospects.converted_p).tolist():
        path = shorten(channel_n[start_p[p] : start_p[p + 1]].tolist())
        found.append((int(prospects.person_p[p]), tuple(names[c] for c in path)))
    untouched = prospects.log.person_e[prospects.untouched_o]
    return found + [(int(person), ()) for person in untouched]


def _path_value(path: tuple[str, ...], ltvs: npt.NDArray[np.float64], total: int, people: float) -> PathValue:
    count, mean = len(ltvs), float(ltvs.mean())
    error = float(ltvs.std(ddof=1)) / math.sqrt(count) if count > 1 else None
    return PathValue(path, count * people, count / total, mean, error, count * people * mean)


def _first_periods(journeys: JourneyLog) -> list[tuple[npt.NDArray[np.int32], Flags]]:
    """Blocks of (period of the first touch by journey and channel, whether it converted)."""
    size, log = len(journeys.log.world.channels), journeys.log
    blocks = []
    for low in range(0, len(journeys), _BLOCK):
        high = min(low + _BLOCK, len(journeys))
        rows = slice(journeys.start_p[low], journeys.start_p[high])
        first_pc = np.full((high - low, size), _NEVER, dtype=np.int32)
        place: Ints = np.repeat(np.arange(high - low), np.diff(journeys.start_p[low : high + 1]))
        touch_n = journeys.touch_n[rows]
        np.minimum.at(first_pc, (place, log.channel_e[touch_n]), log.period_e[touch_n])
        blocks.append((first_pc, journeys.converted_p[low:high]))
    return blocks


def _order_effect(first: str, second: str, n: int, hits: int, n_back: int, hits_back: int) -> OrderEffect:
    rate, back = quotient(hits, n), quotient(hits_back, n_back)
    difference = low = high = None
    if rate is not None and back is not None:
        difference = rate - back
        low, high = newcombe(int(hits), int(n), int(hits_back), int(n_back))
    counts = (int(n), int(hits), rate, int(n_back), int(hits_back), back)
    return OrderEffect(first, second, *counts, difference, low, high)
