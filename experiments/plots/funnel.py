"""Funnel occupancy over time: one panel a stage, one line a plan or scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes

#: The stages that count as customers; indices of axis s.
CUSTOMER_STAGES = (4, 5, 6)


@dataclass(frozen=True)
class FunnelSeries:
    """One plan: people in each stage at the start of each period and at the end."""

    name: str
    people_ts: npt.NDArray[np.float64]


@dataclass(frozen=True)
class FunnelData:
    """Lines of every stage's panel, where paid media stops, and the finding."""

    title: str
    stages: tuple[str, ...]
    series: tuple[FunnelSeries, ...]
    paid_periods: int
    period_name: str


def funnel_data(
    series: Mapping[str, npt.ArrayLike],
    stages: Sequence[str],
    *,
    paid_periods: int,
    period_name: str,
) -> FunnelData:
    """Lines of the occupancy; the first series is the one compared with.

    Args:
        series: name -> (T+1, S) people, the last row the end.
        stages: names of the S stages in order.
        paid_periods: periods in which the plan spends; later ones are the tail.
        period_name: "week" or "day".
    """
    import numpy as np

    lines = tuple(FunnelSeries(name, np.asarray(people, dtype=np.float64)) for name, people in series.items())
    return FunnelData(_finding(lines, period_name), tuple(stages), lines, paid_periods, period_name)


def _customers_end(line: FunnelSeries) -> float:
    return float(line.people_ts[-1, CUSTOMER_STAGES].sum())


def _finding(lines: Sequence[FunnelSeries], period_name: str) -> str:
    first = lines[0]
    length = len(first.people_ts) - 1
    end = formatting.compact(_customers_end(first))
    if len(lines) == 1:
        share = formatting.percent(_customers_end(first) / float(first.people_ts[0].sum()), digits=1)
        return f"After {length} {period_name}s the brand has {end} active customers, {share} of the market"
    best = max(lines[1:], key=_customers_end)
    most = formatting.compact(_customers_end(best))
    start = f"After {length} {period_name}s '{best.name}' has {most} active customers"
    if _customers_end(first) <= 0:
        return f"{start}, '{first.name}' none"
    change = _customers_end(best) / _customers_end(first) - 1
    return f"{start}, {formatting.percent(change, signed=True, digits=1)} against {end} ('{first.name}')"


def plot_funnel(axes: Sequence[Axes], data: FunnelData) -> None:
    """Draw one panel a stage; grey ground marks the tail without paid media."""
    length = len(data.series[0].people_ts) - 1
    for s, (ax, stage) in enumerate(zip(axes, data.stages, strict=True)):
        if length > data.paid_periods:
            ax.axvspan(data.paid_periods, length, color="#f1f1f1", lw=0)
        for number, line in enumerate(data.series):
            colour = style.RECOMMENDED if len(data.series) == 1 else style.SERIES[number % len(style.SERIES)]
            width = 1.8 if number or len(data.series) == 1 else 2.4
            ax.plot(line.people_ts[:, s], color=colour, lw=width, label=line.name)
        ax.set_title(stage.capitalize())
        ax.set_xlim(0, length)
        ax.set_ylim(bottom=0)
        ax.margins(y=0.12)
        style.money_axis(ax.yaxis, "")
        if s % 4 == 0:
            ax.set_ylabel("People")
        if s >= 4:
            ax.set_xlabel(
                f"{data.period_name.capitalize()} (grey: no paid media)"
                if s == 4
                else data.period_name.capitalize()
            )
    if len(data.series) > 1:
        handles, names = axes[0].get_legend_handles_labels()
        axes[0].figure.legend(handles, names, loc="outside lower center", ncols=min(4, len(names)))
