"""The budget simplex: uniform, within limits, and its inverse."""

import numpy as np
import pytest
from analytic import AnalyticMarket
from hypothesis import given, settings, strategies as st

from optimize.simplex import decode, encode


def test_decode_is_uniform_on_the_simplex():
    """Uniform on 10 shares: each has mean 1/10; the largest has mean H_10 / 10 = 0.2929.

    4,000 draws: a share has sd 0.0905 (standard error 0.0014), the largest about 0.085 (0.0013);
    bounds are 4 standard errors. u / sum u would give a largest share of 0.19, softmax 0.41.
    """
    problem = AnalyticMarket(10).problem()
    draws = np.random.default_rng(0).random((4_000, 10))
    shares = np.array([decode(problem, u) for u in draws]) / problem.total
    np.testing.assert_allclose(shares.mean(axis=0), 0.1, atol=4 * 0.0905 / np.sqrt(4_000))
    harmonic = sum(1 / n for n in range(1, 11)) / 10
    assert shares.max(axis=1).mean() == pytest.approx(harmonic, abs=4 * 0.085 / np.sqrt(4_000))
    # P(a given share > 0.4) = 0.6^9 = 0.01008, by channel.
    assert (shares > 0.4).mean() == pytest.approx(0.6**9, abs=4 * np.sqrt(0.01 / 40_000))


LIMITS = {
    "bounds": {"lower": {0: 0.1, 4: 0.2}, "upper": {1: 0.15, 2: 0.3}},
    "groups": {"lower": {0: 0.05}, "groups": [((0, 1, 2), 0.0, 0.4), ((4, 5), 0.25, 1.0)]},
    "tight": {"upper": dict.fromkeys(range(6), 0.17)},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_decoded_plans_meet_all_limits(limits):
    problem = AnalyticMarket(6).problem(**limits)
    for u in np.random.default_rng(1).random((150, 6)):
        assert problem.violations(decode(problem, u)) == []


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_corners_of_the_cube_decode(corner):
    problem = AnalyticMarket(6).problem(**LIMITS["bounds"])
    assert problem.violations(decode(problem, np.full(6, corner))) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6).filter(lambda weights: sum(weights) > 0.01))
def test_encode_is_the_inverse_of_decode(weights):
    problem = AnalyticMarket(6).problem(lower={0: 0.1, 4: 0.2})
    w = np.array(weights) / sum(weights)
    amounts = problem.settle(problem.lower_c + 0.7 * problem.total * w)
    again = decode(problem, encode(problem, amounts))
    # Coordinates stop at 1 - 1e-9, which costs a plan with almost everything in one channel nothing visible.
    np.testing.assert_allclose(again, amounts, atol=1e-6 * problem.total)
