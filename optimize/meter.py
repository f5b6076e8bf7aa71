"""What measures plans: the simulator, behind a protocol that tests fill with analytic markets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from optimize.objectives import Kpis
from optimize.order_values import luck, mean_values, without_luck
from sim import Plan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sim import Job, Replicates, Run, World

    Floats = npt.NDArray[np.float64]


#: Name of the pace of repeat orders, which tells of chance, among the figures of a plan.
PACE = "repeat_pace"


class Meter(Protocol):
    """What measures plans. The simulator is one; tests bring analytic markets."""

    #: Simulations a replicate costs before its first plan (the zero-spend baseline).
    baseline_runs: int

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> Sequence[Kpis]:
        """KPIs of each plan on one replicate's draws."""

    def judge(
        self,
        plans: Mapping[str, Plan],
        *,
        replicates: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Replicates:
        """KPIs of named plans on replicates 0 to `replicates` - 1, paired."""


class SimulationMeter:
    """The simulator as a meter; keeps the zero-spend run of each replicate it has met."""

    baseline_runs = 1

    def __init__(
        self, world: World, *, seed: int, engine: str = "compiled", threads: int | None = None
    ) -> None:
        self._world, self._seed, self._engine, self._threads = world, seed, engine, threads
        self._baselines: dict[int, Run] = {}
        self._value_jk: Floats | None = None

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> list[dict[str, float | None]]:
        """KPIs of each plan; the batch runs in parallel."""
        from sim import Job

        runs, baseline = self._simulate([Job(plan, self._seed, replicate) for plan in plans], replicate)
        if self._value_jk is None:
            self._value_jk = mean_values(runs)
        return [self._evened(run, baseline, self._value_jk) for run in runs]

    def _evened(self, run: Run, baseline: Run, value_jk: Floats) -> dict[str, float | None]:
        """KPIs, every order at the mean value of its kind (`order_values`), and the run's pace."""
        from sim import kpis, repeat_pace

        evened = without_luck(kpis(run, baseline), luck(run, value_jk) - luck(baseline, value_jk))
        return {**evened, PACE: repeat_pace(run)}

    def _simulate(self, jobs: list[Job], replicate: int) -> tuple[list[Run], Run]:
        """The jobs' runs, and the zero-spend run of the replicate."""
        from sim import Job, simulate_many

        asked = list(jobs)
        if replicate not in self._baselines:
            nothing = Plan.zero(self._world.channels, self._world.periods)
            asked.append(Job(nothing, self._seed, replicate))
        runs = simulate_many(self._world, asked, engine=self._engine, threads=self._threads)
        if len(runs) > len(jobs):
            self._baselines[replicate] = runs[-1]
        return list(runs[: len(jobs)]), self._baselines[replicate]

    def judge(
        self,
        plans: Mapping[str, Plan],
        *,
        replicates: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Replicates:
        """KPIs of named plans on the judge's draws."""
        from sim import replicate_kpis

        return replicate_kpis(
            self._world,
            plans,
            seed=self._seed,
            replicates=replicates,
            engine=self._engine,
            threads=self._threads,
            progress=progress,
        )
