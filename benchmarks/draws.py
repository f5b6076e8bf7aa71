"""Statistical battery over the engine's draws, in the orders in which the model uses them.

    python benchmarks/draws.py [--draws N] [--raw ORDER]

Prints a table with p values and ends with 1 if one is below 1e-6. `--raw consumers|periods|seeds` writes
draws to stdout without end instead, for other batteries: `... --raw periods | dieharder -g 200 -a`.

    symbol       meaning                                                           unit
    u            draws of consumers 0 .. n - 1 for one key, segment, period, purpose  uint32
    pair         two draws that the model takes to be independent
    p            chance of a statistic as far out, on either side, from true randomness
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from scipy import stats

from sim.engine.draws import BLOCK, fill_draws, key_words, remix, word

BITS = 12
CHUNK = 1 << 20
SMALLEST_P = 1e-6
DRAWS = 100_000_000


class Stream(NamedTuple):
    """What stays the same while consumers vary."""

    seed: int = 0
    replicate: int = 0
    segment: str = "segment:all"
    period: int = 0
    purpose: str = "move"


Source = Callable[[Stream, int, int], np.ndarray]


@numba.njit(nogil=True)
def _fill(out, key0, key1, segment, first, period, purpose):  # type: ignore[no-untyped-def]
    for block in range(out.shape[0]):
        fill_draws(out[block], key0, key1, segment, first + block, period, purpose)


@numba.njit(nogil=True)
def _second(u):  # type: ignore[no-untyped-def]
    out = np.empty_like(u)
    for i in range(u.shape[0]):
        out[i] = remix(u[i])
    return out


def engine_draws(stream: Stream, first: int, count: int) -> np.ndarray:
    """Draws of consumers first .. first + count - 1, both multiples of a block."""
    out = np.empty((count // BLOCK, BLOCK), dtype=np.uint32)
    key = key_words(stream.seed, stream.replicate)
    _fill(out, *key, word(stream.segment), first // BLOCK, stream.period, word(stream.purpose))
    return out.ravel()


@dataclass(frozen=True)
class Result:
    """One test: its name, draws used, statistic and two-sided p value."""

    name: str
    draws: int
    statistic: str
    p: float


def chi_square(name: str, counts: np.ndarray, draws: int) -> Result:
    """Equal cells: too uneven and too even are both suspicious."""
    cells = len(counts)
    expected = counts.sum() / cells
    value = float(((counts - expected) ** 2).sum() / expected)
    p = 2 * min(stats.chi2.sf(value, cells - 1), stats.chi2.cdf(value, cells - 1))
    return Result(name, draws, f"chi2({cells - 1}) = {value:.1f}", float(min(p, 1.0)))


def correlation(name: str, products: list[float], draws: int) -> Result:
    """Sum of products of standardised uniforms: mean 0 and variance 1 each."""
    z = sum(products) / np.sqrt(draws)
    return Result(name, draws, f"z = {z:+.2f}", float(2 * stats.norm.sf(abs(z))))


def standard(u: np.ndarray) -> np.ndarray:
    """Uniform words as numbers of mean 0 and variance 1."""
    return (u * 2.0**-32 - (0.5 - 2.0**-33)) * np.sqrt(12.0)


def test_bits(source: Source, draws: int) -> Iterator[Result]:
    """Chi-square of the top and of the low bits, and of each bit."""
    top, low, ones = np.zeros(1 << BITS), np.zeros(1 << BITS), np.zeros(32)
    for first in range(0, draws, CHUNK):
        u = source(Stream(), first, CHUNK)
        top += np.bincount(u >> np.uint32(32 - BITS), minlength=1 << BITS)
        low += np.bincount(u & np.uint32((1 << BITS) - 1), minlength=1 << BITS)
        ones += [np.count_nonzero(u & np.uint32(1 << bit)) for bit in range(32)]
    used = int(top.sum())
    yield chi_square(f"top {BITS} bits", top, used)
    yield chi_square(f"low {BITS} bits", low, used)
    value = float(((2 * ones - used) ** 2 / used).sum())
    p = 2 * min(stats.chi2.sf(value, 32), stats.chi2.cdf(value, 32))
    yield Result("each of 32 bits", used, f"chi2(32) = {value:.1f}", float(min(p, 1.0)))


def test_consumers(source: Source, draws: int) -> Iterator[Result]:
    """Neighbouring consumers: correlation at the lags of the layout, and pairs of top bits."""
    for lag in (1, 2, 255, 256, 512, 1024):
        products, used = [], 0
        for first in range(0, draws // 6, CHUNK):
            u = standard(source(Stream(purpose="orders"), first, CHUNK))
            products.append(float(u[:-lag] @ u[lag:]))
            used += CHUNK - lag
        yield correlation(f"consumers {lag} apart", products, used)


def pairs(name: str, source: Source, draws: int, streams: list[tuple[Stream, Stream]]) -> Iterator[Result]:
    """Correlation of two streams' draws, consumer by consumer, and chi-square of their joint top bits.

    No stream may stand in two pairs: its uneven cells would count twice.
    """
    products, used, half = [], 0, BITS // 2
    joint = np.zeros(1 << BITS)
    each = max(BLOCK, draws // (2 * len(streams)) // BLOCK * BLOCK)
    for one, other in streams:
        for first in range(0, each, CHUNK):
            count = min(CHUNK, each - first)
            u, v = source(one, first, count), source(other, first, count)
            products.append(float(standard(u) @ standard(v)))
            shift = np.uint32(32 - half)
            joint += np.bincount(((u >> shift) << np.uint32(half)) | (v >> shift), minlength=1 << BITS)
            used += count
    yield correlation(f"{name}: correlation", products, used)
    yield chi_square(f"{name}: joint top bits", joint, 2 * used)


def test_periods(source: Source, draws: int) -> Iterator[Result]:
    """One consumer from period to period, and from order to order of one period."""
    steps = [(Stream(period=t), Stream(period=t + 1)) for t in range(0, 200, 2)]
    yield from pairs("next period", source, draws // 2, steps)
    order = Stream(purpose="order value")
    orders = [(order._replace(period=t), order._replace(period=t + (1 << 16))) for t in range(100)]
    yield from pairs("next order of a period", source, draws // 2, orders)


def test_purposes(source: Source, draws: int) -> Iterator[Result]:
    """One consumer's draws for different ends, and those of two segments."""
    names = ("move", "orders", "order value", "exposure:search", "platform:search", "exposure:social")
    ends = [
        (Stream(purpose=one, period=t), Stream(purpose=other, period=t))
        for t in range(20)
        for one, other in zip(names[::2], names[1::2], strict=True)
    ]
    yield from pairs("other purpose", source, draws // 2, ends)
    words = [(Stream(period=t), Stream(period=t, segment="segment:other")) for t in range(50)]
    yield from pairs("other segment", source, draws // 2, words)


def test_keys(source: Source, draws: int) -> Iterator[Result]:
    """The same draw under the next seed, and under the next replicate."""
    seeds = [(Stream(seed=s), Stream(seed=s + 1)) for s in range(0, 400, 2)]
    yield from pairs("next seed", source, draws // 2, seeds)
    replicates = [(Stream(replicate=r), Stream(replicate=r + 1)) for r in range(0, 400, 2)]
    yield from pairs("next replicate", source, draws // 2, replicates)


def test_second_word(source: Source, draws: int) -> Iterator[Result]:
    """The second word among those exposed at a small rate, and against the word it was derived from."""
    for share in (1.0, 0.3, 0.02):
        top, low, products, used = np.zeros(256), np.zeros(256), [], 0
        for first in range(0, draws // 3, CHUNK):
            u = source(Stream(purpose="exposure:search"), first, CHUNK)
            u = u[u < np.uint32(min(share * 2**32, 2**32 - 1))]
            v = _second(u)
            top += np.bincount(v >> np.uint32(24), minlength=256)
            low += np.bincount(v & np.uint32(255), minlength=256)
            scaled = ((u.astype(np.float64) + 0.5) / (share * 2**32) - 0.5) * np.sqrt(12.0)
            products.append(float(scaled @ standard(v)))
            used += len(u)
        yield chi_square(f"second word, {share:.0%} exposed: top bits", top, used)
        yield chi_square(f"second word, {share:.0%} exposed: low bits", low, used)
        yield correlation(f"second word, {share:.0%} exposed: with the first", products, used)


BATTERY: dict[str, Callable[[Source, int], Iterator[Result]]] = {
    "bits": test_bits,
    "consumers": test_consumers,
    "periods": test_periods,
    "purposes": test_purposes,
    "keys": test_keys,
    "second word": test_second_word,
}


def run(draws: int, source: Source = engine_draws) -> list[Result]:
    """All tests, sharing the draws among them."""
    each = max(CHUNK, draws // len(BATTERY))
    return [result for test in BATTERY.values() for result in test(source, each)]


def raw(order: str) -> Iterator[bytes]:
    """Endless draws: consumers, periods or seeds vary fastest."""
    first = 0
    while True:
        if order == "consumers":
            yield engine_draws(Stream(), first, CHUNK).tobytes()
        else:
            field = "period" if order == "periods" else "seed"
            rows = [engine_draws(Stream(**{field: n}), first, BLOCK) for n in range(1024)]
            yield np.stack(rows, axis=1).tobytes()
        first += CHUNK if order == "consumers" else BLOCK


def main() -> int:
    parser = argparse.ArgumentParser(description="Statistical battery over the engine's draws.")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws in total (default 1e8)")
    parser.add_argument("--raw", choices=("consumers", "periods", "seeds"), help="write draws to stdout")
    options = parser.parse_args()
    if options.raw:
        try:
            for chunk in raw(options.raw):
                sys.stdout.buffer.write(chunk)
        except BrokenPipeError:
            sys.stderr.close()
        return 0
    results = run(options.draws)
    print(f"{'test':44} {'draws':>11}  {'statistic':24} {'p':>8}")
    for result in results:
        print(f"{result.name:44} {result.draws:>11,}  {result.statistic:24} {result.p:8.4f}")
    worst = min(result.p for result in results)
    print(f"{len(results)} tests, smallest p {worst:.2g}")
    return 1 if worst < SMALLEST_P else 0


if __name__ == "__main__":
    sys.exit(main())
