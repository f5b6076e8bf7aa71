"""How far attribution is from the truth, and what spending by it costs (FACTS D, E.25).

    symbol       meaning                                                          shape
    credit_rc    what a rule credits to each channel, by replicate                (R, C)
    truth_rc     what each channel brings: Shapley value or lift, by replicate    (R, C)
    share_c      part of the sum over channels; sums to 1                         (C,)
    error        mean over channels of |share credited - true share|
    rank         Spearman's correlation of credits and truth; ties share a rank
    regret       profit of the best plan judged - profit of a plan, paired        currency

A truth below zero stays below zero: its share is negative, and as no rule credits less than nothing, that
part of the error is out of every rule's reach. Shares of a sum that is not above 0 are undefined.

Figures are those of the means over replicates. Their intervals leave out one replicate at a time
(jackknife), so they carry the chance on both sides, and that of sampled Shapley values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.errors import OmnifunnelError
from sim.measure.replicates import Interval, interval

Floats = npt.NDArray[np.float64]
#: Mean absolute deviation of a normal variable over its standard deviation.
_MEAN_ABSOLUTE = math.sqrt(2.0 / math.pi)


@dataclass(frozen=True)
class Score:
    """One rule against one truth.

    Attributes:
        error: mean absolute share error; None where shares are undefined.
        rank: Spearman's correlation of the means; None where either side knows no order.
    """

    error: Interval | None
    rank: float | None


def score(credit_rc: Floats, truth_rc: Floats) -> Score:
    """Error and rank correlation of a rule's credits, (R, C) both."""
    rank = rank_correlation(credit_rc.mean(axis=0), truth_rc.mean(axis=0))
    return Score(jackknife(share_error, credit_rc, truth_rc), rank)


def error_change(credit_rc: Floats, other_rc: Floats, truth_rc: Floats) -> Interval | None:
    """Share error of `credit_rc` less that of `other_rc`, on the same replicates."""

    def change(credit_c: Floats, other_c: Floats, truth_c: Floats) -> float | None:
        error, other = share_error(credit_c, truth_c), share_error(other_c, truth_c)
        return None if error is None or other is None else error - other

    return jackknife(change, credit_rc, other_rc, truth_rc)


def share_intervals(amount_rc: Floats) -> list[Interval | None]:
    """Share of each channel in the sum, (C,) intervals."""
    return [jackknife(partial(_share, c), amount_rc) for c in range(amount_rc.shape[1])]


def noise_floor(truth_rc: Floats) -> float | None:
    """Error that a rule equal to the truth would show on average, from the chance left in the truth."""
    found = share_intervals(truth_rc)
    errors = [_standard_error(one) for one in found if one is not None]
    known = [error for error in errors if error is not None]
    return _MEAN_ABSOLUTE * math.fsum(known) / len(known) if known and len(known) == len(found) else None


def shares(amount_c: Floats) -> Floats | None:
    """Parts of the sum; None when the sum is not above 0."""
    total = float(amount_c.sum())
    return amount_c / total if total > 0 else None


def share_error(credit_c: Floats, truth_c: Floats) -> float | None:
    """Mean absolute difference of the shares; None when one side has none."""
    credited, true = shares(credit_c), shares(truth_c)
    return None if credited is None or true is None else float(np.abs(credited - true).mean())


def rank_correlation(first_c: Floats, second_c: Floats) -> float | None:
    """Spearman's correlation; None below two channels, or where all of one side are equal."""
    ranks = [_ranks(values_c) - (len(values_c) - 1) / 2 for values_c in (first_c, second_c)]
    spread = math.sqrt(float((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / spread if spread > 0 else None


def jackknife(statistic: Callable[..., float | None], *samples: Floats) -> Interval | None:
    """Interval of a statistic of means over replicates.

    Args:
        statistic: of one mean array a sample.
        samples: replicates along the first axis, as many in each.

    Returns:
        The statistic of the means, with a 95 % Student-t interval from leaving out one replicate at a time;
        no ends of one replicate, or where leaving one out makes it undefined. None where it is undefined.
    """
    found = statistic(*(sample.mean(axis=0) for sample in samples))
    if found is None:
        return None
    n = len(samples[0])
    left_out = [statistic(*(_without(sample, r) for sample in samples)) for r in range(n)] if n > 1 else []
    known = np.array([value for value in left_out if value is not None])
    if n < 2 or len(known) < n:
        return Interval(found, None, None, n)
    error = math.sqrt((n - 1) / n * float(((known - known.mean()) ** 2).sum()))
    half = float(special.stdtrit(n - 1, 0.975)) * error
    return Interval(found, found - half, found + half, n)


def regrets(profits: Mapping[str, Sequence[float]]) -> tuple[str, dict[str, Interval | None]]:
    """The best of the judged plans by mean profit, and what each plan falls short of it.

    Args:
        profits: plan -> profit by replicate, on the same draws.

    Raises:
        OmnifunnelError: no plan at all.
    """
    if not profits:
        raise OmnifunnelError("regret: at least one plan must have been judged")
    best = max(profits, key=lambda name: math.fsum(profits[name]))
    short = {
        name: interval([b - own for b, own in zip(profits[best], row, strict=True)])
        for name, row in profits.items()
    }
    return best, short


def _share(c: int, amount_c: Floats) -> float | None:
    found = shares(amount_c)
    return None if found is None else float(found[c])


def _without(sample: Floats, replicate: int) -> Floats:
    return np.asarray(np.delete(sample, replicate, axis=0).mean(axis=0))


def _ranks(values_c: Floats) -> Floats:
    """Ranks from 0; equal values share the mean of theirs."""
    _, place, count = np.unique(values_c, return_inverse=True, return_counts=True)
    last = np.cumsum(count) - 1
    return np.asarray((last - (count - 1) / 2.0)[place])


def _standard_error(found: Interval) -> float | None:
    if found.high is None:
        return None
    return (found.high - found.mean) / float(special.stdtrit(found.n - 1, 0.975))
