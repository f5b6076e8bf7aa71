"""What `score` says to people: the verdict, limits broken, KPIs and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting, texts
from experiments.score.answer import NUDGE, plan_sheet
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case


def sections(case: Case, summary: Mapping[str, Any]) -> list[str | Grid]:
    """Verdict and limits first, then KPIs and channels."""
    return [
        verdict(summary),
        limits(summary),
        _kpis(summary),
        _channels(case, summary),
        texts.assumptions(case, summary["replicates"]),
    ]


def verdict(summary: Mapping[str, Any]) -> str:
    """Profit against the status quo in a sentence."""
    change, currency = summary["difference"]["profit"], summary["currency"]
    mean = formatting.number(change["mean"], "money", currency=currency, signed=True)
    if change["low"] is None:
        return f"Against the status quo the plan changes profit by {mean}, on one replicate; use 2 or more."
    word = "better" if (change["mean"] or 0.0) > 0 else "worse"
    word = word if estimates.clear(change) else "neither better nor worse"
    span = formatting.interval(change, "money", currency=currency, signed=True)
    paired = f"paired over {summary['replicates']} replicates"
    return f"The plan is {word} than the status quo: profit {span}, {paired}."


def limits(summary: Mapping[str, Any]) -> str:
    """The limits that the plan breaks."""
    broken = summary["limits_broken"]
    if not broken:
        return "It meets every limit of the scenario."
    return "Limits it breaks\n" + "\n".join(f"- {sentence}" for sentence in broken)


def _kpis(summary: Mapping[str, Any]) -> Grid:
    title = f"Judged on {texts.replicates(summary['replicates'])} under common draws"
    now, new, change = summary["now"], summary["kpis"], summary["difference"]
    return estimates.change_grid(title, "Plan", now, new, change, currency=summary["currency"])


def _channels(case: Case, summary: Mapping[str, Any]) -> Grid:
    """Money, what is not placed, and what a little more would earn."""
    rows = [
        (
            row["label"],
            formatting.number(row["money_now"], "count"),
            formatting.number(row["money"], "count"),
            formatting.number(row["money"] - row["money_now"], "count", signed=True),
            formatting.number(row["unspent"]["mean"], "count"),
            "-" if row["mroi"]["mean"] is None else formatting.interval(row["mroi"], "ratio", signed=True),
        )
        for name, row in summary["channels"].items()
        if name in case.priced
    ]
    header = ("Channel", "Now", "Plan", "Change", "Of it not placed", f"mROI by ±{NUDGE:.0%}")
    title = f"Channels, {summary['currency']}; mROI is profit per unit of money more"
    return Grid(title, header, tuple(sorted(rows, key=lambda row: row[0])))


def sheets(summary: Mapping[str, Any]) -> dict[str, Sheet]:
    """Tables of the run directory."""
    return {
        "channels": plan_sheet(summary),
        "kpis": estimates.kpi_sheet({"status_quo": summary["now"], "plan": summary["kpis"]}),
        "differences": estimates.kpi_sheet({"plan": summary["difference"]}),
        "delivery": estimates.channel_sheet(
            {
                name: {key: value for key, value in row.items() if not key.startswith("money")}
                for name, row in summary["channels"].items()
            }
        ),
    }
