"""The blocks of a scenario that are decided: today's spend, and what a budget search may change."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.types import Day, Id, Model, NonNegative, Positive, Share, Spend


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
    """A bound on one channel or on the sum of a group, as money over the plan or as share of the total."""

    channel: Id | None = Field(default=None, description="the channel bounded")
    group: tuple[Id, ...] | None = Field(default=None, description="the channels whose sum is bounded")
    min: NonNegative | None = Field(default=None, description="currency over the whole plan")
    max: NonNegative | None = Field(default=None, description="currency over the whole plan")
    min_share: Share | None = Field(default=None, description="share of the total")
    max_share: Share | None = Field(default=None, description="share of the total")


class Optimization(Model):
    """What the budget search may decide."""

    total: Positive | None = Field(
        default=None, description="currency over the whole plan; default: what the status quo spends"
    )
    limits: tuple[Limit, ...] = Field(default=(), description="bounds that every recommended plan meets")
