"""Touchpoint heat map: where on the funnel each channel meets people, in two readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Stages the finding speaks of: the far end and the near end of the way to the first order.
FAR, NEAR = "unaware", "deciding"


@dataclass(frozen=True)
class HeatPanel:
    """One reading: cells by channel and stage, None where undefined, and the number that is darkest."""

    title: str
    cells: tuple[tuple[float | None, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    darkest: float


@dataclass(frozen=True)
class HeatmapData:
    """Channels by rows, stages by columns, and the finding."""

    title: str
    labels: tuple[str, ...]
    stages: tuple[str, ...]
    panels: tuple[HeatPanel, ...]


def heatmap_data(found: Mapping[str, Any]) -> HeatmapData:
    """Touches per person and period at a stage, and where a channel's touches happen.

    Args:
        found: the answer of `omnifunnel journeys`.
    """
    rows, stages = found["heat_map"], tuple(found["stages"])
    labels = tuple(found["channels"][row["channel"]] for row in rows)
    rates = tuple(tuple(row["rates"]) for row in rows)
    shares = tuple(tuple(row["shares"]) for row in rows)
    panels = (
        HeatPanel(
            f"Touches per person and {found['period']} spent at the stage",
            rates,
            tuple(tuple(_rate(value) for value in row) for row in rates),
            _most(rates),
        ),
        HeatPanel(
            "Where a channel's touches happen, % of the row",
            shares,
            tuple(tuple(_share(value) for value in row) for row in shares),
            1.0,
        ),
    )
    return HeatmapData(_finding(labels, stages, rates, found["period"]), labels, stages, panels)


def _most(cells: Sequence[Sequence[float | None]]) -> float:
    return max((value for row in cells for value in row if value is not None), default=0.0) or 1.0


def _rate(value: float | None) -> str:
    return "" if not value else "<0.01" if value < 0.005 else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "" if not value else "<1" if value < 0.005 else f"{100 * value:.0f}"


def _finding(
    labels: Sequence[str], stages: Sequence[str], rates: Sequence[Sequence[float | None]], period: str
) -> str:
    def most(stage: str) -> tuple[str, float]:
        column = [row[stages.index(stage)] or 0.0 for row in rates]
        best = max(range(len(column)), key=column.__getitem__)
        return labels[best], column[best]

    (far, far_rate), (near, near_rate) = most(FAR), most(NEAR)
    if far_rate <= 0 and near_rate <= 0:
        return "No channel reaches anybody on the way to the first order"
    parts = []
    if far_rate > 0:
        parts.append(
            f"people who are {FAR} meet {far} most, in {formatting.percent(far_rate)} of their {period}s"
        )
    if near_rate > 0:
        parts.append(f"those {NEAR} meet {near} most, in {formatting.percent(near_rate)}")
    told = "; ".join(parts)
    return f"{told[0].upper()}{told[1:]}"


def plot_heatmap(axes: Sequence[Axes], data: HeatmapData) -> None:
    """Draw a coloured cell with its number a channel and stage; empty where there is no touch."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    colours = LinearSegmentedColormap.from_list("heat", ["white", style.BETTER])
    for ax, panel in zip(axes, data.panels, strict=True):
        for y, (row, texts) in enumerate(zip(panel.cells, panel.texts, strict=True)):
            for x, (value, text) in enumerate(zip(row, texts, strict=True)):
                depth = (value or 0.0) / panel.darkest
                place = (x - 0.5, y - 0.5)
                ax.add_patch(Rectangle(place, 1, 1, facecolor=colours(depth), edgecolor="#eeeeee", lw=1))
                colour = "white" if depth > 0.55 else style.INK
                ax.text(x, y, text, ha="center", va="center", fontsize=8.5, color=colour)
        style.bare_rows(ax, data.labels)
        ax.set_ylim(len(data.labels) - 0.5, -0.5)
        ax.set_xlim(-0.5, len(data.stages) - 0.5)
        ax.set_xticks(range(len(data.stages)), data.stages)
        ax.tick_params(axis="x", length=0, labelcolor=style.INK)
        ax.spines["bottom"].set_visible(False)
        ax.set_title(panel.title)
    axes[-1].set_xlabel("Stage at the start of the period")
