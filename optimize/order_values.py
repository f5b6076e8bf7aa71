"""A search need not see by how much single orders differ in value: that is chance, not the plan.

    symbol      meaning                                         shape   unit
    orders_jk   orders by selling channel and segment           (J, K)  orders of the sample
    revenue_jk  their value                                     (J, K)  minor units
    value_jk    value of an order, as in the first runs seen    (J, K)  minor units

Whether the consumers a plan wins are big spenders is luck. With every order at the mean value of its shop and
segment, a difference between two plans has a fifth less variance (control variate; differences keep their
mean, since value is drawn apart from everything a plan can move). The judge sees orders as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.measured import Measured
from optimize.objectives import Kpis

if TYPE_CHECKING:
    from sim import World

Floats = npt.NDArray[np.float64]


def mean_values(measured: Sequence[Measured]) -> Floats:
    """value_jk over all orders of some runs; where there were none 0, which leaves orders as they are."""
    orders_jk = np.sum([each.orders_jk for each in measured], axis=0)
    revenue_jk = np.sum([each.revenue_jk for each in measured], axis=0)
    return np.asarray(revenue_jk / np.maximum(orders_jk, 1))


def luck(measured: Measured, value_jk: Floats, world: World) -> float:
    """Margin that a run has because its orders are dearer than the mean, currency."""
    orders_jk, revenue_jk = measured.orders_jk, measured.revenue_jk
    dearer_jk = np.where(value_jk > 0, revenue_jk - orders_jk * value_jk, 0.0)
    margin_j = dearer_jk.sum(axis=1) * world.margin_rate_j
    return float(margin_j.sum()) * world.weight / world.minor


def without_luck(kpis: Kpis, more: float) -> dict[str, float | None]:
    """KPIs with `more` of margin taken off profit, and off ROI accordingly."""
    profit, spend, roi = kpis.get("profit"), kpis.get("spend"), kpis.get("roi")
    evened = dict(kpis)
    if profit is not None:
        evened["profit"] = profit - more
    if roi is not None and spend:
        evened["roi"] = roi - more / spend
    return evened
