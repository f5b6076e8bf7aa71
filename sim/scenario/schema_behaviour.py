"""The scenario's optional behaviours, field by field; a file that leaves them out has none of them.

Events and promotions change what holds for everyone in some periods; experience, loyalty and stock at home
are about what one consumer has lived through; consistency and shared stock are about the brand.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.types import MAX_PERIODS, Count, Day, Id, Model, NonNegative, Number, Positive, Share

MAX_EVENTS = 200

Factor = Annotated[Number, Field(ge=0.0, le=1_000.0)]


class Event(Model):
    """Something that holds between two days; a period counts by the share of its days that are covered."""

    name: str = Field(description="name shown to people")
    start: Day = Field(description="first day")
    end: Day = Field(description="last day")
    channels: tuple[Id, ...] = Field(default=(), description="channels concerned; default: all")
    price_index: Positive = Field(default=1.0, description="multiplies what media cost (cpm, cpc)")
    availability: Share = Field(
        default=1.0, description="multiplies the share of a channel that works: 0 is an outage or a ban"
    )
    organic: Factor = Field(default=1.0, description="multiplies free impressions and word of mouth")
    effect: Factor = Field(default=1.0, description="multiplies the push of remembered exposures")
    ctr: Factor = Field(default=1.0, description="multiplies the click-through rate")
    demand: Factor = Field(
        default=1.0, description="multiplies moves onward and orders of everyone, whatever the channel"
    )
    discount: Number = Field(
        default=0.0, ge=0.0, lt=1.0, description="price cut at the selling channels concerned"
    )
    fade: NonNegative = Field(
        default=0.0, description="periods after the end until what is left of the event is halved; 0: none"
    )


class Promotions(Model):
    """What a lower price takes from later."""

    stockpile: Share = Field(
        default=0.0,
        description="share of the extra repeat orders under a discount that replace later ones of that buyer",
    )


class Experience(Model):
    """Satisfaction of each consumer, 0 to 1, from orders and from too many exposures."""

    start: Share = Field(default=0.5, description="satisfaction before the first order")
    learning: Share = Field(
        default=0.3, description="how far an order moves it towards the channel's `sells.service`"
    )
    tolerance: Count = Field(
        default=10, ge=0, le=1_000, description="exposures in a period, over all channels, that annoy nobody"
    )
    fatigue: Share = Field(default=0.0, description="loss per exposure beyond `tolerance`")
    recovery: Share = Field(default=0.0, description="share of the way back to `start` in a period")
    delight: NonNegative = Field(
        default=0.0,
        le=10.0,
        description="rates of bond and advocate are multiplied by exp(delight * (q - 0.5))",
    )
    dissatisfaction: NonNegative = Field(
        default=0.0, le=10.0, description="the lapse rate is multiplied by exp(dissatisfaction * (0.5 - q))"
    )


class Consistency(Model):
    """Whether all channels say the same."""

    level: Share = Field(default=1.0, description="multiplies the boost of every positive synergy")
    penalty: Share = Field(
        default=0.0, description="share of service that is lost where the level is 0, in proportion above"
    )


class Tier(Model):
    """What a buyer gets who has spent enough since the start of the run."""

    spend: Positive = Field(description="currency spent by then")
    purchase: Number = Field(default=1.0, ge=1.0, le=10.0, description="multiplies the purchase rate")
    lapse: Share = Field(default=1.0, description="multiplies the lapse rate")


class Loyalty(Model):
    """Points on orders, and a tier for good buyers."""

    earn: Share = Field(default=0.0, description="value of the points given per currency of an order")
    redeem_at: Positive = Field(
        default=1.0, description="currency of points from which on they pay for the next order, all at once"
    )
    pull: NonNegative = Field(
        default=0.0,
        le=10.0,
        description="the purchase rate is multiplied by 1 + pull * points / redeem_at, at most 1 + pull",
    )
    tier: Tier | None = Field(default=None, description="what good buyers get; default: no tier")


class Stock(Model):
    """What happens to orders that a selling channel cannot serve (`sells.capacity`)."""

    shared: Share = Field(
        default=0.0, description="chance that another selling channel serves the order; else it is lost"
    )


class Personal(Model):
    """What a channel gains by speaking to a person it knows; for resolved consumers only."""

    ctr: Number = Field(default=1.0, ge=0.0, le=20.0, description="multiplies the click-through rate")
    effect: Number = Field(
        default=1.0, ge=0.0, le=20.0, description="multiplies the strength of what is remembered"
    )
    service: Number = Field(
        default=1.0, ge=0.0, le=20.0, description="multiplies `sells.service`, at most to 1"
    )


class Creative(Model):
    """One creative wears out until it is replaced."""

    refresh: Count = Field(ge=1, le=MAX_PERIODS, description="periods until a new creative")
    wear: Share = Field(description="share of click-through rate and push lost with each period of age")


class Asset(Model):
    """Content, search rank or followers: money builds it, it shows by itself and decays."""

    gain: Positive = Field(
        description="impressions per 1,000 eligible people and period that 1,000 currency add from then on"
    )
    half_life: NonNegative = Field(default=26.0, description="periods until half of it is gone")
    initial: NonNegative = Field(
        default=0.0, le=15_000.0, description="impressions per 1,000 eligible people and period at the start"
    )


class Coupon(Model):
    """A click on the channel gives a coupon for the consumer's next order."""

    discount: Number = Field(gt=0.0, lt=1.0, description="share off that order")
    valid: Count = Field(
        default=1, ge=1, le=200, description="periods in which it can be used, the first included"
    )
