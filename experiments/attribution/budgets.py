"""What spending as a rule says would earn: budgets in proportion to credit, judged on draws of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.attribution.runs import BRAND, COMPLETE
from experiments.estimates import estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from experiments.commands.options import Settings
    from experiments.runner import Case
    from optimize import BudgetProblem
    from sim import Plan

    Floats = npt.NDArray[np.float64]

STATUS_QUO, TRUTH = "status_quo", "truth"
#: Views whose budgets are judged.
JUDGED = (COMPLETE, BRAND)
#: Share of the total from which on limits count as having changed a plan.
MOVED = 1e-3


@dataclass(frozen=True, eq=False)
class Budgets:
    """Plans that spend the same total.

    Attributes:
        plans: (view, rule) -> plan, and ("", "truth"), ("", "status_quo").
        moved: what the limits moved of each of them, currency; 0 where they changed nothing.
        limits_hold: False when no plan of this total meets the limits, so that none was heeded.
    """

    total: float
    plans: Mapping[tuple[str, str], Plan]
    moved: Mapping[tuple[str, str], float]
    limits_hold: bool


def budgets(case: Case, credits: Mapping[tuple[str, str], Floats]) -> Budgets | None:
    """A plan of today's total and timing for each credit; None where nothing is spent today.

    Args:
        case: the market, today's plan and the limits of its optimization block.
        credits: (view, rule) -> value credited to each channel, (C,).
    """
    import numpy as np

    from optimize import in_proportion, proportional

    if case.plan.total <= 0:
        return None
    problem, limits_hold = _problem(case)
    plans, moved = {("", STATUS_QUO): case.plan}, {("", STATUS_QUO): 0.0}
    for key, credit_c in credits.items():
        wanted_c, plan = proportional(problem, credit_c), problem.plan(in_proportion(problem, credit_c))
        away = 0.0 if wanted_c is None else float(np.abs(plan.total_c - wanted_c).sum()) / 2
        plans[key] = plan
        moved[key] = away if away > MOVED * problem.total else 0.0
    return Budgets(problem.total, plans, moved, limits_hold)


def _problem(case: Case) -> tuple[BudgetProblem, bool]:
    """Today's total under the scenario's limits, or without them where they cannot hold."""
    import numpy as np

    from optimize import BudgetProblem
    from sim import LimitError

    try:
        scenario, total = case.file.scenario, case.plan.total
        return BudgetProblem.from_scenario(scenario, case.world, case.plan, total=total), True
    except LimitError:
        upper_c = np.where(case.world.priced_c, np.inf, 0.0)
        return BudgetProblem(case.world, case.plan, total, np.zeros(len(upper_c)), upper_c), False


def judge(
    case: Case, found: Budgets, settings: Settings, report: Callable[[int, int], None]
) -> dict[str, Any]:
    """Simulate every plan on replicates that no credit was read from; entries by `view:rule`.

    Args:
        case: scenario and status quo.
        found: the plans; equal ones are simulated once.
        settings: as many replicates as credits were read from, and the first of them comes after these.
        report: told (periods done, periods in all).
    """
    from sim import regrets, replicate_kpis

    first: dict[Plan, str] = {}
    for key, plan in found.plans.items():
        first.setdefault(plan, named(*key))
    judged = replicate_kpis(
        case.world,
        {name: plan for plan, name in first.items()},
        seed=settings.seed,
        replicates=settings.replicates,
        first_replicate=settings.replicates,
        engine=settings.engine,
        threads=settings.jobs,
        progress=report,
    )
    profits = {name: [float(v or 0.0) for v in judged.values[name]["profit"]] for name in first.values()}
    best, short = regrets(profits)
    rows = {}
    for key, plan in found.plans.items():
        same = first[plan]
        rows[named(*key)] = {
            "profit": estimate(judged.interval(same, "profit")),
            "regret": estimate(short[same]),
            "difference": estimate(judged.difference(same, STATUS_QUO, "profit")),
            "best": same == best,
        }
    return rows


def named(view: str, rule: str) -> str:
    """Key of a plan among those judged."""
    return f"{view}:{rule}" if view else rule


def spend(plan: Plan) -> dict[str, float]:
    """Money by channel, to the hundredth."""
    return {name: round(amount, 2) for name, amount in plan.totals().items()}
