"""One consumer's period, step by step in scalar code: what the object engine runs.

The kernel does the same for a thousand consumers at a time; both call the same rules with the same
draws, which is why their ledgers are equal bit for bit.

    step        what happens                                             MODEL
    meet        exposures, clicks, touches and memory of each channel    5.2, 5.3
    feel        push of what is remembered, on each move                 5.4
    move        at most one change of stage                              5.4
    buy         first and repeat orders                                  5.5
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled, inlined
from sim.engine.draws import draw, remix
from sim.engine.ledger import count_acquisition, count_move, count_reach
from sim.engine.orders import book_order, draw_order
from sim.engine.rules import (
    chance_of,
    count_exposures,
    count_orders,
    goes_onward,
    happens,
    is_click,
    lapse_rate,
    lifted,
    onward_rate,
    order_rate,
    quantile,
    remember,
    selling_weight,
    strength_of,
    touch,
)
from sim.engine.state import initial_stage
from sim.engine.tables import INITIAL, LAPSE, MOVE, NEXT, ORDERS, PURCHASE, RESOLVED, THETA
from sim.market.layout import COUNTED, MOST_ORDERS, NEVER, ON_PLATFORM
from sim.market.vocabulary import N_EFFECTS, Effect, Stage

_F = np.float32
_CUSTOMER, _DECIDING, _LAPSED = int(Stage.CUSTOMER), int(Stage.DECIDING), int(Stage.LAPSED)
_ADVOCATE, _AWARE = int(Stage.ADVOCATE), int(Stage.AWARE)
_RETAIN, _REPEAT, _WIN_BACK = int(Effect.RETAIN), int(Effect.REPEAT), int(Effect.WIN_BACK)

# Places in `Person.marks`.
SEGMENT, INDEX, STAGE, IDENTITY, FIRST, LAST = 0, 1, 2, 3, 4, 5
ACQUIRED, ACQUIRED_FIRST, ACQUIRED_LAST, ORDERED = 6, 7, 8, 9
MARKS = 10


class Person(NamedTuple):
    """State of one consumer.

    Attributes:
        memory_c: remembered exposures by channel, float32 (C,).
        touches_c: on-platform bit and exposures so far, uint8 (C,).
        traits: responsiveness, purchase rate, lapse rate, float32 (3,).
        marks: segment, index in it, stage, resolved, first and last touch (C for none), period of
            acquisition or NEVER, the touches at that moment, orders, int64 (10,).
    """

    memory_c: npt.NDArray[np.float32]
    touches_c: npt.NDArray[np.uint8]
    traits: npt.NDArray[np.float32]
    marks: npt.NDArray[np.int64]


class Room(NamedTuple):
    """Room that `live` works in; it then tells what the period held for the consumer.

    Attributes:
        strength_c: strength of each channel's memory, float32 (C,).
        push_e: push on each move, float32 (9,).
        weight_j: weight of each selling channel, if there was an order, float32 (J,).
        seen_c, clicked_c: exposures and clicks, int64 (C,).
        rates: of moving onward, of moving away, of repeat orders, float32 (3,).
        placed: number of orders, and whether they are repeat orders, int64 (2,).
        order_nx: shop and value in minor units of each order, int64 (MOST_ORDERS, 2).
    """

    strength_c: npt.NDArray[np.float32]
    push_e: npt.NDArray[np.float32]
    weight_j: npt.NDArray[np.float32]
    seen_c: npt.NDArray[np.int64]
    clicked_c: npt.NDArray[np.int64]
    rates: npt.NDArray[np.float32]
    placed: npt.NDArray[np.int64]
    order_nx: npt.NDArray[np.int64]


def new_room(channels: int, shops: int) -> Room:
    """Room for one consumer at a time."""
    strength_c, push_e, weight_j, rates = (
        np.zeros(size, dtype=np.float32) for size in (channels, N_EFFECTS, shops, 3)
    )
    seen_c, clicked_c, placed = (np.zeros(size, dtype=np.int64) for size in (channels, channels, 2))
    order_nx = np.zeros((MOST_ORDERS, 2), dtype=np.int64)
    return Room(strength_c, push_e, weight_j, seen_c, clicked_c, rates, placed, order_nx)


def new_person(channels: int) -> Person:
    """Room for one consumer, who is yet to `be_born`."""
    return Person(
        np.zeros(channels, dtype=np.float32),
        np.zeros(channels, dtype=np.uint8),
        np.zeros(3, dtype=np.float32),
        np.zeros(MARKS, dtype=np.int64),
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
    person.traits[0] = quantile(tables.theta_kq[k], draw_for(person, tables, 0, THETA))
    person.traits[1] = quantile(tables.purchase_kq[k], draw_for(person, tables, 0, PURCHASE))
    person.traits[2] = quantile(tables.lapse_kq[k], draw_for(person, tables, 0, LAPSE))
    person.marks[IDENTITY] = np.int64(draw_for(person, tables, 0, RESOLVED) < tables.match[0])
    person.marks[STAGE] = initial_stage(draw_for(person, tables, 0, INITIAL), tables.initial_ks[k])
    for c in range(person.touches_c.shape[0]):
        here = draw_for(person, tables, 0, tables.platform_word_c[c]) < tables.reach_ck[c, k]
        person.touches_c[c] = np.uint8(ON_PLATFORM if here else 0)
        person.memory_c[c] = _F(0.0)


@compiled
def live(person, t, tables, board, ledger, room):  # type: ignore[no-untyped-def]
    """Run period t of one consumer and count it."""
    for c in board.order_c:
        meet(c, person, t, tables, board, ledger, room)
    feel(room.strength_c, tables, room.push_e)
    move_and_buy(person, t, room, tables, ledger)


@inlined
def meet(c, person, t, tables, board, ledger, room):  # type: ignore[no-untyped-def]
    """Exposures to channel c, clicks, touches, memory and its strength."""
    marks = person.marks
    k, stage = marks[SEGMENT], marks[STAGE]
    seen, clicked = 0, 0
    eligible = (tables.eligible_c[c] >> np.int32(stage + 8 * marks[IDENTITY])) & 1
    u = np.uint32(0)
    if eligible and person.touches_c[c] & ON_PLATFORM:
        u = draw_for(person, tables, t, tables.exposure_word_c[c])
        seen = count_exposures(u, board.tail_ckx[c, k])
    if seen > 0:
        if is_click(remix(u), tables.click_cx[c, seen]):
            clicked = 1
        ledger.exposures_tcks[t, c, k, stage] += seen
        ledger.reached_tck[t, c, k] += 1
        ledger.clicks_tck[t, c, k] += clicked
        person.touches_c[c] = touch(person.touches_c[c], np.int32(seen))
        marks[LAST] = c
        if marks[FIRST] == person.memory_c.shape[0]:
            marks[FIRST] = c
    person.memory_c[c] = remember(
        person.memory_c[c], np.int32(seen), np.int32(clicked), tables.retain_c[c], tables.click_weight_c[c]
    )
    room.seen_c[c], room.clicked_c[c] = seen, clicked
    room.strength_c[c] = strength_of(person.memory_c[c], tables.saturation_c[c])


@inlined
def feel(strength_c, tables, push_e):  # type: ignore[no-untyped-def]
    """Push on each move: sum over channels of effect * lifted strength."""
    for e in range(push_e.shape[0]):
        push_e[e] = _F(0.0)
    for c in range(strength_c.shape[0]):
        felt = felt_strength(c, strength_c, tables)
        for e in range(push_e.shape[0]):
            push_e[e] += tables.effect_ce[c, e] * felt


@inlined
def felt_strength(c, strength_c, tables):  # type: ignore[no-untyped-def]
    """Strength of channel c, lifted by the channels remembered with it."""
    lift = _F(0.0)
    for p in range(tables.lift_start_c[c], tables.lift_start_c[c + 1]):
        lift += tables.lift_boost_p[p] * strength_c[tables.lift_from_p[p]]
    return lifted(strength_c[c], lift)


@inlined
def onward_push(stage, push_e):  # type: ignore[no-untyped-def]
    """The push on the move onward from a stage."""
    if stage == _ADVOCATE:
        return _F(0.0)
    return push_e[_WIN_BACK] if stage == _LAPSED else push_e[stage]


@inlined
def away_rate(person, push_e, tables):  # type: ignore[no-untyped-def]
    """Rate of cooling or lapsing."""
    stage = person.marks[STAGE]
    if _CUSTOMER <= stage < _LAPSED:
        theta, own = person.traits[0], person.traits[2]
        return lapse_rate(own, tables.lapse_factor_s[stage], theta, push_e[_RETAIN])
    return tables.cool[0] if _AWARE <= stage < _CUSTOMER else _F(0.0)


@inlined
def move_and_buy(person, t, room, tables, ledger):  # type: ignore[no-untyped-def]
    """At most one move, then orders: one on becoming a customer, a Poisson count while being one."""
    marks, theta, push_e = person.marks, person.traits[0], room.push_e
    k, stage = marks[SEGMENT], marks[STAGE]
    onward = onward_rate(tables.base_ks[k, stage], theta, onward_push(stage, push_e))
    leaving = away_rate(person, push_e, tables)
    total = onward + leaving
    room.rates[0], room.rates[1] = onward, leaving
    u, chance = draw_for(person, tables, t, MOVE), chance_of(total)
    if happens(u, chance):
        away = np.int64(not goes_onward(u, chance, onward, total))
        count_move(ledger, t, k, stage, away, marks[IDENTITY])
        marks[STAGE] = NEXT[stage, away]
    buy(person, stage, t, room, tables, ledger)


@inlined
def buy(person, stage, t, room, tables, ledger):  # type: ignore[no-untyped-def]
    """Orders of a consumer who stood at `stage` when the period began."""
    marks = person.marks
    orders, repeat, rate = 0, 0, _F(0.0)
    if marks[STAGE] == _CUSTOMER and stage in (_DECIDING, _LAPSED):
        orders = 1
    elif _CUSTOMER <= stage < _LAPSED and marks[STAGE] != _LAPSED:
        rate = order_rate(
            person.traits[1], tables.purchase_factor_s[stage], person.traits[0], room.push_e[_REPEAT]
        )
        orders, repeat = count_orders(draw_for(person, tables, t, ORDERS), rate), 1
    if marks[STAGE] == _CUSTOMER and stage == _DECIDING:
        marks[ACQUIRED], marks[ACQUIRED_FIRST], marks[ACQUIRED_LAST] = t, marks[FIRST], marks[LAST]
        if t < tables.cohort[0]:
            count_acquisition(ledger, marks[SEGMENT], marks[FIRST], marks[LAST])
    room.rates[2], room.placed[0], room.placed[1] = rate, 0, repeat
    for number in range(orders):
        weight_j = room.weight_j
        for j in range(weight_j.shape[0]):
            strength = room.strength_c[tables.sell_j[j]]
            weight_j[j] = selling_weight(
                tables.preference_kj[marks[SEGMENT], j], tables.open_tj[t, j], tables.pull_j[j], strength
            )
        buyer = (marks[ACQUIRED], marks[ACQUIRED_FIRST], marks[ACQUIRED_LAST], marks[ORDERED])
        j, value = draw_order(tables, marks[SEGMENT], marks[INDEX], t, number, weight_j)
        if book_order(tables, ledger, marks[SEGMENT], t, repeat, j, value, buyer):
            room.order_nx[number, 0], room.order_nx[number, 1] = j, value
            room.placed[0] = number + 1
            marks[ORDERED] = min(NEVER, marks[ORDERED] + 1)


@compiled
def sum_up(person, ledger):  # type: ignore[no-untyped-def]
    """At the end of the run: reach and frequency of one consumer."""
    for c in range(person.touches_c.shape[0]):
        count_reach(ledger, person.marks[SEGMENT], c, np.int64(person.touches_c[c]) & COUNTED)
