"""Numbers for people read the same everywhere."""

import locale

import pytest

from experiments import formatting, texts


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


@pytest.mark.parametrize(
    ("ends", "unit", "text"),
    [
        ((0.004, 0.001, 0.007), "ratio", "+0.0040 (+0.0010 to +0.0070)"),
        ((-0.0002, -0.0003, -0.0001), "share", "-0.020 pp (-0.030 to -0.010 pp)"),
        ((-0.0512, -0.0519, -0.0505), "money", "-0.051 (-0.052 to -0.051)"),
        ((5_000.0, 0.3, 9_999.0), "money", "+5,000.0 (+0.3 to +9,999.0)"),
        ((0.4, 0.2, 0.6), "orders", "+0.4 (+0.2 to +0.6)"),
        ((0.1, -0.001, 0.2), "ratio", "+0.10 (0.00 to +0.20)"),
        ((1e-9, 1e-10, 2e-9), "ratio", "0.00 (0.00 to 0.00)"),
        ((0.16, 0.12, 0.2), "ratio", "+0.16 (+0.12 to +0.20)"),
    ],
)
def test_a_clear_difference_never_reads_as_zero(ends, unit, text):
    estimate = dict(zip(("mean", "low", "high"), ends, strict=True))
    assert formatting.interval(estimate, unit, signed=True) == text


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
        (0.04, "0.04"),
        (-1e-10, "0"),
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


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (-3.0, "min", (3.0, "")),
        (-3.0, "group_min", (3.0, "")),
        (2.0, "max", (2.0, "")),
        (2.0, "total", (2.0, "")),
        (2.0, "fixed", (2.0, "more")),
        (-2.0, "fixed", (2.0, "less")),
    ],
)
def test_a_limit_gives_way_to_the_side_where_it_holds(change, kind, told):
    assert texts.eased(change, kind) == told
