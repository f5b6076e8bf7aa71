"""What single consumers do beyond the plain model: one frozen table, off unless the scenario asks.

symbol           meaning                                                        shape    unit
o                coupon: 0 none, else the o-th channel that gives one           O + 1
elasticity_k     power of price in orders and conversions                       (K,)     <= 0
personal_c       strength of what a resolved consumer remembers, multiplied     (C,)
personal_ctr_c   click-through rate of resolved consumers, multiplied           (C,)
coupon_c         coupon that a click on the channel gives                       (C,)     0 .. O
coupon_off_o     what it takes off an order                                     (O + 1,) share
coupon_valid_o   periods in which it can be used                                (O + 1,) periods
reward_c         paid per new customer whose last touch it was                  (C,)     currency
asset_gain_c     impressions per 1,000 people and period per 1,000 currency     (C,)
asset_keep_c     share of the asset kept over one period                        (C,)     0 .. 1
asset_start_c    impressions per 1,000 people and period at the start           (C,)
mixing_kl        of those whom segment k tells, share in segment l; or (0, 0)   (K, K)   0 .. 1
contact_cap      most paid exposures of a resolved consumer and period; 0 none
stockpile        share of extra orders under a discount that replace later ones          0 .. 1
experience       see `EXPERIENCE`; empty when satisfaction is not simulated     (9,)
service_jr       satisfaction an order tends to, by resolved flag               (J, 2)   0 .. 1
enrol_j          chance that an order resolves the buyer                        (J,)     0 .. 1
capacity_j       orders that can be served in a period; inf: no bound           (J,)     orders of people
shared_stock     chance that another shop serves what one cannot                         0 .. 1
points           earn, redeem_at, pull; empty without a loyalty programme       (3,)
tier             spend, purchase, lapse; spend inf without a tier               (3,)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.scenario.schema import Channel, Experience, Scenario

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Places in `experience`; the last two are the factors of the most and of the least satisfied consumer.
EXPERIENCE = (
    "start", "learning", "tolerance", "fatigue", "recovery", "delight", "dissatisfaction", "most_delight",
    "most_lapse",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Behaviours:
    """Parameters of the optional behaviours; see the module's table. Arrays are read-only."""

    elasticity_k: Floats
    personal_c: Floats
    personal_ctr_c: Floats
    coupon_c: Ints
    coupon_off_o: Floats
    coupon_valid_o: Ints
    reward_c: Floats
    asset_gain_c: Floats
    asset_keep_c: Floats
    asset_start_c: Floats
    mixing_kl: Floats
    contact_cap: int
    stockpile: float
    experience: Floats
    service_jr: Floats
    enrol_j: Floats
    capacity_j: Floats
    shared_stock: float
    points: Floats
    tier: Floats

    @property
    def extras(self) -> tuple[str, ...]:
        """Behaviours that keep something of each consumer (`layout.EXTRA_BYTES`)."""
        kept = {
            "experience": len(self.experience) > 0,
            "stockpile": self.stockpile > 0,
            "loyalty": len(self.points) > 0,
            "coupon": len(self.coupon_off_o) > 1,
        }
        return tuple(name for name, asked in kept.items() if asked)


def compile_behaviours(scenario: Scenario) -> Behaviours:
    """Behaviours of a valid scenario; channels, shops and segments in the order of their ids."""
    ids, segments = sorted(scenario.channels), sorted(scenario.segments)
    channels = [scenario.channels[name] for name in ids]
    coupons = [c for c, channel in enumerate(channels) if channel.coupon]
    return Behaviours(
        elasticity_k=np.array([scenario.segments[name].price_elasticity for name in segments]),
        personal_c=np.array([c.personal.effect if c.personal else 1.0 for c in channels]),
        personal_ctr_c=np.array([c.personal.ctr if c.personal else 1.0 for c in channels]),
        coupon_c=np.array(
            [coupons.index(c) + 1 if c in coupons else 0 for c in range(len(ids))], dtype=np.int64
        ),
        coupon_off_o=np.array([0.0, *(c.coupon.discount for c in channels if c.coupon)]),
        coupon_valid_o=np.array([0, *(c.coupon.valid for c in channels if c.coupon)], dtype=np.int64),
        reward_c=np.array([c.reward_per_customer for c in channels]),
        **_assets(channels),
        mixing_kl=np.array(
            [[scenario.mixing[k].get(other, 0.0) for other in segments] for k in segments]
            if scenario.mixing
            else np.zeros((0, 0))
        ),
        contact_cap=scenario.identity.cross_channel_cap or 0,
        stockpile=scenario.promotions.stockpile,
        experience=_experience(scenario.experience),
        **_shops(scenario, channels),
        shared_stock=scenario.stock.shared,
        **_loyalty(scenario),
    )


def _assets(channels: list[Channel]) -> dict[str, Floats]:
    assets = [channel.asset for channel in channels]
    return {
        "asset_gain_c": np.array([a.gain if a else 0.0 for a in assets]),
        "asset_keep_c": np.array([0.5 ** (1 / a.half_life) if a and a.half_life else 0.0 for a in assets]),
        "asset_start_c": np.array([a.initial if a else 0.0 for a in assets]),
    }


def _experience(block: Experience | None) -> Floats:
    if block is None:
        return np.zeros(0)
    most = {
        "most_delight": math.exp(0.5 * block.delight),
        "most_lapse": math.exp(0.5 * block.dissatisfaction),
    }
    return np.array([most.get(name) or getattr(block, name) for name in EXPERIENCE], dtype=np.float64)


def _shops(scenario: Scenario, channels: list[Channel]) -> dict[str, Floats]:
    """What orders meet at each selling channel; messages that disagree spoil the service."""
    sells = [(channel, channel.sells) for channel in channels if channel.sells]
    kept = 1.0 - scenario.consistency.penalty * (1.0 - scenario.consistency.level)
    service_jr = [
        [kept * terms.service, min(1.0, kept * terms.service * (c.personal.service if c.personal else 1.0))]
        for c, terms in sells
    ]
    return {
        "service_jr": np.array(service_jr).reshape(len(sells), 2),
        "enrol_j": np.array([terms.enrol for _, terms in sells]),
        "capacity_j": np.array(
            [math.inf if terms.capacity is None else terms.capacity for _, terms in sells]
        ),
    }


def _loyalty(scenario: Scenario) -> dict[str, Floats]:
    block = scenario.loyalty
    if block is None:
        return {"points": np.zeros(0), "tier": np.array([math.inf, 1.0, 1.0])}
    tier = block.tier
    return {
        "points": np.array([block.earn, block.redeem_at, block.pull]),
        "tier": np.array([tier.spend, tier.purchase, tier.lapse] if tier else [math.inf, 1.0, 1.0]),
    }
