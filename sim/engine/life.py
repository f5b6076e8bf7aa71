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

import numpy as np

from sim.engine.buying import buy
from sim.engine.compile import compiled, inlined, merged
from sim.engine.contact_cap import allowed
from sim.engine.draws import remix
from sim.engine.ledger import count_answer, count_move, count_reach
from sim.engine.person import (
    COUPON,
    FIRST,
    HEARD,
    IDENTITY,
    LAST,
    LEFT,
    MOOD,
    SEGMENT,
    SHOWN,
    SPENT,
    STAGE,
    draw_for,
)
from sim.engine.rules import (
    chance_of,
    count_exposures,
    goes_onward,
    happens,
    is_click,
    lapse_rate,
    lifted,
    onward_rate,
    remember,
    strength_of,
    touch,
)
from sim.engine.satisfaction import (
    after_period,
    delighted,
    dissatisfied,
    is_felt,
    most_delighted,
    most_dissatisfied,
)
from sim.engine.tables import MOVE, NEXT
from sim.market.layout import COUNTED, ON_PLATFORM
from sim.market.vocabulary import Effect, Stage

_F = np.float32
_CUSTOMER, _DECIDING, _LAPSED = int(Stage.CUSTOMER), int(Stage.DECIDING), int(Stage.LAPSED)
_ADVOCATE, _AWARE = int(Stage.ADVOCATE), int(Stage.AWARE)
_RETAIN, _WIN_BACK = int(Effect.RETAIN), int(Effect.WIN_BACK)


@compiled
def live(person, t, tables, board, ledger, room):  # type: ignore[no-untyped-def]
    """Run period t of one consumer and count it."""
    room.counts[SHOWN], room.counts[HEARD] = 0, 0
    person.marks[LEFT] = max(0, person.marks[LEFT] - 1)
    if person.marks[LEFT] == 0:
        person.marks[COUPON] = 0
    for c in board.order_c:
        meet(c, person, t, tables, board, ledger, room)
    feel(room.strength_c, tables.effect_ukce[tables.term_t[t], person.marks[SEGMENT]], tables, room.push_e)
    move_and_buy(person, t, room, tables, board, ledger)
    if is_felt(tables.experience):
        person.moods[MOOD] = after_period(person.moods[MOOD], np.int32(room.counts[HEARD]), tables.experience)


@merged
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
    if seen > 0 and tables.contact_cap[0] > 0 and tables.capped_c[c]:
        kept = allowed(seen, room.counts[SHOWN], tables.contact_cap[0], marks[IDENTITY] == 1)
        ledger.withheld_tc[t, c] += seen - kept
        room.counts[SHOWN] += kept
        seen = kept
    if seen > 0:
        room.counts[HEARD] += seen
        if is_click(remix(u), tables.click_urcx[tables.term_t[t], marks[IDENTITY], c, seen]):
            clicked = 1
            if tables.coupon_c[c] > 0:
                marks[COUPON], marks[LEFT] = tables.coupon_c[c], tables.coupon_valid_o[tables.coupon_c[c]]
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
    strength = strength_of(person.memory_c[c], tables.saturation_c[c])
    room.strength_c[c] = strength * tables.personal_c[c] if marks[IDENTITY] == 1 else strength


@merged
def feel(strength_c, effect_ce, tables, push_e):  # type: ignore[no-untyped-def]
    """Push on each move: sum over channels of effect * lifted strength."""
    for e in range(push_e.shape[0]):
        push_e[e] = _F(0.0)
    for c in range(strength_c.shape[0]):
        felt = felt_strength(c, strength_c, tables)
        for e in range(push_e.shape[0]):
            push_e[e] += effect_ce[c, e] * felt


@merged
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


@merged
def away_rate(person, push_e, tables):  # type: ignore[no-untyped-def]
    """Rate of cooling or lapsing."""
    stage = person.marks[STAGE]
    if _CUSTOMER <= stage < _LAPSED:
        theta, own = person.traits[0], person.traits[2]
        rate = lapse_rate(own, tables.lapse_factor_s[stage], theta, push_e[_RETAIN])
        if person.marks[SPENT] >= tables.tier[0]:
            rate = rate * _F(tables.tier[2])
        if is_felt(tables.experience):
            most = most_dissatisfied(rate, tables.experience)
            rate = dissatisfied(most, person.moods[MOOD], tables.experience)
        return rate
    return tables.cool[0] if _AWARE <= stage < _CUSTOMER else _F(0.0)


@merged
def moving_on(person, stage, t, push_e, tables):  # type: ignore[no-untyped-def]
    """Rate of moving onward: what anyway happens and is pushed, a coupon in hand, delight."""
    marks = person.marks
    base = tables.base_uks[tables.term_t[t], marks[SEGMENT], stage]
    rate = onward_rate(base, person.traits[0], onward_push(stage, push_e))
    if marks[COUPON] > 0 and stage in (_DECIDING, _LAPSED):
        rate = rate * tables.coupon_lift_ok[marks[COUPON], marks[SEGMENT]]
    if is_felt(tables.experience) and _CUSTOMER <= stage < _ADVOCATE:
        rate = delighted(most_delighted(rate, tables.experience), person.moods[MOOD], tables.experience)
    return rate


@merged
def move_and_buy(person, t, room, tables, board, ledger):  # type: ignore[no-untyped-def]
    """At most one move, then orders: one on becoming a customer, a Poisson count while being one."""
    marks, push_e = person.marks, room.push_e
    k, stage = marks[SEGMENT], marks[STAGE]
    onward = moving_on(person, stage, t, push_e, tables)
    leaving = away_rate(person, push_e, tables)
    total = onward + leaving
    room.rates[0], room.rates[1] = onward, leaving
    u, chance = draw_for(person, tables, t, MOVE), chance_of(total)
    if happens(u, chance):
        away = np.int64(not goes_onward(u, chance, onward, total))
        count_move(ledger, t, k, stage, away, marks[IDENTITY])
        marks[STAGE] = NEXT[stage, away]
    buy(person, stage, t, room, tables, board, ledger)


@compiled
def sum_up(person, tables, ledger):  # type: ignore[no-untyped-def]
    """At the end of the run: reach and frequency of one consumer, and the answer of a customer."""
    for c in range(person.touches_c.shape[0]):
        count_reach(ledger, person.marks[SEGMENT], c, np.int64(person.touches_c[c]) & COUNTED)
    if is_felt(tables.experience):
        count_answer(ledger, person.marks[SEGMENT], person.marks[STAGE], person.moods[MOOD])
