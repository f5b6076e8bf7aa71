"""Pace of repeat orders: what a run shows of the luck in whom it won, which its media did not make.

    symbol       meaning                                                          shape         unit
    held_tks     consumers by stage at the start of each period                   (T, K, 8)
    stays_tks    those of them who do not lapse in it                             (T, K, 8)
    memory_tcks  mean remembered exposures of those in a stage                    (T, C, K, 8)  exposures
    push_tks     mean push on repeat orders of those in a stage                   (T, K, 8)     1
    pace         log of repeat orders / those of average customers

    memory = retain * memory + exposures; who moves takes the mean memory of the stage along
    strength = reach * a / (a + saturation), a = memory / reach (those on the platform hold it all)
    average customers order sum over t, k, s of stays * purchase rate * buying * (1 + push), where buying is
    the stage's factor times demand and price (`engine.terms`)

Own purchase rates differ widely between people and have no say in who becomes a customer. So whether the
customers won buy often is chance, and the largest part of the chance in a run's margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.run import Run
from sim.engine.terms import make_terms
from sim.market.layout import CELLS
from sim.market.vocabulary import N_STAGES, NEXT_STAGE, Effect
from sim.market.world import World

Floats = npt.NDArray[np.float64]
_AWAY = 1


def repeat_pace(run: Run) -> float:
    """The pace over the whole run; 0 where customers bought as often as average ones, media included."""
    held_tks = run.occupancy_tks[:-1].astype(np.float64)
    terms = make_terms(run.world)
    push_tks = _push(run.world, _memory(run, held_tks), terms)
    rate_k = run.world.purchase_kq[:, : CELLS + 1].mean(axis=1).astype(np.float64)
    stays_tks = held_tks - run.flows_tksdr[:, :, :, _AWAY].sum(axis=-1)
    buying_tks = terms["buying_uks"][terms["term_t"]].astype(np.float64)
    expected = stays_tks * buying_tks * (1.0 + push_tks) * rate_k[:, None]
    repeats = float(run.orders_tjkr[..., 1].sum())
    # Half an order each, so that a run without any has a finite pace.
    return float(np.log((repeats + 0.5) / (expected.sum() + 0.5)))


def _memory(run: Run, held_tks: Floats) -> Floats:
    """memory_tcks as it pushes in each period, this period's exposures and clicks included."""
    world = run.world
    seen_tck = np.maximum(run.exposures_tcks.sum(axis=-1), 1)
    weight_tck = 1.0 + world.click_weight_c[:, None] * run.clicks_tck / seen_tck
    met_tkcs = (run.exposures_tcks * weight_tck[..., None]).swapaxes(1, 2)
    moves_tkss = _moves(run.flows_tksdr.sum(axis=-1), held_tks)
    total_kcs = np.zeros(met_tkcs.shape[1:])
    total_tkcs = np.zeros(met_tkcs.shape)
    for t, met_kcs in enumerate(met_tkcs):
        total_tkcs[t] = world.retain_c[:, None] * total_kcs + met_kcs
        total_kcs = total_tkcs[t] @ moves_tkss[t]
    return total_tkcs.swapaxes(1, 2) / np.maximum(held_tks, 1e-9)[:, None]


def _moves(flows_tksd: npt.NDArray[np.int64], held_tks: Floats) -> Floats:
    """Share of each stage's consumers that a period brings to each stage, (T, K, 8, 8)."""
    share_tksd = np.minimum(flows_tksd / np.maximum(held_tks, 1e-9)[..., None], 1.0)
    moves_tkss = np.zeros((*held_tks.shape, N_STAGES))
    for stage in range(N_STAGES):
        moves_tkss[:, :, stage, stage] = 1.0 - share_tksd[:, :, stage].sum(axis=-1)
        for direction, reached in enumerate(NEXT_STAGE[stage]):
            if reached >= 0:
                moves_tkss[:, :, stage, reached] += share_tksd[:, :, stage, direction]
    return moves_tkss


def _push(world: World, memory_tcks: Floats, terms: Mapping[str, Any]) -> Floats:
    """push_tks, with mean responsiveness."""
    reach_ck1 = np.maximum(world.reach_ck, 1e-9)[:, :, None]
    own_tcks = memory_tcks / reach_ck1
    strength_tcks = reach_ck1 * own_tcks / (own_tcks + world.saturation_c[:, None, None])
    lift_tcks = np.einsum("cd,tdks->tcks", world.boost_cd, strength_tcks)
    lifted_tcks = strength_tcks * np.maximum(1.0 + lift_tcks, 0.0)
    theta_k = world.theta_kq[:, : CELLS + 1].mean(axis=1).astype(np.float64)
    effect_tkc = terms["effect_ukce"][terms["term_t"], :, :, Effect.REPEAT].astype(np.float64)
    return np.asarray(np.einsum("tkc,tcks,k->tks", effect_tkc, lifted_tcks, theta_k))
