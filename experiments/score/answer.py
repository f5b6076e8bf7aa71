"""`score`: judge a plan that somebody typed, against the status quo, without optimising.

symbol      meaning
up_c        the plan with 5 % more money for channel c
down_c      the plan with 5 % less
mROI        (profit up_c - profit down_c) / (billed to c up - down); money of other channels stays as planned
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import estimates
from experiments.answer import Answer
from experiments.console import progress
from experiments.estimates import estimate
from experiments.runner import Case, announce, open_case
from experiments.tables import Sheet

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from sim import Plan, Replicates

NOW, PLAN = "status_quo", "plan"
#: Change of a channel's money by which its marginal return is measured.
NUDGE = 0.05


@dataclass(frozen=True)
class Request:
    """Which plan on which scenario."""

    scenario: str
    plan_csv: Path
    variant: str | None


def answer_score(request: Request, settings: Settings) -> Answer:
    """Judge the plan and put the answer together."""
    from experiments.score.tables import sections, sheets
    from sim import replicate_kpis

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    now = case.file.status_quo()
    broken = limits_broken(case, now)
    announce(settings)
    with progress("judging", quiet=settings.quiet) as report:
        judged = replicate_kpis(
            case.world,
            {NOW: now, PLAN: case.plan} | nudged(case),
            seed=settings.seed,
            replicates=settings.replicates,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )
    summary = {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source,
        "seed": settings.seed,
        "replicates": settings.replicates,
        "currency": case.world.currency,
        "total": {"now": now.total, "plan": case.plan.total},
        "limits_broken": broken,
        "now": estimates.kpi_estimates(lambda kpi: judged.interval(NOW, kpi)),
        "kpis": estimates.kpi_estimates(lambda kpi: judged.interval(PLAN, kpi)),
        "difference": estimates.kpi_estimates(lambda kpi: judged.difference(PLAN, NOW, kpi)),
        "channels": channels(case, now, judged),
    }
    return Answer(
        command="score",
        case=case,
        summary=summary,
        sections=sections(case, summary),
        sheets=sheets(summary),
        figures=lambda: _figures(case, now, judged, summary),
        plans={"plan": case.plan},
        inputs=(request.plan_csv,),
    )


def limits_broken(case: Case, now: Plan) -> list[str]:
    """Every limit of the scenario's optimization block that the plan breaks, as a sentence."""
    from optimize import BudgetProblem

    # Without a total in the scenario there is none to keep.
    total = case.plan.total if case.file.scenario.optimization.total is None else None
    if case.plan.total <= 0:
        return ["the plan spends nothing"]
    problem = BudgetProblem.from_scenario(case.file.scenario, case.world, now, total=total)
    return problem.violations(problem.by_flight(case.plan))


def nudged(case: Case) -> dict[str, Plan]:
    """The plan with a little more and a little less for each channel that has money."""
    import numpy as np

    from sim import Plan

    plans = {}
    for c, name in enumerate(case.world.channels):
        if case.plan.total_c[c] > 0:
            for key, factor in (("up", 1 + NUDGE), ("down", 1 - NUDGE)):
                scale_c = np.ones(len(case.world.channels))
                scale_c[c] = factor
                plans[f"{key}:{name}"] = Plan(case.plan.channels, case.plan.spend_tc * scale_c)
    return plans


def channels(case: Case, now: Plan, judged: Replicates) -> dict[str, dict[str, Any]]:
    """By channel: money now and planned, what came of it, and the marginal return."""
    found = {}
    before, after = now.totals(), case.plan.totals()
    measured = estimates.channel_estimates(case, judged, PLAN)
    for name in case.world.channels:
        found[name] = {
            **measured[name],
            "money_now": before[name],
            "money": after[name],
            "mroi": estimate(marginal(judged, name)) if after[name] > 0 else estimate(None),
        }
    return found


def marginal(judged: Replicates, channel: str) -> Any:
    """Change of profit per change of money billed to the channel, over all replicates together."""
    from sim import ratio_interval

    up, down = f"up:{channel}", f"down:{channel}"

    def change(more: Sequence[float | None], less: Sequence[float | None]) -> list[float]:
        return [float(a or 0.0) - float(b or 0.0) for a, b in zip(more, less, strict=True)]

    gained = change(judged.values[up]["profit"], judged.values[down]["profit"])
    billed = change(*(judged.channel_values[key][channel]["spend"] for key in (up, down)))
    return ratio_interval(gained, billed)


def _figures(case: Case, now: Plan, judged: Replicates, summary: Mapping[str, Any]) -> dict[str, Any]:
    from experiments.plots.budget import budget_data
    from experiments.plots.difference import difference_data
    from experiments.plots.from_runs import FOREST, funnel_of, kpi_texts

    currency = case.world.currency
    return {
        "budget": budget_data(
            case.priced, case.labels, now.totals(), case.plan.totals(), currency=currency, which="given"
        ),
        "difference": difference_data(
            kpi_texts(FOREST),
            summary["now"],
            summary["difference"],
            currency=currency,
            names=("given plan", "status quo"),
        ),
        "funnel": funnel_of(case.world, {"now": judged.occupancy[NOW], "plan": judged.occupancy[PLAN]}),
    }


def plan_sheet(summary: Mapping[str, Any]) -> Sheet:
    """By channel: money, what is not placed, marginal return."""
    rows = tuple(
        (
            name,
            row["label"],
            row["money_now"],
            row["money"],
            row["unspent"]["mean"],
            row["mroi"]["mean"],
            row["mroi"]["low"],
            row["mroi"]["high"],
        )
        for name, row in summary["channels"].items()
    )
    header = ("channel", "label", "now", "plan", "not_placed", "mroi", "mroi_low", "mroi_high")
    return Sheet(header, rows)
