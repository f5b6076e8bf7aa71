"""One consumer of the object engine: what is kept of a life, and how it begins.

Places in the arrays have names here, so that `life` and `buying` read like the model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled, inlined
from sim.engine.draws import draw
from sim.engine.rules import quantile
from sim.engine.satisfaction import is_felt, start_of
from sim.engine.state import initial_stage
from sim.engine.tables import INITIAL, LAPSE, PURCHASE, RESOLVED, THETA
from sim.market.layout import MOST_ORDERS, NEVER, ON_PLATFORM
from sim.market.vocabulary import N_EFFECTS

_F = np.float32

# Places in `Person.marks`.
SEGMENT, INDEX, STAGE, IDENTITY, FIRST, LAST = 0, 1, 2, 3, 4, 5
ACQUIRED, ACQUIRED_FIRST, ACQUIRED_LAST, ORDERED = 6, 7, 8, 9
COUPON, LEFT, POINTS, SPENT = 10, 11, 12, 13
MARKS = 14
# Places in `Person.moods`.
MOOD, OWED = 0, 1
# Places in `Room.counts`.
SHOWN, HEARD = 0, 1


class Person(NamedTuple):
    """State of one consumer.

    Attributes:
        memory_c: remembered exposures by channel, float32 (C,).
        touches_c: on-platform bit and exposures so far, uint8 (C,).
        traits: responsiveness, purchase rate, lapse rate, float32 (3,).
        marks: segment, index in it, stage, resolved, first and last touch (C for none), period of
            acquisition or NEVER, the touches at that moment, orders, coupon held and periods left, points
            and sum paid in minor units, int64 (14,).
        moods: satisfaction, and orders that discounts have brought forward, float32 (2,).
    """

    memory_c: npt.NDArray[np.float32]
    touches_c: npt.NDArray[np.uint8]
    traits: npt.NDArray[np.float32]
    marks: npt.NDArray[np.int64]
    moods: npt.NDArray[np.float32]


class Room(NamedTuple):
    """Room that `live` works in; it then tells what the period held for the consumer.

    Attributes:
        strength_c: strength of each channel's memory, float32 (C,).
        push_e: push on each move, float32 (9,).
        weight_j: weight of each selling channel, if there was an order, float32 (J,).
        seen_c, clicked_c: exposures and clicks, int64 (C,).
        rates: of moving onward, of moving away, of repeat orders, float32 (3,).
        placed: number of orders, and whether they are repeat orders, int64 (2,).
        order_nx: shop, sum paid and margin in minor units of each order, int64 (MOST_ORDERS, 3).
        counts: exposures to channels with a price, and to any channel, int64 (2,).
    """

    strength_c: npt.NDArray[np.float32]
    push_e: npt.NDArray[np.float32]
    weight_j: npt.NDArray[np.float32]
    seen_c: npt.NDArray[np.int64]
    clicked_c: npt.NDArray[np.int64]
    rates: npt.NDArray[np.float32]
    placed: npt.NDArray[np.int64]
    order_nx: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


def new_room(channels: int, shops: int) -> Room:
    """Room for one consumer at a time."""
    strength_c, push_e, weight_j, rates = (
        np.zeros(size, dtype=np.float32) for size in (channels, N_EFFECTS, shops, 3)
    )
    seen_c, clicked_c, placed = (np.zeros(size, dtype=np.int64) for size in (channels, channels, 2))
    order_nx, counts = np.zeros((MOST_ORDERS, 3), dtype=np.int64), np.zeros(2, dtype=np.int64)
    return Room(strength_c, push_e, weight_j, seen_c, clicked_c, rates, placed, order_nx, counts)


def new_person(channels: int) -> Person:
    """Room for one consumer, who is yet to `be_born`."""
    return Person(
        np.zeros(channels, dtype=np.float32),
        np.zeros(channels, dtype=np.uint8),
        np.zeros(3, dtype=np.float32),
        np.zeros(MARKS, dtype=np.int64),
        np.zeros(2, dtype=np.float32),
    )


@inlined
def draw_for(person, tables, period_word, purpose):  # type: ignore[no-untyped-def]
    """The consumer's draw for a period and purpose."""
    marks = person.marks
    word = tables.segment_word_k[marks[SEGMENT]]
    return draw(tables.key[0], tables.key[1], word, marks[INDEX], period_word, purpose)


@compiled
def be_born(person, segment, index, tables):  # type: ignore[no-untyped-def]
    """Begin a life: draw traits, identity, initial stage and platforms; nothing has been met yet."""
    k, none = segment, person.memory_c.shape[0]
    person.marks[SEGMENT], person.marks[INDEX] = segment, index
    person.marks[FIRST], person.marks[LAST] = none, none
    person.marks[ACQUIRED], person.marks[ORDERED] = NEVER, 0
    person.marks[ACQUIRED_FIRST], person.marks[ACQUIRED_LAST] = none, none
    person.marks[COUPON:] = 0
    person.moods[MOOD] = start_of(tables.experience) if is_felt(tables.experience) else _F(0.0)
    person.moods[OWED] = _F(0.0)
    person.traits[0] = quantile(tables.theta_kq[k], draw_for(person, tables, 0, THETA))
    person.traits[1] = quantile(tables.purchase_kq[k], draw_for(person, tables, 0, PURCHASE))
    person.traits[2] = quantile(tables.lapse_kq[k], draw_for(person, tables, 0, LAPSE))
    person.marks[IDENTITY] = np.int64(draw_for(person, tables, 0, RESOLVED) < tables.match[0])
    person.marks[STAGE] = initial_stage(draw_for(person, tables, 0, INITIAL), tables.initial_ks[k])
    for c in range(person.touches_c.shape[0]):
        here = draw_for(person, tables, 0, tables.platform_word_c[c]) < tables.reach_ck[c, k]
        person.touches_c[c] = np.uint8(ON_PLATFORM if here else 0)
        person.memory_c[c] = _F(0.0)
