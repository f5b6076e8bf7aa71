"""Policies on histories written by hand: what each says, worked out on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize import POLICIES, PolicyOptions, weights_of
from optimize.curve_policies import fit_curves
from optimize.health_policies import observed_health
from optimize.pacing import filled, most_placed
from sim import History, LimitError, paths_of

NAMES = ("a", "b", "c")


def history(rows, *, billed=(100.0, 100.0, 100.0), offered=None, orders=((), (), ()), periods=2):
    """Paths (touches, conversions, value, nulls) that all end in the last period; money spent evenly."""
    identity, period, channel = (np.array(column, dtype=np.int64) for column in orders)
    paths = paths_of(rows, channels=NAMES)
    return History(
        channels=NAMES,
        quarter=1,
        people=10.0,
        offered_tc=np.tile(np.array(offered or billed) / periods, (periods, 1)),
        billed_tc=np.tile(np.array(billed) / periods, (periods, 1)),
        paths=paths,
        end_p=np.full(paths.rows, periods - 1, dtype=np.int64),
        identity_o=identity,
        period_o=period,
        channel_o=channel,
        value_o=np.ones(len(identity)),
    )


ROWS = [(["a", "b"], 3, 300.0, 7), (["b"], 1, 100.0, 9), (["a"], 0, 0.0, 20), (["a", "c"], 1, 40.0, 0)]


def said(name, found, **options):
    return weights_of(name, found, [(0, 2)], PolicyOptions(**options))


def test_last_click_follows_the_last_touch():
    np.testing.assert_allclose(said("last_click", history(ROWS)), [0.0, 4000.0, 400.0])


def test_markov_shares_out_the_same_revenue():
    found = said("markov", history(ROWS))
    assert found.sum() == pytest.approx(4400.0)
    assert found[0] > 0


def test_only_journeys_of_the_last_block_count():
    found = history(ROWS)
    early = replace(found, end_p=np.array([0, 1, 1, 1]))
    weight = POLICIES["last_click"].weights(early, [(0, 1), (1, 2)], PolicyOptions())
    np.testing.assert_allclose(weight, [0.0, 1000.0, 400.0])


def test_in_proportion_to_credited_roas_divides_by_the_money_billed():
    found = said("proportional_roi", history(ROWS, billed=(50.0, 1000.0, 200.0)))
    np.testing.assert_allclose(found, [0.0, 4.0, 2.0])


def test_a_channel_that_was_not_paid_for_gets_nothing_by_roas():
    found = said("proportional_roi", history(ROWS, billed=(50.0, 0.0, 200.0)))
    np.testing.assert_allclose(found, [0.0, 0.0, 2.0])


@pytest.mark.parametrize(
    ("least", "kept"), [(1.9, (0.0, 1000.0, 200.0)), (3.0, (0.0, 1000.0, 0.0)), (5.0, (50.0, 1000.0, 200.0))]
)
def test_cull_drops_below_the_threshold_and_says_nothing_when_all_would_go(least, kept):
    found = said("cull", history(ROWS, billed=(50.0, 1000.0, 200.0)), least_roas=least)
    np.testing.assert_allclose(found, kept)


@pytest.mark.parametrize("name", POLICIES)
def test_without_an_order_the_mix_stays(name):
    found = history([(["a"], 0, 0.0, 5)], billed=(10.0, 20.0, 30.0))
    np.testing.assert_allclose(said(name, found), [10.0, 20.0, 30.0])


def quarter(users, orders):
    """Users of each channel, one order each in period 0, and orders of theirs in period 1."""
    identity, period, channel, who = [], [], [], 0
    for c, (count, again) in enumerate(zip(users, orders, strict=True)):
        for n in range(count):
            times = again // count + (n < again % count)
            identity += [who] * (1 + times)
            period += [0] + [1] * times
            channel += [c] * (1 + times)
            who += 1
    return identity, period, channel


def test_health_counts_orders_per_user_against_all_users():
    found = observed_health(history(ROWS, orders=quarter((100, 100, 200), (50, 100, 50))))
    np.testing.assert_allclose(found.users_c, [100, 100, 200, 0])
    np.testing.assert_allclose(found.active_c, [1.0, 2.0, 0.5, 1.0])
    np.testing.assert_allclose(found.kept_c, [0.5, 1.0, 0.25, 0.0])


def test_the_unhealthy_give_to_those_that_keep_their_users():
    orders = quarter((100, 100, 200), (50, 100, 50))
    found = history(ROWS, orders=orders, billed=(100.0, 60.0, 40.0))
    np.testing.assert_allclose(said("rfm", found), [100.0, 100.0, 0.0])
    # The other reading of the rule, below 20 % of the baseline, drops nobody here.
    np.testing.assert_allclose(said("rfm", found, least_activity=0.2), [100.0, 60.0, 40.0])


def test_too_few_users_are_not_judged():
    orders = quarter((100, 100, 19), (50, 100, 0))
    found = history(ROWS, orders=orders, billed=(100.0, 60.0, 40.0))
    assert said("rfm", found)[2] == 40.0


def test_who_first_came_within_the_quarter_is_no_user_yet():
    found = observed_health(history(ROWS, orders=((0, 0, 1), (0, 1, 1), (0, 0, 1))))
    np.testing.assert_allclose(found.users_c, [1, 0, 0, 0])


def test_after_one_block_curves_are_square_roots():
    """Where revenue is a sqrt(m), the best split of any total is in proportion to a^2 = v^2 / m."""
    value = np.array([[300.0, 100.0, 50.0]])
    billed = np.array([[100.0, 50.0, 400.0]])
    levels, beta = fit_curves(value, billed, value > 0)
    assert beta == pytest.approx(0.5)
    split = np.exp(levels / (1 - beta))
    wanted = (value**2 / billed)[0]
    np.testing.assert_allclose(split / split.sum(), wanted / wanted.sum(), rtol=1e-6)


def test_money_that_moved_tells_the_elasticity():
    """Exact curves of elasticity 0.7 over 12 blocks whose level drifts: the prior, 0.5, gives way."""
    rng = np.random.default_rng(0)
    billed = rng.uniform(50.0, 500.0, (12, 3))
    value = np.array([3.0, 2.0, 1.0]) * billed**0.7 * rng.uniform(0.5, 2.0, (12, 1))
    levels, beta = fit_curves(value, billed, value > 0)
    assert beta == pytest.approx(0.7, abs=0.02)
    np.testing.assert_allclose(levels - levels[2], np.log([3.0, 2.0, 1.0]), atol=0.05)


def test_an_elasticity_beyond_belief_is_held_at_its_bound():
    rng = np.random.default_rng(0)
    billed = rng.uniform(50.0, 500.0, (12, 3))
    assert fit_curves(billed**1.5, billed, billed > 0)[1] == pytest.approx(0.8, abs=0.01)


def test_a_full_channel_passes_on_what_it_cannot_place():
    np.testing.assert_allclose(
        filled(100.0, np.array([2.0, 1.0, 1.0]), np.array([20.0, np.inf, np.inf])), [20, 40, 40]
    )
    # A chain: what the first passes on fills the second.
    np.testing.assert_allclose(
        filled(100.0, np.array([2.0, 1.0, 1.0]), np.array([20.0, 30.0, np.inf])), [20, 30, 50]
    )
    # All full: the money is offered by weight after all.
    np.testing.assert_allclose(
        filled(100.0, np.array([1.0, 1.0, 0.0]), np.array([20.0, 30.0, 9.0])), [45, 55, 0]
    )


def test_what_a_channel_placed_bounds_what_it_is_offered():
    found = history(ROWS, billed=(60.0, 10.0, 100.0), offered=(100.0, 100.0, 100.0))
    np.testing.assert_allclose(most_placed(found, (0, 2), 1.5), [45.0, 25.0, np.inf])


@pytest.mark.parametrize(
    "wrong", [{"least_roas": -1.0}, {"least_activity": float("nan")}, {"room": float("inf")}]
)
def test_thresholds_that_are_none_are_refused(wrong):
    with pytest.raises(LimitError, match=next(iter(wrong))):
        PolicyOptions(**wrong)
