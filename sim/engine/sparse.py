"""What concerns only few consumers of a tile, done for these alone.

A dense pass draws for all 1,024 consumers of a tile, whoever can see the channel. Search, marketplaces,
stores and private groups are for those who are already interested, often one in twenty: drawing for
these alone is several times cheaper, and so is summing the pushes that only their stages feel. The rules and
draws are the same, so the result is too.

    symbol     meaning                                                          dtype, shape
    crowded    bit b set: many of the segment have key b (`board.crowded_k`)    int32
    few        consumers whose key is not crowded                               int32 (TILE,)
    looking    of these, those who can see the channel                          int32 (TILE,)
    hit        consumers exposed to the channel this period                     int32 (TILE,)
    before     their memory of it before the period                             float32 (TILE,)
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import compiled, merged
from sim.engine.contact_cap import allowed
from sim.engine.draws import fill_some_draws, remix
from sim.engine.habits import note_one
from sim.engine.passes import fade
from sim.engine.rules import count_exposures, is_click, is_exposed, remember, strength_of, touch
from sim.market.layout import NO_TOUCH, TILE

_I = np.int32
#: With more consumers than this to look through, the dense pass is cheaper.
MOST_FEW = TILE // 4
#: Bits of all keys: stage + 8 * resolved.
EVERY_KEY = 0xFFFF


@compiled
def list_few(key, crowded, few, n):  # type: ignore[no-untyped-def]
    """List the consumers whose key is not crowded; returns their number."""
    found = 0
    for i in range(n):
        few[found] = _I(i)
        found += 1 - ((crowded >> key[i]) & 1)
    return found


@merged
def meet_few(c, tile, n, number, t, tables, board, state, ledger, scratch):  # type: ignore[no-untyped-def]
    """As `kernel.meet`, looking only at the first `number` consumers of `scratch.few`."""
    k = state.segment[tile]
    tail, click_rcx = board.tail_ckx[c, k], tables.click_urcx[tables.term_t[t]]
    memory, touches, strength = state.memory[tile, c], state.touches[tile, c], scratch.strength[c]
    retain, saturation, looking = tables.retain_c[c], tables.saturation_c[c], 0
    for place in range(number):
        i = scratch.few[place]
        scratch.looking[looking] = i
        looking += (tables.eligible_c[c] >> scratch.key[i]) & (_I(touches[i]) >> 7) & 1
    fill_some_draws(
        scratch.u,
        scratch.looking,
        looking,
        tables.key[0],
        tables.key[1],
        tables.segment_word_k[k],
        state.block[tile],
        t,
        tables.exposure_word_c[c],
    )
    hits = 0
    for place in range(looking):
        i, u = scratch.looking[place], scratch.u[place]
        if is_exposed(u, tail[0]):
            exposures, known = count_exposures(u, tail), scratch.key[i] >> 3
            if tables.contact_cap[0] > 0 and tables.capped_c[c]:
                kept = allowed(exposures, scratch.shown[i], tables.contact_cap[0], known == 1)
                ledger.withheld_tc[t, c] += exposures - kept
                scratch.shown[i] += kept
                exposures = kept
                if kept == 0:
                    continue
            clicks = 1 if is_click(remix(u), click_rcx[known, c, exposures]) else 0
            note_one(c, tile, i, exposures, clicks, tables, state, scratch)
            ledger.exposures_tcks[t, c, k, scratch.stage[i]] += exposures
            ledger.clicks_tck[t, c, k] += clicks
            touches[i] = touch(touches[i], exposures)
            state.last[tile, i] = c
            if state.first[tile, i] == NO_TOUCH:
                state.first[tile, i] = c
            scratch.hit[hits], scratch.before[hits] = i, memory[i]
            scratch.exposures[hits], scratch.clicks[hits] = exposures, clicks
            hits += 1
    ledger.reached_tck[t, c, k] += hits
    fade(memory, retain, saturation, strength, n)
    for place in range(hits):
        i, exposures, clicks = scratch.hit[place], scratch.exposures[place], scratch.clicks[place]
        memory[i] = remember(scratch.before[place], exposures, clicks, retain, tables.click_weight_c[c])
        strength[i] = strength_of(memory[i], saturation)


@compiled
def gather(strength_c, few, number, held_c):  # type: ignore[no-untyped-def]
    """Strengths of the first `number` consumers of `few`, side by side."""
    for c in range(held_c.shape[0]):
        for place in range(number):
            held_c[c, place] = strength_c[c, few[place]]


@compiled
def scatter(own_push_e, few, number, push_e):  # type: ignore[no-untyped-def]
    """Give each of the few its pushes."""
    for e in range(push_e.shape[0]):
        for place in range(number):
            push_e[e, few[place]] = own_push_e[e, place]
