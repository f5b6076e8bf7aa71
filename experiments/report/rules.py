"""Sections of `attribute SCENARIO`: the rules' errors, their shares beside the truth, what they earn."""

from __future__ import annotations

from typing import Any

from experiments import formatting
from experiments.attribution.budgets import STATUS_QUO, TRUTH
from experiments.attribution.runs import BRAND, COMPLETE
from experiments.estimates import clear
from experiments.report.blocks import Block, Cell, Table, row
from experiments.report.folder import RunFolder
from experiments.report.kpis import change
from experiments.report.labels import currency_of
from experiments.report.speech import Speech

MEASURE = "conversions"


def scoreboard_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """One row a rule, the smallest error in the complete view first."""
    if "views" not in folder.summary:
        return []
    boards = {view: folder.summary["views"][view]["scoreboard"] for view in (COMPLETE, BRAND)}
    rules = sorted(boards[COMPLETE], key=lambda rule: _error(boards[COMPLETE], rule))
    rows = []
    for rule in rules:
        complete, brand = (boards[view][rule][MEASURE] for view in (COMPLETE, BRAND))
        cells = [Cell(say.name("rule", rule))]
        for one in (complete, brand):
            cells += [_points(one["share_error"], say), Cell(_rank(one["rank_correlation"]))]
        rows.append(row([*cells, _points(brand["error_change"], say, signed=True)]))
    heads = ("rule", "complete_error", "rank", "brand_error", "rank", "lost")
    note = f"{say('views_note')} {say('star')}"
    return [Table(say("scoreboard_caption"), tuple(say(key) for key in heads), tuple(rows), note=note)]


def _error(board: dict[str, Any], rule: str) -> float:
    mean: float | None = board[rule][MEASURE]["share_error"]["mean"]
    return float("inf") if mean is None else mean


def _points(one: dict[str, float | None] | None, say: Speech, *, signed: bool = False) -> Cell:
    """A share as percentage points; a star where a difference excludes zero."""
    if one is None or one["mean"] is None:
        return Cell(formatting.MISSING)
    points = {end: None if value is None else 100 * value for end, value in one.items() if end != "n"}
    sign = "+" if signed else ""
    text = {end: f"{value:{sign}.1f}" for end, value in points.items() if value is not None}
    ends = say("ends", low=text["low"], high=text["high"]) if "low" in text and "high" in text else ""
    star = signed and clear(one)
    return Cell(f"{text['mean']} *" if star else text["mean"], ends, star)


def _rank(value: float | None) -> str:
    return formatting.MISSING if value is None else f"{value:.2f}"


def share_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Channel by rule: the truth with its interval, then what rules credit."""
    summary = folder.summary
    if "views" not in summary:
        return []
    view, truth = summary["views"][COMPLETE], summary["truth_intervals"]["truth"]
    rules = list(view["rules"])
    totals = {rule: sum(one[MEASURE] for one in view["rules"][rule].values()) for rule in rules}
    rows = []
    for channel, label in summary["channels"].items():
        cells = [Cell(label), _points(truth[channel][f"{MEASURE}_share"], say)]
        for rule in rules:
            total = totals[rule]
            share = view["rules"][rule][channel][MEASURE] / total if total > 0 else None
            cells.append(Cell(formatting.MISSING if share is None else f"{100 * share:.1f}"))
        rows.append(row(cells))
    header = (say("channel"), say("truth"), *(say.name("rule", rule) for rule in rules))
    return [Table(say("shares_caption"), header, tuple(rows), note=say("truth_note"))]


def regret_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What today's total earns under the plan of each rule, the best first."""
    regret = folder.summary.get("regret")
    if not regret:
        return []
    brand = folder.summary["views"][BRAND]["regret"] or {}
    plans = {name: brand.get(name, one) for name, one in regret.items()}
    rows = []
    for name in sorted(plans, key=lambda plan: -(plans[plan]["profit"]["mean"] or 0.0)):
        one = plans[name]
        family = "plan" if name in (STATUS_QUO, TRUTH) else "rule"
        cells = [Cell(say.name(family, name))]
        cells += [Cell(*say.halves(one[part], "money")) for part in ("profit", "regret")]
        rows.append(row([*cells, change(one["difference"], "money", say)]))
    header = tuple(say(key) for key in ("plan", "profit", "shortfall", "against_today"))
    caption = say("regret_caption", currency=currency_of(folder))
    return [Table(caption, header, tuple(rows), note=say("star"))]
