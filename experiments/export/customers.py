"""Customers as tables: one row a customer, and their orders in the form that `fit-customers` reads.

symbol        meaning                                                            shape
acquired_i    period of the first order, -1: customer or lapsed from the start   (N,)
touch_oi      first (o = 0) and last (o = 1) channel met until then, -1 none     (2, N)
orders_i ...  orders, revenue and margin within the run                          (N,)   minor units
first_i ...   period of the first and of the last order                          (N,)
discounted_i  margin of all orders, discounted to the acquisition, or to the     (N,)   minor units
              start of the run for those who were customers before
value_i       the same within the LTV horizon: the part of each in the KPI `ltv` (N,)   minor units
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments import texts
from experiments.export.files import Exported, money, period_dates, write_csv

if TYPE_CHECKING:
    from experiments.export.answer import Job
    from sim import EventLog

Ints = npt.NDArray[np.int64]
Row = tuple[object, ...]
CUSTOMERS = (
    "customer", "segment", "acquired", "first_touch", "last_touch", "orders", "revenue", "margin",
    "first_order", "last_order", "recency_days", "repeat_orders", "mean_order_value", "discounted_margin",
    "ltv",
)  # fmt: skip
TRUTH = (
    "resolved", "initial_stage", "final_stage", "responsiveness", "purchase_rate_per_period",
    "lapse_rate_per_period",
)  # fmt: skip
TRANSACTIONS = ("customer", "date", "amount")
_NEVER = -1


class Customers(NamedTuple):
    """Everyone of a log; see the module's table."""

    acquired_i: Ints
    touch_oi: Ints
    orders_i: Ints
    revenue_i: Ints
    margin_i: Ints
    first_i: Ints
    last_i: Ints
    discounted_i: npt.NDArray[np.float64]
    value_i: Ints
    new_i: npt.NDArray[np.bool_]


def write_customers(folder: Path, job: Job) -> Exported:
    """Write customers.csv and orders.csv of the consumers asked for."""
    log, with_truth = job.log(), job.request.with_truth
    found = customers(log)
    header = (*CUSTOMERS, *TRUTH) if with_truth else CUSTOMERS
    files = (
        write_csv(
            folder,
            "customers.csv",
            "one row a customer" + (", with truth" if with_truth else ""),
            header,
            customer_rows(log, found, with_truth=with_truth),
        ),
        write_csv(folder, "orders.csv", "input of `omnifunnel fit-customers`", TRANSACTIONS, order_rows(log)),
    )
    bought = int((found.orders_i > 0).sum())
    facts = {"with_truth": with_truth, **job.people(log), "customers": bought, "orders": files[1].rows}
    heading = f"{job.heading}: customers among {job.panel_text(log)}."
    return Exported(heading, files, facts, _notes(log, found, with_truth))


def _notes(log: EventLog, found: Customers, with_truth: bool) -> tuple[str, ...]:
    before = int(((found.orders_i > 0) & (found.acquired_i == _NEVER)).sum())
    notes = [
        "A customer is who ordered within the run; dates are first days of periods.",
        f"ltv is the margin {texts.ltv_window(log.world)}, discounted at "
        f"{log.world.discount_rate_per_year:g} a year; first order included.",
    ]
    if before:
        notes.append(f"{before:,} were customers before the run: no acquisition, touches or ltv are known.")
    if with_truth:
        notes.append("The truth columns are what no brand can see: keep them from who is to be tested.")
    return tuple(notes)


def customers(log: EventLog) -> Customers:
    """Reduce every life of a log to what a customer table holds."""
    from sim import Event, acquired_customers

    n, order = len(log), log.rows(Event.ORDER)
    person, period = log.person_e[order], log.period_e[order].astype(np.int64)
    acquired_i, touch_oi = _acquisition(log)
    first_i = np.full(n, log.world.total_periods, dtype=np.int64)
    last_i, revenue_i, margin_i = (np.zeros(n, dtype=np.int64) for _ in range(3))
    np.minimum.at(first_i, person, period)
    np.maximum.at(last_i, person, period)
    np.add.at(revenue_i, person, log.value_e[order])
    np.add.at(margin_i, person, log.margin_e[order])
    age = period - np.maximum(acquired_i, 0)[person]
    discounted = log.margin_e[order] * log.world.discount_t[age]
    cohort = acquired_customers(log)
    return Customers(
        acquired_i,
        touch_oi,
        np.bincount(person, minlength=n),
        revenue_i,
        margin_i,
        first_i,
        last_i,
        np.bincount(person, weights=discounted, minlength=n).astype(np.float64),
        cohort.value_i,
        cohort.new_i,
    )


def _acquisition(log: EventLog) -> tuple[Ints, Ints]:
    """Period of each conversion, and the first and last channel met until then."""
    from sim import Event, Stage

    moves = log.rows(Event.MOVE)
    won = moves[(log.stage_e[moves] == Stage.DECIDING) & (log.number_e[moves] == Stage.CUSTOMER)]
    acquired_i = np.full(len(log), _NEVER, dtype=np.int64)
    acquired_i[log.person_e[won]] = log.period_e[won]
    until_i = np.full(len(log), _NEVER, dtype=np.int64)
    until_i[log.person_e[won]] = won
    touch = log.rows(Event.TOUCH)
    touch = touch[touch < until_i[log.person_e[touch]]]
    none = len(log.event_e)
    row_oi = np.stack([np.full(len(log), none), np.full(len(log), _NEVER)])
    np.minimum.at(row_oi[0], log.person_e[touch], touch)
    np.maximum.at(row_oi[1], log.person_e[touch], touch)
    row_oi[0][row_oi[0] == none] = _NEVER
    channel_e = np.append(log.channel_e, np.int16(_NEVER)).astype(np.int64)
    return acquired_i, channel_e[row_oi]


def customer_rows(log: EventLog, found: Customers, *, with_truth: bool = False) -> Iterator[Row]:
    """One row for everyone who ordered."""
    world, dates = log.world, period_dates(log.world)
    channels = [*world.channels, None]  # the last one is that of -1, no touch
    minor, end = world.minor, world.total_periods - 1
    final_i = _final_stages(log)
    for i in np.flatnonzero(found.orders_i).tolist():
        t, orders = int(found.acquired_i[i]), int(found.orders_i[i])
        row = (
            int(log.consumer_i[i]),
            world.segments[log.segment_i[i]],
            None if t == _NEVER else dates[t],
            channels[found.touch_oi[0, i]],
            channels[found.touch_oi[1, i]],
            orders,
            money(int(found.revenue_i[i]), minor),
            money(int(found.margin_i[i]), minor),
            dates[found.first_i[i]],
            dates[found.last_i[i]],
            int(end - found.last_i[i]) * world.period.days,
            orders - 1,
            money(found.revenue_i[i] / orders, minor),
            money(float(found.discounted_i[i]), minor),
            money(int(found.value_i[i]), minor) if found.new_i[i] else None,
        )
        yield (*row, *_truth(log, i, int(final_i[i]))) if with_truth else row


def _final_stages(log: EventLog) -> Ints:
    """Stage of everyone at the end of the run."""
    from sim import Event

    final_i = log.initial_stage_i.astype(np.int64)
    moves = log.rows(Event.MOVE)
    last = (
        moves[np.append(log.person_e[moves][1:] != log.person_e[moves][:-1], True)] if len(moves) else moves
    )
    final_i[log.person_e[last]] = log.number_e[last]
    return final_i


def _truth(log: EventLog, i: int, final: int) -> Row:
    from sim import Stage

    traits = (log.responsiveness_i[i], log.purchase_rate_i[i], log.lapse_rate_i[i])
    stages = (Stage(int(log.initial_stage_i[i])).name.lower(), Stage(final).name.lower())
    # seven digits: the engine's numbers have no more
    return int(log.resolved_i[i]), *stages, *(float(f"{float(trait):.7g}") for trait in traits)


def order_rows(log: EventLog) -> Iterator[Row]:
    """Every order: customer, date, amount."""
    from sim import Event

    dates, order = period_dates(log.world), log.rows(Event.ORDER)
    who, period = log.consumer_i[log.person_e[order]].tolist(), log.period_e[order].tolist()
    for i, t, value in zip(who, period, log.value_e[order].tolist(), strict=True):
        yield i, dates[t], money(value, log.world.minor)
