"""Closed forms of what people do: competing moves, lapse, coming back."""

from __future__ import annotations

import math

from checks import (
    AGENTS,
    ALL_OR_NOTHING,
    PERIODS,
    SHOP,
    Check,
    constant,
    everyone,
    exact_check,
    run_with,
    share_check,
)

from sim import Run, Stage


def gamma_survival(mean: float, shape: float, periods: float) -> float:
    """E exp(-rate * periods) for a gamma rate."""
    return (1 + mean * periods / shape) ** -shape


def left(run: Run, stage: Stage, direction: int) -> int:
    """Consumers who left a stage in the first period, onward (0) or away (1)."""
    return int(run.flows_tksdr[0, 0, stage, direction].sum())


def competing_moves() -> tuple[Check, ...]:
    onward, away = 0.5, 0.8
    aware = run_with(
        funnel__base_rate_per_period={"engage": onward},
        funnel__cool_rate_per_period=away,
        **everyone("aware"),
    )
    customer = run_with(
        funnel__base_rate_per_period={"bond": onward},
        segments__all__lapse_rate_per_period=constant(away),
        **everyone("customer"),
    )
    moved = 1 - math.exp(-onward - away)
    checks = []
    for run, stage, names in (
        (aware, Stage.AWARE, ("engage", "cool")),
        (customer, Stage.CUSTOMER, ("bond", "lapse")),
    ):
        for direction, rate in enumerate((onward, away)):
            checks.append(
                share_check(
                    f"Competing moves, {names[direction]}: (1 − exp(−R)) × rate / R",
                    f"{names[0]} at 0.5 against {names[1]} at 0.8",
                    left(run, stage, direction),
                    moved * rate / (onward + away),
                    "the other move ignored",
                    1 - math.exp(-rate),
                )
            )
    return tuple(checks)


def retention() -> tuple[Check, ...]:
    mean, shape = 0.2, 0.7
    run = run_with(
        segments__all__lapse_rate_per_period={"mean": mean, "shape": shape}, **everyone("customer")
    )
    return tuple(
        share_check(
            f"Retention by gamma lapse, period {t}: (1 + μ t / s)^−s",
            "μ 0.2, shape 0.7",
            run.occupancy_tks[t, 0, Stage.CUSTOMER],
            gamma_survival(mean, shape, t),
            "one lapse rate for all",
            math.exp(-mean * t),
        )
        for t in range(1, PERIODS + 1)
    )


def retaining_push() -> tuple[Check, ...]:
    lapse, push, organic = 0.3, 0.7, 15.0
    club = {"kind": "owned", "organic": organic, "effect": {"retain": push}, **ALL_OR_NOTHING}
    run = run_with(
        channels={"club": club, **SHOP},
        segments__all__lapse_rate_per_period=constant(lapse),
        **everyone("customer"),
    )
    return (
        share_check(
            "A retaining push multiplies the lapse rate by exp(−push)",
            "lapse 0.3, push 0.7, 6 periods",
            run.occupancy_tks[-1, 0, Stage.CUSTOMER],
            math.exp(-lapse * math.exp(-push) * PERIODS),
            "the rate divided by 1 + push",
            math.exp(-lapse / (1 + push) * PERIODS),
        ),
    )


def win_back() -> tuple[Check, ...]:
    rate = 0.12
    run = run_with(funnel__base_rate_per_period={"win_back": rate}, **everyone("lapsed"))
    back = AGENTS - run.occupancy_tks[-1, 0, Stage.LAPSED]
    return (
        share_check(
            "Win-back: 1 − exp(−rate T) are customers again",
            "rate 0.12, 6 periods",
            back,
            1 - math.exp(-rate * PERIODS),
            "a rate taken for a probability",
            1 - (1 - rate) ** PERIODS,
        ),
        exact_check(
            "Each win-back places one order, and acquires nobody",
            "the same run",
            run.orders_tjkr.sum() - run.acquired_ock[0].sum(),
            back,
            "the won back count as acquired",
            0.0,
        ),
    )
