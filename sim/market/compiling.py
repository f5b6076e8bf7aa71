"""Scenario -> World: names become indices, units become numbers per period.

One function for each part of the world; `world.py` holds the table of what comes out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import CapacityError, Fault, ScenarioError
from sim.market.behaviours import compile_behaviours
from sim.market.conditions import compile_conditions
from sim.market.layout import bytes_per_consumer, ledger_bytes
from sim.market.quantiles import gamma, lognormal
from sim.market.vocabulary import N_STAGES, Effect, Stage, Targeting
from sim.market.world import Floats, Ints, World
from sim.scenario.schema import Channel, Scenario, Segment
from sim.scenario.types import in_language

#: Ledgers held at once: a thread's own, their sum, and the runs a caller compares.
LEDGERS = 8
#: Arrays in which no bound is written as infinity.
_MAY_BE_INFINITE = ("cpm_c", "inventory_c", "capacity_j", "tier")
#: Currencies whose minor unit is not a hundredth (ISO 4217).
MINOR_UNITS = {
    "JPY": 1,
    "KRW": 1,
    "VND": 1,
    "CLP": 1,
    "ISK": 1,
    "UGX": 1,
    "XAF": 1,
    "XOF": 1,
    "KWD": 1000,
    "BHD": 1000,
}


def compile_world(scenario: Scenario) -> World:
    """Compile a validated scenario.

    Raises:
        ScenarioError: a segment rounds to no consumer, or a parameter overflows.
        CapacityError: the consumers would not fit into memory; nothing has been allocated.
    """
    ids = sorted(scenario.channels)
    segment_ids = sorted(scenario.segments)
    channels = [scenario.channels[name] for name in ids]
    segments = [scenario.segments[name] for name in segment_ids]
    behaviours = compile_behaviours(scenario)
    _check_memory(scenario, behaviours.extras)
    time = scenario.calendar
    population = scenario.population
    conditions, availability_tc = compile_conditions(scenario)
    world = World(
        name=scenario.name,
        currency=scenario.currency,
        minor=MINOR_UNITS.get(scenario.currency, 100),
        start=time.start,
        period=time.period,
        periods=time.periods,
        total_periods=time.periods + time.tail,
        ltv_horizon=_ltv_horizon(scenario),
        people=population.people,
        weight=population.people / population.agents,
        gross_margin=scenario.value.gross_margin,
        discount_rate_per_year=scenario.value.discount_rate_per_year,
        match_rate=scenario.identity.match_rate,
        channels=tuple(ids),
        labels=tuple(in_language(channel.label or name) for name, channel in zip(ids, channels, strict=True)),
        kinds=tuple(channel.kind for channel in channels),
        segments=tuple(segment_ids),
        segment_labels=tuple(
            in_language(segment.label or name) for name, segment in zip(segment_ids, segments, strict=True)
        ),
        sell_channels=tuple(name for name, channel in zip(ids, channels, strict=True) if channel.sells),
        agents_k=_allot(scenario, segment_ids),
        cool=scenario.funnel.cool_rate_per_period,
        discount_t=_discounts(scenario),
        availability_tc=availability_tc,
        conditions=conditions,
        behaviours=behaviours,
        **_media(ids, channels, segment_ids, segments),
        **_memory(scenario, ids, channels),
        **_behaviour(scenario, segments),
        **_selling(scenario, ids, channels, segments),
    )
    return _finished(world)


def _finished(world: World) -> World:
    for part in (world, world.conditions, world.behaviours):
        for name, value in vars(part).items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
                if name not in _MAY_BE_INFINITE and not np.isfinite(value).all():
                    raise ScenarioError([Fault(world.name, 0, 0, name, "must be finite once compiled")])
    return world


def _check_memory(scenario: Scenario, extras: tuple[str, ...]) -> None:
    time, channels = scenario.calendar, scenario.channels
    shops = sum(channel.sells is not None for channel in channels.values())
    ledger = ledger_bytes(time.periods + time.tail, len(channels), len(scenario.segments), shops)
    need = scenario.population.agents * bytes_per_consumer(len(channels), extras) + LEDGERS * ledger
    have = available_memory()
    if have and need > 0.9 * have:
        raise CapacityError(
            f"population.agents: {scenario.population.agents:,} consumers with {len(channels)} channels over "
            f"{time.periods + time.tail} periods need {need / 2**30:.1f} GiB of memory, this machine has "
            f"{have / 2**30:.1f} GiB free; lower population.agents"
        )


def available_memory() -> int:
    """Bytes of memory free for use, 0 where the system does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


def _ltv_horizon(scenario: Scenario) -> int:
    if scenario.value.ltv_horizon is not None:
        return scenario.value.ltv_horizon
    return scenario.calendar.periods + scenario.calendar.tail


def _allot(scenario: Scenario, segment_ids: list[str]) -> Ints:
    """Consumers by segment: largest remainders of share * agents."""
    exact = np.array([scenario.segments[name].share * scenario.population.agents for name in segment_ids])
    agents_k = np.floor(exact + 1e-9).astype(np.int64)
    rest = scenario.population.agents - int(agents_k.sum())
    for k in np.argsort(-(exact - agents_k), kind="stable")[: max(rest, 0)]:
        agents_k[k] += 1
    faults = [
        Fault(
            scenario.name,
            0,
            0,
            f"segments.{name}.share",
            "must leave at least one simulated consumer",
            f"{scenario.segments[name].share} of {scenario.population.agents} agents",
            "raise population.agents",
        )
        for name, count in zip(segment_ids, agents_k, strict=True)
        if count == 0
    ]
    if faults:
        raise ScenarioError(faults)
    return agents_k


def _discounts(scenario: Scenario) -> Floats:
    total = scenario.calendar.periods + scenario.calendar.tail
    per_period = np.log1p(scenario.value.discount_rate_per_year) * scenario.calendar.period.days / 365.25
    return np.asarray(np.exp(-per_period * np.arange(total + 1)))


def _media(
    ids: list[str], channels: list[Channel], segment_ids: list[str], segments: list[Segment]
) -> dict[str, Any]:
    """Who can be met, at what price."""
    return {
        "reach_ck": np.array(
            [[c.reach[k] if isinstance(c.reach, dict) else c.reach for k in segment_ids] for c in channels]
        ),
        "affinity_ck": np.array([[segment.affinity.get(name, 1.0) for segment in segments] for name in ids]),
        "eligible_csr": np.array([_eligible(channel) for channel in channels]),
        "cpm_c": np.array([_cpm(channel) for channel in channels]),
        "fixed_c": np.array([c.price.fixed if c.price else 0.0 for c in channels]),
        "inventory_c": np.array([np.inf if c.inventory is None else c.inventory for c in channels]),
        "organic_c": np.array([c.organic for c in channels]),
        "contacts_c": np.array([c.contacts_per_advocate for c in channels]),
        "loyal_weight_c": np.array([c.loyal_weight for c in channels]),
        "frequency_cap_c": np.array([c.frequency_cap for c in channels], dtype=np.int64),
        "ctr_c": np.array([c.ctr for c in channels]),
        "tracked_c": np.array([c.tracked for c in channels]),
    }


def _cpm(channel: Channel) -> float:
    if channel.price is None:
        return float("inf")
    if channel.price.cpm is not None:
        return channel.price.cpm
    return 1000.0 * (channel.price.cpc or 0.0) * channel.ctr


def _eligible(channel: Channel) -> npt.NDArray[np.uint8]:
    """(8, 2): who can see a channel, by stage and resolved flag (MODEL 5.1)."""
    aimed_s = np.array([channel.stages is None or stage.name.lower() in channel.stages for stage in Stage])
    everyone_s = np.ones(N_STAGES, dtype=bool)
    unresolved_s, resolved_s = {
        Targeting.BROADCAST: (everyone_s, everyone_s),
        Targeting.INTENT: (aimed_s, aimed_s),
        Targeting.PROFILE: (everyone_s, aimed_s),
        Targeting.IDENTIFIED: (~everyone_s, aimed_s),
    }[channel.targeting]
    return np.stack([unresolved_s, resolved_s], axis=1).astype(np.uint8)


def _memory(scenario: Scenario, ids: list[str], channels: list[Channel]) -> dict[str, Any]:
    """What exposures leave behind, and what that pushes."""
    boost_cd = np.zeros((len(ids), len(ids)), dtype=np.float32)
    for synergy in scenario.synergies:
        kept = scenario.consistency.level if synergy.boost > 0 else 1.0
        boost_cd[ids.index(synergy.then), ids.index(synergy.first)] = synergy.boost * kept
    return {
        "click_weight_c": np.array([c.click_weight for c in channels], dtype=np.float32),
        "retain_c": np.array(
            [0.5 ** (1 / c.half_life) if c.half_life else 0.0 for c in channels], dtype=np.float32
        ),
        "saturation_c": np.array([c.saturation for c in channels], dtype=np.float32),
        "effect_ce": np.array(
            [[getattr(c.effect, effect.name.lower()) for effect in Effect] for c in channels],
            dtype=np.float32,
        ),
        "boost_cd": boost_cd,
    }


def _behaviour(scenario: Scenario, segments: list[Segment]) -> dict[str, Any]:
    """How consumers of each segment move and buy."""
    common = scenario.funnel.base_rate_per_period.model_dump()
    onward = ("discover", "engage", "decide", "convert", "bond", "advocate", None, "win_back")
    base_ks = [
        [{**common, **segment.base_rate_per_period}[name] if name else 0.0 for name in onward]
        for segment in segments
    ]
    loyal, advocate = scenario.funnel.loyal, scenario.funnel.advocate
    initial_ks = np.array(
        [[segment.initial.get(stage.name.lower(), 0.0) for stage in Stage] for segment in segments]
    )
    initial_ks[:, Stage.UNAWARE] += 1.0 - initial_ks.sum(axis=1)
    return {
        "base_ks": np.array(base_ks, dtype=np.float32),
        "lapse_factor_s": np.array([0, 0, 0, 0, 1, loyal.lapse, advocate.lapse, 0], dtype=np.float32),
        "purchase_factor_s": np.array(
            [0, 0, 0, 0, 1, loyal.purchase, advocate.purchase, 0], dtype=np.float32
        ),
        "initial_ks": initial_ks,
        "theta_kq": np.stack([lognormal(s.responsiveness.mean, s.responsiveness.cv) for s in segments]),
        "purchase_kq": np.stack(
            [gamma(s.purchase_rate_per_period.mean, s.purchase_rate_per_period.shape) for s in segments]
        ),
        "lapse_kq": np.stack(
            [gamma(s.lapse_rate_per_period.mean, s.lapse_rate_per_period.shape) for s in segments]
        ),
        "value_kq": np.stack([lognormal(s.order_value.mean, s.order_value.cv_between) for s in segments]),
        "noise_kq": np.stack([lognormal(1.0, s.order_value.cv_within) for s in segments]),
    }


def _selling(
    scenario: Scenario, ids: list[str], channels: list[Channel], segments: list[Segment]
) -> dict[str, Any]:
    """Where orders close and what they leave."""
    sells = [(c, ids[c], channel.sells) for c, channel in enumerate(channels) if channel.sells]
    return {
        "sell_j": np.array([c for c, _, _ in sells], dtype=np.int64),
        "preference_kj": np.array(
            [
                [terms.preference * segment.preference.get(name, 1.0) for _, name, terms in sells]
                for segment in segments
            ],
            dtype=np.float32,
        ),
        "pull_j": np.array([terms.pull for _, _, terms in sells], dtype=np.float32),
        "basket_j": np.array([terms.basket for _, _, terms in sells]),
        "margin_rate_j": np.array([scenario.value.gross_margin - terms.commission for _, _, terms in sells]),
    }
