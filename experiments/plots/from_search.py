"""Figures' data from a judged budget search."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from experiments.estimates import estimate
from experiments.plots.budget import BudgetData, budget_data
from experiments.plots.comparison import ComparisonData, comparison_data
from experiments.plots.difference import difference_data
from experiments.plots.from_runs import FOREST, funnel_of, kpi_texts
from experiments.plots.pareto import ParetoData, ParetoPoint, pareto_data
from experiments.plots.response import ResponseCurve, ResponseData, response_data
from experiments.recommend.judged import BASELINE_NAMES, NAMES, differences, judged

if TYPE_CHECKING:
    from experiments.runner import Case
    from optimize import BudgetProblem, OptimizeResult

COMPARED = ("roi", "ltv", "profit", "new_customers", "cac", "revenue")


def figures_of(case: Case, problem: BudgetProblem, result: OptimizeResult) -> dict[str, Any]:
    """Name -> data of every figure that the result supports."""
    occupancy = {label: result.judged.occupancy[name] for name, label in NAMES.items()}
    found: dict[str, Any] = {
        "budget": budget_of(case, problem, result),
        "difference": difference_data(
            kpi_texts(FOREST),
            judged(result, "status_quo"),
            differences(result, "recommended"),
            currency=result.currency,
        ),
        "funnel": funnel_of(case.world, occupancy),
        "comparison": comparison_of(result),
    }
    for number, name in enumerate(result.objectives):
        if any(curve.objective == name for curve in result.explanation.curves):
            found["response_curves" if number == 0 else f"response_curves-{name}"] = response_of(result, name)
    if len(result.pareto) > 0:
        found["pareto"] = pareto_of(result)
    return found


def budget_of(case: Case, problem: BudgetProblem, result: OptimizeResult) -> BudgetData:
    """Both budgets, with the limits that somebody wrote down."""
    limits, problem = {}, problem.mix or problem
    for c, name in enumerate(case.world.channels):
        lower, upper = float(problem.lower_c[c]), float(problem.upper_c[c])
        limits[name] = (lower if lower > 0 else None, upper if isfinite(upper) else None)
    return budget_data(
        case.priced,
        case.labels,
        result.status_quo.totals(),
        result.recommended.totals(),
        currency=result.currency,
        limits=limits,
    )


def comparison_of(result: OptimizeResult) -> ComparisonData:
    """Status quo, recommended and the simple rules, the objectives' KPIs first."""
    from optimize import objective

    texts = kpi_texts()
    order = dict.fromkeys([*(objective(name).kpi for name in result.objectives), *COMPARED])
    names = NAMES | {name: BASELINE_NAMES.get(name, name) for name in result.baselines}
    return comparison_data(
        {name: texts[name] for name in order if name in texts},
        {label: judged(result, name) for name, label in names.items()},
        {label: differences(result, name) for name, label in names.items() if name != "status_quo"},
        currency=result.currency,
    )


def response_of(result: OptimizeResult, objective: str) -> ResponseData:
    """Response curves of one objective."""
    found = [curve for curve in result.explanation.curves if curve.objective == objective]
    curves = [
        ResponseCurve(
            curve.label,
            tuple(zip(curve.sampled_amounts, curve.sampled_gain, strict=True)),
            tuple(zip(curve.amounts, curve.gain, strict=True)),
            curve.now[0],
            curve.recommended[0],
        )
        for curve in found
    ]
    label = f"{found[0].measure[0].upper()}{found[0].measure[1:]}, {result.currency}"
    return response_data(curves, score_label=label, score_unit="money", currency=result.currency)


def pareto_of(result: OptimizeResult) -> ParetoData:
    """The judged front of the first two objectives."""
    from optimize import OBJECTIVES

    first, second = result.objectives[:2]
    texts = [kpi_texts()[OBJECTIVES[name].kpi] for name in (first, second)]

    def point(plan: str) -> ParetoPoint:
        x, y = (result.judged.interval(plan, OBJECTIVES[name].kpi) for name in (first, second))
        return ParetoPoint(estimate(x), estimate(y))

    return pareto_data(
        [point(choice.name) for choice in result.pareto],
        point("status_quo"),
        point("recommended"),
        labels=(texts[0][0], texts[1][0]),
        units=(texts[0][1], texts[1][1]),
        currency=result.currency,
    )
