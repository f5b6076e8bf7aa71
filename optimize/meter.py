"""What measures plans: the simulator, behind a protocol that tests fill with analytic markets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from optimize.measured import FAILURES, Measured, MemoryRecord, Record, fingerprint
from optimize.objectives import Kpis
from optimize.order_values import luck, mean_values, without_luck
from sim import Plan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sim import Job, Replicates, Run, World

    Floats = npt.NDArray[np.float64]
    #: Runs jobs as `sim.simulate_many` does, perhaps elsewhere.
    Simulator = Callable[..., list[Run]]


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


class Unmeasured(dict[str, float | None]):
    """The KPIs of a plan whose simulation failed: none, and why."""

    def __init__(self, failure: str) -> None:
        super().__init__()
        self.failure = failure


class SimulationMeter:
    """The simulator as a meter; keeps the zero-spend run of each replicate it has met.

    Args:
        world: what is simulated.
        seed: of all draws.
        engine: `compiled` or `mesa`.
        threads: simulations at a time.
        record: where measured plans are looked up and kept; default: in memory.
        simulator: what runs jobs; default: `sim.simulate_many`.
    """

    baseline_runs = 1

    def __init__(
        self,
        world: World,
        *,
        seed: int,
        engine: str = "compiled",
        threads: int | None = None,
        record: Record | None = None,
        simulator: Simulator | None = None,
    ) -> None:
        self._world, self._seed, self._engine, self._threads = world, seed, engine, threads
        self._record: Record = MemoryRecord() if record is None else record
        self._simulator = simulator
        self._baselines: dict[int, Run] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._value_jk: Floats | None = None

    @property
    def order_values(self) -> Floats | None:
        """Mean values of orders that scores are evened by; None before the first plans."""
        return self._value_jk

    @order_values.setter
    def order_values(self, value_jk: Floats) -> None:
        """Taken over from another process of the same search."""
        self._value_jk = value_jk

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> list[dict[str, float | None]]:
        """KPIs of each plan, every order at the mean value of its kind; the batch runs in parallel."""
        measured = self._measured(plans, replicate)
        well = [each for each in measured if each.failure is None]
        if self._value_jk is None and well:
            self._value_jk = mean_values(well)
        value_jk = self._value_jk
        if value_jk is None or not well:
            return [Unmeasured(str(each.failure)) for each in measured]
        base = luck(self._baseline(replicate), value_jk, self._world)
        return [
            without_luck(each.kpis, luck(each, value_jk, self._world) - base)
            if each.failure is None
            else Unmeasured(each.failure)
            for each in measured
        ]

    def _measured(self, plans: Sequence[Plan], replicate: int) -> list[Measured]:
        """From the record, or simulated and then kept in it."""
        self._number(self._nothing, replicate)
        for plan in plans:
            self._number(plan, replicate)
        fresh = [plan for plan in plans if self._record.recall(plan, replicate) is None]
        if fresh:
            self._simulate(fresh, replicate)
        found = [self._record.recall(plan, replicate) for plan in plans]
        return [each for each in found if each is not None]

    def _simulate(self, plans: Sequence[Plan], replicate: int) -> None:
        """Keep every plan as soon as its runs are done; what one raises is its own failure only."""
        variants = [self._jobs(plan, replicate) for plan in plans]
        step = len(variants[0])
        jobs = [job for each in variants for job in each]
        before = [] if replicate in self._baselines else [self._job(self._nothing, replicate)]
        runs: dict[int, Run] = {}

        def done(n: int, run: Run) -> None:
            if n < len(before):
                self._baselines[replicate] = run
            else:
                runs[n - len(before)] = run
            for first in range(0, len(jobs), step) if replicate in self._baselines else ():
                if all(first + m in runs for m in range(step)):
                    found = [runs.pop(first + m) for m in range(step)]
                    self._keep(plans[first // step], replicate, found)

        try:
            self._run([*before, *jobs], done)
        except FAILURES as fault:
            if len(plans) == 1:
                failed = Measured.failed(
                    self._number(plans[0], replicate), f"{type(fault).__name__}: {fault}"
                )
                self._record.note(plans[0], replicate, failed)
                return
            for plan in plans:
                if self._record.recall(plan, replicate) is None:
                    self._simulate([plan], replicate)

    def _keep(self, plan: Plan, replicate: int, runs: Sequence[Run]) -> None:
        measured = Measured.of(self._number(plan, replicate), runs[0], self._kpis(runs, replicate))
        self._record.note(plan, replicate, measured)

    def _baseline(self, replicate: int) -> Measured:
        """The zero-spend run of a replicate as a record; simulated where only the record of plans is left."""
        known = self._record.recall(self._nothing, replicate)
        if known is not None and known.failure is None:
            return known
        if replicate not in self._baselines:
            (self._baselines[replicate],) = self._run([self._job(self._nothing, replicate)])
        run = self._baselines[replicate]
        found = Measured.of(self._number(self._nothing, replicate), run, self._kpis([run], replicate))
        self._record.note(self._nothing, replicate, found)
        return found

    def _job(self, plan: Plan, replicate: int) -> Job:
        from sim import Job

        return Job(plan, self._seed, replicate)

    def _jobs(self, plan: Plan, replicate: int) -> list[Job]:
        """Simulations that a plan takes, its own first."""
        return [self._job(plan, replicate)]

    def _kpis(self, runs: Sequence[Run], replicate: int) -> dict[str, float | None]:
        """KPIs from the runs of a plan's jobs, and the pace of its own run."""
        from sim import kpis, repeat_pace

        return {**kpis(runs[0], self._baselines[replicate]), PACE: repeat_pace(runs[0])}

    def _run(self, jobs: Sequence[Job], done: Callable[[int, Run], None] | None = None) -> list[Run]:
        from sim import simulate_many

        simulator = self._simulator or simulate_many
        return simulator(self._world, jobs, engine=self._engine, threads=self._threads, done=done)

    def billed(self, plans: Sequence[Plan], *, replicates: Sequence[int]) -> Floats:
        """(R, P, T, C) money billed of each plan on each replicate, currency; not part of any record."""
        import numpy as np

        from sim import Job

        jobs = [Job(plan, self._seed, replicate) for replicate in replicates for plan in plans]
        runs = self._run(jobs)
        billed_ntc = np.array([run.billed_tc[: self._world.periods] for run in runs]) / self._world.minor
        return billed_ntc.reshape(len(replicates), len(plans), *billed_ntc.shape[1:])

    @property
    def _nothing(self) -> Plan:
        return Plan.zero(self._world.channels, self._world.periods)

    def _number(self, plan: Plan, replicate: int) -> int:
        """Place of a plan in the order of asking, which does not depend on what finishes first."""
        return self._numbers.setdefault((replicate, fingerprint(plan)), len(self._numbers) + 1)

    def judge(
        self,
        plans: Mapping[str, Plan],
        *,
        replicates: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Replicates:
        """KPIs of named plans on the judge's draws."""
        from sim import replicate_kpis, simulate_many

        return replicate_kpis(
            self._world,
            plans,
            seed=self._seed,
            replicates=replicates,
            engine=self._engine,
            threads=self._threads,
            progress=progress,
            simulator=self._simulator or simulate_many,
        )
