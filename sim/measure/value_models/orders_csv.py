"""Orders from a CSV: one row an order, columns `customer`, `date`, `amount`."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from sim.errors import OrdersError
from sim.measure.csv_rows import CsvRows, shown
from sim.measure.value_models.transactions import Transactions

COLUMNS = ("customer", "date", "amount")
MAX_NAME = 200
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T][0-9]{2}:[0-9]{2}.*)?")


def read_orders(path: str | Path) -> Transactions:
    """Read a table of orders.

    Dates are written 2026-01-31; a time of day after it is ignored. Amounts are finite and >= 0. Columns
    other than `customer`, `date` and `amount` are refused, so that none is taken for another.

    Raises:
        OrdersError: with one line per fault; also for orders of one customer, or none who comes back.
    """
    rows = CsvRows(path, OrdersError)
    if len(rows.header) == 1:
        wanted = ",".join(COLUMNS)
        rows.fault(1, f"must have columns {wanted}, separated by commas, got {shown(rows.header[0])}")
        rows.check()
    rows.name_columns(COLUMNS, COLUMNS)
    orders = [
        (_customer(rows, line, cells), _date(rows, line, cells), rows.amount(line, cells, "amount"))
        for line, cells in rows
    ]
    rows.check()
    names = {name for name, _, _ in orders}
    if len(names) == 1:
        rows.fault(0, f"must hold orders of at least 2 customers, got only {shown(names.pop())}")
    rows.check()
    transactions = Transactions.from_orders(*zip(*orders, strict=True))
    if len(transactions.day_n) == len(transactions.names):
        rows.fault(0, "must hold a customer who orders on a second day, else there is no rate to estimate")
    rows.check()
    return transactions


def cdnow_transactions() -> Transactions:
    """The shipped CDNOW sample: 2,357 customers who first bought in early 1997, until 1998-06-30."""
    import scenarios

    rows = [row.split() for row in scenarios.cdnow_file().read_text(encoding="utf-8").splitlines()]
    return Transactions.from_orders(
        [row[1] for row in rows],
        [dt.date.fromisoformat(row[2]) for row in rows],
        [float(row[4]) for row in rows],
    )


def _customer(rows: CsvRows, line: int, cells: list[str]) -> str:
    name = rows.text(cells, "customer")
    if not 0 < len(name) <= MAX_NAME:
        rows.fault(line, f"column 'customer': must have 1 to {MAX_NAME} characters, got {shown(name)}")
    return name


def _date(rows: CsvRows, line: int, cells: list[str]) -> dt.date:
    text = rows.text(cells, "date")
    day = _DAY.fullmatch(text)
    try:
        if day:
            return dt.date.fromisoformat(day[1])
    except ValueError:
        pass
    rows.fault(line, f"column 'date': must be a day of the calendar like 2026-01-31, got {shown(text)}")
    return dt.date.min
