"""Measures of a claim that need single consumers: journeys of a panel, and runs without a channel.

A journey holds the touches since the previous order and within 90 days before the one that ends it.
"""

from __future__ import annotations

import numpy as np

from sim.market.intervene import showing
from sim.market.vocabulary import Kind
from sim.measure.claims.run_metrics import Parts, Value
from sim.measure.claims.seen import OUTAGE_PERIODS, Seen
from sim.measure.truth.counterfactuals import TRUTH_MEASURES
from sim.measure.truth.resilience import window

#: Days after a click in which a visit counts as following it.
_VISIT_DAYS = 30


def path_channels_mean(view: str) -> Value:
    """Mean number of distinct channels on the way to the first order."""

    def value(seen: Seen, argument: str) -> Parts:
        counts = _first_order_counts(seen, view)
        return float(sum(n * conversions for n, conversions in counts)), _total(counts)

    return value


def path_channels_share(view: str) -> Value:
    """Share of first orders whose journey met so many distinct channels, `3-5`."""

    def value(seen: Seen, argument: str) -> Parts:
        least, most = (int(text) for text in argument.split("-"))
        counts = _first_order_counts(seen, view)
        return float(sum(conversions for n, conversions in counts if least <= n <= most)), _total(counts)

    return value


def cross_channel_share(seen: Seen, argument: str) -> Parts:
    """Share of orders whose journey met a channel other than the one that took the order."""
    met_pc, shop_p, total = _orders_met(seen)
    met_pc[np.arange(len(shop_p)), shop_p] = False
    return float(met_pc.any(axis=1).sum()), total


def online_offline_share(seen: Seen, argument: str) -> Parts:
    """Share of orders where journey and shop together hold a physical channel and one that is not."""
    met_pc, shop_p, total = _orders_met(seen)
    met_pc[np.arange(len(shop_p)), shop_p] = True
    physical_c = np.array([kind is Kind.PHYSICAL for kind in seen.world.kinds])
    both_p = met_pc[:, physical_c].any(axis=1) & met_pc[:, ~physical_c].any(axis=1)
    return float(both_p.sum()), total


def cross_channel_rate(seen: Seen, argument: str) -> Parts:
    """Touches of one channel followed within 30 days by an order in another (FACTS E.14)."""
    from sim.measure.journeys.cross_channel import cross_channel_conversion

    rows = {row.channel: row for row in cross_channel_conversion(seen.log, windows=(30,))}
    return float(rows[argument].converted), float(rows[argument].touched)


def visit_rate(seen: Seen, argument: str) -> Parts:
    """Clicks in one channel that are followed within 30 days by a touch or order in a physical channel."""
    from sim.engine.event_log import Event

    log, world = seen.log, seen.world
    when_e = log.person_e * np.int64(world.total_periods) + log.period_e
    physical_c = np.array([kind is Kind.PHYSICAL for kind in world.kinds])
    there_e = (log.event_e != Event.MOVE) & physical_c[log.channel_e]
    visits = np.append(np.unique(when_e[there_e]), np.iinfo(np.int64).max)
    clicks = when_e[log.clicked_e & (log.channel_e == world.channels.index(argument))]
    later = visits[np.searchsorted(visits, clicks, side="right")]
    same = later // world.total_periods == clicks // world.total_periods
    within = later - clicks <= _VISIT_DAYS // world.period.days
    return float((same & within).sum()), float(len(clicks))


def reach_of_all(seen: Seen, argument: str) -> Parts:
    """Share of the panel that ever met any channel."""
    from sim.engine.event_log import Event

    touched = np.unique(seen.log.person_e[seen.log.rows(Event.TOUCH)])
    return float(len(touched)), float(len(seen.log))


def outage_kept(seen: Seen, argument: str) -> Parts:
    """Orders kept while one channel is out for 8 periods, over those of the plan (FACTS E.22)."""
    first, last = window(seen.world, OUTAGE_PERIODS)
    during = slice(first, last + 1)
    kept, planned = seen.out(argument).orders_tjkr[during], seen.run.orders_tjkr[during]
    return float(kept.sum()), float(planned.sum())


def outage_channels(seen: Seen) -> tuple[str, ...]:
    """Channels whose outage can cost orders: they show or sell."""
    able = {*showing(seen.world, seen.plan), *seen.world.sell_channels}
    return tuple(name for name in seen.world.channels if name in able)


def synergy_index(seen: Seen, argument: str) -> Parts:
    """What all channels achieve together, over the sum of what each achieves alone (FACTS E.15)."""
    measure, players = TRUTH_MEASURES[argument].value, showing(seen.world, seen.plan)
    nobody = measure(seen.silent(players))
    alone = [measure(seen.silent(tuple(c for c in players if c != one))) - nobody for one in players]
    return measure(seen.run) - nobody, float(sum(alone))


def _first_order_counts(seen: Seen, view: str) -> list[tuple[int, int]]:
    from sim.measure.journeys.paths_met import distinct_channels

    return [(row.channels, row.conversions) for row in distinct_channels(seen.journeys(view).prospects())]


def _total(counts: list[tuple[int, int]]) -> float:
    return float(sum(conversions for _, conversions in counts))


def _orders_met(seen: Seen) -> tuple[np.ndarray, np.ndarray, float]:
    """Channels met on each journey that ends in an order, where it closed, and all orders of the panel."""
    journeys = seen.journeys("complete")
    met_pc = np.zeros((len(journeys), len(seen.world.channels)), dtype=np.bool_)
    met_pc[journeys.journey_n, journeys.channel_n] = True
    ordered = journeys.converted_p
    shop_p = journeys.log.channel_e[journeys.order_p[ordered]].astype(np.int64)
    return met_pc[ordered], shop_p, float(ordered.sum() + len(journeys.untouched_o))
