"""What is kept of every period besides the ledger, and how counts follow from moves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled
from sim.engine.contact_cap import refund
from sim.engine.ledger import Ledger
from sim.engine.run import Run
from sim.engine.tables import NEXT
from sim.market.plan import Plan
from sim.market.world import World


class Recorder(NamedTuple):
    """Counts at the start of the coming period, and what the boards showed; shapes as in `Run`."""

    n_ksr: npt.NDArray[np.int64]
    occupancy_tks: npt.NDArray[np.int64]
    rate_tck: npt.NDArray[np.float64]
    billed_tc: npt.NDArray[np.int64]
    unspent_tc: npt.NDArray[np.int64]
    short_tj: npt.NDArray[np.float64]


def new_recorder(world: World) -> Recorder:
    """A recorder of zeros; fill `n_ksr` with the counts at the start."""
    t, c, k = world.total_periods, len(world.channels), len(world.segments)
    return Recorder(
        np.zeros((k, 8, 2), dtype=np.int64),
        np.zeros((t + 1, k, 8), dtype=np.int64),
        np.zeros((t, c, k)),
        np.zeros((t, c), dtype=np.int64),
        np.zeros((t, c), dtype=np.int64),
        np.zeros((t, len(world.sell_channels))),
    )


@compiled
def record(recorder, board, t):  # type: ignore[no-untyped-def]
    """Keep the counts and the board at the start of period t."""
    n_ksr = recorder.n_ksr
    for k in range(n_ksr.shape[0]):
        for s in range(n_ksr.shape[1]):
            recorder.occupancy_tks[t, k, s] = n_ksr[k, s, 0] + n_ksr[k, s, 1]
        for c in range(board.rate_ck.shape[0]):
            recorder.rate_tck[t, c, k] = board.rate_ck[c, k]
    for j in range(board.short_j.shape[0]):
        recorder.short_tj[t, j] = board.short_j[j]


@compiled
def close_books(recorder, board, prices, exposures_cks, withheld_c, wanted_j, t):  # type: ignore[no-untyped-def]
    """At the end of period t: give back what the cap held back, and tell the board what shops were asked."""
    refund(board, prices, exposures_cks, withheld_c)
    for c in range(board.billed_c.shape[0]):
        recorder.billed_tc[t, c], recorder.unspent_tc[t, c] = board.billed_c[c], board.unspent_c[c]
    for j in range(wanted_j.shape[0]):
        board.wanted_j[j] = wanted_j[j]


@compiled
def follow(recorder, flows_ksdr, enrolled_ks, t):  # type: ignore[no-untyped-def]
    """Bring the counts to the end of period t by its moves and enrolments."""
    n_ksr = recorder.n_ksr
    for k in range(n_ksr.shape[0]):
        for s in range(8):
            for d in range(2):
                for r in range(2):
                    moved = flows_ksdr[k, s, d, r]
                    if moved > 0:
                        n_ksr[k, s, r] -= moved
                        n_ksr[k, NEXT[s, d], r] += moved
    for k in range(n_ksr.shape[0]):
        for s in range(8):
            n_ksr[k, s, 0] -= enrolled_ks[k, s]
            n_ksr[k, s, 1] += enrolled_ks[k, s]
            recorder.occupancy_tks[t + 1, k, s] = n_ksr[k, s, 0] + n_ksr[k, s, 1]


def make_run(world: World, plan: Plan, seed: int, replicate: int, recorder: Recorder, ledger: Ledger) -> Run:
    """The finished, read-only run."""
    kept = recorder._asdict()
    kept.pop("n_ksr")
    arrays = {**kept, **ledger._asdict()}
    for array in arrays.values():
        array.flags.writeable = False
    return Run(world, plan, seed, replicate, **arrays)
