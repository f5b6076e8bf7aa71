"""A market of customers only: gamma purchase rate, gamma lapse rate, no channel that anybody meets.

symbol  meaning                                                             shape
t       period after the first order, 0 is the first in which one may repeat  (T,)
w_t     how often the orders of period t are counted                        (T,)
S_t     share still customers in period t: (beta / (beta + t + 1))**s       (T,)
"""

from __future__ import annotations

import numpy as np
from checks import NOTHING, SHOP, everyone
from worlds import small

from sim import Plan, World


def buyers_world(block: dict, *, period: str, periods: int, agents: int) -> tuple[World, Plan]:
    """A world of one segment, all customers when it starts, and a plan without spend."""
    changes = {f"segments__all__{name}": value for name, value in block.items() if name != "share"}
    world, _ = small(
        **{
            **NOTHING,
            **everyone("customer"),
            **changes,
            "channels": SHOP,
            "population": {"people": agents, "agents": agents},
            "calendar": {"start": "1997-01-01", "period": period, "periods": periods, "tail": 0},
        }
    )
    return world, Plan(world.channels, np.zeros((world.periods, len(world.channels))))


def weighted_orders(values, weight_t: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation over customers of sum_t w_t N_t in the stepping simulator, exactly.

    N_t is Poisson(lambda) while alive. Given the traits, E N_t = lambda S_t and, for j < t, E N_j N_t =
    lambda^2 S_t, since who is alive at t was so at j. Hence the variance is E lambda * sum w^2 S
    + E lambda^2 * sum_t S_t w_t (w_t + 2 sum_{j < t} w_j) - mean^2.
    """
    r, alpha, s, beta = values
    alive = (beta / (beta + np.arange(1.0, len(weight_t) + 1))) ** s
    rate, square = r / alpha, r * (r + 1) / alpha**2
    mean = rate * (weight_t @ alive)
    before = np.cumsum(weight_t) - weight_t
    second = rate * (weight_t**2 @ alive) + square * ((weight_t * (weight_t + 2 * before)) @ alive)
    return float(mean), float(np.sqrt(second - mean**2))
