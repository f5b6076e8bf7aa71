"""Measures of a claim about who comes back: repeat orders by segment, points, value by origin.

symbol      meaning                                                       unit
customers   active at the start, and every first order or win-back since  consumers
repeats     orders of customers after the one that made them one          orders
"""

from __future__ import annotations

import numpy as np

from sim.market.vocabulary import Stage
from sim.measure.claims.run_metrics import Parts
from sim.measure.claims.seen import Seen

_ACTIVE = [Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE]


def segment_repeat_orders(seen: Seen, argument: str) -> Parts:
    """Repeat orders of one segment."""
    return float(_repeats_k(seen)[seen.world.segments.index(argument)]) * seen.world.weight, 1.0


def segment_repeat_ratio(seen: Seen, argument: str) -> Parts:
    """Repeat orders per customer of one segment, over those of everyone else."""
    k = seen.world.segments.index(argument)
    repeats_k, customers_k = _repeats_k(seen), _customers_k(seen)
    others = float(repeats_k.sum() - repeats_k[k]), float(customers_k.sum() - customers_k[k])
    return float(repeats_k[k]) * others[1], others[0] * float(customers_k[k])


def repeat_orders_per_customer(seen: Seen, argument: str) -> Parts:
    """Repeat orders / all who were customers at any time."""
    return float(_repeats_k(seen).sum()), float(_customers_k(seen).sum())


def points_used_share(seen: Seen, argument: str) -> Parts:
    """Points redeemed over revenue."""
    return float(seen.run.points_tkr[..., 1].sum()), float(seen.run.revenue_tjkr.sum())


def channel_ltv_ratio(seen: Seen, argument: str) -> Parts:
    """LTV of new customers whose last touch was in one channel, over LTV of all new customers."""
    c = seen.world.channels.index(argument)
    value_c = seen.run.cohort_value_ock[1].sum(axis=-1).astype(np.float64)
    people_c = seen.run.acquired_ock[1].sum(axis=-1).astype(np.float64)
    return float(value_c[c] * people_c.sum()), float(value_c.sum() * people_c[c])


def _repeats_k(seen: Seen) -> np.ndarray:
    return np.asarray(seen.run.orders_tjkr[..., 1].sum(axis=(0, 1)))


def _customers_k(seen: Seen) -> np.ndarray:
    run = seen.run
    won_k = run.flows_tksdr[:, :, [Stage.DECIDING, Stage.LAPSED], 0].sum(axis=(0, 2, 3))
    return np.asarray(run.occupancy_tks[0][:, _ACTIVE].sum(axis=1) + won_k)
