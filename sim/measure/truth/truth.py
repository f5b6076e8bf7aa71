"""truth(): what each channel really does, by running the market without it under the same draws.

    symbol       meaning                                                              shape
    N            channels that show something under the plan: the players             (C,)
    v(S)         what the plan achieves when only the channels of S show              (R, V)
    lift         v(N) - v(N - c): what is lost when c falls silent and the rest stays
    synergy      I_ij, see `SYNERGY_BASES`
    Shapley      mean gain of c over all orders of joining
    returns      iROAS, ROI, mROI of c's money, see `returns`
    outage       c fails for a while, see `resilience`

A silent channel shows nothing and gets no money; where it sells, it goes on selling. Word of mouth is a
player like the others, so v(nobody) is the market left to itself: less than zero spend. Lifts need not
sum to anything; Shapley values sum to v(N) - v(nobody).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sim.engine.many import available_cpus
from sim.engine.replay import panel as panel_of, replay
from sim.engine.run import Progress
from sim.engine.simulate import simulate
from sim.errors import OmnifunnelError
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.journeys.observed import paths_from_log
from sim.measure.truth.complementarity import Complementarity, complementarity
from sim.measure.truth.counterfactuals import (
    AS_PLANNED,
    TRUTH_MEASURES,
    Asked,
    Counterfactual,
    Outcome,
    outcomes,
)
from sim.measure.truth.design import Design, Wanted, make_design
from sim.measure.truth.resilience import Outage, outage_effect
from sim.measure.truth.returns import Returns
from sim.measure.truth.shapley import exact_shapley, sampled_shapley
from sim.measure.truth.synergy import SynergyIndex, interaction, synergy_index

Floats = npt.NDArray[np.float64]
Channels = frozenset[str]
Found = Mapping[Asked, Outcome]


@dataclass(frozen=True, eq=False)
class Shapley:
    """Shapley values by replicate.

    Attributes:
        values_rcv: (R, C, V); over C they add up to v(N) - v(nobody) in every replicate.
        order_error_cv: standard error of their mean over replicates that comes from sampling orders; 0 when
            exact, NaN from a single pair of orders a replicate.
        orders: orders sampled in each replicate, half of them the reverse of the others; 0 when exact.
    """

    values_rcv: Floats
    order_error_cv: Floats
    orders: int


@dataclass(frozen=True, eq=False)
class Truth:
    """What channels do, one value a replicate, so that intervals and paired differences can be had.

    Attributes:
        channels: the players: channels that show something under the plan.
        coalitions: channels that show -> what is achieved, (R, V); v runs over `TRUTH_MEASURES`.
        returns: channel -> what its money brings; only channels that get some, empty when not wanted.
        shapley: None when not wanted.
        outages: one for each channel that shows or sells; empty when not wanted.
        pairs: whether `synergy` can be asked for.
        complementarity: who meets what under the plan, in replicate 0; None when not wanted.
    """

    world: World
    plan: Plan
    seed: int
    replicates: int
    channels: tuple[str, ...]
    coalitions: Mapping[Channels, Floats]
    returns: Mapping[str, Returns]
    shapley: Shapley | None
    outages: tuple[Outage, ...]
    pairs: bool
    complementarity: Complementarity | None

    def value(self, shown: Channels, measure: str) -> Floats:
        """v(S) of a measure, by replicate."""
        if shown not in self.coalitions:
            raise OmnifunnelError(f"truth: the channels {', '.join(sorted(shown))} alone were not run")
        return self.coalitions[shown][:, list(TRUTH_MEASURES).index(measure)]

    def total(self, measure: str) -> Floats:
        """v(N) - v(nobody): what all channels do together, by replicate."""
        return self.value(frozenset(self.channels), measure) - self.value(frozenset(), measure)

    def lift(self, channel: str, measure: str) -> Floats:
        """v(N) - v(N - c): removed from the full plan, by replicate."""
        with_c, without_c = self._sides(channel, measure)
        return with_c - without_c

    def alone(self, channel: str, measure: str) -> Floats:
        """v(c) - v(nobody): added to nothing, by replicate."""
        return self.value(frozenset({channel}), measure) - self.value(frozenset(), measure)

    def lift_errors(self, channel: str, measure: str) -> tuple[float | None, float | None]:
        """Standard error of the mean lift, and what independent draws would give; None of one replicate."""
        if self.replicates < 2:
            return None, None
        with_c, without_c = self._sides(channel, measure)
        paired, apart = (with_c - without_c).var(ddof=1), with_c.var(ddof=1) + without_c.var(ddof=1)
        return float(np.sqrt(paired / self.replicates)), float(np.sqrt(apart / self.replicates))

    def synergy(self, i: str, j: str, measure: str, base: str = "full") -> Floats:
        """I_ij on a base of `SYNERGY_BASES`, by replicate."""
        return interaction(partial(self.value, measure=measure), frozenset(self.channels), i, j, base)

    def synergy_index(self, measure: str) -> SynergyIndex:
        """Synergy index of all channels, with its parts."""
        return synergy_index(partial(self.value, measure=measure), self.channels)

    def shapley_value(self, channel: str, measure: str) -> Floats:
        """Shapley value, by replicate."""
        if self.shapley is None:
            raise OmnifunnelError("truth: no Shapley values were asked for; pass shapley=12 or more")
        return self.shapley.values_rcv[:, self.channels.index(channel), list(TRUTH_MEASURES).index(measure)]

    def _sides(self, channel: str, measure: str) -> tuple[Floats, Floats]:
        everyone = frozenset(self.channels)
        return self.value(everyone, measure), self.value(everyone - {channel}, measure)


def truth(
    world: World,
    plan: Plan,
    *,
    seed: int,
    replicates: int,
    pairs: bool = True,
    shapley: int = 12,
    outage_periods: int = 8,
    panel: int = 10_000,
    returns: bool = True,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Truth:
    """Run the plan and its counterfactuals on replicates 0 .. replicates - 1.

    Args:
        world, plan: the compiled scenario, and spend by period and channel.
        seed: any integer >= 0.
        replicates: every counterfactual meets the same draws as the plan in each of them.
        pairs, returns: also run all pairs; and each channel without its money, and at +-5 % of it.
        shapley: 0 for none; otherwise all coalitions for up to 8 channels, and above that so many random
            orders a replicate, half of them the reverse of the others.
        outage_periods: length of the outage in the middle of the paid periods, cut to these; 0 for none.
        panel: consumers whose journeys are read for complementarity, cut to the sample; 0 for none.
        engine, threads: as for `simulate_many`.
        progress: called with (periods done, periods of all runs).

    Raises:
        PlanError: no channel shows anything.
        OmnifunnelError: a number out of its range.
    """
    wanted = Wanted(pairs, shapley, outage_periods, panel, returns)
    design = make_design(world, plan, wanted, seed=seed, replicates=replicates)
    asked = design.asked()
    found = outcomes(world, plan, asked, seed=seed, engine=engine, threads=threads, progress=progress)
    return Truth(
        world=world,
        plan=plan,
        seed=seed,
        replicates=replicates,
        channels=design.channels,
        coalitions={shown: _values(found, design, design.without(shown)) for shown in design.coalitions},
        returns={name: _returns(found, design, name) for name in design.paid},
        shapley=_shapley(found, design) if shapley else None,
        outages=tuple(_outage(found, design, name) for name in design.outages),
        pairs=pairs,
        complementarity=_complementarity(world, plan, seed, panel, threads) if panel else None,
    )


def _values(found: Found, design: Design, what: Counterfactual) -> Floats:
    return np.stack([found[what, replicate].value_v for replicate in range(design.replicates)])


def _returns(found: Found, design: Design, channel: str) -> Returns:
    c = design.world.channels.index(channel)

    def billed(what: Counterfactual) -> Floats:
        return np.array([found[what, replicate].billed_c[c] for replicate in range(design.replicates)])

    up, down = design.money_up(channel), design.money_down(channel)
    return Returns(
        billed_r=billed(AS_PLANNED),
        gain_rv=_values(found, design, AS_PLANNED) - _values(found, design, design.money_off(channel)),
        step_billed_r=billed(up) - billed(down),
        step_gain_rv=_values(found, design, up) - _values(found, design, down),
    )


def _shapley(found: Found, design: Design) -> Shapley:
    def value(replicate: int, mask: int) -> Floats:
        return found[design.without_mask(mask), replicate].value_v

    values = [partial(value, replicate) for replicate in range(design.replicates)]
    if design.orders_ruap is None:
        values_rcv = np.stack([exact_shapley(len(design.channels), one) for one in values])
        return Shapley(values_rcv, np.zeros(values_rcv.shape[1:]), 0)
    pairs = zip(values, design.orders_ruap, strict=True)
    sampled = [sampled_shapley(one, order_uap) for one, order_uap in pairs]
    error_rcv = np.stack([one.error_pv for one in sampled])
    return Shapley(
        np.stack([one.phi_pv for one in sampled]),
        np.sqrt((error_rcv**2).sum(axis=0)) / design.replicates,
        design.orders_ruap.shape[1] * design.orders_ruap.shape[2],
    )


def _outage(found: Found, design: Design, channel: str) -> Outage:
    def orders(what: Counterfactual) -> npt.NDArray[np.int64]:
        kept = [found[what, replicate].orders_tj for replicate in range(design.replicates)]
        return np.stack([orders_tj for orders_tj in kept if orders_tj is not None])

    first, last = design.window
    return outage_effect(
        design.world, channel, first, last, orders(AS_PLANNED), orders(design.outage(channel))
    )


def _complementarity(world: World, plan: Plan, seed: int, size: int, threads: int | None) -> Complementarity:
    run = simulate(world, plan, seed=seed, threads=threads or available_cpus())
    log = replay(run, panel_of(world, min(size, world.agents)), threads=threads)
    return complementarity(log, paths_from_log(log))
