"""What `optimize` says beside its verdict: the final, what the last money earns, the front."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments import estimates, formatting
from experiments.estimates import estimate
from experiments.method_words import METHODS, NUMBERED, finder
from experiments.recommend.judged import BASELINE_NAMES, NAMES
from experiments.runner import Case
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from optimize import OptimizeResult, Standing
    from sim import Interval, Kpi


def name_of(plan: str) -> str:
    """What people call a judged plan."""
    head, _, number = plan.partition("_")
    known = NAMES | BASELINE_NAMES
    if plan in known or head not in NUMBERED:
        return known.get(plan, plan.replace("_", " "))
    return NUMBERED[head][0].format(number=int(number) + (head != "leader"))


def origin_of(origin: str, method: str) -> str:
    """Who found a plan, in words."""
    name = finder(origin, method)
    return METHODS[name][0] if name in METHODS else name.replace("_", " ")


def finalists_grid(result: OptimizeResult, goal: Kpi) -> Grid:
    """Every plan that could have been recommended, who found it, and its chance of being the best."""
    rows = tuple(
        (
            f"{name_of(row.plan)}{' =' if row.plan in result.equals else ''}",
            "" if row.origin == row.plan else origin_of(row.origin, result.method),
            formatting.number(sum(result.plans[row.plan].totals().values()), "count"),
            formatting.plus_minus(estimate(row.value), goal.unit),
            _against(row, goal),
            _chance(row.chance),
        )
        for row in result.finalists
    )
    header = (
        "Plan",
        "Found by",
        f"Offered, {result.currency}",
        heading(goal, result.currency).replace(" (incremental)", ""),
        "Against the recommended",
        "Best",
    )
    title = (
        "Finalists and simple rules: how likely each is the best (= cannot be told apart; ± half of the 95 % "
        "interval)"
    )
    return Grid(title, header, rows, left=2)


def _against(row: Standing, goal: Kpi) -> str:
    if row.against is None:
        return ""
    found = estimate(row.against)
    text = formatting.short_interval(found, goal.unit, signed=True)
    text = re.sub(r" (?=k|M|bn)", "", text)  # as tight as `plus_minus` beside it
    return f"{text} *" if estimates.clear(found) else f"{text}  "


def _chance(chance: float | None) -> str:
    if chance is None:
        return formatting.MISSING
    return "< 1 %" if chance < 0.01 else "> 99 %" if chance > 0.99 else formatting.percent(chance)


def marginal_grid(case: Case, result: OptimizeResult, goal: Kpi) -> Grid:
    """What the last money of each channel brings, and how far its amount may move."""
    flat = {row.channel: row for row in result.explanation.flat}
    rows = []
    for row in result.marginal:
        span = flat.get(row.channel)
        rows.append(
            (
                case.labels[row.channel],
                formatting.interval(estimate(row.mroi), "ratio"),
                _step(row.slope, 0.01 * result.total, goal.unit),
                row.word,
                formatting.compact(row.spend),
                f"{formatting.compact(span.low)} to {formatting.compact(span.high)}" if span else "",
            )
        )
    header = ("Channel", "mROI", f"{goal.label} by 1 % more", "Others", "Offered", "Flat range")
    title = f"The last money of each channel, {result.currency} (95 % interval)"
    return Grid(title, header, tuple(rows))


def _step(slope: Interval | None, step: float, unit: str) -> str:
    """What a step of money changes, as `+0.021 ± 0.013`."""
    if slope is None:
        return formatting.MISSING
    if unit in ("money", "people"):
        return formatting.plus_minus(estimate(_scaled(slope, step)), unit)
    mean = f"{slope.mean * step:+.3f}"
    return mean if slope.low is None else f"{mean} ±{(slope.mean - slope.low) * step:.3f}"


def _scaled(value: Interval, by: float) -> Interval:
    ends = [None if end is None else end * by for end in (value.low, value.high)]
    return replace(value, mean=value.mean * by, low=ends[0], high=ends[1])


def marginal_text(result: OptimizeResult, goal: Kpi) -> str:
    """How to read the table, and why a channel differs."""
    step = formatting.number(0.01 * result.total, "money", currency=result.currency)
    lines = [
        "Each channel's money was moved by 10 % up and down on the judge's draws. mROI: profit per unit "
        "billed more; at 0 the last money just comes back.",
        f"{goal.label} by 1 % more: what a hundredth of the budget ({step}) more in that channel would "
        "change, billed or not. At an optimum it is the same in all channels that are free to take money.",
    ]
    told = [row for row in result.marginal if row.word in ("above", "below", "at a limit")]
    lines += [f"{row.label} brings {row.why}." for row in told]
    if not told and any(row.word == "level" for row in result.marginal):
        lines.append("It is, as far as can be told from chance.")
    if result.explanation.flat:
        lines.append(
            "Flat range: a model's figure. Within it the fitted objective loses at most 1 %, if the other "
            "channels take or give the money in the best way; move one channel at a time."
        )
    return "How firm these amounts are\n" + "\n".join(f"- {line}" for line in lines)


def frontier_grid(result: OptimizeResult, goals: list[Kpi]) -> Grid:
    """Every judged candidate: those of the front first, then those that another one beats."""
    rows = tuple(
        (
            name_of(point.name),
            origin_of(point.origin, result.method),
            "knee" if point.knee else "" if point.front else "beaten",
            *(
                formatting.plus_minus(estimate(value), goal.unit)
                for value, goal in zip(point.values.values(), goals, strict=True)
            ),
        )
        for point in result.frontier.points
    )
    title = "Trade-off: judged candidates, those first that no other beats in everything"
    header = ("Plan", "Found by", "", *(heading(goal, result.currency) for goal in goals))
    return Grid(f"{title} (± half of the 95 % interval)", header, rows, left=3)


def heading(goal: Kpi, currency: str) -> str:
    """A KPI's label with the currency of amounts."""
    return f"{goal.label}, {currency}" if goal.unit == "money" else goal.label


def frontier_text(result: OptimizeResult, goals: list[Kpi]) -> str:
    """What the hypervolume is, with its box."""
    found = result.frontier
    if found.hypervolume is None or found.reference is None or found.ideal is None:
        return "Hypervolume: undefined, since one candidate is at least as good as all others in everything."

    def corner(values: dict[str, float]) -> str:
        return ", ".join(
            f"{goal.label} {formatting.number(value, goal.unit, currency=result.currency)}"
            for goal, value in zip(goals, values.values(), strict=True)
        )

    share = formatting.interval(estimate(found.hypervolume), "share")
    return (
        f"Hypervolume: the front dominates {share} of the box from the worst value of any judged plan "
        f"({corner(dict(found.reference))}) to the best of any candidate ({corner(dict(found.ideal))}); "
        "one plan best in everything would dominate all of it."
    )


def frontier_sheet(result: OptimizeResult, priced: tuple[str, ...]) -> Sheet:
    """Candidates with where they come from, their objectives and their money."""
    rows = []
    for point in result.frontier.points:
        totals, spans = result.plans[point.name].totals(), []
        for name in result.objectives:
            value = estimate(point.values[name])
            spans += [value["mean"], value["low"], value["high"]]
        marks = (int(point.front), int(point.knee), int(point.recommended))
        rows.append((point.name, point.origin, *marks, *spans, *(totals[name] for name in priced)))
    ends = [f"{name}{end}" for name in result.objectives for end in ("", "_low", "_high")]
    return Sheet(("plan", "origin", "front", "knee", "recommended", *ends, *priced), tuple(rows))


def finalists_sheet(result: OptimizeResult) -> Sheet:
    """Chances of being the best, with the paired difference to the recommended plan."""
    rows = []
    for row in result.finalists:
        value, against = estimate(row.value), estimate(row.against)
        spans = [one[end] for one in (value, against) for end in ("mean", "low", "high")]
        rows.append((row.plan, row.origin, row.chance, *spans, row.replicates))
    ends = [f"{name}{end}" for name in ("value", "against") for end in ("", "_low", "_high")]
    return Sheet(("plan", "origin", "chance_best", *ends, "final_replicates"), tuple(rows))


def marginal_sheet(result: OptimizeResult) -> Sheet:
    """mROI, slope of the objective per unit of money, and flat range by channel."""
    flat = {row.channel: row for row in result.explanation.flat}
    rows = []
    for row in result.marginal:
        found = [estimate(one) for one in (row.mroi, row.slope, row.against)]
        spans = [one[end] for one in found for end in ("mean", "low", "high")]
        span = flat.get(row.channel)
        ends = (None, None) if span is None else (span.low, span.high)
        rows.append((row.channel, row.label, row.spend, *spans, row.word, *ends))
    names = [
        f"{name}{end}" for name in ("mroi", "slope", "slope_against_others") for end in ("", "_low", "_high")
    ]
    return Sheet(("channel", "label", "spend", *names, "word", "flat_low", "flat_high"), tuple(rows))
