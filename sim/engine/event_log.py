"""Event log: what chosen consumers lived through, one row an event.

    symbol              meaning                                                         shape    dtype
    i                   consumer of the log, in the order asked for                     N
    e                   event; those of consumer i are start_i[i] .. start_i[i + 1] - 1  E
    consumer_i          number in the sample, segment after segment                     (N,)     int64
    segment_i           index of the segment                                            (N,)     int64
    resolved_i          whether the brand knows them as one person on every channel     (N,)     bool
    initial_stage_i     stage at the start of the run                                   (N,)     uint8
    responsiveness_i    theta                                                           (N,)     float32
    purchase_rate_i     orders per period as a plain customer                           (N,)     float32
    lapse_rate_i        lapses per period as a plain customer                           (N,)     float32
    period_e            period                                                          (E,)     int32
    event_e             an `Event`                                                      (E,)     uint8
    channel_e           touch: channel; order: where it closed; move: -1                (E,)     int16
    stage_e             stage at the period's start                                     (E,)     uint8
    number_e            touch: exposures; move: stage reached; order: 0 first or        (E,)     int16
                        win-back, 1 repeat
    clicked_e           touch: whether they clicked                                     (E,)     bool
    value_e, margin_e   order: minor units of the currency; else 0                      (E,)     int64
    discounted_e        order: margin discounted to the buyer's acquisition, or to      (E,)     int64
                        the start of the run where that was before it; else 0

Within a period the touches come first, in the order of meeting, then the move, then the orders.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.market.world import World

Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


class Event(IntEnum):
    """What a row of the log tells."""

    TOUCH = 0
    MOVE = 1
    ORDER = 2


@dataclass(frozen=True, eq=False)
class EventLog:
    """Journeys of chosen consumers, complete and exact; see the module's table. Arrays are read-only."""

    world: World
    seed: int
    replicate: int
    consumer_i: Ints
    segment_i: Ints
    resolved_i: Flags
    initial_stage_i: Bytes
    responsiveness_i: Singles
    purchase_rate_i: Singles
    lapse_rate_i: Singles
    start_i: Ints
    period_e: npt.NDArray[np.int32]
    event_e: Bytes
    channel_e: npt.NDArray[np.int16]
    stage_e: Bytes
    number_e: npt.NDArray[np.int16]
    clicked_e: Flags
    value_e: Ints
    margin_e: Ints
    discounted_e: Ints

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.flags.writeable = False

    def __len__(self) -> int:
        """Consumers of the log."""
        return len(self.consumer_i)

    @property
    def people(self) -> float:
        """People that one consumer of the log stands for, if the log is a fair sample of the market."""
        return self.world.people / len(self) if len(self) else 0.0

    @property
    def index_i(self) -> Ints:
        """Number of each consumer within the segment, (N,)."""
        return self.consumer_i - (np.cumsum(self.world.agents_k) - self.world.agents_k)[self.segment_i]

    @property
    def person_e(self) -> Ints:
        """Position in the log of each event's consumer, (E,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start_i))

    def rows(self, event: Event) -> Ints:
        """Row numbers of all events of one kind."""
        return np.flatnonzero(self.event_e == event)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """All arrays by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
