"""Replay: the lives of chosen consumers, exactly, from a run's boards.

Consumers meet each other and the budget only through the board, and every draw is a fixed function of
seed, replicate, consumer, period and purpose. So the boards that a run recorded are enough to live
anyone's life again, alone, and in any order: the same scalar steps as in the object engine, compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import EventLog, Ints
from sim.engine.ledger import Ledger, empty_ledger, total
from sim.engine.lives import Boards, People, Rows, live_lives, new_rows, repost
from sim.engine.many import available_cpus
from sim.engine.person import new_person, new_room
from sim.engine.run import Run
from sim.engine.tables import Tables, make_tables
from sim.errors import CapacityError, OmnifunnelError
from sim.market.compiling import available_memory
from sim.market.layout import MOST_ORDERS
from sim.market.world import World

#: Rows that a thread collects before it hands them over.
_HANDFUL = 1 << 17
#: Bytes of one row, held twice while the parts are put together.
_ROW_BYTES = 2 * 27


def replay(
    run: Run, consumers: Sequence[int] | npt.NDArray[np.integer] | None = None, *, threads: int | None = None
) -> EventLog:
    """What chosen consumers lived through in a run: every touch, move and order.

    Args:
        run: a run of any engine.
        consumers: numbers in the sample, 0 .. agents - 1; segments follow each other in the order of their
            ids. None is everyone. Nobody's journey depends on who else is asked for.
        threads: default: one for each processor. The result does not depend on it.

    Raises:
        OmnifunnelError: a number outside the sample, or one named twice.
        CapacityError: the log would not fit into memory; nothing has been allocated.
    """
    consumer_i = chosen(run.world, consumers)
    _check_memory(run, len(consumer_i))
    people = _gather(run.world, consumer_i)
    parts, _ = _live_all(run, people, threads or available_cpus(), keep=True)
    columns: dict[str, Any] = {
        f"{name}_e": np.concatenate([getattr(part, name) for part in parts]) for name in Rows._fields
    }
    return EventLog(
        world=run.world,
        seed=run.seed,
        replicate=run.replicate,
        consumer_i=consumer_i,
        segment_i=people.segment_i,
        resolved_i=people.resolved_i,
        initial_stage_i=people.stage_i,
        responsiveness_i=people.traits_in[:, 0].copy(),
        purchase_rate_i=people.traits_in[:, 1].copy(),
        lapse_rate_i=people.traits_in[:, 2].copy(),
        start_i=np.concatenate([[0], np.cumsum(people.counted_i)]),
        **columns,
    )


def relive(run: Run, *, threads: int | None = None) -> Ledger:
    """The ledger of all consumers replayed one by one: equal to the run's, bit for bit (tested)."""
    people = _gather(run.world, chosen(run.world, None))
    return total(_live_all(run, people, threads or available_cpus(), keep=False)[1])


def panel(world: World, size: int) -> Ints:
    """Numbers of a fair sample of consumers: evenly spread, so that segments keep their shares.

    Raises:
        OmnifunnelError: size is not within 1 .. agents.
    """
    if not 1 <= size <= world.agents:
        raise OmnifunnelError(f"panel: size must be within 1 .. {world.agents:,}, got {size:,}")
    return np.arange(size, dtype=np.int64) * world.agents // size


def chosen(world: World, consumers: Sequence[int] | npt.NDArray[np.integer] | None) -> Ints:
    """The numbers asked for as an array; None is everyone.

    Raises:
        OmnifunnelError: a number outside the sample, or one named twice.
    """
    if consumers is None:
        return np.arange(world.agents, dtype=np.int64)
    numbers = np.asarray(consumers)
    if numbers.size and numbers.dtype.kind not in "iu":
        raise OmnifunnelError("consumers: must be whole numbers")
    wrong = numbers[(numbers < 0) | (numbers >= world.agents)]
    if wrong.size:
        raise OmnifunnelError(
            f"consumer {wrong[0]}: must be within 0 .. {world.agents - 1}, "
            f"the sample has {world.agents:,} consumers (population.agents)"
        )
    if len(np.unique(numbers)) < len(numbers):
        raise OmnifunnelError("consumers: each number must be named once")
    return numbers.astype(np.int64)


def _check_memory(run: Run, consumers: int) -> None:
    rows = run.reached_tck.sum() + run.flows_tksdr.sum() + run.orders_tjkr.sum()
    need, have = float(rows) * consumers / run.world.agents * _ROW_BYTES, available_memory()
    if have and need > 0.9 * have:
        raise CapacityError(
            f"journeys of {consumers:,} consumers need about {need / 2**30:.1f} GiB of memory, this machine "
            f"has {have / 2**30:.1f} GiB free; ask for a panel of fewer"
        )


def _gather(world: World, consumer_i: Ints) -> People:
    """Segment and number within it of each consumer, and room for what is noted."""
    edges = np.cumsum(world.agents_k)
    segment_i = np.searchsorted(edges, consumer_i, side="right").astype(np.int64)
    index_i = consumer_i - (edges - world.agents_k)[segment_i]
    n = len(consumer_i)
    return People(
        segment_i,
        index_i,
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.bool_),
        np.zeros(n, dtype=np.uint8),
        np.zeros((n, 3), dtype=np.float32),
    )


def _live_all(run: Run, people: People, threads: int, *, keep: bool) -> tuple[list[Rows], list[Ledger]]:
    """Everyone's life, in ranges side by side; rows in the order of consumers."""
    tables, prices = make_tables(run.world, run.seed, run.replicate)
    boards = repost(run, prices)
    count = len(people.segment_i)
    edges = np.linspace(0, count, max(1, min(threads, count)) + 1).astype(np.int64)
    ranges = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))

    def work(place: tuple[int, int]) -> tuple[list[Rows], Ledger]:
        return _live_range(*place, run.world, people, tables, boards, keep=keep)

    with ThreadPoolExecutor(len(ranges)) as pool:
        done = list(pool.map(work, ranges))
    return [part for parts, _ in done for part in parts], [ledger for _, ledger in done]


def _live_range(
    first: int, stop: int, world: World, people: People, tables: Tables, boards: Boards, *, keep: bool
) -> tuple[list[Rows], Ledger]:
    """A range of consumers on one thread: as many lives at a time as surely fit into the rows."""
    ledger, person = empty_ledger(world), new_person(len(world.channels))
    room = new_room(len(world.channels), len(world.sell_channels))
    most = boards.order_tc.shape[0] * (len(world.channels) + 1 + MOST_ORDERS)
    rows = new_rows(max(most, _HANDFUL) if keep else 1)
    parts = [Rows._make(column[:0].copy() for column in rows)]
    while first < stop:
        began = first
        first = live_lives(
            first, stop, people, tables, boards, ledger, person, room, rows, most if keep else 0
        )
        used = int(people.counted_i[began:first].sum())
        parts.append(Rows._make(column[:used].copy() for column in rows))
    return parts, ledger
