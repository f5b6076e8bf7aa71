"""The scenario file, field by field: unit, bound, default, one line each.

This is the edge of the model: text comes in, frozen typed objects go out. Unknown fields are faults.
Rates are "per period": per day or per week, as `calendar.period` says. Money is in major units of
`currency`. Faults that concern two fields at once are found by `sim.scenario.checks`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.market.vocabulary import Period
from sim.scenario.schema_behaviour import (
    MAX_EVENTS,
    Consistency,
    Event,
    Experience,
    Loyalty,
    Promotions,
    Stock,
)
from sim.scenario.schema_channel import Channel, Effects, Price, Sells
from sim.scenario.schema_claims import MAX_CLAIMS, Claim, Code
from sim.scenario.schema_plan import Flight, History, Limit, Optimization, PlanBlock, Target
from sim.scenario.types import (
    MAX_CHANNELS,
    MAX_FREQUENCY,
    MAX_PERIODS,
    MAX_SEGMENTS,
    MAX_VARIANTS,
    Count,
    Day,
    Id,
    Model,
    Name,
    NonNegative,
    Number,
    Positive,
    Rate,
    Share,
    Text,
    Title,
    whole,
)

__all__ = [
    "MAX_CHANNELS", "MAX_FREQUENCY", "MAX_PERIODS", "MAX_SEGMENTS", "SCHEMA_VERSION",
    "BaseRates", "Calendar", "Channel", "Effects", "Flight", "Funnel", "GammaRate", "History", "Identity",
    "Limit", "Lognormal", "Optimization", "OrderValue", "PlanBlock", "Population", "Price", "Scenario",
    "Segment", "Sells", "StageFactors", "Synergy", "Target", "Text", "Value",
]  # fmt: skip

#: The version of this shape; a file of another version is refused.
SCHEMA_VERSION = 1


class Calendar(Model):
    """The time axis."""

    start: Day = Field(description="first day of the first period")
    period: Period = Field(default=Period.WEEK, description="length of one period: day or week")
    periods: Count = Field(ge=1, le=MAX_PERIODS, description="periods in which the plan spends")
    tail: Count = Field(
        default=0,
        ge=0,
        le=MAX_PERIODS,
        description="further periods without spend, in which value ripens and customers are still won",
    )


class Value(Model):
    """How orders become money."""

    gross_margin: Number = Field(gt=0.0, le=1.0, description="share of an order's value, before commission")
    discount_rate_per_year: Number = Field(
        default=0.10, ge=0.0, le=5.0, description="yearly rate at which later margin is discounted"
    )
    ltv_horizon: Count | None = Field(
        default=None,
        ge=0,
        le=MAX_PERIODS,
        description="periods after acquisition that count for lifetime value; default: to the end of the run",
    )


class Population(Model):
    """How many people the market holds and how many consumers stand for them."""

    people: Count = Field(ge=1, le=10_000_000_000, description="people in the market")
    agents: Count = Field(
        ge=1, le=1_000_000_000, description="simulated consumers; each stands for people/agents"
    )


class Lognormal(Model):
    """A positive trait, lognormal across consumers."""

    mean: Positive = Field(description="mean across consumers")
    cv: Number = Field(default=0.0, ge=0.0, le=5.0, description="standard deviation / mean")


class GammaRate(Model):
    """A rate per period, gamma across consumers."""

    mean: Rate = Field(description="mean rate per period")
    shape: Number = Field(
        default=1.0, ge=0.05, le=1e6, description="gamma shape: 1 is exponential, large is everyone alike"
    )


class OrderValue(Model):
    """What one order is worth."""

    mean: Positive = Field(description="mean order value, currency")
    cv_between: Number = Field(default=0.0, ge=0.0, le=5.0, description="spread between consumers, sd / mean")
    cv_within: Number = Field(default=0.0, ge=0.0, le=5.0, description="spread between one consumer's orders")


class BaseRates(Model):
    """Rates per period at which consumers move on without any channel."""

    discover: Rate = Field(default=0.0, description="unaware to aware")
    engage: Rate = Field(default=0.0, description="aware to interested")
    decide: Rate = Field(default=0.0, description="interested to deciding")
    convert: Rate = Field(default=0.0, description="deciding to customer: the first order")
    bond: Rate = Field(default=0.0, description="customer to loyal")
    advocate: Rate = Field(default=0.0, description="loyal to advocate")
    win_back: Rate = Field(default=0.0, description="lapsed to customer: an order again")


class Segment(Model):
    """A group of consumers drawn from the same distributions."""

    label: Title | None = Field(default=None, description="name shown to people; default: the id")
    share: Share = Field(description="share of the population; all shares sum to 1")
    responsiveness: Lognormal = Field(
        default=Lognormal(mean=1.0), description="multiplies every push of channels, lognormal"
    )
    purchase_rate_per_period: GammaRate = Field(description="orders of a customer per period, gamma")
    lapse_rate_per_period: GammaRate = Field(description="rate at which a customer lapses, gamma")
    order_value: OrderValue = Field(description="value of one order, lognormal")
    base_rate_per_period: dict[str, Rate] = Field(
        default_factory=dict, description="overrides of `funnel.base_rate_per_period` for this segment"
    )
    affinity: dict[Id, NonNegative] = Field(
        default_factory=dict, description="channel: multiplier on exposures per person, default 1"
    )
    preference: dict[Id, NonNegative] = Field(
        default_factory=dict, description="selling channel: multiplier on its preference, default 1"
    )
    initial: dict[str, Share] = Field(
        default_factory=dict, description="stage: share of the segment at the start; the rest is unaware"
    )
    price_elasticity: Number = Field(
        default=0.0,
        ge=-20.0,
        le=0.0,
        description="orders and conversions are multiplied by (price / usual price) to this power",
    )


class StageFactors(Model):
    """How a later stage buys and lapses, against a plain customer."""

    purchase: Rate = Field(default=1.0, description="multiplies the purchase rate")
    lapse: Rate = Field(default=1.0, description="multiplies the lapse rate")


class Funnel(Model):
    """How consumers move when no channel pushes."""

    base_rate_per_period: BaseRates = Field(default=BaseRates(), description="rates without channels")
    cool_rate_per_period: Rate = Field(
        default=0.0, description="rate at which aware, interested and deciding step back by one"
    )
    loyal: StageFactors = Field(default=StageFactors(), description="loyal customers")
    advocate: StageFactors = Field(default=StageFactors(), description="advocates")


class Identity(Model):
    """Whether the brand knows who it is talking to."""

    match_rate: Share = Field(default=1.0, description="share of consumers with one resolved identity")
    cross_channel_cap: Count | None = Field(
        default=None,
        ge=1,
        le=1_000,
        description="most exposures to channels with a price that a resolved consumer gets in a period",
    )


class Synergy(Model):
    """Memory of one channel lifts the push of another."""

    first: Id = Field(description="the channel remembered")
    then: Id = Field(description="the channel whose push is multiplied by 1 + boost * strength of first")
    boost: Number = Field(
        ge=-10.0, le=10.0, description="negative: antagonism, the factor never falls below 0"
    )


class Scenario(Model):
    """A market, the plan of today and what may be changed: the whole of one scenario file."""

    schema_version: Annotated[Literal[1], BeforeValidator(whole)] = Field(description="version of this shape")
    name: Name = Field(description="short name: a-z, 0-9, - and _")
    title: Title = Field(description="one line for people, or {en: , zh: }")
    question: str = Field(default="", description="the question this scenario answers")
    assumptions: tuple[str, ...] = Field(default=(), description="lines printed where the reader decides")
    sources: tuple[Code, ...] = Field(default=(), description="codes of the list of facts it is built on")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(description="ISO 4217 code")
    calendar: Calendar = Field(description="the time axis")
    value: Value = Field(description="how orders become money")
    population: Population = Field(description="people and simulated consumers")
    segments: dict[Id, Segment] = Field(
        min_length=1, max_length=MAX_SEGMENTS, description="groups of consumers"
    )
    funnel: Funnel = Field(default=Funnel(), description="moves without channels")
    identity: Identity = Field(default=Identity(), description="resolved identities")
    channels: dict[Id, Channel] = Field(min_length=1, max_length=MAX_CHANNELS, description="touchpoints")
    synergies: tuple[Synergy, ...] = Field(default=(), description="directed lifts between channels")
    mixing: dict[Id, dict[Id, Share]] = Field(
        default_factory=dict,
        description="segment: {segment: share of the people it tells}; default: everyone alike",
    )
    events: tuple[Event, ...] = Field(
        default=(), max_length=MAX_EVENTS, description="sales days, hot topics, outages, dearer media"
    )
    promotions: Promotions = Field(default=Promotions(), description="what discounts take from later")
    experience: Experience | None = Field(default=None, description="satisfaction; default: not simulated")
    consistency: Consistency = Field(default=Consistency(), description="whether all channels say the same")
    loyalty: Loyalty | None = Field(default=None, description="points and tier; default: none")
    stock: Stock = Field(default=Stock(), description="orders beyond a selling channel's capacity")
    plan: PlanBlock = Field(default=PlanBlock(), description="the status quo")
    variants: dict[Name, dict[str, object]] = Field(
        default_factory=dict,
        max_length=MAX_VARIANTS,
        description="name: {dotted.path: value}, compared under common draws",
    )
    claims: tuple[Claim, ...] = Field(
        default=(), max_length=MAX_CLAIMS, description="what sources say a variant shows, checked by running"
    )
    optimization: Optimization = Field(
        default=Optimization(), description="what the budget search may decide"
    )
