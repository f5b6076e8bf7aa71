"""The draws: published known answers, both forms equal, uniform and independent."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.engine.draws import BLOCK, draw, fill_draws, fill_some_draws, key_words, philox, remix, word

#: Known-answer vectors of Philox4x32-10 published with Random123 (kat_vectors).
KNOWN = [
    ([0] * 6, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 6, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


def many(
    blocks: int, *, key: tuple[int, int] = (1, 2), segment: int = 3, period: int = 4, purpose: int = 5
) -> np.ndarray:
    out = np.empty((blocks, BLOCK), dtype=np.uint32)
    for block in range(blocks):
        fill_draws(out[block], *key, segment, block, period, purpose)
    return out.ravel()


@pytest.mark.parametrize(("words", "answer"), KNOWN)
def test_philox_gives_the_published_answers(words: list[int], answer: list[int]) -> None:
    assert [int(x) for x in philox(*(np.uint64(w) for w in words))] == answer


def test_one_draw_is_the_same_as_a_filled_block() -> None:
    for block in (0, 7, 5_000_000):
        out = np.empty(BLOCK, dtype=np.uint32)
        fill_draws(out, 11, 12, 13, block, 14, 15)
        singles = [draw(11, 12, 13, block * BLOCK + i, 14, 15) for i in range(BLOCK)]
        np.testing.assert_array_equal(out, singles)


def test_the_draws_of_some_are_those_of_the_block() -> None:
    chosen = np.random.default_rng(0).permutation(BLOCK)[:300].astype(np.int32)
    whole, some = np.empty(BLOCK, dtype=np.uint32), np.zeros(BLOCK, dtype=np.uint32)
    for block in (0, 5_000_000):
        fill_draws(whole, 11, 12, 13, block, 14, 15)
        fill_some_draws(some, chosen, 300, 11, 12, 13, block, 14, 15)
        np.testing.assert_array_equal(some[:300], whole[chosen[:300]])
        assert not some[300:].any()


def test_draws_are_uniform() -> None:
    u = many(1_000)
    counts = np.bincount(u >> np.uint32(20), minlength=4096)
    assert stats.chisquare(counts).pvalue > 1e-4
    low_bits = np.bincount(u & np.uint32(0xFFF), minlength=4096)
    assert stats.chisquare(low_bits).pvalue > 1e-4


def test_the_uniformity_check_catches_a_bad_hash() -> None:
    lazy = (np.arange(1_024_000, dtype=np.uint64) * np.uint64(2654435761) % np.uint64(2**32)).astype(
        np.uint32
    )
    counts = np.bincount(lazy >> np.uint32(20), minlength=4096)
    assert stats.chisquare(counts).pvalue > 1 - 1e-4


@pytest.mark.parametrize("other", [{"key": (1, 3)}, {"segment": 4}, {"period": 5}, {"purpose": 6}])
def test_streams_of_other_keys_periods_segments_and_purposes_are_independent(
    other: dict[str, object],
) -> None:
    a, b = many(500) / 2**32, many(500, **other) / 2**32  # type: ignore[arg-type]
    z = np.corrcoef(a, b)[0, 1] * np.sqrt(len(a))
    assert abs(z) < 4


@pytest.mark.parametrize("lag", [1, 2, 255, 256, 1024])
def test_neighbours_are_independent(lag: int) -> None:
    u = many(500) / 2**32
    z = np.corrcoef(u[:-lag], u[lag:])[0, 1] * np.sqrt(len(u) - lag)
    assert abs(z) < 4


def test_seed_zero_is_a_seed_and_keys_differ() -> None:
    keys = {key_words(seed, replicate) for seed in (0, 1, 2**64) for replicate in (0, 1, 1_000_000)}
    assert len(keys) == 9
    assert word("exposure:search") != word("click:search")


@pytest.mark.parametrize("below", [2**32, 2**29, 2**24])
def test_the_second_word_is_uniform_given_the_first(below: int) -> None:
    """Also within the small interval of draws that mean an exposure of a rare channel."""
    first = (
        many(1_000)
        if below == 2**32
        else (many(300).astype(np.uint64) * below >> np.uint64(32)).astype(np.uint32)
    )
    second = np.array([remix(u) for u in first[:300_000]], dtype=np.uint32)
    assert stats.chisquare(np.bincount(second >> np.uint32(24), minlength=256)).pvalue > 1e-4
    z = np.corrcoef(first[: len(second)], second)[0, 1] * np.sqrt(len(second))
    assert abs(z) < 4


def test_the_second_word_is_a_bijection() -> None:
    words = np.arange(2**16, dtype=np.uint32) * np.uint32(65_537)
    assert len({int(remix(u)) for u in words}) == len(words)
