"""Inverse CDFs as tables, so that every distribution is one look-up of one uniform draw.

A table has three parts of CELLS + 1 values: the quantiles over all of (0, 1), over its first 1/1024 and
over its last 1/1024; `rules.quantile` reads it. Within the last millionth on either side the table is one
straight line, whose end is set so that its mean is that of an exponential tail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.market.layout import CELLS

Table = npt.NDArray[np.float32]
_END = 2.0**-20 * np.exp(-2.0)


def tabulate(quantile: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> Table:
    """Table of an inverse CDF, (3 * (CELLS + 1),) float32. `quantile` must accept arrays in (0, 1)."""
    grid = np.arange(CELLS + 1) / CELLS
    parts = [grid, grid / CELLS, 1.0 - (1.0 - grid) / CELLS]
    return np.asarray(quantile(np.clip(np.concatenate(parts), _END, 1.0 - _END)), dtype=np.float32)


def lognormal(mean: float, cv: float) -> Table:
    """Lognormal with the given mean and coefficient of variation; cv 0 is the constant `mean`."""
    sigma = np.sqrt(np.log1p(cv * cv))
    return tabulate(lambda p: mean * np.exp(sigma * special.ndtri(p) - 0.5 * sigma * sigma))


def gamma(mean: float, shape: float) -> Table:
    """Gamma with the given mean and shape; mean 0 is the constant 0."""
    return tabulate(lambda p: special.gammaincinv(shape, p) * (mean / shape))
