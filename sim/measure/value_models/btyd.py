"""Buy till you die: BG/NBD and MBG/NBD. Customers buy at a rate of their own and leave after some purchase.

symbol  meaning                                                              shape   unit
x       repeat purchases seen                                                (N,)    count
t_x     age at the last of them, 0 without any                               (N,)    periods
T       age at the end of observation                                        (N,)    periods
r, alpha   purchase rate ~ gamma(shape r, rate alpha)                        scalar  1, periods
a, b       chance to leave after a purchase ~ beta(a, b)                     scalar  1

BG/NBD (Fader, Hardie, Lee 2005): one may leave after each repeat purchase; MBG/NBD (Batislam and others
2007): after the first purchase too. Neither has a lapse rate in time. Formulas are those of the papers;
expected purchases are written as a mean over beta(a, b), which has no singular case and needs no 2F1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from sim.measure.value_models.likelihood import ValueModel
from sim.measure.value_models.transactions import PurchaseSummary

Floats = npt.NDArray[np.float64]
_NODES = 64


@dataclass(frozen=True)
class PurchaseModel(ValueModel):
    """A model of repeat purchases and of being alive.

    Attributes:
        expected: (values, t) -> expected repeat purchases of a new customer within age t; shape of t.
        p_alive: (values, summary) -> probability of being alive at T given the history, (N,).
        expected_given: (values, summary, horizon) -> expected purchases in (T, T + horizon] given it, (N,).
    """

    expected: Callable[[Floats, npt.ArrayLike], Floats]
    p_alive: Callable[[Floats, PurchaseSummary], Floats]
    expected_given: Callable[[Floats, PurchaseSummary, float], Floats]


def beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Nodes and weights of the Gauss rule for a mean over beta(a, b); weights sum to 1.

    Golub and Welsch: eigenvalues of the matrix of the Jacobi polynomials' recurrence.
    """
    n = np.arange(1.0, _NODES)
    power = a + b - 2.0
    middle = 2 * n + power
    diagonal = np.empty(_NODES)
    diagonal[0] = (a - b) / (a + b)
    diagonal[1:] = power * (a - b) / (middle * (middle + 2))
    square = 4 * (n + b - 1) * (n + a - 1) * n * (n + power)
    # n + power over middle - 1 is 1 for n = 1: written so, a + b = 1 is no special case
    square[1:] /= middle[1:] ** 2 * (middle[1:] + 1) * (middle[1:] - 1)
    square[0] = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    nodes, vectors = linalg.eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.clip((nodes + 1) / 2, 0.0, 1.0), vectors[0] ** 2


def _purchases(r: Floats, alpha: Floats, a: float, b: float, t: Floats) -> Floats:
    """E (1 - (alpha / (alpha + p t))**r) / p over p ~ beta(a, b): expected purchases of the living."""
    nodes, weights = beta_nodes(a, b)
    p = np.maximum(nodes, 1e-300)
    shrunk = -np.expm1(-r[..., None] * np.log1p(p * (t / alpha)[..., None])) / p
    return np.asarray(shrunk @ weights)


def _bg_expected(values: Floats, t: npt.ArrayLike) -> Floats:
    r, alpha, a, b = values
    ages = np.asarray(t, dtype=np.float64)
    return _purchases(np.full_like(ages, r), np.full_like(ages, alpha), a, b, ages)


def _mbg_expected(values: Floats, t: npt.ArrayLike) -> Floats:
    """Those who stay after the first purchase, b / (a + b) of all, are as beta(a, b + 1)."""
    r, alpha, a, b = values
    return np.asarray(b / (a + b) * _bg_expected(np.array([r, alpha, a, b + 1]), t))


def _left_odds(values: Floats, data: PurchaseSummary, *, at_first: bool) -> Floats:
    """Log odds of having left at t_x against being alive at T; -inf where leaving was not possible."""
    r, alpha, a, b = values
    tries = data.x + (1.0 if at_first else 0.0)
    with np.errstate(divide="ignore"):
        chance = np.log(np.where(tries > 0, a / np.maximum(b + tries - 1, 1e-300), 0.0))
    return np.asarray(chance + (r + data.x) * np.log((alpha + data.T) / (alpha + data.t_x)))


def _likelihood(*, at_first: bool) -> Callable[[Floats, PurchaseSummary], float]:
    def log_likelihood(values: Floats, data: PurchaseSummary) -> float:
        r, alpha, a, b = values
        stays = data.x + (1.0 if at_first else 0.0)
        alive = (
            special.gammaln(r + data.x)
            - special.gammaln(r)
            + r * np.log(alpha)
            - (r + data.x) * np.log(alpha + data.T)
            + special.betaln(a, b + stays)
            - special.betaln(a, b)
        )
        either = np.logaddexp(0.0, _left_odds(values, data, at_first=at_first))
        return float(data.weight @ (alive + either))

    return log_likelihood


def _alive(*, at_first: bool) -> Callable[[Floats, PurchaseSummary], Floats]:
    def p_alive(values: Floats, data: PurchaseSummary) -> Floats:
        return np.asarray(special.expit(-_left_odds(values, data, at_first=at_first)))

    return p_alive


def _given(*, at_first: bool) -> Callable[[Floats, PurchaseSummary, float], Floats]:
    def expected_given(values: Floats, data: PurchaseSummary, horizon: float) -> Floats:
        """P(alive) times what someone alive with updated parameters would buy."""
        r, alpha, a, b = values
        alive = _alive(at_first=at_first)(values, data)
        found = np.empty(len(data.x))
        for x in np.unique(data.x):
            same = data.x == x
            stays = x + (1.0 if at_first else 0.0)
            n = int(same.sum())
            found[same] = _purchases(
                np.full(n, r + x), alpha + data.T[same], a, b + stays, np.full(n, horizon)
            )
        return alive * found

    return expected_given


def _typical(data: PurchaseSummary) -> tuple[float, ...]:
    return (1.0, data.mean_age, 1.0, 1.0)


_ADVICE = "use more customers or a longer history; pareto_nbd may fit where this does not"
BG_NBD = PurchaseModel(
    "BG/NBD",
    "PurchaseSummary",
    ("r", "alpha", "a", "b"),
    _likelihood(at_first=False),
    _typical,
    _ADVICE,
    _bg_expected,
    _alive(at_first=False),
    _given(at_first=False),
)
MBG_NBD = PurchaseModel(
    "MBG/NBD",
    "PurchaseSummary",
    ("r", "alpha", "a", "b"),
    _likelihood(at_first=True),
    _typical,
    _ADVICE,
    _mbg_expected,
    _alive(at_first=True),
    _given(at_first=True),
)
