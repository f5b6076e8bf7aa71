"""The scenario's channels, field by field: who can see one, what it costs, what it does, where orders close.

Blocks that are None by default switch a behaviour on; without them the channel is the plain one.
"""

from __future__ import annotations

from pydantic import Field

from sim.market.vocabulary import Kind, Targeting
from sim.scenario.schema_behaviour import Asset, Coupon, Creative, Personal
from sim.scenario.types import (
    MAX_FREQUENCY,
    Count,
    Model,
    NonNegative,
    Number,
    Organic,
    Positive,
    Rate,
    Reach,
    Share,
    Title,
)


class Price(Model):
    """What exposures cost: `cpm` or `cpc`, and a fee before the first one."""

    cpm: Positive | None = Field(default=None, description="currency per 1,000 impressions")
    cpc: Positive | None = Field(default=None, description="currency per click; cpm = 1000 * cpc * ctr")
    fixed: NonNegative = Field(
        default=0.0, description="fee per period before the first impression; spend below it buys nothing"
    )


class Sells(Model):
    """A channel in which orders can close."""

    preference: Positive = Field(default=1.0, description="weight when consumers choose where to order")
    basket: Positive = Field(default=1.0, description="multiplies the order value here")
    commission: Number = Field(
        default=0.0, ge=0.0, lt=1.0, description="share of order value kept by the channel"
    )
    pull: NonNegative = Field(default=0.0, description="how far remembered exposures lift the preference")
    capacity: Positive | None = Field(
        default=None, description="orders that can be served in a period; default: no bound"
    )
    service: Share = Field(
        default=0.5, description="satisfaction that an order here tends to (see `experience`)"
    )
    enrol: Share = Field(
        default=0.0, description="chance that an order here resolves the buyer's identity (membership)"
    )


class Effects(Model):
    """Push per unit of saturated memory (0 to 1) on a move's rate per period."""

    discover: Rate = Field(default=0.0, description="unaware to aware")
    engage: Rate = Field(default=0.0, description="aware to interested")
    decide: Rate = Field(default=0.0, description="interested to deciding")
    convert: Rate = Field(default=0.0, description="deciding to customer")
    bond: Rate = Field(default=0.0, description="customer to loyal")
    advocate: Rate = Field(default=0.0, description="loyal to advocate")
    win_back: Rate = Field(default=0.0, description="lapsed to customer")
    retain: Rate = Field(default=0.0, description="lapse rate is multiplied by exp(-push)")
    repeat: Rate = Field(default=0.0, description="purchase rate is multiplied by 1 + push")


class Channel(Model):
    """A touchpoint: who can see it, what it costs, what it does."""

    label: Title | None = Field(
        default=None, description="name shown to people, or {en: , zh: }; default: the id"
    )
    kind: Kind = Field(description="paid, owned, physical or earned (word of mouth: no price)")
    targeting: Targeting = Field(default=Targeting.BROADCAST, description="who can see it")
    stages: tuple[str, ...] | None = Field(
        default=None, description="stages it is aimed at; required unless broadcast"
    )
    reach: Reach = Field(default=1.0, description="share of people on the platform, one number or by segment")
    price: Price | None = Field(
        default=None, description="what exposures cost; without it no impressions can be bought"
    )
    inventory: Positive | None = Field(
        default=None, description="most impressions a period per person of the audience; default: no bound"
    )
    organic: Organic = Field(default=0.0, description="free impressions per eligible person and period")
    contacts_per_advocate: NonNegative = Field(
        default=0.0, description="earned only: people told per advocate and period"
    )
    loyal_weight: Share = Field(
        default=0.0, description="earned only: what a loyal customer tells, per advocate"
    )
    ctr: Share = Field(default=0.0, description="click-through rate of one exposure")
    click_weight: NonNegative = Field(default=1.0, description="exposures a click counts for in memory")
    half_life: NonNegative = Field(default=1.0, description="periods until memory of an exposure is halved")
    saturation: Positive = Field(default=2.0, description="remembered exposures at half strength")
    frequency_cap: Count = Field(
        default=MAX_FREQUENCY, ge=1, le=MAX_FREQUENCY, description="most exposures per person and period"
    )
    effect: Effects = Field(default=Effects(), description="what remembered exposures push")
    tracked: Share = Field(default=1.0, description="share of its touches that the brand can record")
    sells: Sells | None = Field(default=None, description="set where orders can close")
    personal: Personal | None = Field(default=None, description="what it gains with people it knows")
    creative: Creative | None = Field(default=None, description="wear of one creative; default: none")
    asset: Asset | None = Field(default=None, description="what its money builds; default: nothing")
    coupon: Coupon | None = Field(default=None, description="what a click gives; default: nothing")
    reward_per_customer: NonNegative = Field(
        default=0.0,
        description="currency paid, out of the margin, for each new customer whose last touch it was",
    )
