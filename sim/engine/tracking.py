"""What of a journey the brand can record: every touch is lost with probability 1 - tracked_c.

Each touch has a draw of its own, with the purpose `tracked:<channel>`, so that losing touches changes
nothing in the market, and a channel that is tracked better never loses a touch that was recorded before.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compile import compiled
from sim.engine.draws import draw, threshold, word
from sim.engine.event_log import Event, EventLog, Flags
from sim.engine.tables import make_tables

_TOUCH = int(Event.TOUCH)


def recorded(log: EventLog) -> Flags:
    """Whether the brand records each row of the log, (E,): always true of moves and orders."""
    tables, _ = make_tables(log.world, log.seed, log.replicate)
    recorded_e = np.ones(len(log.event_e), dtype=np.bool_)
    keep_touches(
        recorded_e,
        log.start_i,
        log.index_i,
        tables.segment_word_k[log.segment_i],
        tables.key,
        log.event_e,
        log.period_e,
        log.channel_e,
        threshold(log.world.tracked_c),
        np.array([word(f"tracked:{name}") for name in log.world.channels], dtype=np.int64),
    )
    # a threshold is at most 1 - 2**-32: a channel that loses nothing must lose nothing
    whole_c = log.world.tracked_c >= 1.0
    return recorded_e | whole_c[np.maximum(log.channel_e, 0)]


@compiled
def keep_touches(  # type: ignore[no-untyped-def]
    recorded_e, start_i, index_i, word_i, key, event_e, period_e, channel_e, share_c, purpose_c
):
    """Draw for each touch whether it is recorded."""
    for i in range(index_i.shape[0]):
        for e in range(start_i[i], start_i[i + 1]):
            if event_e[e] == _TOUCH:
                c = channel_e[e]
                u = draw(key[0], key[1], word_i[i], index_i[i], period_e[e], purpose_c[c])
                recorded_e[e] = u < share_c[c]
