"""Other worlds: how far the recommendation's lead moves with each assumption, variant and block of draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
WEAKER, STRONGER = "#E69F00", "#0072B2"


@dataclass(frozen=True)
class TornadoRow:
    """One world, or one assumption with both of its sides."""

    label: str
    single: Estimate | None = None
    weaker: Estimate | None = None
    stronger: Estimate | None = None

    @property
    def width(self) -> float:
        """Distance between the two sides; 0 for a single world."""
        if self.weaker is None or self.stronger is None:
            return 0.0
        return abs((self.stronger["mean"] or 0.0) - (self.weaker["mean"] or 0.0))


@dataclass(frozen=True)
class TornadoData:
    """The judged lead, other worlds, assumptions by falling width, and the finding."""

    title: str
    label: str
    unit: str
    currency: str
    base: float | None
    rows: tuple[TornadoRow, ...]


def tornado_data(
    rows: Sequence[Mapping[str, Any]], *, label: str, unit: str, currency: str, share: str = "20%"
) -> TornadoData:
    """Rows of the figure from the table of worlds.

    Args:
        rows: name, kind, word and difference of each world, the judged one first; an assumption's two sides
            are named `NAME -20%` and `NAME +20%`.
        label: what the difference is of.
        unit: its unit, as KPIs name units.
        currency: ISO code.
        share: the change of an assumption as the names end.
    """
    singles = [TornadoRow(row["name"], row["difference"]) for row in rows if row["kind"] != "assumption"]
    sides = {row["name"]: row["difference"] for row in rows if row["kind"] == "assumption"}
    names = dict.fromkeys(name.removesuffix(f" -{share}").removesuffix(f" +{share}") for name in sides)
    both = [
        TornadoRow(name, None, sides.get(f"{name} -{share}"), sides.get(f"{name} +{share}")) for name in names
    ]
    both.sort(key=lambda row: -row.width)
    base = singles[0].single["mean"] if singles and singles[0].single else None
    return TornadoData(_finding(rows, both, unit, currency), label, unit, currency, base, (*singles, *both))


def _finding(rows: Sequence[Mapping[str, Any]], both: Sequence[TornadoRow], unit: str, currency: str) -> str:
    words = [row["word"] for row in rows]
    better, worse = words.count("better"), words.count("worse")
    count = f"all {len(words)} worlds" if better == len(words) else f"{better} of {len(words)} worlds"
    start = f"The recommended plan is clearly better than the status quo in {count}"
    start += f" and clearly worse in {worse}" if worse else ""
    if not both or both[0].weaker is None or both[0].stronger is None:
        return start
    ends = [
        formatting.compact(side["mean"] or 0.0, currency=currency, signed=True)
        if unit == "money"
        else formatting.number(side["mean"], unit, signed=True)
        for side in (both[0].weaker, both[0].stronger)
    ]
    return f"{start}; its lead moves most with the {both[0].label}, from {ends[0]} to {ends[1]}"


def plot_tornado(ax: Axes, data: TornadoData) -> None:
    """Draw dots with intervals, a bar between an assumption's sides; the dashed line is the judged lead."""
    ax.axvline(0, color=style.INK, lw=0.9, zorder=0)
    if data.base is not None:
        ax.axvline(data.base, color=style.NOW, lw=1, ls=(0, (4, 3)), zorder=0)
    for y, row in enumerate(data.rows):
        if row.weaker is not None and row.stronger is not None:
            ends = [row.weaker["mean"] or 0.0, row.stronger["mean"] or 0.0]
            ax.plot(ends, [y, y], color="#e3e3e3", lw=9, solid_capstyle="butt", zorder=1)
        _dot(ax, y, row.single, style.INK)
        _dot(ax, y - 0.16, row.weaker, WEAKER)
        _dot(ax, y + 0.16, row.stronger, STRONGER)
        ax.axhline(y + 0.5, color="#eeeeee", lw=0.7, zorder=0)
    style.bare_rows(ax, [row.label for row in data.rows])
    ax.margins(x=0.06)
    words = "recommended less status quo (dashed: as judged; lines: 95 % intervals)"
    unit = formatting.unit_text(data.unit, data.currency)
    if data.unit == "money":
        style.money_axis(ax.xaxis, f"{data.label}, {unit}: {words}")
    else:
        ax.set_xlabel(f"{data.label}, {unit}: {words}")
    _legend(ax, any(row.weaker is not None for row in data.rows))


def _dot(ax: Axes, y: float, one: Estimate | None, colour: str) -> None:
    if one is None or one["mean"] is None:
        return
    if one["low"] is not None and one["high"] is not None:
        ax.plot([one["low"], one["high"]], [y, y], color=colour, lw=1.6, zorder=2)
    ax.plot(one["mean"], y, "o", color=colour, mec="white", mew=0.8, ms=6.5, zorder=3)


def _legend(ax: Axes, sides: bool) -> None:
    from matplotlib.lines import Line2D

    entries = [Line2D([], [], color=style.INK, marker="o", label="draws and variants")]
    if sides:
        entries += [
            Line2D([], [], color=WEAKER, marker="o", label="assumption 20 % weaker"),
            Line2D([], [], color=STRONGER, marker="o", label="20 % stronger"),
        ]
    ax.figure.legend(handles=entries, loc="outside lower center", ncols=3)
