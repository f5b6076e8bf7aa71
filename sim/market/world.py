"""World: what is. A scenario compiled to arrays: names become indices, units become numbers per period.

Channels and segments stand in the order of their ids, so that the order in a file changes nothing.

    symbol           meaning                                             shape       unit
    T                periods, the tail included                                      periods
    c, k, s, j       channel, segment, stage, selling channel            C, K, 8, J
    weight           people that one simulated consumer stands for                   people
    reach_ck         share of people on the platform                     (C, K)      0 .. 1
    affinity_ck      multiplier on exposures per person                  (C, K)
    eligible_csr     1 where stage s, resolved r can see channel c       (C, 8, 2)
    cpm_c            currency per 1,000 impressions; inf = not for sale  (C,)        currency
    fixed_c          fee per period before the first impression          (C,)        currency
    inventory_c      most impressions per audience member and period     (C,)        impressions
    organic_c        free impressions per eligible person and period     (C,)        impressions
    contacts_c       people told per advocate and period                 (C,)        people
    availability_tc  share of a channel that works: 1 all, 0 outage      (T, C)      0 .. 1
    tracked_c        share of touches that the brand can record          (C,)        0 .. 1
    retain_c         share of memory kept over one period                (C,)        0 .. 1
    effect_ce        push on move e per unit of strength                 (C, 9)      per period
    boost_cd         lift of c's push per unit of strength of d          (C, C)
    base_ks          rate of the move onward without channels            (K, 8)      per period
    margin_rate_j    gross margin less commission                        (J,)        share of value
    discount_t       discount factor after t periods                     (T + 1,)
    theta_kq ...     quantile tables of the consumers' traits            (K, 3075)
    conditions       multipliers by period: events, creatives, discounts
    behaviours       parameters of the optional behaviours of consumers
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.market.behaviours import Behaviours
from sim.market.conditions import Conditions
from sim.market.layout import bytes_per_consumer
from sim.market.vocabulary import Kind, Period

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class World:
    """A compiled scenario; see the module's table. Arrays are read-only."""

    name: str
    currency: str
    minor: int
    start: dt.date
    period: Period
    periods: int
    total_periods: int
    ltv_horizon: int
    people: int
    weight: float
    gross_margin: float
    discount_rate_per_year: float
    match_rate: float
    channels: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[Kind, ...]
    segments: tuple[str, ...]
    segment_labels: tuple[str, ...]
    sell_channels: tuple[str, ...]
    agents_k: Ints
    reach_ck: Floats
    affinity_ck: Floats
    eligible_csr: npt.NDArray[np.uint8]
    cpm_c: Floats
    fixed_c: Floats
    inventory_c: Floats
    organic_c: Floats
    contacts_c: Floats
    loyal_weight_c: Floats
    frequency_cap_c: Ints
    availability_tc: Floats
    ctr_c: Floats
    tracked_c: Floats
    click_weight_c: Singles
    retain_c: Singles
    saturation_c: Singles
    effect_ce: Singles
    boost_cd: Singles
    base_ks: Singles
    cool: float
    lapse_factor_s: Singles
    purchase_factor_s: Singles
    initial_ks: Floats
    sell_j: Ints
    preference_kj: Singles
    pull_j: Singles
    basket_j: Floats
    margin_rate_j: Floats
    discount_t: Floats
    theta_kq: Singles
    purchase_kq: Singles
    lapse_kq: Singles
    value_kq: Singles
    noise_kq: Singles
    conditions: Conditions
    behaviours: Behaviours

    @property
    def agents(self) -> int:
        """Simulated consumers."""
        return int(self.agents_k.sum())

    @property
    def priced_c(self) -> npt.NDArray[np.bool_]:
        """Channels that money can buy, (C,)."""
        return np.isfinite(self.cpm_c) | (self.behaviours.asset_gain_c > 0)

    @property
    def state_bytes(self) -> int:
        """Bytes that the consumers' state takes in the compiled engine."""
        return self.agents * bytes_per_consumer(len(self.channels), self.behaviours.extras)
