"""A meter that also runs what some targets need: the plan scaled up and down, and outages of channels.

    target    simulations a plan on top of its own
    mroi      2: all money 5 % up and 5 % down
    outage    in a search 3: the channels whose outages cost today's plan most; for the judge one a channel

Everything meets the same draws as the plan itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.measured import Record
from optimize.meter import Meter, SimulationMeter, Unmeasured
from optimize.objectives import number
from optimize.targets import Target
from sim import OmnifunnelError, Plan

if TYPE_CHECKING:
    from optimize.meter import Simulator
    from sim import Job, Run, World

#: Share by which all money moves for a marginal return, and outages simulated a plan in a search.
STEP = 0.05
WORST = 3
#: Periods of an outage, in the middle of the plan.
OUTAGE_PERIODS = 8


class TargetMeter(SimulationMeter):
    """Measures plans, and `mroi` and `outage_loss` where targets ask for them.

    Attributes:
        plan_runs: simulations a plan takes.
        survey_runs: simulations of outages of today's plan, which choose the channels to look at.
    """

    def __init__(
        self,
        world: World,
        today: Plan,
        targets: Sequence[Target],
        *,
        seed: int,
        engine: str = "compiled",
        threads: int | None = None,
        record: Record | None = None,
        simulator: Simulator | None = None,
    ) -> None:
        super().__init__(world, seed=seed, engine=engine, threads=threads, record=record, simulator=simulator)
        names = {target.name for target in targets}
        self._today, self._marginal = today, "mroi" in names
        self._out = _exposed(world, today) if "outage" in names else ()
        self._watched: tuple[str, ...] | None = None
        self._first: int | None = None
        self.survey_runs = len(self._out) + 1 if len(self._out) > WORST else 0
        self.plan_runs = 1 + 2 * self._marginal + min(WORST, len(self._out))

    @property
    def thorough_runs(self) -> int:
        """Simulations a plan takes when every outage is looked at."""
        return 1 + 2 * self._marginal + len(self._out)

    def measure(
        self, plans: Sequence[Plan], *, replicate: int, thorough: bool = False
    ) -> list[dict[str, float | None]]:
        """KPIs of each plan, with those that targets need; `thorough` looks at every outage."""
        if thorough:
            return [self._thorough(plan, replicate) for plan in plans]
        if self._first is None:
            self._first = replicate
        measured = self._measured(plans, replicate)
        return [Unmeasured(each.failure) if each.failure else dict(each.kpis) for each in measured]

    def _thorough(self, plan: Plan, replicate: int) -> dict[str, float | None]:
        nothing = [] if replicate in self._baselines else [self._job(self._nothing, replicate)]
        runs = self._run([*self._variants(plan, replicate, self._out), *nothing])
        if nothing:
            self._baselines[replicate] = runs.pop()
        return self._kpis(runs, replicate)

    def _watch(self) -> tuple[str, ...]:
        """The channels whose outages cost today's plan most on the first draws met, found once."""
        if self._watched is None:
            self._watched = self._out
            if len(self._out) > WORST:
                first = 0 if self._first is None else self._first
                runs = self._run(self._variants(self._today, first, self._out, marginal=False))
                lost = [_lost(runs[0], run) for run in runs[1:]]
                self._watched = tuple(self._out[n] for n in np.argsort(lost)[::-1][:WORST])
        return self._watched

    def _jobs(self, plan: Plan, replicate: int) -> list[Job]:
        return self._variants(plan, replicate, self._watch())

    def _variants(
        self, plan: Plan, replicate: int, out: Sequence[str], *, marginal: bool = True
    ) -> list[Job]:
        from sim import Job, outage

        jobs = [self._job(plan, replicate)]
        if marginal and self._marginal:
            scaled = [Plan(plan.channels, plan.spend_tc * (1 + side * STEP)) for side in (1, -1)]
            jobs += [Job(each, self._seed, replicate) for each in scaled]
        first, last = _window(self._world)
        worlds = [outage(self._world, [name], first, last) for name in out]
        return jobs + [Job(plan, self._seed, replicate, world) for world in worlds]

    def _kpis(self, runs: Sequence[Run], replicate: int) -> dict[str, float | None]:
        from sim import kpis

        baseline = self._baselines[replicate]
        found, rest = super()._kpis(runs[:1], replicate), runs[1:]
        if self._marginal:
            up, down = (dict(kpis(run, baseline)) for run in rest[:2])
            billed = number(up, "spend") - number(down, "spend")
            gained = number(up, "profit") - number(down, "profit")
            found["mroi"] = gained / billed if billed > 0 else None
            rest = rest[2:]
        if self._out:
            found["outage_loss"] = max((_lost(runs[0], run) for run in rest), default=0.0)
        return found


def _exposed(world: World, plan: Plan) -> tuple[str, ...]:
    """Channels that can be missed: they can show something or sell."""
    from sim import showing

    able = {*showing(world, plan), *world.sell_channels}
    able |= {name for name, priced in zip(world.channels, world.priced_c.tolist(), strict=True) if priced}
    return tuple(name for name in world.channels if name in able)


def _window(world: World) -> tuple[int, int]:
    length = min(OUTAGE_PERIODS, world.periods)
    first = (world.periods - length) // 2
    return first, first + length - 1


def _lost(run: Run, out: Run) -> float:
    """Share of the window's orders that an outage costs."""
    first, last = _window(run.world)
    before, after = (int(each.orders_tjkr[first : last + 1].sum()) for each in (run, out))
    return 1.0 - after / before if before else 0.0


def plan_runs(meter: Meter) -> tuple[int, int]:
    """Simulations a plan takes, and those that choose which outages to look at; (1, 0) for a plain meter.

    A search counts plans where a plan takes several simulations.
    """
    return (meter.plan_runs, meter.survey_runs) if isinstance(meter, TargetMeter) else (1, 0)


def plans_within(meter: Meter, runs: int) -> int:
    """Plans, baselines among them, that so many simulations pay for.

    Raises:
        OmnifunnelError: too few for targets that take several simulations a plan.
    """
    each, survey = plan_runs(meter)
    plans = (runs - survey) // each
    if each > 1 and plans < 2:
        once = f" and {survey} once" if survey else ""
        raise OmnifunnelError(
            f"runs: these targets take {each} simulations a plan{once}; give at least {2 * each + survey}, "
            f"got {runs}"
        )
    return plans
