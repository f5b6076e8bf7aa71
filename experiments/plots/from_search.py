"""Figures' data from a judged budget search."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.estimates import estimate
from experiments.plots.budget import BudgetData, budget_data
from experiments.plots.comparison import ComparisonData, comparison_data
from experiments.plots.difference import difference_data
from experiments.plots.flights import FlightsData, flights_data
from experiments.plots.from_runs import FOREST, funnel_of, kpi_texts
from experiments.plots.pareto import ParetoData, ParetoPoint, pareto_data
from experiments.plots.response import ResponseCurve, ResponseData, response_data
from experiments.plots.tornado import TornadoData, tornado_data
from experiments.recommend.details import origin_of
from experiments.recommend.judged import BASELINE_NAMES, NAMES, differences, judged
from experiments.texts import eased

if TYPE_CHECKING:
    from experiments.runner import Case
    from optimize import BudgetProblem, OptimizeResult, Robustness, ShadowPrice

COMPARED = ("roi", "ltv", "profit", "new_customers", "cac", "revenue")


def figures_of(
    case: Case, problem: BudgetProblem, result: OptimizeResult, robust: Robustness | None = None
) -> dict[str, Any]:
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
            found["response_curves" if number == 0 else f"response_curves-{name}"] = response_of(
                case, problem, result, name
            )
    for number, name in enumerate(result.objectives[1:] if result.frontier.points else ()):
        found["pareto" if number == 0 else f"pareto-{name}"] = pareto_of(result, result.objectives[0], name)
    if len(result.flights) > 1:
        found["flights"] = flights_of(case, result)
    if robust is not None:
        found["robustness"] = tornado_of(result, robust)
    return found


def limits_of(case: Case, problem: BudgetProblem) -> dict[str, tuple[float | None, float | None]]:
    """Channel -> (least, most) money that somebody wrote down; None where there is no bound."""
    limits, problem = {}, problem.mix or problem
    for c, name in enumerate(case.world.channels):
        lower, upper = float(problem.lower_c[c]), float(problem.upper_c[c])
        limits[name] = (lower if lower > 0 else None, upper if isfinite(upper) else None)
    return limits


def budget_of(case: Case, problem: BudgetProblem, result: OptimizeResult) -> BudgetData:
    """What both budgets place, with the limits that somebody wrote down; those are on what is offered."""
    return budget_data(
        case.priced,
        case.labels,
        result.placed("status_quo"),
        result.placed("recommended"),
        currency=result.currency,
        limits=limits_of(case, problem),
        placed=True,
    )


def flights_of(case: Case, result: OptimizeResult) -> FlightsData:
    """Money by flight, now and recommended."""
    now, new = (
        [
            dict(zip(plan.channels, plan.spend_tc[flight.periods].sum(axis=0).tolist(), strict=True))
            for flight in result.flights
        ]
        for plan in (result.status_quo, result.recommended)
    )
    labels = {name: case.labels[name] for name in case.priced}
    return flights_data(
        [flight.name for flight in result.flights], labels, now, new, currency=result.currency
    )


def tornado_of(result: OptimizeResult, robust: Robustness) -> TornadoData:
    """The recommendation's lead in other worlds."""
    label, unit = kpi_texts()[robust.kpi][:2]
    rows = [
        {"name": row.name, "kind": row.kind, "word": row.word, "difference": estimate(row.difference)}
        for row in robust.rows
    ]
    return tornado_data(rows, label=label, unit=unit, currency=result.currency)


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


def response_of(case: Case, problem: BudgetProblem, result: OptimizeResult, objective: str) -> ResponseData:
    """Response curves of one objective, with the limits and, for the first, what those that bind cost."""
    found = [curve for curve in result.explanation.curves if curve.objective == objective]
    limits, first = limits_of(case, problem), objective == result.objectives[0]
    notes = limit_notes(result) if first else {}
    curves = [
        ResponseCurve(
            curve.label,
            tuple(zip(curve.sampled_amounts, curve.sampled_gain, strict=True)),
            tuple(zip(curve.amounts, curve.gain, strict=True)),
            curve.now[0],
            curve.recommended[0],
            *limits[curve.channel],
            notes.get(curve.channel, ""),
        )
        for curve in found
    ]
    label = f"{found[0].measure[0].upper()}{found[0].measure[1:]}, {result.currency}"
    price = result.explanation.shadow_price
    note = ""
    if first and price is not None and price.value is not None:
        note = f"1 % more budget: {step_text(result, price.value)} {_surety(result, price)}"
        note += "\nat a limit: what as much more room would change" if notes else ""
    return response_data(curves, score_label=label, score_unit="money", currency=result.currency, note=note)


def _surety(result: OptimizeResult, price: ShadowPrice) -> str:
    """The judge's interval of the price of the total, or that it is a model's."""
    judged = price.judged
    if judged is None:
        return "by the curves"
    if judged.low is None or judged.high is None:
        return "on one replicate"
    return f"({change_text(result, judged.low)} to {change_text(result, judged.high)}), {price.word}"


def limit_notes(result: OptimizeResult) -> dict[str, str]:
    """Channel -> what its limit costs: the objective's change where it gives way by 1 % of the total."""
    notes = {}
    for limit in result.explanation.binding:
        if len(limit.channels) == 1:
            notes[limit.channels[0]] = f"at a limit{_eased(result, limit.shadow_price, limit.kind)}"
    return notes


def _eased(result: OptimizeResult, price: float | None, kind: str) -> str:
    if price is None:
        return ""
    gain, side = eased(price, kind)
    return f": {change_text(result, gain)}{f' ({side})' if side else ''}"


def step_text(result: OptimizeResult, price: float) -> str:
    """What a hundredth of the budget at this price changes, such as `ROI +0.012`."""
    from optimize import objective

    label = kpi_texts()[objective(result.objectives[0]).kpi][0]
    return f"{formatting.in_sentence(label)} {change_text(result, price)}"


def change_text(result: OptimizeResult, price: float) -> str:
    """The same without the name of the objective, short enough to stand over a panel."""
    from optimize import objective

    unit, change = kpi_texts()[objective(result.objectives[0]).kpi][1], price * 0.01 * result.total
    if unit == "money":
        return formatting.compact(change if abs(change) >= 0.5 else 0.0, signed=True)
    return f"{change:+.3f}" if abs(change) >= 5e-4 else "0"


def pareto_of(result: OptimizeResult, first: str, second: str) -> ParetoData:
    """The judged candidates in two of the objectives."""
    from optimize import OBJECTIVES

    texts = [kpi_texts()[OBJECTIVES[name].kpi] for name in (first, second)]

    def point(plan: str, origin: str = "search", *, knee: bool = False) -> ParetoPoint:
        origin = origin_of(origin, result.method)
        x, y = (result.judged.interval(plan, OBJECTIVES[name].kpi) for name in (first, second))
        return ParetoPoint(estimate(x), estimate(y), origin, knee)

    points = result.frontier.points
    return pareto_data(
        [point(each.name, each.origin, knee=each.knee) for each in points if each.front],
        point("status_quo"),
        point("recommended"),
        labels=(texts[0][0], texts[1][0]),
        units=(texts[0][1], texts[1][1]),
        currency=result.currency,
        beaten=[point(each.name, each.origin) for each in points if not each.front],
        joined=len(result.objectives) == 2,
    )
