"""Trace: one consumer's life, period by period, with the probabilities that were in force.

    symbol        meaning                                                              shape     unit
    stage_t       stage at the start of each period, and at the end                    (T + 1,)
    meet_tc       chance of at least one exposure                                      (T, C)    0 .. 1
    seen_tc       exposures                                                            (T, C)
    clicked_tc    clicks, 0 or 1                                                       (T, C)
    ctr_tc        chance of a click on one exposure                                    (T, C)    0 .. 1
    rate_td       rate of moving onward, and away (cooling or lapsing)                 (T, 2)    per period
    chance_td     chance of each                                                       (T, 2)    0 .. 1
    moved_t       direction of the move: 0 onward, 1 away, -1 none                     (T,)
    base_t        the onward rate without any channel                                  (T,)      per period
    push_tc       what each channel added to the onward rate                           (T, C)    per period
    repeat_t      mean number of repeat orders, 0 for who cannot place any             (T,)      orders
    shop_tj       chance that an order goes to a shop; 0 in periods without an order   (T, J)    0 .. 1

Where `replay` is for many, this is for one: the same boards, the same steps, and what they weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled
from sim.engine.event_log import EventLog, Flags, Ints
from sim.engine.ledger import empty_ledger
from sim.engine.life import felt_strength, live, onward_push
from sim.engine.lives import Shown, repost
from sim.engine.person import IDENTITY, SEGMENT, STAGE, be_born, draw_for, new_person, new_room
from sim.engine.replay import replay
from sim.engine.rules import chance_of, onward_rate, quantile
from sim.engine.run import Run
from sim.engine.tables import VALUE, make_tables
from sim.market.layout import ON_PLATFORM
from sim.market.vocabulary import N_EFFECTS, NEXT_STAGE

Floats = npt.NDArray[np.float64]
_TWO32 = 4294967296.0
_ZERO = np.float32(0.0)


@dataclass(frozen=True, eq=False)
class Trace:
    """One life with its probabilities; see the module's table.

    Attributes:
        log: the consumer's events, traits and identity.
        on_platform_c: channels on which the consumer can be met, (C,).
        typical_value: of an order, currency.
    """

    log: EventLog
    on_platform_c: Flags
    typical_value: float
    stage_t: Ints
    meet_tc: Floats
    seen_tc: Ints
    clicked_tc: Ints
    ctr_tc: Floats
    rate_td: Floats
    chance_td: Floats
    moved_t: Ints
    base_t: Floats
    push_tc: Floats
    repeat_t: Floats
    shop_tj: Floats


class Weights(NamedTuple):
    """What a period's steps weighed, for one consumer; `push_e` is working room."""

    push_e: npt.NDArray[np.float32]
    push_c: npt.NDArray[np.float32]
    chance_d: npt.NDArray[np.float32]


def trace(run: Run, consumer: int) -> Trace:
    """Follow one consumer of a run.

    Raises:
        OmnifunnelError: the number is outside the sample.
    """
    log, world = replay(run, [consumer]), run.world
    segment, index = int(log.segment_i[0]), int(log.index_i[0])
    tables, prices = make_tables(world, run.seed, run.replicate)
    boards, ledger = repost(run, prices), empty_ledger(world)
    person = new_person(len(world.channels))
    room = new_room(len(world.channels), len(world.sell_channels))
    weights = Weights(*(np.zeros(n, dtype=np.float32) for n in (N_EFFECTS, len(world.channels), 2)))
    found = _new_trace(run)
    be_born(person, segment, index, tables)
    on_platform_c = (person.touches_c & ON_PLATFORM) > 0
    for t in range(world.total_periods):
        stage, resolved = int(person.marks[STAGE]), int(person.marks[IDENTITY])
        shown = Shown(boards.order_tc[t], boards.tail_tckx[t], boards.short_tj[t])
        live(person, t, tables, shown, ledger, room)
        weigh(person, stage, t, tables, room, weights)
        eligible_c = world.eligible_csr[:, stage, resolved] * on_platform_c
        found["stage_t"][t] = stage
        found["meet_tc"][t] = boards.tail_tckx[t, :, segment, 0] / _TWO32 * eligible_c
        found["ctr_tc"][t] = tables.click_urcx[tables.term_t[t], resolved, :, 1] / _TWO32
        found["seen_tc"][t], found["clicked_tc"][t] = room.seen_c, room.clicked_c
        found["rate_td"][t], found["chance_td"][t] = room.rates[:2], weights.chance_d
        base = float(tables.base_uks[tables.term_t[t], segment, stage])
        known = base + float(weights.push_c.sum())
        lift = room.rates[0] / known if known > 0 else 1.0  # a coupon or delight lifts all parts alike
        found["base_t"][t], found["push_tc"][t] = base * lift, weights.push_c * lift
        found["repeat_t"][t] = room.rates[2]
        if person.marks[STAGE] != stage:
            found["moved_t"][t] = NEXT_STAGE[stage].index(person.marks[STAGE])
        if room.placed[0]:
            found["shop_tj"][t] = room.weight_j / room.weight_j.sum()
    found["stage_t"][-1] = person.marks[STAGE]
    return Trace(log, on_platform_c, float(typical_value(person, tables)), **found)


def _new_trace(run: Run) -> dict[str, Any]:
    periods, channels, shops = run.world.total_periods, len(run.world.channels), len(run.world.sell_channels)
    by_channel, by_direction = (periods, channels), (periods, 2)
    return {
        "stage_t": np.zeros(periods + 1, dtype=np.int64),
        "meet_tc": np.zeros(by_channel),
        "seen_tc": np.zeros(by_channel, dtype=np.int64),
        "clicked_tc": np.zeros(by_channel, dtype=np.int64),
        "ctr_tc": np.zeros(by_channel),
        "rate_td": np.zeros(by_direction),
        "chance_td": np.zeros(by_direction),
        "moved_t": np.full(periods, -1, dtype=np.int64),
        "base_t": np.zeros(periods),
        "push_tc": np.zeros(by_channel),
        "repeat_t": np.zeros(periods),
        "shop_tj": np.zeros((periods, shops)),
    }


@compiled
def weigh(person, stage, t, tables, room, weights):  # type: ignore[no-untyped-def]
    """What each channel added to the rate of moving onward from `stage`, and the chances of moving."""
    push_e, theta = weights.push_e, person.traits[0]
    for c in range(room.strength_c.shape[0]):
        felt = felt_strength(c, room.strength_c, tables)
        for e in range(push_e.shape[0]):
            push_e[e] = tables.effect_ukce[tables.term_t[t], person.marks[SEGMENT], c, e] * felt
        weights.push_c[c] = onward_rate(_ZERO, theta, onward_push(stage, push_e))
    total = room.rates[0] + room.rates[1]
    for d in range(2):
        weights.chance_d[d] = chance_of(total) * (room.rates[d] / total) if total > _ZERO else _ZERO


@compiled
def typical_value(person, tables):  # type: ignore[no-untyped-def]
    """The consumer's typical order value, currency."""
    return quantile(tables.value_kq[person.marks[SEGMENT]], draw_for(person, tables, 0, VALUE))
