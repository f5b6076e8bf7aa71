"""Reach and frequency: how many people each channel met over the run, and how often each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

#: First and last exposure count of each band; the last bin of a run holds 15 and more.
BANDS = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 15))
BAND_NAMES = ("once", "2-3 times", "4-7", "8-14", "15 or more")
#: Figures beside the bars, and where each ends, points right of the axes.
HEADINGS = ("Reach", "Frequency", "GRP")
RIGHT_ENDS = (38.0, 94.0, 142.0)
#: From few exposures to many, one hue.
SHADES = ("#cfe3f1", "#9cc7e3", "#5ba3d0", "#1f77b4", "#0b3c68")


@dataclass(frozen=True)
class ReachRow:
    """One channel: share of the market met so often, band by band; mean exposures of those met."""

    label: str
    shares: tuple[float, ...]
    frequency: float

    @property
    def reach(self) -> float:
        """Share of the market met at least once."""
        return sum(self.shares)


@dataclass(frozen=True)
class ReachData:
    """Rows, largest reach first, and the finding."""

    title: str
    rows: tuple[ReachRow, ...]


def reach_data(labels: Sequence[str], frequency_cf: npt.ArrayLike, impressions_c: npt.ArrayLike) -> ReachData:
    """Bands of exposures; channels that met nobody have no row (FACTS E.18).

    Args:
        labels: names shown, one a channel.
        frequency_cf: consumers by exposures over the run, 0 .. 14 and 15 or more, (C, 16).
        impressions_c: exposures of these consumers, (C,).
    """
    import numpy as np

    counts_cf = np.asarray(frequency_cf, dtype=np.float64)
    rows = []
    for label, counts_f, impressions in zip(labels, counts_cf, np.asarray(impressions_c), strict=True):
        reached = float(counts_f[1:].sum())
        if reached:
            shares = tuple(float(counts_f[low : high + 1].sum() / counts_f.sum()) for low, high in BANDS)
            rows.append(ReachRow(label, shares, float(impressions) / reached))
    rows.sort(key=lambda row: -row.reach)
    return ReachData(_finding(rows), tuple(rows))


def _finding(rows: Sequence[ReachRow]) -> str:
    if not rows:
        return "No channel met anybody"
    widest, often = rows[0], max(rows, key=lambda row: row.frequency)
    start = f"{widest.label} reaches most people, {formatting.percent(widest.reach)} of the market"
    if often is widest:
        return f"{start}, and each of them most often, {_times(often.frequency)} times"
    return f"{start}; {often.label} is met most often, {_times(often.frequency)} times by each person reached"


def plot_reach(ax: Axes, data: ReachData) -> None:
    """Draw a bar a channel, darker where people met it more often; reach and frequency stand beside it."""
    from matplotlib.patches import Patch

    for y, row in enumerate(data.rows):
        left = 0.0
        for share, shade in zip(row.shares, SHADES, strict=True):
            ax.barh(y, share, left=left, height=0.62, color=shade)
            left += share
    beside = [(float(y), _cells(row)) for y, row in enumerate(data.rows)]
    for height, cells in [(-0.75, HEADINGS), *beside]:
        for right, cell in zip(RIGHT_ENDS, cells, strict=True):
            # in points: a place relative to the axes would move while the layout makes room for it
            ax.annotate(
                cell,
                (1.0, height),
                xycoords=ax.get_yaxis_transform(),
                xytext=(right, 0.0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=9,
                annotation_clip=False,
            )
    style.bare_rows(ax, [row.label for row in data.rows])
    ax.set_xlim(0, 1.05 * max((row.reach for row in data.rows), default=1.0))
    ax.xaxis.set_major_formatter(lambda value, _: formatting.percent(value))
    ax.set_xlabel("Share of the market met over the run")
    handles = [Patch(color=shade, label=name) for shade, name in zip(SHADES, BAND_NAMES, strict=True)]
    ax.figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), title="Met the channel")


def _cells(row: ReachRow) -> tuple[str, str, str]:
    """Reach, mean frequency, and gross rating points: 100 reach * frequency."""
    points = 100 * row.reach * row.frequency
    return formatting.percent(row.reach), _times(row.frequency), f"{points:,.0f}"


def _times(frequency: float) -> str:
    return formatting.number(frequency, "ratio") if frequency >= 100 else f"{frequency:.1f}"
