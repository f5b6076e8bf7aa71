"""How much money each block gets, and what a brand has learnt about how much a channel can place.

symbol     meaning                                                               shape   unit
pace_f     share of the total meant for each block: today's, less the reserve    (F,)
most_c     money a channel is offered per period at most; inf: not known         (C,)    currency
room       times what a channel could not exceed that it is offered next
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.policy_options import Block
from sim import LimitError

if TYPE_CHECKING:
    from optimize.problem import BudgetProblem
    from sim import History

Floats = npt.NDArray[np.float64]
#: Share of the money offered below which what was billed is all that a channel could place.
PLACED = 0.98
#: Share of that offer which it is offered again in any case: audiences grow.
AGAIN = 0.5


def pace(problem: BudgetProblem, reserve: float) -> Floats:
    """(F,) share of the total meant for each block: as today spends it, the reserve for the last one.

    Raises:
        LimitError: a reserve outside 0 .. 1.
    """
    if not 0 <= reserve <= 1:
        raise LimitError(f"reserve: must be a share, 0 to 1, got {reserve}")
    share_f = problem.anchor.reshape(len(problem.flights), -1).sum(axis=1)
    pace_f = (1.0 - reserve) * share_f
    pace_f[-1] += reserve
    return np.asarray(pace_f)


def most_placed(history: History, block: Block, room: float) -> Floats:
    """(C,) money per period that each channel can place, by the last block; inf where all was placed."""
    first, stop = block
    offered_c, billed_c = (
        money_tc[first:stop].sum(axis=0) for money_tc in (history.offered_tc, history.billed_tc)
    )
    short_c = billed_c < PLACED * offered_c
    most_c = np.maximum(room * billed_c, AGAIN * offered_c) / (stop - first)
    return np.where(short_c, most_c, np.inf)


def filled(money: float, weight_c: Floats, most_c: Floats) -> Floats:
    """(C,) money split by weight, none above its most; what is over goes to the others in proportion.

    Where even that leaves money over, it is split by weight after all: the total is to be offered.
    """
    found_c, open_c, left = np.zeros(len(weight_c)), weight_c > 0, money
    while open_c.any() and left > 0:
        share_c = np.where(open_c, weight_c, 0.0)
        wanted_c = found_c + left * share_c / share_c.sum()
        full_c = open_c & (wanted_c >= most_c)
        if not full_c.any():
            return np.asarray(wanted_c)
        found_c[full_c] = most_c[full_c]
        open_c &= ~full_c
        left = money - float(found_c.sum())
    return np.asarray(found_c + max(left, 0.0) * weight_c / weight_c.sum())
