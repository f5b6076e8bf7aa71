"""Run: the frozen result of one simulation. Arrays only; measures live in `sim.measure`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sim.market.plan import Plan
from sim.market.vocabulary import MOVE_OF, Move
from sim.market.world import World

#: Called with (periods done, periods).
Progress = Callable[[int, int], None]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """Ledger and boards of one simulation; see `engine.ledger` for the counts.

    Attributes:
        occupancy_tks: consumers by stage at the start of each period; the last row is the end, (T + 1, K, 8).
        rate_tck: exposures per eligible consumer on the platform, (T, C, K).
        billed_tc: money spent, minor units, for the whole population, (T, C).
        unspent_tc: money of the plan that could not be spent, minor units, (T, C).
        short_tj: share of its orders that a selling channel could not serve, (T, J).
    """

    world: World
    plan: Plan
    seed: int
    replicate: int
    occupancy_tks: Ints
    rate_tck: Floats
    billed_tc: Ints
    unspent_tc: Ints
    flows_tksdr: Ints
    exposures_tcks: Ints
    reached_tck: Ints
    clicks_tck: Ints
    orders_tjkr: Ints
    revenue_tjkr: Ints
    margin_tk: Ints
    lost_orders_tk: Ints
    acquired_ock: Ints
    cohort_value_ock: Ints
    repeaters_k: Ints
    ever_reached_ck: Ints
    frequency_cf: Ints
    short_tj: Floats
    withheld_tc: Ints
    wanted_tj: Ints
    enrolled_tks: Ints
    points_tkr: Ints
    rewards_tc: Ints
    answers_ka: Ints

    @property
    def moves_tke(self) -> Ints:
        """Moves by name (axis e is `Move`), (T, K, 9); several stages share LAPSE and COOL."""
        moves_tke = np.zeros((*self.flows_tksdr.shape[:2], len(Move)), dtype=np.int64)
        for stage, both in enumerate(MOVE_OF):
            for direction, move in enumerate(both):
                if move is not None:
                    moves_tke[:, :, move] += self.flows_tksdr[:, :, stage, direction].sum(axis=-1)
        return moves_tke

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """All recorded arrays by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}

    def fingerprint(self) -> str:
        """SHA-256 over all recorded arrays: equal fingerprints are equal runs, bit for bit.

        An array that holds nothing is left out, so that a count added later leaves old prints as they were.
        """
        digest = hashlib.sha256()
        for name, array in sorted(self.arrays().items()):
            if not array.any():
                continue
            digest.update(f"{name}{array.shape}{array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()
