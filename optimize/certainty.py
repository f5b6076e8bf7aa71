"""How far the advice is certain: who found it, which plans cannot be told apart from it, what may differ.

A search that starts elsewhere may end at another plan that is as good. Two things tell of such plans: other
finalists that the judge cannot tell apart from the recommended one, and the flat range, within which the
fitted objective hardly changes. Where they spread over another total, or over both directions for a channel,
the verdict says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimize.candidates import RECOMMENDED
from optimize.finalists import NEAR

if TYPE_CHECKING:
    from optimize.candidates import Found
    from optimize.chances import Standing
    from optimize.explain import Explanation
    from optimize.problem import BudgetProblem
    from sim import Interval, Plan, Replicates

#: Share of the money spent from which on a channel's change is advice, and another total is another.
MOVED, OTHER_TOTAL = 0.01, 0.05
#: Origins that are optimisers: whose plans a recommendation is held against.
NOT_OPTIMISERS = ("status_quo", "equal", "historical", "five_three_two")


@dataclass(frozen=True)
class FoundBy:
    """Who found the recommended plan.

    Attributes:
        origin: `search` for the method asked for, another optimiser (see `opinions`), or a rule of thumb.
        agree: others that came to the same plan.
        runner_up: origin of the best other plan that was searched for; None without one.
        ahead: paired difference of the objective to that plan on the judge's draws.
    """

    origin: str
    agree: tuple[str, ...] = ()
    runner_up: str | None = None
    ahead: Interval | None = None


@dataclass(frozen=True)
class Spread:
    """What near-equal plans differ in.

    Attributes:
        total: least and most money that they spend, currency.
        unsure: channels that some of them give more than today and others less.
        other_total: True where that total is not the recommended one.
    """

    total: tuple[float, float]
    unsure: tuple[str, ...] = ()
    other_total: bool = False


def found_by(found: Found, judged: Replicates, kpi: str) -> FoundBy | None:
    """Who found the plan, and by how much it leads the next; None where there was no final."""
    if found.final is None or found.best is None:
        return None
    winner, rivals = found.final.winner, found.final.rivals
    if not rivals:
        return FoundBy(winner.origin, winner.agree)
    ahead = judged.difference(RECOMMENDED, "leader_1", kpi) if "leader_1" in judged.values else None
    return FoundBy(winner.origin, winner.agree, rivals[0].origin, ahead)


def equals(finalists: Sequence[Standing], plans: Mapping[str, Plan]) -> tuple[str, ...]:
    """Finalists that are not clearly worse than the recommended plan, near copies of it left out.

    One whose chance of being the best is higher is always among them.
    """
    chosen = plans[RECOMMENDED].total_c
    mine = next((row.chance or 0.0 for row in finalists if row.plan == RECOMMENDED), 0.0)
    found = []
    for row in finalists:
        if row.plan in (RECOMMENDED, "status_quo") or row.against is None or row.against.high is None:
            continue
        moved = float(np.abs(plans[row.plan].total_c - chosen).sum())
        ahead = (row.chance or 0.0) > mine and moved > 0
        if ahead or (row.against.high >= 0 and moved > NEAR * float(chosen.sum())):
            found.append(row.plan)
    return tuple(found)


def spread(
    problem: BudgetProblem, why: Explanation, plans: Mapping[str, Plan], same: Sequence[str]
) -> Spread:
    """Over what the flat range and the plans that cannot be told apart spread."""
    names, now = problem.world.channels, plans["status_quo"].totals()
    rows = [plans[name].totals() for name in (RECOMMENDED, *same)]
    chosen, flat = rows[0], {row.channel: (row.low, row.high) for row in why.flat}
    spent = sum(chosen.values())
    unsure = []
    for name in names:
        held = [*(row[name] for row in rows), *flat.get(name, ())]
        moved, advice = chosen[name] - now[name], MOVED * spent
        other_way = min(held) - now[name] if moved > 0 else max(held) - now[name]
        if abs(moved) > advice and moved * other_way < 0 and abs(other_way) > advice:
            unsure.append(name)
    totals = [*(sum(row.values()) for row in rows), *(why.flat_total or ())]
    low, high = min(totals), max(totals)
    other = max(high - spent, spent - low) > OTHER_TOTAL * spent
    return Spread((low, high), tuple(unsure), other)
