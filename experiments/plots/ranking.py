"""Cases ranked by one KPI: intervals from best to worst, and how sure each is to be the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.comparing.ranking import sure
from experiments.plots import style
from experiments.tables import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.comparing.ranking import Ranking


@dataclass(frozen=True)
class RankingRow:
    """One case: its estimate, and its probability of being best in words."""

    name: str
    estimate: Estimate
    text: str


@dataclass(frozen=True)
class RankingData:
    """Rows from best to worst, the measure, and the finding."""

    title: str
    rows: tuple[RankingRow, ...]
    label: str
    unit: str
    currency: str


def ranking_data(ranking: Ranking) -> RankingData:
    """Rows of the figure in the order of the ranking; there must be at least one place."""
    rows = tuple(
        RankingRow(
            one.name,
            one.estimate,
            formatting.MISSING if one.best is None else sure(one.best),
        )
        for one in ranking.places
    )
    return RankingData(ranking.verdict, rows, ranking.label, ranking.unit, ranking.currency)


def plot_ranking(ax: Axes, data: RankingData) -> None:
    """Draw a dot and its interval a case; the probability of being best stands at the right."""
    factor = 100 if data.unit == "share" else 1
    for y, row in enumerate(data.rows):
        colour = style.RECOMMENDED if y == 0 else style.NOW
        mean, low, high = (row.estimate[key] for key in ("mean", "low", "high"))
        if low is not None and high is not None:
            ax.plot([factor * low, factor * high], [y, y], color=colour, lw=2.2)
        ax.plot(factor * (mean or 0.0), y, "o", color=colour, ms=6.5)
        ax.text(1.03, y, row.text, color=colour, va="center", fontsize=9, transform=ax.get_yaxis_transform())
        ax.axhline(y + 0.5, color="#eeeeee", lw=0.7, zorder=0)
    style.bare_rows(ax, [row.name for row in data.rows])
    ax.margins(x=0.08)
    ax.set_title("Is best", x=1.03, ha="left", fontsize=9)
    style.money_axis(ax.xaxis, "")
    unit = formatting.unit_text(data.unit, data.currency)
    ax.set_xlabel(f"{data.label}, {unit}: mean and 95 % interval")
