"""Chance that the pace of a run shows, so that a surface can be told of it.

    symbol      meaning                                                            shape
    pace_nm     paces of the run of each plan (`sim.repeat_pace`)                  (N, M)
    w_n         weight of each plan                                                (N,)
    z_nm        pace less the mean of its block of draws, in standard deviations   (N, M)

A plan is lucky when the customers it won happen to buy often. The pace shows that, and the surface, told of
it, has less chance left to average (a control variate whose coefficient comes with the fit). A control must
not answer to the plan itself: what a plan does to it would bend the surface, and taking a smooth function of
the plan off it first costs the fit as much as it saves. Hence only a pace that media have been taken out of.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

#: Standard deviation of a pace below which it tells nothing.
STILL = 1e-9


def chance_in(pace_nm: Floats, block_n: Indices | None, weight_n: Floats) -> Floats:
    """z_nm; a pace that never varies within a block is left out."""
    block_n = np.zeros(len(pace_nm), dtype=np.intp) if block_n is None else block_n
    rest_nm = np.array(pace_nm, dtype=np.float64)
    for block in np.unique(block_n):
        mine = block_n == block
        rest_nm[mine] -= np.average(rest_nm[mine], axis=0, weights=weight_n[mine])
    sd_m = np.sqrt(weight_n @ rest_nm**2 / weight_n.sum())
    varies_m = sd_m > STILL
    return np.asarray(rest_nm[:, varies_m] / sd_m[varies_m])
