"""Every family of limits: what the check says is broken is what the rows of the programme forbid."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from analytic import AnalyticMarket
from hypothesis import HealthCheck, given, settings, strategies as st

from optimize.flights import divide
from optimize.limits import CHECKS, GroupLimit, Minimum, ShareLimit
from optimize.linear import Pieces, best_mix
from optimize.problem import BudgetProblem
from optimize.projection import elastic, least_relaxation, project
from optimize.reading import read_problem
from optimize.rows import ROWS, words_of
from sim import LimitError, Period, Plan
from sim.scenario.schema import Limit, Optimization

CHANNELS, TOTAL = 4, 1e6
MARKET = AnalyticMarket(CHANNELS)
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def shares(low, high):
    """A share of the total on a coarse grid, so that a limit holds clearly or is broken clearly."""
    return st.integers(round(low * 40), round(high * 40)).map(lambda n: n / 40)


@st.composite
def problems(draw):
    """Problems with any mixture of limits, one or two flights, some of which no plan can meet."""
    flights = divide(draw(st.integers(1, 2)), 4)
    count = CHANNELS * len(flights)
    some = st.lists(st.integers(0, count - 1), min_size=1, max_size=4, unique=True).map(tuple)
    lower = np.array([draw(shares(0, 0.15)) if draw(st.booleans()) else 0.0 for _ in range(count)])
    upper = lower + np.array([draw(shares(0.1, 1)) if draw(st.booleans()) else np.inf for _ in range(count)])
    groups = [
        GroupLimit(cells, ("some",), low * TOTAL, (low + draw(shares(0.05, 1))) * TOTAL)
        for cells, low in draw(st.lists(st.tuples(some, shares(0, 0.4)), max_size=2))
    ]
    less = draw(st.booleans())
    limited = [ShareLimit(cells, ("some",), low, 1.0) for cells, low in draw(_shared(some)) if less]
    return {
        "lower_c": lower * TOTAL,
        "upper_c": upper * TOTAL,
        "groups": tuple(groups),
        "flights": flights,
        "total_min": draw(shares(0, 0.5)) * TOTAL if less else None,
        "shares": tuple(limited),
        "minimums": tuple(
            Minimum(cells, "some", least * TOTAL)
            for cells, least in draw(st.lists(st.tuples(some, shares(0.05, 0.4)), max_size=2))
        ),
        "most_on": draw(st.none() | st.integers(1, CHANNELS)),
        "max_shift": draw(st.none() | shares(0.1, 0.6)),
    }


def _shared(some):
    return st.lists(st.tuples(some, shares(0.05, 0.5)), max_size=1)


def unchecked(limits):
    """The problem without its own check, which would refuse what no plan can meet."""
    problem = object.__new__(BudgetProblem)
    whole = MARKET.problem()
    fields = {name: getattr(whole, name) for name in BudgetProblem.__dataclass_fields__} | limits
    for name, value in fields.items():
        object.__setattr__(problem, name, value)
    return problem


@st.composite
def plans(draw, count):
    """Plans on a grid finer than the limits', so that none is broken by less than a tolerance."""
    raw = np.array([draw(st.integers(0, 20)) if draw(st.booleans()) else 0 for _ in range(count)], float)
    raw = raw if raw.sum() else np.ones(count)
    return np.round(raw / raw.sum() * draw(st.sampled_from([1.0, 1.0, 0.7, 1.02])) * TOTAL, 2)


def slack_of(problem, plan):
    """Least money by which the rows must give way for this plan."""
    try:
        rows = elastic(problem, at=plan)
    except LimitError:
        return np.inf
    return sum(float(give.value() or 0.0) for _, give, _, _ in rows.gives.values()) * TOTAL


@QUICK
@given(st.data())
def test_a_plan_satisfies_the_rows_exactly_when_no_violation_is_said(data):
    problem = unchecked(data.draw(problems()))
    plan = data.draw(plans(len(problem.lower_c)))
    if data.draw(st.booleans()):
        # Few plans drawn at random meet many limits: half of them are first moved onto them.
        try:
            plan = project(problem, plan)
        except LimitError:
            pass
        else:
            assert problem.violations(plan) == []
    said, slack = problem.violations(plan), slack_of(problem, plan)
    assert (slack < 0.5) == (not said), (slack, said)


#: Ten weeks from the first Monday of June 2026 on; windows of whole weeks, which may overlap.
START, WEEKS = dt.date(2026, 6, 1), 10
NAMES = MARKET.world.channels


def monday(week):
    return START + dt.timedelta(weeks=week)


@st.composite
def windows(draw):
    """A limit on one channel or two in a window of weeks, as a scenario holds it."""
    first = draw(st.integers(0, WEEKS - 1))
    last = draw(st.integers(first, WEEKS - 1))
    who = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    low = draw(shares(0, 0.2))
    high = draw(st.none() | shares(0, 0.4).map(lambda more: min(low + more, 1.0)))
    kind, unit = draw(st.sampled_from([("", TOTAL), ("_share", 1.0), ("_factor", 4.0)]))
    return Limit(
        **({"channel": who[0]} if len(who) == 1 else {"group": tuple(who)}),
        **{"min" + kind: low * unit, "max" + kind: None if high is None else high * unit},
        window=f"{monday(first)}..{monday(last + 1) - dt.timedelta(days=1)}",
        min_if_on=draw(st.none() | shares(0.05, 0.2).map(lambda share: share * TOTAL)),
    )


def has(limit, name):
    return getattr(limit, name) is not None


def broken(limit, plan, today):
    """Whether a plan breaks a window's limit: period by period, by the words of the documentation."""
    first, last = (dt.date.fromisoformat(day) for day in limit.window.split(".."))
    weeks = [t for t in range(WEEKS) if first <= monday(t) <= last]
    names = (limit.channel,) if limit.channel else limit.group
    columns = [plan.channels.index(name) for name in names]
    money_c = plan.spend_tc[weeks][:, columns].sum(axis=0)
    units = {"": 1.0, "_share": plan.total, "_factor": today.spend_tc[weeks][:, columns].sum()}
    lows, highs = (
        [getattr(limit, side + kind) * unit for kind, unit in units.items() if has(limit, side + kind)]
        for side in ("min", "max")
    )
    amount, slack = money_c.sum(), 0.5
    if amount < max([*lows, 0.0]) - slack or amount > min([*highs, np.inf]) + slack:
        return True
    return any(limit.min_if_on and slack < money < limit.min_if_on - slack for money in money_c)


@QUICK
@given(st.data())
def test_limits_on_windows_hold_period_by_period(data):
    """What is read of them forbids what their words forbid, and so do the rows and a mix's timing."""
    fields = {name: getattr(MARKET.world, name) for name in MARKET.world.__dataclass_fields__}
    world = SimpleNamespace(**fields | {"start": START, "period": Period.WEEK})
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    spend_tc = rng.random((WEEKS, CHANNELS)) * (rng.random((WEEKS, CHANNELS)) < 0.7) + 1e-3
    today = Plan(NAMES, spend_tc / spend_tc.sum() * TOTAL)
    limits = tuple(data.draw(st.lists(windows(), min_size=1, max_size=3)))
    block = Optimization(
        limits=limits, flights=data.draw(st.sampled_from([1, 2])), at_most=data.draw(st.booleans())
    )
    try:
        problem = read_problem(block, world, today, objectives=("profit",))
    except LimitError:
        return
    assert sum(flight.last + 1 - flight.first for flight in problem.flights) == WEEKS
    wanted = data.draw(plans(len(problem.lower_c)))
    wanted *= TOTAL / (wanted.sum() if problem.total_min is None else max(wanted.sum(), TOTAL))
    for amounts in (wanted, project(problem, wanted)):
        plan = problem.plan(amounts)
        said = any(broken(limit, plan, today) for limit in limits)
        assert said == bool(problem.violations(amounts)), problem.violations(amounts)
        assert (slack_of(problem, amounts) < 0.5) == (not said)
    lifted = problem.lifted(data.draw(plans(CHANNELS)))
    assert not any(broken(limit, problem.plan(lifted), today) for limit in limits)


def test_families_have_the_same_names_and_an_equation():
    assert list(CHECKS) == list(ROWS)
    assert all("=" in rule.__doc__ for rule in ROWS.values())


@QUICK
@given(st.data())
def test_the_nearest_plan_and_the_best_mix_meet_all_limits_to_the_last(data):
    """Of every problem that any plan can meet; the others are refused."""
    limits = data.draw(problems())
    try:
        problem = replace(MARKET.problem(), **limits)
    except LimitError:
        return
    plan = project(problem, data.draw(plans(len(problem.lower_c))))
    assert problem.violations(plan) == []
    assert project(problem, plan) == pytest.approx(plan, abs=0.01)
    grid = np.linspace(0.0, TOTAL, 6)
    curves = {int(i): Pieces(grid, (1 + i % 3) * np.sqrt(grid)) for i in problem.free_c}
    found = best_mix(problem, curves, priced=False)
    assert problem.violations(found.amounts_c) == []


@QUICK
@given(st.data())
def test_the_smallest_relaxation_is_the_smallest(data):
    """Minimums above the total, two of them above a group's cap: lowering those two serves both."""
    lower = np.array([data.draw(shares(0.1, 0.4)) for _ in range(CHANNELS)]) * TOTAL
    cap = data.draw(shares(0.1, 0.5)) * TOTAL
    problem = unchecked({"lower_c": lower, "groups": (GroupLimit((0, 1), ("a", "b"), 0.0, cap),)})
    least = max(float(lower.sum()) - TOTAL, float(lower[:2].sum()) - cap, 0.0)
    assert sum(amount for _, amount in least_relaxation(problem)) == pytest.approx(least, abs=1)


@pytest.mark.parametrize("family", ["groups", "minimums", "count", "shift", "cells"])
def test_a_family_whose_rows_are_forgotten_is_noticed(family, monkeypatch):
    """The comparison above can fail: without a family's rows, plans that break it pass unnoticed."""
    problem = unchecked(
        {
            "lower_c": np.array([1e5, 0, 0, 0]),
            "groups": (GroupLimit((0, 1), ("a", "b"), 0.5e6, 1e6),),
            "minimums": (Minimum((2,), "c", 3e5),),
            "most_on": 2,
            "max_shift": 0.1,
        }
    )
    plan = np.array([0.0, 0.25, 0.05, 0.7]) * TOTAL
    assert len(problem.violations(plan)) == 5
    whole = slack_of(problem, plan)
    assert np.isfinite(whole)
    monkeypatch.setitem(ROWS, family, lambda rows, problem, x_c: None)
    assert slack_of(problem, plan) < whole


def test_rows_have_words():
    problem = replace(
        MARKET.problem(lower={0: 0.1}, upper={1: 0.5}, groups=[((0, 1), 0.1, 0.6)]),
        minimums=(Minimum((2,), "c02", 1e5),),
        most_on=3,
        max_shift=0.4,
    )
    names = elastic(problem).names
    assert names == [
        "lower_00",
        "upper_01",
        "group_lower_00",
        "group_upper_00",
        "on_least_000",
        "count",
        "shift",
    ]
    assert words_of(problem, "on_least_000") == "c02 at least EUR 100,000 or nothing"
    assert all(words_of(problem, name) for name in names)
