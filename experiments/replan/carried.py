"""Plans carried out replicate by replicate: policies decide in the market they are then judged in.

symbol       meaning                                          shape
amounts      money by block and channel, one a replicate      (F, C)
values       plan -> KPI -> one value a replicate
parts        plan -> KPI that is a ratio -> (numerator, denominator) of each replicate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.estimates import estimate

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from optimize import BudgetProblem, PolicyOptions
    from sim import Plan, Replicates, World

STATUS_QUO, ONE_SHOT = "status_quo", "one_shot"
Report = Callable[..., None]


@dataclass
class Carried:
    """What came of every plan in the replicates that are done.

    Attributes:
        fixed: plans that do not answer to what happens.
        amounts: policy -> (F, C) money of each replicate.
        values: plan -> KPI -> one value a replicate.
        parts: plan -> KPI that is a ratio -> (numerator, denominator) of each replicate.
    """

    fixed: Mapping[str, Plan]
    amounts: dict[str, list[Any]] = field(default_factory=dict)
    values: dict[str, dict[str, list[float | None]]] = field(default_factory=dict)
    parts: dict[str, dict[str, list[tuple[float, float]]]] = field(default_factory=dict)
    replicates: int = 0
    interrupted: bool = False

    def add(self, amounts: Mapping[str, Any], judged: Replicates) -> None:
        """One replicate more."""
        for name, amounts_fc in amounts.items():
            self.amounts.setdefault(name, []).append(amounts_fc)
        _extend(self.values, judged.values)
        _extend(self.parts, judged.parts)
        self.replicates += 1

    def judged(self) -> Replicates:
        """The KPIs with intervals and paired differences."""
        from sim import Replicates

        return Replicates(_frozen(self.values), parts=_frozen(self.parts))

    def spend(self, problem: BudgetProblem, name: str) -> list[dict[str, dict[str, float | None]]]:
        """Money offered by block and channel: mean over replicates with its interval."""
        import numpy as np

        from sim import interval

        shape = len(problem.flights), len(problem.world.channels)
        if name in self.amounts:
            rows = self.amounts[name]
        else:
            rows = [problem.by_flight(self.fixed[name]).reshape(shape)] * self.replicates
        money_rfc = np.round(np.array(rows), 2)
        return [
            {
                channel: estimate(interval(money_rfc[:, f, c].tolist()))
                for c, channel in enumerate(problem.world.channels)
                if problem.world.priced_c[c]
            }
            for f in range(shape[0])
        ]


def _extend(mine: dict[str, dict[str, list[Any]]], more: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
    for name, kpis in more.items():
        for kpi, row in kpis.items():
            mine.setdefault(name, {}).setdefault(kpi, []).extend(row)


def _frozen(rows: Mapping[str, Mapping[str, Sequence[Any]]]) -> dict[str, dict[str, tuple[Any, ...]]]:
    return {name: {kpi: tuple(row) for kpi, row in kpis.items()} for name, kpis in rows.items()}


def carry_out(
    problem: BudgetProblem,
    policies: Sequence[str],
    fixed: Mapping[str, Plan],
    world: World,
    settings: Settings,
    *,
    reserve: float,
    options: PolicyOptions,
    panel_size: int,
    report: Report,
) -> Carried:
    """Decide and judge in each replicate; an interrupt keeps those that are done.

    Raises:
        KeyboardInterrupt: before the first replicate was done.
    """
    from optimize import Market, replan
    from sim import replicate_kpis

    found, steps = Carried(fixed), len(problem.flights)
    try:
        for r in range(settings.replicates):

            def step(done: int, _of: int, r: int = r) -> None:
                report(r * steps + done, settings.replicates * steps, f"replicate {r + 1}")

            market = Market(world, settings.seed, r, panel_size, settings.engine, settings.jobs)
            amounts = replan(problem, policies, market, reserve=reserve, options=options, progress=step)
            plans = {**fixed, **{name: problem.plan(row.ravel()) for name, row in amounts.items()}}
            judged = replicate_kpis(
                world,
                plans,
                seed=settings.seed,
                replicates=1,
                first_replicate=r,
                engine=settings.engine,
                threads=settings.jobs,
            )
            found.add(amounts, judged)
            step(steps, steps)
    except KeyboardInterrupt:
        if not found.replicates:
            raise
        found.interrupted = True
    return found
