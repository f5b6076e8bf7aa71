"""The blocks of a scenario that are decided: today's spend, and what a budget search may change."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict
from pydantic_core import PydanticCustomError

from sim.scenario.types import Count, Day, Id, Model, NonNegative, Number, Positive, Share, Spend
from sim.scenario.windows import read_window

MOST_FLIGHTS = 52
FLIGHT_WORDS = ("weekly", "4-weekly", "monthly")


def flights(value: object) -> int | str:
    """Read a number of flights or how long one lasts."""
    if isinstance(value, str) and value in FLIGHT_WORDS:
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    if number and 1 <= value <= MOST_FLIGHTS:  # type: ignore[operator]
        return int(value)  # type: ignore[call-overload, no-any-return]
    words = ", ".join(FLIGHT_WORDS)
    raise PydanticCustomError("rule", f"must be a whole number, 1 to {MOST_FLIGHTS}, or one of {words}")


def window(value: object) -> str:
    """Read months or days, the first and the last; a lone day may come as a date."""
    text = value.isoformat() if type(value) is dt.date else value
    try:
        read_window(text if isinstance(text, str) else "")
    except ValueError as fault:
        raise PydanticCustomError("rule", str(fault).replace("{", "{{").replace("}", "}}")) from None
    return str(text).replace(" ", "")


Switch = Annotated[bool, Strict()]
Window = Annotated[str, BeforeValidator(window)]
Flights = Annotated[int | str, BeforeValidator(flights)]
TargetName = Literal["roi", "mroi", "cac", "ltv_cac", "volume", "outage"]


class Flight(Model):
    """Spend in a window of the calendar, on top of `plan.per_period`."""

    name: str | None = Field(default=None, description="name shown to people")
    start: Day = Field(description="first day")
    end: Day = Field(description="last day")
    per_period: Spend = Field(description="channel: currency per period")


class History(Model):
    """Spend read from a wide CSV beside the scenario file: one row a period, one column a channel."""

    file: str = Field(description="path relative to the scenario file")
    columns: dict[Id, str] = Field(description="channel: column that holds its spend")
    date_column: str | None = Field(default=None, description="column with the period's first day, checked")


class PlanBlock(Model):
    """The status quo: what is spent today."""

    per_period: Spend = Field(default_factory=dict, description="channel: currency in every period")
    flights: tuple[Flight, ...] = Field(default=(), description="windows with spend of their own")
    history: History | None = Field(default=None, description="spend of each period from a file")


class Limit(Model):
    """Bounds on one channel or on the sum of a group, over the plan, a window of it, or in each flight."""

    channel: Id | None = Field(default=None, description="the channel bounded")
    group: tuple[Id, ...] | None = Field(default=None, description="the channels whose sum is bounded")
    window: Window | None = Field(
        default=None,
        description="months or days, first..last, both included, that the bounds are about, such as "
        "2026-06..2026-07; a period belongs to the window of its first day; default: the whole plan",
    )
    min: NonNegative | None = Field(default=None, description="currency over the whole plan, or the window")
    max: NonNegative | None = Field(default=None, description="currency over the whole plan, or the window")
    min_share: Share | None = Field(default=None, description="share of the total")
    max_share: Share | None = Field(default=None, description="share of the total")
    min_factor: NonNegative | None = Field(default=None, description="times what the status quo spends there")
    max_factor: NonNegative | None = Field(default=None, description="times what the status quo spends there")
    min_if_on: Positive | None = Field(
        default=None,
        description="currency over the plan, or the window: nothing at all, or at least this",
    )
    flight_max: NonNegative | None = Field(default=None, description="currency in any one flight")
    flight_min_if_on: Positive | None = Field(
        default=None, description="currency in a flight: nothing at all, or at least this"
    )


class Target(Model):
    """A goal for a key figure, met by simulation, not by arithmetic."""

    kpi: TargetName = Field(
        description="roi, mroi, cac, ltv_cac, volume (new customers) or outage (share of orders that the "
        "worst outage of one channel costs)"
    )
    min: Number | None = Field(default=None, description="unit of the key figure; at least this")
    max: Number | None = Field(default=None, description="unit of the key figure; at most this")


class Optimization(Model):
    """What the budget search may decide."""

    total: Positive | None = Field(
        default=None, description="currency over the whole plan; default: what the status quo spends"
    )
    at_most: Switch = Field(default=False, description="true: the total may be left unspent in part")
    total_min: NonNegative | None = Field(default=None, description="with at_most: currency spent at least")
    flights: Flights = Field(
        default=1, description="windows decided one by one: 1 to 52, or weekly, 4-weekly, monthly"
    )
    locked: tuple[Id, ...] = Field(default=(), description="channels that keep today's amount")
    lines: tuple[tuple[Id, ...], ...] = Field(
        default=(),
        description="channels of the main, second and third line, which the rule of thumb 5-3-2 gives "
        "50, 30 and 20 % of the total; default: by today's money",
    )
    max_channels: Annotated[Count, Field(ge=1)] | None = Field(
        default=None, description="most channels that get money"
    )
    max_shift: Share | None = Field(
        default=None, description="most money that goes elsewhere than today, as a share of the total"
    )
    flight_max: NonNegative | None = Field(
        default=None, description="currency of all channels together in any one flight"
    )
    limits: tuple[Limit, ...] = Field(default=(), description="bounds that every recommended plan meets")
    targets: tuple[Target, ...] = Field(default=(), description="goals that the simulated plan must reach")
