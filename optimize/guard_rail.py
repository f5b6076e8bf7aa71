"""Beside every cut of more than half: what that channel was measured to bring, and a warning where it pays.

    symbol     meaning                                                                        shape
    cost_r     profit of a plan less its profit with the channel switched off, same draws     (R,)
    billed_r   money billed to the channel in that plan                                       (R,)
    return     sum of cost_r / sum of billed_r, with a ratio's interval                       ()

A search moves money to where the model says it brings more. What it takes it from may still pay by itself,
and a wrong assumption about the others then costs what is measured here (FACTS A2.6). All of it is simulated
on the judge's replicates: today's plan without the channel's money, and the recommended one without it where
that still has some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimize.wording import money, quantity
from sim import Plan, distinct_plans, paired_difference, plan_without, ratio_interval

if TYPE_CHECKING:
    from optimize.meter import Meter
    from optimize.problem import BudgetProblem
    from sim import Interval, Replicates

#: Share of today's money below which a channel counts as cut.
LEFT = 0.5
TODAY, RECOMMENDED = "status_quo", "recommended"


@dataclass(frozen=True)
class GuardRail:
    """What a channel that is cut by more than half was measured to bring.

    Attributes:
        channel: id.
        label: name for people.
        now: money of today's plan.
        recommended: money of the recommended plan.
        cut: share of today's money that goes.
        cost: profit that switching the channel off in today's plan costs.
        returns: that over the money billed to it today; None where nothing is billed.
        cost_recommended: the same cost in the recommended plan; None where that gives it nothing.
        returns_recommended: that over the money billed to it there.
        word: `pays`, `loses`, `not told apart` where the interval of `cost` holds zero, or `unknown` on one
            replicate.
        text: a sentence; a warning where it pays.
    """

    channel: str
    label: str
    now: float
    recommended: float
    cut: float
    cost: Interval | None
    returns: Interval | None
    cost_recommended: Interval | None
    returns_recommended: Interval | None
    word: str
    text: str


def guard_rail(
    problem: BudgetProblem,
    meter: Meter,
    plans: Mapping[str, Plan],
    judged: Replicates,
    replicates: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[GuardRail, ...], int]:
    """Switch off, one by one, the channels that lose more than half of their money.

    Args:
        plans: `status_quo` and `recommended` among them.
        judged: both on the judge's replicates; they are not simulated again.
        replicates: how many the judge used.

    Returns:
        A row a channel, the largest cut first, and the simulations it took: none without such a cut.
    """
    cut = _cut(plans[TODAY], plans[RECOMMENDED])
    if not cut:
        return (), 0
    wanted = {
        _off(name, channel): plan_without(plans[name], [channel])
        for channel in cut
        for name in (TODAY, RECOMMENDED)
        if plans[name].totals()[channel] > 0
    }
    without = meter.judge(wanted, replicates=replicates, progress=progress)
    nothing = Plan.zero(problem.world.channels, problem.world.periods)
    simulated = len(distinct_plans([*wanted.values(), nothing])[0])
    rows = [_row(problem, channel, plans, judged, without) for channel in cut]
    return tuple(sorted(rows, key=lambda row: row.recommended - row.now)), replicates * simulated


def _cut(today: Plan, recommended: Plan) -> list[str]:
    new = recommended.totals()
    return [name for name, money in today.totals().items() if money > 0 and new[name] < LEFT * money]


def _off(plan: str, channel: str) -> str:
    return f"{plan} without {channel}"


def _row(
    problem: BudgetProblem, channel: str, plans: Mapping[str, Plan], judged: Replicates, without: Replicates
) -> GuardRail:
    now, new = (plans[name].totals()[channel] for name in (TODAY, RECOMMENDED))
    label = dict(zip(problem.world.channels, problem.world.labels, strict=True))[channel]
    cost, returns = _brings(TODAY, channel, judged, without)
    kept = _brings(RECOMMENDED, channel, judged, without) if new > 0 else (None, None)
    word, cut = _word(cost), 1.0 - new / now
    text = _sentence(label, cut, cost, returns, word, problem.currency)
    return GuardRail(channel, label, now, new, cut, cost, returns, *kept, word, text)


def _brings(
    plan: str, channel: str, judged: Replicates, without: Replicates
) -> tuple[Interval | None, Interval | None]:
    """What switching the channel off costs, and that over the money billed to it."""
    off = _off(plan, channel)
    profit, left = judged.values[plan]["profit"], without.values[off]["profit"]
    cost = paired_difference(profit, left)
    if cost is None:
        return None, None
    own = judged.channel_values.get(plan, {}).get(channel, {}).get("spend")
    # A meter that knows no channels tells by how much less is billed in all.
    billed = own or _less(judged.values[plan]["spend"], without.values[off]["spend"])
    return cost, ratio_interval(_less(profit, left), [float(each or 0.0) for each in billed])


def _less(values: tuple[float | None, ...], others: tuple[float | None, ...]) -> list[float]:
    return [float(a or 0.0) - float(b or 0.0) for a, b in zip(values, others, strict=True)]


def _word(cost: Interval | None) -> str:
    if cost is None or cost.low is None or cost.high is None:
        return "unknown"
    return "pays" if cost.low > 0 else "loses" if cost.high < 0 else "not told apart"


def _sentence(
    label: str, cut: float, cost: Interval | None, returns: Interval | None, word: str, currency: str
) -> str:
    start = f"{label} is cut by {cut:.0%}"
    if cost is None:
        return f"{start}; what it brings is undefined."
    if cost.low is None or cost.high is None:
        return f"{start}; one replicate does not tell what it brings."
    spans = [quantity(end, currency=currency) for end in (cost.low, cost.high)]
    span = f"95 % interval {spans[0]} to {spans[1]}"
    if word == "loses":
        return f"{start}; switching it off today gains {money(-cost.mean, currency)} of profit ({span})."
    if word == "not told apart":
        return f"{start}; what switching it off today costs is not told apart from zero ({span})."
    each = "" if returns is None else f", {returns.mean:,.2f} per {currency} billed to it"
    brought = f"{money(cost.mean, currency)} of profit today ({span}){each}"
    return (
        f"{start} though it was measured to bring {brought}: check with a smaller cut, or a test in "
        "one region, before you make it."
    )
