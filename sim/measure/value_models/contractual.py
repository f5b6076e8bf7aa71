"""Contractual customers: at the end of each period a contract is renewed or not, and one sees which.

symbol       meaning                                                       shape   unit
alive_ct     customers of cohort c with a contract at age t; NaN: not yet  (C, T)  customers
lapse_rate   (geometric) retention = exp(-lapse_rate), for all alike       scalar  1 / period
alpha, beta  (sBG) chance not to renew ~ beta(alpha, beta) across them     scalar  1
d            discount rate a period                                        scalar  1

sBG: Fader and Hardie 2007, 2010. Its retention rises with age although nobody changes: the loyal remain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.errors import OmnifunnelError
from sim.measure.value_models.likelihood import ValueModel
from sim.measure.value_models.transactions import Transactions

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CohortSurvival:
    """Customers still under contract by cohort and age; see the symbols above.

    Raises:
        OmnifunnelError: a cohort grows, is negative, or is seen again after it was not.
    """

    alive_ct: Floats

    def __post_init__(self) -> None:
        alive = np.atleast_2d(np.asarray(self.alive_ct, dtype=np.float64))
        object.__setattr__(self, "alive_ct", alive)
        seen = np.isfinite(alive)
        if alive.shape[1] < 2 or not seen[:, 0].all() or (np.diff(seen.astype(int), axis=1) > 0).any():
            raise OmnifunnelError("survival: each cohort needs its size and ages without a gap, at least two")
        if (np.diff(alive, axis=1) > 0).any() or (alive < 0).any():
            raise OmnifunnelError("survival: customers under contract must not rise with age or fall below 0")

    @property
    def size(self) -> int:
        """Customers of all cohorts."""
        return round(float(self.alive_ct[:, 0].sum()))

    @property
    def lost_t(self) -> Floats:
        """Customers lost at the end of period t = 1, 2, ..., all cohorts, (T - 1,)."""
        lost = self.alive_ct[:, :-1] - self.alive_ct[:, 1:]
        return np.asarray(np.nansum(lost, axis=0))

    @property
    def kept_t(self) -> Floats:
        """Customers under contract when observation of their cohort ends, by that age, (T,)."""
        last = np.isfinite(self.alive_ct).sum(axis=1) - 1
        kept = self.alive_ct[np.arange(len(last)), last]
        return np.asarray(np.bincount(last, weights=kept, minlength=self.alive_ct.shape[1]), dtype=np.float64)


@dataclass(frozen=True)
class SurvivalModel(ValueModel):
    """A model of contracts.

    Attributes:
        survival: (values, ages) -> share under contract at whole ages 0, 1, ...; shape of ages.
        lifetime: (values, d) -> discounted expected lifetime: sum over t >= 0 of survival / (1 + d)**t,
            the first period in; None where it is infinite.
    """

    survival: Callable[[Floats, npt.ArrayLike], Floats]
    lifetime: Callable[[Floats, float], float | None]


def cohort_survival(transactions: Transactions, *, days: int) -> CohortSurvival:
    """Cohorts by the period of their first payment, where every period under contract is paid once.

    A customer is under contract until the last payment. Ages at which a cohort is not wholly observed are
    NaN.

    Args:
        transactions: the payments.
        days: length of a period.
    """
    first_i = transactions.first_i
    last_i = np.zeros_like(first_i)
    np.maximum.at(last_i, transactions.customer_n, transactions.day_n)
    start, stop = int(first_i.min()), int(transactions.day_n.max())
    cohort_i, age_i = (first_i - start) // days, (last_i - first_i) // days
    cohorts = np.unique(cohort_i)
    # a customer won on the last day of a cohort must have had the whole period t in which to pay
    oldest = np.maximum((stop - start + 1 - (cohorts + 1) * days) // days, 0)
    ages = np.arange(oldest.max() + 1)
    alive = np.array([[(age_i[cohort_i == c] >= t).sum() for t in ages] for c in cohorts], dtype=np.float64)
    alive[ages[None, :] > oldest[:, None]] = np.nan
    return CohortSurvival(alive)


def _sbg_survival(values: Floats, ages: npt.ArrayLike) -> Floats:
    alpha, beta = values
    t = np.asarray(ages, dtype=np.float64)
    return np.asarray(np.exp(special.betaln(alpha, beta + t) - special.betaln(alpha, beta)))


def _sbg_log_likelihood(values: Floats, data: CohortSurvival) -> float:
    alpha, beta = values
    t = np.arange(1.0, data.alive_ct.shape[1] + 1)
    leaves = special.betaln(alpha + 1, beta + t[:-1] - 1) - special.betaln(alpha, beta)
    stays = special.betaln(alpha, beta + t - 1) - special.betaln(alpha, beta)
    return float(data.lost_t @ leaves + data.kept_t @ stays)


def _sbg_lifetime(values: Floats, d: float) -> float | None:
    """2F1(1, beta; alpha + beta; 1 / (1 + d)); without discount (alpha + beta - 1) / (alpha - 1)."""
    alpha, beta = values.tolist()
    if d == 0.0:
        return (alpha + beta - 1) / (alpha - 1) if alpha > 1 else None
    return float(special.hyp2f1(1.0, beta, alpha + beta, 1.0 / (1.0 + d)))


def _geometric_log_likelihood(values: Floats, data: CohortSurvival) -> float:
    rate = float(values[0])
    renewed, lost = float(np.nansum(data.alive_ct[:, 1:])), float(data.lost_t.sum())
    return lost * float(np.log(-np.expm1(-rate))) - renewed * rate


def _geometric_survival(values: Floats, ages: npt.ArrayLike) -> Floats:
    return np.asarray(np.exp(-values[0] * np.asarray(ages, dtype=np.float64)))


def _geometric_lifetime(values: Floats, d: float) -> float | None:
    """(1 + d) / (1 + d - retention)."""
    return float((1.0 + d) / (1.0 + d - np.exp(-values[0])))


SBG = SurvivalModel(
    "shifted beta-geometric",
    "CohortSurvival",
    ("alpha", "beta"),
    _sbg_log_likelihood,
    lambda data: (1.0, 1.0),
    "use more ages, or geometric: it fits where retention does not rise with age",
    _sbg_survival,
    _sbg_lifetime,
)
GEOMETRIC = SurvivalModel(
    "geometric",
    "CohortSurvival",
    ("lapse_rate",),
    _geometric_log_likelihood,
    lambda data: (1.0,),
    "somebody must renew and somebody must leave",
    _geometric_survival,
    _geometric_lifetime,
)
