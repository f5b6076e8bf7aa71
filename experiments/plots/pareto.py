"""Pareto front: what the second objective costs in the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
#: Who found a candidate -> its mark; all others have a dot.
MARKS = {"linear programme": "^", "today's mix": "s", "Optuna": "v"}


@dataclass(frozen=True)
class ParetoPoint:
    """One plan: both objectives, with intervals where it was judged, and where it comes from."""

    x: Estimate
    y: Estimate
    origin: str = ""
    knee: bool = False


@dataclass(frozen=True)
class ParetoData:
    """Front in rising order of x, candidates that it beats, the two plans, axes and the finding."""

    title: str
    front: tuple[ParetoPoint, ...]
    beaten: tuple[ParetoPoint, ...]
    now: ParetoPoint
    recommended: ParetoPoint
    labels: tuple[str, str]
    units: tuple[str, str]
    currency: str
    joined: bool = True


def pareto_data(
    front: Sequence[ParetoPoint],
    now: ParetoPoint,
    recommended: ParetoPoint,
    *,
    labels: tuple[str, str],
    units: tuple[str, str],
    currency: str,
    beaten: Sequence[ParetoPoint] = (),
    joined: bool = True,
) -> ParetoData:
    """The front sorted by the first objective, points with an undefined objective left out.

    Two of several objectives show a shadow of the front, whose points no line joins: `joined` is False.
    """
    known, others = ([point for point in points if _known(point)] for points in (front, beaten))
    known.sort(key=lambda point: point.x["mean"] or 0.0)
    title = _finding(known, labels, units, currency)
    return ParetoData(title, tuple(known), tuple(others), now, recommended, labels, units, currency, joined)


def _known(point: ParetoPoint) -> bool:
    return point.x["mean"] is not None and point.y["mean"] is not None


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
    """Draw the front as a line with intervals, a mark an origin; both plans and the knee stand out."""
    means = [(point.x["mean"], point.y["mean"]) for point in data.front]
    if data.joined:
        ax.plot([x for x, _ in means], [y for _, y in means], color=style.FAINT, lw=1.4, zorder=1)
    for point in data.beaten:
        _cross(ax, point, "#c4c4c4", MARKS.get(point.origin, "o"), 5, hollow=True)
    for point in data.front:
        _cross(ax, point, "#6f6f6f", MARKS.get(point.origin, "o"), 6)
        if point.knee:
            ax.plot(
                point.x["mean"], point.y["mean"], "o", ms=17, mfc="none", mec=style.WORSE, mew=1.4, zorder=2
            )
    _cross(ax, data.now, style.INK, "X", 9)
    _cross(ax, data.recommended, style.RECOMMENDED, "D", 8)
    ax.margins(0.14)
    ax.grid(color="#eeeeee", lw=0.7)
    ax.set_axisbelow(True)
    for axis, label, unit in (
        (ax.xaxis, data.labels[0], data.units[0]),
        (ax.yaxis, data.labels[1], data.units[1]),
    ):
        if unit == "money":
            style.money_axis(axis, "")
        axis.set_label_text(f"{label}, {formatting.unit_text(unit, data.currency)} (95 % interval)")
    _legend(ax, data)


def _legend(ax: Axes, data: ParetoData) -> None:
    from matplotlib.lines import Line2D

    def entry(label: str, marker: str, colour: str, **more: Any) -> Line2D:
        return Line2D([], [], ls="", marker=marker, color=colour, label=label, **more)

    origins = dict.fromkeys(point.origin for point in (*data.front, *data.beaten))
    entries = [
        entry("now", "X", style.INK, ms=8),
        entry("recommended", "D", style.RECOMMENDED, ms=7),
        *(entry(name, MARKS.get(name, "o"), "#6f6f6f") for name in origins),
    ]
    if any(point.knee for point in data.front):
        entries.append(entry("knee", "o", style.WORSE, ms=12, mfc="none"))
    if data.beaten:
        entries.append(entry("beaten in everything", "o", "#c4c4c4", mfc="none"))
    ax.figure.legend(handles=entries, loc="outside lower center", ncols=4)


def _cross(
    ax: Axes, point: ParetoPoint, colour: str, marker: str, size: float, *, hollow: bool = False
) -> None:
    x, y = point.x["mean"], point.y["mean"]
    if x is None or y is None:
        return
    if point.x["low"] is not None and point.x["high"] is not None:
        ax.plot([point.x["low"], point.x["high"]], [y, y], color=colour, lw=1, alpha=0.7)
    if point.y["low"] is not None and point.y["high"] is not None:
        ax.plot([x, x], [point.y["low"], point.y["high"]], color=colour, lw=1, alpha=0.7)
    edge, face = (colour, "white") if hollow else ("white", colour)
    ax.plot(x, y, marker, mfc=face, ms=size, mec=edge, mew=0.8, zorder=3)
