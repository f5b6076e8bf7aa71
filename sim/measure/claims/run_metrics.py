"""Measures of a claim that the counts of one run hold. Each gives (above, below), see `comparing`.

Amounts are people-scaled, money is in the currency, and an amount has 1 below.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np

from sim.engine.run import Run
from sim.market.vocabulary import Move, Stage
from sim.measure.channels import channel_table
from sim.measure.claims.seen import Seen
from sim.measure.kpis import KPIS
from sim.scenario.calendar import covered

Parts = tuple[float, float]
Value = Callable[[Seen, str], Parts]
#: KPIs that compare with zero spend, and so need its run too.
INCREMENTAL = frozenset({"roi", "profit", "incremental_margin", "iroas", "incremental_customers"})
_ACTIVE = (Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE)


def kpi(name: str) -> Value:
    """A key figure of `omnifunnel run`, one value a replicate."""

    def value(seen: Seen, argument: str) -> Parts:
        base = seen.base if name in INCREMENTAL else seen.run
        found = KPIS[name].value(seen.run, base)
        return (math.nan if found is None else found), 1.0

    return value


def channel(measure: str) -> Value:
    """One cell of the channel table."""

    def value(seen: Seen, argument: str) -> Parts:
        found = channel_table(seen.run)[argument][measure]
        return (math.nan if found is None else found), 1.0

    return value


def quotient(above: Callable[[Seen, str], float], below: Callable[[Seen, str], float]) -> Value:
    """One amount over another."""
    return lambda seen, argument: (above(seen, argument), below(seen, argument))


def amount(of: Callable[[Seen, str], float]) -> Value:
    """An amount by itself."""
    return lambda seen, argument: (of(seen, argument), 1.0)


def spend(seen: Seen, argument: str) -> float:
    """Money billed by all channels."""
    return float(seen.run.billed_tc.sum()) / seen.world.minor


def channel_spend(seen: Seen, argument: str) -> float:
    """Money billed by one channel."""
    return float(seen.run.billed_tc[:, seen.world.channels.index(argument)].sum()) / seen.world.minor


def orders(seen: Seen, argument: str) -> float:
    """All orders."""
    return float(seen.run.orders_tjkr.sum()) * seen.world.weight


def repeat_orders(seen: Seen, argument: str) -> float:
    """Orders of customers who had ordered before and not lapsed since."""
    return float(seen.run.orders_tjkr[..., 1].sum()) * seen.world.weight


def revenue(seen: Seen, argument: str) -> float:
    """Value of all orders."""
    return float(seen.run.revenue_tjkr.sum()) * seen.world.weight / seen.world.minor


def repeat_revenue(seen: Seen, argument: str) -> float:
    """Value of all repeat orders."""
    return float(seen.run.revenue_tjkr[..., 1].sum()) * seen.world.weight / seen.world.minor


def margin_less_spend(seen: Seen, argument: str) -> float:
    """All margin less spend: what a dashboard without a control group calls profit."""
    return float(seen.run.margin_tk.sum()) * seen.world.weight / seen.world.minor - spend(seen, argument)


def shop_orders(seen: Seen, argument: str) -> float:
    """Orders that close in one channel."""
    return float(seen.run.orders_tjkr[:, _shop(seen, argument)].sum()) * seen.world.weight


def shop_repeat_orders(seen: Seen, argument: str) -> float:
    """Repeat orders that close in one channel."""
    return float(seen.run.orders_tjkr[:, _shop(seen, argument), :, 1].sum()) * seen.world.weight


def shop_revenue(seen: Seen, argument: str) -> float:
    """Revenue that closes in one channel."""
    return float(seen.run.revenue_tjkr[:, _shop(seen, argument)].sum()) * seen.world.weight / seen.world.minor


def shop_repeat_revenue(seen: Seen, argument: str) -> float:
    """Revenue of repeat orders that closes in one channel."""
    minor = seen.run.revenue_tjkr[:, _shop(seen, argument), :, 1].sum()
    return float(minor) * seen.world.weight / seen.world.minor


def acquired(seen: Seen, argument: str) -> float:
    """New customers whose last touch was in one channel."""
    c = seen.world.channels.index(argument)
    return float(seen.run.acquired_ock[1, c].sum()) * seen.world.weight


def clicks(seen: Seen, argument: str) -> float:
    """Consumers and periods with a click in one channel."""
    return float(seen.run.clicks_tck[:, seen.world.channels.index(argument)].sum()) * seen.world.weight


def impressions(seen: Seen, argument: str) -> float:
    """Exposures in one channel, or in all."""
    rows = slice(None) if not argument else seen.world.channels.index(argument)
    return float(seen.run.exposures_tcks[:, rows].sum()) * seen.world.weight


def all_impressions(seen: Seen, argument: str) -> float:
    """Exposures in all channels."""
    return impressions(seen, "")


def concentration(of: Callable[[Run], np.ndarray]) -> Value:
    """Herfindahl index: sum of squared shares (FACTS E.21)."""

    def value(seen: Seen, argument: str) -> Parts:
        counts = of(seen.run).astype(np.float64)
        return float((counts**2).sum()), float(counts.sum()) ** 2

    return value


def channels_met(seen: Seen, argument: str) -> Parts:
    """Distinct channels that a consumer meets in a period, all consumers and paid periods."""
    periods = seen.world.periods
    return float(seen.run.reached_tck[:periods].sum()), float(seen.world.agents * periods)


def widest_reach(seen: Seen, argument: str) -> Parts:
    """Share of people ever exposed to the channel that reaches most."""
    return float(seen.run.ever_reached_ck.sum(axis=1).max()), float(seen.world.agents)


def segment_orders(seen: Seen, argument: str) -> float:
    """Orders of one segment."""
    return float(seen.run.orders_tjkr[:, :, _segment(seen, argument)].sum()) * seen.world.weight


def segment_revenue(seen: Seen, argument: str) -> float:
    """Revenue of one segment."""
    minor = seen.run.revenue_tjkr[:, :, _segment(seen, argument)].sum()
    return float(minor) * seen.world.weight / seen.world.minor


def segment_customers(seen: Seen, argument: str) -> float:
    """New customers of one segment."""
    return float(seen.run.acquired_ock[1, :, _segment(seen, argument)].sum()) * seen.world.weight


def segment_people(seen: Seen, argument: str) -> float:
    """People of one segment."""
    return float(seen.world.agents_k[_segment(seen, argument)]) * seen.world.weight


def stage_end(seen: Seen, argument: str) -> float:
    """People at one stage when the run ends."""
    return float(seen.run.occupancy_tks[-1, :, Stage[argument.upper()]].sum()) * seen.world.weight


def retention(seen: Seen, argument: str) -> Parts:
    """Share of active customers that a period leaves active: 1 - lapses / customers at its start."""
    active = float(seen.run.occupancy_tks[:-1][:, :, list(_ACTIVE)].sum())
    return active - float(seen.run.moves_tke[..., Move.LAPSE].sum()), active


def loyal_share(seen: Seen, argument: str) -> Parts:
    """Loyal customers and advocates among active customers when the run ends."""
    end_s = seen.run.occupancy_tks[-1].sum(axis=0)
    return float(end_s[[Stage.LOYAL, Stage.ADVOCATE]].sum()), float(end_s[list(_ACTIVE)].sum())


def peak(of: Callable[[Seen], np.ndarray]) -> Value:
    """The best single period of each replicate."""
    return lambda seen, argument: (float(of(seen).max()), 1.0)


def between(of: Callable[[Seen], np.ndarray], *, share: bool = False) -> Value:
    """The periods whose first day lies between two dates, both included; over all periods for a share."""

    def value(seen: Seen, argument: str) -> Parts:
        per_period_t = of(seen)
        chosen = dates_covered(seen, argument)
        within = float(per_period_t[chosen.start : chosen.stop].sum())
        return within, (float(per_period_t.sum()) if share else 1.0)

    return value


def quotient_between(above: Callable[[Seen], np.ndarray], below: Callable[[Seen], np.ndarray]) -> Value:
    """One amount over another, both in the periods whose first day lies between two dates."""

    def value(seen: Seen, argument: str) -> Parts:
        chosen = dates_covered(seen, argument)
        within = slice(chosen.start, chosen.stop)
        return float(above(seen)[within].sum()), float(below(seen)[within].sum())

    return value


def orders_t(seen: Seen) -> np.ndarray:
    """Orders by period."""
    return np.asarray(seen.run.orders_tjkr.sum(axis=(1, 2, 3)) * seen.world.weight)


def repeat_orders_t(seen: Seen) -> np.ndarray:
    """Repeat orders by period; an order that wins a lapsed customer back is none."""
    return np.asarray(seen.run.orders_tjkr[..., 1].sum(axis=(1, 2)) * seen.world.weight)


def revenue_t(seen: Seen) -> np.ndarray:
    """Revenue by period."""
    return np.asarray(seen.run.revenue_tjkr.sum(axis=(1, 2, 3)) * seen.world.weight / seen.world.minor)


def spend_t(seen: Seen) -> np.ndarray:
    """Money billed by period."""
    return np.asarray(seen.run.billed_tc.sum(axis=1) / seen.world.minor)


def clicks_t(seen: Seen) -> np.ndarray:
    """Clicks in all channels by period."""
    return np.asarray(seen.run.clicks_tck.sum(axis=(1, 2)) * seen.world.weight)


def dates_covered(seen: Seen, argument: str) -> range:
    """Periods of `2026-11-02..2026-11-15`."""
    first, last = (dt.date.fromisoformat(text) for text in argument.split(".."))
    world = seen.world
    return covered(first, last, start=world.start, period=world.period, periods=world.total_periods)


def _shop(seen: Seen, argument: str) -> int:
    return seen.world.sell_channels.index(argument)


def _segment(seen: Seen, argument: str) -> int:
    return seen.world.segments.index(argument)
