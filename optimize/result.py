"""OptimizeResult: what a budget search found, judged, ready for tables, plots and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from optimize.explain import Explanation
from optimize.flights import Flight, flight_rows
from optimize.objectives import Objective
from optimize.target_check import TargetCheck
from optimize.wording import money, quantity
from sim import Plan

if TYPE_CHECKING:
    from sim import Interval, Replicates

#: Version of the JSON's shape.
SCHEMA_VERSION = 1
#: Unspent share of the total from which on the verdict mentions it in any case.
MUCH = 0.15
#: Rise in the unspent share of the total from which on the verdict mentions it.
IDLE = 0.05


@dataclass(frozen=True)
class Verdict:
    """Whether the recommended plan beats the status quo, on the judge's paired replicates.

    Attributes:
        word: `better`, `no better`, `worse`, or `undecided` (one replicate has no interval).
        text: sentences with the difference and its 95 % interval.
    """

    word: str
    text: str


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


@dataclass(frozen=True)
class ParetoPoint:
    """A plan that no other judged plan beats in every objective.

    Attributes:
        name: its key in `plans` and in `judged`.
        values: objective -> judged interval.
        knee: True for the plan recommended.
    """

    name: str
    values: Mapping[str, Interval | None]
    knee: bool


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
        pareto: judged front; empty for one objective.
        trace: every simulated plan, in order.
        failures: sentences about plans that could not be scored.
        interrupted: True if the search was stopped before its runs were used up.
        stopped: why the search gave up before that; None when it did not.
        flights: windows that were decided one by one; a single one where only the mix was.
        targets: goals for key figures, judged.
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
    pareto: tuple[ParetoPoint, ...] = ()
    trace: tuple[TracePoint, ...] = ()
    failures: tuple[str, ...] = ()
    interrupted: bool = False
    stopped: str | None = None
    flights: tuple[Flight, ...] = ()
    targets: tuple[TargetCheck, ...] = ()

    @property
    def status_quo(self) -> Plan:
        """Today's plan."""
        return self.plans["status_quo"]

    @property
    def recommended(self) -> Plan:
        """The plan recommended."""
        return self.plans["recommended"]

    def kpis(self, plan: str) -> dict[str, Interval | None]:
        """Judged KPIs of a plan by name."""
        return {kpi: self.judged.interval(plan, kpi) for kpi in self.judged.values[plan]}

    def differences(self, plan: str = "recommended", base: str = "status_quo") -> dict[str, Interval | None]:
        """Paired differences of all KPIs."""
        return {kpi: self.judged.difference(plan, base, kpi) for kpi in self.judged.values[plan]}

    def unplaced(self, plan: str) -> dict[str, float | None]:
        """Money of a plan by channel that found no audience or inventory, mean over the judge's draws."""
        found = {}
        for channel, table in self.judged.channel_values.get(plan, {}).items():
            row = [value for value in table.get("unspent", ()) if value is not None]
            found[channel] = math.fsum(row) / len(row) if row else None
        return found

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
            "verdict": asdict(self.verdict),
            "status_quo": self._row("status_quo"),
            "recommended": self._row("recommended"),
            "difference": _intervals(self.differences()),
            "shadow_price": None if why.shadow_price is None else asdict(why.shadow_price),
            "binding": [asdict(limit) for limit in why.binding],
            "baselines": {
                name: self._row(name) | {"difference": _intervals(self.differences(name))}
                for name in self.baselines
            },
            "pareto": [
                {"spend": self._spend(point.name), "kpis": _intervals(point.values), "knee": point.knee}
                for point in self.pareto
            ],
            "curves": [asdict(curve) for curve in why.curves],
            "fit": {name: asdict(error) for name, error in why.fits.items()},
            "trace": [asdict(point) for point in self.trace],
            "failures": list(self.failures),
            "flights": flight_rows(self.flights, self.status_quo, self.recommended),
            "targets": [asdict(check) for check in self.targets],
        }
        plain: dict[str, Any] = _plain(answer)
        return plain

    def _row(self, name: str) -> dict[str, Any]:
        return {
            "spend": self._spend(name),
            "unplaced": self.unplaced(name),
            "kpis": _intervals(self.kpis(name)),
        }

    def _spend(self, name: str) -> dict[str, float]:
        return {channel: round(amount, 4) for channel, amount in self.plans[name].totals().items()}


def decide(
    judged: Replicates, goals: tuple[Objective, ...], *, currency: str, total: float, today: float
) -> Verdict:
    """The verdict on the first objective, a sentence on each other one.

    When the total differs from what the status quo spends, a further sentence compares with today's
    mix at the same total, so that the size of the budget is not mistaken for a better mix.
    """
    words, sentences = [], []
    for goal in goals:
        difference = judged.difference("recommended", "status_quo", goal.kpi)
        word, text = _compare(difference, goal, currency, "the status quo")
        words.append(word)
        sentences.append(text)
    if abs(total - today) > 1e-3 * max(today, 1.0) and "historical" in judged.values:
        difference = judged.difference("recommended", "historical", goals[0].kpi)
        base = f"today's mix at the same total of {money(total, currency)}"
        sentences.append(_compare(difference, goals[0], currency, base)[1])
    idle = _idle(judged, currency, total=total, today=today)
    sentences += [idle] if idle else []
    if words[0] in ("no better", "worse") and len(sentences) == len(goals) + bool(idle):
        sentences.append("Keep the status quo.")
    return Verdict(words[0], " ".join(sentences))


def _idle(judged: Replicates, currency: str, *, total: float, today: float) -> str:
    """Says so when the plan leaves much of its money unspent, or more than today's does.

    Ratios such as ROI divide by billed spend, so parking money where it buys nothing can raise them.
    """
    left, left_today = (
        judged.interval(plan, "unspent") if "unspent" in judged.values[plan] else None
        for plan in ("recommended", "status_quo")
    )
    if left is None or left_today is None or today <= 0:
        return ""
    share, share_today = left.mean / total, left_today.mean / today
    if share - share_today < IDLE and share < MUCH:
        return ""
    less = ": a smaller total would do the same" if share - share_today >= IDLE else ""
    return (
        f"It leaves {money(left.mean, currency)} ({share:.0%} of the total) unspent, "
        f"against {share_today:.0%} today{less}."
    )


def _compare(difference: Interval | None, goal: Objective, currency: str, base: str) -> tuple[str, str]:
    unit = currency if goal.money else None
    start = "The recommended plan"
    if difference is None:
        return (
            "undecided",
            f"{start} cannot be compared with {base}: {goal.label} is undefined for one of them.",
        )
    mean = quantity(difference.mean, currency=unit, signed=True)
    low, high = difference.low, difference.high
    if low is None or high is None:
        return "undecided", (
            f"{start} against {base}: {goal.label} {mean} on one replicate, "
            "which gives no interval; use 2 or more."
        )
    span = f"{quantity(low, currency=unit, signed=True)} to {quantity(high, currency=unit, signed=True)}"
    detail = f"{goal.label} {mean}, 95 % interval {span} over {difference.n} paired replicates"
    if low > 0:
        return "better", f"{start} is better than {base}: {detail}."
    if high < 0:
        return "worse", f"{start} is worse than {base}: {detail}."
    return "no better", f"{start} is no better than {base}: {detail}, which holds zero."


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
