"""The tables and sentences of `omnifunnel attribute SCENARIO`, made of its JSON answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from experiments import formatting, texts
from experiments.attribution.budgets import STATUS_QUO, TRUTH
from experiments.attribution.runs import BRAND, COMPLETE
from experiments.attribution.words import compares_nothing, measure_title, plans_agree, reading
from experiments.estimates import clear
from experiments.tables import Grid

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.runner import Case

DASH = "—"
VIEW_NAMES = {COMPLETE: "complete view", BRAND: "brand's view"}
PLAN_NAMES = {STATUS_QUO: "today's plan", TRUTH: "the truth"}


def sections(case: Case, found: dict[str, Any], measure: str, settings: Settings) -> list[str | Grid]:
    """Tables in the order of reading, then what they rest on."""
    count = settings.replicates
    parts: list[str | Grid] = [
        f"{case.name}: journeys of {_consumers(found['consumers'])} in {texts.replicates(count)}, "
        f"seed {settings.seed}; ± half of the 95 % interval, * where a difference excludes zero",
        *(_shares_grid(found, measure, view) for view in VIEW_NAMES),
    ]
    if not compares_nothing(found):
        parts.append(_score_grid(found, measure))
    if found["regret"] is not None and not plans_agree(found):
        parts += [*(_budget_grid(found, view) for view in VIEW_NAMES), _regret_grid(found)]
    return [*parts, reading(case, found, measure, count), _assumptions(case, count)]


def _consumers(count: int) -> str:
    return "1 consumer" if count == 1 else f"{count:,} consumers"


def _narrow(rule: str) -> str:
    """A rule as the heading of a column six letters wide at most."""
    broken = {"last_non_direct": "last\nnon-\ndirect", "position": "posi-\ntion", "shapley": "shap-\nley"}
    return broken.get(rule, rule.replace("markov", "mar-\nkov").replace("_", "\n"))


def _shares_grid(found: dict[str, Any], measure: str, view: str) -> Grid:
    """Channel by truth, lift and rule: shares of the sum, which stands in the last row."""
    columns: dict[str, Any] = {"truth": found["truth"], "lift": found["lift"]}
    columns |= {_narrow(rule): one for rule, one in found["views"][view]["rules"].items()}
    totals = {name: sum(one[measure] for one in column.values()) for name, column in columns.items()}

    def share(name: str, channel: str) -> str:
        total = totals[name]
        return f"{100 * columns[name][channel][measure] / total:.1f}" if total > 0 else DASH

    rows = [
        (label, *(share(name, channel) for name in columns)) for channel, label in found["channels"].items()
    ]
    rows.append(("100 % is", *(formatting.compact(total).replace(" ", "") for total in totals.values())))
    title = f"{measure_title(found, measure)}: the truth and what each rule credits, %, {VIEW_NAMES[view]}"
    return Grid(title, ("Channel", *columns), tuple(rows))


def _score_grid(found: dict[str, Any], measure: str) -> Grid:
    """One row a rule: error and rank, and what every loss of the brand's view adds to the error."""
    lossy = [view for view in found["views"] if view != COMPLETE]
    header = ["Rule", "Error,\ncomplete", "Rank", "Error,\nbrand", "Rank"]
    names = {"tracking": "lost\ntouches", "identity": "split\nidentities", BRAND: "brand's\nview"}
    rows = []
    for rule in found["rules"]:
        row = [rule]
        for view in (COMPLETE, BRAND):
            one = found["views"][view]["scoreboard"][rule][measure]
            row += [points(one["share_error"]), _rank(one["rank_correlation"])]
        changes = (found["views"][view]["scoreboard"][rule][measure]["error_change"] for view in lossy)
        rows.append((*row, *(points(change, signed=True) for change in changes)))
    header += [f"Added by\n{names[view]}" for view in lossy]
    title = f"{measure_title(found, measure)}: error of a share, points; rank correlation"
    return Grid(title, tuple(header), tuple(rows))


def points(one: Mapping[str, float | None] | None, *, signed: bool = False) -> str:
    """A share as percentage points with half its interval; a star where a difference excludes zero."""
    if one is None or one["mean"] is None:
        return DASH
    mean, low, high = one["mean"], one["low"], one["high"]
    text = f"{100 * mean:+.1f}" if signed else f"{100 * mean:.1f}"
    half = "" if low is None or high is None else f" ±{50 * (high - low):.1f}"
    star = ("*" if clear(one) else " ") if signed else ""
    return f"{text}{half}{star}"


def _rank(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _budget_grid(found: dict[str, Any], view: str) -> Grid:
    """Channel by plan: shares of the same total; the last row says where limits changed the plan."""
    plans = {name: found["budgets"][name] for name in (STATUS_QUO, TRUTH)}
    plans |= found["views"][view]["budgets"]
    moved = {**found["moved_by_limits"], **found["views"][view]["moved_by_limits"]}
    total = found["budget_total"]
    rows = [
        (label, *(f"{100 * plan[channel] / total:.1f}" for plan in plans.values()))
        for channel, label in found["channels"].items()
        if any(plan[channel] > 0 for plan in plans.values())
    ]
    if any(moved[name] for name in plans):
        cells = (f"{100 * moved[name] / total:.1f}" if moved[name] else "" for name in plans)
        rows.append(("Moved by limits", *cells))
    amount = formatting.compact(total, currency=found["currency"])
    title = f"{amount} in proportion to the value credited, % of it, {VIEW_NAMES[view]}"
    header = ("Channel", *({STATUS_QUO: "today", TRUTH: "truth"}.get(name, _narrow(name)) for name in plans))
    return Grid(title, header, tuple(rows))


def _regret_grid(found: dict[str, Any]) -> Grid:
    """One row a plan; the truth and today's plan have no view, so they stand in the first columns only."""
    brand = found["views"][BRAND]["regret"]
    rows = []
    for name, one in found["regret"].items():
        row = [PLAN_NAMES.get(name, name), *_earned(one)]
        rows.append((*row, *(_earned(brand[name])[1:] if name in brand else ("", ""))))
    header = ("Plan", "Profit", "Regret", "Against\ntoday", "Regret,\nbrand", "Against\ntoday")
    title = f"What these budgets earn: profit in {found['currency']} beyond no spend at all"
    return Grid(title, header, tuple(rows))


def _earned(one: Mapping[str, Mapping[str, float | None]]) -> tuple[str, str, str]:
    profit, regret, difference = (one[name] for name in ("profit", "regret", "difference"))
    money: Callable[..., str] = formatting.plus_minus
    star = "*" if clear(difference) else " "
    sign = "+" if (difference["mean"] or 0.0) > 0 else ""
    return money(profit, "money"), money(regret, "money"), f"{sign}{money(difference, 'money')}{star}"


def _assumptions(case: Case, replicates: int) -> str:
    world = case.world
    lines = [
        *case.file.scenario.assumptions,
        texts.interval_line(replicates),
        f"{world.agents:,} consumers stand for {world.people:,} people; money is in {world.currency}.",
        "Effects, rates and prices are inputs of the scenario; none of them is estimated from data.",
    ]
    return "Assumptions\n" + "\n".join(f"- {line}" for line in lines)
