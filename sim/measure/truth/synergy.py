"""Synergy of channels: pairs, and all of them together (FACTS E.15).

symbol       meaning                                                            shape
v(S)         what the plan achieves when only the channels of S show anything   (R, V)
N            all channels that show something
I_ij         v(A + ij) - v(A + i) - v(A + j) + v(A): positive when two are worth more together

base         A                  read as
full         N without i, j     what the pair is worth beyond its parts inside the full plan:
                                v(N) - v(N - i) - v(N - j) + v(N - ij)
nothing      nobody             the same where no other channel shows:
                                v(ij) - v(i) - v(j) + v(nobody)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
Channels = frozenset[str]

#: Base of a pairwise synergy -> how it is told.
SYNERGY_BASES = {
    "full": "removed from the full plan: v(all) - v(all but i) - v(all but j) + v(all but i and j)",
    "nothing": "added to nothing: v(i and j) - v(i) - v(j) + v(nobody)",
}


@dataclass(frozen=True, eq=False)
class SynergyIndex:
    """SI = [v(all) - v(nobody)] / sum over channels of [v(channel alone) - v(nobody)].

    1 is additive, above 1 synergy, below 1 overlap. The same money by channel on both sides.

    Attributes:
        together_r: the numerator, one value a replicate.
        alone_rc: the terms of the denominator, (R, C).
    """

    together_r: Floats
    alone_rc: Floats

    @property
    def index_r(self) -> Floats:
        """SI by replicate; NaN where the parts alone achieve nothing."""
        return ratio(self.together_r, self.alone_rc.sum(axis=1))


def interaction(value: Callable[[Channels], Floats], everyone: Channels, i: str, j: str, base: str) -> Floats:
    """Synergy I_ij on a base of `SYNERGY_BASES`, by replicate."""
    others = everyone - {i, j} if base == "full" else frozenset()
    both = value(others | {i, j})
    return both - value(others | {i}) - value(others | {j}) + value(others)


def synergy_index(value: Callable[[Channels], Floats], names: tuple[str, ...]) -> SynergyIndex:
    """Synergy index of the channels named, with its parts in their order."""
    nobody = value(frozenset())
    alone_rc = np.stack([value(frozenset({name})) - nobody for name in names], axis=1)
    return SynergyIndex(value(frozenset(names)) - nobody, alone_rc)
