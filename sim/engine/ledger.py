"""Ledger: what a run counts. Integers only, so that the order of adding never matters.

    symbol            meaning                                                      shape
    flows_tksdr       consumers leaving stage s in direction d, resolved r         (T, K, 8, 2, 2)
    exposures_tcks    exposures                                                    (T, C, K, 8)
    reached_tck       consumers with at least one exposure                         (T, C, K)
    clicks_tck        consumers who clicked                                        (T, C, K)
    orders_tjkr       orders; r 0 first and win-back, 1 repeat                     (T, J, K, 2)
    revenue_tjkr      value of these orders, minor units                           (T, J, K, 2)
    margin_tk         margin of these orders, minor units                          (T, K)
    lost_orders_tk    orders not placed: every shop was shut                       (T, K)
    acquired_ock      customers won in the run by first (o = 0) and last (o = 1)   (2, C + 1, K)
                      touch; row C: met no channel
    cohort_value_ock  discounted margin of those within the LTV horizon, minor     (2, C + 1, K)
    repeaters_k       those with a second order within the LTV horizon             (K,)
    ever_reached_ck   consumers ever exposed, at the end of the run                (C, K)
    frequency_cf      consumers by exposures over the run, 15 means 15 or more     (C, 16)

Zero unless the scenario asks for what they count:

    withheld_tc       exposures held back by the cap over all channels             (T, C)
    wanted_tj         orders wanted at a selling channel with a capacity           (T, J)
    enrolled_tks      consumers whose identity an order resolved, by stage then    (T, K, 8)
    points_tkr        points given (r = 0) and redeemed (r = 1), minor units       (T, K, 2)
    rewards_tc        rewards for new customers, minor units                       (T, C)
    answers_ka        customers at the end by answer, 0 .. 10 (satisfaction)       (K, 11)

All are counts of the sample; one consumer stands for `world.weight` people.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import merged
from sim.engine.satisfaction import answer_of
from sim.market.layout import ANSWERS, FREQUENCY_BINS
from sim.market.vocabulary import Stage
from sim.market.world import World

_CUSTOMER, _LAPSED = int(Stage.CUSTOMER), int(Stage.LAPSED)
Ints = npt.NDArray[np.int64]


class Ledger(NamedTuple):
    """Counts of one run, or of one part of its consumers."""

    flows_tksdr: Ints
    exposures_tcks: Ints
    reached_tck: Ints
    clicks_tck: Ints
    orders_tjkr: Ints
    revenue_tjkr: Ints
    margin_tk: Ints
    lost_orders_tk: Ints
    acquired_ock: Ints
    cohort_value_ock: Ints
    repeaters_k: Ints
    ever_reached_ck: Ints
    frequency_cf: Ints
    withheld_tc: Ints
    wanted_tj: Ints
    enrolled_tks: Ints
    points_tkr: Ints
    rewards_tc: Ints
    answers_ka: Ints


def empty_ledger(world: World) -> Ledger:
    """A ledger of zeros."""
    t, c, k, j = world.total_periods, len(world.channels), len(world.segments), len(world.sell_channels)
    shapes = [
        (t, k, 8, 2, 2),
        (t, c, k, 8),
        (t, c, k),
        (t, c, k),
        (t, j, k, 2),
        (t, j, k, 2),
        (t, k),
        (t, k),
        (2, c + 1, k),
        (2, c + 1, k),
        (k,),
        (c, k),
        (c, FREQUENCY_BINS),
        (t, c),
        (t, j),
        (t, k, 8),
        (t, k, 2),
        (t, c),
        (k, ANSWERS),
    ]
    return Ledger(*(np.zeros(shape, dtype=np.int64) for shape in shapes))


def total(parts: list[Ledger]) -> Ledger:
    """Sum of the ledgers of disjoint groups of consumers."""
    if len(parts) == 1:
        return parts[0]
    return Ledger(*(np.sum(np.stack(arrays), axis=0) for arrays in zip(*parts, strict=True)))


@merged
def counts_of(ledger, t):  # type: ignore[no-untyped-def]
    """What closing period t needs: exposures_cks, withheld_c, wanted_j, flows_ksdr, enrolled_ks."""
    return (
        ledger.exposures_tcks[t],
        ledger.withheld_tc[t],
        ledger.wanted_tj[t],
        ledger.flows_tksdr[t],
        ledger.enrolled_tks[t],
    )


def counts_over(parts: list[Ledger], t: int) -> tuple[Ints, ...]:
    """As `counts_of`, over the ledgers of disjoint groups of consumers."""
    names = ("exposures_tcks", "withheld_tc", "wanted_tj", "flows_tksdr", "enrolled_tks")
    return tuple(np.sum([getattr(part, name)[t] for part in parts], axis=0) for name in names)


@merged
def count_move(ledger, t, k, stage, direction, resolved):  # type: ignore[no-untyped-def]
    """One consumer leaves a stage."""
    ledger.flows_tksdr[t, k, stage, direction, resolved] += 1


@merged
def count_order(ledger, t, k, j, repeat, value, margin):  # type: ignore[no-untyped-def]
    """One order of `value` and `margin` minor units at selling channel j."""
    ledger.orders_tjkr[t, j, k, repeat] += 1
    ledger.revenue_tjkr[t, j, k, repeat] += value
    ledger.margin_tk[t, k] += margin


@merged
def count_lost_order(ledger, t, k):  # type: ignore[no-untyped-def]
    """One order that found every shop shut; who wanted it stays the customer that the move made."""
    ledger.lost_orders_tk[t, k] += 1


@merged
def count_answer(ledger, k, stage, mood):  # type: ignore[no-untyped-def]
    """At the end of the run: what a customer answers to the question of recommendation."""
    if _CUSTOMER <= stage < _LAPSED:
        ledger.answers_ka[k, answer_of(mood)] += 1


@merged
def count_acquisition(ledger, k, first, last):  # type: ignore[no-untyped-def]
    """One customer acquired; first and last are channels or C for none."""
    ledger.acquired_ock[0, first, k] += 1
    ledger.acquired_ock[1, last, k] += 1


@merged
def count_cohort_order(ledger, k, first, last, second, margin):  # type: ignore[no-untyped-def]
    """One order within the LTV horizon of a customer acquired in the run."""
    ledger.cohort_value_ock[0, first, k] += margin
    ledger.cohort_value_ock[1, last, k] += margin
    if second:
        ledger.repeaters_k[k] += 1


@merged
def count_reach(ledger, k, c, seen):  # type: ignore[no-untyped-def]
    """One consumer's exposures to channel c over the run, to 15."""
    ledger.frequency_cf[c, seen] += 1
    if seen > 0:
        ledger.ever_reached_ck[c, k] += 1
