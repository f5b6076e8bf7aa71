"""What is kept of every period besides the ledger, and how counts follow from moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.board import Board
from sim.engine.compile import compiled
from sim.engine.contact_cap import refund
from sim.engine.ledger import Ledger
from sim.engine.run import Run
from sim.engine.tables import NEXT, Prices
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


def record(recorder: Recorder, board: Board, t: int) -> None:
    """Keep the counts and the board at the start of period t."""
    recorder.occupancy_tks[t] = recorder.n_ksr.sum(axis=2)
    recorder.rate_tck[t] = board.rate_ck
    recorder.billed_tc[t] = board.billed_c
    recorder.unspent_tc[t] = board.unspent_c
    recorder.short_tj[t] = board.short_j


def close_books(recorder: Recorder, board: Board, prices: Prices, parts: Sequence[Ledger], t: int) -> None:
    """At the end of period t: give back what the cap held back, and tell the board what shops were asked."""
    board.wanted_j[:] = sum(part.wanted_tj[t] for part in parts)
    withheld_c = np.asarray(sum(part.withheld_tc[t] for part in parts))
    if withheld_c.any():
        exposures_c = np.asarray(sum(part.exposures_tcks[t].sum(axis=(1, 2)) for part in parts))
        refund(board, prices, exposures_c, withheld_c)
        recorder.billed_tc[t], recorder.unspent_tc[t] = board.billed_c, board.unspent_c


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
