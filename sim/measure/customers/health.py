"""Channel health, quarter on quarter (FACTS A1.18, E.20).

    symbol        meaning                                                                     shape
    q             whole quarters of 13 weeks (91 days) from the start of the run              Q
    users_cq      customers acquired by the channel (last touch) before the quarter began     (C + 1, Q)
    ordered_cq    orders they placed in the quarter                                           (C + 1, Q)
    index_cq      activity: orders per user over those of all users, 1 is the baseline        (C + 1, Q)
    above_cq      share of users whose RFM score lies above the mean of all users             (C + 1, Q)
    kept_cq       retention: share of the users who were customers when the quarter began     (C + 1, Q)
                  and still were when it ended

The RFM score of a user in a quarter is the sum of three quantile scores of 1 to 5 among all users, ties by
rank: periods since the last order ever, orders in the quarter, margin in the quarter. Row C is the users whom
no channel had met. The rule (A1.18) drops a channel whose activity index falls below a threshold: 0.8 reads
it as "20 % below baseline", 0.2 as "below 20 % of baseline".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Flags, Ints
from sim.market.vocabulary import Stage
from sim.market.world import World
from sim.measure.customers.customers import CustomerLog
from sim.measure.customers.retention import quarter_periods
from sim.measure.customers.rfm import score
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
#: Activity index below which the rule drops a channel, unless told otherwise.
HEALTH_THRESHOLD = 0.8


@dataclass(frozen=True, eq=False)
class Health:
    """Health of each channel by quarter; see the module's table. NaN where there are no users.

    Attributes:
        windows: first and last period of each quarter.
    """

    windows: tuple[tuple[int, int], ...]
    users_cq: Ints
    ordered_cq: Ints
    above_cq: Floats
    kept_cq: Floats

    @property
    def index_cq(self) -> Floats:
        """Orders per user over those of all users; NaN where nobody ordered."""
        mean_q = ratio(self.ordered_cq.sum(axis=0), self.users_cq.sum(axis=0))
        return ratio(ratio(self.ordered_cq, self.users_cq), np.nan_to_num(mean_q)[None, :])

    @property
    def change_cq(self) -> Floats:
        """Share above baseline less that of the quarter before; NaN in the first, (C + 1, Q)."""
        change_cq = np.full_like(self.above_cq, np.nan)
        change_cq[:, 1:] = np.diff(self.above_cq, axis=1)
        return change_cq


def quarters(world: World) -> list[tuple[int, int]]:
    """First and last period of each whole quarter of the run."""
    length = quarter_periods(world)
    return [(q * length, (q + 1) * length - 1) for q in range(world.total_periods // length)]


def channel_health(customers: CustomerLog) -> Health:
    """Measure the health of each channel in each quarter.

    Args:
        customers: those acquired in the run (`CustomerLog.won`).
    """
    windows = tuple(quarters(customers.world))
    columns = [_quarter(customers, first, last) for first, last in windows]
    rows = len(customers.world.channels) + 1
    stacked = [np.stack(column, axis=1) for column in zip(*columns, strict=True)]
    users_cq, ordered_cq, above_cq, kept_cq = stacked or [np.zeros((rows, 0))] * 4
    return Health(windows, users_cq.astype(np.int64), ordered_cq.astype(np.int64), above_cq, kept_cq)


def _quarter(customers: CustomerLog, first: int, last: int) -> tuple[Floats, Floats, Floats, Floats]:
    rows = len(customers.world.channels) + 1
    user_n = customers.acquired_n < first

    def count(weight_n: Floats | Flags) -> Floats:
        channel_n = customers.last_n[user_n]
        return np.bincount(channel_n, weights=weight_n[user_n], minlength=rows).astype(np.float64)

    orders_n, margin_n, newest_n = _until(customers, first, last)
    high_n = np.zeros(len(customers), dtype=bool)
    if user_n.any():
        parts = [score(values[user_n]) for values in (newest_n, orders_n, margin_n)]
        total_n = np.sum(parts, axis=0)
        high_n[user_n] = total_n > total_n.mean()
    lapsed = Stage.LAPSED
    began_n = customers.stage_at(first - 1) != lapsed
    stayed_n = began_n & (customers.stage_at(last) != lapsed)
    users_c = count(user_n)
    return users_c, count(orders_n), ratio(count(high_n), users_c), ratio(count(stayed_n), count(began_n))


def _until(customers: CustomerLog, first: int, last: int) -> tuple[Floats, Floats, Floats]:
    """Orders and margin in a quarter, and the period of the last order up to its end, -1: none, (N,) each."""
    n = len(customers)
    within = (customers.period_o >= first) & (customers.period_o <= last)
    owner = customers.owner_o[within]
    orders_n = np.bincount(owner, minlength=n).astype(np.float64)
    margin_n = np.bincount(owner, weights=customers.margin_o[within], minlength=n).astype(np.float64)
    newest_n = np.full(n, -1.0)
    before = customers.period_o <= last
    np.maximum.at(newest_n, customers.owner_o[before], customers.period_o[before].astype(np.float64))
    return orders_n, margin_n, newest_n
