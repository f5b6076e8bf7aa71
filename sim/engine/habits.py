"""The optional behaviours in the compiled engine: what each step of `kernel` does more when they are on.

    step              satisfaction            loyalty, coupons, stock at home          cap
    begin             nothing heard yet       coupons run out                          nothing shown yet
    note              exposures heard         a click claims a coupon
    weigh             bounds on rates         factors on rates
    exact_rates       exact rates             the tier
    remember_order    moved by the order      accounts, coupon used, stock, identity

Each step tests whether its behaviour is on; state of one that is off has no tile and is not touched.
"""

from __future__ import annotations

import numpy as np

from sim.engine import incentives, satisfaction
from sim.engine.compile import merged
from sim.engine.orders import enrols
from sim.engine.passes import clear_counts
from sim.market.vocabulary import Stage

_F = np.float32
_ADVOCATE = int(Stage.ADVOCATE)


@merged
def begin(tile, n, tables, state, scratch):  # type: ignore[no-untyped-def]
    """Before the channels of a period."""
    if tables.contact_cap[0] > 0:
        clear_counts(scratch.shown, n)
    if satisfaction.is_felt(tables.experience):
        clear_counts(scratch.heard, n)
    if state.coupon.shape[0] > 0:
        incentives.expire(state.coupon[tile], state.left[tile], n)


@merged
def note(c, tile, n, tables, state, scratch):  # type: ignore[no-untyped-def]
    """After everyone of the tile has met channel c."""
    if satisfaction.is_felt(tables.experience):
        satisfaction.hear(scratch.exposures, scratch.heard, n)
    which = tables.coupon_c[c]
    if which > 0:
        valid = tables.coupon_valid_o[which]
        incentives.claim(scratch.clicks, state.coupon[tile], state.left[tile], which, valid, n)


@merged
def note_one(c, tile, i, exposures, clicks, tables, state, scratch):  # type: ignore[no-untyped-def]
    """As `note`, for one consumer."""
    if satisfaction.is_felt(tables.experience):
        scratch.heard[i] += exposures
    which = tables.coupon_c[c]
    if which > 0 and clicks > 0:
        state.coupon[tile, i], state.left[tile, i] = np.uint8(which), np.uint8(tables.coupon_valid_o[which])


@merged
def weigh(tile, n, k, tables, state, scratch):  # type: ignore[no-untyped-def]
    """What consumers have lived through changes their rates of moving and ordering."""
    if state.coupon.shape[0] > 0:
        lift_o = tables.coupon_lift_ok[:, k]
        incentives.tempt(scratch.stage, state.coupon[tile], lift_o, scratch.onward, scratch.rate, n)
    if state.points.shape[0] > 0:
        incentives.reward(
            scratch.stage,
            state.points[tile],
            state.spent[tile],
            tables.points,
            tables.tier,
            scratch.away,
            scratch.rate,
            n,
        )
    if state.owed.shape[0] > 0:
        incentives.live_on_stock(state.owed[tile], scratch.rate, n)
    if satisfaction.is_felt(tables.experience):
        satisfaction.bound_rates(scratch.stage, tables.experience, scratch.onward, scratch.away, n)


@merged
def exact_rates(i, tile, stage, most_onward, away, tables, state):  # type: ignore[no-untyped-def]
    """Rates of one customer, from the largest rate onward and the plain rate of lapsing."""
    onward = most_onward
    if state.points.shape[0] > 0 and state.spent[tile, i] >= tables.tier[0]:
        away = away * _F(tables.tier[2])
    if satisfaction.is_felt(tables.experience):
        mood = state.mood[tile, i]
        if stage < _ADVOCATE:
            onward = satisfaction.delighted(most_onward, mood, tables.experience)
        away = satisfaction.dissatisfied(
            satisfaction.most_dissatisfied(away, tables.experience), mood, tables.experience
        )
    return onward, away


@merged
def wallet(i, tile, tables, state):  # type: ignore[no-untyped-def]
    """Coupon held and points, 0 where there are none."""
    coupon, points = np.int64(0), np.int64(0)
    if state.coupon.shape[0] > 0:
        coupon = np.int64(state.coupon[tile, i])
    if state.points.shape[0] > 0:
        points = np.int64(state.points[tile, i])
    return coupon, points


@merged
def disappoint(i, tile, tables, state):  # type: ignore[no-untyped-def]
    """An order that could not be had."""
    if satisfaction.is_felt(tables.experience):
        state.mood[tile, i] = satisfaction.after_order(state.mood[tile, i], _F(0.0), tables.experience)


@merged
def remember_order(i, tile, index, t, n, repeat, j, paid, change, tables, state, ledger):  # type: ignore[no-untyped-def]
    """What an order leaves with its buyer: satisfaction, points, stock at home, a known identity."""
    k = state.segment[tile]
    lift = _F(1.0)
    if state.coupon.shape[0] > 0:
        lift = tables.coupon_lift_ok[state.coupon[tile, i], k]
        state.coupon[tile, i], state.left[tile, i] = np.uint8(0), np.uint8(0)
    if state.points.shape[0] > 0:
        state.points[tile, i] = incentives.banked(state.points[tile, i], change)
        state.spent[tile, i] = incentives.banked(state.spent[tile, i], paid)
    if state.owed.shape[0] > 0 and repeat == 1:
        extra = incentives.extra_share(tables.extra_uk[tables.term_t[t], k], lift)
        state.owed[tile, i] = incentives.stock_up(state.owed[tile, i], tables.stockpile[0], extra)
    resolved = np.int64(state.resolved[tile, i])
    if satisfaction.is_felt(tables.experience):
        service = tables.service_jr[j, resolved]
        state.mood[tile, i] = satisfaction.after_order(state.mood[tile, i], service, tables.experience)
    if resolved == 0 and enrols(tables, k, index, t, n, j):
        state.resolved[tile, i] = np.uint8(1)
        ledger.enrolled_tks[t, k, np.int64(state.stage[tile, i])] += 1
