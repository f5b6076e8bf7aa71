"""Lifetime value: what acquired customers brought, within the horizon, to the run's end, and after it.

    symbol        meaning                                                        shape      unit
    margin_o      margin of an order, discounted to the acquisition, rounded     (O,)       minor units
    horizon_n     of the orders within LTV horizon and run, first one included   (N,)       minor units
    realised_n    of all orders to the end of the run                            (N,)       minor units
    first_n       of the first order alone                                       (N,)       minor units
    residual_n    expected after the end of the run; NaN without a bound         (N,)       minor units
    paid_ga       mean margin of a customer up to and with age a; NaN: no one    (G, A)     currency
                  was observed at that age
    a             age: periods since the acquisition, 0 is its own period        0 .. T - 1

`horizon_n` summed by touch and segment is the run's `cohort_value_ock` to the minor unit (tested).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Ints
from sim.market.world import World
from sim.measure.customers.cohorts import Grouping
from sim.measure.customers.customers import CustomerLog
from sim.measure.customers.residual import residual_values
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LifetimeValues:
    """Value of each acquired customer, discounted to the acquisition; see the module's table."""

    horizon_n: Ints
    realised_n: Ints
    first_n: Ints
    residual_n: Floats


def lifetime_values(customers: CustomerLog) -> LifetimeValues:
    """Realised and residual value of customers who were all acquired within the run (FACTS E.7, C 2)."""
    world, age_o = customers.world, customers.age_o
    margin_o = customers.discounted_o
    within = age_o <= world.ltv_horizon
    residual_n = residual_values(customers)
    later_n = world.discount_t[world.total_periods - customers.acquired_n]
    return LifetimeValues(
        horizon_n=_by_owner(customers, margin_o, within),
        realised_n=_by_owner(customers, margin_o, np.ones_like(within)),
        first_n=_by_owner(customers, margin_o, age_o == 0),
        residual_n=np.full(len(customers), np.nan) if residual_n is None else residual_n * later_n,
    )


def _by_owner(customers: CustomerLog, amount_o: Ints, kept_o: npt.NDArray[np.bool_]) -> Ints:
    total_n = np.zeros(len(customers), dtype=np.int64)
    np.add.at(total_n, customers.owner_o[kept_o], amount_o[kept_o])
    return total_n


def observed_ages(customers: CustomerLog, grouping: Grouping) -> Ints:
    """Customers by group that are observed through each age, (G, T)."""
    total = customers.world.total_periods
    oldest_n = total - 1 - customers.acquired_n
    count_ga = np.zeros((len(grouping), total), dtype=np.int64)
    np.add.at(count_ga, (grouping.index_n, oldest_n), 1)
    return count_ga[:, ::-1].cumsum(axis=1)[:, ::-1]


def cumulative_margin(customers: CustomerLog, grouping: Grouping) -> Floats:
    """Discounted margin of a mean customer up to each age, (G, T), currency.

    The margin of an age is averaged over the customers observed at that age, so that those acquired late
    do not pull the curve down.
    """
    margin_ga = np.zeros((len(grouping), customers.world.total_periods))
    place = grouping.index_n[customers.owner_o], customers.age_o
    np.add.at(margin_ga, place, customers.discounted_o.astype(np.float64))
    mean_ga = ratio(margin_ga, observed_ages(customers, grouping))
    return np.asarray(mean_ga.cumsum(axis=1) / customers.world.minor)


def payback(paid_a: Floats, cac: float | None) -> int | None:
    """First age at which a customer's cumulative margin reaches the CAC, None if never (FACTS E.8)."""
    if cac is None or not np.isfinite(cac):
        return None
    reached = np.flatnonzero(paid_a >= cac)
    return int(reached[0]) if len(reached) else None


def months(world: World, periods: Floats) -> Floats:
    """Periods as months of 365.25 / 12 days."""
    return periods * world.period.days / (365.25 / 12)
