"""How far the advice is certain: equals, what they spread over, and who found the plan."""

from types import SimpleNamespace

import numpy as np
import pytest
from analytic import AnalyticMarket, PairedValues

from optimize import BudgetProblem, FlatRange, optimize
from optimize.certainty import equals, spread
from optimize.chances import standings
from optimize.explain import Explanation
from sim import Plan

CHANNELS = ("tv", "search", "print")


def plan(*amounts):
    return Plan(CHANNELS, np.tile(np.array(amounts) / 2, (2, 1)))


PLANS = {
    "status_quo": plan(100.0, 100.0, 100.0),
    "recommended": plan(150.0, 60.0, 90.0),
    "leader_1": plan(60.0, 150.0, 90.0),
    "leader_2": plan(151.0, 60.0, 89.0),
    "leader_3": plan(20.0, 20.0, 260.0),
}


def finalists(**rows):
    judged = PairedValues({name: {"profit": row} for name, row in rows.items()})
    return standings(judged, "profit", {}, list(rows))


def test_only_plans_that_are_not_clearly_worse_and_differ_are_equals():
    table = finalists(
        status_quo=(99.0, 101.0, 100.0),
        recommended=(109.0, 111.0, 110.0),
        leader_1=(110.0, 110.0, 109.5),
        leader_2=(109.0, 111.0, 109.9),
        leader_3=(89.0, 91.0, 90.0),
    )
    assert equals(table, PLANS) == ("leader_1",)


def test_a_plan_with_a_higher_chance_is_always_among_the_equals():
    table = finalists(recommended=(109.0, 111.0, 110.0), leader_2=(112.0, 114.0, 113.0))
    assert table[0].plan == "leader_2"
    assert equals(table, PLANS) == ("leader_2",)


@pytest.fixture
def problem():
    return SimpleNamespace(world=SimpleNamespace(channels=CHANNELS))


def test_equals_that_move_a_channel_the_other_way_leave_its_direction_open(problem):
    found = spread(problem, Explanation(), PLANS, ["leader_1"])
    assert set(found.unsure) == {"tv", "search"}
    assert not found.other_total


def test_a_flat_range_over_both_sides_leaves_it_open_too_and_one_side_does_not(problem):
    flat = (FlatRange("tv", 80.0, 170.0, 150.0), FlatRange("search", 40.0, 90.0, 60.0))
    found = spread(problem, Explanation(flat=flat), PLANS, [])
    assert found.unsure == ("tv",)


def test_a_flat_total_is_another_total_from_a_twentieth_on(problem):
    near = spread(problem, Explanation(flat_total=(290.0, 310.0)), PLANS, [])
    far = spread(problem, Explanation(flat_total=(250.0, 400.0)), PLANS, [])
    assert (near.other_total, far.other_total) == (False, True)
    assert far.total == (250.0, 400.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_another_seed_advises_lies_within_the_spread_that_was_told(seed):
    """Two starts of the search on one noisy market: where their totals differ much, both verdicts said so."""
    from dataclasses import replace

    market = AnalyticMarket(5, seed=seed, noise=0.15)
    problem: BudgetProblem = replace(market.problem(), total=3e6, total_min=0.2e6)
    one, two = (
        optimize(problem, runs=80, seed=other, replicates=6, meter=market) for other in (10 + seed, 20 + seed)
    )
    for mine, other in ((one, two), (two, one)):
        low, high = mine.spread.total
        gap = max(low - other.recommended.total, other.recommended.total - high, 0.0)
        assert gap <= 0.25 * mine.recommended.total
        if abs(one.recommended.total - two.recommended.total) > 0.3 * mine.recommended.total:
            assert mine.spread.other_total
            assert "Another start of the search" in mine.verdict.text
