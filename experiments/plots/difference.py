"""KPI differences with intervals: a forest plot, each row relative to the plan compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.estimates import clear
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
#: Beyond this relative change a row leaves the axis and is told in words only.
MOST_RELATIVE = 2.0


@dataclass(frozen=True)
class DifferenceRow:
    """One KPI: relative change with interval (None off the axis), its verdict, its text."""

    label: str
    mean: float | None
    low: float | None
    high: float | None
    verdict: str
    text: str


@dataclass(frozen=True)
class DifferenceData:
    """Rows in the order given, and the finding."""

    title: str
    base: str
    rows: tuple[DifferenceRow, ...]


def verdict_of(difference: Estimate, better: str | None) -> str:
    """`better`, `worse`, `higher`, `lower`, or `unclear` when the interval holds zero or is missing."""
    if not clear(difference):
        return "unclear"
    side = "higher" if (difference["low"] or 0.0) > 0 else "lower"
    if better is None:
        return side
    return "better" if side == better else "worse"


def difference_data(
    kpis: Mapping[str, tuple[str, str, str | None]],
    base: Mapping[str, Estimate],
    difference: Mapping[str, Estimate],
    *,
    currency: str,
    names: tuple[str, str] = ("recommended plan", "plan of today"),
) -> DifferenceData:
    """Rows of the forest plot.

    Args:
        kpis: name -> (label, unit, better) of the rows wanted, in order.
        base: KPI estimates of what is compared with.
        difference: paired differences (other minus base).
        currency: ISO code.
        names: (other, base), for the title and the axis: nouns, or names in quotes.
    """
    rows = [
        _row(label, unit, better, base[name], difference[name], currency=currency)
        for name, (label, unit, better) in kpis.items()
        if difference.get(name) and difference[name]["mean"] is not None
    ]
    return DifferenceData(_finding(rows, *names), names[1], tuple(rows))


def _row(
    label: str, unit: str, better: str | None, base: Estimate, difference: Estimate, *, currency: str
) -> DifferenceRow:
    text = formatting.interval(difference, unit, currency=currency, signed=True)
    verdict = verdict_of(difference, better)
    size = abs(base["mean"] or 0.0)
    parts = [difference[key] for key in ("mean", "low", "high")]
    relative = [None if part is None or size == 0 else part / size for part in parts]
    if relative[0] is None or any(abs(part) > MOST_RELATIVE for part in relative if part is not None):
        relative = [None, None, None]
    return DifferenceRow(label, *relative, verdict, text)


def _the(name: str) -> str:
    """With its article; a name in quotes takes none."""
    return name if name.startswith("'") else f"the {name}"


def _finding(rows: Sequence[DifferenceRow], other: str, base: str) -> str:
    clear_rows = {kind: [row.label for row in rows if row.verdict == kind] for kind in ("better", "worse")}
    if not clear_rows["better"] and not clear_rows["worse"]:
        found = f"{_the(other)} shows no clear difference from {_the(base)} in any measure"
        return found[0].upper() + found[1:]
    parts = [f"clearly {kind} on {_listed(labels)}" for kind, labels in clear_rows.items() if labels]
    return f"Against {_the(base)}, {_the(other)} is {', '.join(parts)}"


def _listed(labels: Sequence[str], most: int = 3) -> str:
    shown = [formatting.in_sentence(label) for label in labels[:most]]
    rest = len(labels) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


COLOURS = {
    "better": style.BETTER,
    "worse": style.WORSE,
    "higher": style.INK,
    "lower": style.INK,
    "unclear": style.UNCLEAR,
}


def plot_difference(ax: Axes, data: DifferenceData) -> None:
    """Draw a dot and its 95 % interval a row; the absolute change stands at the right in words."""
    on_axis = [value for row in data.rows for value in (row.mean, row.low, row.high) if value is not None]
    half = 1.12 * max((abs(value) for value in on_axis), default=0.1) or 0.1
    ax.axvline(0, color=style.INK, lw=0.9)
    for y, row in enumerate(data.rows):
        colour = COLOURS[row.verdict]
        if row.mean is None:
            ax.text(
                0.02 * half, y, "see number: the base is near zero", color=colour, va="center", style="italic"
            )
        else:
            if row.low is not None and row.high is not None:
                ax.plot([row.low, row.high], [y, y], color=colour, lw=2.2)
            ax.plot(
                row.mean,
                y,
                "o",
                color=colour,
                ms=6.5,
                mfc="white" if row.verdict == "unclear" else colour,
                mew=1.6,
            )
        ax.text(1.03, y, row.text, color=colour, va="center", fontsize=9, transform=ax.get_yaxis_transform())
        ax.axhline(y + 0.5, color="#eeeeee", lw=0.7, zorder=0)
    style.bare_rows(ax, [row.label for row in data.rows])
    ax.set_xlim(-half, half)
    ax.set_title("Difference, 95 % interval", x=1.03, ha="left", fontsize=9)
    ax.xaxis.set_major_formatter(
        lambda value, _: formatting.percent(value, signed=True, digits=0 if half > 0.06 else 1)
    )
    ax.set_xlabel(f"Change relative to {_the(data.base)}")
    style.verdict_legend(ax.figure, data.base)
