"""Policies by name: from what a brand has recorded to the mix of the next periods.

    symbol      meaning                                                            shape
    weight_c    how the money of the coming periods is to be split, any unit       (C,)

A policy is a function of a `History` and nothing else that the market knows. Limits, pace and reserve are
not its business: `replanning` takes its weights onto them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from optimize.credit_policies import as_credited, cull, in_proportion_to_roas
from optimize.curve_policies import credited_curves
from optimize.health_policies import channel_health
from optimize.policy_options import Block, PolicyOptions
from sim import LimitError

if TYPE_CHECKING:
    from sim import History

Floats = npt.NDArray[np.float64]


class Policy(Protocol):
    """What every policy is."""

    def __call__(self, history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
        """Weights of the channels, (C,), >= 0; all 0 where it has nothing to say.

        Args:
            history: what was recorded so far.
            blocks: (first period, period after the last) of every block that is over; at least one.
            options: thresholds.
        """


@dataclass(frozen=True)
class Named:
    """A policy and what people call it; thresholds are filled into the label."""

    label: str
    weights: Policy

    def called(self, options: PolicyOptions) -> str:
        """The label with the thresholds in force."""
        return self.label.format(roas=f"{options.least_roas:g}", activity=f"{options.least_activity:g}")


def hold(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """The mix of the last block, unchanged."""
    first, stop = blocks[-1]
    return np.asarray(history.offered_tc[first:stop].sum(axis=0))


def last_click(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """In proportion to the revenue of the last block that the last touch gets credit for."""
    return as_credited(history, blocks[-1], "last")


def markov(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """In proportion to the revenue of the last block that removal from a Markov chain credits."""
    return as_credited(history, blocks[-1], "markov_1")


POLICIES: dict[str, Named] = {
    "hold": Named("keep the mix where it can be placed", hold),
    "last_click": Named("as last touch credits", last_click),
    "markov": Named("as Markov chain credits", markov),
    "proportional_roi": Named("in proportion to credited ROAS", in_proportion_to_roas),
    "cull": Named("cull below credited ROAS {roas}", cull),
    "rfm": Named("channel health (RFM) below {activity}", channel_health),
    "surrogate": Named("curves through credited revenue", credited_curves),
}


def weights_of(name: str, history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """A policy's weights; those of the last block where the policy has nothing to say.

    Raises:
        LimitError: a policy that gave no finite weight, or one below 0.
    """
    weight_c = np.asarray(POLICIES[name].weights(history, blocks, options), dtype=np.float64)
    if weight_c.shape != (len(history.channels),) or not np.all(np.isfinite(weight_c) & (weight_c >= 0)):
        raise LimitError(f"policy {name}: must give a weight >= 0 for each channel, got {weight_c}")
    return weight_c if weight_c.sum() > 0 else hold(history, blocks, options)
