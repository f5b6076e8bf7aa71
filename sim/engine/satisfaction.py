"""Satisfaction: how orders and too many exposures change it, and what it does to bonds and lapsing.

    symbol      meaning                                                type, shape     unit
    q           satisfaction of a consumer                             float32         0 .. 1
    heard       exposures of the period over all channels              int32           exposures
    x           parameters, places as in `behaviours.EXPERIENCE`       float32 (9,)
    service     satisfaction that an order tends to                    float32         0 .. 1

    order       q <- q + learning (service - q); a lost order counts as service 0
    period      q <- q + recovery (start - q) - fatigue max(0, heard - tolerance), not below 0
    bond        rate * exp(delight (q - 1/2))
    lapse       rate * exp(dissatisfaction (1/2 - q))

Both factors are written as their largest value times exp(-r) with r >= 0, so that a bound without the
second part never misses anyone.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import compiled, inlined
from sim.engine.rules import survival_of
from sim.market.behaviours import EXPERIENCE
from sim.market.vocabulary import Stage

_F = np.float32
_I = np.int32
_ONE, _ZERO, _TEN, _HALF = _F(1.0), _F(0.0), _F(10.0), _F(0.5)
_START, _LEARNING, _TOLERANCE, _FATIGUE, _RECOVERY, _DELIGHT, _DISSATISFACTION, _BEST, _WORST = range(
    len(EXPERIENCE)
)
_CUSTOMER, _ADVOCATE, _LAPSED = int(Stage.CUSTOMER), int(Stage.ADVOCATE), int(Stage.LAPSED)


@inlined
def is_felt(x):  # type: ignore[no-untyped-def]
    """Whether satisfaction is simulated."""
    return x.shape[0] > 0


@inlined
def after_order(q, service, x):  # type: ignore[no-untyped-def]
    """Satisfaction after an order."""
    return q + x[_LEARNING] * (service - q)


@inlined
def after_period(q, heard, x):  # type: ignore[no-untyped-def]
    """Satisfaction at the end of a period: recovery, and fatigue of what was too much."""
    over = _F(heard) - x[_TOLERANCE]
    over = over if over > _ZERO else _ZERO
    q = (q + x[_RECOVERY] * (x[_START] - q)) - x[_FATIGUE] * over
    return q if q > _ZERO else _ZERO


@inlined
def most_delighted(onward, x):  # type: ignore[no-untyped-def]
    """Rate of bonding of a fully satisfied customer."""
    return onward * x[_BEST]


@inlined
def delighted(most, q, x):  # type: ignore[no-untyped-def]
    """Rate of bonding at satisfaction q, from `most_delighted`."""
    return most * survival_of(x[_DELIGHT] * (_ONE - q))


@inlined
def most_dissatisfied(away, x):  # type: ignore[no-untyped-def]
    """Rate of lapsing of a fully dissatisfied customer."""
    return away * x[_WORST]


@inlined
def dissatisfied(most, q, x):  # type: ignore[no-untyped-def]
    """Rate of lapsing at satisfaction q, from `most_dissatisfied`."""
    return most * survival_of(x[_DISSATISFACTION] * q)


@inlined
def start_of(x):  # type: ignore[no-untyped-def]
    """Satisfaction before the first order."""
    return x[_START]


@inlined
def answer_of(q):  # type: ignore[no-untyped-def]
    """What a customer answers to "would you recommend us", 0 to 10."""
    return np.int64(q * _TEN + _HALF)


@compiled
def bound_rates(stage, x, onward, away, n):  # type: ignore[no-untyped-def]
    """Largest rates of customers' moves, whatever their satisfaction."""
    for i in range(n):
        s = stage[i]
        customer = (s >= _I(_CUSTOMER)) & (s < _I(_LAPSED))
        bonding = customer & (s < _I(_ADVOCATE))
        onward[i] = most_delighted(onward[i], x) if bonding else onward[i]
        away[i] = most_dissatisfied(away[i], x) if customer else away[i]


@compiled
def hear(exposures, heard, n):  # type: ignore[no-untyped-def]
    """Add a channel's exposures to those of the period."""
    for i in range(n):
        heard[i] += exposures[i]


@compiled
def settle_down(mood, heard, x, n):  # type: ignore[no-untyped-def]
    """The end of a period for everyone of a tile."""
    for i in range(n):
        mood[i] = after_period(mood[i], heard[i], x)
