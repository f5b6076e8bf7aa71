"""From the market left to itself to the full plan, channel by channel: a waterfall of Shapley values.

Without Shapley values the steps are lifts, and one more step says how far these are from adding up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Room for intervals on either side of the bars, as a share of what the bars span.
BEYOND = 0.25


@dataclass(frozen=True)
class Step:
    """One bar: where it starts and ends; `half` is half its 95 % interval, None where there is none."""

    label: str
    start: float
    end: float
    kind: str
    half: float | None = None


@dataclass(frozen=True)
class WaterfallData:
    """Bars from nobody to the full plan, and the finding."""

    title: str
    unit: str
    steps: tuple[Step, ...]


def waterfall_data(found: Mapping[str, Any], measure: str) -> WaterfallData:
    """Bars for one measure, largest step first.

    Args:
        found: the answer of `omnifunnel truth`.
        measure: customers, orders, revenue, margin or profit.
    """
    figure = "shapley" if found["shapley"] else "lift"
    parts = [(one["label"], one[figure][measure]) for one in found["channels"].values()]
    parts.sort(key=lambda part: -part[1]["mean"])
    nobody, full = found["nobody"][measure]["mean"], found["plan_value"][measure]["mean"]
    steps, level = [Step("no channel", 0.0, nobody, "level")], nobody
    for label, part in parts:
        half = None if part["high"] is None else part["high"] - part["mean"]
        steps.append(Step(label, level, level + part["mean"], "part", half))
        level += part["mean"]
    if figure == "lift":
        steps.append(Step("lifts do not add up", level, full, "rest"))
    steps.append(Step("full plan", 0.0, full, "level"))
    unit = found["measures"][measure]["unit"]
    label = formatting.in_sentence(found["measures"][measure]["label"])
    currency = found["currency"] if unit == "money" else ""
    title = _finding(parts, full - nobody, full, label, figure, currency)
    return WaterfallData(title, f"{label}, {currency}" if currency else label, tuple(steps))


def _finding(
    parts: list[tuple[str, Any]], total: float, full: float, label: str, figure: str, currency: str
) -> str:
    name, most = parts[0][0], parts[0][1]["mean"]
    brought = (
        f"{formatting.compact(total, currency=currency)} of the plan's {formatting.compact(full)} {label}"
    )
    if len(parts) == 1:
        return f"{name} brings {brought}"
    start = f"All channels together bring {brought}"
    amount = formatting.compact(most)
    if figure == "lift":
        return f"{start}; taking away only {name} loses {amount}"
    share = f", {formatting.percent(most / total)}" if total > 0 else ""
    return f"{start}; the largest part is {name}'s ({amount}{share})"


def plot_waterfall(ax: Axes, data: WaterfallData) -> None:
    """Draw one bar a step, each starting where the last one ended, with its amount beside it."""
    low, high = _reach(data.steps)
    gap = 0.012 * (high - low)
    for y, step in enumerate(data.steps):
        ax.barh(y, step.end - step.start, left=step.start, height=0.62, color=_colour(step))
        right = max(step.start, step.end)
        if step.half is not None:
            right = max(right, _plot_interval(ax, y, step, low, high))
        ax.text(right + gap, y, _amount(step), va="center", fontsize=9)
        if y + 1 < len(data.steps):
            ax.plot([step.end, step.end], [y + 0.31, y + 0.69], color=style.NOW, lw=0.8)
    style.bare_rows(ax, [step.label for step in data.steps])
    ax.set_xlim(low - (gap if low < 0 else 0.0), high + 0.2 * (high - low))
    style.money_axis(ax.xaxis, data.unit)


def _reach(steps: Sequence[Step]) -> tuple[float, float]:
    """Where bars and intervals are drawn: intervals beyond the bars get some room, and are cut there."""
    ends = [value for step in steps for value in (step.start, step.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = BEYOND * (high - low or 1.0)
    lows = [step.end - step.half for step in steps if step.half is not None]
    highs = [step.end + step.half for step in steps if step.half is not None]
    low, high = max(low - room, min(low, *lows, low)), min(high + room, max(high, *highs, high))
    return low, high if high > low else low + 1.0


def _plot_interval(ax: Axes, y: int, step: Step, low: float, high: float) -> float:
    """Draw the interval of a step as far as there is room, an arrow where it goes on; give its right end."""
    assert step.half is not None
    ends = step.end - step.half, step.end + step.half
    left, right = max(ends[0], low), min(ends[1], high)
    ax.plot([left, right], [y, y], color=style.INK, lw=1.2)
    for place, cut, marker in ((left, ends[0] < low, "<"), (right, ends[1] > high, ">")):
        if cut:
            ax.plot([place], [y], color=style.INK, marker=marker, ms=5, clip_on=False)
    return right


def _colour(step: Step) -> str:
    if step.kind == "level":
        return style.NOW
    if step.kind == "rest":
        return style.FAINT
    return style.BETTER if step.end >= step.start else style.WORSE


def _amount(step: Step) -> str:
    change = step.end - step.start
    if step.kind == "level":
        return formatting.compact(change)
    half = "" if step.half is None else f" ±{formatting.compact(step.half)}"
    return f"{formatting.compact(change, signed=True)}{half}"
