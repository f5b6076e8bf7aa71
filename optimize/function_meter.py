"""A meter of one's own: any function of a plan, or any object that measures plans, instead of the simulator.

A function tells the KPIs of one plan on one replicate. It must give `profit`; `spend` is the plan's total and
`roi` profit by spend unless it gives them too, and other objectives need their own KPI (`ltv`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from optimize.objectives import Kpis
from sim import Plan

if TYPE_CHECKING:
    from optimize.meter import Meter
    from sim import Replicates


class FunctionMeter:
    """A function of a plan as a `Meter`: a fitted model, a spreadsheet, a formula.

    Args:
        function: (plan, replicate) -> KPIs by name, money in currency. The same replicate must mean the same
            draws for every plan, so that plans are compared in pairs; a function without chance ignores it.
    """

    #: A function needs no run of its own without spend.
    baseline_runs = 0

    def __init__(self, function: Callable[[Plan, int], Mapping[str, float | None]]) -> None:
        self._function = function

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> list[Kpis]:
        """KPIs of each plan."""
        return [_completed(self._function(plan, replicate), plan) for plan in plans]

    def judge(
        self,
        plans: Mapping[str, Plan],
        *,
        replicates: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Replicates:
        """KPIs of named plans on replicates 0 to `replicates` - 1."""
        return judge_by_measuring(self, plans, replicates=replicates, progress=progress)


def judge_by_measuring(
    meter: Meter,
    plans: Mapping[str, Plan],
    *,
    replicates: int,
    progress: Callable[[int, int], None] | None = None,
) -> Replicates:
    """What `judge` of a meter may be: every plan measured on replicates 0 to `replicates` - 1, paired.

    Args:
        meter: what measures.
        plans: name -> plan.
        replicates: 1 or more.
        progress: called with (replicates done, replicates).
    """
    from sim import Replicates

    rows: dict[str, list[Kpis]] = {name: [] for name in plans}
    for replicate in range(replicates):
        for name, kpis in zip(plans, meter.measure(list(plans.values()), replicate=replicate), strict=True):
            rows[name].append(kpis)
        if progress is not None:
            progress(replicate + 1, replicates)
    values = {
        name: {kpi: tuple(each[kpi] for each in measured) for kpi in measured[0]}
        for name, measured in rows.items()
    }
    return Replicates(values, channel_values={}, occupancy={}, runs={})


def _completed(kpis: Mapping[str, float | None], plan: Plan) -> Kpis:
    """The KPIs with `spend` and `roi`."""
    full = {"spend": plan.total, **kpis}
    spend, profit = full["spend"], full.get("profit")
    if "roi" not in full:
        full["roi"] = profit / spend if spend and profit is not None else None
    return full
