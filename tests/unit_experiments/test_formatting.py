"""Numbers for people read the same everywhere."""

import locale

import pytest

from experiments import formatting


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (14_040_000.4, "money", "CNY 14,040,000"),
        (157.304, "money", "CNY 157.30"),
        (1.234, "ratio", "1.23"),
        (0.1234, "share", "12.3 %"),
        (140_312.6, "people", "140,313"),
        (-0.001, "ratio", "0.00"),
        (None, "ratio", "—"),
        (float("nan"), "money", "—"),
    ],
)
def test_number_has_the_digits_its_unit_is_worth(value, unit, text):
    assert formatting.number(value, unit, currency="CNY") == text


def test_interval_rounds_all_three_numbers_alike():
    estimate = {"mean": 1.02, "low": 0.95, "high": 1.104}
    assert formatting.interval(estimate, "ratio") == "1.02 (0.95 to 1.10)"
    wide = {"mean": 999.5, "low": 12.25, "high": 2_000.0}
    assert formatting.interval(wide, "money", currency="CNY") == "CNY 1,000 (12 to 2,000)"


def test_difference_of_shares_counts_in_percentage_points():
    estimate = {"mean": 0.01, "low": -0.02, "high": 0.04}
    assert formatting.interval(estimate, "share", signed=True) == "+1.0 pp (-2.0 to +4.0 pp)"


def test_no_interval_and_undefined_are_told_apart():
    assert formatting.interval({"mean": 1.0, "low": None, "high": None}, "ratio") == "1.00"
    assert formatting.interval({"mean": None, "low": None, "high": None}, "ratio") == "—"
    assert formatting.interval(None, "ratio") == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14_040_000, "14.0 M"),
        (999_600, "1.00 M"),
        (350_000, "350 k"),
        (0, "0"),
        (5.5, "5.5"),
        (-1.2e6, "-1.20 M"),
    ],
)
def test_compact_keeps_three_digits(value, text):
    assert formatting.compact(value) == text


def test_locale_changes_nothing():
    before = locale.setlocale(locale.LC_ALL)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:
                continue
            assert formatting.number(1_234_567, "money", currency="EUR") == "EUR 1,234,567"
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_plus_minus_is_tight_and_knows_a_missing_interval():
    assert formatting.plus_minus({"mean": 58.4e6, "low": 58.1e6, "high": 58.7e6}, "count") == "58.4M ±300k"
    assert formatting.plus_minus({"mean": 0.7, "low": 0.698, "high": 0.702}, "share") == "70.0 ±0.2 %"
    assert formatting.plus_minus({"mean": 1.5, "low": None, "high": None}, "ratio") == "1.50"
    assert formatting.plus_minus({"mean": None, "low": None, "high": None}, "ratio") == formatting.MISSING
