"""What holds in each period whatever consumers do: events, wear of creatives, prices.

symbol           meaning                                                shape     unit
price_index_tc   multiplies what impressions cost                       (T, C)
availability_tc  share of a channel that works                          (T, C)    0 .. 1
organic_tc       multiplies free impressions and word of mouth          (T, C)
effect_tc        multiplies the push of what is remembered              (T, C)
ctr_tc           multiplies the click-through rate                      (T, C)
demand_t         multiplies moves towards an order, and orders          (T,)
discount_tj      price cut at selling channel j                         (T, J)    share
weight_t         how much of an event is in force in a period           (T,)      0 .. 1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.scenario.schema import Calendar, Scenario
from sim.scenario.schema_behaviour import Event

Floats = npt.NDArray[np.float64]
#: Fields of an event that multiply an array by channel, and the array.
_BY_CHANNEL = {
    "price_index": "price_index_tc",
    "availability": "availability_tc",
    "organic": "organic_tc",
    "effect": "effect_tc",
    "ctr": "ctr_tc",
}


@dataclass(frozen=True, eq=False)
class Conditions:
    """Multipliers by period; see the module's table. Arrays are read-only."""

    price_index_tc: Floats
    organic_tc: Floats
    effect_tc: Floats
    ctr_tc: Floats
    demand_t: Floats
    discount_tj: Floats


def compile_conditions(scenario: Scenario) -> tuple[Conditions, Floats]:
    """Events and creatives of a valid scenario by period, and `availability_tc`."""
    ids = sorted(scenario.channels)
    shops = [name for name in ids if scenario.channels[name].sells]
    total = scenario.calendar.periods + scenario.calendar.tail
    arrays = {name: np.ones((total, len(ids))) for name in _BY_CHANNEL.values()}
    demand_t, paid_tj = np.ones(total), np.ones((total, len(shops)))
    for event in scenario.events:
        weight_t = weight(event, scenario.calendar)
        concerned_c = np.array([not event.channels or name in event.channels for name in ids])
        concerned_j = np.array([not event.channels or name in event.channels for name in shops])
        for field, name in _BY_CHANNEL.items():
            factor_t = 1.0 + (getattr(event, field) - 1.0) * weight_t
            arrays[name] *= np.where(concerned_c, factor_t[:, None], 1.0)
        demand_t *= 1.0 + (event.demand - 1.0) * weight_t
        paid_tj *= np.where(concerned_j, 1.0 - event.discount * weight_t[:, None], 1.0)
    for c, name in enumerate(ids):
        creative = scenario.channels[name].creative
        if creative:
            fresh_t = (1.0 - creative.wear) ** (np.arange(total) % creative.refresh)
            arrays["effect_tc"][:, c] *= fresh_t
            arrays["ctr_tc"][:, c] *= fresh_t
    availability_tc = arrays.pop("availability_tc")
    return Conditions(**arrays, demand_t=demand_t, discount_tj=1.0 - paid_tj), availability_tc


def weight(event: Event, calendar: Calendar) -> Floats:
    """How much of an event is in force in each period, (T,): the share of its days, then what fades."""
    days = calendar.period.days
    total = calendar.periods + calendar.tail
    first = np.arange(total) * days
    start, stop = (event.start - calendar.start).days, (event.end - calendar.start).days + 1
    weight_t = np.clip(np.minimum(first + days, stop) - np.maximum(first, start), 0, days) / days
    after_t = np.arange(total) - (stop - 1) // days
    if event.fade > 0:
        peak = float(weight_t.max(initial=0.0))
        faded_t = peak * 0.5 ** (np.maximum(after_t, 0) / max(event.fade, 1e-6))
        weight_t = np.where(after_t > 0, np.maximum(weight_t, faded_t), weight_t)
    return np.asarray(weight_t, dtype=np.float64)
