"""Policy `surrogate`: a curve a channel through credited revenue, and the mix where all are equally steep.

    symbol     meaning                                                        shape    unit
    v_bc       revenue of block b that a Markov chain credits to channel c    (B, C)   currency
    m_bc       money that channel c billed in block b                         (B, C)   currency
    beta       elasticity of credited revenue, common to all channels
    alpha_c    log level of each channel                                      (C,)
    delta_b    log level of each block: the market grows, seasons turn        (B,)

    log v_bc = alpha_c + delta_b + beta log m_bc + noise,   beta ~ Normal(0.5, 0.15)

One block says nothing about beta, and the prior stands. With equal exponents the best split of any total is
m_c proportional to (exp(alpha_c))^(1 / (1 - beta)) (FACTS E, optimiser closed forms).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.credit_policies import as_credited
from optimize.policy_options import Block, PolicyOptions

if TYPE_CHECKING:
    from sim import History

Floats = npt.NDArray[np.float64]
#: Mean and standard deviation of the elasticity before anything was seen, and of the noise in log revenue.
ELASTICITY, DOUBT, NOISE = 0.5, 0.15, 0.1
#: Range of elasticities believed in: at 1 all money would go to one channel.
RANGE = (0.1, 0.8)
SURE = 1e-3


def credited_curves(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """Money where the fitted curves are equally steep."""
    value_bc = np.array([as_credited(history, block, "markov_1") for block in blocks])
    billed_bc = np.array([history.billed_tc[slice(*block)].sum(axis=0) for block in blocks])
    known_bc = (value_bc > 0) & (billed_bc > 0)
    if not known_bc.any():
        return np.zeros(len(history.channels))
    alpha_c, beta = fit_curves(value_bc, billed_bc, known_bc)
    level_c = np.where(known_bc.any(axis=0), alpha_c, -np.inf)
    return np.asarray(np.exp((level_c - level_c.max()) / (1.0 - beta)))


def fit_curves(
    value_bc: Floats,
    billed_bc: Floats,
    known_bc: npt.NDArray[np.bool_],
    *,
    mean: float = ELASTICITY,
    doubt: float = DOUBT,
) -> tuple[Floats, float]:
    """Levels of the channels, relative to each other, and the elasticity, by penalised least squares.

    Args:
        value_bc: (B, C) revenue credited.
        billed_bc: (B, C) money billed.
        known_bc: (B, C) cells to fit, both above 0.
        mean: of the elasticity beforehand.
        doubt: standard deviation of it.
    """
    blocks, channels = value_bc.shape
    b, c = np.nonzero(known_bc)
    n = np.arange(len(b))
    rows = np.zeros((len(b) + 2, channels + blocks + 1))
    rows[n, c] = rows[n, channels + b] = 1.0 / NOISE
    rows[n, -1] = np.log(billed_bc[b, c]) / NOISE
    rows[-2, -1] = 1.0 / doubt
    rows[-1, -2] = 1.0 / NOISE  # the last block's level is 0: only differences are told
    wanted = np.concatenate([np.log(value_bc[b, c]) / NOISE, [mean / doubt, 0.0]])
    found = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    beta = float(np.clip(found[-1], *RANGE))
    if abs(beta - found[-1]) > SURE:
        return fit_curves(value_bc, billed_bc, known_bc, mean=beta, doubt=SURE)
    return np.asarray(found[:channels]), beta
