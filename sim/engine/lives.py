"""Lives lived again from recorded boards, in compiled code: the steps of `life`, and a row for each event.

Each consumer is alone: what they share is on the boards.

    symbol      meaning                                                  shape
    order_tc    order of meeting the channels                            (T, C)
    tail_tckx   thresholds of P(X >= 1 .. 15)                            (T, C, K, 15)
    short_tj    share of its orders that a shop cannot serve             (T, J)
    rows        room for events, columns as in `event_log`               most rows of one life, or more
    counted_i   events of each consumer                                  (N,)
    traits_in   responsiveness, purchase rate, lapse rate                (N, 3)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.board import fill_tails, shuffle_channels
from sim.engine.compile import compiled, merged
from sim.engine.event_log import Bytes, Event, Flags, Ints, Singles
from sim.engine.life import live, sum_up
from sim.engine.person import IDENTITY, STAGE, be_born
from sim.engine.run import Run
from sim.engine.tables import Prices
from sim.market.layout import MOST_EXPOSURES

_TOUCH, _MOVE, _ORDER = int(Event.TOUCH), int(Event.MOVE), int(Event.ORDER)


class Boards(NamedTuple):
    """What consumers see of the boards of all periods; see the module's table."""

    order_tc: Ints
    tail_tckx: npt.NDArray[np.uint32]
    short_tj: npt.NDArray[np.float64]


class Shown(NamedTuple):
    """What consumers see of one period's board."""

    order_c: Ints
    tail_ckx: npt.NDArray[np.uint32]
    short_j: npt.NDArray[np.float64]


class People(NamedTuple):
    """Who is replayed, and what was noted at their birth."""

    segment_i: Ints
    index_i: Ints
    counted_i: Ints
    resolved_i: Flags
    stage_i: Bytes
    traits_in: Singles


class Rows(NamedTuple):
    """Columns of the event log."""

    period: npt.NDArray[np.int32]
    event: Bytes
    channel: npt.NDArray[np.int16]
    stage: Bytes
    number: npt.NDArray[np.int16]
    clicked: Flags
    value: Ints
    margin: Ints
    discounted: Ints


def repost(run: Run, prices: Prices) -> Boards:
    """Draw up again what consumers saw of each period's board."""
    periods, channels, segments = run.rate_tck.shape
    boards = Boards(
        np.zeros((periods, channels), dtype=np.int64),
        np.zeros((periods, channels, segments, MOST_EXPOSURES), dtype=np.uint32),
        run.short_tj.copy(),  # a read-only array would be another type, and compile all of `life` again
    )
    fill_boards(boards, prices, run.rate_tck)
    return boards


def new_rows(size: int) -> Rows:
    """Room for events."""
    kinds = (np.int32, np.uint8, np.int16, np.uint8, np.int16, np.bool_, np.int64, np.int64, np.int64)
    return Rows._make(np.zeros(size, dtype=kind) for kind in kinds)


@compiled
def fill_boards(boards, prices, rate_tck):  # type: ignore[no-untyped-def]
    """As `post_board` did, from the rates that it recorded."""
    for t in range(rate_tck.shape[0]):
        shuffle_channels(boards.order_tc[t], prices, t)
        for c in range(rate_tck.shape[1]):
            for k in range(rate_tck.shape[2]):
                fill_tails(boards.tail_tckx[t, c, k], rate_tck[t, c, k], prices.frequency_cap_c[c])


@compiled
def live_lives(first, stop, people, tables, boards, ledger, person, room, rows, most):  # type: ignore[no-untyped-def]
    """Live the lives of first .. stop - 1 while `rows` can hold `most` events more; returns who is next.

    With most = 0 nothing is written.
    """
    used, i = 0, first
    while i < stop and used + most <= rows.period.shape[0]:
        be_born(person, people.segment_i[i], people.index_i[i], tables)
        people.resolved_i[i] = person.marks[IDENTITY] == 1
        people.stage_i[i] = np.uint8(person.marks[STAGE])
        for n in range(person.traits.shape[0]):
            people.traits_in[i, n] = person.traits[n]
        before = used
        for t in range(boards.order_tc.shape[0]):
            shown = Shown(boards.order_tc[t], boards.tail_tckx[t], boards.short_tj[t])
            stage = person.marks[STAGE]
            live(person, t, tables, shown, ledger, room)
            if most > 0:
                used = write_period(rows, used, t, stage, person, shown, tables, room)
        sum_up(person, tables, ledger)
        people.counted_i[i] = used - before
        i += 1
    return i


@merged
def write_period(rows, used, t, stage, person, shown, tables, room):  # type: ignore[no-untyped-def]
    """Rows of one period: touches, move, orders; returns the rows in use."""
    for c in shown.order_c:
        if room.seen_c[c] > 0:
            write(rows, used, t, _TOUCH, c, stage, room.seen_c[c], room.clicked_c[c], 0, 0, 0)
            used += 1
    if person.marks[STAGE] != stage:
        write(rows, used, t, _MOVE, -1, stage, person.marks[STAGE], 0, 0, 0, 0)
        used += 1
    for n in range(room.placed[0]):
        j, value = room.order_nx[n, 0], room.order_nx[n, 1]
        margin, discounted = room.order_nx[n, 2], room.order_nx[n, 3]
        write(rows, used, t, _ORDER, tables.sell_j[j], stage, room.placed[1], 0, value, margin, discounted)
        used += 1
    return used


@merged
def write(rows, e, t, event, channel, stage, number, clicked, value, margin, discounted):  # type: ignore[no-untyped-def]
    """One row."""
    rows.period[e], rows.event[e], rows.channel[e], rows.stage[e] = t, event, channel, stage
    rows.number[e], rows.clicked[e] = number, clicked != 0
    rows.value[e], rows.margin[e], rows.discounted[e] = value, margin, discounted
