"""The sealed truth beside a weekly table: what each channel really did in the market the data come from.

    symbol          meaning                                                           unit
    v(N), v(0)      outcome of the plan, and with all channels silent                 currency or orders
    lift            v(N) - v(N - c): the channel silent, the others as they were      as v
    shapley         mean gain over all orders of joining; sums to v(N) - v(0)         as v
    *_share         the same / v(N): contribution as marketing mix models report it   share
    roas            Shapley value of revenue / the channel's own money                ratio
    iroas           revenue lost without the channel's money / that money             ratio
    mroas           revenue of the last money, +5 % against -5 % / that money         ratio

Every figure has its mean over replicates, a 95 % interval and, as `in_data`, its value in the replicate
that the data come from.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from experiments.truth.estimates import COUNTERFACTUALS, of

if TYPE_CHECKING:
    from sim import Truth

Floats = npt.NDArray[np.float64]
#: Measure of `sim.truth` -> what the data call it.
OUTCOMES = {"revenue": "revenue", "orders": "conversions"}
RATIOS = {
    "roas": "Shapley value of revenue / the channel's own money; the values of all channels add up",
    "iroas": "revenue with less revenue without the channel's money / that money; what it shows free stays",
    "mroas": "revenue at +5 % less revenue at -5 % of the channel's money / the difference in money billed",
    "share": "divided by the outcome of the plan, as a marketing mix model reports contributions",
}


def sealed_truth(truth: Truth, *, replicate: int) -> dict[str, Any]:
    """Figures of all channels, as JSON takes them; undefined ones are null.

    Args:
        truth: from `sim.truth`, with or without Shapley values.
        replicate: the one that the data come from.
    """
    kept = ("lift", "shapley", "marginal")
    shapley = truth.shapley
    return {
        "counterfactuals": {**{name: COUNTERFACTUALS[name] for name in kept}, **RATIOS},
        "shapley": shapley and {"method": "sampled" if shapley.orders else "exact", "orders": shapley.orders},
        "outcome": {told: _outcome(truth, measure, replicate) for measure, told in OUTCOMES.items()},
        "channels": {name: _channel(truth, name, replicate) for name in truth.channels},
        "silent": [name for name in truth.world.channels if name not in truth.channels],
    }


def figure(values: Floats, replicate: int) -> dict[str, float | None]:
    """Mean and interval of one value a replicate, and the value in the data."""
    mine = float(values[replicate])
    return {**of(values.tolist()), "in_data": mine if isfinite(mine) else None}


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0))


def _outcome(truth: Truth, measure: str, replicate: int) -> dict[str, Any]:
    plan_r, nobody_r = (truth.value(frozenset(shown), measure) for shown in (truth.channels, ()))
    return {
        "plan": figure(plan_r, replicate),
        "nobody": figure(nobody_r, replicate),
        "nobody_share": figure(_ratio(nobody_r, plan_r), replicate),
    }


def _channel(truth: Truth, channel: str, replicate: int) -> dict[str, Any]:
    money, missing = truth.returns.get(channel), np.full(truth.replicates, np.nan)
    fair = missing if truth.shapley is None else truth.shapley_value(channel, "revenue")
    ratios = {
        "roas": missing if money is None else _ratio(fair, money.billed_r),
        "iroas": missing if money is None else money.iroas_r,
        "mroas": missing if money is None else money.mroas_r,
    }
    return {
        "label": truth.world.labels[truth.world.channels.index(channel)],
        "spend": figure(np.zeros(truth.replicates) if money is None else money.billed_r, replicate),
        **{name: figure(values, replicate) for name, values in ratios.items()},
        "contribution": {
            told: _contribution(truth, channel, measure, replicate) for measure, told in OUTCOMES.items()
        },
    }


def _contribution(truth: Truth, channel: str, measure: str, replicate: int) -> dict[str, Any]:
    plan_r = truth.value(frozenset(truth.channels), measure)
    found = {"lift": truth.lift(channel, measure)}
    if truth.shapley is not None:
        found["shapley"] = truth.shapley_value(channel, measure)
    shares = {f"{name}_share": _ratio(values, plan_r) for name, values in found.items()}
    return {name: figure(values, replicate) for name, values in {**found, **shares}.items()}
