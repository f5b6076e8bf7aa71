"""Pareto front: what the second objective costs in the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]


@dataclass(frozen=True)
class ParetoPoint:
    """One plan: both objectives, with intervals where it was judged."""

    x: Estimate
    y: Estimate


@dataclass(frozen=True)
class ParetoData:
    """Front in rising order of x, the two plans, axes and the finding."""

    title: str
    front: tuple[ParetoPoint, ...]
    now: ParetoPoint
    recommended: ParetoPoint
    labels: tuple[str, str]
    units: tuple[str, str]
    currency: str


def pareto_data(
    front: Sequence[ParetoPoint],
    now: ParetoPoint,
    recommended: ParetoPoint,
    *,
    labels: tuple[str, str],
    units: tuple[str, str],
    currency: str,
) -> ParetoData:
    """The front sorted by the first objective, points with an undefined objective left out."""
    known = [point for point in front if point.x["mean"] is not None and point.y["mean"] is not None]
    known.sort(key=lambda point: point.x["mean"] or 0.0)
    title = _finding(known, labels, units, currency)
    return ParetoData(title, tuple(known), now, recommended, labels, units, currency)


def _finding(
    front: Sequence[ParetoPoint], labels: tuple[str, str], units: tuple[str, str], currency: str
) -> str:
    if len(front) < 2:
        return f"One plan is best for both {labels[0]} and {labels[1]}: the search found no trade-off"

    def told(value: float | None, axis: int) -> str:
        return formatting.number(value, units[axis], currency=currency)

    first, last = front[0], front[-1]
    if _overlap(first.y, last.y):
        span = f"{told(first.x['mean'], 0)} to {told(last.x['mean'], 0)}"
        what = formatting.in_sentence(labels[0]), formatting.in_sentence(labels[1])
        return f"Choosing {what[0]} anywhere from {span} costs no {what[1]} that can be told from chance"
    one, two = (formatting.in_sentence(label) for label in labels)
    return (
        f"Raising {one} from {told(first.x['mean'], 0)} to {told(last.x['mean'], 0)} "
        f"takes {two} from {told(first.y['mean'], 1)} to {told(last.y['mean'], 1)}"
    )


def _overlap(one: Estimate, other: Estimate) -> bool:
    """Whether two intervals have values in common; without intervals, they do not."""
    ends = [one["low"], one["high"], other["low"], other["high"]]
    if any(end is None for end in ends):
        return False
    low, high, other_low, other_high = (end or 0.0 for end in ends)
    return low <= other_high and other_low <= high


def plot_pareto(ax: Axes, data: ParetoData) -> None:
    """Draw the front as a line of dots with intervals; both plans named beside their marks."""
    means = [(point.x["mean"], point.y["mean"]) for point in data.front]
    ax.plot([x for x, _ in means], [y for _, y in means], color=style.FAINT, lw=1.4, zorder=1)
    for point in data.front:
        _cross(ax, point, "#9a9a9a", "o", 5)
    for point, colour, marker, name, place in (
        (data.now, style.INK, "s", "now", {"xytext": (0, -11), "ha": "center", "va": "top"}),
        (data.recommended, style.RECOMMENDED, "D", "recommended", {"xytext": (9, 9)}),
    ):
        _cross(ax, point, colour, marker, 9)
        if point.x["mean"] is not None and point.y["mean"] is not None:
            ax.annotate(
                name,
                (point.x["mean"], point.y["mean"]),
                textcoords="offset points",
                color=colour,
                **place,
            )
    ax.margins(0.14)
    ax.grid(color="#eeeeee", lw=0.7)
    ax.set_axisbelow(True)
    for axis, label, unit in (
        (ax.xaxis, data.labels[0], data.units[0]),
        (ax.yaxis, data.labels[1], data.units[1]),
    ):
        axis.set_label_text(f"{label}, {formatting.unit_text(unit, data.currency)} (95 % interval)")


def _cross(ax: Axes, point: ParetoPoint, colour: str, marker: str, size: float) -> None:
    x, y = point.x["mean"], point.y["mean"]
    if x is None or y is None:
        return
    if point.x["low"] is not None and point.x["high"] is not None:
        ax.plot([point.x["low"], point.x["high"]], [y, y], color=colour, lw=1, alpha=0.7)
    if point.y["low"] is not None and point.y["high"] is not None:
        ax.plot([x, x], [point.y["low"], point.y["high"]], color=colour, lw=1, alpha=0.7)
    ax.plot(x, y, marker, color=colour, ms=size, mec="white", mew=0.8, zorder=3)
