"""Coupons, points, tiers and stocks at home: what makes one consumer's next order dearer or nearer.

symbol      meaning                                                          type       unit
coupon      coupon held: 0 none, else o of `behaviours`                      uint8
left        periods in which it can still be used, this one included         uint8      periods
lift_o      orders at the coupon's price / orders at the usual price         float32
points      balance of the loyalty account                                   int32      minor units
spent       paid so far in the run                                           int32      minor units
owed        orders that an earlier discount has already brought forward      float32    orders
loyalty     earn, redeem_at (minor units), pull; empty: no programme         float64 (3,)
tier        spend (minor units), purchase, lapse                             float64 (3,)
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import compiled, inlined
from sim.market.vocabulary import Stage

_F = np.float32
_I = np.int32
_B = np.uint8
_ZERO, _ONE = _F(0.0), _F(1.0)
_DECIDING, _LAPSED, _CUSTOMER = int(Stage.DECIDING), int(Stage.LAPSED), int(Stage.CUSTOMER)
#: Most that an account or a sum of orders holds, minor units.
MOST_MONEY = 2_000_000_000


@inlined
def use_up(rate, owed):  # type: ignore[no-untyped-def]
    """Expected orders of a period that the stock at home makes needless."""
    return rate * (owed if owed < _ONE else _ONE)


@inlined
def extra_share(extra, lift):  # type: ignore[no-untyped-def]
    """Share of orders that would not have come now at the usual price, with a coupon that lifts them too."""
    return 1.0 - (1.0 - extra) / np.float64(lift)


@inlined
def stock_up(owed, stockpile, extra):  # type: ignore[no-untyped-def]
    """Orders owed after a repeat order, of which the share `extra` is due to a discount."""
    return owed + _F(stockpile * extra)


@inlined
def points_pull(points, loyalty):  # type: ignore[no-untyped-def]
    """Factor on the purchase rate of who has points: 1 + pull * points / redeem_at, at most 1 + pull."""
    near = _F(points) / _F(loyalty[1])
    return _ONE + _F(loyalty[2]) * (near if near < _ONE else _ONE)


@inlined
def redeemed(points, value, loyalty):  # type: ignore[no-untyped-def]
    """Points that pay for an order: all, once there are enough, but no more than the order's value."""
    if loyalty.shape[0] == 0 or points < loyalty[1]:
        return np.int64(0)
    return min(np.int64(points), np.int64(value))


@inlined
def earned_points(paid, loyalty):  # type: ignore[no-untyped-def]
    """Points for what was paid."""
    return np.int64(paid * loyalty[0]) if loyalty.shape[0] > 0 else np.int64(0)


@inlined
def banked(balance, change):  # type: ignore[no-untyped-def]
    """An account after a change, within what it can hold."""
    return _I(min(np.int64(MOST_MONEY), np.int64(balance) + change))


@compiled
def expire(coupon, left, n):  # type: ignore[no-untyped-def]
    """At the start of a period a coupon has one period less."""
    for i in range(n):
        left[i] = _B(left[i] - _B(1)) if left[i] > _B(0) else _B(0)
        coupon[i] = coupon[i] if left[i] > _B(0) else _B(0)


@compiled
def claim(clicks, coupon, left, which, valid, n):  # type: ignore[no-untyped-def]
    """Everyone who clicked holds the channel's coupon, in place of an older one."""
    for i in range(n):
        if clicks[i] > _I(0):
            coupon[i], left[i] = _B(which), _B(valid)


@compiled
def tempt(stage, coupon, lift_o, onward, rate, n):  # type: ignore[no-untyped-def]
    """Who holds a coupon orders at its price."""
    for i in range(n):
        if coupon[i] > _B(0):
            lift = lift_o[coupon[i]]
            if stage[i] == _I(_DECIDING) or stage[i] == _I(_LAPSED):
                onward[i] = onward[i] * lift
            rate[i] = rate[i] * lift


@compiled
def reward(stage, points, spent, loyalty, tier, away, rate, n):  # type: ignore[no-untyped-def]
    """Points near and the tier lift the rate of orders; the tier keeps customers."""
    for i in range(n):
        rate[i] = rate[i] * points_pull(points[i], loyalty)
        if spent[i] >= tier[0]:
            rate[i] = rate[i] * _F(tier[1])
            if (stage[i] >= _I(_CUSTOMER)) & (stage[i] < _I(_LAPSED)):
                away[i] = away[i] * _F(tier[2])


@compiled
def live_on_stock(owed, rate, n):  # type: ignore[no-untyped-def]
    """Orders brought forward take the place of orders now."""
    for i in range(n):
        needless = use_up(rate[i], owed[i])
        owed[i] = owed[i] - needless
        rate[i] = rate[i] - needless
