"""Plans tried round a plan: within the limits, as far apart as asked, in pairs; channels at zero reopen."""

import numpy as np
from analytic import AnalyticMarket

from optimize.sampling import around, within

MARKET = AnalyticMarket(6)


def plans(problem, at, spread=0.3, count=60, seed=0):
    return np.array(around(problem, at, spread, count, np.random.default_rng(seed)))


def test_every_plan_meets_total_and_limits():
    problem = MARKET.problem(lower={0: 0.1}, groups=[((1, 2), 0.0, 0.3)])
    start = np.array([3e5, 1e5, 2e5, 1e5, 2e5, 1e5])
    assert all(problem.violations(row) == [] for row in plans(problem, start, spread=0.8))


def test_spread_is_the_standard_deviation_of_log_amounts():
    start = np.full(6, 1e6 / 6)
    for spread in (0.1, 0.3):
        logs = np.log(plans(MARKET.problem(), start, spread=spread, count=600))
        logs -= logs.mean(axis=1, keepdims=True)
        assert 0.85 * spread < np.std(logs) * np.sqrt(6 / 5) < 1.1 * spread


def test_directions_come_in_opposite_pairs():
    start = np.full(6, 1e6 / 6)
    logs = np.log(plans(MARKET.problem(), start, spread=0.05, count=12))
    logs -= logs.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(logs[::2], -logs[1::2], atol=0.01)


def test_a_channel_at_zero_gets_money_again_in_some_plans():
    start = np.array([5e5, 1e5, 2e5, 1e5, 1e5, 0.0])
    opened = plans(MARKET.problem(), start)[:, 5] > 0.04 * 1e6
    assert 0.1 < opened.mean() < 0.6


def test_proportions_stay_where_limits_allow():
    problem = MARKET.problem(upper={0: 0.2})
    found = within(problem, np.array([8.0, 4.0, 2.0, 2.0, 1.0, 1.0]))
    assert found[0] == 2e5
    np.testing.assert_allclose(found[1:] / found[1:].sum(), np.array([4, 2, 2, 1, 1]) / 10, atol=1e-3)
