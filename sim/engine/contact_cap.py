"""A cap on paid exposures over all channels: a person whose identity is known is spared the rest.

    symbol      meaning                                                    type, shape
    shown       exposures to channels with a price so far in the period    int32 (TILE,)
    cap         most of them for a resolved consumer; 0: no cap            int
    withheld_c  exposures held back in a period, in the sample             int64 (C,)

Channels are met in an order drawn anew each period, so no channel is favoured. What is held back is not
billed: the money a channel was paid for impressions is given back in the proportion held back.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compile import compiled, inlined

_I = np.int32


@inlined
def allowed(exposures, shown, cap, resolved):  # type: ignore[no-untyped-def]
    """Exposures that a consumer gets of those a channel has for them."""
    room = cap - shown
    return exposures if (not resolved) or exposures <= room else room


@compiled
def hold_back(exposures, key, shown, cap, n):  # type: ignore[no-untyped-def]
    """Cut one channel's exposures of a tile; returns (exposures held back, consumers reached)."""
    withheld, reached = _I(0), _I(0)
    for i in range(n):
        kept = allowed(exposures[i], shown[i], _I(cap), key[i] >= _I(8))
        withheld += exposures[i] - kept
        reached += _I(kept > _I(0))
        exposures[i] = kept
        shown[i] += kept
    return np.int64(withheld), np.int64(reached)


@compiled
def refund(board, prices, exposures_cks, withheld_c):  # type: ignore[no-untyped-def]
    """Take what was held back off the period's bills; fees stay."""
    for c in range(withheld_c.shape[0]):
        if withheld_c[c] > 0:
            fee = np.int64(math.floor(prices.fixed_c[c] * prices.scale[1] + 0.5))
            shown = 0
            for k in range(exposures_cks.shape[1]):
                for s in range(exposures_cks.shape[2]):
                    shown += exposures_cks[c, k, s]
            share = withheld_c[c] / (shown + withheld_c[c])
            back = np.int64(math.floor(max(0, board.billed_c[c] - fee) * share + 0.5))
            board.billed_c[c] -= back
            board.unspent_c[c] += back
