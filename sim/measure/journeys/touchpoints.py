"""Touchpoint heat map: at which stage each channel meets consumers (FACTS E.16).

A touch is a period in which a channel reached a consumer, whatever the number of exposures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.event_log import Event, EventLog
from sim.market.vocabulary import N_STAGES
from sim.measure.journeys.stays import periods_at_stage
from sim.measure.ratios import quotient


@dataclass(frozen=True)
class HeatRow:
    """One channel of the touchpoint heat map; tuples are by stage.

    Attributes:
        touches: in the sample.
        shares: of the channel's touches; they sum to 1.
        rates: touches per consumer and period spent at the stage.
    """

    channel: str
    touches: tuple[int, ...]
    shares: tuple[float | None, ...]
    rates: tuple[float | None, ...]


def heat_map(log: EventLog) -> list[HeatRow]:
    """Touches by channel and stage at the period's start."""
    channels = log.world.channels
    touch = log.rows(Event.TOUCH)
    place = log.channel_e[touch].astype(np.int64) * N_STAGES + log.stage_e[touch]
    touches_cs = np.bincount(place, minlength=len(channels) * N_STAGES).reshape(len(channels), N_STAGES)
    spent_s = periods_at_stage(log)
    return [
        HeatRow(
            name,
            tuple(touches_s.tolist()),
            tuple(quotient(touches, touches_s.sum()) for touches in touches_s),
            tuple(quotient(*pair) for pair in zip(touches_s, spent_s, strict=True)),
        )
        for name, touches_s in zip(channels, touches_cs, strict=True)
    ]
