"""OptimizeResult: what a budget search found, judged, ready for tables, plots and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from optimize.certainty import FoundBy, Spread
from optimize.chances import Standing
from optimize.explain import Explanation
from optimize.flights import Flight, flight_rows
from optimize.frontier import Frontier, ParetoPoint
from optimize.guard_rail import GuardRail
from optimize.marginal import Marginal
from optimize.target_check import TargetCheck
from optimize.verdict import Verdict
from sim import Plan

if TYPE_CHECKING:
    from sim import Interval, Replicates

#: Share of its money that a channel must place to have use for more.
PLACES = 0.9
#: Version of the JSON's shape.
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class TracePoint:
    """One simulated plan of the search.

    Attributes:
        run: simulations used by then.
        values: objective -> score on the search's draws; None for a failed plan.
        feasible: True if it meets the total and the limits.
        best: best feasible score of the first objective so far.
    """

    run: int
    values: Mapping[str, float | None]
    feasible: bool
    best: float | None


@dataclass(frozen=True, eq=False)
class OptimizeResult:
    """A judged recommendation.

    Attributes:
        scenario: name of the scenario.
        currency: ISO code.
        labels: channel id -> name for people.
        seed: of the search and the judge.
        method: name in `METHODS`.
        objectives: the verdict is about the first one.
        total: money every recommended plan spends.
        runs: simulations the search was allowed.
        runs_used: simulations the search used, baselines of zero spend included.
        replicates: the judge's replicates.
        judge_runs: simulations the judge used.
        plans: `status_quo`, `recommended`, the baselines by name, `pareto_0` and so on.
        judged: their KPIs on the judge's draws.
        verdict: the answer in words.
        explanation: curves, fit errors, prices, binding limits.
        baselines: names of the baselines among `plans`.
        frontier: judged front and what it was chosen from; empty for one objective.
        trace: every simulated plan, in order.
        failures: sentences about plans that could not be scored.
        interrupted: True if the search was stopped before its runs were used up.
        stopped: why the search gave up before that; None when it did not.
        flights: windows that were decided one by one; a single one where only the mix was.
        targets: goals for key figures, judged.
        finalists: chances of being the best, likeliest first; empty for several objectives.
        marginal: what the last money of each channel earns, judged; empty where it was not asked for.
        found_by: who found the recommended plan; None where there was no final.
        equals: names of plans that cannot be told apart from the recommended one.
        spread: what near-equal plans differ in; None where it is not known.
        freed: channel -> money that finds no audience there and was left out of the plan.
        fixed_total: True where the total was to be spent exactly.
        notes: stages of the search that could not run, a sentence each.
        guard_rail: what channels cut by more than half were measured to bring, the largest cut first.
    """

    scenario: str
    currency: str
    labels: Mapping[str, str]
    seed: int
    method: str
    objectives: tuple[str, ...]
    total: float
    runs: int
    runs_used: int
    replicates: int
    judge_runs: int
    plans: Mapping[str, Plan]
    judged: Replicates
    verdict: Verdict
    explanation: Explanation
    baselines: tuple[str, ...]
    frontier: Frontier = field(default_factory=Frontier)
    trace: tuple[TracePoint, ...] = ()
    failures: tuple[str, ...] = ()
    interrupted: bool = False
    stopped: str | None = None
    flights: tuple[Flight, ...] = ()
    targets: tuple[TargetCheck, ...] = ()
    finalists: tuple[Standing, ...] = ()
    marginal: tuple[Marginal, ...] = ()
    found_by: FoundBy | None = None
    equals: tuple[str, ...] = ()
    spread: Spread | None = None
    freed: Mapping[str, float] = field(default_factory=dict)
    fixed_total: bool = True
    notes: tuple[str, ...] = ()
    guard_rail: tuple[GuardRail, ...] = ()

    @property
    def status_quo(self) -> Plan:
        """Today's plan."""
        return self.plans["status_quo"]

    @property
    def recommended(self) -> Plan:
        """The plan recommended."""
        return self.plans["recommended"]

    @property
    def pareto(self) -> tuple[ParetoPoint, ...]:
        """The judged front."""
        return self.frontier.front

    def kpis(self, plan: str) -> dict[str, Interval | None]:
        """Judged KPIs of a plan by name."""
        return {kpi: self.judged.interval(plan, kpi) for kpi in self.judged.values[plan]}

    def differences(self, plan: str = "recommended", base: str = "status_quo") -> dict[str, Interval | None]:
        """Paired differences of all KPIs."""
        return {kpi: self.judged.difference(plan, base, kpi) for kpi in self.judged.values[plan]}

    def unplaced(self, plan: str) -> dict[str, float | None]:
        """Money of a plan by channel that found no audience or inventory, mean over the judge's draws."""
        found: dict[str, float | None] = {}
        for channel, table in self.judged.channel_values.get(plan, {}).items():
            row = [value for value in table.get("unspent", ()) if value is not None]
            found[channel] = math.fsum(row) / len(row) if row else None
        return found

    def placed(self, plan: str) -> dict[str, float]:
        """Money of a plan by channel that found an audience; all of it where that is not known."""
        left = self.unplaced(plan)
        money = self.plans[plan].totals()
        return {name: max(0.0, amount - (left.get(name) or 0.0)) for name, amount in money.items()}

    @property
    def free(self) -> float:
        """Money of a total to be spent that is not placed: left out of the plan, or offered in vain."""
        placed = math.fsum(self.placed("recommended").values())
        return max(0.0, self.total - placed)

    @property
    def could_use(self) -> tuple[str, ...]:
        """Channels that could use free money.

        Their last money clearly came back, no limit holds them, and they place nearly all they are offered.
        """
        able, placed = [], self.placed("recommended")
        for row in self.marginal:
            low = None if row.mroi is None else row.mroi.low
            room = row.word != "at a limit" and placed[row.channel] >= PLACES * row.spend > 0
            if room and low is not None and low > 0:
                able.append((low, row.channel))
        return tuple(channel for _, channel in sorted(able, reverse=True))

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `optimize`: plain values, every number finite or null."""
        why = self.explanation
        answer = {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenario,
            "currency": self.currency,
            "seed": self.seed,
            "method": self.method,
            "objective": ",".join(self.objectives),
            "total": self.total,
            "runs": self.runs,
            "runs_used": self.runs_used,
            "judge": {"replicates": self.replicates, "runs": self.judge_runs},
            "interrupted": self.interrupted,
            "stopped": self.stopped,
            "verdict": asdict(self.verdict) | {"equals": [self._equal(name) for name in self.equals]},
            "found_by": None if self.found_by is None else self._found_by(self.found_by),
            "spread": None if self.spread is None else asdict(self.spread),
            "free_money": {
                "total": self.free,
                "fixed": self.fixed_total,
                "left_out": dict(self.freed),
                "could_use": list(self.could_use),
            },
            "notes": list(self.notes),
            "status_quo": self._row("status_quo"),
            "recommended": self._row("recommended"),
            "difference": _intervals(self.differences()),
            "shadow_price": why.shadow_price and why.shadow_price.to_dict(),
            "binding": [asdict(limit) for limit in why.binding],
            "baselines": {
                name: self._row(name) | {"difference": _intervals(self.differences(name))}
                for name in self.baselines
            },
            "finalists": [asdict(row) | {"spend": self._spend(row.plan)} for row in self.finalists],
            "marginal": [asdict(row) for row in self.marginal],
            "guard_rail": [asdict(row) for row in self.guard_rail],
            "flat": [asdict(row) for row in why.flat],
            "pareto": [self._point(point) for point in self.pareto],
            "frontier": self._frontier(),
            "curves": [asdict(curve) for curve in why.curves],
            "fit": {name: asdict(error) for name, error in why.fits.items()},
            "trace": [asdict(point) for point in self.trace],
            "failures": list(self.failures),
            "flights": flight_rows(self.flights, self.status_quo, self.recommended),
            "targets": [asdict(check) for check in self.targets],
        }
        plain: dict[str, Any] = _plain(answer)
        return plain

    def _equal(self, name: str) -> dict[str, Any]:
        origin = next((row.origin for row in self.finalists if row.plan == name), name)
        return {
            "plan": name,
            "name": name,
            "origin": origin,
            "spend": self._spend(name),
            "placed": self.placed(name),
        }

    def _found_by(self, who: FoundBy) -> dict[str, Any]:
        return {
            "origin": who.origin,
            "agree": list(who.agree),
            "runner_up": who.runner_up,
            "ahead": None if who.ahead is None else who.ahead.to_dict(),
        }

    def _point(self, point: ParetoPoint) -> dict[str, Any]:
        return {
            "plan": point.name,
            "spend": self._spend(point.name),
            "kpis": _intervals(point.values),
            "origin": point.origin,
            "front": point.front,
            "knee": point.knee,
            "recommended": point.recommended,
        }

    def _frontier(self) -> dict[str, Any] | None:
        """All judged candidates, those beaten included, and the hypervolume with its box."""
        found = self.frontier
        if not found.points:
            return None
        volume = found.hypervolume
        return {
            "points": [self._point(point) for point in found.points],
            "hypervolume": None if volume is None else volume.to_dict(),
            "reference": found.reference,
            "ideal": found.ideal,
        }

    def _row(self, name: str) -> dict[str, Any]:
        return {
            "spend": self._spend(name),
            "placed": self.placed(name),
            "unplaced": self.unplaced(name),
            "kpis": _intervals(self.kpis(name)),
        }

    def _spend(self, name: str) -> dict[str, float]:
        return {channel: round(amount, 4) for channel, amount in self.plans[name].totals().items()}


def _intervals(by_kpi: Mapping[str, Interval | None]) -> dict[str, dict[str, float | None] | None]:
    return {
        kpi: None if interval is None else {"mean": interval.mean, "low": interval.low, "high": interval.high}
        for kpi, interval in by_kpi.items()
    }


def _plain(value: Any) -> Any:
    """Copy with tuples as lists and every non-finite number as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    number = float(value)
    return number if math.isfinite(number) else None
