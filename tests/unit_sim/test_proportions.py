"""Intervals of differences of two shares, against published ones."""

from __future__ import annotations

import pytest

from sim.measure.journeys.proportions import evidence, newcombe


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_intervals_of_differences_are_the_published_ones(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10."""
    assert newcombe(*counts) == pytest.approx((low, high), abs=5e-5)
    back = newcombe(*counts[2:], *counts[:2])
    assert back == pytest.approx((-high, -low), abs=5e-5)


def test_evidence_is_above_one_where_the_interval_leaves_out_zero() -> None:
    for counts in ((56, 70, 48, 80), (0, 1, 1, 1), (5, 56, 0, 29), (1, 1, 5, 1000), (3, 9, 3, 9)):
        low, high = newcombe(*counts)
        difference = counts[0] / counts[1] - counts[2] / counts[3]
        assert (evidence(difference, low, high) > 1) == (low > 0 or high < 0)
