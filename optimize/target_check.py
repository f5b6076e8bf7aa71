"""Whether the recommended plan reaches its targets, on draws that the search never saw, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimize.target_meter import TargetMeter
from optimize.targets import Target
from optimize.wording import money

if TYPE_CHECKING:
    from optimize.evaluator import Evaluation
    from optimize.meter import Meter
    from optimize.problem import BudgetProblem
    from sim import Interval, Plan, Replicates

#: Share of the budget below which the cheapest plan is hardly one.
NEXT_TO_NOTHING = 0.05


@dataclass(frozen=True)
class TargetCheck:
    """A target on the judge's draws.

    Attributes:
        target: name in `targets.TARGETS`.
        bound: what must be reached, or not exceeded.
        least: True where the bound is a least value.
        value: the judge's interval; None where the key figure is undefined.
        word: `reached`, `missed`, or `unclear` where the interval holds the bound.
        text: a sentence.
    """

    target: str
    bound: float
    least: bool
    value: Interval | None
    word: str
    text: str


def check_targets(
    problem: BudgetProblem, meter: Meter, plan: Plan, judged: Replicates, replicates: int
) -> tuple[TargetCheck, ...]:
    """Judge every target of the recommended plan."""
    from sim import interval

    rows = []
    if any(target.kind.extra for target in problem.targets) and isinstance(meter, TargetMeter):
        rows = [meter.measure([plan], replicate=r, thorough=True)[0] for r in range(replicates)]
    found = []
    for target in problem.targets:
        kpi = target.kind.kpi
        if target.kind.extra:
            value = interval([row[kpi] for row in rows])
        else:
            value = judged.interval("recommended", kpi)
        found.append(_checked(target, value, problem.currency))
    return tuple(found)


def extra_runs(problem: BudgetProblem, meter: Meter, replicates: int) -> int:
    """Simulations that the check takes on top of the judge's own."""
    wanted = any(target.kind.extra for target in problem.targets)
    return replicates * meter.thorough_runs if wanted and isinstance(meter, TargetMeter) else 0


def _checked(target: Target, value: Interval | None, currency: str) -> TargetCheck:
    goal = f"{'at least' if target.least else 'at most'} {shown(target, target.bound, currency)}"
    label = target.kind.label
    if value is None:
        text = f"Target missed: {label} is undefined for the recommended plan, against {goal}."
        return TargetCheck(target.name, target.bound, target.least, None, "missed", text)
    low = value.mean if value.low is None else value.low
    high = value.mean if value.high is None else value.high
    worst, best = (low, high) if target.least else (high, low)
    word = "reached" if target.surplus(worst) >= 0 else "missed" if target.surplus(best) < 0 else "unclear"
    span = f"{shown(target, low, currency)} to {shown(target, high, currency)}"
    detail = f"{label} {shown(target, value.mean, currency)}, 95 % interval {span}, against {goal}"
    start = {"reached": "Target reached", "missed": "Target missed", "unclear": "Target not certain"}[word]
    return TargetCheck(target.name, target.bound, target.least, value, word, f"{start}: {detail}.")


def shown(target: Target, value: float, currency: str) -> str:
    """A value of the target's key figure, with its unit."""
    unit = target.kind.unit
    if unit == "money":
        return money(value, currency)
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if unit == "people" else f"{value:,.3g}"


def unreached(problem: BudgetProblem, evaluations: Sequence[Evaluation], runs: int) -> str:
    """One line: which targets no plan reached, and the best value that any plan within the limits had."""
    within = [done for done in evaluations if not done.failure and not problem.violations(done.amounts_c)]
    said = []
    for target in problem.targets:
        goal = f"{target.kind.label} of {'at least' if target.least else 'at most'} "
        goal += shown(target, target.bound, problem.currency)
        values = [value for done in within if (value := done.kpis.get(target.kind.kpi)) is not None]
        best = max(values, key=target.surplus, default=None)
        reached = (
            "none has one" if best is None else f"the best found is {shown(target, best, problem.currency)}"
        )
        said.append(f"{goal} ({reached})")
    nearest = min(within, key=lambda done: done.miss, default=None)
    near = "" if nearest is None else f"; {_nearest(problem, nearest)}"
    together = " together with " if len(said) > 1 else ""
    return f"targets: no plan within the limits, of {runs} simulations, has a {together.join(said)}{near}"


def _nearest(problem: BudgetProblem, done: Evaluation) -> str:
    """The plan that misses its targets least, with what it reaches."""
    values = []
    for target in problem.targets:
        value = done.kpis.get(target.kind.kpi)
        if value is not None:
            values.append(f"{target.kind.label} {shown(target, value, problem.currency)}")
    spent = money(float(done.amounts_c.sum()), problem.currency)
    return f"the nearest plan spends {spent} and has {', '.join(values)}"


def cheapest_text(today: float, found: float, problem: BudgetProblem) -> str:
    """What the cheapest plan costs, against today's."""
    gap, currency = found - today, problem.currency
    side = f"{money(abs(gap), currency)} {'less' if gap < 0 else 'more'} than today"
    text = f"The cheapest plan found that reaches the targets spends {money(found, currency)}, {side}."
    if found < NEXT_TO_NOTHING * problem.total and not any(t.name == "volume" for t in problem.targets):
        text += " Ratios alone are reached by spending next to nothing: add a target such as volume."
    return text
