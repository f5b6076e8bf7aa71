"""The one meter of every budget search: plans in, KPIs out, each simulation counted.

Search and judgement never share draws. The search uses replicate numbers from `SEARCH_REPLICATE`
upward, the same ones for every plan, so that two plans differ only where the money made the
difference. The judge uses replicates 0 to R-1, which the search never sees; its runs are not charged
to the search and are reported apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optimize.evaluation import Evaluation as Evaluation, Hopeless, failure_of, measure
from optimize.meter import Meter as Meter, SimulationMeter as SimulationMeter, Unmeasured
from optimize.objectives import Kpis, Objective
from optimize.problem import BudgetProblem
from optimize.targets import missed
from sim import OmnifunnelError, Plan

if TYPE_CHECKING:
    from sim import Replicates

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int, str], None]

#: First replicate number of the search; the judge counts up from 0 and never gets here.
SEARCH_REPLICATE = 1_000_000
#: So many plans in a row without a usable score, from the start or later on, and the search gives up.
HOPELESS, HOPELESS_LATER = 10, 25
#: Plans simulated between two reports of progress; an interrupt loses at most so many.
CHUNK = 16


class Evaluator:
    """Scores plans on common draws and counts every simulation, the baseline too.

    Args:
        problem: what is decided; turns amounts into plans.
        meter: what measures plans.
        runs: simulations the search may use.
        progress: called with (runs used, runs, message) after every batch.

    Attributes:
        evaluations: every plan scored on the main search draws, in order.
        rechecks: plans scored on further search draws.
        luck: replicate -> what its draws add to the first objective, as far as a method has told.
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
        self.luck: dict[int, float] = {}
        self.stage = "searching"
        self._meter = meter
        self._progress = progress
        self._cache: dict[tuple[int, bytes], Evaluation] = {}
        self._met: set[int] = set()
        self._unplaced: float | None = None
        self._known = 0, 0
        self._failed_in_row = 0

    @property
    def meter(self) -> Meter:
        """What measures plans; what it is asked directly is not charged to the search."""
        return self._meter

    @property
    def runs_left(self) -> int:
        """Simulations the search may still use."""
        return self.runs - self.runs_used

    @property
    def scored(self) -> list[Evaluation]:
        """Every plan scored, on whatever draws: the main ones first."""
        return [*self.evaluations, *self.rechecks]

    @property
    def failures(self) -> list[Evaluation]:
        """Plans whose score could not be used."""
        return [done for done in self.scored if done.failure]

    def affordable(self, replicate: int = SEARCH_REPLICATE) -> int:
        """New plans the runs left can pay on these draws, their baseline included."""
        due = 0 if replicate in self._met else self._meter.baseline_runs
        return max(0, self.runs_left - due)

    def score(self, amounts: Sequence[Floats], *, replicate: int = SEARCH_REPLICATE) -> list[Evaluation]:
        """Simulate plans; one already known costs nothing.

        The answer follows the order asked for and is cut short at the first plan that the runs left
        cannot pay. A plan without a finite score comes back with `failure` set.

        Raises:
            Hopeless: the first `HOPELESS` plans, or `HOPELESS_LATER` later ones in a row, all failed.
        """
        keys = [_key(row, replicate) for row in amounts]
        fresh: dict[tuple[int, bytes], Floats] = {}
        for key, row in zip(keys, amounts, strict=True):
            if key not in self._cache and key not in fresh:
                if len(fresh) == self.affordable(replicate):
                    break
                fresh[key] = np.array(row, dtype=np.float64) + 0.0
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
        """The feasible plan with the highest objective on the main search draws, or on others of known luck.

        While no plan meets the targets, the one within the limits that misses them least.
        """
        goal = goal or self.problem.goals[0]
        usable = [done for done in self.scored if not done.failure and self.comparable(done)]
        feasible = [done for done in usable if done.feasible]
        if not feasible and self.problem.targets:
            within = [done for done in usable if not self.problem.violations(done.amounts_c)]
            return min(within, key=lambda done: done.miss, default=None)
        return max(feasible, key=lambda done: self.levelled(done, goal), default=None)

    def levelled(self, done: Evaluation, goal: Objective) -> float:
        """The objective as it would be on the main draws, as far as the luck of others is known."""
        if done.replicate == SEARCH_REPLICATE:
            return done.value(goal)
        return done.value(goal) - self.luck.get(done.replicate, 0.0) + self.luck.get(SEARCH_REPLICATE, 0.0)

    def comparable(self, done: Evaluation) -> bool:
        """Whether a plan was scored on draws whose luck is known."""
        return done.replicate == SEARCH_REPLICATE or done.replicate in self.luck

    @property
    def common(self) -> dict[str, Any]:
        """What scores of several processes must have in common to be comparable, as JSON holds it."""
        value_jk = self._meter.order_values if isinstance(self._meter, SimulationMeter) else None
        return {
            "unplaced": self._unplaced,
            "order_values": None if value_jk is None else value_jk.tolist(),
        }

    @common.setter
    def common(self, found: Mapping[str, Any]) -> None:
        self._unplaced = found["unplaced"]
        if found["order_values"] is not None and isinstance(self._meter, SimulationMeter):
            self._meter.order_values = np.array(found["order_values"], dtype=np.float64)

    def take_over(self, amounts_c: Floats, kpis: Kpis, failure: str | None, replicate: int) -> None:
        """A plan that another process of the same search measured; charged as if it had been here."""
        if _key(amounts_c, replicate) not in self._cache:
            self._charge_baseline(replicate)
            self._note(amounts_c, kpis, kpis if failure is None else Unmeasured(failure), replicate)

    def part(self, problem: BudgetProblem, runs: int) -> Evaluator:
        """An evaluator of a problem that is a part of this one, on the same meter and baselines."""
        before, progress = self.runs_used, self._progress

        def report(done: int, of: int, words: str) -> None:
            if progress is not None:
                progress(before + done, self.runs, words)

        found = Evaluator(problem, self._meter, runs=self.runs, progress=report)
        found.runs, found.runs_used = min(runs, self.runs_left), 0
        found._met, found._unplaced = self._met, self._unplaced
        if len(problem.lower_c) == len(self.problem.lower_c):
            found._take(self, self.scored, lambda amounts: amounts)
            found._known = len(self.evaluations), len(self.rechecks)
        return found

    def adopt(self, part: Evaluator, lift: Callable[[Floats], Floats]) -> None:
        """Take over what a part found, its plans as plans of this problem, and what it cost."""
        main, further = part._known
        timing = part.problem.timing
        if timing is not None and len(part.problem.lower_c) < len(self.problem.lower_c):
            lift = timing.timed  # limits on windows forbid today's timing: as they were simulated
        self._take(part, [*part.evaluations[main:], *part.rechecks[further:]], lift)
        self.runs_used += part.runs_used
        self._unplaced = part._unplaced if self._unplaced is None else self._unplaced

    def _take(self, other: Evaluator, scored: Sequence[Evaluation], lift: Callable[[Floats], Floats]) -> None:
        for done in scored:
            row = np.ascontiguousarray(lift(done.amounts_c))
            feasible = not done.miss and not self.problem.violations(row)
            mine = replace(done, amounts_c=row, run=self.runs_used + done.run, feasible=feasible)
            (self.evaluations if done.replicate == SEARCH_REPLICATE else self.rechecks).append(mine)
            self._cache.setdefault((done.replicate, row.tobytes()), mine)
        self.luck |= other.luck

    def judge(
        self, plans: Mapping[str, Plan], replicates: int, progress: Callable[[int, int], None] | None = None
    ) -> Replicates:
        """Measure named plans on draws the search never saw; not charged to the search."""
        if not 1 <= replicates < SEARCH_REPLICATE:
            raise OmnifunnelError(f"replicates: must be 1 to {SEARCH_REPLICATE - 1:,}, got {replicates}")
        return self._meter.judge(plans, replicates=replicates, progress=progress)

    def _simulate(self, fresh: Mapping[tuple[int, bytes], Floats], replicate: int) -> None:
        plans = [self.problem.plan(row) for row in fresh.values()]
        measured = measure(self._meter, plans, replicate)
        self._charge_baseline(replicate)
        for row, found in zip(fresh.values(), measured, strict=True):
            self._note(row, {**found, "idle": self._idle(row, found)}, found, replicate)
        self._report()

    def _charge_baseline(self, replicate: int) -> None:
        if replicate not in self._met:
            self._met.add(replicate)
            self.runs_used += self._meter.baseline_runs

    def _note(self, row: Floats, kpis: Kpis, found: Kpis, replicate: int) -> Evaluation:
        self.runs_used += 1
        failure = failure_of(self.problem, row, found, kpis)
        miss = missed(self.problem.targets, kpis)
        feasible = not miss and not self.problem.violations(row)
        done = Evaluation(row, kpis, failure, feasible, self.runs_used, replicate, miss)
        self._cache[_key(row, replicate)] = done
        (self.evaluations if replicate == SEARCH_REPLICATE else self.rechecks).append(done)
        self._failed_in_row = self._failed_in_row + 1 if failure else 0
        return done

    def _idle(self, row: Floats, kpis: Kpis) -> float:
        """Money unplaced beyond the share that the first plan scored, today's mix, leaves unplaced."""
        offered, unspent = float(row.sum()), kpis.get("unspent") or 0.0
        if not kpis:
            return 0.0
        if self._unplaced is None:
            self._unplaced = unspent / offered if offered > 0 else 0.0
        return max(0.0, unspent - self._unplaced * offered)

    def _report(self) -> None:
        failed = self.failures
        every = self._failed_in_row == len(self.scored)
        if self._failed_in_row >= (HOPELESS if every else HOPELESS_LATER):
            which = "none of the first" if every else "none of the last"
            raise Hopeless(
                f"search: {which} {self._failed_in_row} plans has a usable score: "
                f"{failed[-self._failed_in_row].failure}"
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


def _key(amounts: Floats, replicate: int) -> tuple[int, bytes]:
    """What tells one measurement from another; -0.0 and 0.0 are the same money."""
    return replicate, (np.asarray(amounts, dtype=np.float64) + 0.0).tobytes()
