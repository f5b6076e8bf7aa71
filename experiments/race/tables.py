"""What `race` says to people: who came first, the league table, how to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments import formatting, texts
from experiments.race.entries import rule_names
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case


def names(summary: Mapping[str, Any]) -> dict[str, str]:
    """Rule, or today's plan -> what people call it."""
    return {"status_quo": "today's plan"} | rule_names(**summary["thresholds"])


def sections(case: Case, summary: Mapping[str, Any]) -> list[str | Grid]:
    """The finding, searches by runs, then rules."""
    league = summary["league"]
    told: list[str | Grid] = [finding(summary)]
    if summary["interrupted"]:
        told.insert(0, "Stopped early; the entries that had finished were judged.")
    if any(row["runs"] for row in league):
        told.append(_searches(summary))
    told += [_rules(summary), _note(summary), texts.assumptions(case, summary["replicates"])]
    return told


def finding(summary: Mapping[str, Any]) -> str:
    """The best search at the most runs against the best rule, in one sentence."""
    searches = [row for row in summary["league"] if row["runs"]]
    rules = [row for row in summary["league"] if not row["runs"]]
    rule, called = min(rules, key=lambda row: row["median"]), names(summary)
    if not searches:
        return f"Of the rules, {called[rule['name']]} comes closest to the best: {_short(rule['median'])}."
    most = max(row["runs"] for row in searches)
    best = min((row for row in searches if row["runs"] == most), key=lambda row: row["median"])
    times = best["repeats"]
    several = f" in the median of {times} repeats, {_short(best['worst'])} at worst" if times > 1 else ""
    return (
        f"After {most} runs {best['name']} comes closest to the best plan of the race: "
        f"{_short(best['median'])}{several}; the best rule, {called[rule['name']]}, is "
        f"{_short(rule['median'])}."
    )


def _short(value: float) -> str:
    """`1.20 % short`; a plan may be ahead of the one that other draws named the best."""
    size = formatting.number(abs(value), "ratio")
    return f"{size} % {'short' if value >= 0 else 'ahead'}"


def _searches(summary: Mapping[str, Any]) -> Grid:
    rows = [row for row in summary["league"] if row["runs"]]
    budgets = sorted({row["runs"] for row in rows})
    cells = {(row["name"], row["runs"]): row for row in rows}
    table = []
    for name in dict.fromkeys(row["name"] for row in rows):
        found = [cells.get((name, runs)) for runs in budgets]
        table.append((name, *("-" if row is None else _cell(row) for row in found)))
    header = ("Search", *(f"{runs} runs" for runs in budgets))
    return Grid(f"Regret, {summary['unit']}: median (worst) of the repeats", header, tuple(table))


def _cell(row: Mapping[str, Any]) -> str:
    return f"{formatting.number(row['median'], 'ratio')} ({formatting.number(row['worst'], 'ratio')})"


def _rules(summary: Mapping[str, Any]) -> Grid:
    rows = sorted((row for row in summary["league"] if not row["runs"]), key=lambda row: row["median"])
    called = names(summary)
    table = tuple(
        (called[row["name"]], str(row["used"]), formatting.interval(row["regret"], "ratio")) for row in rows
    )
    return Grid(
        f"Rules of thumb: regret, {summary['unit']}", ("Rule", "Simulations", "Regret (95 % interval)"), table
    )


def _note(summary: Mapping[str, Any]) -> str:
    return (
        "How to read it\n"
        "- Regret is what a plan earns less than the best plan of this race, on draws that no search saw; "
        "one half of the draws names the best plan for the other half.\n"
        "- A run is one simulation, that of no spend included. Searches differ in their seed and their draws "
        f"from repeat to repeat; plans are judged on {texts.replicates(summary['replicates'])}.\n"
        "- 'Measured' rules simulate today's mix without each channel in turn and so know what it brings; "
        "the other rules with one simulation read today's plan as the brand records it.\n"
        "- Regrets closer together than half an interval are not told apart; --replicates narrows them."
    )


def sheets(summary: Mapping[str, Any]) -> dict[str, Sheet]:
    """The league as a long table."""
    header = ("name", "runs", "used", "repeats", "median", "worst", "mean", "low", "high")
    return {"race": Sheet(header, tuple(_sheet_row(row) for row in _rows(summary)))}


def _rows(summary: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = summary["league"]
    return rows


def _sheet_row(row: Mapping[str, Any]) -> tuple[Any, ...]:
    regret = row["regret"]
    first = tuple(row[key] for key in ("name", "runs", "used", "repeats", "median", "worst"))
    return (*first, regret["mean"], regret["low"], regret["high"])
