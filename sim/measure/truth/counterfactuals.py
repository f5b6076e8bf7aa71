"""Counterfactuals: what is otherwise, and what comes of it under the same draws.

    counterfactual   otherwise than in the plan                                       answers
    silent           these channels show nothing and get no money; they still sell    lift, synergy, Shapley
    scaled           one channel's money times a factor; 0 leaves its organic part    iROAS, ROI, mROI
    out              one channel neither shows nor sells in periods first .. last     resilience

Each is simulated once a replicate, whoever asks for it, and reduced to an `Outcome` at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.many import Job, simulate_many
from sim.engine.run import Progress, Run
from sim.market.intervene import outage, plan_scaled, plan_without, silence
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure import kpis

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Runs held at once before they are reduced.
BATCH = 32


@dataclass(frozen=True)
class Measure:
    """What a coalition of channels achieves: an amount that adds up, people-scaled or in currency."""

    label: str
    unit: str
    value: Callable[[Run], float]


def _amount(name: str) -> Measure:
    kpi = kpis.KPIS[name]
    return Measure(kpi.label, kpi.unit, lambda run: kpi.value(run, run) or 0.0)


_MARGIN, _SPEND = _amount("margin"), _amount("spend")
#: Measures of a coalition, in the order of axis v.
TRUTH_MEASURES: dict[str, Measure] = {
    "customers": _amount("new_customers"),
    "orders": _amount("orders"),
    "revenue": _amount("revenue"),
    "margin": _MARGIN,
    "spend": _SPEND,
    "profit": Measure("Margin less spend", "money", lambda run: _MARGIN.value(run) - _SPEND.value(run)),
}


@dataclass(frozen=True)
class Counterfactual:
    """What is otherwise than in the plan; nothing at all by default.

    Attributes:
        silent: channels that show nothing and get no money.
        scaled: (channel, factor on its spend).
        out: (channel, first, last) period of an outage.
    """

    silent: frozenset[str] = frozenset()
    scaled: tuple[str, float] | None = None
    out: tuple[str, int, int] | None = None

    def job(self, world: World, plan: Plan, seed: int, replicate: int) -> Job:
        """The simulation that answers it."""
        if self.silent:
            names = sorted(self.silent)
            world, plan = silence(world, names), plan_without(plan, names)
        if self.scaled is not None:
            plan = plan_scaled(plan, *self.scaled)
        if self.out is not None:
            channel, first, last = self.out
            world = outage(world, [channel], first, last)
        return Job(plan, seed, replicate, world)


#: The plan as it is.
AS_PLANNED = Counterfactual()


class Outcome(NamedTuple):
    """What is kept of a run.

    Attributes:
        value_v: by measure, see `TRUTH_MEASURES`.
        billed_c: money billed by channel, currency.
        orders_tj: orders of the sample by period and shop; only for outages and the plan itself.
    """

    value_v: Floats
    billed_c: Floats
    orders_tj: Ints | None


Asked = tuple[Counterfactual, int]


def outcomes(
    world: World,
    plan: Plan,
    asked: Iterable[Asked],
    *,
    seed: int,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
) -> dict[Asked, Outcome]:
    """Simulate each counterfactual on its replicate, every one once, and keep what `Outcome` says."""
    once = list(dict.fromkeys(asked))
    found: dict[Asked, Outcome] = {}
    for start in range(0, len(once), BATCH):
        batch = once[start : start + BATCH]
        jobs = [what.job(world, plan, seed, replicate) for what, replicate in batch]
        report = _offset(progress, start * world.total_periods, len(once) * world.total_periods)
        runs = simulate_many(world, jobs, engine=engine, threads=threads, progress=report)
        found |= {one: _reduce(one[0], run) for one, run in zip(batch, runs, strict=True)}
    return found


def _offset(progress: Progress | None, before: int, of: int) -> Progress | None:
    return (lambda done, _: progress(before + done, of)) if progress else None


def _reduce(what: Counterfactual, run: Run) -> Outcome:
    by_period = what.out is not None or what == AS_PLANNED
    return Outcome(
        np.array([measure.value(run) for measure in TRUTH_MEASURES.values()]),
        run.billed_tc.sum(axis=0) / run.world.minor,
        run.orders_tjkr.sum(axis=(2, 3)) if by_period else None,
    )
