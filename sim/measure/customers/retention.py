"""Retention: how long customers stay, how they come back, and who orders in which window.

    symbol        meaning                                                              shape
    a             age: periods since the acquisition                                   0 .. T - 1
    lapse_n       age at the first lapse; NEVER_LAPSED where there was none            (N,)
    at_risk_ga    customers alive at the start of age a and observed through it        (G, T)
    lapsed_ga     those of them who lapse at age a                                     (G, T)
    survival_ga   share never lapsed up to the end of age a; NaN: nobody at risk       (G, T)
    window w      ages w * L + 1 .. (w + 1) * L, with L periods a quarter              W

Alive means not lapsed yet, and who is won back counts apart. Where all customers of a group are observed,
survival is alive_a / alive_0 (FACTS E.9); where some were acquired too late for that, each age is taken over
those observed at it and the shares are multiplied (Kaplan and Meier 1958). Retention of an age is the share
of those alive before it who are alive after it, churn the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Ints
from sim.market.vocabulary import Stage
from sim.market.world import World
from sim.measure.customers.cohorts import Grouping
from sim.measure.customers.customers import CustomerLog
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
NEVER_LAPSED = np.iinfo(np.int64).max
#: A quarter: 13 weeks.
QUARTER_DAYS = 91


@dataclass(frozen=True, eq=False)
class Retention:
    """Who stayed, by group; see the module's table.

    Attributes:
        window: periods of a window, L.
        churn_g: lapses per period at risk.
        lapsed_g: share that lapsed within the run.
        won_back_g: share of these that were customers again by its end, whatever came later.
        ordering_gw: share that ordered again in each window, of those observed through it.
    """

    window: int
    at_risk_ga: Ints
    lapsed_ga: Ints
    churn_g: Floats
    lapsed_g: Floats
    won_back_g: Floats
    ordering_gw: Floats

    @property
    def retention_ga(self) -> Floats:
        """Share of those alive before an age who are alive after it; 1 at age 0, (G, T)."""
        kept_ga = 1.0 - ratio(self.lapsed_ga, self.at_risk_ga)
        kept_ga[:, 0] = np.where(self.at_risk_ga[:, 0] > 0, 1.0, np.nan)
        return np.asarray(kept_ga)

    @property
    def survival_ga(self) -> Floats:
        """Share never lapsed up to the end of each age, (G, T)."""
        return np.asarray(self.retention_ga.cumprod(axis=1))


def quarter_periods(world: World) -> int:
    """Periods of a quarter."""
    return max(1, QUARTER_DAYS // world.period.days)


def first_lapse(customers: CustomerLog) -> Ints:
    """Age at which each customer first lapsed, NEVER_LAPSED where they did not, (N,)."""
    lapse_n = np.full(len(customers), NEVER_LAPSED, dtype=np.int64)
    lapses = customers.to_m == Stage.LAPSED
    owner = customers.owner_m[lapses]
    np.minimum.at(lapse_n, owner, customers.period_m[lapses] - customers.acquired_n[owner])
    return lapse_n


def retention(customers: CustomerLog, grouping: Grouping) -> Retention:
    """Measure the stay of customers who were all acquired within the run."""
    total, lapse_n = customers.world.total_periods, first_lapse(customers)
    oldest_n = total - 1 - customers.acquired_n
    lapsed_n = lapse_n <= oldest_n
    end_ga = _count(grouping, np.minimum(lapse_n, oldest_n), total)
    at_risk_ga = end_ga[:, ::-1].cumsum(axis=1)[:, ::-1]
    lapsed_ga = _count(grouping, lapse_n, total, lapsed_n)
    back_n = np.zeros(len(customers), dtype=bool)
    back_n[customers.owner_m[customers.from_m == Stage.LAPSED]] = True
    lapsed_g = lapsed_ga.sum(axis=1)
    return Retention(
        window=quarter_periods(customers.world),
        at_risk_ga=at_risk_ga,
        lapsed_ga=lapsed_ga,
        churn_g=ratio(lapsed_g, at_risk_ga[:, 1:].sum(axis=1)),
        lapsed_g=ratio(lapsed_g, grouping.count()),
        won_back_g=ratio(grouping.count(back_n & lapsed_n), lapsed_g),
        ordering_gw=_ordering(customers, grouping),
    )


def _count(grouping: Grouping, age_n: Ints, total: int, kept_n: npt.NDArray[np.bool_] | None = None) -> Ints:
    """Customers by group and age, (G, T)."""
    count_ga = np.zeros((len(grouping), total), dtype=np.int64)
    kept = slice(None) if kept_n is None else kept_n
    np.add.at(count_ga, (grouping.index_n[kept], age_n[kept]), 1)
    return count_ga


def _ordering(customers: CustomerLog, grouping: Grouping) -> Floats:
    """Share that ordered in each whole window after the acquisition, (G, W)."""
    length, total = quarter_periods(customers.world), customers.world.total_periods
    windows = (total - 1) // length
    oldest_n = total - 1 - customers.acquired_n
    window_o = (customers.age_o - 1) // length
    shares = []
    for w in range(windows):
        seen_n = oldest_n >= (w + 1) * length
        ordered_n = np.zeros(len(customers), dtype=bool)
        ordered_n[customers.owner_o[(window_o == w) & (customers.age_o > 0)]] = True
        shares.append(ratio(grouping.count(ordered_n & seen_n), grouping.count(seen_n)))
    return np.stack(shares, axis=1) if shares else np.zeros((len(grouping), 0))
