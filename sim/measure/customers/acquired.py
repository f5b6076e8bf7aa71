"""Who became a customer, when, and what they were worth: the run's cohorts, person by person.

    symbol       meaning                                                              shape   unit
    acquired_i   period of the conversion, -1 where there was none in the run         (N,)
    value_i      margin of the orders within the LTV horizon, discounted to it        (N,)    minor units

Summed over everyone they are `acquired_ock` and `cohort_value_ock` of the run, to the unit (tested).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.event_log import Event, EventLog, Flags, Ints
from sim.market.vocabulary import Stage


@dataclass(frozen=True, eq=False)
class Acquired:
    """Customers acquired in the run; see the module's table."""

    acquired_i: Ints
    value_i: Ints

    @property
    def new_i(self) -> Flags:
        """Who was acquired, (N,)."""
        return self.acquired_i >= 0


def acquired_customers(log: EventLog) -> Acquired:
    """Conversions of the run and the lifetime value of each (FACTS E.7)."""
    world, person_e = log.world, log.person_e
    moves = log.rows(Event.MOVE)
    became = moves[(log.stage_e[moves] == Stage.DECIDING) & (log.number_e[moves] == Stage.CUSTOMER)]
    acquired_i = np.full(len(log), -1, dtype=np.int64)
    acquired_i[person_e[became]] = log.period_e[became]
    order = log.rows(Event.ORDER)
    age = log.period_e[order] - acquired_i[person_e[order]]
    counts = (acquired_i[person_e[order]] >= 0) & (age >= 0) & (age <= world.ltv_horizon)
    order = order[counts]
    value_i = np.zeros(len(log), dtype=np.int64)
    np.add.at(value_i, person_e[order], log.discounted_e[order])
    return Acquired(acquired_i, value_i)
