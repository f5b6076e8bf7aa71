"""Tables: a world and a replicate as the plain arrays that compiled code reads.

`Tables` is for the consumers, `Prices` for the board; `world.py` has the notation. Probabilities are
thresholds here: floor(p * 2**32) as uint32.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.draws import key_words, threshold, word
from sim.engine.terms import KEPT, make_terms
from sim.errors import Fault, ScenarioError
from sim.market.plan import Plan
from sim.market.vocabulary import FELT_AT, NEXT_STAGE
from sim.market.world import World

Words = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: (stage, direction) -> stage reached, for compiled code.
NEXT = np.array(NEXT_STAGE, dtype=np.int64)
#: effect -> bits of the stages whose consumers feel it.
FELT = np.array([sum(1 << stage for stage in stages) for stages in FELT_AT.values()], dtype=np.int64)
#: Purposes that do not belong to a channel; the kernel reads them as constants.
INITIAL = word("initial stage")
RESOLVED = word("resolved identity")
THETA = word("responsiveness")
PURCHASE = word("purchase rate")
LAPSE = word("lapse rate")
VALUE = word("typical order value")
MOVE = word("move")
ORDERS = word("orders")
ORDER_CHANNEL = word("order channel")
ORDER_VALUE = word("order value")
SERVED = word("order served")
SHARED = word("shared stock")
OTHER_CHANNEL = word("other order channel")
ENROL = word("enrolment")
_SHARED = (
    INITIAL, RESOLVED, THETA, PURCHASE, LAPSE, VALUE, MOVE, ORDERS, ORDER_CHANNEL, ORDER_VALUE, SERVED,
    SHARED, OTHER_CHANNEL, ENROL,
)  # fmt: skip


class Tables(NamedTuple):
    """What a consumer's period needs besides the board; keys and words are int64 scalars in arrays."""

    key: Ints
    segment_word_k: Ints
    exposure_word_c: Ints
    platform_word_c: Ints
    reach_ck: Words
    match: Words
    initial_ks: Words
    eligible_c: npt.NDArray[np.int32]
    click_weight_c: Singles
    retain_c: Singles
    saturation_c: Singles
    lift_start_c: Ints
    lift_from_p: Ints
    lift_boost_p: Singles
    cool: Singles
    lapse_factor_s: Singles
    sell_j: Ints
    preference_kj: Singles
    pull_j: Singles
    discount_t: Floats
    theta_kq: Singles
    purchase_kq: Singles
    lapse_kq: Singles
    value_kq: Singles
    noise_kq: Singles
    minor: Floats
    ltv_horizon: Ints
    term_t: Ints
    base_uks: Singles
    effect_ukce: Singles
    buying_uks: Singles
    click_urcx: Words
    open_ukj: Singles
    basket_uoj: Floats
    margin_rate_uoj: Floats
    extra_uk: Floats
    capped_c: npt.NDArray[np.uint8]
    contact_cap: Ints
    personal_c: Singles
    personal_ctr_c: npt.NDArray[np.uint8]
    coupon_c: Ints
    coupon_valid_o: Ints
    coupon_lift_ok: Singles
    reward_c: Ints
    stockpile: Floats
    experience: Singles
    service_jr: Singles
    enrol_j: Words
    capacity_j: Floats
    shared_stock: Words
    points: Floats
    tier: Floats


class Prices(NamedTuple):
    """What the board needs: media prices, audiences, word of mouth."""

    key: Ints
    order_word_c: Ints
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
    price_index_tc: Floats
    organic_tc: Floats
    asset_gain_c: Floats
    asset_keep_c: Floats
    asset_start_c: Floats
    mixing_kl: Floats
    capacity_j: Floats
    surge_tj: Floats
    scale: Floats


def make_tables(world: World, seed: int, replicate: int) -> tuple[Tables, Prices]:
    """Tables of one replicate.

    Raises:
        ScenarioError: two names share a 32-bit word (1 in 10,000,000 for a scenario of 64 channels).
    """
    key = np.array(key_words(seed, replicate), dtype=np.int64)
    tables, prices = _tables_of(world)
    return tables._replace(key=key), prices._replace(key=key)


@lru_cache(maxsize=KEPT)
def _tables_of(world: World) -> tuple[Tables, Prices]:
    """Tables without a key, kept for the worlds met last."""
    key = np.zeros(2, dtype=np.int64)
    words, terms = _channel_words(world), dict(make_terms(world))
    surge_tj = terms.pop("surge_uj")[terms["term_t"]]
    eligible_cb = world.eligible_csr.transpose(0, 2, 1).reshape(len(world.channels), 16).astype(np.int64)
    tables = Tables(
        key=key,
        segment_word_k=_segment_words(world),
        exposure_word_c=words["exposure"],
        platform_word_c=words["platform"],
        reach_ck=threshold(world.reach_ck),
        match=threshold([world.match_rate]),
        initial_ks=threshold(np.cumsum(world.initial_ks, axis=1)),
        eligible_c=(eligible_cb << np.arange(16)).sum(axis=1).astype(np.int32),
        click_weight_c=world.click_weight_c,
        retain_c=world.retain_c,
        saturation_c=world.saturation_c,
        **_lifts(world.boost_cd),
        cool=np.array([world.cool], dtype=np.float32),
        lapse_factor_s=world.lapse_factor_s,
        sell_j=world.sell_j,
        preference_kj=world.preference_kj,
        pull_j=world.pull_j,
        discount_t=world.discount_t,
        theta_kq=world.theta_kq,
        purchase_kq=world.purchase_kq,
        lapse_kq=world.lapse_kq,
        value_kq=world.value_kq,
        noise_kq=world.noise_kq,
        minor=np.array([float(world.minor)]),
        ltv_horizon=np.array([world.ltv_horizon], dtype=np.int64),
        **terms,
        **_behaviours(world),
    )
    prices = _prices(world, key, words["order"], surge_tj)
    for array in (*tables, *prices):
        array.flags.writeable = False
    return tables, prices


def _prices(world: World, key: Ints, order_word_c: Ints, surge_tj: Floats) -> Prices:
    return Prices(
        key=key,
        order_word_c=order_word_c,
        reach_ck=world.reach_ck,
        affinity_ck=world.affinity_ck,
        eligible_csr=world.eligible_csr,
        cpm_c=world.cpm_c,
        fixed_c=world.fixed_c,
        inventory_c=world.inventory_c,
        organic_c=world.organic_c,
        contacts_c=world.contacts_c,
        loyal_weight_c=world.loyal_weight_c,
        frequency_cap_c=world.frequency_cap_c,
        availability_tc=world.availability_tc,
        price_index_tc=world.conditions.price_index_tc,
        organic_tc=world.conditions.organic_tc,
        asset_gain_c=world.behaviours.asset_gain_c,
        asset_keep_c=world.behaviours.asset_keep_c,
        asset_start_c=world.behaviours.asset_start_c,
        mixing_kl=world.behaviours.mixing_kl,
        capacity_j=world.behaviours.capacity_j / world.weight,
        surge_tj=surge_tj,
        scale=np.array([world.weight, float(world.minor), float(world.agents)]),
    )


def _behaviours(world: World) -> dict[str, Any]:
    """Parameters of the optional behaviours, in the sample's and the ledger's units."""
    more = world.behaviours
    off_o = 1.0 - more.coupon_off_o[:, None]
    minor_points, minor_tier = more.points.copy(), more.tier.copy()
    minor_points[1:2] *= world.minor
    minor_tier[0] *= world.minor
    return {
        "capped_c": np.isfinite(world.cpm_c).astype(np.uint8),
        "contact_cap": np.array([more.contact_cap], dtype=np.int64),
        "personal_c": more.personal_c.astype(np.float32),
        "personal_ctr_c": (more.personal_ctr_c != 1.0).astype(np.uint8),
        "coupon_c": more.coupon_c,
        "coupon_valid_o": more.coupon_valid_o,
        "coupon_lift_ok": (off_o ** more.elasticity_k[None, :]).astype(np.float32),
        "reward_c": np.floor(more.reward_c * world.minor + 0.5).astype(np.int64),
        "stockpile": np.array([more.stockpile]),
        "experience": more.experience.astype(np.float32),
        "service_jr": more.service_jr.astype(np.float32),
        "enrol_j": threshold(more.enrol_j),
        "capacity_j": more.capacity_j / world.weight,
        "shared_stock": threshold([more.shared_stock]),
        "points": minor_points,
        "tier": minor_tier,
    }


def _lifts(boost_cd: Singles) -> dict[str, Any]:
    """Synergies as a list: channel c is lifted by entries lift_start_c[c] .. lift_start_c[c + 1] - 1."""
    lifted_p, from_p = np.nonzero(boost_cd)
    start_c = np.searchsorted(lifted_p, np.arange(len(boost_cd) + 1))
    return {
        "lift_start_c": start_c.astype(np.int64),
        "lift_from_p": from_p.astype(np.int64),
        "lift_boost_p": boost_cd[lifted_p, from_p],
    }


def _channel_words(world: World) -> dict[str, Ints]:
    words = {
        use: np.array([word(f"{use}:{name}") for name in world.channels], dtype=np.int64)
        for use in ("exposure", "platform", "order")
    }
    every = [*_SHARED, *(int(w) for use in words.values() for w in use)]
    if len(set(every)) != len(every):
        raise ScenarioError(
            [Fault(world.name, 0, 0, "channels", "two names share one draw; rename a channel")]
        )
    return words


def _segment_words(world: World) -> Ints:
    words = np.array([word(f"segment:{name}") for name in world.segments], dtype=np.int64)
    if len(np.unique(words)) != len(words):
        raise ScenarioError(
            [Fault(world.name, 0, 0, "segments", "two names share one draw; rename a segment")]
        )
    return words


def spend_with_tail(world: World, plan: Plan) -> Floats:
    """The plan's spend followed by the tail's zeros, (T, C)."""
    tail = np.zeros((world.total_periods - world.periods, len(world.channels)))
    return np.concatenate([plan.spend_tc, tail])
