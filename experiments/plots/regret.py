"""What it costs to spend as a rule says: one row a plan, with intervals, against the best plan judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style
from experiments.plots.scoreboard import BRAND_COLOUR, COMPLETE_COLOUR, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
#: Plans that follow no rule, by the names people read.
NAMES = {"status_quo": "today's plan", "truth": "the truth"}


@dataclass(frozen=True)
class RegretRow:
    """One plan: what it earns less than the best; `brand` is None where the plan has no view."""

    label: str
    complete: Estimate
    brand: Estimate | None


@dataclass(frozen=True)
class RegretData:
    """Rows by rising regret, today's regret, and the finding."""

    title: str
    currency: str
    rows: tuple[RegretRow, ...]
    today: float


def regret_data(found: Mapping[str, Any]) -> RegretData:
    """Rows of the truth's plan, today's and every rule's.

    Args:
        found: the answer of `omnifunnel attribute SCENARIO`, with budgets.
    """
    brand = found["views"]["brand"]["regret"]
    rows = [
        RegretRow(NAMES.get(name, name), one["regret"], brand[name]["regret"] if name in brand else None)
        for name, one in found["regret"].items()
    ]
    rows.sort(key=lambda row: row.complete["mean"] or 0.0)
    today = found["regret"]["status_quo"]["regret"]["mean"]
    return RegretData(_finding(found), found["currency"], tuple(rows), today)


def _finding(found: Mapping[str, Any]) -> str:
    """How many rules would do better or worse than today, as far as chance lets one tell."""
    rules, currency = list(found["rules"]), found["currency"]
    change = {rule: found["views"]["brand"]["regret"][rule]["difference"] for rule in rules}
    better = [rule for rule in rules if (change[rule]["low"] or 0.0) > 0]
    worse = [rule for rule in rules if change[rule]["high"] is not None and change[rule]["high"] < 0]
    least = min(change[rule]["mean"] for rule in rules)
    count = len(rules)
    if len(worse) == count:
        start = f"Spending by any of {count} rules on the brand's view clearly earns less than today's plan"
    else:
        told = f"{len(better)} would clearly earn more than today's plan and {len(worse)} clearly less"
        start = f"Of {count} rules on the brand's view {told}"
    if least >= 0:
        return start
    amount = formatting.compact(-least, currency=currency)
    last = [rule for rule in rules if formatting.compact(-change[rule]["mean"], currency=currency) == amount]
    return f"{start}; spending by {together(last)} earns {amount} less"


def plot_regret(ax: Axes, data: RegretData) -> None:
    """Draw a dot and its interval a plan and view; the dashed line is today's plan."""
    ax.axvline(data.today, color=style.NOW, lw=1, ls=(0, (4, 3)), zorder=0)
    ax.axvline(0, color=style.INK, lw=0.9, zorder=0)
    for y, row in enumerate(data.rows):
        colour = COMPLETE_COLOUR if row.brand is not None else style.NOW
        shift = 0.17 if row.brand is not None else 0.0
        _dot(ax, y - shift, row.complete, colour, filled=True)
        if row.brand is not None:
            _dot(ax, y + shift, row.brand, BRAND_COLOUR, filled=False)
        ax.axhline(y + 0.5, color="#eeeeee", lw=0.7, zorder=0)
    style.bare_rows(ax, [row.label for row in data.rows])
    ax.margins(x=0.06)
    style.money_axis(ax.xaxis, f"Profit below the best plan judged, {data.currency} (dashed: today's plan)")
    _legend(ax)


def _dot(ax: Axes, y: float, one: Estimate, colour: str, *, filled: bool) -> None:
    if one["low"] is not None and one["high"] is not None:
        ax.plot([one["low"], one["high"]], [y, y], color=colour, lw=2)
    if one["mean"] is not None:
        ax.plot(one["mean"], y, "o", color=colour, mfc=colour if filled else "white", mew=1.5, ms=6)


def _legend(ax: Axes) -> None:
    from matplotlib.lines import Line2D

    entries: Sequence[Line2D] = [
        Line2D([], [], color=COMPLETE_COLOUR, marker="o", label="by credit in the complete view"),
        Line2D([], [], color=BRAND_COLOUR, marker="o", mfc="white", label="by credit in the brand's view"),
        Line2D([], [], color=style.NOW, marker="o", label="by no rule"),
    ]
    ax.figure.legend(handles=list(entries), loc="outside lower center", ncols=3)
