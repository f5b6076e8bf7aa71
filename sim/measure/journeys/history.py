"""History: what a brand has recorded by the end of a period. It holds no truth, and nothing of the future.

    symbol       meaning                                                              shape    unit
    t            periods observed
    offered_tc   money the brand offered to each channel                              (t, C)   currency
    billed_tc    money that each channel billed                                       (t, C)   currency
    paths        journeys in the brand's view, ended by an order or by the last touch          panel counts
    end_p        period in which each journey ends                                    (P,)
    identity_o   whom the brand takes the buyer of each order for                     (O,)
    period_o     period of each order                                                 (O,)
    channel_o    channel of the last touch recorded before it; C: none                (O,)
    value_o      its value                                                            (O,)     currency

Who decides by a history cannot look ahead: it is cut from the log before journeys are, and neither the
world nor the run can be reached from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import EventLog, Ints
from sim.engine.replay import replay
from sim.engine.run import Run
from sim.errors import OmnifunnelError
from sim.measure.attribution.paths import Paths
from sim.measure.customers.retention import quarter_periods
from sim.measure.journeys.observed import booked_orders, cut_journeys, paths_of_journeys

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """Recorded touches, orders and money of the periods so far; see the module's table.

    Attributes:
        channels: names, in the order of every array.
        quarter: periods of a quarter.
        people: people that one consumer of the panel stands for.
    """

    channels: tuple[str, ...]
    quarter: int
    people: float
    offered_tc: Floats
    billed_tc: Floats
    paths: Paths
    end_p: Ints
    identity_o: Ints
    period_o: Ints
    channel_o: Ints
    value_o: Floats

    def __post_init__(self) -> None:
        for field in fields(self):
            array = getattr(self, field.name)
            if isinstance(array, np.ndarray):
                array.flags.writeable = False

    @property
    def periods(self) -> int:
        """Periods observed."""
        return len(self.billed_tc)

    def paths_between(self, first: int, stop: int) -> Paths:
        """Journeys that ended in periods first .. stop - 1."""
        kept_p = (self.end_p >= first) & (self.end_p < stop)
        kept_n, paths = np.repeat(kept_p, self.paths.touches_p), self.paths
        return Paths(
            paths.channels,
            paths.channel_n[kept_n],
            np.concatenate([[0], np.cumsum(paths.touches_p[kept_p])]),
            paths.conversions_p[kept_p],
            paths.value_p[kept_p],
            paths.nulls_p[kept_p],
            age_n=None if paths.age_n is None else paths.age_n[kept_n],
        )


def observe(
    run: Run,
    periods: int,
    *,
    consumers: Sequence[int] | Ints | None = None,
    lookback_days: float = 90.0,
    threads: int | None = None,
) -> History:
    """What the brand has recorded of a run by the end of its first periods.

    Args:
        run: a run of any engine; what it holds of later periods is not read.
        periods: periods that are over, 1 .. the paid periods.
        consumers: whose journeys are recorded, as for `replay`; a fair sample, see `panel`. None is everyone.
        lookback_days: days before an order in which a touch can lead to it.
        threads: as for `replay`; the result does not depend on it.

    Raises:
        OmnifunnelError: periods outside the plan.
    """
    world = run.world
    if not 1 <= periods <= world.periods:
        raise OmnifunnelError(f"observe: periods must be within 1 .. {world.periods}, got {periods}")
    log = until(replay(run, consumers, threads=threads), periods)
    journeys = cut_journeys(log, lookback_days=lookback_days, view="brand")
    last_p = journeys.touch_n[journeys.start_p[1:] - 1]
    end_p = log.period_e[np.where(journeys.converted_p, journeys.order_p, last_p)]
    rows, identity_o, channel_o = booked_orders(log, lookback_days=lookback_days)
    return History(
        channels=world.channels,
        quarter=quarter_periods(world),
        people=log.people,
        offered_tc=run.plan.spend_tc[:periods].copy(),
        billed_tc=run.billed_tc[:periods] / world.minor,
        paths=paths_of_journeys(journeys),
        end_p=end_p.astype(np.int64),
        identity_o=np.unique(identity_o, return_inverse=True)[1].astype(np.int64),
        period_o=log.period_e[rows].astype(np.int64),
        channel_o=channel_o,
        value_o=log.value_e[rows] / world.minor,
    )


def until(log: EventLog, periods: int) -> EventLog:
    """The log as it stood at the end of the first periods: later rows are gone."""
    past_e = log.period_e < periods
    counted_i = np.bincount(log.person_e[past_e], minlength=len(log))
    columns: dict[str, Any] = {
        name: array[past_e] for name, array in log.arrays().items() if name.endswith("_e")
    }
    return replace(log, start_i=np.concatenate([[0], np.cumsum(counted_i)]), **columns)
