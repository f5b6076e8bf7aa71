"""Orders from a CSV, merged to purchases, summed up to histories and cohorts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sim import (
    OmnifunnelError,
    OrdersError,
    Period,
    PurchaseSummary,
    SpendSummary,
    Transactions,
    cdnow_transactions,
    cohort_survival,
    read_orders,
    summarise_purchases,
)

DAY = dt.date(2026, 1, 1)
GOOD = "customer,date,amount\nann,2026-01-01,10\nbob,2026-01-03,4.5\nann,2026-01-15 09:30:00,2e1\n"


def on(*days: int) -> list[dt.date]:
    return [DAY + dt.timedelta(days=day) for day in days]


def orders(**days: tuple[int, ...]) -> Transactions:
    """One order of 1 by customer and day."""
    names = [name for name, when in days.items() for _ in when]
    when = on(*(day for each in days.values() for day in each))
    return Transactions.from_orders(names, when, [1.0] * len(names))


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "orders.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(OrdersError) as caught:
        read_orders(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).split("\n")]


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD + "\n\n"])
def test_orders_are_read(tmp_path: Path, text: str) -> None:
    read = read_orders(write(tmp_path, text))
    assert read.names == ("ann", "bob")
    assert read.customer_n.tolist() == [0, 0, 1]
    assert read.amount_n.tolist() == [10, 20, 4.5]
    assert read.days == (DAY, DAY + dt.timedelta(days=14))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-01-03", "2026-02-30", ["3: column 'date': must be a day of the calendar like 2026-01-31"]),
        ("2026-01-03", "3.1.2026", ["3: column 'date': must be a day of the calendar"]),
        ("4.5", "-4.5", ["3: column 'amount': must be a finite number >= 0, got '-4.5'"]),
        ("4.5", "inf", ["3: column 'amount': must be a finite number >= 0, got 'inf'"]),
        ("4.5", "", ["3: column 'amount': must be a finite number >= 0, got ''"]),
        ("bob", "", ["3: column 'customer': must have 1 to 200 characters"]),
        ("bob,2026-01-03,4.5", "bob,2026-01-03", ["3: must have 3 cells like the header, got 2"]),
        ("amount", "price", ["1: column 'price' is unknown", "1: column 'amount' is missing"]),
        (
            "customer,date",
            "date,date",
            ["1: column 'date' must stand once", "1: column 'customer' is missing"],
        ),
        ("bob", "ann", [" must hold orders of at least 2 customers, got only 'ann'"]),
        ("ann,2026-01-15", "cid,2026-01-15", [" must hold a customer who orders on a second day"]),
        ("bob,2026-01-03,4.5", "bob,soon,much", ["3: column 'date'", "3: column 'amount'"]),
    ],
)
def test_every_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    found = faults(write(tmp_path, GOOD.replace(old, new, 1)))
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


def test_faults_of_the_whole_file(tmp_path: Path) -> None:
    assert faults(tmp_path / "no.csv") == [" no such file"]
    assert faults(write(tmp_path, ""))[0].startswith(" must have a header and rows")
    assert faults(write(tmp_path, "customer,date,amount\n"))[0].startswith(" must have rows")
    assert faults(write(tmp_path, GOOD.encode() + b"\xff\n")) == [
        "5: must be UTF-8 text; save it as CSV UTF-8"
    ]
    assert "separated by commas" in faults(write(tmp_path, GOOD.replace(",", ";")))[0]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.text(alphabet='customerdateamount,\n"0123-ab').map(lambda t: (GOOD + t).encode()))
def test_any_file_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        read = read_orders(write(tmp_path, data))
    except OrdersError:
        return
    assert len(read.names) >= 2


def test_orders_of_one_day_are_one_purchase_whatever_the_order_of_rows() -> None:
    names, when, amounts = ["b", "a", "b", "b"], on(3, 5, 3, 4), [1.0, 2.0, 4.0, 8.0]
    for rows in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        merged = Transactions.from_orders(*([column[k] for k in rows] for column in (names, when, amounts)))
        assert merged.names == ("b", "a")
        assert merged.amount_n.tolist() == [5.0, 8.0, 2.0]
    with pytest.raises(OmnifunnelError, match="at least one order"):
        Transactions.from_orders([], [], [])


def test_a_history_is_counted_from_the_first_purchase() -> None:
    found = summarise_purchases(
        orders(ann=(0, 7, 21, 40, 60), bob=(14,), cid=(45,)),
        calibration_end=DAY + dt.timedelta(days=35),
        end=DAY + dt.timedelta(days=49),
    )
    assert found.customer_i.tolist() == [0, 1]
    assert (found.purchases.x.tolist(), found.purchases.t_x.tolist(), found.purchases.T.tolist()) == (
        [2, 0],
        [3, 0],
        [5, 3],
    )
    assert found.later_i.tolist() == [1, 0], "day 60 lies after the end, and new customers are left out"
    assert found.holdout == 2.0
    assert found.spend.size == 1


def test_calibration_must_end_within_the_data() -> None:
    for day in (-1, 60):
        with pytest.raises(OmnifunnelError, match="calibration must end between 2026-01-01 and 2026-01-10"):
            summarise_purchases(orders(ann=(0, 9)), calibration_end=DAY + dt.timedelta(days=day))


def test_the_mean_amount_is_that_of_repeat_purchases() -> None:
    bought = Transactions.from_orders(["a"] * 3 + ["b"] * 2, on(0, 1, 2, 0, 5), [100, 4, 6, 1, 0])
    found = summarise_purchases(bought)
    assert found.mean_i.tolist() == [5.0, 0.0]
    assert found.spend.mean.tolist() == [5.0], "a customer of free orders has no order value"


def test_the_shipped_cdnow_sample_is_the_published_one() -> None:
    sample = cdnow_transactions()
    found = summarise_purchases(sample, calibration_end=dt.date(1997, 9, 30))
    assert len(sample.names) == found.purchases.size == 2357
    assert int(found.purchases.x.sum()) == 2457
    assert found.later_i.sum() == 1882
    assert found.holdout == 39.0
    assert found.purchases.T.max() == pytest.approx(38.857, abs=1e-3)


def test_distinct_histories_stand_for_as_many_customers() -> None:
    same = PurchaseSummary.of([1, 0, 1], [2, 0, 2], 5).distinct()
    assert same.x.tolist() == [0, 1]
    assert same.weight.tolist() == [1, 2]
    assert same.size == 3
    assert same.mean_age == 5


def test_correlation_is_undefined_without_variation() -> None:
    assert SpendSummary(np.ones(5), np.arange(5.0)).correlation is None
    assert SpendSummary(np.arange(1.0, 6), np.arange(1.0, 6)).correlation == pytest.approx(1.0)


def test_cohorts_of_payers_survive_until_their_last_payment() -> None:
    """Weeks: ann and bob start in week 0, cid in week 1; observation ends with week 3."""
    paid = orders(ann=(0, 7, 14, 21, 27), bob=(3, 10), cid=(8, 15))
    table = cohort_survival(paid, days=Period.WEEK.days).alive_ct
    assert table[0].tolist() == [2, 2, 1, 1]
    assert table[1, :3].tolist() == [1, 1, 0]
    assert np.isnan(table[1, 3])


def test_a_cohort_is_never_counted_lost_before_it_was_observed() -> None:
    paid = orders(ann=(0, 7, 14), bob=(6, 13))
    assert cohort_survival(paid, days=7).alive_ct.tolist() == [[2.0, 2.0]]
    with pytest.raises(OmnifunnelError, match="at least two"):
        cohort_survival(orders(ann=(0, 2)), days=7)
