"""Closed forms of what channels do: discovery, reach, overlap, frequency, clicks, memory."""

from __future__ import annotations

import math

import numpy as np
from checks import (
    AGENTS,
    ALL_OR_NOTHING,
    CERTAIN,
    PERIODS,
    SHOP,
    Check,
    mean_check,
    run_with,
    share_check,
)
from scipy import integrate, stats

from sim import Run, Stage


def ads(**fields: object) -> dict[str, object]:
    """An owned channel without memory, and a shop."""
    return {"ads": {"kind": "owned", "half_life": 0.0, "saturation": 1.0, **fields}, **SHOP}


def exposure_shares(rate: float) -> np.ndarray:
    """P(X = 0 .. 15), the last being 15 or more."""
    return np.append(stats.poisson.pmf(np.arange(15), rate), stats.poisson.sf(14, rate))


def channel(run: Run, name: str = "ads") -> int:
    """Index of a channel."""
    return run.world.channels.index(name)


def unaware(run: Run, t: int = -1) -> int:
    """Consumers still unaware after t periods."""
    return int(run.occupancy_tks[t, 0, Stage.UNAWARE])


def discovery_alone() -> tuple[Check, ...]:
    run = run_with(funnel__base_rate_per_period={"discover": 0.07})
    return (
        share_check(
            "Discovery without channels: exp(−rate T) still unaware",
            "base rate 0.07, 6 periods",
            unaware(run),
            math.exp(-0.07 * PERIODS),
            "a rate taken for a probability",
            (1 - 0.07) ** PERIODS,
        ),
    )


def discovery_through_a_channel() -> tuple[Check, ...]:
    organic, effect, cv = 0.8, 0.3, 0.9
    run = run_with(
        channels=ads(organic=organic, effect={"discover": effect}),
        segments__all__responsiveness={"mean": 1.0, "cv": cv},
    )
    x, p_x = np.arange(16), exposure_shares(organic)
    sigma = math.sqrt(math.log1p(cv * cv))

    def stays(theta: float) -> float:
        return float((p_x * np.exp(-theta * effect * x / (x + 1))).sum()) ** PERIODS

    def weighted(normal: float) -> float:
        return stays(math.exp(sigma * normal - sigma * sigma / 2)) * float(stats.norm.pdf(normal))

    return (
        share_check(
            "Discovery through one channel without memory: 1 − E exp(−Σ rate)",
            "0.8 exposures a period, responsiveness lognormal with cv 0.9",
            unaware(run),
            float(integrate.quad(weighted, -8, 8)[0]),
            "people all alike",
            stays(1.0),
        ),
    )


def reach() -> tuple[Check, ...]:
    rate, platform = 0.35, 0.6
    run = run_with(channels={**ads(organic=rate, reach=platform), "more": {"kind": "owned", "organic": 0.2}})
    c, about = channel(run), "0.35 exposures a period, 60 % on the platform"
    once, mean = platform * (1 - math.exp(-rate)), platform * rate * PERIODS
    return (
        share_check(
            "Poisson reach of a period: 1 − exp(−rate) of those on the platform",
            about,
            run.reached_tck[0, c, 0],
            once,
            "exposures taken for people",
            platform * rate,
        ),
        share_check(
            "Reach over 6 periods: 1 − exp(−6 rate) of those on the platform",
            about,
            run.ever_reached_ck[c, 0],
            platform * (1 - math.exp(-rate * PERIODS)),
            "platforms redrawn each period",
            1 - (1 - once) ** PERIODS,
        ),
        mean_check(
            "Exposures per consumer",
            about,
            run.exposures_tcks[:, c].sum() / AGENTS,
            mean,
            mean + mean * rate * PERIODS * (1 - platform),
            "everyone on the platform",
            rate * PERIODS,
        ),
    )


def overlap() -> tuple[Check, ...]:
    """Whoever meets either channel discovers at once, so overlap = reach + reach - discovered."""
    sure = {"kind": "owned", "effect": {"discover": CERTAIN}, **ALL_OR_NOTHING}
    one, two = {"organic": 0.35, "reach": 0.6}, {"organic": 0.2, "reach": 0.9}
    run = run_with(channels={"ads": {**sure, **one}, "more": {**sure, **two}, **SHOP})
    a, b = channel(run), channel(run, "more")
    p, q = (c["reach"] * (1 - math.exp(-c["organic"])) for c in (one, two))
    p_ever, q_ever = (c["reach"] * (1 - math.exp(-c["organic"] * PERIODS)) for c in (one, two))
    first = run.reached_tck[0, a, 0] + run.reached_tck[0, b, 0] - (AGENTS - unaware(run, 1))
    ever = run.ever_reached_ck[a, 0] + run.ever_reached_ck[b, 0] - (AGENTS - unaware(run))
    about = "0.35 and 0.2 exposures a period, 60 and 90 % on the platforms"
    return (
        share_check(
            "Overlap of two channels in a period: product of reaches",
            about,
            first,
            p * q,
            "the smaller channel within the larger",
            min(p, q),
        ),
        share_check(
            "Overlap over 6 periods: product of reaches",
            about,
            ever,
            p_ever * q_ever,
            "met in one and the same period",
            1 - (1 - p * q) ** PERIODS,
        ),
    )


def frequency() -> tuple[Check, ...]:
    rate, platform = 0.35, 0.6
    run = run_with(channels={**ads(organic=rate, reach=platform), "more": {"kind": "owned", "organic": 0.2}})
    capped = run_with(channels=ads(organic=1.4, frequency_cap=2))
    p1, p2 = float(stats.poisson.sf(0, 1.4)), float(stats.poisson.sf(1, 1.4))
    c = channel(capped)
    return (
        share_check(
            "Frequency: Poisson, three exposures over 6 periods",
            "0.35 exposures a period, 60 % on the platform",
            run.frequency_cf[channel(run), 3],
            platform * float(stats.poisson.pmf(3, rate * PERIODS)),
            "one Poisson at the mean rate",
            float(stats.poisson.pmf(3, platform * rate * PERIODS)),
        ),
        mean_check(
            "Exposures under a cap of 2: P(X ≥ 1) + P(X ≥ 2)",
            "1.4 exposures a period before the cap",
            capped.exposures_tcks[0, c].sum() / AGENTS,
            p1 + p2,
            p1 + 3 * p2 - (p1 + p2) ** 2,
            "cap ignored",
            1.4,
        ),
    )


def clicks() -> tuple[Check, ...]:
    run = run_with(channels=ads(organic=1.5, ctr=0.2))
    weight, effect = 3.0, 0.5
    pushed = run_with(channels=ads(organic=1.5, ctr=0.2, click_weight=weight, effect={"discover": effect}))
    x, p_x = np.arange(16), exposure_shares(1.5)
    q_x = 1 - 0.8**x

    def stays(w: float) -> float:
        a = x + w
        clicked = np.exp(-effect * a / (a + 1))
        return float((p_x * (q_x * clicked + (1 - q_x) * np.exp(-effect * x / (x + 1)))).sum()) ** PERIODS

    return (
        share_check(
            "Clicks: 1 − exp(−rate ctr) of all",
            "1.5 exposures a period, click-through rate 0.2",
            run.clicks_tck[0, channel(run), 0],
            1 - math.exp(-1.5 * 0.2),
            "one chance to click a period",
            0.2 * (1 - math.exp(-1.5)),
        ),
        share_check(
            "A click is remembered as 3 exposures",
            "as before, discovery at 0.5 × strength",
            unaware(pushed),
            stays(weight),
            "clicks not remembered",
            stays(0.0),
        ),
    )


def memory() -> tuple[Check, ...]:
    """One burst of exposures, then discovery at effect * m with m from retain**t."""
    effect, half_life, saturation = 0.2, 2.0, 1.5
    fields = {"half_life": half_life, "saturation": saturation, "frequency_cap": 1}
    channels = ads(kind="paid", price={"cpm": 1.0}, effect={"discover": effect}, **fields)
    run = run_with(channels=channels, spend={"ads": 1e9}, first_only=True)
    retain, survive, checks = 0.5 ** (1 / half_life), 1.0, []
    for t in range(PERIODS):
        survive *= math.exp(-effect * retain**t / (retain**t + saturation))
        unfading = math.exp(-effect / (1 + saturation) * (t + 1))
        checks.append(
            share_check(
                f"Memory of one exposure at age {t}: retain^{t}",
                "half-life 2, saturation 1.5, discovery at 0.2 × strength",
                unaware(run, t + 1),
                survive,
                "memory that never fades" if t > 2 else "strength not saturated",
                unfading if t > 2 else math.exp(-effect * sum(retain**s for s in range(t + 1))),
            )
        )
    return tuple(checks)
