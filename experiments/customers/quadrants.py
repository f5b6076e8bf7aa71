"""Quadrants of cost and value as plain data: labels only where intervals allow them (FACTS A1.14)."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

Interval = Mapping[str, float | None]
Found = dict[str, Any]
#: Channels needed: one is its own median, and of two, one always lies on either side.
FEWEST = 3
UNCLEAR = "unclear"


def quadrants(channels: Mapping[str, Found]) -> Found:
    """Channels that took money and won customers, by cost and value of a customer against the medians.

    Args:
        channels: key -> label, money, customers by last touch and what the money brings.

    Returns:
        Medians, None with fewer than `FEWEST` channels; the channels whose incremental cost clearly lies on
        the other side of its median than their cost by last touch; each channel's cost, value and quadrant,
        `unclear` where an interval holds its median and None without medians.
    """
    from sim import cpa_ltv_quadrants

    paid = {key: one["last_touch"] for key, one in channels.items() if one["spend"]["mean"]}
    cost = {key: one["cac"]["mean"] for key, one in paid.items()}
    names, middle = cpa_ltv_quadrants(cost, {key: one["ltv"]["mean"] for key, one in paid.items()})
    if len(names) < FEWEST:
        middle = None
    return {
        "median_cpa": middle and middle[0],
        "median_ltv": middle and middle[1],
        "sides_differ": _sides_differ({key: channels[key] for key in names}, middle and middle[0]),
        "channels": {
            key: {
                "label": channels[key]["label"],
                "cpa": paid[key]["cac"],
                "ltv": paid[key]["ltv"],
                "quadrant": middle and (name if _firm(paid[key], middle) else UNCLEAR),
            }
            for key, name in names.items()
        },
    }


def above(value: Interval, middle: float) -> bool | None:
    """Whether a whole interval lies above (True) or at most at (False) a median, None where it crosses it."""
    low, high = (value["mean"] if value[end] is None else value[end] for end in ("low", "high"))
    if low is None or high is None or low <= middle < high:
        return None
    return low > middle


def _firm(group: Mapping[str, Interval], middle: tuple[float, float]) -> bool:
    cost, value = group["cac"], group["ltv"]
    below = {end: None if value[end] is None else -(value[end] or 0.0) for end in ("mean", "low", "high")}
    worth = {"mean": below["mean"], "low": below["high"], "high": below["low"]}
    return above(cost, middle[0]) is not None and above(worth, -middle[1]) is not None


def _sides_differ(channels: Mapping[str, Found], median_cost: float | None) -> list[str]:
    """Channels that are clearly cheap by last touch and clearly dear by increment, or the other way round.

    Customers brought by a unit of money stand for the incremental cost: they are defined where it is not.
    """
    if median_cost is None:
        return []
    brought = {
        key: {end: None if part is None else -part / one["spend"]["mean"] for end, part in won.items()}
        for key, one in channels.items()
        if (won := one["incremental_customers"])["mean"] is not None
    }
    if len(brought) < FEWEST:
        return []
    middle = median(one["mean"] or 0.0 for one in brought.values())
    differ = []
    for key, one in brought.items():
        dear = above({"mean": one["mean"], "low": one["high"], "high": one["low"]}, middle)
        if {dear, above(channels[key]["last_touch"]["cac"], median_cost)} == {True, False}:
            differ.append(key)
    return differ
