"""Resilience: one channel fails for a while, and the rest has to carry the orders (FACTS E.22).

    symbol       meaning                                                           shape
    base_rtj     orders under the plan, by replicate, period, shop                 (R, T, J)
    out_rtj      the same while the channel neither shows nor sells in a window    (R, T, J)
    kept_r       orders in the window / those of the plan                          (R,)
    after_r      orders after the window, to the end of the run / the plan's       (R,)
    sold_r       share of the plan's orders in the window that closed there        (R,)

With nothing re-routed to other shops and no effect of what it shows, kept would be 1 - sold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.market.world import World
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Share of the orders that must be kept when any one channel is out: the 60 % rule.
RESILIENCE_RULE = 0.60
#: Orders are back when they reach this share of the plan's, from there to the end of the run, ...
RECOVERED = 0.95
#: ... and over so many periods together at once, since single periods are noisy.
SMOOTHED = 4


@dataclass(frozen=True, eq=False)
class Outage:
    """What happens when a channel is out in periods first .. last.

    Attributes:
        kept_r: share of the plan's orders in the window that are still placed; NaN without orders.
        after_r: the same for the periods after the window.
        sold_r: share of the plan's orders in the window that closed at this channel.
        recovery: periods after the window until orders are back for good, all replicates together: the next
            four periods, and all periods to the end, have 95 % of the plan's; None if never within the run.
    """

    channel: str
    first: int
    last: int
    kept_r: Floats
    after_r: Floats
    sold_r: Floats
    recovery: int | None


def window(world: World, periods: int) -> tuple[int, int]:
    """First and last period of an outage in the middle of the paid periods, cut to these."""
    length = min(periods, world.periods)
    first = (world.periods - length) // 2
    return first, first + length - 1


def outage_effect(world: World, channel: str, first: int, last: int, base_rtj: Ints, out_rtj: Ints) -> Outage:
    """Compare the orders of an outage with those of the plan under the same draws."""
    base_rt, out_rt = base_rtj.sum(axis=2), out_rtj.sum(axis=2)
    during, after = slice(first, last + 1), slice(last + 1, None)
    base_r = base_rt[:, during].sum(axis=1)
    sold_r = np.zeros(len(base_rtj), dtype=np.int64)
    if channel in world.sell_channels:
        sold_r = base_rtj[:, during, world.sell_channels.index(channel)].sum(axis=1)
    return Outage(
        channel,
        first,
        last,
        kept_r=ratio(out_rt[:, during].sum(axis=1), base_r),
        after_r=ratio(out_rt[:, after].sum(axis=1), base_rt[:, after].sum(axis=1)),
        sold_r=ratio(sold_r, base_r),
        recovery=_recovery(base_rt[:, after].sum(axis=0), out_rt[:, after].sum(axis=0)),
    )


def worst_outage(outages: tuple[Outage, ...]) -> Outage | None:
    """The outage that keeps least, on average over replicates; None when no share is defined."""
    known = [outage for outage in outages if np.isfinite(outage.kept_r).all()]
    return min(known, key=lambda outage: float(outage.kept_r.mean()), default=None)


def _recovery(base_t: Ints, out_t: Ints) -> int | None:
    """Periods until the orders of the next periods, and those of all that follow, are back."""
    for t in range(len(base_t)):
        soon, rest = slice(t, t + SMOOTHED), slice(t, None)
        if all(out_t[part].sum() >= RECOVERED * base_t[part].sum() for part in (soon, rest)):
            return t
    return None
