"""Transactions: a table of orders, and what each customer's history comes to.

Orders of one customer on one day are one purchase, their amounts added up. The first purchase starts a
customer's clock and is not a repeat purchase. Ages are in periods (weeks or days) and need not be whole.

symbol  meaning                                                   shape   unit
n       purchase: one customer, one day                           (N,)
i       customer, in order of the first purchase                  (I,)
x       repeat purchases until the end of calibration             (I,)    count
t_x     age at the last of them, 0 without any                    (I,)    periods
T       age at the end of calibration                             (I,)    periods
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import OmnifunnelError
from sim.market.vocabulary import Period

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transactions:
    """Purchases of customers, at most one by customer and day, sorted by customer and day.

    Attributes:
        names: names of the customers, (I,), in order of their first purchase.
        customer_n: customer of each purchase, (N,).
        day_n: its day as `datetime.date.toordinal` counts, (N,).
        amount_n: its amount, currency, (N,).
    """

    names: tuple[str, ...]
    customer_n: Ints
    day_n: Ints
    amount_n: Floats

    @classmethod
    def from_orders(
        cls, customers: Sequence[str], dates: Sequence[dt.date], amounts: Sequence[float]
    ) -> Transactions:
        """Merge orders of one customer and day; the order of the rows does not matter.

        Raises:
            OmnifunnelError: sequences of different lengths, or none at all.
        """
        if not len(customers) == len(dates) == len(amounts) > 0:
            raise OmnifunnelError("transactions: need customer, date and amount of at least one order")
        day = np.fromiter((date.toordinal() for date in dates), dtype=np.int64, count=len(dates))
        index: dict[str, int] = {}
        code = np.fromiter((index.setdefault(name, len(index)) for name in customers), dtype=np.int64)
        words = list(index)
        first = np.full(len(words), np.iinfo(np.int64).max)
        np.minimum.at(first, code, day)
        by_start = sorted(range(len(words)), key=lambda k: (first[k], words[k]))
        place = np.empty(len(words), dtype=np.int64)
        place[by_start] = np.arange(len(words))
        rows = np.stack([place[code], day], axis=1)
        merged, purchase = np.unique(rows, axis=0, return_inverse=True)
        amount = np.bincount(purchase.ravel(), weights=np.asarray(amounts, dtype=np.float64))
        names = tuple(words[k] for k in by_start)
        return cls(names, merged[:, 0], merged[:, 1], amount.astype(np.float64))

    @property
    def first_i(self) -> Ints:
        """Day of each customer's first purchase."""
        return self.day_n[np.unique(self.customer_n, return_index=True)[1]]

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """Day of the first and of the last purchase of all."""
        low, high = int(self.day_n.min()), int(self.day_n.max())
        return dt.date.fromordinal(low), dt.date.fromordinal(high)


@dataclass(frozen=True, eq=False)
class PurchaseSummary:
    """What purchase models are fitted to: recency and frequency, rows with a weight.

    Attributes:
        x: repeat purchases, (I,).
        t_x: age at the last of them, periods, (I,).
        T: age at the end, periods, (I,).
        weight: customers a row stands for, (I,).
    """

    x: Floats
    t_x: Floats
    T: Floats
    weight: Floats

    @classmethod
    def of(cls, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> PurchaseSummary:
        """One row a customer.

        Raises:
            OmnifunnelError: a history that cannot be, e.g. a last purchase after the end.
        """
        x_i, t_x_i, T_i = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(c, np.float64)) for c in (x, t_x, T))
        )
        possible = (x_i >= 0) & (t_x_i >= 0) & (t_x_i <= T_i) & np.isfinite(T_i) & ((x_i > 0) | (t_x_i == 0))
        if not possible.all():
            i = int(np.argmin(possible))
            raise OmnifunnelError(
                "purchases: must have x >= 0 and 0 <= t_x <= T, t_x = 0 without repeats, "
                f"got x = {x_i[i]:g}, t_x = {t_x_i[i]:g}, T = {T_i[i]:g} of customer {i}"
            )
        return cls(x_i, t_x_i, T_i, np.ones(len(x_i)))

    @property
    def size(self) -> int:
        """Customers."""
        return round(float(self.weight.sum()))

    @property
    def mean_age(self) -> float:
        """Mean age at the end, periods; 1 where nobody has any."""
        return float(np.average(self.T, weights=self.weight)) or 1.0

    def distinct(self) -> PurchaseSummary:
        """The same customers with equal histories in one row."""
        rows, place = np.unique(np.stack([self.x, self.t_x, self.T], axis=1), axis=0, return_inverse=True)
        weight = np.bincount(place.ravel(), weights=self.weight).astype(np.float64)
        return PurchaseSummary(rows[:, 0], rows[:, 1], rows[:, 2], weight)


@dataclass(frozen=True, eq=False)
class SpendSummary:
    """What spend models are fitted to: customers with at least one repeat purchase of some value.

    Attributes:
        x: repeat purchases, (I,).
        mean: their mean amount, currency, (I,).
    """

    x: Floats
    mean: Floats

    @property
    def size(self) -> int:
        """Customers."""
        return len(self.x)

    @property
    def correlation(self) -> float | None:
        """Pearson correlation of x and mean, which spend models take for zero; None where undefined."""
        if self.size < 3 or np.ptp(self.x) == 0 or np.ptp(self.mean) == 0:
            return None
        return float(np.corrcoef(self.x, self.mean)[0, 1])


@dataclass(frozen=True, eq=False)
class Histories:
    """Customers won until the end of calibration, row by row.

    Attributes:
        customer_i: which customer of the transactions, (I,).
        purchases: recency and frequency.
        mean_i: mean amount of the repeat purchases in calibration, NaN without any, (I,).
        later_i: purchases in the holdout, (I,).
        holdout: length of the holdout, periods; 0 without one.
    """

    customer_i: Ints
    purchases: PurchaseSummary
    mean_i: Floats
    later_i: Ints
    holdout: float

    @property
    def spend(self) -> SpendSummary:
        """Customers with a repeat purchase of some value."""
        some = (self.purchases.x > 0) & (np.nan_to_num(self.mean_i) > 0)
        return SpendSummary(self.purchases.x[some], self.mean_i[some])


def summarise_purchases(
    transactions: Transactions,
    *,
    period: Period = Period.WEEK,
    calibration_end: dt.date | None = None,
    end: dt.date | None = None,
) -> Histories:
    """Reduce purchases to recency and frequency, and count what came after.

    Args:
        transactions: the purchases.
        period: unit of ages.
        calibration_end: last day of calibration; default: `end`, and no holdout.
        end: last day of observation; default: the day of the last purchase.

    Raises:
        OmnifunnelError: the days are not in order, or calibration holds no customer.
    """
    last = (end or transactions.days[1]).toordinal()
    stop = last if calibration_end is None else calibration_end.toordinal()
    first_i = transactions.first_i
    if not first_i.min() <= stop <= last:
        raise OmnifunnelError(
            f"calibration must end between {transactions.days[0]} and {dt.date.fromordinal(last)}, "
            f"got {dt.date.fromordinal(stop)}"
        )
    known = first_i <= stop
    who, day = transactions.customer_n, transactions.day_n
    repeat = (day > first_i[who]) & (day <= stop)
    later = (day > stop) & (day <= last)
    size = len(first_i)
    x = np.bincount(who[repeat], minlength=size)
    money = np.bincount(who[repeat], weights=transactions.amount_n[repeat], minlength=size)
    recent = first_i.copy()
    np.maximum.at(recent, who[repeat], day[repeat])
    mean = np.divide(money, x, out=np.full(size, np.nan), where=x > 0)
    return Histories(
        customer_i=np.flatnonzero(known),
        purchases=PurchaseSummary.of(
            x[known], (recent - first_i)[known] / period.days, (stop - first_i)[known] / period.days
        ),
        mean_i=mean[known],
        later_i=np.bincount(who[later], minlength=size)[known],
        holdout=(last - stop) / period.days,
    )
