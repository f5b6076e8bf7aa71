"""Synergy of every two channels: the lower triangle of a matrix, blue where they are worth more together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.estimates import clear
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How the two bases of a synergy are told.
TOLD = {"full": "inside the full plan", "nothing": "with no other channel"}


@dataclass(frozen=True)
class PairCell:
    """Synergy of the channels in a row and a column; `told` where its interval leaves zero out."""

    row: int
    column: int
    value: float
    told: bool


@dataclass(frozen=True)
class SynergyData:
    """Channels in the order of rows, one cell a pair, and the finding."""

    title: str
    labels: tuple[str, ...]
    cells: tuple[PairCell, ...]
    unit: str


def synergy_data(found: Mapping[str, Any], measure: str, base: str) -> SynergyData:
    """Cells for one measure and base ("full" or "nothing").

    Args:
        found: the answer of `omnifunnel truth`, with pairs.
        measure: customers, orders, revenue, margin or profit.
        base: where the pair is looked at.
    """
    names = list(found["channels"])
    cells = tuple(
        PairCell(
            names.index(pair["second"]),
            names.index(pair["first"]),
            pair[base][measure]["mean"],
            clear(pair[base][measure]),
        )
        for pair in found["synergy"]
    )
    labels = tuple(one["label"] for one in found["channels"].values())
    label, unit = found["measures"][measure]["label"], found["measures"][measure]["unit"]
    currency = found["currency"] if unit == "money" else ""
    name = formatting.in_sentence(label)
    title = _finding(cells, labels, TOLD[base], name, currency)
    return SynergyData(title, labels, cells, f"{name}, {currency}" if currency else name)


def _finding(
    cells: Sequence[PairCell], labels: Sequence[str], where: str, measure: str, currency: str
) -> str:
    known = [cell for cell in cells if cell.told]
    if not known:
        return f"No pair's synergy in {measure} can be told from chance {where}"
    most = max(known, key=lambda cell: abs(cell.value))
    kind = "more" if most.value > 0 else "less"
    pair = f"{labels[most.column]} and {labels[most.row]}"
    amount = formatting.compact(abs(most.value), currency=currency)
    return f"{pair} bring {amount} {kind} {measure} together than apart {where}"


def plot_synergy(ax: Axes, data: SynergyData) -> None:
    """Draw a coloured cell with its value a pair, in brackets where it may be chance."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    scale = max((abs(cell.value) for cell in data.cells), default=0.0) or 1.0
    colours = LinearSegmentedColormap.from_list("synergy", [style.WORSE, "white", style.BETTER])
    size = min(8.5, 120.0 / len(data.labels))
    for cell in data.cells:
        depth = cell.value / scale
        place = (cell.column - 0.5, cell.row - 0.5)
        ax.add_patch(
            Rectangle(place, 1, 1, facecolor=colours(0.5 + 0.5 * depth), edgecolor=style.FAINT, linewidth=1.0)
        )
        amount = formatting.compact(cell.value, signed=True)
        told = amount if cell.told else f"({amount})"
        colour = "white" if abs(depth) > 0.6 else style.INK
        ax.text(cell.column, cell.row, told, ha="center", va="center", fontsize=size, color=colour)
    count = len(data.labels)
    for number in range(count):
        ax.text(number, number, str(number + 1), ha="center", va="center", fontsize=size, color=style.NOW)
    style.bare_rows(ax, [f"{label}  {number + 1}" for number, label in enumerate(data.labels)])
    ax.set_xlim(-0.5, count - 0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel(
        f"{data.unit}: what row and column bring together beyond their parts "
        "(in brackets: not told from chance)"
    )
