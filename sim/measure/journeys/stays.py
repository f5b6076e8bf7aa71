"""Time in stage: how long consumers stay where they are (FACTS E.12).

symbol        meaning                                                            unit
stay          unbroken time at one stage, from arrival or the run's start        periods
ended         stays that a move ended within the run; the others are censored    count of the sample
spent         periods spent at the stage by all, censored stays included         periods
expected      spent / ended: the mean stay if the rate of leaving is constant,
              with censored stays accounted for                                  periods
median        of the stays that ended: too short where many are censored         periods

Both are None where fewer than `LEAST_ENDED` stays ended: a few ends say nothing of how long people stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Event, EventLog, Ints
from sim.market.vocabulary import N_STAGES, NEXT_STAGE, Stage
from sim.measure.ratios import quotient

#: Stays that must have ended before their length is told.
LEAST_ENDED = 10


@dataclass(frozen=True)
class StageTime:
    """Stays at one stage; see the module's table. `onward` and `away` are shares of the ended stays."""

    stage: str
    stays: int
    ended: int
    spent: int
    expected: float | None
    median: float | None
    onward: float | None
    away: float | None


@dataclass(frozen=True, eq=False)
class Stays:
    """All stays of a log: stage, periods, and the stage reached, -1 where the run ended first; (M,) each."""

    stage_m: Ints
    periods_m: Ints
    reached_m: Ints


def stays_of(log: EventLog) -> Stays:
    """Every consumer's stays, in order of consumer and time."""
    moves = log.rows(Event.MOVE)
    person = log.person_e[moves]
    left = log.period_e[moves].astype(np.int64) + 1
    # the end of the run closes one more stay of every consumer: after all of the consumer's moves
    owner = np.concatenate([person, np.arange(len(log))])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    end = np.concatenate([left, np.full(len(log), log.world.total_periods)])[order]
    reached = np.concatenate([log.number_e[moves].astype(np.int64), np.full(len(log), -1)])[order]
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    begin = np.where(first, 0, np.roll(end, 1))
    stage = np.where(first, log.initial_stage_i[owner], np.roll(reached, 1))
    kept = (end > begin) | (reached >= 0)
    return Stays(stage[kept], (end - begin)[kept], reached[kept])


def periods_at_stage(log: EventLog) -> Ints:
    """Periods that all consumers of the log spent at each stage, (8,)."""
    stays = stays_of(log)
    return np.bincount(stays.stage_m, stays.periods_m, minlength=N_STAGES).astype(np.int64)


def time_in_stage(log: EventLog, *, least: int = LEAST_ENDED) -> list[StageTime]:
    """Stays by stage, in the order of the funnel.

    Args:
        log: from `replay`.
        least: stays that must have ended for `expected` and `median`; 1 gives them wherever they exist.
    """
    stays = stays_of(log)
    return [_stage_time(stage, stays, max(least, 1)) for stage in Stage]


def _stage_time(stage: Stage, stays: Stays, least: int) -> StageTime:
    here = stays.stage_m == stage
    reached: npt.NDArray[np.int64] = stays.reached_m[here]
    periods = stays.periods_m[here]
    ended = reached >= 0
    onward, away = ((reached == target) & ended for target in NEXT_STAGE[stage])
    count = int(ended.sum())
    return StageTime(
        stage.name.lower(),
        int(here.sum()),
        count,
        int(periods.sum()),
        float(periods.sum()) / count if count >= least else None,
        float(np.median(periods[ended])) if count >= least else None,
        quotient(onward.sum(), count),
        quotient(away.sum(), count),
    )
