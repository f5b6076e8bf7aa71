"""What one consumer of the object engine orders in a period, and what each order leaves behind."""

from __future__ import annotations

import numpy as np

from sim.engine.compile import merged
from sim.engine.incentives import banked, extra_share, points_pull, stock_up, use_up
from sim.engine.ledger import count_acquisition, count_lost_order
from sim.engine.orders import book_order, choose_shop, draw_value, enrols
from sim.engine.person import (
    ACQUIRED,
    ACQUIRED_FIRST,
    ACQUIRED_LAST,
    COUPON,
    FIRST,
    IDENTITY,
    INDEX,
    LAST,
    LEFT,
    MOOD,
    ORDERED,
    OWED,
    POINTS,
    SEGMENT,
    SPENT,
    STAGE,
    draw_for,
)
from sim.engine.rules import count_orders, order_rate, selling_weight
from sim.engine.satisfaction import after_order, is_felt
from sim.engine.tables import ORDERS
from sim.market.layout import NEVER
from sim.market.vocabulary import Effect, Stage

_F = np.float32
_CUSTOMER, _DECIDING, _LAPSED = int(Stage.CUSTOMER), int(Stage.DECIDING), int(Stage.LAPSED)
_REPEAT = int(Effect.REPEAT)


@merged
def ordering(person, stage, t, repeat_push, tables):  # type: ignore[no-untyped-def]
    """Mean repeat orders; what was brought forward by an earlier discount is lived on first."""
    marks = person.marks
    factor = tables.buying_uks[tables.term_t[t], marks[SEGMENT], stage]
    rate = order_rate(person.traits[1], factor, person.traits[0], repeat_push)
    if marks[COUPON] > 0:
        rate = rate * tables.coupon_lift_ok[marks[COUPON], marks[SEGMENT]]
    if tables.points.shape[0] > 0:
        rate = rate * points_pull(marks[POINTS], tables.points)
        if marks[SPENT] >= tables.tier[0]:
            rate = rate * _F(tables.tier[1])
    if tables.stockpile[0] > 0.0:
        needless = use_up(rate, person.moods[OWED])
        person.moods[OWED] -= needless
        rate = rate - needless
    return rate


@merged
def buy(person, stage, t, room, tables, board, ledger):  # type: ignore[no-untyped-def]
    """Orders of a consumer who stood at `stage` when the period began."""
    marks = person.marks
    orders, repeat, rate = 0, 0, _F(0.0)
    if _CUSTOMER <= stage < _LAPSED:
        rate = ordering(person, stage, t, room.push_e[_REPEAT], tables)
    if marks[STAGE] == _CUSTOMER and stage in (_DECIDING, _LAPSED):
        orders = 1
    elif _CUSTOMER <= stage < _LAPSED and marks[STAGE] != _LAPSED:
        orders, repeat = count_orders(draw_for(person, tables, t, ORDERS), rate), 1
    if marks[STAGE] == _CUSTOMER and stage == _DECIDING:
        marks[ACQUIRED], marks[ACQUIRED_FIRST], marks[ACQUIRED_LAST] = t, marks[FIRST], marks[LAST]
        count_acquisition(ledger, marks[SEGMENT], marks[FIRST], marks[LAST])
    room.rates[2] = rate if marks[STAGE] != _LAPSED else _F(0.0)
    room.placed[0], room.placed[1] = 0, repeat
    for number in range(orders):
        order(person, t, number, repeat, room, tables, board, ledger)


@merged
def order(person, t, n, repeat, room, tables, board, ledger):  # type: ignore[no-untyped-def]
    """One order: where, at what price, and what it leaves with the buyer."""
    marks, weight_j = person.marks, room.weight_j
    k, u, index = marks[SEGMENT], tables.term_t[t], marks[INDEX]
    for j in range(weight_j.shape[0]):
        weight_j[j] = selling_weight(
            tables.preference_kj[k, j],
            tables.open_ukj[u, k, j],
            tables.pull_j[j],
            room.strength_c[tables.sell_j[j]],
        )
    j = choose_shop(tables, board, ledger, k, index, t, n, weight_j)
    if j < 0:
        count_lost_order(ledger, t, k)
        if is_felt(tables.experience):
            person.moods[MOOD] = after_order(person.moods[MOOD], _F(0.0), tables.experience)
        return
    value = draw_value(tables, k, index, t, n, j, marks[COUPON])
    buyer = (marks[ACQUIRED], marks[ACQUIRED_FIRST], marks[ACQUIRED_LAST], marks[ORDERED])
    paid, margin, discounted, change = book_order(
        tables, ledger, k, t, repeat, j, value, marks[COUPON], marks[POINTS], buyer
    )
    placed = room.placed[0]
    room.order_nx[placed, 0], room.order_nx[placed, 1] = j, paid
    room.order_nx[placed, 2], room.order_nx[placed, 3] = margin, discounted
    room.placed[0] = placed + 1
    marks[ORDERED] = min(NEVER, marks[ORDERED] + 1)
    remember_order(person, t, n, repeat, j, paid, change, tables, ledger)


@merged
def remember_order(person, t, n, repeat, j, paid, change, tables, ledger):  # type: ignore[no-untyped-def]
    """What an order leaves with its buyer: points, stock at home, satisfaction, a known identity."""
    marks, moods = person.marks, person.moods
    k, resolved = marks[SEGMENT], marks[IDENTITY]
    lift = tables.coupon_lift_ok[marks[COUPON], k]
    marks[COUPON], marks[LEFT] = 0, 0
    if tables.points.shape[0] > 0:
        marks[POINTS] = np.int64(banked(marks[POINTS], change))
        marks[SPENT] = np.int64(banked(marks[SPENT], paid))
    if tables.stockpile[0] > 0.0 and repeat == 1:
        extra = extra_share(tables.extra_uk[tables.term_t[t], k], lift)
        moods[OWED] = stock_up(moods[OWED], tables.stockpile[0], extra)
    if is_felt(tables.experience):
        moods[MOOD] = after_order(moods[MOOD], tables.service_jr[j, resolved], tables.experience)
    if resolved == 0 and enrols(tables, k, marks[INDEX], t, n, j):
        marks[IDENTITY] = 1
        ledger.enrolled_tks[t, k, marks[STAGE]] += 1
