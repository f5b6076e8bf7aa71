"""Customers: everyone who ever was one, reduced from a log to what their value is measured on.

    symbol                            meaning                                                 shape
    n                                 customer, in the order of consumers                     N
    person_n                          number of the consumer in the sample                    (N,)
    segment_n                         index of the segment                                    (N,)
    acquired_n                        period of the conversion; -1: customer before the run   (N,)
    first_n, last_n                   channel of the first and last touch up to then; C: none (N,)
    initial_stage_n, stage_n          stage when the run begins and when it ends              (N,)
    purchase_rate_n, lapse_rate_n     of a plain customer, per period                         (N,)
    owner_o                           customer who placed order o                             (O,)
    period_o, shop_o                  period, selling channel as index into channels          (O,)
    value_o, margin_o                 minor units, not discounted                             (O,)
    discounted_o                      margin discounted to the acquisition, minor units       (O,)
    owner_m                           customer who made move m                                (M,)
    period_m, from_m, to_m            period, stages; only moves of someone who has bought    (M,)

Orders and moves of one customer stand in order of time. All counts are of the sample. Touches, which make
up nearly all of a log, are gone; so a run is reduced part by part, and its whole log never exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Bytes, Event, EventLog, Flags, Ints, Singles
from sim.engine.replay import replay
from sim.engine.run import Run
from sim.market.vocabulary import Stage
from sim.market.world import World

#: Rows of a log held at once while a run is reduced.
ROWS_AT_ONCE = 1 << 22
#: `acquired_n` of a customer from before the run.
BEFORE = -1


@dataclass(frozen=True, eq=False)
class CustomerLog:
    """Customers with their orders and moves; see the module's table. Arrays are read-only."""

    world: World
    person_n: Ints
    segment_n: Ints
    acquired_n: Ints
    first_n: Ints
    last_n: Ints
    initial_stage_n: Bytes
    stage_n: Bytes
    purchase_rate_n: Singles
    lapse_rate_n: Singles
    owner_o: Ints
    period_o: Ints
    shop_o: Ints
    value_o: Ints
    margin_o: Ints
    discounted_o: Ints
    owner_m: Ints
    period_m: Ints
    from_m: Bytes
    to_m: Bytes

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).flags.writeable = False

    def __len__(self) -> int:
        """Customers."""
        return len(self.person_n)

    @property
    def won_n(self) -> Flags:
        """Customers acquired in the run, whom LTV and CAC are about, (N,)."""
        return self.acquired_n > BEFORE

    @property
    def age_o(self) -> Ints:
        """Periods from the acquisition of the owner to each order, (O,)."""
        return self.period_o - self.acquired_n[self.owner_o]

    def won(self) -> CustomerLog:
        """Only the customers acquired in the run."""
        return self.only(self.won_n)

    def only(self, kept_n: Flags) -> CustomerLog:
        """Some of the customers, with their orders and moves."""
        place_n = np.cumsum(kept_n) - 1
        columns = {}
        for name in _COLUMNS:
            column, axis = getattr(self, name), name[-1]
            owner = {"o": self.owner_o, "m": self.owner_m}.get(axis)
            kept = kept_n if owner is None else kept_n[owner]
            columns[name] = place_n[column[kept]] if name.startswith("owner") else column[kept]
        return CustomerLog(self.world, **columns)

    def stage_at(self, period: int) -> Bytes:
        """Stage of each customer at the end of a period; not yet a customer counts as the initial stage."""
        stage_n = self.initial_stage_n.copy()
        seen = self.period_m <= period
        # moves stand in order of time, and of several values for one place the last one stays
        stage_n[self.owner_m[seen]] = self.to_m[seen]
        return stage_n


_COLUMNS = tuple(field.name for field in fields(CustomerLog) if field.name != "world")


def replay_customers(run: Run, *, threads: int | None = None) -> CustomerLog:
    """All customers of a run, replayed in parts so that memory stays bounded.

    Args:
        run: a run of any engine.
        threads: as for `replay`; the result does not depend on it.
    """
    rows = run.reached_tck.sum() + run.flows_tksdr.sum() + run.orders_tjkr.sum()
    size = max(1, int(ROWS_AT_ONCE * run.world.agents / max(1, rows)))
    parts = []
    for first in range(0, run.world.agents, size):
        consumers = np.arange(first, min(first + size, run.world.agents))
        parts.append(customers_of(replay(run, consumers, threads=threads)))
    return _joined(run.world, parts)


def customers_of(log: EventLog) -> CustomerLog:
    """Reduce a log to its customers: those who convert in it, and those who were customers before it."""
    moves, person_e = log.rows(Event.MOVE), log.person_e
    became = moves[(log.stage_e[moves] == Stage.DECIDING) & (log.number_e[moves] == Stage.CUSTOMER)]
    acquired_i = np.full(len(log), BEFORE, dtype=np.int64)
    acquired_i[person_e[became]] = log.period_e[became]
    known_i = (acquired_i >= 0) | (log.initial_stage_i >= Stage.CUSTOMER)
    first_i, last_i = _touches_before(log, became)
    stage_i = log.initial_stage_i.copy()
    stage_i[person_e[moves]] = log.number_e[moves]
    place_i = np.cumsum(known_i) - 1
    order = log.rows(Event.ORDER)
    lived = moves[(log.stage_e[moves] >= Stage.CUSTOMER) | (log.number_e[moves] == Stage.CUSTOMER)]
    return CustomerLog(
        world=log.world,
        person_n=log.consumer_i[known_i],
        segment_n=log.segment_i[known_i],
        acquired_n=acquired_i[known_i],
        first_n=first_i[known_i],
        last_n=last_i[known_i],
        initial_stage_n=log.initial_stage_i[known_i],
        stage_n=stage_i[known_i],
        purchase_rate_n=log.purchase_rate_i[known_i],
        lapse_rate_n=log.lapse_rate_i[known_i],
        owner_o=place_i[person_e[order]],
        period_o=log.period_e[order].astype(np.int64),
        shop_o=log.channel_e[order].astype(np.int64),
        value_o=log.value_e[order],
        margin_o=log.margin_e[order],
        discounted_o=log.discounted_e[order],
        owner_m=place_i[person_e[lived]],
        period_m=log.period_e[lived].astype(np.int64),
        from_m=log.stage_e[lived],
        to_m=log.number_e[lived].astype(np.uint8),
    )


def _touches_before(log: EventLog, became: Ints) -> tuple[Ints, Ints]:
    """Channels of the first and last touch before each consumer's conversion, (N,) each; C: none."""
    none = len(log.world.channels)
    first_i, last_i = (np.full(len(log), none, dtype=np.int64) for _ in range(2))
    touches = log.rows(Event.TOUCH)
    person = log.person_e[became]
    # rows of a consumer stand in order of time, and touches come before the move of their period
    low, high = np.searchsorted(touches, log.start_i[person]), np.searchsorted(touches, became)
    met = high > low
    first_i[person[met]] = log.channel_e[touches[low[met]]]
    last_i[person[met]] = log.channel_e[touches[high[met] - 1]]
    return first_i, last_i


def _joined(world: World, parts: Sequence[CustomerLog]) -> CustomerLog:
    """Customers of one part after the other."""
    before = np.cumsum([0, *(len(part) for part in parts)])
    columns: dict[str, npt.NDArray[np.int64]] = {}
    for name in _COLUMNS:
        columns[name] = np.concatenate(
            [
                getattr(part, name) + (offset if name.startswith("owner") else 0)
                for part, offset in zip(parts, before[:-1].tolist(), strict=True)
            ]
        )
    return CustomerLog(world, **columns)  # type: ignore[arg-type]
