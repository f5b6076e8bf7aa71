"""An order, from the choice of the shop to the ledger; shared by all engines.

symbol      meaning                                                    type
weight_j    weight of each selling channel for this consumer           float32 (J,)
n           0 for the first order of the period, 1 for the next        int
coupon      coupon held, 0 for none                                    int
points      balance of the loyalty account, minor units                int
short_j     share of a selling channel's orders that it cannot serve   float64 (J,)
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compile import merged
from sim.engine.draws import ORDER_STRIDE, draw
from sim.engine.incentives import earned_points, redeemed
from sim.engine.ledger import count_cohort_order, count_order
from sim.engine.rules import choose, margin_of, order_value, quantile
from sim.engine.tables import ENROL, ORDER_CHANNEL, ORDER_VALUE, OTHER_CHANNEL, SERVED, SHARED, VALUE
from sim.market.layout import NEVER

_TWO32 = 4294967296.0


@merged
def choose_shop(tables, board, ledger, k, index, t, n, weight_j):  # type: ignore[no-untyped-def]
    """Selling channel of one order; -1 when every shop is shut or none can serve it."""
    key, word, when = tables.key, tables.segment_word_k[k], t + n * ORDER_STRIDE
    j = choose(draw(key[0], key[1], word, index, when, ORDER_CHANNEL), weight_j)
    if j < 0 or math.isinf(tables.capacity_j[j]):
        return j
    ledger.wanted_tj[t, j] += 1
    short = board.short_j[j] * _TWO32
    if short <= 0.0 or draw(key[0], key[1], word, index, when, SERVED) >= short:
        return j
    if draw(key[0], key[1], word, index, when, SHARED) >= tables.shared_stock[0]:
        return -1
    own = weight_j[j]
    weight_j[j] = np.float32(0.0)
    other = choose(draw(key[0], key[1], word, index, when, OTHER_CHANNEL), weight_j)
    weight_j[j] = own
    return other


@merged
def draw_value(tables, k, index, t, n, j, coupon):  # type: ignore[no-untyped-def]
    """What the order costs its buyer, minor units, before points."""
    key, word, when = tables.key, tables.segment_word_k[k], t + n * ORDER_STRIDE
    typical = quantile(tables.value_kq[k], draw(key[0], key[1], word, index, 0, VALUE))
    noise = quantile(tables.noise_kq[k], draw(key[0], key[1], word, index, when, ORDER_VALUE))
    basket = tables.basket_uoj[tables.term_t[t], coupon, j]
    return order_value(typical, basket, noise, tables.minor[0])


@merged
def book_order(tables, ledger, k, t, repeat, j, value, coupon, points, buyer):  # type: ignore[no-untyped-def]
    """Count one order; returns (paid, margin, margin discounted, change of points), minor units.

    The margin is discounted to the buyer's acquisition; to the start of the run where that was before it.

    `buyer` is (acquired, first, last, orders): period of acquisition or NEVER, first and last touch before
    it (C for none), orders placed before this one.
    """
    acquired, first, last, orders = buyer
    rate = tables.margin_rate_uoj[tables.term_t[t], coupon, j]
    used = redeemed(points, value, tables.points)
    fee = np.int64(0)
    if orders == 0 and acquired == t and last < tables.reward_c.shape[0]:
        fee = tables.reward_c[last]
        ledger.rewards_tc[t, last] += fee
    paid, margin = value - used, margin_of(value, rate) - used - fee
    count_order(ledger, t, k, j, repeat, paid, margin)
    gained = earned_points(paid, tables.points)
    ledger.points_tkr[t, k, 0] += gained
    ledger.points_tkr[t, k, 1] += used
    age = t - acquired if acquired != NEVER else t + 1
    then = tables.discount_t[age]
    discounted = margin_of(value, rate * then) - margin_of(used, then) - fee
    if acquired != NEVER and age <= tables.ltv_horizon[0]:
        count_cohort_order(ledger, k, first, last, orders == 1, discounted)
    return paid, margin, discounted, gained - used


@merged
def enrols(tables, k, index, t, n, j):  # type: ignore[no-untyped-def]
    """Whether an order makes its buyer known to the brand."""
    if tables.enrol_j[j] == 0:
        return False
    key, when = tables.key, t + n * ORDER_STRIDE
    return draw(key[0], key[1], tables.segment_word_k[k], index, when, ENROL) < tables.enrol_j[j]
