"""State of the consumers in the compiled engine: tiles of 1,024 consumers of one segment, side by side.

    symbol          meaning                                                       dtype, shape
    segment         segment of the tile                                           int64 (n,)
    block           block of draws: consumers block * 1024 ... of the segment     int64 (n,)
    consumers       consumers in the tile (the last one of a segment is short)    int64 (n,)
    memory          remembered exposures                                          float32 (n, C, TILE)
    touches         on-platform bit and exposures so far (see `passes`)           uint8 (n, C, TILE)
    theta           responsiveness                                                float32 (n, TILE)
    purchase        orders per period as a plain customer                         float32 (n, TILE)
    lapse           lapses per period as a plain customer                         float32 (n, TILE)
    stage, resolved                                                               uint8 (n, TILE)
    first, last     first and last channel met, NO_TOUCH for none                 uint8 (n, TILE)
    acquired        period of the first order, NEVER before                       uint16 (n, TILE)
    acquired_first, acquired_last   first and last at that moment                 uint8 (n, TILE)
    orders          orders placed                                                 uint16 (n, TILE)

5 bytes a channel and 22 more: 72 bytes a consumer at 10 channels (`layout.bytes_per_consumer`). Only where
the scenario asks for it, else of no tile (`layout.EXTRA_BYTES`):

    mood            satisfaction, 0 .. 1                                          float32 (n, TILE)
    owed            orders that discounts have brought forward                    float32 (n, TILE)
    points, spent   loyalty account, and what was paid so far, minor units        int32 (n, TILE)
    coupon, left    coupon held, and periods in which it can be used              uint8 (n, TILE)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled
from sim.engine.draws import fill_draws
from sim.engine.rules import quantile
from sim.engine.satisfaction import is_felt, start_of
from sim.engine.tables import INITIAL, LAPSE, PURCHASE, RESOLVED, THETA
from sim.market.layout import NEVER, NO_TOUCH, ON_PLATFORM, TILE
from sim.market.vocabulary import N_EFFECTS
from sim.market.world import World

Bytes = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]


class State(NamedTuple):
    """The consumers; see the module's table."""

    segment: npt.NDArray[np.int64]
    block: npt.NDArray[np.int64]
    consumers: npt.NDArray[np.int64]
    memory: Singles
    touches: Bytes
    theta: Singles
    purchase: Singles
    lapse: Singles
    stage: Bytes
    resolved: Bytes
    first: Bytes
    last: Bytes
    acquired: npt.NDArray[np.uint16]
    acquired_first: Bytes
    acquired_last: Bytes
    orders: npt.NDArray[np.uint16]
    mood: Singles
    owed: Singles
    points: npt.NDArray[np.int32]
    spent: npt.NDArray[np.int32]
    coupon: Bytes
    left: Bytes


class Scratch(NamedTuple):
    """Room for one tile's passes, in the first cache levels."""

    u: npt.NDArray[np.uint32]
    u2: npt.NDArray[np.uint32]
    stage: npt.NDArray[np.int32]
    key: npt.NDArray[np.int32]
    exposures: npt.NDArray[np.int32]
    clicks: npt.NDArray[np.int32]
    met: Bytes
    strength: Singles
    push: Singles
    held: Singles
    own_push: Singles
    sum: Singles
    lifted: Singles
    onward: Singles
    away: Singles
    rate: Singles
    event: Bytes
    weight: Singles
    shown: npt.NDArray[np.int32]
    heard: npt.NDArray[np.int32]
    few: npt.NDArray[np.int32]
    looking: npt.NDArray[np.int32]
    hit: npt.NDArray[np.int32]
    before: Singles


def new_state(world: World) -> State:
    """Room for a world's consumers, not yet populated."""
    blocks_k = -(-world.agents_k // TILE)
    segment = np.repeat(np.arange(len(blocks_k)), blocks_k)
    block = np.concatenate([np.arange(n) for n in blocks_k])
    count = np.minimum(TILE, world.agents_k[segment] - block * TILE)
    n, c = len(segment), len(world.channels)
    return State(
        segment=segment.astype(np.int64),
        block=block.astype(np.int64),
        consumers=count.astype(np.int64),
        memory=np.zeros((n, c, TILE), dtype=np.float32),
        touches=np.zeros((n, c, TILE), dtype=np.uint8),
        theta=np.zeros((n, TILE), dtype=np.float32),
        purchase=np.zeros((n, TILE), dtype=np.float32),
        lapse=np.zeros((n, TILE), dtype=np.float32),
        stage=np.zeros((n, TILE), dtype=np.uint8),
        resolved=np.zeros((n, TILE), dtype=np.uint8),
        first=np.full((n, TILE), NO_TOUCH, dtype=np.uint8),
        last=np.full((n, TILE), NO_TOUCH, dtype=np.uint8),
        acquired=np.full((n, TILE), NEVER, dtype=np.uint16),
        acquired_first=np.full((n, TILE), NO_TOUCH, dtype=np.uint8),
        acquired_last=np.full((n, TILE), NO_TOUCH, dtype=np.uint8),
        orders=np.zeros((n, TILE), dtype=np.uint16),
        **_extras(world, n),
    )


def _extras(world: World, tiles: int) -> dict[str, Any]:
    """State of the optional behaviours; of those that are off, no tile."""
    names = {
        "mood": ("experience", np.float32),
        "owed": ("stockpile", np.float32),
        "points": ("loyalty", np.int32),
        "spent": ("loyalty", np.int32),
        "coupon": ("coupon", np.uint8),
        "left": ("coupon", np.uint8),
    }
    on = world.behaviours.extras
    return {
        name: np.zeros((tiles if behaviour in on else 0, TILE), dtype=dtype)
        for name, (behaviour, dtype) in names.items()
    }


def new_scratch(world: World) -> Scratch:
    """Scratch for one thread."""

    def lanes(dtype: type, *rows: int) -> npt.NDArray[np.generic]:
        return np.zeros((*rows, TILE), dtype=dtype)

    shapes: dict[str, tuple[type, tuple[int, ...]]] = {
        "u": (np.uint32, ()),
        "u2": (np.uint32, ()),
        "stage": (np.int32, ()),
        "key": (np.int32, ()),
        "exposures": (np.int32, ()),
        "clicks": (np.int32, ()),
        "few": (np.int32, ()),
        "shown": (np.int32, ()),
        "heard": (np.int32, ()),
        "looking": (np.int32, ()),
        "hit": (np.int32, ()),
        "strength": (np.float32, (len(world.channels),)),
        "push": (np.float32, (N_EFFECTS,)),
        "held": (np.float32, (len(world.channels),)),
        "own_push": (np.float32, (N_EFFECTS,)),
        "event": (np.uint8, ()),
        "met": (np.uint8, ()),
    }
    arrays: dict[str, Any] = {
        name: lanes(*shapes.get(name, (np.float32, ()))[:1], *shapes.get(name, (np.float32, ()))[1])
        for name in Scratch._fields
    }
    return Scratch(**{**arrays, "weight": np.zeros(len(world.sell_channels), dtype=np.float32)})


@compiled
def populate(first, stop, tables, state, scratch):  # type: ignore[no-untyped-def]
    """Draw traits, platforms, identity and initial stage of the tiles first .. stop - 1."""
    u = scratch.u
    for tile in range(first, stop):
        k, n = state.segment[tile], state.consumers[tile]
        word, block = tables.segment_word_k[k], state.block[tile]
        key0, key1 = tables.key[0], tables.key[1]
        fill_trait(state.theta[tile], u, tables.theta_kq[k], key0, key1, word, block, THETA, n)
        fill_trait(state.purchase[tile], u, tables.purchase_kq[k], key0, key1, word, block, PURCHASE, n)
        fill_trait(state.lapse[tile], u, tables.lapse_kq[k], key0, key1, word, block, LAPSE, n)
        fill_draws(u, key0, key1, word, block, 0, RESOLVED)
        for i in range(n):
            state.resolved[tile, i] = np.uint8(u[i] < tables.match[0])
        fill_draws(u, key0, key1, word, block, 0, INITIAL)
        for i in range(n):
            state.stage[tile, i] = initial_stage(u[i], tables.initial_ks[k])
        if is_felt(tables.experience):
            for i in range(n):
                state.mood[tile, i] = start_of(tables.experience)
        for c in range(state.touches.shape[1]):
            fill_draws(u, key0, key1, word, block, 0, tables.platform_word_c[c])
            for i in range(n):
                state.touches[tile, c, i] = np.uint8(ON_PLATFORM if u[i] < tables.reach_ck[c, k] else 0)


@compiled
def fill_trait(out, u, table, key0, key1, word, block, purpose, n):  # type: ignore[no-untyped-def]
    """One trait of each consumer of a tile."""
    fill_draws(u, key0, key1, word, block, 0, purpose)
    for i in range(n):
        out[i] = quantile(table, u[i])


@compiled
def initial_stage(u, cumulative_s):  # type: ignore[no-untyped-def]
    """Stage at the start of the run, from cumulative thresholds by stage."""
    stage = 0
    while stage < cumulative_s.shape[0] - 1 and u > cumulative_s[stage]:
        stage += 1
    return np.uint8(stage)


@compiled
def count_stages(state, n_ksr):  # type: ignore[no-untyped-def]
    """Add the consumers by segment, stage and resolved flag to n_ksr."""
    for tile in range(state.consumers.shape[0]):
        k = state.segment[tile]
        for i in range(state.consumers[tile]):
            n_ksr[k, state.stage[tile, i], state.resolved[tile, i]] += 1
