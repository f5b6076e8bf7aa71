"""Passes over the consumers of one tile: plain loops that the compiler turns into vector code.

Each pass does one thing for `n` consumers side by side and calls the rules for what it means. Integer
scratch is int32 and real scratch float32, so that all lanes have one width on every machine.

    symbol      meaning                                                       dtype, shape
    n           consumers in the tile                                         int
    touches     bit 7: on the platform; low 4 bits: exposures so far, to 15   uint8 (TILE,)
    key         stage + 8 * resolved                                          int32 (TILE,)
    eligible    bit b set: consumers with key b can see the channel           int32
    tail        thresholds of P(X >= 1), P(X >= 2), ...                       uint32 (15,)
    exposures   exposures of the period                                       int32 (TILE,)
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import compiled
from sim.engine.draws import remix
from sim.engine.rules import (
    count_exposures,
    is_click,
    is_exposed,
    lifted,
    may_happen,
    onward_rate,
    order_rate,
    remember,
    strength_of,
    touch,
)
from sim.market.layout import NO_TOUCH

_I = np.int32
_F = np.float32
_ALL = np.uint8(0xFF)
_NO_TOUCH = np.uint8(NO_TOUCH)
#: Exposures that the vector pass counts; consumers with more are counted one by one.
WIDE = 4


@compiled
def mark_keys(stage_u8, resolved_u8, stage, key, n):  # type: ignore[no-untyped-def]
    """Widen the stage and join it with the resolved flag."""
    for i in range(n):
        stage[i] = _I(stage_u8[i])
        key[i] = _I(stage_u8[i]) + _I(8) * _I(resolved_u8[i])


@compiled
def expose(u, touches, key, eligible, tail, exposures, n):  # type: ignore[no-untyped-def]
    """Exposures of one channel for everyone eligible and on the platform; returns people reached."""
    t1, t2, t3, t4, t5 = tail[0], tail[1], tail[2], tail[3], tail[4]
    reached = _I(0)
    deep = _I(0)
    for i in range(n):
        sees = (eligible >> key[i]) & _I(touches[i] >> np.uint8(7)) & _I(1)
        one = sees & _I(is_exposed(u[i], t1))
        count = _I(is_exposed(u[i], t2)) + _I(is_exposed(u[i], t3)) + _I(is_exposed(u[i], t4))
        exposures[i] = one + one * count
        reached += one
        deep += one & _I(is_exposed(u[i], t5))
    if deep > 0:
        for i in range(n):
            if exposures[i] == WIDE:
                exposures[i] = _I(count_exposures(u[i], tail))
    return np.int64(reached)


@compiled
def click(u, exposures, threshold_x, clicks, n):  # type: ignore[no-untyped-def]
    """Clicks of the exposed, 0 or 1 each, by the second word of the exposure draw; returns their number.

    threshold_x is by exposures, [0] = 0.
    """
    t1, t2, t3, t4 = threshold_x[1], threshold_x[2], threshold_x[3], threshold_x[4]
    zero = np.uint32(0)
    total = _I(0)
    deep = _I(0)
    for i in range(n):
        x = exposures[i]
        second = remix(u[i])
        threshold = t1 if x == _I(1) else zero
        threshold = t2 if x == _I(2) else threshold
        threshold = t3 if x == _I(3) else threshold
        threshold = t4 if x == _I(4) else threshold
        clicks[i] = _I(is_click(second, threshold))
        total += clicks[i]
        deep += _I(x > _I(WIDE))
    if deep > 0:
        for i in range(n):
            if exposures[i] > WIDE:
                clicks[i] = _I(is_click(remix(u[i]), threshold_x[exposures[i]]))
                total += clicks[i]
    return np.int64(total)


@compiled
def click_known(u, exposures, key, threshold_x, known_x, clicks, n):  # type: ignore[no-untyped-def]
    """As `click`, with thresholds of their own for resolved consumers."""
    total = _I(0)
    for i in range(n):
        x = exposures[i]
        threshold = known_x[x] if key[i] >= _I(8) else threshold_x[x]
        clicks[i] = _I(is_click(remix(u[i]), threshold))
        total += clicks[i]
    return np.int64(total)


@compiled
def personalise(strength, key, factor, n):  # type: ignore[no-untyped-def]
    """Strength of a channel that speaks to the people it knows by name."""
    for i in range(n):
        strength[i] = strength[i] * factor if key[i] >= _I(8) else strength[i]


@compiled
def tally_by_stage(exposures, stage, count_s, n):  # type: ignore[no-untyped-def]
    """Add the exposures to count_s (8,) by the consumer's stage.

    Four stages share a 64-bit sum, 16 bits each: a tile's exposures stay below 2**16.
    """
    every = np.uint64(0)
    early = np.uint64(0)
    for i in range(n):
        s = stage[i]
        packed = np.uint64(exposures[i]) << (np.uint64(s & _I(3)) << np.uint64(4))
        every += packed
        early += packed if s < _I(4) else np.uint64(0)
    late = every - early
    for s in range(4):
        shift = np.uint64(16 * s)
        count_s[s] += np.int64((early >> shift) & np.uint64(0xFFFF))
        count_s[s + 4] += np.int64((late >> shift) & np.uint64(0xFFFF))


@compiled
def mark_touches(exposures, met, touches, first, last, channel, n):  # type: ignore[no-untyped-def]
    """Count the exposures in `touches` and keep the first and the last channel met.

    Bytes are chosen by masks: a choice between bytes by an int32 comparison stays scalar without AVX-512.
    """
    for i in range(n):
        met[i] = np.uint8(exposures[i])
        touches[i] = touch(touches[i], met[i])
    for i in range(n):
        now = _ALL if met[i] > np.uint8(0) else np.uint8(0)
        fresh = now if first[i] == _NO_TOUCH else np.uint8(0)
        last[i] = (channel & now) | (last[i] & ~now)
        first[i] = (channel & fresh) | (first[i] & ~fresh)


@compiled
def recall(memory, exposures, clicks, retain, click_weight, saturation, strength, n):  # type: ignore[no-untyped-def]
    """Update one channel's memory and its strength."""
    for i in range(n):
        memory[i] = remember(memory[i], exposures[i], clicks[i], retain, click_weight)
        strength[i] = strength_of(memory[i], saturation)


@compiled
def fade(memory, retain, saturation, strength, n):  # type: ignore[no-untyped-def]
    """As `recall`, for a channel that nobody in the tile can meet this period."""
    for i in range(n):
        memory[i] = remember(memory[i], _I(0), _I(0), retain, _F(0.0))
        strength[i] = strength_of(memory[i], saturation)


@compiled
def clear(push, n):  # type: ignore[no-untyped-def]
    """Set a push to zero."""
    for i in range(n):
        push[i] = _F(0.0)


@compiled
def clear_counts(counts, n):  # type: ignore[no-untyped-def]
    """Set counts to zero."""
    for i in range(n):
        counts[i] = _I(0)


@compiled
def lift(strength_c, from_p, boost_p, lift_sum, out, channel, n):  # type: ignore[no-untyped-def]
    """Strength of `channel` lifted by the channels from_p remembered with it: m * (1 + sum boost * m)."""
    for i in range(n):
        lift_sum[i] = _F(0.0)
    for p in range(from_p.shape[0]):
        add_push(lift_sum, boost_p[p], strength_c[from_p[p]], n)
    for i in range(n):
        out[i] = lifted(strength_c[channel, i], lift_sum[i])


@compiled
def add_push(push, effect, strength, n):  # type: ignore[no-untyped-def]
    """push += effect * strength."""
    for i in range(n):
        push[i] += effect * strength[i]


@compiled
def choose_onward(stage, push_e, base_s, theta, onward, n):  # type: ignore[no-untyped-def]
    """Rate of the move onward from each consumer's stage; `push_e` is by effect (see `Effect`)."""
    b0, b1, b2, b3 = base_s[0], base_s[1], base_s[2], base_s[3]
    b4, b5, b6, b7 = base_s[4], base_s[5], base_s[6], base_s[7]
    for i in range(n):
        s = stage[i]
        push = push_e[0, i]
        p1, p2, p3, p4, p5, p7 = (
            push_e[1, i],
            push_e[2, i],
            push_e[3, i],
            push_e[4, i],
            push_e[5, i],
            push_e[6, i],
        )
        push = p1 if s == _I(1) else push
        push = p2 if s == _I(2) else push
        push = p3 if s == _I(3) else push
        push = p4 if s == _I(4) else push
        push = p5 if s == _I(5) else push
        push = _F(0.0) if s == _I(6) else push
        push = p7 if s == _I(7) else push
        base = b1 if s == _I(1) else b0
        base = b2 if s == _I(2) else base
        base = b3 if s == _I(3) else base
        base = b4 if s == _I(4) else base
        base = b5 if s == _I(5) else base
        base = b6 if s == _I(6) else base
        base = b7 if s == _I(7) else base
        onward[i] = onward_rate(base, theta[i], push)


@compiled
def bound_away(stage, cool, factor_s, lapse, away, n):  # type: ignore[no-untyped-def]
    """Most that the rate of the move away can be: cooling for stages 1-3; lapsing, with nothing that retains,
    for 4-6; none for the others.
    """
    f4, f5, f6 = factor_s[4], factor_s[5], factor_s[6]
    for i in range(n):
        s = stage[i]
        factor = f5 if s == _I(5) else f4
        factor = f6 if s == _I(6) else factor
        lapsing = lapse[i] * factor
        cooling = cool if (s > _I(0)) & (s < _I(4)) else _F(0.0)
        away[i] = lapsing if (s > _I(3)) & (s < _I(7)) else cooling


@compiled
def choose_orders(stage, repeat_push, factor_s, theta, purchase, rate, n):  # type: ignore[no-untyped-def]
    """Mean repeat orders of each consumer; zero unless customer, loyal or advocate."""
    f4, f5, f6 = factor_s[4], factor_s[5], factor_s[6]
    for i in range(n):
        s = stage[i]
        factor = f4 if s == _I(4) else _F(0.0)
        factor = f5 if s == _I(5) else factor
        factor = f6 if s == _I(6) else factor
        rate[i] = order_rate(purchase[i], factor, theta[i], repeat_push[i])


@compiled
def flag(u_move, u_order, onward, away, rate, event, n):  # type: ignore[no-untyped-def]
    """event = 1 for all who move or order this period, and few others: those are settled one by one."""
    for i in range(n):
        moves = may_happen(u_move[i], onward[i] + away[i])
        event[i] = np.uint8(moves | may_happen(u_order[i], rate[i]))
