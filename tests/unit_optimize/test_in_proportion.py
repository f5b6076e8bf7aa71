"""Spending in proportion to credit: the share, the limits, and who gives way to them."""

from __future__ import annotations

import numpy as np
import pytest
from analytic import AnalyticMarket
from hypothesis import given, settings, strategies as st

from optimize import BASELINES, in_proportion, proportional
from optimize.projection import project
from sim import LimitError

TOTAL = 1e6


def problem(**limits):
    return AnalyticMarket(5, seed=2, total=TOTAL).problem(**limits)


def test_money_follows_credit():
    found = in_proportion(problem(), np.array([1.0, 2.0, 3.0, 0.0, 4.0]))
    np.testing.assert_allclose(found, TOTAL * np.array([0.1, 0.2, 0.3, 0.0, 0.4]))


def test_credit_below_zero_counts_as_none():
    found = proportional(problem(), np.array([-5.0, 1.0, 3.0, 0.0, 0.0]))
    np.testing.assert_allclose(found, TOTAL * np.array([0.0, 0.25, 0.75, 0.0, 0.0]))


def test_a_channel_without_a_price_gets_nothing():
    from dataclasses import replace

    plain = problem()
    unpriced = replace(plain.world, priced_c=np.array([True, True, True, True, False]))
    market = replace(plain, world=unpriced, upper_c=np.array([np.inf] * 4 + [0.0]))
    found = in_proportion(market, np.array([1.0, 1.0, 1.0, 1.0, 96.0]))
    np.testing.assert_allclose(found, TOTAL * np.array([0.25, 0.25, 0.25, 0.25, 0.0]))


@pytest.mark.parametrize("credit", [np.zeros(5), -np.ones(5)])
def test_without_credit_todays_mix_stays(credit):
    assert proportional(problem(), credit) is None
    np.testing.assert_array_equal(in_proportion(problem(), credit), BASELINES["historical"](problem()))


@pytest.mark.parametrize("credit", [np.ones(4), np.array([1.0, 2.0, np.nan, 0.0, 1.0]), np.full(5, np.inf)])
def test_credit_that_is_none_is_refused(credit):
    with pytest.raises(LimitError, match="credit: must be 5 finite numbers"):
        in_proportion(problem(), credit)


def test_a_group_gives_way_together_and_the_rest_gains_in_proportion():
    limits = {"groups": [((0, 1), 0.0, 0.5)]}
    credit = np.array([6.0, 2.0, 1.0, 1.0, 0.0])
    found = in_proportion(problem(**limits), credit)
    np.testing.assert_allclose(found / TOTAL, [0.375, 0.125, 0.25, 0.25, 0.0], atol=1e-6)
    # the nearest plan by money moved alone takes it all from one of them
    nearest = project(problem(**limits), TOTAL * credit / credit.sum())
    assert abs(nearest[0] - 3.0 * nearest[1]) > 0.1 * TOTAL


def test_a_minimum_and_a_maximum_leave_the_others_in_proportion():
    market = problem(lower={3: 0.1}, upper={0: 0.3})
    found = in_proportion(market, np.array([7.0, 2.0, 1.0, 0.0, 0.0]))
    np.testing.assert_allclose(found / TOTAL, [0.3, 0.4, 0.2, 0.1, 0.0], atol=1e-6)


@given(
    st.lists(st.floats(-10.0, 100.0), min_size=5, max_size=5),
    st.floats(0.0, 0.2),
    st.floats(0.3, 0.7),
    st.floats(0.1, 0.6),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_limit_holds_whatever_the_credit(credit, least, most, together):
    market = problem(lower={0: least}, upper={1: most}, groups=[((1, 2), 0.05, together)])
    found = in_proportion(market, np.array(credit))
    assert market.violations(found) == []
    assert found.sum() == pytest.approx(TOTAL)
