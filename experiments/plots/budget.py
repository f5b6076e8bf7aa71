"""Budget now against recommended: one row a channel, both bars, the change in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Half the width of a bracket, as a share of the widest bar.
BRACKET = 0.01


@dataclass(frozen=True)
class BudgetRow:
    """One channel: money over the plan now and recommended, and its limits."""

    label: str
    now: float
    recommended: float
    lower: float | None = None
    upper: float | None = None

    @property
    def change(self) -> float:
        """Recommended minus now."""
        return self.recommended - self.now


@dataclass(frozen=True)
class BudgetData:
    """Rows in falling order of the recommended amount, and the finding.

    `placed` says that amounts are money that finds an audience, not money offered.
    """

    title: str
    currency: str
    rows: tuple[BudgetRow, ...]
    which: str = "recommended"
    placed: bool = False


def budget_data(
    channels: Sequence[str],
    labels: Mapping[str, str],
    now: Mapping[str, float],
    recommended: Mapping[str, float],
    *,
    currency: str,
    limits: Mapping[str, tuple[float | None, float | None]] | None = None,
    which: str = "recommended",
    placed: bool = False,
) -> BudgetData:
    """Rows for the channels that can take money, largest recommended first.

    Args:
        channels: ids that can take money.
        labels: id -> name shown.
        now: id -> money over the plan today.
        recommended: id -> money over the plan recommended.
        currency: ISO code, for the axis.
        limits: id -> (least, most) money that the channel may take, None where there is no bound.
        which: what the plan that is not today's is called, before "plan".
        placed: whether amounts are money placed; else they are money offered.
    """
    bounds = limits or {}
    rows = [
        BudgetRow(labels[c], now.get(c, 0.0), recommended.get(c, 0.0), *bounds.get(c, (None, None)))
        for c in channels
    ]
    rows.sort(key=lambda row: (-row.recommended, -row.now, row.label))
    title = _finding(rows, currency, which, "the money placed" if placed else "the budget")
    return BudgetData(title, currency, tuple(rows), which, placed)


def _finding(rows: Sequence[BudgetRow], currency: str, which: str, money: str) -> str:
    total_now, total = sum(row.now for row in rows), sum(row.recommended for row in rows)
    up = max(rows, key=lambda row: row.change)
    down = min(rows, key=lambda row: row.change)
    moved = sum(max(0.0, row.change) for row in rows)
    if moved < 0.005 * max(total, 1.0) and -down.change < 0.005 * max(total, 1.0):
        amount = formatting.compact(total, currency=currency)
        return f"The {which} plan keeps {money} as today, {amount}"
    most = []
    if up.change > 0:
        most.append(f"most into {up.label} ({formatting.compact(up.change, signed=True)})")
    if down.change < 0:
        most.append(f"most out of {down.label} ({formatting.compact(down.change, signed=True)})")
    if abs(total - total_now) > 0.005 * max(total_now, 1.0):
        verb = "raises" if total > total_now else "cuts"
        amounts = f"{formatting.compact(total_now, currency=currency)} to {formatting.compact(total)}"
        start = f"The {which} plan {verb} {money} from {amounts}"
    else:
        amount = formatting.compact(moved, currency=currency)
        start = f"The {which} plan moves {amount} ({formatting.percent(moved / total)} of {money})"
    return f"{start}: {' and '.join(most)}"


def plot_budget(ax: Axes, data: BudgetData) -> None:
    """Draw two bars a row with their amounts behind them; brackets mark limits that lie inside the axis."""
    widest = max((max(row.now, row.recommended) for row in data.rows), default=0.0) or 1.0
    for y, row in enumerate(data.rows):
        ax.barh(y - 0.19, row.now, height=0.30, color=style.FAINT)
        ax.barh(y + 0.16, row.recommended, height=0.40, color=style.RECOMMENDED)
        brackets = _brackets(row, widest)
        _plot_brackets(ax, y, brackets)
        end = max([row.now, row.recommended, *(place + BRACKET * widest for place, _ in brackets)])
        ax.text(end + 0.015 * widest, y, _row_text(row), va="center", fontsize=9)
    style.bare_rows(ax, [row.label for row in data.rows])
    ax.set_xlim(0, 1.42 * widest)
    money = "placed" if data.placed else "offered"
    style.money_axis(ax.xaxis, f"Money {money} over the whole plan, {data.currency}")
    limits = "limits of what is offered" if data.placed else "limits"
    _legend(ax, data.which, limits if any(row.lower or row.upper for row in data.rows) else "")


def _brackets(row: BudgetRow, widest: float) -> list[tuple[float, str]]:
    """Limits inside the axis with their marks; two that would touch are one mark between them."""
    bounds = ((row.lower, "["), (row.upper, "]"))
    inside = [(bound, mark) for bound, mark in bounds if bound is not None and 0 < bound < 1.02 * widest]
    if len(inside) == 2 and inside[1][0] - inside[0][0] < 2 * BRACKET * widest:
        return [((inside[0][0] + inside[1][0]) / 2, "[]")]
    return inside


def _plot_brackets(ax: Axes, y: int, brackets: Sequence[tuple[float, str]]) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.5, foreground="white")]
    centred: Any = {"ha": "center", "va": "center", "path_effects": halo}
    for place, mark in brackets:
        ax.text(place, y + 0.14, mark, color=style.WORSE, fontsize=13, **centred)


def _row_text(row: BudgetRow) -> str:
    amounts = f"{formatting.compact(row.now)} → {formatting.compact(row.recommended)}"
    if abs(row.change) < 0.005 * max(row.now, 1.0):
        return f"{formatting.compact(row.now)}, unchanged"
    return f"{amounts} ({formatting.percent(row.change / row.now, signed=True)})" if row.now > 0 else amounts


def _legend(ax: Axes, which: str, limits: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Patch | Line2D] = [
        Patch(color=style.FAINT, label="now"),
        Patch(color=style.RECOMMENDED, label=which),
    ]
    if limits:
        entries.append(Line2D([], [], ls="", marker="$[\\,]$", ms=11, color=style.WORSE, label=limits))
    ax.figure.legend(handles=entries, loc="outside lower center", ncols=3)
