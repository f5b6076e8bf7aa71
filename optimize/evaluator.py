"""The one meter of every budget search: plans in, KPIs out, each simulation counted.

Search and judgement never share draws. The search uses replicate numbers from `SEARCH_REPLICATE`
upward, the same ones for every plan, so that two plans differ only where the money made the
difference. The judge uses replicates 0 to R-1, which the search never sees; its runs are not charged
to the search and are reported apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from optimize.objectives import Kpis, Objective
from optimize.problem import BudgetProblem
from optimize.wording import money
from sim import OmnifunnelError, Plan

if TYPE_CHECKING:
    from sim import Replicates, Run, World

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int, str], None]

#: First replicate number of the search; the judge counts up from 0 and never gets here.
SEARCH_REPLICATE = 1_000_000
#: So many plans in a row without a usable score, from the start, and the search gives up.
HOPELESS = 10
#: Plans simulated between two reports of progress; an interrupt loses at most so many.
CHUNK = 16


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

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> list[dict[str, float | None]]:
        """KPIs of each plan; the batch runs in parallel."""
        from sim import Job, kpis, simulate_many

        jobs = [Job(plan, self._seed, replicate) for plan in plans]
        if replicate not in self._baselines:
            nothing = Plan.zero(self._world.channels, self._world.periods)
            jobs.append(Job(nothing, self._seed, replicate))
        runs = simulate_many(self._world, jobs, engine=self._engine, threads=self._threads)
        if len(runs) > len(plans):
            self._baselines[replicate] = runs[-1]
        baseline = self._baselines[replicate]
        return [dict(kpis(run, baseline)) for run in runs[: len(plans)]]

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


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One simulated plan.

    Attributes:
        amounts_c: (C,) money by channel, as simulated.
        kpis: what was measured.
        failure: why the score cannot be used; None when it can.
        feasible: True if the plan meets every limit and the total.
        run: simulations used when it was done, counting itself.
        replicate: the draws it was measured on.
    """

    amounts_c: Floats
    kpis: Kpis
    failure: str | None
    feasible: bool
    run: int
    replicate: int

    def value(self, goal: Objective) -> float:
        """The objective, as `Objective.value` ranks plans."""
        return goal.value(self.kpis)


class Evaluator:
    """Scores plans on common draws and counts every simulation, the baseline too.

    Args:
        problem: what is decided; turns amounts into plans.
        meter: what measures plans.
        runs: simulations the search may use.
        progress: called with (runs used, runs, message) after every batch.

    Attributes:
        evaluations: every plan scored on the main search draws, in order.
        rechecks: finalists scored again on further search draws.
        stage: words for the progress line.
    """

    def __init__(
        self, problem: BudgetProblem, meter: Meter, *, runs: int, progress: Progress | None = None
    ) -> None:
        least = meter.baseline_runs + 1
        if runs < least:
            raise OmnifunnelError(
                f"runs: a search needs at least {least} (one plan and its baseline), got {runs}"
            )
        self.problem = problem
        self.runs = runs
        self.runs_used = 0
        self.evaluations: list[Evaluation] = []
        self.rechecks: list[Evaluation] = []
        self.stage = "searching"
        self._meter = meter
        self._progress = progress
        self._cache: dict[tuple[int, bytes], Evaluation] = {}
        self._met: set[int] = set()
        self._unplaced: float | None = None

    @property
    def runs_left(self) -> int:
        """Simulations the search may still use."""
        return self.runs - self.runs_used

    @property
    def failures(self) -> list[Evaluation]:
        """Plans whose score could not be used."""
        return [done for done in [*self.evaluations, *self.rechecks] if done.failure]

    def affordable(self, replicate: int = SEARCH_REPLICATE) -> int:
        """New plans the runs left can pay on these draws, their baseline included."""
        due = 0 if replicate in self._met else self._meter.baseline_runs
        return max(0, self.runs_left - due)

    def score(self, amounts: Sequence[Floats], *, replicate: int = SEARCH_REPLICATE) -> list[Evaluation]:
        """Simulate plans; one already known costs nothing.

        The answer follows the order asked for and is cut short at the first plan that the runs left
        cannot pay. A plan without a finite score comes back with `failure` set.

        Raises:
            OmnifunnelError: the first `HOPELESS` plans all failed.
        """
        keys = [(replicate, np.ascontiguousarray(row, dtype=np.float64).tobytes()) for row in amounts]
        fresh: dict[tuple[int, bytes], Floats] = {}
        for key, row in zip(keys, amounts, strict=True):
            if key not in self._cache and key not in fresh:
                if len(fresh) == self.affordable(replicate):
                    break
                fresh[key] = np.array(row, dtype=np.float64)
        waiting = list(fresh.items())
        for start in range(0, len(waiting), CHUNK):
            self._simulate(dict(waiting[start : start + CHUNK]), replicate)
        found = []
        for key in keys:
            if key not in self._cache:
                break
            found.append(self._cache[key])
        return found

    def best(self, goal: Objective | None = None) -> Evaluation | None:
        """The feasible plan with the highest objective on the main search draws."""
        goal = goal or self.problem.goals[0]
        usable = [done for done in self.evaluations if done.feasible and not done.failure]
        return max(usable, key=lambda done: done.value(goal), default=None)

    def judge(
        self, plans: Mapping[str, Plan], replicates: int, progress: Callable[[int, int], None] | None = None
    ) -> Replicates:
        """Measure named plans on draws the search never saw; not charged to the search."""
        if not 1 <= replicates < SEARCH_REPLICATE:
            raise OmnifunnelError(f"replicates: must be 1 to {SEARCH_REPLICATE - 1:,}, got {replicates}")
        return self._meter.judge(plans, replicates=replicates, progress=progress)

    def _simulate(self, fresh: Mapping[tuple[int, bytes], Floats], replicate: int) -> None:
        plans = [self.problem.plan(row) for row in fresh.values()]
        measured = self._meter.measure(plans, replicate=replicate)
        if replicate not in self._met:
            self._met.add(replicate)
            self.runs_used += self._meter.baseline_runs
        for (key, row), found in zip(fresh.items(), measured, strict=True):
            self.runs_used += 1
            kpis = {**found, "idle": self._idle(row, found)}
            failure = self._failure(row, kpis)
            feasible = not self.problem.violations(row)
            done = Evaluation(row, kpis, failure, feasible, self.runs_used, replicate)
            self._cache[key] = done
            (self.evaluations if replicate == SEARCH_REPLICATE else self.rechecks).append(done)
        self._report()

    def _idle(self, row: Floats, kpis: Kpis) -> float:
        """Money unplaced beyond the share that the first plan scored, today's mix, leaves unplaced."""
        offered, unspent = float(row.sum()), kpis.get("unspent") or 0.0
        if self._unplaced is None:
            self._unplaced = unspent / offered if offered > 0 else 0.0
        return max(0.0, unspent - self._unplaced * offered)

    def _failure(self, row: Floats, kpis: Kpis) -> str | None:
        offered = float(row.sum())
        for goal in self.problem.goals:
            value, gain = goal.value(kpis), goal.gain(kpis, offered, 0.0)
            if not (np.isfinite(value) and np.isfinite(gain)):
                spent = money(offered, self.problem.currency)
                return (
                    f"{goal.kpi} of a plan that offers {spent} is {kpis.get(goal.kpi)}, not a finite number"
                )
        return None

    def _report(self) -> None:
        failed = self.failures
        if len(failed) >= HOPELESS and len(failed) == len(self.evaluations):
            raise OmnifunnelError(
                f"search: none of the first {len(failed)} plans has a usable score: {failed[0].failure}"
            )
        if self._progress is None:
            return
        best = self.best()
        words = self.stage
        if best is not None:
            goal = self.problem.goals[0]
            words += f", best {goal.name} {best.value(goal):,.4g}"
        if failed:
            words += f", {len(failed)} failed"
        self._progress(self.runs_used, self.runs, words)
