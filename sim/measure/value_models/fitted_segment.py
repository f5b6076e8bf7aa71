"""From fitted customer models to the segment of a scenario, and what the simulator then expects.

symbol     meaning                                                  unit
r, alpha   Pareto/NBD purchase rate ~ gamma(shape r, rate alpha)    1, periods
s, beta    Pareto/NBD lapse rate ~ gamma(shape s, rate beta)        1, periods
p, q       Gamma-Gamma shapes within and between customers          1

The simulator steps in periods: a consumer with lapse rate mu is still a customer in period t = 1, 2, ... with
probability exp(-mu t), and only then orders in it, Poisson. Hence its expected orders of period t are
r / alpha * (beta / (beta + t))**s, where continuous time has the mean of (beta / (beta + u))**s over u from
t - 1 to t: a little more, since there one may order and lapse within a period. Shorter periods close the gap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError
from scipy import special

from sim.errors import FitError
from sim.measure.value_models.likelihood import Fit
from sim.scenario.schema import Segment

Floats = npt.NDArray[np.float64]
_DIGITS = 6


def orders_in_steps(values: npt.ArrayLike, periods: int) -> Floats:
    """Expected repeat orders of a simulated customer in periods 1, 2, ... after the first order, (periods,).

    Args:
        values: Pareto/NBD r, alpha, s, beta.
        periods: how many periods.
    """
    r, alpha, s, beta = np.asarray(values, dtype=np.float64)
    t = np.arange(1.0, periods + 1)
    return np.asarray(r / alpha * (beta / (beta + t)) ** s)


def fitted_order_value(spend: Fit) -> dict[str, float]:
    """`order_value` of a segment from a Gamma-Gamma fit: mean and spread of amounts, moments matched.

    Where the variance between customers is infinite (q <= 2) the spread of its logarithm is matched.

    Raises:
        FitError: the fitted mean is infinite (q <= 1).
    """
    p, q, scale = spend.parameters["p"], spend.parameters["q"], spend.parameters["gamma"]
    if q <= 1.0:
        raise FitError(f"gamma_gamma: the mean amount is infinite at q = {q:.3g}, which must be above 1")
    between = (q - 2.0) ** -0.5 if q > 2.0 else np.inf
    if between > 5.0:
        between = float(np.sqrt(np.expm1(special.polygamma(1, q))))
    return {"mean": p * scale / (q - 1.0), "cv_between": between, "cv_within": p**-0.5}


def plain_order_value(amount_n: npt.ArrayLike) -> dict[str, float]:
    """`order_value` without a model: mean and spread of all amounts, customers taken for alike.

    Raises:
        FitError: all amounts are 0.
    """
    amounts = np.asarray(amount_n, dtype=np.float64)
    mean = float(amounts.mean())
    if mean <= 0.0:
        raise FitError("order value: every amount is 0")
    return {"mean": mean, "cv_between": 0.0, "cv_within": min(float(amounts.std()) / mean, 5.0)}


def segment_block(purchases: Fit, value: dict[str, float]) -> dict[str, Any]:
    """The fields of a segment that orders can tell: purchase rate, lapse rate, order value.

    Only Pareto/NBD has a lapse rate in time. Under BG/NBD and MBG/NBD who buys more lapses sooner, which two
    independent gamma rates cannot follow: they give no block.

    Args:
        purchases: a Pareto/NBD fit; its period is that of the scenario.
        value: of `fitted_order_value` or `plain_order_value`.

    Raises:
        FitError: another model, or values that a scenario does not allow.
    """
    if purchases.model != "pareto_nbd":
        raise FitError(f"{purchases.model}: has no lapse rate per period; only pareto_nbd gives a segment")
    r, alpha, s, beta = purchases.values.tolist()
    block = {
        "share": 1.0,
        "purchase_rate_per_period": {"mean": r / alpha, "shape": r},
        "lapse_rate_per_period": {"mean": s / beta, "shape": s},
        "order_value": dict(value),
    }
    for fields in block.values():
        if isinstance(fields, dict):
            fields.update({name: float(f"{number:.{_DIGITS}g}") for name, number in fields.items()})
    try:
        Segment.model_validate(block)
    except ValidationError as error:
        places = [".".join(map(str, fault["loc"])) + ": " + fault["msg"] for fault in error.errors()]
        raise FitError(f"segment: the fit is outside what a scenario allows: {'; '.join(places)}") from error
    return block
