"""A claim's number with its interval: a level, a ratio or a difference of variants under common draws.

    symbol      meaning                                                         shape
    above_r     numerator of the measure in each replicate                      (R,)
    below_r     denominator; all 1 for an amount                                (R,)
    x_rp        the parts side by side: above, below of variant and baseline    (R, P)
    g           level A / B, ratio (A / B) / (C / D), difference A / B - C / D,
                of the means over replicates
    u_r         influence of replicate r: grad g(mean) . (x_r - mean)           (R,)

The interval is 95 %, by the delta method: g has the standard error of the mean of u_r, and Student's t with
R - 1 degrees of freedom. Variants meet the same draws in the same replicate, so what they have in common
cancels in u_r. Means come before quotients: a replicate with few orders weighs no more than it holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.measure.ratios import influence
from sim.measure.replicates import Interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One measure of one variant over replicates; see the module's table.

    Attributes:
        detail: which of several the measure took, e.g. the channel of the worst outage.
    """

    above_r: Floats
    below_r: Floats
    detail: str = ""

    @property
    def level(self) -> float:
        """Mean above / mean below; NaN where it is undefined."""
        below = float(self.below_r.mean())
        return float(self.above_r.mean()) / below if below else math.nan


def compared(sample: Sample, against: Sample | None = None, *, how: str = "level") -> Interval | None:
    """The number a claim is about, with its 95 % interval.

    Args:
        sample: what is measured.
        against: the baseline, over the same replicates; None for a level.
        how: "level", "ratio" or "difference".

    Returns:
        None where a part is missing or a denominator is 0.
    """
    parts = [sample] if against is None or how == "level" else [sample, against]
    levels = [part.level for part in parts]
    if not all(map(math.isfinite, levels)) or (how == "ratio" and levels[1] == 0):
        return None
    u_r = [influence(part.above_r, part.below_r) for part in parts]
    if len(parts) == 1:
        return _interval(levels[0], u_r[0])
    first, second = levels
    if how == "difference":
        return _interval(first - second, u_r[0] - u_r[1])
    return _interval(first / second, u_r[0] / second - u_r[1] * first / second**2)


def _interval(value: float, u_r: Floats) -> Interval:
    n = len(u_r)
    if n == 1:
        return Interval(value, None, None, 1)
    half = float(special.stdtrit(n - 1, 0.975)) * float(u_r.std(ddof=1)) / math.sqrt(n)
    return Interval(value, value - half, value + half, n)
