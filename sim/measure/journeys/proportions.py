"""Difference of two shares with an interval that does not collapse at 0, at 1 or for a single case.

Newcombe's hybrid of two Wilson intervals (Newcombe 1998, Statistics in Medicine 17, 873-890, method 10).
Where each share lies within its own interval, the difference lies within

    p1 - p2 - sqrt((p1 - l1)^2 + (u2 - p2)^2)   to   p1 - p2 + sqrt((u1 - p1)^2 + (p2 - l2)^2)

A Wilson interval holds the shares p from which the one observed is at most z standard errors of p away.
"""

from __future__ import annotations

import math

#: Normal quantile of a 95 % interval.
Z = 1.959963984540054


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, hits of n >= 1."""
    share, spread = hits / n, Z * Z / n
    middle = share + spread / 2
    half = math.sqrt(spread * (share * (1 - share) + spread / 4))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # rounding must not put the observed share outside
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def newcombe(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float, float]:
    """95 % interval of hits / n - other_hits / other_n, independent samples of at least 1."""
    share, other = hits / n, other_hits / other_n
    (low, high), (other_low, other_high) = wilson(hits, n), wilson(other_hits, other_n)
    difference = share - other
    return (
        difference - math.hypot(share - low, other_high - other),
        difference + math.hypot(high - share, other - other_low),
    )


def evidence(difference: float, low: float, high: float) -> float:
    """A difference in lengths of its interval's arm toward 0; above 1 the interval leaves out 0."""
    if difference == 0:
        return 0.0
    return difference / (difference - low) if difference > 0 else difference / (difference - high)
