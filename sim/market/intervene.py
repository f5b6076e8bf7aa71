"""Interventions: the same world with a channel silenced or out of order, the same plan without it.

Each returns a new object of the same shapes, so that both sides of a comparison meet the same draws.

    intervention    the channel shows        the channel sells         its money
    silence         nothing, ever            as before                 caller: `plan_without`
    outage          nothing, periods a..b    nothing, periods a..b     cannot be placed, is not billed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.errors import PlanError
from sim.market.plan import Plan, check_channels
from sim.market.world import Floats, World


def showing(world: World, plan: Plan) -> tuple[str, ...]:
    """Channels that can show something under a plan: money, organic impressions, word of mouth, an asset."""
    shows_c = (
        (plan.total_c > 0)
        | (world.organic_c > 0)
        | (world.contacts_c > 0)
        | (world.behaviours.asset_start_c > 0)
    )
    return tuple(name for name, shows in zip(world.channels, shows_c.tolist(), strict=True) if shows)


def silence(world: World, channels: Sequence[str]) -> World:
    """The world in which these channels show nothing of their own; selling is untouched.

    Paid impressions, and what money builds, go with the money: take it out of the plan with `plan_without`.

    Raises:
        PlanError: a name that is not a channel.
    """
    muted_c = _marked(world.channels, channels)
    start_c = _frozen(np.where(muted_c, 0.0, world.behaviours.asset_start_c))
    return replace(
        world,
        organic_c=_frozen(np.where(muted_c, 0.0, world.organic_c)),
        contacts_c=_frozen(np.where(muted_c, 0.0, world.contacts_c)),
        behaviours=replace(world.behaviours, asset_start_c=start_c),
    )


def plan_without(plan: Plan, channels: Sequence[str]) -> Plan:
    """The plan with the spend on these channels set to zero; the others keep theirs.

    Raises:
        PlanError: a name that is not a channel.
    """
    return Plan(plan.channels, np.where(_marked(plan.channels, channels), 0.0, plan.spend_tc))


def plan_scaled(plan: Plan, channel: str, factor: float) -> Plan:
    """The plan with one channel's spend multiplied by a factor in every period.

    Raises:
        PlanError: a name that is not a channel, or a factor that is negative or not finite.
    """
    return Plan(
        plan.channels, np.where(_marked(plan.channels, [channel]), plan.spend_tc * factor, plan.spend_tc)
    )


def outage(world: World, channels: Sequence[str], first: int, last: int) -> World:
    """The world in which these channels neither show nor sell in periods first .. last.

    Orders go to the other shops; with every shop shut they are lost and counted (`Run.lost_orders_tk`).

    Raises:
        PlanError: a name that is not a channel, or periods outside the run.
    """
    if not 0 <= first <= last < world.total_periods:
        raise PlanError(
            f"outage: periods must lie within 0 .. {world.total_periods - 1}, first before last, "
            f"got {first} .. {last}"
        )
    availability_tc = world.availability_tc.copy()
    availability_tc[first : last + 1, _marked(world.channels, channels)] = 0.0
    return replace(world, availability_tc=_frozen(availability_tc))


def _marked(known: tuple[str, ...], channels: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    check_channels(channels, known)
    return np.array([name in channels for name in known], dtype=bool)


def _frozen(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
