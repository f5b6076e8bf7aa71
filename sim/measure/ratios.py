"""Ratios: of arrays, and of means over replicates.

What has no denominator is NaN, and so has no interval (`replicates.interval`).

    symbol    meaning                                                            shape
    above_r   numerator in each replicate                                        (R,)
    below_r   denominator                                                        (R,)
    u_r       influence of replicate r on mean above / mean below, by the        (R,)
              delta method: (above_r - ratio below_r) / mean below
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """above / below, element by element; NaN where below is 0."""
    result = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def quotient(above: float, below: float) -> float | None:
    """above / below of two numbers; None where below is 0."""
    return float(above) / float(below) if below else None


def influence(above_r: npt.NDArray[Any], below_r: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """u_r of the module's table; its mean is 0 and its standard error that of the ratio."""
    below = below_r.mean()
    return np.asarray((above_r - above_r.mean() / below * below_r) / below, dtype=np.float64)


def linearised(above: Sequence[float], below: Sequence[float]) -> tuple[float | None, ...]:
    """One number a replicate, whose mean is sum of above / sum of below and whose spread is that ratio's.

    Student's t interval of their mean is the interval of the ratio, and differences of two such rows,
    replicate by replicate, give that of a paired difference. A replicate in which few bought weighs no more
    than it holds, and one without a denominator is no reason to know nothing; all None where all are.
    """
    above_r, below_r = np.array(above, dtype=np.float64), np.array(below, dtype=np.float64)
    if not below_r.sum():
        return (None,) * len(below_r)
    return tuple((above_r.sum() / below_r.sum() + influence(above_r, below_r)).tolist())
