"""Tables of `replan` for machines: KPIs, differences, money by block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import estimates
from experiments.tables import Sheet


def sheets(summary: Mapping[str, Any]) -> dict[str, Sheet]:
    """One row a plan and KPI; a plan, what it is compared with, and KPI; a plan, block and channel."""
    plans = summary["plans"]
    return {
        "kpis": estimates.kpi_sheet({name: one["kpis"] for name, one in plans.items()}),
        "differences": Sheet(
            ("plan", "against", "kpi", "unit", "mean", "low", "high"),
            tuple(
                (name, other, kpi, value["unit"], value["mean"], value["low"], value["high"])
                for name, one in plans.items()
                for other, kpis in one["against"].items()
                for kpi, value in kpis.items()
            ),
        ),
        "blocks": Sheet(
            ("plan", "block", "first_period", "last_period", "channel", "mean", "low", "high"),
            tuple(
                (
                    name,
                    number,
                    block["first_period"],
                    block["last_period"],
                    channel,
                    money["mean"],
                    money["low"],
                    money["high"],
                )
                for name, one in plans.items()
                for number, (block, row) in enumerate(
                    zip(summary["blocks"], one["blocks"], strict=True), start=1
                )
                for channel, money in row.items()
            ),
        ),
    }
