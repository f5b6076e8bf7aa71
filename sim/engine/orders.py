"""An order, from the choice of the shop to the ledger; shared by all engines.

symbol      meaning                                              type
weight_j    weight of each selling channel for this consumer     float32 (J,)
n           0 for the first order of the period, 1 for the next  int
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import merged
from sim.engine.draws import ORDER_STRIDE, draw
from sim.engine.ledger import count_cohort_order, count_lost_order, count_order
from sim.engine.rules import choose, margin_of, order_value, quantile
from sim.engine.tables import ORDER_CHANNEL, ORDER_VALUE, VALUE


@merged
def place_order(tables, ledger, k, index, t, n, repeat, weight_j, buyer):  # type: ignore[no-untyped-def]
    """Draw one order and count it; False, and counted as lost, when every shop is shut."""
    j, value = draw_order(tables, k, index, t, n, weight_j)
    return book_order(tables, ledger, k, t, repeat, j, value, buyer)


@merged
def draw_order(tables, k, index, t, n, weight_j):  # type: ignore[no-untyped-def]
    """Shop and value in minor units of one order; (-1, 0) when every shop is shut."""
    key, word = tables.key, tables.segment_word_k[k]
    when = t + n * ORDER_STRIDE
    j = choose(draw(key[0], key[1], word, index, when, ORDER_CHANNEL), weight_j)
    if j < 0:
        return j, np.int64(0)
    typical = quantile(tables.value_kq[k], draw(key[0], key[1], word, index, 0, VALUE))
    noise = quantile(tables.noise_kq[k], draw(key[0], key[1], word, index, when, ORDER_VALUE))
    return j, order_value(typical, tables.basket_j[j], noise, tables.minor[0])


@merged
def book_order(tables, ledger, k, t, repeat, j, value, buyer):  # type: ignore[no-untyped-def]
    """Count one order, or count it as lost where j < 0; returns whether it was placed.

    `buyer` is (acquired, first, last, orders): period of acquisition or NEVER, first and last touch before
    it (C for none), orders placed before this one.
    """
    if j < 0:
        count_lost_order(ledger, t, k)
        return False
    rate = tables.margin_rate_j[j]
    count_order(ledger, t, k, j, repeat, value, margin_of(value, rate))
    acquired, first, last, orders = buyer
    age = t - acquired
    if acquired < tables.cohort[0] and age <= tables.cohort[1]:
        count_cohort_order(
            ledger, k, first, last, orders == 1, margin_of(value, rate * tables.discount_t[age])
        )
    return True
