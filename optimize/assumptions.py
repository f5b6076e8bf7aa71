"""What a world takes for granted, and the same world with one of these things stronger or weaker.

    assumption          what is multiplied                                            where
    effect of CHANNEL   every push of the channel's exposures                         effect_ce
    media prices        price per thousand impressions and fixed fees, all channels   cpm_c, fixed_c
    base rates          rates onward without any channel                              base_ks
    purchase rate       orders per period of customers, all segments                  purchase_kq
    lapse rate          chance to lapse per period, all segments                      lapse_kq
    gross margin        share of an order's value, before commission                  margin_rate_j
    synergies           lift of one channel's push by another                         boost_cd
    word of mouth       people told per advocate                                      contacts_c

Every change keeps the shapes, so that the same consumers with the same draws live through both worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sim import World

Change = Callable[[World, float], World]


def media_prices(world: World, factor: float) -> World:
    """All media dearer or cheaper."""
    return _with(world, cpm_c=world.cpm_c * factor, fixed_c=world.fixed_c * factor)


def base_rates(world: World, factor: float) -> World:
    """People move onward more or less readily by themselves."""
    return _with(world, base_ks=world.base_ks * factor)


def purchase_rate(world: World, factor: float) -> World:
    """Customers order more or less often."""
    return _with(world, purchase_kq=world.purchase_kq * factor)


def lapse_rate(world: World, factor: float) -> World:
    """Customers lapse sooner or later."""
    return _with(world, lapse_kq=world.lapse_kq * factor)


def gross_margin(world: World, factor: float) -> World:
    """An order leaves more or less; commissions stay."""
    more = world.gross_margin * (factor - 1.0)
    changed = _with(world, margin_rate_j=world.margin_rate_j + more)
    return replace(changed, gross_margin=world.gross_margin * factor)


def synergies(world: World, factor: float) -> World:
    """Channels lift one another more or less."""
    return _with(world, boost_cd=world.boost_cd * factor)


def word_of_mouth(world: World, factor: float) -> World:
    """Advocates tell more or fewer people."""
    return _with(world, contacts_c=world.contacts_c * factor)


#: Assumptions about the whole market; those about single channels are `effect_of`.
ASSUMPTIONS: dict[str, Change] = {
    "media prices": media_prices,
    "base rates": base_rates,
    "purchase rate": purchase_rate,
    "lapse rate": lapse_rate,
    "gross margin": gross_margin,
    "synergies": synergies,
    "word of mouth": word_of_mouth,
}


def effect_of(channel: int) -> Change:
    """Exposures of one channel push people more or less."""

    def change(world: World, factor: float) -> World:
        effect_ce = world.effect_ce.copy()
        effect_ce[channel] *= factor
        return _with(world, effect_ce=effect_ce)

    return change


def assumptions_of(world: World) -> dict[str, Change]:
    """Name -> change, for everything that this world has: no synergies without one, no effect of 0."""
    found = {f"effect of {label}": effect_of(c) for c, label in enumerate(world.labels)}
    return {name: change for name, change in (found | ASSUMPTIONS).items() if _matters(world, change)}


def _matters(world: World, change: Change) -> bool:
    changed = change(world, 2.0)
    return any(
        not np.array_equal(value, getattr(changed, name))
        for name, value in vars(world).items()
        if isinstance(value, np.ndarray)
    )


def _with(world: World, **arrays: Any) -> World:
    """The world with arrays in place of its own, of the same kind and read-only."""
    for name, array in arrays.items():
        arrays[name] = np.asarray(array, dtype=getattr(world, name).dtype)
        arrays[name].flags.writeable = False
    return replace(world, **arrays)
