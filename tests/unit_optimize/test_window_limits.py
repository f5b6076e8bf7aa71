"""Limits on a window of the plan: the flights they make, the bounds they set, and what is said of them."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import METHODS, BudgetProblem, optimize
from optimize.projection import project
from optimize.proportions import in_proportion_within
from optimize.reading import read_problem
from optimize.rows import words_of
from optimize.windows import WindowBound, implied
from sim import LimitError, Period, Plan
from sim.scenario.schema import Limit, Optimization

#: Twelve weeks from Monday, 1 June 2026: five begin in June, four in July, three in August.
START, PERIODS, TOTAL = dt.date(2026, 6, 1), 12, 120_000.0
JUNE, JULY = slice(0, 5), slice(5, 9)
CALENDAR = {"start": START, "period": Period.WEEK}


def market(channels=3):
    """The analytic market on a calendar."""
    found = AnalyticMarket(channels, total=TOTAL)
    fields = {name: getattr(found.world, name) for name in found.world.__dataclass_fields__}
    found.world = SimpleNamespace(**fields | CALENDAR | {"labels": found.world.channels})
    return found


def read(*limits, spend_c=(2_000.0, 3_000.0, 5_000.0), spend_tc=None, **block):
    """A problem of c00, c01 and c02, spent evenly unless `spend_tc` says otherwise."""
    world = market(len(spend_c)).world
    plan = Plan(world.channels, np.tile(spend_c, (PERIODS, 1)) if spend_tc is None else spend_tc)
    options = {name: block.pop(name) for name in ("objectives", "minimise_spend") if name in block}
    optimization = Optimization(limits=tuple(Limit(**limit) for limit in limits), **block)
    return read_problem(optimization, world, plan, **{"objectives": ("profit",)} | options)


def test_without_flights_the_plan_is_cut_where_windows_begin_and_end():
    problem = read({"channel": "c00", "max": 0, "window": "2026-07"})
    assert [(flight.first, flight.last) for flight in problem.flights] == [(0, 4), (5, 8), (9, 11)]
    assert problem.flights[1].name == "2026-07-06 to 2026-08-02"
    assert len(read({"channel": "c00", "max": 0, "window": "2026-06..2026-08"}).flights) == 1


def test_windows_refine_the_flights_asked_for_and_caps_stay_on_those():
    problem = read(
        {"channel": "c00", "max": 0, "window": "2026-06-15..2026-07-12"},
        {"channel": "c01", "flight_max": 9_000},
        {"channel": "c02", "flight_max": 20_000, "window": "2026-07"},
        flights="monthly",
        flight_max=60_000,
    )
    assert [flight.first for flight in problem.flights] == [0, 2, 5, 6, 9]
    caps = {group.who: (group.channels, group.upper) for group in problem.groups}
    assert caps["c00 in 2026-06-15..2026-07-12"] == ((3, 6), 0.0)
    assert caps["c01 in 2026-06-01 to 2026-07-05"] == ((1, 4), 9_000.0)
    assert caps["c02 in 2026-07-06 to 2026-08-02"] == ((8, 11), 20_000.0)
    assert caps["2026-06-01 to 2026-07-05"] == ((0, 1, 2, 3, 4, 5), 60_000.0)
    assert problem.upper_c[13] == 9_000.0, "August is one flight"
    assert problem.mix.upper_c[1] == 27_000.0, "three flights asked for, not five"


def test_factors_and_shares_are_of_the_window_and_of_the_total():
    problem = read(
        {"channel": "c00", "min_factor": 0.5, "max_factor": 1.2, "window": "2026-07"},
        {"group": ["c00", "c01"], "max_share": 0.1, "window": "2026-06"},
        {"channel": "c02", "min_if_on": 4_000, "window": "2026-06"},
        {"channel": "c02", "flight_min_if_on": 900, "window": "2026-07"},
    )
    first, second = problem.groups
    assert (first.lower, first.upper) == (4_000, pytest.approx(9_600))
    assert (second.who, second.upper) == ("c00 + c01 in 2026-06", pytest.approx(12_000))
    assert [(minimum.name, minimum.cells) for minimum in problem.minimums] == [
        ("c02 in 2026-06", (2,)),
        ("c02 in 2026-07", (5,)),
    ]
    shared = read({"channel": "c00", "min_share": 0.1, "window": "2026-07"}, at_most=True, total_min=9_000)
    assert shared.shares[0].who == "c00 in 2026-07"
    assert words_of(shared, "share_lower_00") == "c00 in 2026-07 at least 0.1 of what is spent"
    assert shared.at_total(60_000.0).groups[0].lower == 6_000


def test_what_is_broken_is_said_with_the_window():
    problem = read({"channel": "c00", "max": 0, "window": "2026-07"})
    today = problem.by_flight(problem.status_quo)
    assert problem.violations(today) == [
        "c00 in 2026-07 gets EUR 8,000, EUR 8,000 above its maximum of EUR 0"
    ]
    assert words_of(problem, "group_upper_00") == "c00 in 2026-07 at most EUR 0"


def test_a_channel_switched_off_in_a_window_spends_its_money_in_the_others_as_today():
    problem = read({"channel": "c00", "max": 0, "window": "2026-07"})
    plan = problem.plan(problem.lifted(np.array([24_000.0, 36_000.0, 60_000.0])))
    assert plan.spend_tc[JULY, 0].tolist() == [0.0] * 4
    np.testing.assert_allclose(plan.spend_tc[JUNE, 0], 3_000)
    np.testing.assert_allclose(plan.spend_tc[:, 1:], np.tile([3_000, 5_000], (PERIODS, 1)))


def test_a_burst_that_its_window_forbids_is_spread_over_the_dark_weeks():
    spend_tc = np.zeros((PERIODS, 3))
    spend_tc[:, 1:] = 2_000.0
    spend_tc[JUNE, 0] = 14_400.0
    problem = read({"channel": "c00", "max": 0, "window": "2026-06"}, spend_tc=spend_tc)
    plan = problem.plan(problem.lifted(np.array([72_000.0, 24_000.0, 24_000.0])))
    np.testing.assert_allclose(plan.spend_tc[5:, 0], np.full(7, 72_000 / 7), atol=0.01)


def test_plans_of_the_mix_meet_the_windows_and_keep_the_money():
    problem = read(
        {"channel": "c00", "max": 1_000, "window": "2026-06"},
        {"channel": "c01", "min": 9_000, "window": "2026-08-03..2026-08-16"},
        {"channel": "c01", "max": 500, "window": "2026-06"},
    )
    rng = np.random.default_rng(1)
    for _ in range(20):
        amounts = project(problem.mix, TOTAL * rng.dirichlet(np.ones(3)))
        plan = problem.mix.plan(amounts)
        np.testing.assert_allclose(plan.total_c, amounts, atol=1e-6)
        assert problem.violations(problem.by_flight(plan)) == []
    assert problem.mix.lower_c[1] == 9_000


def test_windows_ask_of_the_mix_what_follows_from_them():
    def bound(first, stop, low, high=np.inf):
        return WindowBound(("c00",), "some", range(first, stop), low, high)

    assert implied([bound(0, 5, 10), bound(4, 8, 15), bound(8, 12, 7)], 12) == (22, np.inf)
    assert implied([bound(0, 6, 1, 50), bound(6, 12, 0, 20)], 12) == (1, 70)
    both = [
        {"channel": "c00", "max": 3_000, "window": "2026-06..2026-07"},
        {"channel": "c00", "max": 4_000, "window": "2026-08"},
    ]
    assert read(*both).mix.upper_c[0] == 7_000


def test_a_locked_channel_stands_against_a_window_in_one_line():
    with pytest.raises(LimitError) as fault:
        read({"channel": "c00", "max": 0, "window": "2026-07"}, locked=("c00",))
    assert str(fault.value) == (
        "limits: c00 is locked at EUR 8,000 in 2026-07, against its maximum of EUR 0 there: "
        "unlock it or drop the limit"
    )
    problem = read({"channel": "c00", "max": 9_000, "window": "2026-07"}, locked=("c00",))
    assert problem.by_channel(problem.lower_c)[0] == 24_000


def test_contradictions_name_the_window_and_the_money():
    with pytest.raises(LimitError) as fault:
        read(
            {"channel": "c00", "min": 30_000, "window": "2026-06-01..2026-06-28"},
            {"channel": "c00", "max": 20_000},
        )
    assert "(these contradict each other: " in str(fault.value)
    assert "c00 in 2026-06-01..2026-06-28 at least EUR 30,000" in str(fault.value)
    assert str(fault.value).endswith("by EUR 10,000")
    with pytest.raises(LimitError, match="c00 in 2026-07 must get at least EUR 9,000 and at most EUR 5,000"):
        read({"channel": "c00", "min": 9_000, "max_share": 5_000 / TOTAL, "window": "2026-07"})
    with pytest.raises(LimitError, match="lower the minimum of c00 in 2026-07 by EUR 30,000"):
        read({"channel": "c00", "min": 150_000, "window": "2026-07"})


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("2027-01", "the window of c00 must lie in the plan, 2026-06-01 to 2026-08-23, got 2027-01"),
        ("2026-06-02..2026-06-07", "must hold the first day of a week, counted from 2026-06-01"),
    ],
)
def test_a_window_that_is_none_of_the_plan_is_refused(window, words):
    with pytest.raises(LimitError, match=words):
        read({"channel": "c00", "max": 0, "window": window})


def test_all_windows_that_are_none_are_told_at_once_and_a_calendar_is_needed():
    wrong = [{"channel": name, "max": 0, "window": "2027-01"} for name in ("c00", "c01")]
    with pytest.raises(LimitError) as fault:
        read(*wrong)
    assert len(str(fault.value).splitlines()) == 2
    plain = AnalyticMarket(3)
    block = Optimization(limits=(Limit(channel="c00", max=0, window="2026-06"),))
    with pytest.raises(LimitError, match="needs a calendar with a first day, got 2026-06"):
        read_problem(block, plain.world, Plan(plain.world.channels, np.ones((4, 3))))


def test_too_many_flights_by_windows_are_refused():
    spend_tc = np.ones((60, 1))
    world = SimpleNamespace(**vars(market(1).world))
    days = [f"2026-06-{day:02d}" for day in range(1, 30, 2)] + [f"2026-07-{day:02d}" for day in range(1, 30)]
    block = Optimization(limits=tuple(Limit(channel="c00", max=9, window=day) for day in days))
    world.period = Period.DAY
    with pytest.raises(
        LimitError, match="cutting them at the windows of limits makes 60 of them; at most 52"
    ):
        read_problem(block, world, Plan(world.channels, spend_tc))


def test_proportions_keep_a_channels_money_and_leave_alone_what_holds():
    problem = read(
        {"group": ["c00", "c01"], "max": 10_000, "window": "2026-06"},
        {"channel": "c02", "min": 40_000, "window": "2026-07"},
    )
    today = problem.by_flight(problem.status_quo)
    found = in_proportion_within(problem, today)
    np.testing.assert_allclose(problem.by_channel(found), [24_000, 36_000, 60_000])
    assert problem.violations(found) == []
    # June's ten thousand are shared in proportion; what is left goes to July and August in proportion.
    np.testing.assert_allclose(found.reshape(3, 3)[:, 0], [4_000, 20_000 * 4 / 7, 20_000 * 3 / 7])
    assert in_proportion_within(problem, found) is found


WINDOWS = (
    {"channel": "c00", "max": 0, "window": "2026-07"},
    {"channel": "c01", "min": 30_000, "window": "2026-06"},
    {"group": ["c01", "c02"], "max_factor": 0.5, "window": "2026-08"},
)


def held(plan, total=TOTAL):
    """The three limits, checked period by period."""
    assert plan.spend_tc[JULY, 0].sum() == 0
    assert plan.spend_tc[JUNE, 1].sum() >= 30_000 - 1e-6
    assert plan.spend_tc[9:, 1:].sum() <= 12_000 + 1e-6
    assert plan.total == pytest.approx(total)


@pytest.mark.parametrize("flights", [1, "monthly", "4-weekly"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_recommends_a_plan_that_meets_the_windows(method, flights):
    problem = read(*WINDOWS, flights=flights)
    result = optimize(problem, method=method, runs=60, seed=1, replicates=2, meter=market())
    held(result.recommended)
    assert result.runs_used <= 60


def test_windows_hold_with_a_free_total_two_objectives_and_the_cheapest_plan():
    free = read(*WINDOWS, at_most=True, total_min=80_000)
    result = optimize(free, runs=80, seed=1, replicates=2, meter=market())
    held(result.recommended, total=result.recommended.total)
    assert 80_000 <= result.recommended.total <= TOTAL + 1e-6
    two = read(*WINDOWS, objectives=("roi", "ltv"))
    result = optimize(two, runs=60, seed=1, replicates=2, meter=market())
    fronts = [plan for name, plan in result.plans.items() if name.startswith("pareto")]
    assert fronts, "plans of the search meet the windows, so that there is a front"
    for plan in [result.recommended, *fronts]:
        held(plan)
    target = [{"kpi": "volume", "min": 700}]
    cheap = read(*WINDOWS, targets=target, minimise_spend=True)
    result = optimize(cheap, runs=90, seed=1, replicates=2, meter=market())
    held(result.recommended, total=result.recommended.total)
    assert result.recommended.total < TOTAL


def test_a_mix_at_another_total_takes_its_windows_along():
    mix = read(*WINDOWS).mix
    smaller = mix.at_total(90_000.0)
    assert isinstance(smaller, BudgetProblem)
    assert smaller.timing.total == 90_000
    plan = smaller.plan(project(smaller, np.array([1e4, 5e4, 3e4])))
    held(plan, total=90_000)
    assert replace(mix, timing=None).plan(mix.status_quo_at_total()).spend_tc[JULY, 0].sum() > 0
