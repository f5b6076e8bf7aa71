"""Event logs written by hand: what happened is in the test, not in a simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from worlds import small

from sim import Event, EventLog, Stage, World

#: (period, "touch", channel), (period, "move", from, to) or (period, "order", shop, value[, repeat]).
Happening = tuple[Any, ...]


@dataclass(frozen=True)
class Told:
    """One life: what happened in order of time."""

    events: Sequence[Happening] = ()
    resolved: bool = True
    stage: Stage = Stage.UNAWARE


def four_channels(**changes: Any) -> World:
    """Channels a, b, c without price and a selling shop s; weeks unless changed."""
    plain = {"kind": "owned", "organic": 0.1}
    channels = {name: dict(plain) for name in "abc"} | {"s": {"kind": "physical", "sells": {}}}
    return small(channels=channels, plan={}, population={"people": 500, "agents": 50}, **changes)[0]


def log_of(world: World, *lives: Told) -> EventLog:
    """A log of these lives, consumers 0, 1, ... of the first segment."""
    rows = [row for life in lives for row in _rows(world, life)]
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0)] * 9
    kinds = (np.int32, np.uint8, np.int16, np.uint8, np.int16, np.bool_, np.int64, np.int64, np.int64)
    names = ("period_e", "event_e", "channel_e", "stage_e", "number_e", "clicked_e", "value_e", "margin_e")
    names = (*names, "discounted_e")
    ones = np.ones(len(lives), dtype=np.float32)
    flat: Any = {n: c.astype(kind) for n, c, kind in zip(names, columns, kinds, strict=True)}
    return EventLog(
        world=world,
        seed=1,
        replicate=0,
        consumer_i=np.arange(len(lives)),
        segment_i=np.zeros(len(lives), dtype=np.int64),
        resolved_i=np.array([life.resolved for life in lives], dtype=bool),
        initial_stage_i=np.array([life.stage for life in lives], dtype=np.uint8),
        responsiveness_i=ones.copy(),
        purchase_rate_i=ones.copy(),
        lapse_rate_i=ones.copy(),
        start_i=np.cumsum([0, *(len(life.events) for life in lives)]),
        **flat,
    )


def _rows(world: World, life: Told) -> list[tuple[Any, ...]]:
    stage, rows, acquired = life.stage, [], -1
    for period, what, *rest in life.events:
        if what == "touch":
            channel = world.channels.index(rest[0])
            rows.append((period, Event.TOUCH, channel, stage, 1, False, 0, 0, 0))
        elif what == "move":
            assert rest[0] == stage
            if (rest[0], rest[1]) == (Stage.DECIDING, Stage.CUSTOMER):
                acquired = period
            rows.append((period, Event.MOVE, -1, stage, rest[1], False, 0, 0, 0))
            stage = rest[1]
        else:
            shop, value, *repeat = rest
            later = np.floor(value * world.minor / 2 * world.discount_t[period - acquired] + 0.5)
            money = (round(value * world.minor), round(value * world.minor / 2), int(later))
            rows.append(
                (period, Event.ORDER, world.channels.index(shop), stage, int(bool(repeat)), False, *money)
            )
    return rows
