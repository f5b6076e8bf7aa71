"""Policies that follow attribution: money where the brand's own journeys give credit (FACTS A1.36, A3.8).

    symbol     meaning                                                        shape   unit
    value_c    revenue credited to each channel                               (C,)    currency
    billed_c   money that it billed in the same periods                       (C,)    currency
    roas_c     value_c / billed_c; 0 for what was not paid for                (C,)

Credit is read in the last block: what earlier mixes earned says less about the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.policy_options import Block, PolicyOptions

if TYPE_CHECKING:
    from sim import History

Floats = npt.NDArray[np.float64]


def as_credited(history: History, block: Block, rule: str) -> Floats:
    """Revenue of a block credited by an attribution rule, for the whole population, (C,)."""
    from sim import attribute

    paths = history.paths_between(*block)
    if paths.conversions <= 0:
        return np.zeros(len(history.channels))
    return np.asarray(history.people * attribute(paths, rule).value_c)


def credited_roas(history: History, block: Block) -> Floats:
    """Revenue that the last touch gets credit for, per unit of money billed, (C,)."""
    billed_c = history.billed_tc[slice(*block)].sum(axis=0)
    paid_c = billed_c > 0
    return np.where(paid_c, as_credited(history, block, "last") / np.where(paid_c, billed_c, 1.0), 0.0)


def in_proportion_to_roas(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """Money in proportion to credited revenue per unit of money; ROI ranks and spaces channels likewise."""
    return credited_roas(history, blocks[-1])


def cull(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """Channels below the least ROAS lose all; the others share it as before. All 0 if none passes."""
    offered_c = history.offered_tc[slice(*blocks[-1])].sum(axis=0)
    return np.where(credited_roas(history, blocks[-1]) >= options.least_roas, offered_c, 0.0)
