"""Customers by group: what they are worth, what they cost, how long they stay.

symbol     meaning                                                            shape
g          group of a grouping (`cohorts.GROUPINGS`)                          G
spend_g    media money of the group, currency                                 (G,)
a          age: periods since the acquisition                                 T
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.customers.cohorts import Grouping
from sim.measure.customers.customers import CustomerLog
from sim.measure.customers.lifetime import cumulative_margin, lifetime_values, months, observed_ages, payback
from sim.measure.customers.retention import Retention, retention
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]

#: Measure of a group -> (label, unit), in the order of tables. Money is discounted margin a customer.
GROUP_MEASURES: dict[str, tuple[str, str]] = {
    "customers": ("New customers", "people"),
    "ltv": ("LTV", "money"),
    "seen_periods": ("Periods in the LTV", "ratio"),
    "realised": ("Realised in the run", "money"),
    "residual": ("Residual after it", "money"),
    "lifetime": ("Whole life", "money"),
    "first_order": ("First order", "money"),
    "orders": ("Orders a customer", "ratio"),
    "aov": ("Average order value", "money"),
    "repeat_rate": ("Repeat rate", "share"),
    "churn": ("Churn a period", "share"),
    "lapsed": ("Lapsed", "share"),
    "won_back": ("Won back", "share"),
    "cac": ("CAC", "money"),
    "ltv_cac": ("LTV : CAC", "ratio"),
    "payback": ("Payback, periods", "ratio"),
    "payback_months": ("Payback, months", "ratio"),
}
#: Those that are means over the group's customers.
PER_CUSTOMER = (
    *("ltv", "seen_periods", "realised", "residual", "lifetime"),
    *("first_order", "orders", "repeat_rate"),
)


@dataclass(frozen=True, eq=False)
class GroupValues:
    """Customers acquired in the run, by group of one grouping.

    Attributes:
        grouping: keys and labels.
        values: measure -> by group, (G,); NaN where it is undefined.
        parts: measure that is a ratio of amounts -> its numerator and denominator by group, each (G,).
        paid_ga: cumulative margin of a customer, (G, A).
        observed_ga: share of the customers who are observed through each age, (G, A).
        retention: who stayed.
    """

    grouping: Grouping
    values: Mapping[str, Floats]
    parts: Mapping[str, tuple[Floats, Floats]]
    paid_ga: Floats
    observed_ga: Floats
    retention: Retention


def group_values(won: CustomerLog, grouping: Grouping, spend_g: Floats | None) -> GroupValues:
    """Measure the groups of a grouping.

    Args:
        won: customers acquired in the run.
        grouping: of them.
        spend_g: money by group, currency, (G,); None where money cannot be told apart by it.
    """
    world, value = won.world, lifetime_values(won)
    count_g = grouping.count()
    people_g = count_g.astype(np.float64) * world.weight
    orders_n = np.bincount(won.owner_o, minlength=len(won))
    revenue_n = np.bincount(won.owner_o, weights=won.value_o, minlength=len(won))
    within_n = np.bincount(won.owner_o[won.age_o <= world.ltv_horizon], minlength=len(won))
    stay, paid_ga = retention(won, grouping), cumulative_margin(won, grouping)
    cac_g = np.full(len(grouping), np.nan) if spend_g is None else ratio(spend_g, people_g)

    def mean(value_n: npt.NDArray[np.generic]) -> Floats:
        return ratio(grouping.total(value_n), count_g)

    ltv_g: Floats = mean(value.horizon_n) / world.minor
    realised_g: Floats = mean(value.realised_n) / world.minor
    residual_g: Floats = mean(value.residual_n) / world.minor
    payback_g = np.array(list(_paybacks(paid_ga, cac_g)))
    values: dict[str, Floats] = {
        "customers": people_g,
        "ltv": ltv_g,
        "seen_periods": mean(np.minimum(world.total_periods - won.acquired_n, world.ltv_horizon + 1)),
        "realised": realised_g,
        "residual": residual_g,
        "lifetime": realised_g + residual_g,
        "first_order": mean(value.first_n) / world.minor,
        "orders": mean(orders_n),
        "aov": ratio(grouping.total(revenue_n), grouping.total(orders_n)) / world.minor,
        "repeat_rate": mean(within_n >= 2),
        "churn": stay.churn_g,
        "lapsed": stay.lapsed_g,
        "won_back": stay.won_back_g,
        "cac": cac_g,
        "ltv_cac": ratio(ltv_g, np.nan_to_num(cac_g)),
        "payback": payback_g,
        "payback_months": months(world, payback_g),
    }
    observed_ga = ratio(observed_ages(won, grouping), count_g[:, None])
    parts = {name: (np.where(people_g > 0, values[name] * people_g, 0.0), people_g) for name in PER_CUSTOMER}
    parts["aov"] = grouping.total(revenue_n) / world.minor, grouping.total(orders_n)
    if spend_g is not None:
        parts |= {"cac": (spend_g, people_g), "ltv_cac": (parts["ltv"][0], spend_g)}
    return GroupValues(grouping, values, parts, paid_ga, observed_ga, stay)


def _paybacks(paid_ga: Floats, cac_g: Floats) -> Iterator[float]:
    for paid_a, cac in zip(paid_ga, cac_g.tolist(), strict=True):
        found = payback(paid_a, cac)
        yield float("nan") if found is None else float(found)
