"""Customers drawn from each value model as its authors tell it, in continuous time, to test estimators.

symbol  meaning                                               shape
x, t_x  repeat purchases until T and age at the last of them  (N,)
alive   whether still a customer at T                         (N,)
later   purchases in (T, T + horizon]                         (N,)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import CohortSurvival, PurchaseSummary, SpendSummary


class Drawn(NamedTuple):
    """Histories with what an analyst never sees."""

    data: PurchaseSummary
    alive: np.ndarray
    later: np.ndarray


def pareto_nbd(values, ages, horizon, rng) -> Drawn:
    """Purchases are Poisson until an exponential lifetime ends."""
    r, alpha, s, beta = values
    n = len(ages)
    rate, life = rng.gamma(r, 1 / alpha, n), rng.exponential(1 / rng.gamma(s, 1 / beta, n))
    seen = np.minimum(life, ages)
    x = rng.poisson(rate * seen)
    t_x = np.where(x > 0, seen * rng.random(n) ** (1 / np.maximum(x, 1)), 0.0)
    later = rng.poisson(rate * np.clip(life - ages, 0, horizon))
    return Drawn(PurchaseSummary.of(x, t_x, ages), life > ages, later)


def bg_nbd(values, ages, horizon, rng, *, at_first=False) -> Drawn:
    """Purchases are Poisson; after each one a coin of the customer's own says whether it was the last."""
    r, alpha, a, b = values
    n = len(ages)
    rate, coin = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    x, later, t_x, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    customer = rng.random(n) >= coin if at_first else np.ones(n, dtype=bool)
    alive = customer.copy()
    while customer.any():
        with np.errstate(divide="ignore", over="ignore"):
            now = np.where(customer, now + rng.exponential(1.0, n) / rate, now)
        seen, after = customer & (now <= ages), customer & (now > ages) & (now <= ages + horizon)
        x, later, t_x = x + seen, later + after, np.where(seen, now, t_x)
        customer = (seen | after) & (rng.random(n) >= coin)
        alive = np.where(seen, customer, alive)
    return Drawn(PurchaseSummary.of(x, t_x, ages), alive, later)


def mbg_nbd(values, ages, horizon, rng) -> Drawn:
    """As BG/NBD, with a first coin after the first purchase."""
    return bg_nbd(values, ages, horizon, rng, at_first=True)


def gamma_gamma(values, size, rng) -> SpendSummary:
    """Amounts gamma around a mean of the customer's own."""
    p, q, scale = values
    x = rng.geometric(0.4, size).astype(float)
    return SpendSummary(x, rng.gamma(p * x, 1 / rng.gamma(q, 1 / scale, size)) / x)


def survival(lives, ages) -> CohortSurvival:
    """Contracts that were renewed until the period in which they ended."""
    return CohortSurvival(np.array([[(lives > age).sum() for age in range(ages)]]))


def sbg(values, size, rng) -> CohortSurvival:
    """Each customer fails to renew with a chance of their own."""
    return survival(rng.geometric(rng.beta(*values, size)), 10)


def geometric(values, size, rng) -> CohortSurvival:
    """All fail to renew with the same chance."""
    return survival(rng.geometric(-np.expm1(-values[0]), size), 10)


PURCHASES = {"pareto_nbd": pareto_nbd, "bg_nbd": bg_nbd, "mbg_nbd": mbg_nbd}
#: Parameters from which every model can be recovered within 5 % by 100,000 customers.
TRUE = {
    "pareto_nbd": (1.2, 4.0, 1.5, 30.0),
    "bg_nbd": (1.0, 4.0, 0.8, 2.5),
    "mbg_nbd": (1.0, 4.0, 0.8, 2.5),
    "gamma_gamma": (6.25, 3.74, 15.44),
    "sbg": (0.668, 3.806),
    "geometric": (0.2,),
}


def draw(name: str, size: int, rng: np.random.Generator):
    """Data of the kind that a model takes, drawn from it; ages of three years, times in whole days."""
    if name in PURCHASES:
        data = PURCHASES[name](TRUE[name], np.full(size, 156.0), 52.0, rng).data
        return PurchaseSummary.of(data.x, np.ceil(data.t_x * 7) / 7, data.T)
    return {"gamma_gamma": gamma_gamma, "sbg": sbg, "geometric": geometric}[name](TRUE[name], size, rng)
