"""Cost against value of the customers each channel won: four quadrants around the medians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Costs further apart than this factor stand on a logarithmic axis.
LOG_FROM = 8.0
#: Quadrant -> colour, and the corner that its name stands in: x, y in shares of the axes.
LOOK = {
    "expand": (style.BETTER, (0.0, 1.0)),
    "make cheaper": ("#E69F00", (1.0, 1.0)),
    "raise value": ("#009E73", (0.0, 0.0)),
    "cut or mend": (style.WORSE, (1.0, 0.0)),
}
#: Colours of what lies in none of them: an interval holds the median, or there are too few channels for one.
NO_CORNER = {"unclear": style.UNCLEAR, None: style.INK}
Estimate = Mapping[str, float | None]


@dataclass(frozen=True)
class QuadrantPoint:
    """One channel."""

    label: str
    cost: Estimate
    value: Estimate
    quadrant: str | None


@dataclass(frozen=True)
class QuadrantsData:
    """Channels with money, the medians (None with too few channels) and the finding."""

    title: str
    points: tuple[QuadrantPoint, ...]
    median_cost: float | None
    median_value: float | None
    currency: str


def quadrants_data(found: Mapping[str, Any]) -> QuadrantsData:
    """Points from the answer of `omnifunnel customers`, whose quadrants must not be empty."""
    quadrants = found["quadrants"]
    points = tuple(
        QuadrantPoint(one["label"], one["cpa"], one["ltv"], one["quadrant"])
        for one in quadrants["channels"].values()
    )
    currency = str(found["currency"])
    title = _finding(points, currency)
    return QuadrantsData(title, points, quadrants["median_cpa"], quadrants["median_ltv"], currency)


def _finding(points: tuple[QuadrantPoint, ...], currency: str) -> str:
    """What costs most and least, and whether the customers differ in value beyond chance."""
    if len(points) < 2:
        return f"Only {points[0].label} took money and won customers: there is nothing to compare it with"
    cheap, dear = (pick(points, key=lambda point: point.cost["mean"] or 0.0) for pick in (min, max))
    least, most = (pick(points, key=lambda point: point.value["mean"] or 0.0) for pick in (min, max))
    cost = formatting.compact(cheap.cost["mean"] or 0.0, currency=currency)
    start = (
        f"A new customer costs {cost} by {cheap.label} and "
        f"{formatting.compact(dear.cost['mean'] or 0.0)} by {dear.label}"
    )
    low, high = most.value["low"], least.value["high"]
    if low is not None and high is not None and low <= high:
        return f"{start}; whose are worth most cannot be told from chance"
    worth = [formatting.compact(point.value["mean"] or 0.0) for point in (most, least)]
    return f"{start}; {most.label}'s are worth most ({worth[0]}), {least.label}'s least ({worth[1]})"


def plot_quadrants(ax: Axes, data: QuadrantsData) -> None:
    """Draw a dot with its intervals a channel, the medians, and the name of each quadrant in its corner."""
    costs = [point.cost["mean"] or 0.0 for point in data.points]
    if min(costs) > 0 and max(costs) > LOG_FROM * min(costs):
        ax.set_xscale("log")
        ax.xaxis.set_minor_formatter("")
    if data.median_cost is not None and data.median_value is not None:
        ax.axvline(data.median_cost, color=style.NOW, lw=0.9, ls=(0, (4, 3)))
        ax.axhline(data.median_value, color=style.NOW, lw=0.9, ls=(0, (4, 3)))
    for point in data.points:
        _cross(ax, point)
    ax.margins(0.16, 0.22)
    _axis(ax.xaxis, f"CAC: money / customers by last touch, {data.currency}{_key(data)}")
    _axis(ax.yaxis, f"LTV, {data.currency}")
    ax.autoscale_view()
    _from_zero(ax)
    _labels(ax, data)


def _key(data: QuadrantsData) -> str:
    if data.median_cost is None:
        return ""
    unclear = any(point.quadrant == "unclear" for point in data.points)
    return (
        " (dashes: median; grey: unclear, an interval holds its median)" if unclear else " (dashes: median)"
    )


def _from_zero(ax: Axes) -> None:
    """Costs below zero mean nothing, nor do values of mere margins around the dots."""
    left, _ = ax.get_xlim()
    if left < 0 and ax.get_xscale() == "linear":
        ax.set_xlim(left=0)
    base, _ = ax.get_ylim()
    if base < 0:
        ax.set_ylim(bottom=0)


def _axis(axis: Any, label: str) -> None:
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(style.short_tick))
    axis.set_label_text(label)


def _cross(ax: Axes, point: QuadrantPoint) -> None:
    colour = NO_CORNER[point.quadrant] if point.quadrant in NO_CORNER else LOOK[point.quadrant or ""][0]
    x, y = point.cost["mean"], point.value["mean"]
    for ends, other, upright in ((point.cost, y, False), (point.value, x, True)):
        low, high = ends["low"], ends["high"]
        if low is not None and high is not None and other is not None:
            if ax.get_xscale() == "log" and not upright:
                low = max(low, 0.5 * (x or 1.0))
            span, place = [low, high], [other, other]
            ax.plot(*((place, span) if upright else (span, place)), color=colour, lw=1, alpha=0.6)
    ax.plot([x], [y], "o", color=colour, ms=8, mec="white", mew=0.8, zorder=3)


def _labels(ax: Axes, data: QuadrantsData) -> None:
    """Name the corners, then each dot on the side where it covers least."""
    ranked = data.median_cost is not None and data.median_value is not None
    texts = [_corner(ax, name) for name in LOOK] if ranked else []
    dots = [_spot(ax, point.cost["mean"], point.value["mean"]) for point in data.points]
    texts += [(x - 5, y - 5, x + 5, y + 5) for x, y in dots]
    bars = [box for point in data.points for box in _bars(ax, point)]
    dashes = _dashes(ax, data.median_cost, data.median_value) if ranked else []
    for point, (x, y) in sorted(zip(data.points, dots, strict=True), key=lambda pair: -pair[1][1]):
        width = 5.4 * style.text_width(point.label)
        boxes = {side: _beside(x, y, width, side) for side in SIDES}
        inside = _spot_box(ax)
        side = min(
            boxes,
            key=lambda one: (
                20 * (_covers(boxes[one], texts) + _leaves(boxes[one], inside))
                + 6 * _covers(boxes[one], dashes)
                + _covers(boxes[one], bars)
            ),
        )
        texts.append(boxes[side])
        ax.annotate(
            point.label,
            (point.cost["mean"] or 0.0, point.value["mean"] or 0.0),
            xytext=side[:2],
            textcoords="offset points",
            ha=side[2],
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
        )


Box = tuple[float, float, float, float]
Side = tuple[float, float, str]
#: Places of a label beside its dot, the best first: offsets of its baseline in points, and its alignment.
SIDES: tuple[Side, ...] = (
    (7, 6, "left"),
    (7, -14, "left"),
    (-7, 6, "right"),
    (-7, -14, "right"),
    (0, 10, "center"),
    (0, -19, "center"),
    (7, 16, "left"),
    (7, -24, "left"),
    (-7, 16, "right"),
    (-7, -24, "right"),
    (11, -4, "left"),
    (-11, -4, "right"),
)


def _corner(ax: Axes, name: str) -> Box:
    """Write the name of a quadrant into its corner; returns its box."""
    colour, (x, y) = LOOK[name]
    dx, dy, align = (8 if x == 0 else -8, -14 if y == 1 else 8, "left" if x == 0 else "right")
    ax.annotate(
        name,
        (x, y),
        xycoords="axes fraction",
        xytext=(dx, dy),
        textcoords="offset points",
        ha=align,
        color=colour,
        fontsize=9,
    )
    assert ax.figure is not None
    left, base = ax.transAxes.transform((x, y)) * 72 / ax.figure.dpi
    return _beside(left, base, 5.4 * len(name), (dx, dy, align))


def _spot(ax: Axes, x: float | None, y: float | None) -> tuple[float, float]:
    """A place on the axes, in points of the figure."""
    assert ax.figure is not None
    left, base = ax.transData.transform((x or 0.0, y or 0.0)) * 72 / ax.figure.dpi
    return float(left), float(base)


def _bars(ax: Axes, point: QuadrantPoint) -> list[Box]:
    """Boxes of a dot's intervals."""
    x, y = point.cost, point.value
    boxes = []
    for low, high in (
        ((x["low"], y["mean"]), (x["high"], y["mean"])),
        ((x["mean"], y["low"]), (x["mean"], y["high"])),
    ):
        if None not in (*low, *high):
            (left, base), (right, top) = _spot(ax, *low), _spot(ax, *high)
            boxes.append((left - 1, base - 1, right + 1, top + 1))
    return boxes


def _spot_box(ax: Axes) -> Box:
    """The axes, in points of the figure."""
    (left, right), (base, top) = ax.get_xlim(), ax.get_ylim()
    return *_spot(ax, left, base), *_spot(ax, right, top)


def _dashes(ax: Axes, cost: float | None, value: float | None) -> list[Box]:
    """Boxes of the median lines."""
    (x, y), (left, base, right, top) = _spot(ax, cost, value), _spot_box(ax)
    return [(x - 1, base, x + 1, top), (left, y - 1, right, y + 1)]


def _leaves(box: Box, inside: Box) -> bool:
    """Whether a box is not within another."""
    return box[0] < inside[0] or box[1] < inside[1] or box[2] > inside[2] or box[3] > inside[3]


def _beside(x: float, y: float, width: float, side: Side) -> Box:
    dx, dy, align = side
    left = x + dx - {"left": 0.0, "center": width / 2, "right": width}[align]
    return left, y + dy - 3, left + width, y + dy + 10


def _covers(box: Box, others: list[Box]) -> int:
    return sum(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )
