"""Ratios of arrays: what has no denominator is NaN, and so has no interval (`replicates.interval`)."""

from __future__ import annotations

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
