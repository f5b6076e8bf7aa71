"""Windows of the plan in months or days: which periods they hold, and what is none."""

import datetime as dt

import pytest

from sim import window_periods
from sim.scenario.schema import Limit

MONDAY = dt.date(2026, 5, 25)


def periods_of(text, *, days=7, periods=12, start=MONDAY):
    """Twelve weeks, 25 May to 16 August 2026, unless told otherwise."""
    found = window_periods(text, start, days=days, periods=periods)
    return found.start, found.stop


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # weeks that begin on 1, 8, 15, 22, 29 June; 29 June is the first day of a week that ends in July
        ("2026-06", (1, 6)),
        ("2026-06..2026-07", (1, 10)),
        ("2026-06 .. 2026-07", (1, 10)),
        ("2026-06-01..2026-06-28", (1, 5)),
        ("2026-06-02..2026-06-08", (2, 3)),
        ("2026-06-08", (2, 3)),
        ("2026-06-09..2026-07", (3, 10)),
        # months that the plan begins or ends in count as far as it goes
        ("2026-05..2026-08", (0, 12)),
        ("2026-05", (0, 1)),
        ("2026-08-16..2026-08-16", None),
        ("2026-08-10..2026-08-16", (11, 12)),
    ],
)
def test_a_period_belongs_to_the_window_of_its_first_day(text, expected):
    if expected is None:
        with pytest.raises(ValueError, match="must hold the first day of a week, counted from 2026-05-25"):
            periods_of(text)
    else:
        assert periods_of(text) == expected


def test_days_of_a_daily_plan_are_counted_one_by_one():
    assert periods_of("2026-06-01..2026-06-28", days=1, periods=60) == (7, 35)
    assert periods_of("2026-06", days=1, periods=60) == (7, 37)
    assert periods_of("2028-02", days=1, periods=60, start=dt.date(2028, 1, 31)) == (1, 30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-04", "must lie in the plan, 2026-05-25 to 2026-08-16"),
        ("2026-06..2027-01", "must lie in the plan"),
        ("2026-05-24..2026-06-30", "must lie in the plan"),
        ("2026-08-17", "must lie in the plan"),
        ("2026-07..2026-06", "must not end before it begins: 2026-06 lies before 2026-07"),
        ("2026-06-10..2026-06-09", "must not end before it begins"),
        ("2026-06-02..2026-06-07", "must hold the first day of a week"),
        ("2026-13", "must be months or days of the calendar.*'2026-13' is none"),
        ("2026-02-30", "'2026-02-30' is none"),
        ("", "must be months or days of the calendar, the first and the last, such as 2026-06"),
        ("2026-06..", "must be months or days"),
        ("..2026-06", "must be months or days"),
        ("june", "must be months or days"),
        ("2026", "must be months or days"),
        ("2026-06-2026-07", "must be months or days"),
        ("2026-6..2026-7", "must be months or days"),
    ],
)
def test_what_is_no_window_of_the_plan_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        periods_of(text)


def test_a_limit_holds_its_window_without_blanks():
    assert Limit(channel="tv", max=0, window="2026-06 .. 2026-07").window == "2026-06..2026-07"
    assert Limit(channel="tv", max=0, window=dt.date(2026, 6, 1)).window == "2026-06-01"
