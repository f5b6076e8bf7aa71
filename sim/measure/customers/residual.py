"""Residual value: what customers are expected to bring after the run, from their own rates.

    symbol      meaning                                                          shape      unit
    s           CUSTOMER, LOYAL, ADVOCATE, LAPSED                                4
    go_ns       chance of the move onward in a period; of LAPSED: win-back       (N, 4)     0 .. 1
    quit_ns     chance of lapsing                                                (N, 4)     0 .. 1
    step_nss    chance of going from stage to stage                              (N, 4, 4)  0 .. 1
    earn_ns     expected margin of a period                                      (N, 4)     minor units
    delta       discount factor of one period                                    scalar     0 .. 1
    worth_ns    discounted margin from now on: worth = earn + delta * step worth (N, 4)     minor units

The simulator's own rules, applied without channels: nobody meets or remembers one any more, all shops are
open, and an order is worth what the segment's orders are worth on average. Where channels go on showing
something free of charge and push customers to repeat, stay or come back, this is a lower bound.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.market.layout import CELLS
from sim.market.vocabulary import Effect, Stage
from sim.market.world import World
from sim.measure.customers.customers import CustomerLog

Floats = npt.NDArray[np.float64]
_CUSTOMER, _LAPSED = int(Stage.CUSTOMER), int(Stage.LAPSED)
_STAGES = 4
#: Pushes felt by customers: a channel that shows free and has none of these leaves the residual as it is.
FELT_LATER = (Effect.BOND, Effect.ADVOCATE, Effect.WIN_BACK, Effect.RETAIN, Effect.REPEAT)


def residual_values(customers: CustomerLog, *, periods: int | None = None) -> Floats | None:
    """Expected margin after the end of the run, discounted to the first period after it, (N,).

    Prospective residual value (FACTS C 2) given each customer's stage, purchase rate and lapse rate.

    Args:
        customers: with the stages at the end of the run.
        periods: how many further periods count; None is all of them.

    Returns:
        Minor units; None where all periods count and money later is worth as much as money now, since
        that may have no bound.
    """
    world = customers.world
    # people's own discount factor of one period; a run has at least one
    delta = float(world.discount_t[1])
    step_nss, earn_ns = _chain(customers)
    if periods is None:
        if delta >= 1.0:
            return None
        system = np.eye(_STAGES) - delta * step_nss
        worth_ns = np.linalg.solve(system, earn_ns[:, :, None])[:, :, 0]
    else:
        worth_ns = np.zeros_like(earn_ns)
        for _ in range(periods):
            worth_ns = earn_ns + delta * np.einsum("nsr,nr->ns", step_nss, worth_ns)
    place_n = customers.stage_n.astype(np.int64) - _CUSTOMER
    return np.asarray(worth_ns[np.arange(len(customers)), place_n])


def free_pushers(world: World) -> tuple[str, ...]:
    """Channels that show something free of charge and push customers: what the residual leaves out."""
    free_c = (world.organic_c > 0) | (world.contacts_c > 0)
    pushes_c = (world.effect_ce[:, list(FELT_LATER)] > 0).any(axis=1)
    return tuple(
        name for name, both in zip(world.channels, (free_c & pushes_c).tolist(), strict=True) if both
    )


def _chain(customers: CustomerLog) -> tuple[Floats, Floats]:
    """Chances of one period, and what it is expected to earn: the rules of `engine.life` in mean."""
    world, k_n = customers.world, customers.segment_n
    stages = slice(_CUSTOMER, _LAPSED + 1)
    onward_ns = world.base_ks[k_n, stages].astype(np.float64)
    leaving_ns = customers.lapse_rate_n[:, None] * world.lapse_factor_s[None, stages].astype(np.float64)
    total_ns = onward_ns + leaving_ns
    moves_ns = -np.expm1(-total_ns)
    share_ns = np.divide(onward_ns, total_ns, out=np.zeros_like(total_ns), where=total_ns > 0)
    go_ns, quit_ns = moves_ns * share_ns, moves_ns * (1.0 - share_ns)
    step_nss = np.zeros((len(customers), _STAGES, _STAGES))
    for s in range(_STAGES):
        onward = (s + 1) if s < _STAGES - 2 else 0
        step_nss[:, s, s] = 1.0 - go_ns[:, s] - quit_ns[:, s]
        step_nss[:, s, onward] += go_ns[:, s]
        step_nss[:, s, _STAGES - 1] += quit_ns[:, s]
    rate_ns = customers.purchase_rate_n[:, None] * world.purchase_factor_s[None, stages].astype(np.float64)
    # whoever lapses in a period does not order in it; whoever is won back orders once
    orders_ns = rate_ns * (1.0 - quit_ns)
    orders_ns[:, -1] = go_ns[:, -1]
    return step_nss, orders_ns * _order_margin(world)[k_n, None]


def _order_margin(world: World) -> Floats:
    """Expected margin of one order by segment, minor units, (K,)."""
    if not world.sell_channels:
        return np.zeros(len(world.segments))
    preference_kj = world.preference_kj.astype(np.float64)
    total_k = preference_kj.sum(axis=1)
    earned_k = preference_kj @ (world.basket_j * world.margin_rate_j)
    share_k = np.divide(earned_k, total_k, out=np.zeros_like(total_k), where=total_k > 0)
    value_k = np.array([table_mean(row) for row in world.value_kq])
    noise_k = np.array([table_mean(row) for row in world.noise_kq])
    return np.asarray(share_k * value_k * noise_k * world.minor)


def table_mean(table: npt.NDArray[np.float32]) -> float:
    """Mean of the distribution that a quantile table of `market.quantiles` holds."""
    whole, low, high = table.astype(np.float64).reshape(3, CELLS + 1)

    def mean(part: Floats) -> float:
        return float((part[:-1] + part[1:]).sum() / (2 * (len(part) - 1)))

    inner = whole[1:-1]
    return mean(inner) * (CELLS - 2) / CELLS + (mean(low) + mean(high)) / CELLS
