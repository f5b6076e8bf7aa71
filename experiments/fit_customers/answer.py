"""Fit customers: from a table of orders to fitted models, a check against later orders, and a segment."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.errors import OutputError, RequestError
from experiments.formatting import percent

if TYPE_CHECKING:
    from sim import Fit, Histories, Transactions

SHIPPED = "cdnow"
SEGMENT = "fitted"
#: Periods of a year, the horizon of expected orders.
YEAR = {"week": 52, "day": 365}
FEW_CUSTOMERS = 300
#: A parameter whose standard error is this part of it is hardly told by the data.
LOOSE = 0.5
CORRELATED = 0.25
#: Customers with this many repeat purchases or more share a row of the holdout table.
MOST_REPEATS = 7


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    orders: str
    model: str
    period: str
    calibration_end: dt.date | None
    out: Path | None


@dataclass(frozen=True)
class Holdout:
    """Orders after calibration, against what the fit expects of them.

    Attributes:
        periods: its length.
        rows: (repeat purchases in calibration, customers, orders predicted from each history, orders placed).
        unconditional: expected orders by the ages alone.
    """

    periods: float
    rows: tuple[tuple[str, int, float, int], ...]
    unconditional: float

    @property
    def predicted(self) -> float:
        """Orders predicted from the histories."""
        return sum(row[2] for row in self.rows)

    @property
    def actual(self) -> int:
        """Orders placed."""
        return sum(row[3] for row in self.rows)


@dataclass(frozen=True)
class Customers:
    """What was found.

    Attributes:
        purchases: the fitted purchase model.
        spend: Gamma-Gamma; None where it could not be fitted, with the reason in `warnings`.
        order_value: of the segment; None where every amount is 0.
        alive: expected number of customers not lapsed at the end of calibration.
        holdout: None without a calibration end.
        segment: fields of a scenario's segment; None for models without a lapse rate.
        warnings: what to know before the numbers are used.
    """

    request: Request
    transactions: Transactions
    histories: Histories
    purchases: Fit
    spend: Fit | None
    order_value: dict[str, float] | None
    alive: float
    holdout: Holdout | None
    segment: dict[str, Any] | None
    warnings: tuple[str, ...]


def find_customers(request: Request) -> Customers:
    """Read, fit, predict.

    Raises:
        OmnifunnelError: everything that is wrong with the request or the file, or that cannot be fitted.
    """
    from sim import MODELS, Period, fit_model, summarise_purchases

    _check(request)
    transactions = _read(request)
    histories = summarise_purchases(
        transactions, period=Period(request.period), calibration_end=request.calibration_end
    )
    purchases = fit_model(request.model, histories.purchases)
    spend, order_value, remarks = _order_value(transactions, histories)
    alive = MODELS[request.model].p_alive(purchases.values, histories.purchases)
    segment, trouble = _segment(request, purchases, order_value)
    return Customers(
        request,
        transactions,
        histories,
        purchases,
        spend,
        order_value,
        float(alive.sum()),
        _holdout(request, purchases, histories),
        segment,
        (*_warnings(transactions, histories, purchases), *remarks, *trouble),
    )


def write_segment(found: Customers) -> None:
    """Write the segment as YAML that a scenario can extend; whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    from experiments.fit_customers.words import segment_yaml

    out = found.request.out
    assert out is not None
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(segment_yaml(found), encoding="utf-8", newline="\n")
        partial.rename(out)
    except OSError as fault:
        partial.unlink(missing_ok=True)
        raise OutputError(f"--out {out}: cannot be written ({fault.strerror})") from fault


def _check(request: Request) -> None:
    if request.out is None:
        return
    if request.model != "pareto_nbd":
        raise RequestError(
            f"--out: {request.model} has no lapse rate per period, so it gives no segment; use pareto_nbd"
        )
    if os.path.lexists(request.out):
        raise OutputError(f"--out {request.out}: exists already; name a new file")


def _read(request: Request) -> Transactions:
    from sim import cdnow_transactions, read_orders

    shipped = request.orders == SHIPPED and not Path(SHIPPED).exists()
    transactions = cdnow_transactions() if shipped else read_orders(request.orders)
    end, (first, last) = request.calibration_end, transactions.days
    if end is not None and not first < end < last:
        raise RequestError(f"--calibration-end: must lie between {first} and {last}, got {end}")
    return transactions


def _order_value(
    transactions: Transactions, histories: Histories
) -> tuple[Fit | None, dict[str, float] | None, list[str]]:
    """Gamma-Gamma and the order value it gives; without it that of all amounts, and why."""
    from sim import FitError, fit_model, fitted_order_value, plain_order_value

    spend, remarks = histories.spend, []
    free = int((histories.purchases.x > 0).sum()) - spend.size
    if free:
        remarks.append(f"{free} customers paid 0 in all repeat orders; order value is of the others.")
    if spend.correlation is not None and abs(spend.correlation) > CORRELATED:
        remarks.append(
            f"Order value goes with frequency (correlation {spend.correlation:+.2f}): Gamma-Gamma and the "
            "simulator take them for independent. Consider segments of their own."
        )
    try:
        fit = fit_model("gamma_gamma", spend)
        return fit, fitted_order_value(fit), remarks
    except FitError as fault:
        remarks.append(f"No order value model: {fault}.")
    try:
        value = plain_order_value(transactions.amount_n)
    except FitError:
        return None, None, [*remarks, "Every amount is 0: no order value, hence no segment."]
    return None, value, [*remarks, "Order value is the plain mean and spread of all amounts."]


def _segment(
    request: Request, purchases: Fit, order_value: dict[str, float] | None
) -> tuple[dict[str, Any] | None, list[str]]:
    """The segment, or a remark why there is none; a fault when it was to be written."""
    from sim import FitError, segment_block

    if request.model != "pareto_nbd":
        return None, []
    try:
        if order_value is None:
            raise FitError("segment: needs orders of some value")
        return segment_block(purchases, order_value), []
    except FitError as fault:
        if request.out is not None:
            raise
        return None, [f"No segment: {fault}."]


def _holdout(request: Request, purchases: Fit, histories: Histories) -> Holdout | None:
    from sim import MODELS

    if histories.holdout <= 0.0:
        return None
    model, values, past = MODELS[request.model], purchases.values, histories.purchases
    given = model.expected_given(values, past, histories.holdout)
    grown = model.expected(values, past.T + histories.holdout)
    by_age = grown - model.expected(values, past.T)
    rows = []
    for x in range(MOST_REPEATS + 1):
        last = x == MOST_REPEATS
        mine = past.x >= x if last else past.x == x
        counts = int(mine.sum()), float(given[mine].sum()), int(histories.later_i[mine].sum())
        rows.append((f"{x}+" if last else str(x), *counts))
    return Holdout(histories.holdout, tuple(rows), float(by_age.sum()))


def _warnings(transactions: Transactions, histories: Histories, purchases: Fit) -> list[str]:
    size, found = histories.purchases.size, []
    if size < FEW_CUSTOMERS:
        found.append(f"Few customers ({size}): standard errors are rough below {FEW_CUSTOMERS}.")
    name, ratio = purchases.loosest
    if ratio > LOOSE:
        found.append(
            f"The data hardly tell {name}: its standard error is {percent(ratio)} of it. Rates and "
            "predictions may be firmer than single parameters; see their standard errors."
        )
    later = len(transactions.names) - size
    if later:
        found.append(f"{later} customers first ordered after calibration; they are left out.")
    return found
