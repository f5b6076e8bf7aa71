"""Every family of limits: what the check says is broken is what the rows of the programme forbid."""

from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket
from hypothesis import HealthCheck, given, settings, strategies as st

from optimize.flights import divide
from optimize.limits import CHECKS, GroupLimit, Minimum, ShareLimit
from optimize.linear import Pieces, best_mix
from optimize.problem import BudgetProblem
from optimize.projection import elastic, least_relaxation, project
from optimize.rows import ROWS, words_of
from sim import LimitError

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
