"""Pareto/NBD (Schmittlein, Morrison, Colombo 1987): all buy at a rate of their own and lapse at another.

This is what the simulator does in continuous time: purchase rate and lapse rate gamma across customers.

symbol     meaning                                              shape   unit
r, alpha   purchase rate ~ gamma(shape r, rate alpha)           scalar  1, periods
s, beta    lapse rate ~ gamma(shape s, rate beta)               scalar  1, periods
x, t_x, T  repeat purchases, age at the last, age at the end    (N,)    count, periods

The likelihood holds the integral over the time of lapse y, t_x < y <= T, of
(alpha + y)**-(r + x) * (beta + y)**-(s + 1): in papers the difference of two 2F1, which overflows for active
customers and loses digits. Here it is a Gauss-Legendre rule in w = log((m + y) / (m + t_x)), m the smaller of
alpha and beta: there the integrand is exp(-(nearly linear)), so one fixed rule serves both cases.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.measure.value_models.btyd import PurchaseModel
from sim.measure.value_models.transactions import PurchaseSummary

Floats = npt.NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
#: Beyond so many e-folds of decay nothing is left to add.
_FOLDS = 45.0


def _log_gone(values: Floats, data: PurchaseSummary) -> Floats:
    """log of s times the integral above; -inf where t_x = T."""
    r, alpha, s, beta = values
    rate_power, lapse_power = r + data.x, np.full_like(data.x, s + 1)
    near, far, steep, slow = alpha, beta, rate_power, lapse_power
    if beta < alpha:
        near, far, steep, slow = beta, alpha, lapse_power, rate_power
    start, other = near + data.t_x, far + data.t_x
    decay = steep - 1 + slow * start / other
    width = np.minimum(np.log1p((data.T - data.t_x) / start), _FOLDS / np.maximum(decay, 1e-3))
    total = np.zeros_like(start)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        w = width * (node + 1) / 2
        total += weight / 2 * np.exp((1 - steep) * w - slow * np.log1p(start / other * np.expm1(w)))
    with np.errstate(divide="ignore"):
        area = np.log(s * width * total)
    return np.asarray(area + (1 - steep) * np.log(start) - slow * np.log(other))


def _log_alive(values: Floats, data: PurchaseSummary) -> Floats:
    r, alpha, s, beta = values
    return np.asarray(-(r + data.x) * np.log(alpha + data.T) - s * np.log(beta + data.T))


def _log_likelihood(values: Floats, data: PurchaseSummary) -> float:
    r, alpha, s, beta = values
    scale = special.gammaln(r + data.x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    each = scale + np.logaddexp(_log_alive(values, data), _log_gone(values, data))
    return float(data.weight @ each)


def _p_alive(values: Floats, data: PurchaseSummary) -> Floats:
    return np.asarray(special.expit(_log_alive(values, data) - _log_gone(values, data)))


def _lifetime(s: float, beta: Floats, t: Floats) -> Floats:
    """E min(lifetime, t) = beta / (s - 1) * (1 - (beta / (beta + t))**(s - 1)), s = 1 included."""
    log_ratio = np.log1p(t / beta)
    return np.asarray(beta * log_ratio * special.exprel(-(s - 1.0) * log_ratio))


def _expected(values: Floats, t: npt.ArrayLike) -> Floats:
    r, alpha, s, beta = values
    ages = np.asarray(t, dtype=np.float64)
    return np.asarray(r / alpha * _lifetime(s, np.full_like(ages, beta), ages))


def _expected_given(values: Floats, data: PurchaseSummary, horizon: float) -> Floats:
    """P(alive) times what someone alive with updated parameters would buy."""
    r, alpha, s, beta = values
    rate = (r + data.x) / (alpha + data.T)
    lifetime = _lifetime(s, beta + data.T, np.full_like(data.T, horizon))
    return np.asarray(_p_alive(values, data) * rate * lifetime)


def discounted_purchases(values: Floats, data: PurchaseSummary, *, rate: float) -> Floats:
    """Expected purchases after T, each discounted by exp(-rate * time since T).

    Fader, Hardie, Lee 2005 ("RFM and CLV"), equation 2.

    Args:
        values: r, alpha, s, beta.
        data: histories.
        rate: continuous discount rate per period, > 0.

    Returns:
        Discounted expected residual purchases by customer, (N,).
    """
    r, alpha, s, beta = values
    argument = rate * (beta + data.T)
    # beta**s * rate**(s - 1) * U(s, s, .), the discounted lifetime of someone alive
    lifetime = argument**s / rate * special.hyperu(s, s, argument)
    return np.asarray(_p_alive(values, data) * (r + data.x) / (alpha + data.T) * lifetime)


PARETO_NBD = PurchaseModel(
    "Pareto/NBD",
    "PurchaseSummary",
    ("r", "alpha", "s", "beta"),
    _log_likelihood,
    lambda data: (1.0, data.mean_age, 1.0, data.mean_age),
    "use more customers or a longer history: lapse shows only in customers who buy often and then stop",
    _expected,
    _p_alive,
    _expected_given,
)
