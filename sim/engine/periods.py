"""What comes before and after the consumers: post the board and close the books of a period, close a run."""

from __future__ import annotations

import numpy as np

from sim.engine.board import post_board
from sim.engine.compile import compiled
from sim.engine.ledger import count_answer, count_reach
from sim.engine.recorder import close_books, follow, record
from sim.market.layout import COUNTED


@compiled
def open_period(recorder, board, prices, spend_tc, t):  # type: ignore[no-untyped-def]
    """Post the board of period t and keep it."""
    post_board(board, prices, recorder.n_ksr, spend_tc[t], t)
    record(recorder, board, t)


@compiled
def close_period(recorder, board, prices, counts, t):  # type: ignore[no-untyped-def]
    """Close the books of period t by its counts (see `ledger.counts_of`)."""
    exposures_cks, withheld_c, wanted_j, flows_ksdr, enrolled_ks = counts
    close_books(recorder, board, prices, exposures_cks, withheld_c, wanted_j, t)
    follow(recorder, flows_ksdr, enrolled_ks, t)


@compiled
def close_run(first, stop, state, ledger):  # type: ignore[no-untyped-def]
    """At the end of the run: reach and frequency of the tiles first .. stop - 1."""
    for tile in range(first, stop):
        for c in range(state.touches.shape[1]):
            for i in range(state.consumers[tile]):
                count_reach(ledger, state.segment[tile], c, np.int64(state.touches[tile, c, i]) & COUNTED)
        if state.mood.shape[0] > 0:
            for i in range(state.consumers[tile]):
                count_answer(ledger, state.segment[tile], np.int64(state.stage[tile, i]), state.mood[tile, i])
