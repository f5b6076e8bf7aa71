"""Journeys as tables: an event log, and the same journeys as touches that `omnifunnel attribute` reads.

    table       one row is                               ordered by
    events      a touch, move or order                   consumer (brand view: identity), then time
    touches     a touch of a journey, or its conversion  journey

In the brand's view there are recorded touches and orders only, and identities in place of consumers: a
consumer who is not resolved is one identity on every channel. Identities are hashed and sorted by their
hash, so that neither name nor place tells which of them are one person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from experiments.export.files import Exported, money, period_dates, write_csv

if TYPE_CHECKING:
    from experiments.export.answer import Job
    from sim import EventLog, JourneyLog

Ints = npt.NDArray[np.int64]
Row = tuple[object, ...]
EVENTS = (
    "date", "consumer", "segment", "stage", "event", "channel", "exposures", "clicked", "to_stage",
    "order_value", "order_kind",
)  # fmt: skip
BRAND_EVENTS = (
    "date", "identity", "event", "channel", "exposures", "clicked", "order_value", "order_kind",
)  # fmt: skip
TOUCHES = ("journey", "channel", "time", "conversion", "value")
#: Events turned into text at once.
CHUNK = 1 << 16
_ID_DIGITS = 12


def write_journeys(folder: Path, job: Job) -> Exported:
    """Write events.csv and touches.csv of the consumers asked for."""
    from sim import cut_journeys

    log, brand = job.log(), job.request.view == "brand"
    journeys = cut_journeys(log, lookback_days=job.request.lookback_days, view=job.request.view)
    who = _Identities(journeys) if brand else None
    events = brand_rows(journeys, who) if who else event_rows(log)
    header, told = (BRAND_EVENTS, "touches recorded, orders") if brand else (EVENTS, "touches, moves, orders")
    files = (
        write_csv(folder, "events.csv", f"one row an event: {told}", header, events),
        write_csv(
            folder,
            "touches.csv",
            "input of `omnifunnel attribute --journeys`",
            TOUCHES,
            touch_rows(journeys, who),
        ),
    )
    converted = int(journeys.converted_p.sum())
    facts = {
        "view": job.request.view,
        "lookback_days": job.request.lookback_days if isfinite(job.request.lookback_days) else None,
        **job.people(log),
        "journeys": len(journeys),
        "converted": converted,
        "untouched_orders": len(journeys.untouched_o),
        "identities": who.count if who else None,
    }
    heading = f"{job.heading}: journeys of {job.panel_text(log)}, {job.request.view} view."
    return Exported(heading, files, facts, _notes(journeys, converted, brand))


def _notes(journeys: JourneyLog, converted: int, brand: bool) -> tuple[str, ...]:
    untouched = len(journeys.untouched_o)
    notes = [
        f"{len(journeys):,} {'journey' if len(journeys) == 1 else 'journeys'}, {converted:,} with an order; "
        f"{untouched:,} {'order' if untouched == 1 else 'orders'} met no touch within the lookback.",
        "Dates are first days of periods; within a period rows stand in the order in which they happened.",
    ]
    if brand:
        notes.append("Brand view: lost touches are gone, and unresolved people fall apart into identities.")
    return tuple(notes)


def event_rows(log: EventLog) -> Iterator[Row]:
    """Everything that happened, in truth."""
    from sim import Event, Stage

    world, dates = log.world, period_dates(log.world)
    stages, kinds = [stage.name.lower() for stage in Stage], [event.name.lower() for event in Event]
    for start in range(0, len(log.event_e), CHUNK):
        e = slice(start, start + CHUNK)
        person = log.person_e[e]
        columns = (log.period_e, log.event_e, log.channel_e, log.stage_e, log.number_e, log.clicked_e)
        cells = (column[e].tolist() for column in columns)
        who, segment = log.consumer_i[person].tolist(), log.segment_i[person].tolist()
        for i, k, t, event, c, s, number, clicked, value in zip(
            who, segment, *cells, log.value_e[e].tolist(), strict=True
        ):
            head = dates[t], i, world.segments[k], stages[s], kinds[event]
            if event == Event.TOUCH:
                yield *head, world.channels[c], number, int(clicked), None, None, None
            elif event == Event.MOVE:
                yield *head, None, None, None, stages[number], None, None
            else:
                kind = "repeat" if number else "win_back" if s == Stage.LAPSED else "first"
                yield *head, world.channels[c], None, None, None, money(value, world.minor), kind


class _Identities:
    """Who the brand takes a row for: a resolved consumer, or a stranger on one channel.

    symbol       meaning                                                          shape
    row_e        rows of the log that the brand has: touches recorded, orders     (E,)
    identity_e   number of the identity of each of them                           (E,)
    identity_p   that of each journey with touches                                (P,)
    identity_o   that of each order without                                       (O,)
    name         number -> hash
    """

    def __init__(self, journeys: JourneyLog) -> None:
        log, self._whole = journeys.log, len(journeys.log.world.channels)
        channel_p = journeys.channel_n[journeys.start_p[:-1]]
        self.identity_p = self._numbers(log, journeys.person_p, channel_p)
        untouched = log.person_e[journeys.untouched_o]
        self.identity_o = untouched * (self._whole + 1) + self._whole
        touch, ends = self.identity_p[journeys.journey_n], journeys.converted_p
        row_e = np.concatenate([journeys.touch_n, journeys.order_p[ends], journeys.untouched_o])
        identity_e = np.concatenate([touch, self.identity_p[ends], self.identity_o])
        self.name = {number: self._hashed(log, number) for number in np.unique(identity_e).tolist()}
        self.count = len(self.name)
        names_e = np.array([self.name[number] for number in identity_e.tolist()], dtype=f"U{_ID_DIGITS}")
        order = np.lexsort((row_e, names_e))
        self.row_e, self.identity_e = row_e[order], identity_e[order]

    def _numbers(self, log: EventLog, person: Ints, channel: Ints) -> Ints:
        return person * (self._whole + 1) + np.where(log.resolved_i[person], self._whole, channel)

    def _hashed(self, log: EventLog, number: int) -> str:
        """A name that says nothing; it does not depend on who else is exported."""
        person, c = divmod(number, self._whole + 1)
        where = "" if c == self._whole else log.world.channels[c]
        text = f"{log.seed}:{log.replicate}:{log.consumer_i[person]}:{where}"
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def brand_rows(journeys: JourneyLog, who: _Identities) -> Iterator[Row]:
    """What an advertiser sees: no stages, no moves, and orders that are the first of their identity."""
    from sim import Event

    log, dates, ordered = journeys.log, period_dates(journeys.log.world), set[int]()
    columns = (log.period_e, log.event_e, log.channel_e, log.number_e, log.clicked_e, log.value_e)
    cells = (column[who.row_e].tolist() for column in columns)
    for owner, t, event, c, number, clicked, value in zip(who.identity_e.tolist(), *cells, strict=True):
        head, channel = (dates[t], who.name[owner]), log.world.channels[c]
        if event == Event.TOUCH:
            yield *head, "touch", channel, number, int(clicked), None, None
        else:
            kind = "repeat" if owner in ordered else "first"
            ordered.add(owner)
            yield *head, "order", channel, None, None, money(value, log.world.minor), kind


def touch_rows(journeys: JourneyLog, who: _Identities | None = None) -> Iterator[Row]:
    """One journey after the other: its touches, then the order that ends it, if any.

    An order that met no touch is a journey of its own, without channel.
    """
    log, dates, ends = journeys.log, period_dates(journeys.log.world), journeys.converted_p
    names = _journey_names(journeys, who)
    row = np.concatenate([journeys.touch_n, journeys.order_p[ends], journeys.untouched_o])
    alone = len(journeys) + np.arange(len(journeys.untouched_o))
    journey = np.concatenate([journeys.journey_n, np.flatnonzero(ends), alone])
    order = np.arange(len(row)) >= len(journeys.touch_n)
    rank = np.argsort(np.argsort(np.array(names))) if who and names else np.arange(len(names))
    sort = np.lexsort((row, order, rank[journey]))
    cells = (column[row[sort]].tolist() for column in (log.period_e, log.channel_e, log.value_e))
    for p, ordered, t, c, value in zip(journey[sort].tolist(), order[sort].tolist(), *cells, strict=True):
        if ordered:
            yield names[p], None, dates[t], 1, money(value, log.world.minor)
        else:
            yield names[p], log.world.channels[c], dates[t], None, None


def _journey_names(journeys: JourneyLog, who: _Identities | None) -> list[str]:
    """`<consumer or identity>-<number of the journey>`, orders without a touch counted on."""
    if who is None:
        person = np.concatenate([journeys.person_p, journeys.log.person_e[journeys.untouched_o]])
        owners = [str(i) for i in journeys.log.consumer_i[person].tolist()]
    else:
        numbers = np.concatenate([who.identity_p, who.identity_o]).astype(np.int64)
        owners = [who.name[number] for number in numbers.tolist()]
    taken: dict[str, int] = {}
    names = []
    for owner in owners:
        taken[owner] = taken.get(owner, 0) + 1
        names.append(f"{owner}-{taken[owner]}")
    return names
