"""Maximum likelihood: one way to fit every customer value model.

Parameters are positive and searched in logs, inside a box around each one's typical size. Standard errors
come from the observed information, the second derivatives of the log likelihood at its maximum.

symbol        meaning                                                  shape
log_p         logarithms of the parameters                             (P,)
information   minus second derivatives of the log likelihood in log_p  (P, P)
covariance    its inverse carried to the parameters (delta method)     (P, P)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import optimize

from sim.errors import FitError

Floats = npt.NDArray[np.float64]
Objective = Callable[[Floats], float]

#: The box: from typical / SPAN to typical * SPAN.
SPAN = 1e4
#: A parameter this close to a wall of the box (as a factor) has run away.
WALL = 1.05
#: Largest standard error of a log parameter: beyond it the data do not tell it within a factor of 20.
LOOSE = 3.0
#: Starting points by parameter, as factors of its typical size.
FACTORS = (0.4, 2.0)
_GRADIENT_STEP = 1e-5
_CURVATURE_STEP = 1e-3
#: Twice the log likelihood that one more Newton step would gain, below which the search has ended.
_DECREMENT = 1e-7
_NEWTON_STEPS = 40


class Observations(Protocol):
    """Data that a model is fitted to."""

    @property
    def size(self) -> int:
        """Customers."""


@dataclass(frozen=True)
class ValueModel:
    """A model of customer value that can be fitted; its likelihood and what a parameter's size may be.

    Attributes:
        label: name for people.
        data: name of the data type it is fitted to.
        parameters: names, in the order of every array of values.
        log_likelihood: (values, data) -> log likelihood of all the data.
        typical: data -> a typical size of each parameter, in its unit; centre of the box.
        advice: what to do when the data do not identify it.
    """

    label: str
    data: str
    parameters: tuple[str, ...]
    log_likelihood: Callable[[Floats, Any], float]
    typical: Callable[[Any], Sequence[float]]
    advice: str


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Attributes:
        model: name of the model.
        parameters: estimates by name, on their natural scale.
        errors: standard errors by name, on the natural scale.
        covariance: covariance of the estimates, (P, P).
        log_likelihood: at the maximum.
        customers: customers behind it.
    """

    model: str
    parameters: Mapping[str, float]
    errors: Mapping[str, float]
    covariance: Floats
    log_likelihood: float
    customers: int

    @property
    def values(self) -> Floats:
        """The estimates in the model's order."""
        return np.array(list(self.parameters.values()))

    def error_of(self, measure: Callable[[Floats], float]) -> float:
        """Standard error of a measure of the parameters, by the delta method."""
        steps = np.diag(self.values * _GRADIENT_STEP)
        slopes = [measure(self.values + step) - measure(self.values - step) for step in steps]
        gradient = np.array(slopes) / (2 * self.values * _GRADIENT_STEP)
        return float(np.sqrt(gradient @ self.covariance @ gradient))

    @property
    def loosest(self) -> tuple[str, float]:
        """The parameter with the largest standard error relative to its estimate, and that ratio."""
        ratios = {name: self.errors[name] / value for name, value in self.parameters.items()}
        name = max(ratios, key=lambda one: ratios[one])
        return name, ratios[name]


def maximise(name: str, model: ValueModel, data: Observations) -> Fit:
    """Fit a model.

    Raises:
        FitError: no maximum was found, it is flat, or a parameter runs to a wall of its box.
    """
    typical = np.asarray(model.typical(data), dtype=np.float64)
    box = np.log(typical / SPAN), np.log(typical * SPAN)

    def loss(log_p: Floats) -> float:
        return -model.log_likelihood(np.exp(log_p), data)

    log_p = _search(loss, _best_start(loss, typical), box, data.size)
    fault = _walls(model, log_p, box)
    if not fault:
        log_p, information, fault = _polish(loss, log_p, box)
        fault = _walls(model, log_p, box) or fault or _loose(model, information)
    if fault:
        raise FitError(
            f"{name}: {fault}: {data.size} customers do not identify the {model.label} model ({model.advice})"
        )
    values = np.exp(log_p)
    covariance = np.linalg.inv(information) * np.outer(values, values)
    return Fit(
        model=name,
        parameters=dict(zip(model.parameters, values.tolist(), strict=True)),
        errors=dict(zip(model.parameters, np.sqrt(np.diag(covariance)).tolist(), strict=True)),
        covariance=covariance,
        log_likelihood=-loss(log_p),
        customers=data.size,
    )


def _best_start(loss: Objective, typical: Floats) -> Floats:
    starts = [np.log(typical * np.array(factors)) for factors in product(FACTORS, repeat=len(typical))]
    return min(starts, key=loss)


def _search(loss: Objective, start: Floats, box: tuple[Floats, Floats], size: int) -> Floats:
    """Near the maximum, by a quasi-Newton search inside the box."""
    found = optimize.minimize(
        lambda log_p: loss(log_p) / size,
        start,
        jac=lambda log_p: _gradient(loss, log_p) / size,
        method="L-BFGS-B",
        bounds=optimize.Bounds(*box),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    return np.asarray(found.x, dtype=np.float64)


def _walls(model: ValueModel, log_p: Floats, box: tuple[Floats, Floats]) -> str:
    """Which parameters stand at a wall of the box; empty when none does."""
    margin = np.log(WALL)
    found = []
    for name, value, floor, ceiling in zip(model.parameters, log_p, *box, strict=True):
        if value < floor + margin:
            found.append(f"{name} runs to its lower bound {np.exp(floor):.3g}")
        elif value > ceiling - margin:
            found.append(f"{name} runs to its upper bound {np.exp(ceiling):.3g}")
    return "; ".join(found)


def _loose(model: ValueModel, information: Floats) -> str:
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    worst = int(errors.argmax())
    return f"{model.parameters[worst]} is not told within a factor of 20" if errors[worst] > LOOSE else ""


def _polish(loss: Objective, log_p: Floats, box: tuple[Floats, Floats]) -> tuple[Floats, Floats, str]:
    """Newton steps to the maximum: the point, the information there, what is wrong with it if anything."""
    for _ in range(_NEWTON_STEPS):
        information, gradient = _curvature(loss, log_p), _gradient(loss, log_p)
        bends, ways = np.linalg.eigh(information)
        flat = bends[0] <= 0.0
        # where the surface is no peak, still go downhill: a saddle is left, a flat top is told
        step = ways @ ((ways.T @ gradient) / np.maximum(np.abs(bends), 1e-8 * np.abs(bends).max() + 1e-300))
        if gradient @ step < _DECREMENT:
            return log_p, information, "the log likelihood has no clear maximum" if flat else ""
        length = 1.0
        while length > 1e-4 and loss(np.clip(log_p - length * step, *box)) > loss(log_p):
            length /= 2
        log_p = np.clip(log_p - length * step, *box)
    return log_p, information, f"the search did not converge in {_NEWTON_STEPS} Newton steps"


def _gradient(loss: Objective, log_p: Floats) -> Floats:
    """Central differences."""
    steps = np.eye(len(log_p)) * _GRADIENT_STEP
    return np.array([loss(log_p + step) - loss(log_p - step) for step in steps]) / (2 * _GRADIENT_STEP)


def _curvature(loss: Objective, log_p: Floats) -> Floats:
    """Second derivatives of the loss by central differences, symmetric."""
    steps = np.eye(len(log_p)) * _CURVATURE_STEP
    here = loss(log_p)
    second = np.empty((len(log_p), len(log_p)))
    for i, one in enumerate(steps):
        second[i, i] = (loss(log_p + one) - 2 * here + loss(log_p - one)) / _CURVATURE_STEP**2
        for j, other in enumerate(steps[:i]):
            corners = loss(log_p + one + other) - loss(log_p + one - other)
            corners += loss(log_p - one - other) - loss(log_p - one + other)
            second[i, j] = second[j, i] = corners / (4 * _CURVATURE_STEP**2)
    return second
