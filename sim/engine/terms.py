"""Terms: what consumers meet in a period whatever they do, as the arrays that compiled code reads.

Periods with the same conditions share a row, so a market without events has one row in all.

    symbol             meaning                                                   shape             type
    u                  distinct terms                                            U
    term_t             terms in force in a period                                (T,)              int64
    base_uks           rate of the move onward without channels                  (U, K, 8)         float32
    effect_ukce        push per unit of strength                                 (U, K, C, 9)      float32
    buying_uks         multiplies a consumer's own rate of orders                (U, K, 8)         float32
    click_urcx         thresholds of a click by exposures, resolved or not       (U, 2, C, 16)     uint32
    open_ukj           multiplies the preference for a selling channel           (U, K, J)         float32
    basket_uoj         multiplies the order value, under coupon o                (U, O + 1, J)     float64
    margin_rate_uoj    margin per currency paid, before points and rewards       (U, O + 1, J)     float64
    extra_uk           share of the repeat orders that a discount adds           (U, K)            float64
    surge_uj           expected demand at a selling channel, up to a factor      (U, J)            float64

    price_uk = sum_j w_kj (1 - d_uj)^elasticity_k / sum_j w_kj, with w_kj = preference_kj open_uj: how much
    more is ordered at the prices of the period. Demand and price lift the moves towards an order and the
    orders; bonds and what retains know no season.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.draws import threshold
from sim.market.layout import MOST_EXPOSURES
from sim.market.vocabulary import Effect, Stage
from sim.market.world import World

Floats = npt.NDArray[np.float64]
#: Worlds whose arrays are kept: a search simulates one world many times, a test of robustness a few.
KEPT = 8
#: Stages and effects whose move is an order; those before it on the way there.
_ORDER_STAGES, _EARLY_STAGES = [Stage.DECIDING, Stage.LAPSED], [Stage.UNAWARE, Stage.AWARE, Stage.INTERESTED]
_ORDER_EFFECTS = [Effect.CONVERT, Effect.WIN_BACK]
_EARLY_EFFECTS = [Effect.DISCOVER, Effect.ENGAGE, Effect.DECIDE]


@lru_cache(maxsize=KEPT)
def make_terms(world: World) -> Mapping[str, Any]:
    """All arrays of the table above, by name; kept for the worlds met last, which do not change."""
    conditions, more = world.conditions, world.behaviours
    open_tj = world.availability_tc[:, world.sell_j]
    what_t = np.column_stack(
        [conditions.effect_tc, conditions.ctr_tc, conditions.demand_t, conditions.discount_tj, open_tj]
    )
    _, first_u, term_t = np.unique(what_t, axis=0, return_index=True, return_inverse=True)
    demand_u = conditions.demand_t[first_u]
    cut_uj, open_uj = conditions.discount_tj[first_u], open_tj[first_u]
    lift_ukj = (1.0 - cut_uj[:, None, :]) ** more.elasticity_k[None, :, None]
    wanted_ukj = world.preference_kj[None].astype(np.float64) * open_uj[:, None, :]
    price_uk = _ratio((wanted_ukj * lift_ukj).sum(axis=2), wanted_ukj.sum(axis=2))
    paid_uoj = (1.0 - cut_uj[:, None, :]) * (1.0 - more.coupon_off_o[None, :, None])
    terms = {
        "term_t": term_t.reshape(-1).astype(np.int64),
        "base_uks": (world.base_ks[None] * _by_stage(demand_u, price_uk)).astype(np.float32),
        "effect_ukce": _effects(world, conditions.effect_tc[first_u], demand_u, price_uk),
        "buying_uks": (world.purchase_factor_s * (demand_u[:, None] * price_uk)[:, :, None]).astype(
            np.float32
        ),
        "click_urcx": _clicks(world, conditions.ctr_tc[first_u]),
        "open_ukj": (open_uj[:, None, :] * lift_ukj).astype(np.float32),
        "basket_uoj": world.basket_j * paid_uoj,
        "margin_rate_uoj": world.margin_rate_j - (1.0 - world.gross_margin) * (1.0 / paid_uoj - 1.0),
        "extra_uk": np.maximum(0.0, 1.0 - 1.0 / price_uk),
        "surge_uj": demand_u[:, None]
        * np.einsum("k,ukj->uj", world.agents_k, _shares(wanted_ukj * lift_ukj) * price_uk[:, :, None]),
    }
    for array in terms.values():
        array.flags.writeable = False
    return MappingProxyType(terms)


def _by_stage(demand_u: Floats, price_uk: Floats) -> Floats:
    """Factor on the move onward from each stage, (U, K, 8)."""
    factor_uks = np.ones((*price_uk.shape, len(Stage)))
    factor_uks[:, :, _EARLY_STAGES] = demand_u[:, None, None]
    factor_uks[:, :, _ORDER_STAGES] = (demand_u[:, None] * price_uk)[:, :, None]
    return factor_uks


def _effects(world: World, effect_uc: Floats, demand_u: Floats, price_uk: Floats) -> npt.NDArray[np.float32]:
    factor_uke = np.ones((*price_uk.shape, len(Effect)))
    factor_uke[:, :, _EARLY_EFFECTS] = demand_u[:, None, None]
    factor_uke[:, :, _ORDER_EFFECTS] = (demand_u[:, None] * price_uk)[:, :, None]
    pushed_ukce = world.effect_ce * effect_uc[:, None, :, None] * factor_uke[:, :, None, :]
    return np.asarray(pushed_ukce, dtype=np.float32)


def _clicks(world: World, ctr_uc: Floats) -> npt.NDArray[np.uint32]:
    """Thresholds of 1 - (1 - ctr)^x for unresolved and resolved consumers."""
    personal_rc = np.stack([np.ones(len(world.channels)), world.behaviours.personal_ctr_c])
    ctr_urc = np.minimum(1.0, world.ctr_c * ctr_uc[:, None, :] * personal_rc[None])
    return threshold(1.0 - (1.0 - ctr_urc[..., None]) ** np.arange(MOST_EXPOSURES + 1))


def _shares(weight_ukj: Floats) -> Floats:
    return _ratio(weight_ukj, weight_ukj.sum(axis=2, keepdims=True), otherwise=0.0)


def _ratio(above: Floats, below: Floats, otherwise: float = 1.0) -> Floats:
    """above / below, and `otherwise` where below is zero: with every shop shut, prices change nothing."""
    safe = np.where(below > 0, below, 1.0)
    return np.where(below > 0, above / safe, otherwise)
