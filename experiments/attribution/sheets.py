"""The CSV tables of `omnifunnel attribute SCENARIO`, made of its JSON answer: full numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.attribution.runs import COMPLETE, MEASURES
from experiments.tables import Cell, Sheet

ENDS = ("mean", "low", "high")
#: What stands in the place of a view for the truth and today's plan.
NO_VIEW = None
Rows = Iterator[tuple[Cell, ...]]


def sheets(found: dict[str, Any]) -> dict[str, Sheet]:
    """File stem -> table; budgets and regret only where money is spent."""
    amounts = tuple(f"{name}_{end}" for name in _amounts() for end in ENDS)
    errors = tuple(f"{name}_{end}" for name in ("share_error", "error_change") for end in ENDS)
    ranks = ("rank_correlation", "against_lift_share_error", "against_lift_rank_correlation")
    tables = {
        "attribution": Sheet(("view", "rule", "channel", "label", *amounts), tuple(_credits(found))),
        "scoreboard": Sheet(("view", "rule", "measure", *errors, *ranks), tuple(_scores(found))),
    }
    if found["budgets"] is not None:
        shares = ("amount", "share", "plan_moved_by_limits")
        earned = tuple(f"{name}_{end}" for name in ("profit", "regret", "difference") for end in ENDS)
        tables["budgets"] = Sheet(("view", "plan", "channel", "label", *shares), tuple(_budgets(found)))
        tables["regret"] = Sheet(("view", "plan", *earned), tuple(_regret(found)))
    return tables


def _amounts() -> tuple[str, ...]:
    return (*MEASURES, *(f"{measure}_share" for measure in MEASURES))


def _credits(found: dict[str, Any]) -> Rows:
    """The truth and the lift first, then every rule of every view."""
    blocks = [(NO_VIEW, kind, table) for kind, table in found["truth_intervals"].items()]
    for view, part in found["views"].items():
        blocks += [(view, rule, table) for rule, table in part["intervals"].items()]
    for view, rule, table in blocks:
        for channel, one in table.items():
            ends = (one[name][end] for name in _amounts() for end in ENDS)
            yield view, rule, channel, found["channels"][channel], *ends


def _scores(found: dict[str, Any]) -> Rows:
    nothing = dict.fromkeys(ENDS)
    for view, part in found["views"].items():
        for rule, measures in part["scoreboard"].items():
            for measure, one in measures.items():
                change = one["error_change"] or nothing
                lift = one["against_lift"]
                yield (
                    view,
                    rule,
                    measure,
                    *(one["share_error"][end] for end in ENDS),
                    *(change[end] for end in ENDS),
                    one["rank_correlation"],
                    lift["share_error"]["mean"],
                    lift["rank_correlation"],
                )


def _blocks(found: dict[str, Any], what: str) -> Iterator[tuple[str | None, str, Any, Any]]:
    """(view, plan, entry, its part of the answer): today's plan and the truth, then the rules by view."""
    rules = found["rules"]
    for name, entry in found[what].items():
        yield (COMPLETE if name in rules else NO_VIEW), name, entry, found
    for view, part in found["views"].items():
        if view != COMPLETE and part[what] is not None:
            for name, entry in part[what].items():
                yield view, name, entry, part


def _budgets(found: dict[str, Any]) -> Rows:
    for view, plan, amounts, part in _blocks(found, "budgets"):
        moved = part["moved_by_limits"][plan]
        for channel, amount in amounts.items():
            share = amount / found["budget_total"]
            yield view, plan, channel, found["channels"][channel], amount, share, moved


def _regret(found: dict[str, Any]) -> Rows:
    for view, plan, one, _ in _blocks(found, "regret"):
        yield view, plan, *(one[name][end] for name in ("profit", "regret", "difference") for end in ENDS)
