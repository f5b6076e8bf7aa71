"""Journeys cut from an event log: which touches led to which order, in truth and as the brand sees it.

    symbol        meaning                                                          shape
    touch_n       row of the log of each touch, journey after journey, in time     (N,)
    start_p       touches of journey p are start_p[p] : start_p[p + 1]             (P + 1,)
    order_p       row of the order that ends it, -1 where it ends in nothing       (P,)
    person_p      position in the log of the consumer                              (P,)
    untouched_o   rows of the orders that met no touch within the lookback         (O,)

An order ends a journey: the touches since the previous order and within the lookback before it. All other
touches form null journeys, cut every lookback after their first touch, so that journeys with and without an
order span the same time at most. Every touch is in exactly one journey.

In the brand's view touches are lost (`engine.tracking`), and a consumer who is not resolved is a stranger
on every channel: one identity a channel, each with journeys of its own. An order then belongs to the
identity of the last touch within the lookback; the other identities never learn of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Event, EventLog, Flags, Ints
from sim.engine.tracking import recorded
from sim.errors import JourneyError
from sim.market.vocabulary import Stage
from sim.measure.attribution.paths import Paths

VIEWS = ("complete", "brand")


@dataclass(frozen=True, eq=False)
class JourneyLog:
    """Journeys of a log; see the module's table."""

    log: EventLog
    touch_n: Ints
    start_p: Ints
    order_p: Ints
    person_p: Ints
    untouched_o: Ints

    def __len__(self) -> int:
        """Journeys."""
        return len(self.order_p)

    @property
    def converted_p(self) -> Flags:
        """Whether a journey ends in an order, (P,)."""
        return self.order_p >= 0

    @property
    def journey_n(self) -> Ints:
        """Journey of each touch, (N,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start_p))

    @property
    def channel_n(self) -> Ints:
        """Channel of each touch, (N,)."""
        return self.log.channel_e[self.touch_n].astype(np.int64)

    @property
    def age_n(self) -> npt.NDArray[np.float64]:
        """Days from each touch to the end of its journey: the order, else the last touch, (N,)."""
        period_e = self.log.period_e
        last_p = self.touch_n[self.start_p[1:] - 1]
        end_p = period_e[np.where(self.converted_p, self.order_p, last_p)]
        periods_n = end_p[self.journey_n] - period_e[self.touch_n]
        return np.asarray(periods_n * float(self.log.world.period.days), dtype=np.float64)

    def prospects(self) -> JourneyLog:
        """Journeys of consumers who had not bought before: up to the first order, or without one."""
        first_i, prospect_i = _first_orders(self.log)
        last_p = self.touch_n[self.start_p[1:] - 1]
        kept_p = prospect_i[self.person_p] & (last_p < first_i[self.person_p])
        return self._only(kept_p, np.intersect1d(self.untouched_o, first_i[prospect_i]))

    def _only(self, kept_p: Flags, untouched_o: Ints) -> JourneyLog:
        lengths = np.diff(self.start_p)
        return JourneyLog(
            self.log,
            self.touch_n[np.repeat(kept_p, lengths)],
            np.concatenate([[0], np.cumsum(lengths[kept_p])]),
            self.order_p[kept_p],
            self.person_p[kept_p],
            untouched_o,
        )


def cut_journeys(log: EventLog, *, lookback_days: float = 90.0, view: str = "complete") -> JourneyLog:
    """Cut a log into journeys; the module says how.

    Args:
        log: from `replay`.
        lookback_days: days before an order in which a touch can lead to it, >= 0; may be infinite. Touches
            of the order's own period count: they come before it.
        view: "complete", or "brand" for what the brand can see.

    Raises:
        JourneyError: a lookback below 0, or another view.
    """
    if view not in VIEWS:
        raise JourneyError(f"view: must be one of {', '.join(VIEWS)}, got '{view}'")
    if not lookback_days >= 0:
        raise JourneyError(f"lookback_days: must be >= 0, got {lookback_days}")
    keep_e = log.event_e != Event.MOVE
    if view == "brand":
        keep_e &= recorded(log)
    rows = np.flatnonzero(keep_e)
    identity = _identities(log, rows, lookback_days, apart=view == "brand")
    return _cut(log, rows[np.argsort(identity, kind="stable")], np.sort(identity), lookback_days)


def paths_from_log(log: EventLog, *, lookback_days: float = 90.0, view: str = "complete") -> Paths:
    """Journeys of a log as attribution reads them: one row a journey, counts of the sample.

    Multiply by `log.people` for people. Arguments and errors are those of `cut_journeys`.
    """
    return paths_of_journeys(cut_journeys(log, lookback_days=lookback_days, view=view))


def paths_of_journeys(journeys: JourneyLog) -> Paths:
    """As `paths_from_log`, from journeys already cut; value in major units of the currency."""
    log, converted_p = journeys.log, journeys.converted_p
    minor = log.world.minor
    return Paths(
        log.world.channels,
        journeys.channel_n,
        journeys.start_p,
        converted_p.astype(np.float64),
        np.where(converted_p, log.value_e[journeys.order_p] / minor, 0.0) if len(journeys) else np.zeros(0),
        (~converted_p).astype(np.float64),
        age_n=journeys.age_n,
        untouched_conversions=float(len(journeys.untouched_o)),
        untouched_value=float(log.value_e[journeys.untouched_o].sum() / minor),
    )


def booked_orders(log: EventLog, *, lookback_days: float = 90.0) -> tuple[Ints, Ints, Ints]:
    """All orders as the brand books them.

    Returns:
        Their rows in the log; the identity each is booked on; the channel of the last touch recorded within
        the lookback before it, C where there was none. Sorted by identity, then by time.
    """
    keep = np.flatnonzero((log.event_e != Event.MOVE) & recorded(log))
    identity = _identities(log, keep, lookback_days, apart=True)
    order = log.event_e[keep] == Event.ORDER
    sort = np.argsort(identity[order], kind="stable")
    last = _last_touch(log, keep, lookback_days)[order]
    return keep[order][sort], identity[order][sort], last[sort]


def _identities(log: EventLog, rows: Ints, lookback_days: float, *, apart: bool) -> Ints:
    """Whose journey each row belongs to: the consumer, or one of a consumer's identities (channel)."""
    person = log.person_e[rows]
    if not apart:
        return person
    whole = len(log.world.channels)
    last = _last_touch(log, rows, lookback_days)
    return person * (whole + 1) + np.where(log.resolved_i[person], whole, last)


def _last_touch(log: EventLog, rows: Ints, lookback_days: float) -> Ints:
    """Channel of the consumer's last touch up to each row, within the lookback; C: none, (N,)."""
    person, touch = log.person_e[rows], log.event_e[rows] == Event.TOUCH
    last = np.maximum.accumulate(np.where(touch, np.arange(len(rows)), -1))
    age_days = (log.period_e[rows] - log.period_e[rows[last]]) * float(log.world.period.days)
    known = (last >= 0) & (person[last] == person) & (age_days <= lookback_days)
    return np.where(known, log.channel_e[rows[last]], len(log.world.channels)).astype(np.int64)


def _cut(log: EventLog, rows: Ints, identity: Ints, lookback_days: float) -> JourneyLog:
    """Cut rows, sorted by identity and time, where an identity or an order ends or a null has lasted."""
    order = log.event_e[rows] == Event.ORDER
    period = log.period_e[rows].astype(np.int64)
    opens = np.ones(len(rows), dtype=bool)
    opens[1:] = (identity[1:] != identity[:-1]) | order[:-1]
    stretch = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(rows))[: len(first)] - 1
    end = np.where(order[last], last, -1)[stretch]
    days = float(log.world.period.days)
    leads = (end >= 0) & ((period[end] - period) * days <= lookback_days)
    since = (period - period[first][stretch]) * days
    part = np.floor(since / max(lookback_days, days)).astype(np.int64)
    # the touches that lead to the order stand last in their stretch, whatever their part
    part = np.where(leads, np.iinfo(np.int64).max, part)
    touch = np.flatnonzero(~order)
    new = np.ones(len(touch), dtype=bool)
    new[1:] = (stretch[touch][1:] != stretch[touch][:-1]) | (part[touch][1:] != part[touch][:-1])
    start = np.flatnonzero(new)
    order_p = np.where(leads, rows[end], -1)[touch[start]]
    return JourneyLog(
        log,
        rows[touch],
        np.append(start, len(touch)),
        order_p,
        log.person_e[rows[touch[start]]],
        np.setdiff1d(rows[order], order_p),
    )


def _first_orders(log: EventLog) -> tuple[Ints, Flags]:
    """Row of each consumer's first order, past the end where there is none; and who began as a prospect."""
    order = log.rows(Event.ORDER)
    first_i = np.full(len(log), len(log.event_e), dtype=np.int64)
    np.minimum.at(first_i, log.person_e[order], order)
    return first_i, log.initial_stage_i < Stage.CUSTOMER
