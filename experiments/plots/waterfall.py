"""From the market left to itself to the full plan, channel by channel: a waterfall of Shapley values.

Without Shapley values the steps are lifts, and one more step says how far these are from adding up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    start = (
        f"All channels together bring {formatting.compact(total, currency=currency)} of the plan's "
        f"{formatting.compact(full)} {label}"
    )
    amount = formatting.compact(most)
    if figure == "lift":
        return f"{start}; taking away only {name} loses {amount}"
    share = f", {formatting.percent(most / total)}" if total > 0 else ""
    return f"{start}; the largest part is {name}'s ({amount}{share})"


def plot_waterfall(ax: Axes, data: WaterfallData) -> None:
    """Draw one bar a step, each starting where the last one ended, with its amount beside it."""
    ends = [value for step in data.steps for value in (step.start, step.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    gap = 0.012 * (high - low or 1.0)
    for y, step in enumerate(data.steps):
        ax.barh(y, step.end - step.start, left=step.start, height=0.62, color=_colour(step))
        right = max(step.start, step.end)
        if step.half is not None:
            ax.plot([step.end - step.half, step.end + step.half], [y, y], color=style.INK, lw=1.2)
            right = max(right, step.end + step.half)
        ax.text(right + gap, y, _amount(step), va="center", fontsize=9)
        if y + 1 < len(data.steps):
            ax.plot([step.end, step.end], [y + 0.31, y + 0.69], color=style.NOW, lw=0.8)
    style.bare_rows(ax, [step.label for step in data.steps])
    ax.set_xlim(low - (gap if low < 0 else 0.0), high + 0.2 * (high - low or 1.0))
    style.money_axis(ax.xaxis, data.unit)


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
