"""Closed forms of what people buy: orders, none at all, lifetime value, order values, shops."""

from __future__ import annotations

import math

import numpy as np
from checks import (
    AGENTS,
    ALL_OR_NOTHING,
    CERTAIN,
    PERIODS,
    Check,
    calendar,
    constant,
    everyone,
    exact_check,
    mean_check,
    run_with,
    share_check,
)
from closed_forms_people import gamma_survival

from sim import Run


def orders() -> tuple[Check, ...]:
    mean, shape = 0.15, 0.8
    run = run_with(
        segments__all__purchase_rate_per_period={"mean": mean, "shape": shape}, **everyone("customer")
    )
    about, total = "λ 0.15, shape 0.8, no lapse", mean * PERIODS
    wrong = "at most one order a period"
    at_most_one = 1 - gamma_survival(mean, shape, 1)
    return (
        mean_check(
            "Gamma-Poisson orders of the first period",
            about,
            run.orders_tjkr[0, 0, 0, 1] / AGENTS,
            mean,
            mean + mean**2 / shape,
            wrong,
            at_most_one,
        ),
        mean_check(
            "Gamma-Poisson orders of 6 periods",
            about,
            run.orders_tjkr.sum() / AGENTS,
            total,
            total + total**2 / shape,
            wrong,
            at_most_one * PERIODS,
        ),
    )


def acquired(horizon: int, **changes: object) -> Run:
    """Everyone becomes a customer in period 0 and is then followed for `horizon` periods."""
    return run_with(
        funnel__base_rate_per_period={"convert": CERTAIN},
        value={"gross_margin": 0.5, "ltv_horizon": horizon},
        **calendar(1, horizon),
        **everyone("deciding"),
        **changes,
    )


def no_orders() -> tuple[Check, ...]:
    """Who never orders again within the horizon: those acquired who are not `repeaters_k`."""
    buy, buy_shape, lapse, lapse_shape = 0.3, 0.8, 0.2, 0.7
    purchase = {"segments__all__purchase_rate_per_period": {"mean": buy, "shape": buy_shape}}
    gone = {"segments__all__lapse_rate_per_period": {"mean": lapse, "shape": lapse_shape}}
    once = gamma_survival(buy, buy_shape, 1)
    checks = [
        share_check(
            f"Gamma-Poisson orders: none in {periods} period{'s' if periods > 1 else ''}, (1 + λ t / r)^−r",
            "λ 0.3, shape 0.8, no lapse",
            AGENTS - acquired(periods, **purchase).repeaters_k[0],
            gamma_survival(buy, buy_shape, periods),
            "buyers all alike" if periods == 1 else "rates redrawn each period",
            math.exp(-buy) if periods == 1 else once**periods,
        )
        for periods in (1, PERIODS)
    ]
    run = acquired(PERIODS, **purchase, **gone)
    alive = [gamma_survival(lapse, lapse_shape, t) for t in range(PERIODS + 1)]
    silent = [gamma_survival(buy, buy_shape, t) for t in range(PERIODS + 1)]
    theory = alive[-1] * silent[-1] + sum((alive[t] - alive[t + 1]) * silent[t] for t in range(PERIODS))
    later = sum((alive[t] - alive[t + 1]) * silent[t + 1] for t in range(PERIODS))
    checks.append(
        share_check(
            "Discrete Pareto/NBD: no order in 6 periods",
            "λ 0.3, shape 0.8; μ 0.2, shape 0.7",
            AGENTS - run.repeaters_k[0],
            theory,
            "orders still placed in the period of lapsing",
            alive[-1] * silent[-1] + later,
        )
    )
    return (*checks, _orders_with_lapse(run, buy, buy_shape, alive))


def _orders_with_lapse(run: Run, buy: float, buy_shape: float, alive: list[float]) -> Check:
    periods = sum(alive[1:])
    squares = sum((2 * t - 1) * alive[t] for t in range(1, PERIODS + 1))
    variance = buy * periods + buy**2 * (1 + 1 / buy_shape) * squares - (buy * periods) ** 2
    return mean_check(
        "Discrete Pareto/NBD: orders in 6 periods, λ Σ (1 + μ t / s)^−s",
        "λ 0.3, shape 0.8; μ 0.2, shape 0.7",
        run.orders_tjkr[..., 1].sum() / AGENTS,
        buy * periods,
        variance,
        "orders still placed in the period of lapsing",
        buy * sum(alive[:-1]),
    )


def lifetime_value() -> tuple[Check, ...]:
    """Sum of margin * (survival * discount)**t, first order included (FACTS C, contractual form)."""
    lapse, buy, value, periods = 0.3, 0.5, 40.0, 30
    run = run_with(
        segments__all__lapse_rate_per_period=constant(lapse),
        segments__all__purchase_rate_per_period=constant(buy),
        segments__all__order_value={"mean": value},
        funnel__base_rate_per_period={"convert": CERTAIN},
        value={"gross_margin": 0.5, "discount_rate_per_year": 2.0},
        **calendar(1, periods),
        **everyone("deciding"),
    )
    margin, t = 0.5 * value, np.arange(1, periods + 1)
    discount_t, survive_t = math.exp(-math.log(3.0) * 7 / 365.25) ** t, math.exp(-lapse) ** t
    together_tu = survive_t[np.maximum.outer(t, t) - 1]
    mean = buy * float(discount_t @ survive_t)
    second = buy * float(discount_t**2 @ survive_t) + buy**2 * float(discount_t @ together_tu @ discount_t)
    customers = run.acquired_ock[1].sum()
    about = "margin 20 an order, 0.5 orders and lapse 0.3 a period, 30 periods, discount 200 % a year"
    return (
        exact_check("Everyone is acquired once", about, customers, AGENTS, "nobody is", 0.0),
        mean_check(
            "Lifetime value: margin × Σ (survival × discount)^t",
            about,
            run.cohort_value_ock[1].sum() / run.world.minor / customers,
            margin * (1 + mean),
            margin**2 * (second - mean**2),
            "no discount",
            margin * (1 + buy * float(survive_t.sum())),
        ),
    )


def order_values() -> tuple[Check, ...]:
    mean, between, within = 80.0, 0.6, 0.4
    run = run_with(
        segments__all__purchase_rate_per_period=constant(1.0),
        segments__all__order_value={"mean": mean, "cv_between": between, "cv_within": within},
        **everyone("customer"),
    )
    noise = within**2 * (1 + between**2) / PERIODS
    return (
        mean_check(
            "Order value: lognormal with the stated mean",
            "mean 80, cv 0.6 between and 0.4 within consumers",
            run.revenue_tjkr.sum() / run.world.minor / run.orders_tjkr.sum(),
            mean,
            mean**2 * (between**2 * (1 + 1 / PERIODS) + noise),
            "the mean taken for the median",
            mean * math.sqrt((1 + between**2) * (1 + within**2)),
        ),
    )


def shops() -> tuple[Check, ...]:
    """First orders only: one a consumer, so that they are independent."""
    organic, pull = 0.7, 3.0
    store = {"kind": "physical", "sells": {"preference": 1.5}}
    site = {"kind": "owned", **ALL_OR_NOTHING, "organic": organic}
    plain, pulling = (
        acquired(
            1,
            channels={"site": {**site, "sells": {"preference": 1.0, "pull": p}}, "store": store},
            segments__all__preference={"store": 2.0},
        )
        for p in (0.0, pull)
    )
    at = plain.world.sell_channels.index("site")
    met = 1 - math.exp(-organic)
    return (
        share_check(
            "Orders by shop: in proportion to preference",
            "preferences 1 and 1.5, the second doubled by the segment",
            plain.orders_tjkr[0, at, 0, 0],
            1 / 4,
            "the segment's preference ignored",
            1 / 2.5,
        ),
        share_check(
            "Orders by shop: a remembered shop pulls, preference × (1 + pull × strength)",
            "as before, pull 3 on the half that met the first shop",
            pulling.orders_tjkr[0, at, 0, 0],
            met * 4 / 7 + (1 - met) / 4,
            "the mean strength in place of each one's",
            (1 + pull * met) / (4 + pull * met),
        ),
    )
