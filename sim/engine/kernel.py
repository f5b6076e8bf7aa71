"""The compiled engine: consumers in tiles of one segment, one pass after the other over each tile.

A period of a tile runs in the model's order (MODEL 5.2 to 5.5):

    meet      exposures, clicks and memory, channel by channel in the board's order; channels that few of
              the tile can see go by `sparse.meet_few`
    push      what memory, lifted by synergies, pushes
    rates     the ways out of each stage, and orders; `habits` adds what single consumers have lived through
    settle    the few who may move or order, one by one

Tiles never touch each other, so any range of them may run on its own with a ledger of its own.
"""

from __future__ import annotations

import numpy as np

from sim.engine import contact_cap, habits, passes, satisfaction
from sim.engine.compile import compiled, merged
from sim.engine.draws import fill_draws
from sim.engine.fetch import fetch
from sim.engine.ledger import count_acquisition, count_lost_order, count_move, counts_of
from sim.engine.orders import book_order, choose_shop, draw_value
from sim.engine.periods import close_period, open_period
from sim.engine.rules import (
    chance_of,
    count_orders,
    goes_onward,
    happens,
    lapse_rate,
    selling_weight,
)
from sim.engine.sparse import EVERY_KEY, MOST_FEW, gather, list_few, meet_few, scatter
from sim.engine.tables import FELT, MOVE, NEXT, ORDERS
from sim.market.layout import NEVER, NO_TOUCH
from sim.market.vocabulary import Effect, Stage

_RETAIN = int(Effect.RETAIN)
_REPEAT = int(Effect.REPEAT)
_DECIDING = int(Stage.DECIDING)
_CUSTOMER = int(Stage.CUSTOMER)
_LAPSED = int(Stage.LAPSED)


@compiled
def advance(span, whole, spend_tc, prices, tables, board, state, recorder, first, stop, ledger, scratch):  # type: ignore[no-untyped-def]
    """Run periods span[0] .. span[1] - 1 for the tiles first .. stop - 1 and count them in `ledger`.

    With `whole`, these are all tiles: their periods are opened and closed here. Without, by the caller.
    """
    for t in range(span[0], span[1]):
        if whole:
            open_period(recorder, board, prices, spend_tc, t)
        for tile in range(first, stop):
            n, ahead = state.consumers[tile], min(tile + 1, stop - 1)
            passes.mark_keys(state.stage[tile], state.resolved[tile], scratch.stage, scratch.key, n)
            crowded = board.crowded_k[state.segment[tile]]
            number = list_few(scratch.key, crowded, scratch.few, n)
            habits.begin(tile, n, tables, state, scratch)
            for place in range(board.order_c.shape[0]):
                c = board.order_c[place]
                fetch(state.memory[ahead, c])
                fetch(state.touches[ahead, c])
                if number <= MOST_FEW and (tables.eligible_c[c] & crowded) == 0:
                    meet_few(c, tile, n, number, t, tables, board, state, ledger, scratch)
                else:
                    meet(c, tile, n, t, tables, board, state, ledger, scratch)
                if tables.personal_c[c] != np.float32(1.0):
                    passes.personalise(scratch.strength[c], scratch.key, tables.personal_c[c], n)
            fetch_people(ahead, state)
            felt_ce = tables.effect_ukce[tables.term_t[t], state.segment[tile]]
            feel(n, number, crowded, felt_ce, tables, scratch)
            rates(tile, n, t, tables, state, scratch)
            for i in range(n):
                if scratch.event[i]:
                    settle(i, tile, t, tables, board, state, ledger, scratch)
            if satisfaction.is_felt(tables.experience):
                satisfaction.settle_down(state.mood[tile], scratch.heard, tables.experience, n)
        if whole:
            close_period(recorder, board, prices, counts_of(ledger, t), t)


@merged
def meet(c, tile, n, t, tables, board, state, ledger, scratch):  # type: ignore[no-untyped-def]
    """Exposures to channel c, clicks, touches and memory."""
    k = state.segment[tile]
    memory, strength = state.memory[tile, c], scratch.strength[c]
    reached = 0
    if board.tail_ckx[c, k, 0] > 0 and tables.eligible_c[c] != 0:
        draw_into(scratch.u, tile, t, tables.exposure_word_c[c], tables, state)
        seen = state.touches[tile, c]
        reached = passes.expose(
            scratch.u, seen, scratch.key, tables.eligible_c[c], board.tail_ckx[c, k], scratch.exposures, n
        )
        if tables.contact_cap[0] > 0 and tables.capped_c[c] and reached > 0:
            withheld, reached = contact_cap.hold_back(
                scratch.exposures, scratch.key, scratch.shown, tables.contact_cap[0], n
            )
            ledger.withheld_tc[t, c] += withheld
    if reached == 0:
        passes.fade(memory, tables.retain_c[c], tables.saturation_c[c], strength, n)
        return
    ledger.reached_tck[t, c, k] += reached
    passes.tally_by_stage(scratch.exposures, scratch.stage, ledger.exposures_tcks[t, c, k], n)
    passes.mark_touches(
        scratch.exposures,
        scratch.met,
        state.touches[tile, c],
        state.first[tile],
        state.last[tile],
        np.uint8(c),
        n,
    )
    click(c, n, t, tables, scratch, ledger.clicks_tck[t, c], k)
    habits.note(c, tile, n, tables, state, scratch)
    passes.recall(
        memory,
        scratch.exposures,
        scratch.clicks,
        tables.retain_c[c],
        tables.click_weight_c[c],
        tables.saturation_c[c],
        strength,
        n,
    )


@merged
def click(c, n, t, tables, scratch, clicks_k, k):  # type: ignore[no-untyped-def]
    """Clicks of the exposed; people whom a personal channel knows click at a rate of their own."""
    click_rcx = tables.click_urcx[tables.term_t[t]]
    if tables.personal_ctr_c[c]:
        clicks_k[k] += passes.click_known(
            scratch.u, scratch.exposures, scratch.key, click_rcx[0, c], click_rcx[1, c], scratch.clicks, n
        )
    elif click_rcx[0, c, 1] > 0:
        clicks_k[k] += passes.click(scratch.u, scratch.exposures, click_rcx[0, c], scratch.clicks, n)
    else:
        passes.clear_counts(scratch.clicks, n)


@merged
def draw_into(u, tile, t, purpose, tables, state):  # type: ignore[no-untyped-def]
    """One draw for each consumer of the tile."""
    fill_draws(
        u,
        tables.key[0],
        tables.key[1],
        tables.segment_word_k[state.segment[tile]],
        state.block[tile],
        t,
        purpose,
    )


@merged
def fetch_people(tile, state):  # type: ignore[no-untyped-def]
    """Ask for the rows of a tile that do not belong to a channel."""
    fetch(state.theta[tile])
    fetch(state.purchase[tile])
    fetch(state.lapse[tile])
    fetch(state.stage[tile])
    fetch(state.resolved[tile])
    fetch(state.first[tile])
    fetch(state.last[tile])


@merged
def feel(n, number, crowded, effect_ce, tables, scratch):  # type: ignore[no-untyped-def]
    """Pushes on everyone; where few stand at rare stages, theirs are summed apart, side by side."""
    if number > MOST_FEW:
        push(n, EVERY_KEY, effect_ce, tables, scratch.strength, scratch.push, scratch)
        return
    push(n, crowded, effect_ce, tables, scratch.strength, scratch.push, scratch)
    gather(scratch.strength, scratch.few, number, scratch.held)
    push(number, EVERY_KEY, effect_ce, tables, scratch.held, scratch.own_push, scratch)
    scatter(scratch.own_push, scratch.few, number, scratch.push)


@merged
def push(n, crowded, effect_ce, tables, strength_c, push_e, scratch):  # type: ignore[no-untyped-def]
    """Sum of effect * lifted strength over channels, for each effect that someone at a crowded key feels."""
    stages = (crowded | crowded >> 8) & 0xFF
    for e in range(FELT.shape[0]):
        if FELT[e] & stages:
            passes.clear(push_e[e], n)
    for c in range(effect_ce.shape[0]):
        start, stop = tables.lift_start_c[c], tables.lift_start_c[c + 1]
        strength, lifted = strength_c[c], start == stop
        for e in range(FELT.shape[0]):
            if FELT[e] & stages and effect_ce[c, e] != np.float32(0.0):
                if not lifted:
                    from_p, boost_p = tables.lift_from_p[start:stop], tables.lift_boost_p[start:stop]
                    passes.lift(strength_c, from_p, boost_p, scratch.sum, scratch.lifted, c, n)
                    strength, lifted = scratch.lifted, True
                passes.add_push(push_e[e], effect_ce[c, e], strength, n)


@merged
def rates(tile, n, t, tables, state, scratch):  # type: ignore[no-untyped-def]
    """Rates of moving and ordering, and the flag of those for whom something may happen."""
    k, u = state.segment[tile], tables.term_t[t]
    stage, theta = scratch.stage, state.theta[tile]
    passes.choose_onward(stage, scratch.push, tables.base_uks[u, k], theta, scratch.onward, n)
    passes.bound_away(stage, tables.cool[0], tables.lapse_factor_s, state.lapse[tile], scratch.away, n)
    passes.choose_orders(
        stage, scratch.push[_REPEAT], tables.buying_uks[u, k], theta, state.purchase[tile], scratch.rate, n
    )
    habits.weigh(tile, n, k, tables, state, scratch)
    draw_into(scratch.u, tile, t, MOVE, tables, state)
    draw_into(scratch.u2, tile, t, ORDERS, tables, state)
    passes.flag(scratch.u, scratch.u2, scratch.onward, scratch.away, scratch.rate, scratch.event, n)


@merged
def settle(i, tile, t, tables, board, state, ledger, scratch):  # type: ignore[no-untyped-def]
    """The move and the orders of one consumer for whom something may happen."""
    k, stage, resolved = (
        state.segment[tile],
        np.int64(state.stage[tile, i]),
        np.int64(state.resolved[tile, i]),
    )
    onward, away_rate = scratch.onward[i], scratch.away[i]
    if _CUSTOMER <= stage < _LAPSED:
        away_rate = lapse_rate(
            state.lapse[tile, i], tables.lapse_factor_s[stage], state.theta[tile, i], scratch.push[_RETAIN, i]
        )
        onward, away_rate = habits.exact_rates(i, tile, stage, onward, away_rate, tables, state)
    total = onward + away_rate
    chance = chance_of(total)
    reached, away = stage, False
    if happens(scratch.u[i], chance):
        away = not goes_onward(scratch.u[i], chance, onward, total)
        reached = NEXT[stage, np.int64(away)]
        count_move(ledger, t, k, stage, np.int64(away), resolved)
        state.stage[tile, i] = reached
    if stage == _DECIDING and reached == _CUSTOMER:
        acquire(i, tile, t, tables, state, ledger)
    first_order = reached == _CUSTOMER and stage in (_DECIDING, _LAPSED)
    orders = 1 if first_order else 0
    if _CUSTOMER <= stage < _LAPSED and reached != _LAPSED:
        orders = count_orders(scratch.u2[i], scratch.rate[i])
    for number in range(orders):
        order(i, tile, t, number, 0 if first_order else 1, tables, board, state, ledger, scratch)


@merged
def acquire(i, tile, t, tables, state, ledger):  # type: ignore[no-untyped-def]
    """Remember when and through which channels a customer came."""
    state.acquired[tile, i] = t
    state.acquired_first[tile, i] = state.first[tile, i]
    state.acquired_last[tile, i] = state.last[tile, i]
    none = state.memory.shape[1]
    first, last = np.int64(state.first[tile, i]), np.int64(state.last[tile, i])
    count_acquisition(
        ledger,
        state.segment[tile],
        none if first == NO_TOUCH else first,
        none if last == NO_TOUCH else last,
    )


@merged
def order(i, tile, t, number, repeat, tables, board, state, ledger, scratch):  # type: ignore[no-untyped-def]
    """One order of one consumer."""
    k, u = state.segment[tile], tables.term_t[t]
    weight_j = scratch.weight
    for j in range(weight_j.shape[0]):
        weight_j[j] = selling_weight(
            tables.preference_kj[k, j],
            tables.open_ukj[u, k, j],
            tables.pull_j[j],
            scratch.strength[tables.sell_j[j], i],
        )
    index = state.block[tile] * state.stage.shape[1] + i
    j = choose_shop(tables, board, ledger, k, index, t, number, weight_j)
    if j < 0:
        count_lost_order(ledger, t, k)
        habits.disappoint(i, tile, tables, state)
        return
    none = state.memory.shape[1]
    first, last = np.int64(state.acquired_first[tile, i]), np.int64(state.acquired_last[tile, i])
    buyer = (
        np.int64(state.acquired[tile, i]),
        none if first == NO_TOUCH else first,
        none if last == NO_TOUCH else last,
        np.int64(state.orders[tile, i]),
    )
    coupon, points = habits.wallet(i, tile, tables, state)
    value = draw_value(tables, k, index, t, number, j, coupon)
    paid, _, _, change = book_order(tables, ledger, k, t, repeat, j, value, coupon, points, buyer)
    state.orders[tile, i] = min(NEVER, np.int64(state.orders[tile, i]) + 1)
    habits.remember_order(i, tile, index, t, number, repeat, j, paid, change, tables, state, ledger)
