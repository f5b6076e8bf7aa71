"""BudgetProblem: limits read, checked and said in sentences."""

from types import SimpleNamespace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import BudgetProblem, GroupLimit
from sim import LimitError, Plan
from sim.scenario.schema import Limit, Optimization


def world(priced=(True, True, True)):
    names = ("feed", "search", "store")
    return SimpleNamespace(
        name="toy",
        currency="EUR",
        minor=100,
        channels=names,
        labels=names,
        periods=2,
        priced_c=np.array(priced),
    )


def limit(channel=None, group=None, low=None, high=None, low_share=None, high_share=None, **others):
    return Limit(
        channel=channel,
        group=group,
        min=low,
        max=high,
        min_share=low_share,
        max_share=high_share,
        **others,
    )


def read(
    limits,
    *,
    total=20_000.0,
    budget=None,
    spend=((1_000.0, 2_000.0, 3_000.0),) * 2,
    priced=(True,) * 3,
    **block,
):
    scenario = SimpleNamespace(optimization=Optimization(total=total, limits=tuple(limits), **block))
    market = world(priced)
    plan = Plan(market.channels, np.array(spend))
    return BudgetProblem.from_scenario(scenario, market, plan, total=budget)


def test_shares_follow_the_total_in_force():
    limits = [limit("store", low_share=0.05), limit(group=("feed", "search"), high_share=0.6)]
    assert read(limits).lower_c[2] == pytest.approx(1_000)
    doubled = read(limits, budget=40_000.0)
    assert doubled.lower_c[2] == pytest.approx(2_000)
    assert doubled.groups[0].upper == pytest.approx(24_000)


def test_the_total_defaults_to_what_is_spent_today():
    assert read([], total=None).total == pytest.approx(12_000)


def test_two_limits_on_one_channel_intersect():
    problem = read(
        [
            limit("feed", low=2_000),
            limit("feed", low=3_000, high_share=0.5),
            limit(group=("feed",), high=9_000),
        ]
    )
    assert (problem.lower_c[0], problem.upper_c[0]) == (3_000, 9_000)


def test_minimums_above_the_total_are_explained_with_the_smallest_fix():
    with pytest.raises(LimitError) as fault:
        read([limit("feed", low=11_100), limit("store", low=10_000)])
    text = str(fault.value)
    assert "add up to EUR 21,100 but the total is EUR 20,000" in text
    assert "lower them by EUR 1,100 or raise the total" in text


def test_maximums_below_the_total_are_explained():
    with pytest.raises(LimitError, match="raise them by EUR 5,000 or lower the total"):
        read([limit(name, high=5_000) for name in ("feed", "search", "store")])


def test_crossed_bounds_name_the_channel_and_the_gap():
    with pytest.raises(
        LimitError, match=r"search must get at least EUR 9,000 and at most EUR 8,000.*EUR 1,000"
    ):
        read([limit("search", low=9_000), limit("search", high=8_000)])


def test_a_minimum_on_a_channel_without_a_price_is_refused():
    with pytest.raises(LimitError, match="store has no price"):
        read([limit("store", low=500)], priced=(True, True, False))


def test_an_unknown_channel_gets_the_nearest_name():
    with pytest.raises(LimitError, match="did you mean 'search'"):
        read([limit("serch", low=500)])


def test_group_conflict_gives_the_smallest_relaxation():
    # feed + search may hold 8,000 and store 10,000 of 20,000: exactly 2,000 must give way somewhere.
    with pytest.raises(LimitError) as fault:
        read([limit(group=("feed", "search"), high=8_000), limit("store", high=10_000)])
    text = str(fault.value)
    assert "no plan meets all limits at a total of EUR 20,000" in text
    assert "by EUR 2,000" in text


@pytest.mark.parametrize("total", [0.0, -5.0, float("nan"), float("inf")])
def test_a_total_that_is_no_budget_is_refused(total):
    with pytest.raises(LimitError, match="total"):
        read([], budget=total)


def test_unknown_objective_is_refused():
    market = AnalyticMarket(3)
    with pytest.raises(LimitError, match="roi, profit, ltv"):
        market.problem(objectives=("profits",))


def test_the_plan_keeps_each_channels_timing_and_spreads_a_new_channel_evenly():
    problem = read([], spend=((1_000.0, 0.0, 3_000.0), (3_000.0, 0.0, 0.0)))
    plan = problem.plan(np.array([8_000.0, 6_000.0, 6_000.0]))
    np.testing.assert_allclose(plan.spend_tc, [[2_000, 3_000, 6_000], [6_000, 3_000, 0]])


def test_violations_are_sentences_with_amounts():
    problem = read([limit("feed", low=2_000), limit(group=("search", "store"), high=10_000)])
    said = problem.violations(np.array([1_000.0, 9_000.0, 9_000.0]))
    assert said == [
        "the amounts add up to EUR 19,000, EUR 1,000 below the total",
        "feed gets EUR 1,000, EUR 1,000 below its minimum of EUR 2,000",
        "search + store get EUR 18,000, EUR 8,000 above their maximum of EUR 10,000",
    ]
    assert problem.violations(np.array([10_000.0, 5_000.0, 5_000.0])) == []


def test_settle_rounds_to_the_minor_unit_and_keeps_the_total():
    problem = read([limit("feed", low_share=1 / 3)])
    amounts = problem.settle(np.array([6_666.6667, 6_666.6666, 6_666.6667]))
    assert amounts.sum() == pytest.approx(20_000, abs=1e-9)
    assert problem.violations(amounts) == []
    np.testing.assert_allclose(amounts[1:] * 100, np.round(amounts[1:] * 100), atol=1e-6)


def test_status_quo_at_another_total_keeps_the_mix():
    problem = read([], budget=24_000.0)
    np.testing.assert_allclose(problem.status_quo_at_total(), [4_000, 8_000, 12_000])


def test_group_limits_are_plain_values():
    assert GroupLimit((0, 1), ("a", "b"), 0.0, 5.0) == GroupLimit((0, 1), ("a", "b"), 0.0, 5.0)


def test_a_solvers_residue_is_swept_up_and_the_total_kept():
    problem = read([])
    settled = problem.settle(np.array([0.01, 11_999.99, 8_000.0]))
    assert settled[0] == 0
    assert settled.sum() == problem.total
    held = read([limit("feed", low=0.05)]).settle(np.array([0.01, 12_000.0, 7_999.99]))
    assert held[0] == 0.05, "a minimum is no dust"


def test_factors_are_times_what_is_spent_today():
    problem = read(
        [limit("feed", min_factor=0.5, max_factor=2), limit(group=("feed", "search"), max_factor=1)]
    )
    assert (problem.lower_c[0], problem.upper_c[0]) == (1_000, 4_000)
    assert problem.groups[0].upper == 6_000


def test_a_locked_channel_keeps_todays_money_whatever_the_budget():
    problem = read([], locked=("search",), budget=30_000.0)
    assert problem.lower_c[1] == problem.upper_c[1] == 4_000
    said = problem.violations(np.array([10_000.0, 5_000.0, 15_000.0]))
    assert said == ["search gets EUR 5,000, EUR 1,000 above its maximum of EUR 4,000"]


def test_a_locked_channel_above_the_total_is_one_line():
    with pytest.raises(LimitError) as fault:
        read([], locked=("store",), budget=5_000.0)
    assert str(fault.value) == (
        "limits: store is locked at EUR 6,000 but the total is EUR 5,000: "
        "unlock it or raise the total by EUR 1,000"
    )
    with pytest.raises(LimitError, match="locked at EUR 6,000, against its maximum of EUR 1,000"):
        read([limit("store", high=1_000)], locked=("store",))


def test_minimums_if_on_channels_on_and_shift_are_said_in_sentences():
    problem = read([limit("feed", min_if_on=5_000)], max_channels=2, max_shift=0.2)
    assert problem.violations(np.array([2_000.0, 8_000.0, 10_000.0])) == [
        "feed gets EUR 2,000, EUR 3,000 below the EUR 5,000 that it takes at least if it gets anything",
        "3 channels get money, 1 more than the 2 allowed: feed, search, store",
    ]
    assert problem.violations(np.array([0.0, 15_000.0, 5_000.0])) == [
        "EUR 8,333 goes elsewhere than today, EUR 4,333 more than 0.2 of the EUR 20,000 spent"
    ]


def test_limits_of_flights_stand_on_cells_and_on_the_mix():
    limits = [
        limit("feed", flight_max=4_000),
        limit("store", low=6_000),
        limit("search", flight_min_if_on=900),
    ]
    problem = read(limits, flights=2, flight_max=11_000)
    assert problem.upper_c[[0, 3]].tolist() == [4_000, 4_000]
    assert [(group.who, group.upper) for group in problem.groups] == [
        ("store", np.inf),
        ("flight 1", 11_000),
        ("flight 2", 11_000),
    ]
    assert [minimum.name for minimum in problem.minimums] == ["search in flight 1", "search in flight 2"]
    mix = problem.mix
    assert (mix.upper_c[0], mix.lower_c[2], mix.groups[0].upper) == (8_000, 6_000, 22_000)
    said = problem.violations(np.array([4_000.0, 500, 7_000, 4_000, 0, 4_500]))
    assert said == [
        "flight 1 gets EUR 11,500, EUR 500 above its maximum of EUR 11,000",
        "search in flight 1 gets EUR 500, EUR 400 below the EUR 900 that it takes at least "
        "if it gets anything",
    ]


def test_a_free_total_takes_shares_of_what_is_spent():
    problem = read([limit("store", low_share=0.25)], at_most=True, total_min=8_000)
    assert problem.violations(np.array([6_000.0, 1_500, 2_500])) == []
    assert problem.violations(np.array([6_000.0, 2_000, 2_000])) == [
        "store: EUR 2,000 of EUR 10,000 spent, EUR 500 below the minimum of 0.25 of it"
    ]
    assert problem.violations(np.array([4_000.0, 0, 2_000])) == [
        "the amounts add up to EUR 6,000, EUR 2,000 below the total spent at least of EUR 8,000",
    ]
    assert problem.at_total(12_000.0).lower_c[2] == 3_000


def test_contradicting_limits_are_named_and_the_others_are_not():
    with pytest.raises(LimitError) as fault:
        read(
            [
                limit("feed", low=9_000),
                limit(group=("feed", "search"), high=8_000),
                limit("store", low=500),
                limit("search", max_factor=3),
            ]
        )
    text = str(fault.value)
    assert "(these contradict each other: feed at least EUR 9,000; feed + search at most EUR 8,000);" in text
    assert text.endswith(" by EUR 1,000")


def test_the_channels_on_contradict_the_shift():
    with pytest.raises(
        LimitError, match=r"at most 2 channels on; at most 0\.1 of the money elsewhere than today"
    ):
        read([], max_channels=2, max_shift=0.1)


def test_too_many_channels_are_needed():
    with pytest.raises(LimitError, match=r"would do: allow 1 more channel$"):
        read([limit("feed", low=9_000), limit("store", low=9_000)], max_channels=1)
