"""How likely each judged plan is the best of them, from paired replicates.

    symbol   meaning                                                    shape
    x_pr     objective of plan p on the judge's replicate r, of a       (P, R)
             ratio linearised (`Replicates.by_replicate`)
    d_pr     x_pr less plan p's mean: what chance did                   (P, R)
    m_ps     draw s of the true means                                   (P, S)

    m_s = mean_r x_r + sum_r d_r z_rs / sqrt(R (R - 1)) * sqrt((R - 1) / chi2_s),  z normal

The draws follow the multivariate t distribution with the covariance that the replicates themselves
show. For two plans, the share of draws in which the first is ahead is one less the one-sided p value of
the paired t test. A plain bootstrap over replicates is too sure of itself when replicates are few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from optimize.finalists import Finalist
    from sim import Interval, Replicates

Floats = npt.NDArray[np.float64]

#: Draws of the means, and their seed: the answer does not change from call to call.
DRAWS, SEED = 20_000, 7
#: Means this near, as a share of the largest, are one: the same plan under two names.
TIED = 1e-9


@dataclass(frozen=True)
class Standing:
    """One plan among those that could have been recommended.

    Attributes:
        plan: its key in `plans` and in `judged`.
        origin: `search`, or the name of a rule of thumb, or `status_quo`.
        chance: probability that it is the best of them; None where it is undefined.
        value: judged objective.
        against: paired difference to the recommended plan; None for that plan itself.
        replicates: sets of draws it met in the final, apart from the judge's; 0 if it was not in it.
    """

    plan: str
    origin: str
    chance: float | None
    value: Interval | None
    against: Interval | None
    replicates: int


def standings(
    judged: Replicates, kpi: str, final: Mapping[str, Finalist], names: Sequence[str] = ()
) -> tuple[Standing, ...]:
    """The plans named (default: all), the likeliest first; `final` says where each comes from."""
    names = names or tuple(judged.values)
    chance = chances({name: judged.by_replicate(name, kpi) for name in names})
    found = [
        Standing(
            name,
            final[name].origin if name in final else "search" if name == "recommended" else name,
            chance[name],
            judged.interval(name, kpi),
            None if name == "recommended" else judged.difference(name, "recommended", kpi),
            final[name].replicates if name in final else 0,
        )
        for name in names
    ]
    return tuple(sorted(found, key=lambda row: -(row.chance or 0.0)))


def chances(values: Mapping[str, Sequence[float | None]]) -> dict[str, float | None]:
    """Probability that each plan has the highest mean; plans that cannot be told apart share it.

    Args:
        values: plan -> objective by replicate, paired; higher is better.

    Returns:
        Plan -> probability; None for a plan that is undefined on some replicate, and for every plan when
        there are fewer than two replicates. The others add up to 1.
    """
    known = {name: row for name, row in values.items() if _whole(row)}
    found: dict[str, float | None] = dict.fromkeys(values)
    if not known or len(next(iter(known.values()))) < 2:
        return found
    means_ps = draws(np.array(list(known.values()), dtype=np.float64))
    top_s = means_ps.max(axis=0)
    near = TIED * np.maximum(np.abs(means_ps).max(axis=0), 1e-300)
    best_ps = (means_ps >= top_s - near).astype(np.float64)
    share_p = (best_ps / best_ps.sum(axis=0)).mean(axis=1)
    return found | dict(zip(known, share_p.tolist(), strict=True))


def draws(values_pr: Floats, *, count: int = DRAWS) -> Floats:
    """(P, S) draws of the true means, as the module says."""
    replicates = values_pr.shape[1]
    rng = np.random.default_rng(SEED)
    chance_pr = values_pr - values_pr.mean(axis=1, keepdims=True)
    z_rs = rng.standard_normal((replicates, count)) / np.sqrt(replicates * (replicates - 1))
    heavy_s = np.sqrt((replicates - 1) / rng.chisquare(replicates - 1, count))
    return np.asarray(values_pr.mean(axis=1, keepdims=True) + (chance_pr @ z_rs) * heavy_s)


def _whole(row: Sequence[float | None]) -> bool:
    return all(value is not None and np.isfinite(value) for value in row)
