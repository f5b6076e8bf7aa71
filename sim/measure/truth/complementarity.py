"""Complementarity of channels: do two of them reach different people and still meet in journeys that convert?

    symbol        meaning                                                                  shape
    reached_ic    consumer i of the panel was exposed to channel c                         (N, C)
    on_path_pc    channel c is on path p                                                   (P, C)
    orders_p      orders that path p stands for                                            (P,)
    jaccard_cc    J_ij = reached by both / reached by either                               (C, C)
    overlap_cc    reached by both / reached by the smaller of the two                      (C, C)
    path_lift_cc  L_ij = P(i and j on a converting path) / (P(i) P(j))                     (C, C)
    index_cc      CI_ij = (1 - J_ij) * L_ij / (1 + L_ij), 0 .. 1                           (C, C)

FACTS E.17; the index is a proposal of this project and is never shown without its parts. P is over
converting paths that met a channel. It describes who meets what under the plan and is no effect. What
has no denominator is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.event_log import Event, EventLog
from sim.market.vocabulary import Effect, Stage
from sim.market.world import World
from sim.measure.attribution.paths import Paths
from sim.measure.ratios import ratio

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
#: Stage -> effects that move people on from it or keep them there.
SERVES: dict[Stage, tuple[Effect, ...]] = {
    Stage.UNAWARE: (Effect.DISCOVER,),
    Stage.AWARE: (Effect.ENGAGE,),
    Stage.INTERESTED: (Effect.DECIDE,),
    Stage.DECIDING: (Effect.CONVERT,),
    Stage.CUSTOMER: (Effect.BOND, Effect.RETAIN, Effect.REPEAT),
    Stage.LOYAL: (Effect.ADVOCATE, Effect.RETAIN, Effect.REPEAT),
    Stage.ADVOCATE: (Effect.RETAIN, Effect.REPEAT),
    Stage.LAPSED: (Effect.WIN_BACK,),
}


@dataclass(frozen=True, eq=False)
class Complementarity:
    """Overlap of channels and their index; see the module's table.

    Attributes:
        consumers: consumers of the panel.
        paths: converting paths that met a channel.
    """

    channels: tuple[str, ...]
    consumers: int
    paths: float
    jaccard_cc: Floats
    overlap_cc: Floats
    path_lift_cc: Floats
    index_cc: Floats


def complementarity(log: EventLog, paths: Paths) -> Complementarity:
    """Overlap in reach from the log, and in converting journeys from the paths of the same channels."""
    converting = paths.conversions_p > 0
    return overlaps(
        log.world.channels, reached(log), on_path(paths)[converting], paths.conversions_p[converting]
    )


def overlaps(
    channels: tuple[str, ...], reached_ic: Flags, on_path_pc: Flags, orders_p: Floats
) -> Complementarity:
    """All measures from who was reached and what converting paths hold."""
    met_ic, path_pc = reached_ic.astype(np.float64), on_path_pc.astype(np.float64)
    both_cc = met_ic.T @ met_ic
    alone_c = np.diag(both_cc)
    together_cc = path_pc.T @ (orders_p[:, None] * path_pc)
    on_c, total = np.diag(together_cc), float(orders_p.sum())
    jaccard_cc = ratio(both_cc, alone_c[:, None] + alone_c - both_cc)
    path_lift_cc = ratio(together_cc * total, np.outer(on_c, on_c))
    return Complementarity(
        channels=channels,
        consumers=len(reached_ic),
        paths=total,
        jaccard_cc=jaccard_cc,
        overlap_cc=ratio(both_cc, np.minimum.outer(alone_c, alone_c)),
        path_lift_cc=path_lift_cc,
        index_cc=(1.0 - jaccard_cc) * path_lift_cc / (1.0 + path_lift_cc),
    )


def reached(log: EventLog) -> Flags:
    """Whether each consumer of the log was ever exposed to each channel, (N, C)."""
    reached_ic = np.zeros((len(log), len(log.world.channels)), dtype=np.bool_)
    touches = log.rows(Event.TOUCH)
    reached_ic[log.person_e[touches], log.channel_e[touches]] = True
    return reached_ic


def on_path(paths: Paths) -> Flags:
    """Whether each path holds each channel, (P, C)."""
    on_path_pc = np.zeros((paths.rows, len(paths.channels)), dtype=np.bool_)
    on_path_pc[paths.path_n, paths.channel_n] = True
    return on_path_pc


def stage_coverage(world: World, channels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Stage -> those of the channels that people there can meet and that move or keep them there."""
    rows = [(name, world.channels.index(name)) for name in channels]
    return {
        stage.name.lower(): tuple(
            name
            for name, c in rows
            if world.eligible_csr[c, stage].any() and (world.effect_ce[c, list(effects)] > 0).any()
        )
        for stage, effects in SERVES.items()
    }
