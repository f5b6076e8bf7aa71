"""The judge's estimates of a budget search, by plan, and what people call the plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments import estimates

if TYPE_CHECKING:
    from optimize import OptimizeResult

#: Plans that are judged in every search, by the names people read.
NAMES = {"status_quo": "now", "recommended": "recommended"}
BASELINE_NAMES = {"equal": "equal split", "historical": "today's mix", "five_three_two": "5-3-2"}


def judged(result: OptimizeResult, plan: str) -> dict[str, dict[str, Any]]:
    """The judge's KPIs of a plan."""
    return estimates.kpi_estimates(lambda kpi: result.judged.interval(plan, kpi))


def differences(result: OptimizeResult, plan: str) -> dict[str, dict[str, Any]]:
    """Paired differences of a plan against the status quo."""
    return estimates.kpi_estimates(lambda kpi: result.judged.difference(plan, "status_quo", kpi))
