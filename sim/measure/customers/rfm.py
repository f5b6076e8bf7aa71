"""RFM: recency, frequency and money of everyone who bought in a window, scored and named (FACTS E.20).

    symbol        meaning                                                          shape   unit
    n             customers with an order in the window                            N
    recency_n     periods since the last order, at the end of the window           (N,)    periods
    frequency_n   orders in the window                                             (N,)    orders
    money_n       margin of these orders                                           (N,)    minor units
    r_n, f_n, m_n scores 1 (worst) .. 5 (best) by quantile                         (N,)
    fm_n          frequency and money together: (f + m) / 2, halves rounded up     (N,)

Customers with equal values have equal scores: ties take the mean of the ranks they cover.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.engine.event_log import Ints
from sim.market.vocabulary import Stage
from sim.measure.customers.customers import CustomerLog
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
SCORES = 5

#: Measure of an RFM segment -> (label, unit).
RFM_MEASURES: dict[str, tuple[str, str]] = {
    "customers": ("Customers", "people"),
    "share": ("Share", "share"),
    "margin_share": ("Share of margin", "share"),
    "recency": ("Recency, periods", "ratio"),
    "frequency": ("Orders", "ratio"),
    "money": ("Margin a customer", "money"),
    "active": ("Still customers", "share"),
    "later": ("Margin a customer later", "money"),
}


#: Segment -> (lowest and highest recency score, lowest and highest fm). Of several the first one counts, and
#: every pair of scores has one.
RFM_SEGMENTS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "champions": ((4, 5), (4, 5)),
    "loyal": ((3, 5), (3, 5)),
    "cannot_lose": ((1, 1), (4, 5)),
    "at_risk": ((1, 2), (3, 5)),
    "new": ((5, 5), (1, 2)),
    "promising": ((4, 4), (1, 2)),
    "needs_attention": ((3, 3), (1, 2)),
    "hibernating": ((2, 2), (1, 2)),
    "lost": ((1, 1), (1, 2)),
}


@dataclass(frozen=True, eq=False)
class Rfm:
    """Scores of the buyers of a window; see the module's table.

    Attributes:
        buyer_n: place of each of them in the customer log.
        segment_n: index into `RFM_SEGMENTS`.
    """

    buyer_n: Ints
    recency_n: Ints
    frequency_n: Ints
    money_n: Ints
    r_n: Ints
    f_n: Ints
    m_n: Ints
    segment_n: Ints


def score(value_n: npt.NDArray[np.generic]) -> Ints:
    """Quantile scores 1 .. 5, 5 for the largest values; equal values have equal scores, (N,)."""
    rank_n = stats.rankdata(value_n, method="average")
    return np.asarray(np.ceil(SCORES * (rank_n - 0.5) / max(1, len(rank_n))), dtype=np.int64)


def segment_of(r_n: Ints, fm_n: Ints) -> Ints:
    """Index of the first segment that holds both scores, (N,)."""
    found_n = np.full(len(r_n), -1, dtype=np.int64)
    for number, (r, fm) in enumerate(RFM_SEGMENTS.values()):
        here = (r_n >= r[0]) & (r_n <= r[1]) & (fm_n >= fm[0]) & (fm_n <= fm[1])
        found_n[here & (found_n < 0)] = number
    return found_n


def rfm(customers: CustomerLog, first: int, last: int) -> Rfm:
    """Score everyone who ordered in periods first .. last, at the end of the last one."""
    within = (customers.period_o >= first) & (customers.period_o <= last)
    owner, period = customers.owner_o[within], customers.period_o[within]
    buyer_n, place = np.unique(owner, return_inverse=True)
    newest_n = np.zeros(len(buyer_n), dtype=np.int64)
    np.maximum.at(newest_n, place, period)
    recency_n = last - newest_n
    frequency_n = np.bincount(place, minlength=len(buyer_n))
    money_n = np.zeros(len(buyer_n), dtype=np.int64)
    np.add.at(money_n, place, customers.margin_o[within])
    r_n, f_n, m_n = score(-recency_n), score(frequency_n), score(money_n)
    fm_n = (f_n + m_n + 1) // 2
    return Rfm(buyer_n, recency_n, frequency_n, money_n, r_n, f_n, m_n, segment_of(r_n, fm_n))


def rfm_values(customers: CustomerLog) -> dict[str, Floats]:
    """Every measure of the RFM segments, buyers of the paid periods as they stand at their end.

    Other measures go on to the end of the run; here that stretch is what the scores are held against.
    """
    world, last = customers.world, customers.world.periods - 1
    found = rfm(customers, 0, last)
    size, minor = len(RFM_SEGMENTS), world.minor
    count_s = np.bincount(found.segment_n, minlength=size)
    later = customers.period_o > last
    later_n = np.bincount(
        customers.owner_o[later], weights=customers.margin_o[later], minlength=len(customers)
    )
    active_n = customers.stage_at(last)[found.buyer_n] != Stage.LAPSED

    def total(value_n: npt.NDArray[np.generic]) -> Floats:
        return np.bincount(found.segment_n, weights=value_n, minlength=size).astype(np.float64)

    money_s = total(found.money_n)
    return {
        "customers": count_s.astype(np.float64) * world.weight,
        "share": ratio(count_s, count_s.sum()),
        "margin_share": ratio(money_s, money_s.sum()),
        "recency": ratio(total(found.recency_n), count_s),
        "frequency": ratio(total(found.frequency_n), count_s),
        "money": ratio(money_s, count_s) / minor,
        "active": ratio(total(active_n), count_s),
        "later": ratio(total(later_n[found.buyer_n]), count_s) / minor,
    }
