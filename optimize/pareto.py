"""Non-dominated plans of two or more objectives, all of which are to be high."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Plans of a front that are judged.
POINTS = 8


def non_dominated(values_nk: Floats) -> list[int]:
    """Rows that no other row beats or equals in all objectives and beats in one."""
    keep = []
    for n, row in enumerate(values_nk):
        at_least = np.all(values_nk >= row, axis=1)
        better = np.any(values_nk > row, axis=1)
        same_before = np.all(values_nk[:n] == row, axis=1)
        if not np.any(at_least & better) and not same_before.any():
            keep.append(n)
    return keep


def spread(values_nk: Floats, points: int = POINTS) -> list[int]:
    """At most `points` rows that cover a front: the ends first, then always the widest gap."""
    count = len(values_nk)
    if count <= points:
        return list(range(count))
    span = np.ptp(values_nk, axis=0)
    scaled = (values_nk - values_nk.min(axis=0)) / np.where(span > 0, span, 1.0)
    chosen = list(dict.fromkeys(int(np.argmax(scaled[:, k])) for k in range(scaled.shape[1])))[:points]
    while len(chosen) < points:
        gap_n = np.min(np.linalg.norm(scaled[:, None, :] - scaled[None, chosen, :], axis=2), axis=1)
        chosen.append(int(np.argmax(gap_n)))
    return sorted(chosen)


def knee(values_nk: Floats) -> int:
    """The row nearest to the best of every objective at once, each scaled to the front's own span."""
    span = np.ptp(values_nk, axis=0)
    lack = (values_nk.max(axis=0) - values_nk) / np.where(span > 0, span, 1.0)
    return int(np.argmin(np.linalg.norm(lack, axis=1)))


def hypervolume(values_nk: Floats) -> float:
    """Volume between the origin and the points: the part of space that some point dominates.

    Points count as far as they lie above the origin in every objective. Slabs along the last objective,
    each with the volume that the points reaching it dominate in the others.
    """
    values_nk = values_nk[np.all(values_nk > 0, axis=1)]
    if not len(values_nk):
        return 0.0
    if values_nk.shape[1] == 1:
        return float(values_nk.max())
    values_nk = values_nk[np.argsort(-values_nk[:, -1], kind="stable")]
    ends = np.append(values_nk[1:, -1], 0.0)
    thick_n = values_nk[:, -1] - ends
    return float(sum(d * hypervolume(values_nk[: n + 1, :-1]) for n, d in enumerate(thick_n) if d > 0))
