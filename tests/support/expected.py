"""What happens on average, without any consumer: a second opinion on both engines.

Written from docs/model.md alone; it reads the scenario document, not the compiled world, and shares no code
with the engine. It holds without memory over periods, without differences between the consumers of a
segment, and without money or word of mouth, so that exposure rates are known beforehand.

    symbol      meaning                                                                 shape
    g           group: resolved or not, on each channel's platform or not               2 * 2**C
    share_s     expected share of the segment in a group and stage                      (8,)
    outcome     one joint result of a period's exposures: chance, strength by channel
    onward, away  chances of leaving a stage given an outcome
    mean, second  first and second moment of a consumer's orders
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

STAGES = ("unaware", "aware", "interested", "deciding", "customer", "loyal", "advocate", "lapsed")
ONWARD = ("discover", "engage", "decide", "convert", "bond", "advocate", None, "win_back")
NEXT = (1, 2, 3, 4, 5, 6, None, 4)
BACK = (None, 0, 1, 2, 7, 7, 7, None)
BUYERS = (4, 5, 6)
Document = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """Expectations per consumer of a segment; first and second moments of orders.

    Attributes:
        share_tks: stage at the start of each period, (T + 1, K, 8).
        orders_tjkr: orders by shop; r 0 first and win-back, 1 repeat, (T, J, K, 2).
        square_tjkr: their second moments.
        value_j: value of an order by shop and segment, (J, K).
    """

    share_tks: np.ndarray
    orders_tjkr: np.ndarray
    square_tjkr: np.ndarray
    value_jk: np.ndarray


def expect(doc: Document) -> Expected:
    """Run the recursion over all periods of a document."""
    shops = sorted(name for name, channel in doc["channels"].items() if "sells" in channel)
    segments = sorted(doc["segments"])
    periods = doc["calendar"]["periods"] + doc["calendar"]["tail"]
    share_tks = np.zeros((periods + 1, len(segments), 8))
    orders = np.zeros((2, periods, len(shops), len(segments), 2))
    for k, name in enumerate(segments):
        for chance, resolved, here in groups(doc):
            step, buying = one_period(doc, doc["segments"][name], resolved, here, shops)
            share_s = initial(doc["segments"][name]) * chance
            for t in range(periods):
                share_tks[t, k] += share_s
                orders[:, t, :, k] += np.einsum("s,sjrm->mjr", share_s, buying)
                share_s = share_s @ step
            share_tks[periods, k] += share_s
    value_jk = np.array(
        [
            [
                doc["segments"][k]["order_value"]["mean"] * doc["channels"][j]["sells"].get("basket", 1.0)
                for k in segments
            ]
            for j in shops
        ]
    )
    return Expected(share_tks, orders[0], orders[1], value_jk)


def initial(segment: Document) -> np.ndarray:
    """Shares by stage at the start; whoever is not named is unaware."""
    share_s = np.array([segment.get("initial", {}).get(stage, 0.0) for stage in STAGES])
    share_s[0] += 1.0 - share_s.sum()
    return share_s


def groups(doc: Document) -> list[tuple[float, bool, dict[str, bool]]]:
    """Chance of being resolved or not and on each platform or not."""
    found, match = [], doc["identity"]["match_rate"]
    names = sorted(doc["channels"])
    for resolved, *here in itertools.product((False, True), *[(False, True)] * len(names)):
        chance = match if resolved else 1.0 - match
        for name, on in zip(names, here, strict=True):
            reach = doc["channels"][name].get("reach", 1.0)
            chance *= reach if on else 1.0 - reach
        if chance > 0.0:
            found.append((chance, resolved, dict(zip(names, here, strict=True))))
    return found


def one_period(
    doc: Document, segment: Document, resolved: bool, here: dict[str, bool], shops: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Chances of going from stage to stage (8, 8), and moments of orders by stage (8, J, 2, 2)."""
    step, buying = np.zeros((8, 8)), np.zeros((8, len(shops), 2, 2))
    for s, stage in enumerate(STAGES):
        sees = {
            name: here[name] and can_see(channel, stage, resolved)
            for name, channel in doc["channels"].items()
        }
        for chance, strength in outcomes(doc, sees):
            push = pushes(doc, strength)
            for name in push:
                push[name] *= segment["responsiveness"]["mean"]
            onward, away = leaving(doc, segment, s, push)
            step[s, s] += chance * (1.0 - onward - away)
            if onward > 0.0:
                step[s, NEXT[s]] += chance * onward
            if away > 0.0:
                step[s, BACK[s]] += chance * away
            weight_j = choice(doc, segment, strength, shops)
            if NEXT[s] == 4:
                buying[s, :, 0] += chance * onward * weight_j[:, None]
            if s in BUYERS:
                mean_j = repeat_orders(doc, segment, stage, push) * weight_j
                stays = chance * (1.0 - away)
                buying[s, :, 1] += stays * np.stack([mean_j, mean_j + mean_j**2], axis=1)
    return step, buying


def can_see(channel: Document, stage: str, resolved: bool) -> bool:
    """Who can see a channel, by targeting."""
    aimed = stage in channel.get("stages", STAGES)
    return {
        "broadcast": True,
        "intent": aimed,
        "profile": aimed or not resolved,
        "identified": aimed and resolved,
    }[channel.get("targeting", "broadcast")]


def outcomes(doc: Document, sees: dict[str, bool]) -> list[tuple[float, dict[str, float]]]:
    """Every joint result of one period's exposures and clicks: chance and strength by channel."""
    by_channel = []
    for name, channel in doc["channels"].items():
        rate, cap = channel.get("organic", 0.0) if sees[name] else 0.0, channel.get("frequency_cap", 15)
        results: dict[float, float] = {}
        below = 0.0
        for x in range(cap + 1):
            p = math.exp(-rate) * rate**x / math.factorial(x) if x < cap else 1.0 - below
            below += p
            silent = (1.0 - channel.get("ctr", 0.0)) ** x
            for extra, q in ((0.0, silent), (channel.get("click_weight", 1.0), 1.0 - silent)):
                m = (x + extra) / (x + extra + channel["saturation"])
                results[m] = results.get(m, 0.0) + p * q
        by_channel.append([(name, m, p) for m, p in results.items() if p > 0.0])
    return [
        (math.prod(p for _, _, p in joint), {name: m for name, m, _ in joint})
        for joint in itertools.product(*by_channel)
    ]


def pushes(doc: Document, strength: dict[str, float]) -> dict[str, float]:
    """Push on each move before responsiveness: sum of effect * strength * (1 + lifts)."""
    push = dict.fromkeys([name for name in ONWARD if name] + ["retain", "repeat"], 0.0)
    for name, channel in doc["channels"].items():
        lift = sum(s["boost"] * strength[s["first"]] for s in doc["synergies"] if s["then"] == name)
        felt = strength[name] * max(0.0, 1.0 + lift)
        for move, effect in channel.get("effect", {}).items():
            push[move] += effect * felt
    return push


def leaving(doc: Document, segment: Document, s: int, push: dict[str, float]) -> tuple[float, float]:
    """Chances of moving onward and away."""
    funnel, move = doc["funnel"], ONWARD[s]
    base = {**funnel["base_rate_per_period"], **segment.get("base_rate_per_period", {})}
    onward = base.get(move, 0.0) + push[move] if move else 0.0
    away = funnel["cool_rate_per_period"] if s in (1, 2, 3) else 0.0
    if s in BUYERS:
        factor = funnel.get(STAGES[s], {}).get("lapse", 1.0)
        away = segment["lapse_rate_per_period"]["mean"] * factor * math.exp(-push["retain"])
    total = onward + away
    moved = 1.0 - math.exp(-total)
    return (moved * onward / total, moved * away / total) if total > 0.0 else (0.0, 0.0)


def repeat_orders(doc: Document, segment: Document, stage: str, push: dict[str, float]) -> float:
    """Mean of the Poisson count of a customer's further orders."""
    factor = doc["funnel"].get(stage, {}).get("purchase", 1.0)
    return float(segment["purchase_rate_per_period"]["mean"] * factor * (1.0 + push["repeat"]))


def choice(doc: Document, segment: Document, strength: dict[str, float], shops: list[str]) -> np.ndarray:
    """Shares of the shops in one consumer's orders."""
    weight_j = np.array(
        [
            doc["channels"][j]["sells"].get("preference", 1.0)
            * segment.get("preference", {}).get(j, 1.0)
            * (1.0 + doc["channels"][j]["sells"].get("pull", 0.0) * strength[j])
            for j in shops
        ]
    )
    return np.asarray(weight_j / weight_j.sum())
