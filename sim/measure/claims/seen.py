"""Seen: one replicate of one variant, simulated, relived and perturbed only as far as a measure asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sim.engine.run import Run
from sim.market.intervene import outage, plan_without, silence
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.truth.resilience import window

if TYPE_CHECKING:
    from sim.engine.event_log import EventLog
    from sim.measure.journeys.observed import JourneyLog

#: Consumers whose journeys are read in each replicate.
PANEL = 10_000
#: Days before an order in which a touch belongs to its journey.
LOOKBACK_DAYS = 90.0
#: Length of an outage, in the middle of the paid periods.
OUTAGE_PERIODS = 8


class Seen:
    """One replicate: every property is found once, when it is first asked for.

    Attributes:
        world, plan, seed, replicate: what is simulated.
    """

    def __init__(self, world: World, plan: Plan, *, seed: int, replicate: int, engine: str) -> None:
        self.world, self.plan, self.seed, self.replicate, self.engine = world, plan, seed, replicate, engine
        self._journeys: dict[str, JourneyLog] = {}
        self._without: dict[tuple[str, ...], Run] = {}
        self._out: dict[str, Run] = {}

    @cached_property
    def run(self) -> Run:
        """The plan's run."""
        return self._simulate(self.world, self.plan)

    @cached_property
    def base(self) -> Run:
        """Zero spend under the same draws."""
        return self._simulate(self.world, Plan.zero(self.world.channels, self.world.periods))

    @cached_property
    def log(self) -> EventLog:
        """What a panel of consumers lived through."""
        from sim.engine.replay import panel, replay

        return replay(self.run, panel(self.world, min(PANEL, self.world.agents)), threads=1)

    def journeys(self, view: str) -> JourneyLog:
        """Journeys of the panel, "complete" or as the "brand" sees them."""
        from sim.measure.journeys.observed import cut_journeys

        if view not in self._journeys:
            self._journeys[view] = cut_journeys(self.log, lookback_days=LOOKBACK_DAYS, view=view)
        return self._journeys[view]

    def silent(self, channels: tuple[str, ...]) -> Run:
        """The run in which these channels show nothing and get no money."""
        if not channels:
            return self.run
        if channels not in self._without:
            world, plan = silence(self.world, list(channels)), plan_without(self.plan, list(channels))
            self._without[channels] = self._simulate(world, plan)
        return self._without[channels]

    def out(self, channel: str) -> Run:
        """The run in which a channel neither shows nor sells for a while."""
        if channel not in self._out:
            first, last = window(self.world, OUTAGE_PERIODS)
            self._out[channel] = self._simulate(outage(self.world, [channel], first, last), self.plan)
        return self._out[channel]

    def _simulate(self, world: World, plan: Plan) -> Run:
        from sim.engine.simulate import simulate

        return simulate(world, plan, seed=self.seed, replicate=self.replicate, engine=self.engine, threads=1)
