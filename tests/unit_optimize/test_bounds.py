"""The limits a plan stops at: all kinds, once each, and nothing that does not bind."""

from dataclasses import replace

import numpy as np
from analytic import AnalyticMarket

from optimize.bounds import bounds
from optimize.explain import limits_met
from optimize.limits import Minimum, ShareLimit


def words(problem, amounts):
    return {met.kind: met.limit for met in limits_met(problem, np.array(amounts), {})}


def test_every_kind_of_limit_is_told_where_it_binds():
    market = AnalyticMarket(4)
    problem = replace(
        market.problem(lower={0: 0.1}, upper={1: 0.2}, groups=[((2, 3), 0.1, 0.7)]),
        minimums=(Minimum((2,), "c02", 0.3e6),),
        most_on=4,
        max_shift=0.3,
    )
    assert words(problem, [0.1e6, 0.2e6, 0.3e6, 0.4e6]) == {
        "min": "c00 at least EUR 100,000",
        "max": "c01 at most EUR 200,000",
        "group_max": "c02 + c03 at most EUR 700,000",
        "min_if_on": "c02 at least EUR 300,000 or nothing",
        "channels": "at most 4 channels on",
    }
    assert set(words(problem, [0.4e6, 0.2e6, 0.0, 0.4e6])) == {"max", "shift"}


def test_a_free_total_and_shares_of_it():
    problem = replace(
        AnalyticMarket(3).problem(), total_min=0.5e6, shares=(ShareLimit((0,), ("c00",), 0.2, 0.5),)
    )
    assert set(words(problem, [0.25e6, 0.25e6, 0.0])) == {"share_max", "total_min"}
    assert set(words(problem, [0.2e6, 0.4e6, 0.4e6])) == {"share_min", "total"}


def test_an_amount_held_from_both_sides_is_one_limit_with_the_price_of_both():
    problem = AnalyticMarket(3).problem(lower={1: 0.2}, upper={1: 0.2})
    (held,) = bounds(problem, np.array([0.4e6, 0.2e6, 0.4e6]))
    assert (held.kind, held.words) == ("fixed", "c01 exactly EUR 200,000")
    (met,) = limits_met(problem, np.array([0.4e6, 0.2e6, 0.4e6]), {"lower_01": -2.0, "upper_01": 0.5})
    assert met.shadow_price == -1.5
