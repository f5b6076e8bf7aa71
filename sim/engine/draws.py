"""The only source of randomness: a counter-based hash without state or order.

    u = draw(key, consumer, period, purpose)

    symbol          meaning                                                       type
    key0, key1      128-bit-safe words of (seed, replicate)                        uint32
    segment_word    hash of the segment's id: consumers are numbered in a segment  uint32
    index           number of the consumer within the segment                      int64
    period_word     period t, plus n << 16 for the n-th order of a period          uint32
    purpose_word    hash of the purpose's name, e.g. "exposure:search"             uint32
    u               uniform on 0 .. 2**32 - 1                                      uint32

Philox4x32-10 (Salmon et al. 2011) yields four words a call. Consumers are taken in blocks of 1,024:
consumer j of a block reads lane j >> 8 of call j & 255, so that all four lanes are used and each lane
fills a contiguous run. Because purposes and segments are hashed by name, neither their order nor
additions change a draw, and neither does a longer horizon or a bigger sample.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled, inlined

BLOCK = 1024
LANE = 256
#: Orders of one period draw at period_word = t + n * ORDER_STRIDE.
ORDER_STRIDE = 1 << 16

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LANE_BITS = np.int64(8)


def word(name: str) -> int:
    """Stable 32-bit word of a purpose's or segment's name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


def key_words(seed: int, replicate: int) -> tuple[int, int]:
    """Key of one replicate. Seed and replicate are any integers >= 0; 0 is a seed like any other."""
    state = np.random.SeedSequence(entropy=seed, spawn_key=(replicate,)).generate_state(2, np.uint32)
    return int(state[0]), int(state[1])


def threshold(p: npt.ArrayLike) -> npt.NDArray[np.uint32]:
    """Probabilities as words: u < threshold(p) holds with probability p, to 2**-32; 1 is 1 - 2**-32."""
    scaled = np.floor(np.asarray(p, dtype=np.float64) * 2.0**32)
    return np.clip(scaled, 0, 2.0**32 - 1).astype(np.uint32)


@inlined
def _round(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    p0 = _M0 * c0
    p1 = _M1 * c2
    return (p1 >> _HALF) ^ c1 ^ k0, p1 & _MASK, (p0 >> _HALF) ^ c3 ^ k1, p0 & _MASK


@inlined
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Philox4x32-10: counter words c0..c3 and key words k0, k1 (uint64 below 2**32) to four words.

    The ten rounds stand one by one: as a loop they would keep the caller's loop from vectorising.
    """
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@inlined
def remix(u):  # type: ignore[no-untyped-def]
    """A second uniform word for the same consumer, period and purpose: MurmurHash3's finaliser of the first.

    It is a bijection that spreads any interval of u over all words, so that it is uniform given any count
    drawn from u by inverse CDF (tested), at a quarter of a draw's cost.
    """
    x = np.uint32(u)  # every step is cut back to 32 bits, so that lanes stay narrow
    x = np.uint32(np.uint32(x ^ np.uint32(x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32(np.uint32(x ^ np.uint32(x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ np.uint32(x >> np.uint32(16)))


@compiled
def draw(key0, key1, segment_word, index, period_word, purpose_word):  # type: ignore[no-untyped-def]
    """One uniform word, uint32. All arguments are integers (see the module's table)."""
    index = np.int64(index)
    call = np.uint64((index >> 10) * LANE + (index & (LANE - 1)))
    lane = (index >> _LANE_BITS) & 3
    x0, x1, x2, x3 = philox(
        call,
        np.uint64(segment_word),
        np.uint64(period_word),
        np.uint64(purpose_word),
        np.uint64(key0),
        np.uint64(key1),
    )
    if lane == 0:
        return np.uint32(x0)
    if lane == 1:
        return np.uint32(x1)
    if lane == 2:
        return np.uint32(x2)
    return np.uint32(x3)


@compiled
def fill_draws(out, key0, key1, segment_word, block, period_word, purpose_word):  # type: ignore[no-untyped-def]
    """Fill out[BLOCK] (uint32) with the draws of consumers block * BLOCK .. + BLOCK - 1."""
    first = np.uint64(block * LANE)
    c1 = np.uint64(segment_word)
    c2 = np.uint64(period_word)
    c3 = np.uint64(purpose_word)
    k0 = np.uint64(key0)
    k1 = np.uint64(key1)
    for j in range(LANE):
        x0, x1, x2, x3 = philox(first + np.uint64(j), c1, c2, c3, k0, k1)
        out[j] = np.uint32(x0)
        out[j + LANE] = np.uint32(x1)
        out[j + 2 * LANE] = np.uint32(x2)
        out[j + 3 * LANE] = np.uint32(x3)


@compiled
def fill_some_draws(out, chosen, n, key0, key1, segment_word, block, period_word, purpose_word):  # type: ignore[no-untyped-def]
    """Fill out[:n] with the draws of the consumers chosen[:n] (int32, 0 .. BLOCK - 1) of a block."""
    first = np.uint64(block * LANE)
    c1 = np.uint64(segment_word)
    c2 = np.uint64(period_word)
    c3 = np.uint64(purpose_word)
    k0 = np.uint64(key0)
    k1 = np.uint64(key1)
    for place in range(n):
        j = np.uint64(chosen[place])
        lane = j >> np.uint64(_LANE_BITS)
        x0, x1, x2, x3 = philox(first + (j & np.uint64(LANE - 1)), c1, c2, c3, k0, k1)
        low = x0 if lane == np.uint64(0) else x1
        high = x2 if lane == np.uint64(2) else x3
        out[place] = np.uint32(low if lane < np.uint64(2) else high)
