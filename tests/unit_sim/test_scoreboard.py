"""The scoreboard of attribution: errors, ranks, intervals and regret by hand, each beside a wrong rule."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from sim import OmnifunnelError, error_change, interval, noise_floor, regrets, score, share_intervals
from sim.measure.attribution.scoreboard import jackknife, rank_correlation, share_error, shares

Floats = npt.NDArray[np.float64]
amounts = st.lists(st.floats(0.01, 100.0), min_size=3, max_size=6)


def row(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def test_error_by_hand() -> None:
    # shares 50, 30, 20 against 20, 30, 50: off by 30, 0 and 30 points
    assert share_error(row(5, 3, 2), row(40, 60, 100)) == pytest.approx(0.2)
    assert share_error(row(5, 3, 2), row(50, 30, 20)) == pytest.approx(0.0)


def test_negative_truth_keeps_its_sign() -> None:
    # true shares 125 % and -25 %: crediting all to the first is 25 points off twice, not none
    assert share_error(row(1, 0), row(5, -1)) == pytest.approx(0.25)
    clipped = np.maximum(row(5, -1), 0)
    assert share_error(row(1, 0), clipped) == pytest.approx(0.0)  # what the wrong rule would say


@pytest.mark.parametrize("truth", [row(0, 0), row(1, -1), row(1, -3)])
def test_shares_of_nothing_are_missing(truth: Floats) -> None:
    assert shares(truth) is None
    assert share_error(row(1, 1), truth) is None
    assert score(np.stack([row(1, 1)] * 3), np.stack([truth] * 3)).error is None
    assert share_intervals(np.stack([truth] * 3)) == [None, None]
    assert noise_floor(np.stack([truth] * 3)) is None


@given(amounts, st.floats(0.1, 50.0))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_order_and_scale_of_channels_do_not_matter(values: list[float], scale: float) -> None:
    credit, truth = np.array(values), np.array(values[::-1]) ** 1.5
    order = np.random.default_rng(3).permutation(len(values))
    error, rank = share_error(credit, truth), rank_correlation(credit, truth)
    assert share_error(scale * credit[order], truth[order]) == pytest.approx(error)
    assert rank_correlation(scale * credit[order], truth[order]) == (
        None if rank is None else pytest.approx(rank)
    )


@given(
    st.lists(st.integers(0, 4), min_size=3, max_size=8), st.lists(st.integers(0, 4), min_size=8, max_size=8)
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_ranks_agree_with_scipy_ties_too(first: list[int], second: list[int]) -> None:
    one, other = np.array(first, dtype=float), np.array(second[: len(first)], dtype=float)
    found = rank_correlation(one, other)
    if len(set(first)) == 1 or len(set(second[: len(first)])) == 1:
        assert found is None
    else:
        assert found == pytest.approx(float(stats.spearmanr(one, other).statistic))


def test_ranks_are_not_of_the_values() -> None:
    assert rank_correlation(row(1, 2, 100), row(1, 2, 3)) == pytest.approx(1.0)
    assert np.corrcoef(row(1, 2, 100), row(1, 2, 3))[0, 1] < 0.9


def test_one_channel_has_no_rank() -> None:
    assert rank_correlation(row(3), row(4)) is None


def test_the_jackknife_of_a_mean_is_the_t_interval() -> None:
    sample = np.random.default_rng(5).normal(3.0, 2.0, (7, 2))
    found, known = jackknife(lambda mean_c: float(mean_c[0]), sample), interval(sample[:, 0].tolist())
    assert found is not None
    assert known is not None
    assert (found.mean, found.low, found.high) == pytest.approx((known.mean, known.low, known.high))


def test_the_jackknife_covers_a_ratio_as_often_as_it_says() -> None:
    """95 % of intervals of a share must hold the true share; binomial standard error 0.7 points of 1,000."""
    generator, hits = np.random.default_rng(11), 0
    for _ in range(1_000):
        found = share_intervals(generator.normal([30.0, 50.0, 20.0], 4.0, (6, 3)))[0]
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.3 <= found.high
    assert abs(hits / 1_000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 1_000)


def test_one_replicate_has_no_interval() -> None:
    found = score(row(5, 3, 2)[None], row(4, 6, 10)[None])
    assert found.error is not None
    assert (found.error.mean, found.error.low, found.error.high) == (pytest.approx(0.2), None, None)
    assert found.rank == pytest.approx(-1.0)
    assert noise_floor(row(4, 6, 10)[None]) is None


def test_leaving_one_out_may_leave_nothing_to_share() -> None:
    found = jackknife(share_error, np.array([row(1, 1), row(1, 3)]), np.array([row(0, 0), row(2, 2)]))
    assert found is not None
    assert (found.low, found.high) == (None, None)


def test_figures_are_of_the_means_not_means_of_figures() -> None:
    """Truth that swings between replicates must not count as error of a rule that is right on average."""
    truth = np.array([row(8, 2), row(2, 8), row(8, 2), row(2, 8)])
    credit = np.array([row(5, 5)] * 4)
    found = score(credit, truth).error
    assert found is not None
    assert found.mean == pytest.approx(0.0)
    by_replicate = [share_error(*pair) for pair in zip(credit, truth, strict=True)]
    assert by_replicate == pytest.approx([0.3] * 4)


def test_changes_are_paired() -> None:
    """What both views share must not widen the interval of their difference."""
    generator = np.random.default_rng(2)
    truth = np.tile(row(50, 30, 20), (6, 1))
    common = generator.normal(0.0, 3.0, (6, 1)) * row(1, -1, 0)
    credit, other = row(70, 20, 10) + common, row(60, 25, 15) + common
    change = error_change(credit, other, truth)
    apart = [score(one, truth).error for one in (credit, other)]
    assert change is not None
    assert change.mean == pytest.approx(0.2 / 3)
    assert change.high is not None
    for one in apart:
        assert one is not None
        assert one.high is not None
        assert change.high - change.mean < 0.1 * (one.high - one.mean)


def test_the_noise_floor_is_what_a_perfect_rule_shows() -> None:
    """Over many draws the error of the exact truth against a noisy one is near the floor told for it."""
    generator, exact = np.random.default_rng(9), row(40, 30, 20, 10)
    errors, floors = [], []
    for _ in range(400):
        truth = generator.normal(exact, 3.0, (5, 4))
        errors.append(share_error(exact, truth.mean(axis=0)))
        floors.append(noise_floor(truth))
    mean, floor = np.mean([e or 0.0 for e in errors]), np.mean([f or 0.0 for f in floors])
    assert floor == pytest.approx(mean, rel=0.12)
    assert abs(floor * math.sqrt(5) - mean) > 0.5 * mean  # forgetting the mean over replicates


def test_regret_is_paired_against_the_best_mean() -> None:
    best, short = regrets({"a": [10.0, 20.0, 30.0], "b": [11.0, 21.0, 31.0], "c": [31.0, 0.0, 0.0]})
    assert best == "b"
    assert short["b"] is not None
    assert (short["b"].mean, short["b"].low, short["b"].high) == (0.0, 0.0, 0.0)
    assert short["a"] is not None
    assert (short["a"].mean, short["a"].low) == (pytest.approx(1.0), pytest.approx(1.0))
    assert short["c"] is not None
    assert short["c"].mean == pytest.approx(21.0 - 31.0 / 3)
    with pytest.raises(OmnifunnelError, match="at least one plan"):
        regrets({})
