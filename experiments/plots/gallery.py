"""Draw any figure's data and save it: one literal dict says how each is laid out.

Figures are built without pyplot, so nothing is global and no window is ever opened.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.plots import style
from experiments.plots.budget import BudgetData, plot_budget
from experiments.plots.budget_flow import FlowData, columns_of as flow_columns, plot_flow
from experiments.plots.claims import ClaimsData, plot_claims
from experiments.plots.comparison import ComparisonData, plot_comparison
from experiments.plots.difference import DifferenceData, plot_difference
from experiments.plots.flights import FlightsData, plot_flights
from experiments.plots.funnel import FunnelData, plot_funnel
from experiments.plots.heatmap import HeatmapData, plot_heatmap
from experiments.plots.pareto import ParetoData, plot_pareto
from experiments.plots.quadrants import QuadrantsData, plot_quadrants
from experiments.plots.race import RaceData, plot_race
from experiments.plots.ranking import RankingData, plot_ranking
from experiments.plots.reach_frequency import ReachData, plot_reach
from experiments.plots.regret import RegretData, plot_regret
from experiments.plots.response import ResponseData, columns_of, plot_response
from experiments.plots.retention import RetentionData, plot_retention
from experiments.plots.scoreboard import ScoreboardData, plot_scoreboard, scoreboard_grid
from experiments.plots.synergy import SynergyData, plot_synergy
from experiments.plots.tornado import TornadoData, plot_tornado
from experiments.plots.waterfall import WaterfallData, plot_waterfall

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 9.6


@dataclass(frozen=True)
class Layout:
    """How one kind of data becomes a figure.

    Attributes:
        plot: draws on the axes.
        grid: data -> (rows, columns) of panels; None for a single axes.
        height: (data, rows) -> inches.
        share_y: panels have one y axis in common.
    """

    plot: Callable[[Any, Any], None]
    height: Callable[[Any, int], float]
    grid: Callable[[Any], tuple[int, int]] | None = None
    share_y: bool = False


def _grid(panels: int, columns: int) -> tuple[int, int]:
    return -(-panels // columns), columns


LAYOUTS: dict[type, Layout] = {
    BudgetData: Layout(plot_budget, lambda data, _: 1.9 + 0.46 * len(data.rows)),
    ClaimsData: Layout(plot_claims, lambda data, rows: 1.4 + 0.72 * rows, lambda data: (len(data.rows), 1)),
    DifferenceData: Layout(plot_difference, lambda data, _: 2.0 + 0.34 * len(data.rows)),
    FlightsData: Layout(plot_flights, lambda data, _: 6.4, lambda data: (2, 1), share_y=True),
    ParetoData: Layout(plot_pareto, lambda data, _: 5.8),
    QuadrantsData: Layout(plot_quadrants, lambda data, _: 5.6),
    RaceData: Layout(plot_race, lambda data, _: 6.2),
    RankingData: Layout(plot_ranking, lambda data, _: 1.8 + 0.36 * len(data.rows)),
    ReachData: Layout(plot_reach, lambda data, _: 1.9 + 0.4 * len(data.rows)),
    HeatmapData: Layout(
        plot_heatmap,
        lambda data, rows: 1.0 + rows * (0.65 + 0.27 * len(data.labels)),
        lambda data: (len(data.panels), 1),
    ),
    RetentionData: Layout(plot_retention, lambda data, _: 5.2 + 0.22 * ((len(data.lines) + 4) // 4)),
    RegretData: Layout(plot_regret, lambda data, _: 1.9 + 0.42 * len(data.rows)),
    ScoreboardData: Layout(
        plot_scoreboard,
        lambda data, rows: 1.4 + rows * (0.8 + 0.19 * len(data.labels)),
        scoreboard_grid,
        share_y=True,
    ),
    SynergyData: Layout(plot_synergy, lambda data, _: max(3.2, 1.6 + 0.42 * len(data.labels))),
    TornadoData: Layout(plot_tornado, lambda data, _: 1.9 + 0.42 * len(data.rows)),
    WaterfallData: Layout(plot_waterfall, lambda data, _: max(3.4, 1.5 + 0.36 * len(data.steps))),
    FlowData: Layout(
        plot_flow,
        lambda data, rows: 1.6 + 2.2 * rows,
        lambda data: _grid(len(data.plans), flow_columns(len(data.plans))),
        share_y=True,
    ),
    FunnelData: Layout(plot_funnel, lambda data, _: 5.0, lambda data: _grid(len(data.stages), 4)),
    ResponseData: Layout(
        plot_response,
        lambda data, rows: 1.5 + 2.0 * rows,
        lambda data: _grid(len(data.curves), columns_of(len(data.curves))),
        share_y=True,
    ),
    ComparisonData: Layout(
        plot_comparison,
        lambda data, rows: 1.3 + rows * (1.0 + 0.27 * len(data.cases)),
        lambda data: _grid(len(data.panels), min(3, max(1, len(data.panels)))),
        share_y=True,
    ),
}


def draw(data: Any, *, simulated: bool = True) -> Figure:
    """Lay out and draw one figure; use inside `matplotlib.rc_context(style.settings())`.

    Args:
        data: of one of the kinds in `LAYOUTS`.
        simulated: the numbers come from a simulated market, which the figure then says.
    """
    from matplotlib.figure import Figure

    layout = LAYOUTS[type(data)]
    rows, columns = layout.grid(data) if layout.grid else (1, 1)
    figure = Figure(figsize=(WIDTH, layout.height(data, rows)), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=layout.share_y).ravel()
    layout.plot(axes if layout.grid else axes[0], data)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    style.headline(figure, data.title, style.SIMULATED if simulated else "")
    return figure


def save(figures: Mapping[str, Any], folder: Path, *, simulated: bool = True) -> list[str]:
    """Write each as PNG and SVG; no dates and no versions inside, so equal data give equal files.

    Args:
        figures: file stem -> data.
        folder: made if need be.
        simulated: False for figures of a user's own data.

    Returns:
        One line if the fonts at hand lack glyphs that a figure wants, else nothing.
    """
    import matplotlib

    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    with matplotlib.rc_context(style.settings()), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name, data in figures.items():
            figure = draw(data, simulated=simulated)
            figure.savefig(folder / f"{name}.png", metadata={"Software": None})
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    for warning in caught:
        if "missing from font" in str(warning.message):
            missing.append(str(warning.message).split(" missing")[0])
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if not missing:
        return []
    count = len(set(missing))
    return [f"figures: no font here draws {count} character(s) ({missing[0]}, ...); boxes stand instead"]
