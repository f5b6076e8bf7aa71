"""Gamma-Gamma (Fader, Hardie, Lee 2005): what a customer's purchases are worth, not how often they come.

symbol  meaning                                                          shape   unit
x       repeat purchases                                                 (I,)    count
mean    their mean amount                                                (I,)    currency
p       shape of one customer's amounts, gamma(p, nu); cv = p**-1/2      scalar  1
q, gamma   nu ~ gamma(shape q, rate gamma) across customers              scalar  1, currency

The model takes amounts for independent of frequency: look at the correlation of x and mean first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.measure.value_models.likelihood import ValueModel
from sim.measure.value_models.transactions import SpendSummary

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SpendModel(ValueModel):
    """A model of the value of purchases.

    Attributes:
        population_mean: values -> mean amount across customers; None where it is infinite.
        expected_given: (values, summary) -> expected mean amount of each customer, given theirs so far, (I,).
        spread: values -> coefficients of variation between customers and within one; None where infinite.
    """

    population_mean: Callable[[Floats], float | None]
    expected_given: Callable[[Floats, SpendSummary], Floats]
    spread: Callable[[Floats], tuple[float | None, float]]


def _log_likelihood(values: Floats, data: SpendSummary) -> float:
    p, q, scale = values
    shape, total = p * data.x, data.x * data.mean
    each = q * np.log(scale) - special.betaln(shape, q) + shape * np.log(total) - np.log(data.mean)
    return float(np.sum(each - (shape + q) * np.log(scale + total)))


def _population_mean(values: Floats) -> float | None:
    p, q, scale = values.tolist()
    return p * scale / (q - 1) if q > 1 else None


def _expected_given(values: Floats, data: SpendSummary) -> Floats:
    """p (gamma + x mean) / (p x + q - 1): between the population's mean and the customer's own."""
    p, q, scale = values
    return np.asarray(p * (scale + data.x * data.mean) / (p * data.x + q - 1))


def _spread(values: Floats) -> tuple[float | None, float]:
    p, q, _ = values.tolist()
    return ((q - 2) ** -0.5 if q > 2 else None), p**-0.5


GAMMA_GAMMA = SpendModel(
    "Gamma-Gamma",
    "SpendSummary",
    ("p", "q", "gamma"),
    _log_likelihood,
    lambda data: (3.0, 3.0, float(np.mean(data.mean))),
    "amounts must differ, between customers and between one customer's purchases",
    _population_mean,
    _expected_given,
    _spread,
)
