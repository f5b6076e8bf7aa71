"""Pace of repeat orders: what a run shows of the luck in whom it won, which its media did not make.

    symbol       meaning                                                          shape         unit
    held_tks     consumers by stage at the start of each period                   (T, K, 8)
    stays_tks    those of them who do not lapse in it                             (T, K, 8)
    memory_tcks  mean remembered exposures of those in a stage                    (T, C, K, 8)  exposures
    push_tks     mean push on repeat orders of those in a stage                   (T, K, 8)     1
    pace         log of repeat orders / those of average customers

    memory = retain * memory + exposures; who moves takes the mean memory of the stage along
    strength = reach * a / (a + saturation), a = memory / reach (those on the platform hold it all)
    average customers order sum over t, k, s of stays * purchase rate * stage factor * (1 + push)

Own purchase rates differ widely between people and have no say in who becomes a customer. So whether the
customers won buy often is chance, and the largest part of the chance in a run's margin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.engine.run import Run
from sim.market.layout import CELLS
from sim.market.vocabulary import N_STAGES, NEXT_STAGE, Effect
from sim.market.world import World

Floats = npt.NDArray[np.float64]
_AWAY = 1


def repeat_pace(run: Run) -> float:
    """The pace over the whole run; 0 where customers bought as often as average ones, media included."""
    held_tks = run.occupancy_tks[:-1].astype(np.float64)
    push_tks = _push(run.world, _memory(run, held_tks))
    rate_k = run.world.purchase_kq[:, : CELLS + 1].mean(axis=1).astype(np.float64)
    stays_tks = held_tks - run.flows_tksdr[:, :, :, _AWAY].sum(axis=-1)
    expected = stays_tks * run.world.purchase_factor_s * (1.0 + push_tks) * rate_k[:, None]
    repeats = float(run.orders_tjkr[..., 1].sum())
    # Half an order each, so that a run without any has a finite pace.
    return float(np.log((repeats + 0.5) / (expected.sum() + 0.5)))


def _memory(run: Run, held_tks: Floats) -> Floats:
    """memory_tcks as it pushes in each period, this period's exposures and clicks included."""
    world, flows_tksd = run.world, run.flows_tksdr.sum(axis=-1)
    seen_tck = np.maximum(run.exposures_tcks.sum(axis=-1), 1)
    weight_tck = 1.0 + world.click_weight_c[:, None] * run.clicks_tck / seen_tck
    met_tcks = run.exposures_tcks * weight_tck[..., None]
    held_tks = np.maximum(held_tks, 1e-9)
    share_tksd = np.minimum(flows_tksd / held_tks[..., None], 1.0)
    total_cks = np.zeros(met_tcks.shape[1:])
    memory_tcks = np.zeros(met_tcks.shape)
    for t, met_cks in enumerate(met_tcks):
        total_cks = world.retain_c[:, None, None] * total_cks + met_cks
        memory_tcks[t] = total_cks / held_tks[t]
        stays_ks = 1.0 - share_tksd[t].sum(axis=-1)
        total_cks = total_cks * stays_ks + _carried(total_cks, share_tksd[t])
    return memory_tcks


def _carried(total_cks: Floats, share_ksd: Floats) -> Floats:
    """Memory that moves bring into each stage."""
    into_cks = np.zeros_like(total_cks)
    for stage in range(N_STAGES):
        for direction, reached in enumerate(NEXT_STAGE[stage]):
            if reached >= 0:
                into_cks[:, :, reached] += total_cks[:, :, stage] * share_ksd[:, stage, direction]
    return into_cks


def _push(world: World, memory_tcks: Floats) -> Floats:
    """push_tks, with mean responsiveness."""
    reach_ck1 = np.maximum(world.reach_ck, 1e-9)[:, :, None]
    own_tcks = memory_tcks / reach_ck1
    strength_tcks = reach_ck1 * own_tcks / (own_tcks + world.saturation_c[:, None, None])
    lift_tcks = np.einsum("cd,tdks->tcks", world.boost_cd, strength_tcks)
    lifted_tcks = strength_tcks * np.maximum(1.0 + lift_tcks, 0.0)
    theta_k = world.theta_kq[:, : CELLS + 1].mean(axis=1).astype(np.float64)
    return np.asarray(np.einsum("c,tcks,k->tks", world.effect_ce[:, Effect.REPEAT], lifted_tcks, theta_k))
