"""Concentration: how unevenly an amount is spread (FACTS E.21). Always name the window it is taken over.

    symbol     meaning                                                    shape   unit
    amount_n   what each customer brought, >= 0                           (N,)    any
    share_c    what each channel has of a total                           (C,)    0 .. 1

Each measure is None where there is nothing to share out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.generic]


def gini(amount_n: Numbers) -> float | None:
    """Gini coefficient: 0 where all are equal, (N - 1) / N where one has everything."""
    ordered = np.sort(np.asarray(amount_n, dtype=np.float64))
    n, total = len(ordered), ordered.sum()
    if not total > 0:
        return None
    place = np.arange(1, n + 1)
    return float(((2 * place - n - 1) * ordered).sum() / (n * total))


def top_share(amount_n: Numbers, share: float = 0.2) -> float | None:
    """What the top share of customers have of the total; a customer on the edge counts in part."""
    ordered = np.sort(np.asarray(amount_n, dtype=np.float64))[::-1]
    total = ordered.sum()
    if not total > 0:
        return None
    edge = share * len(ordered)
    whole = int(edge)
    part = (edge - whole) * ordered[whole] if whole < len(ordered) else 0.0
    return float((ordered[:whole].sum() + part) / total)


def hhi(amount_c: Numbers) -> float | None:
    """Herfindahl-Hirschman index: the sum of squared shares, from 1 / C to 1."""
    amounts = np.asarray(amount_c, dtype=np.float64)
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0 else None
