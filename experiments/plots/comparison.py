"""Scenarios and variants side by side: one panel a KPI, one row a case, with intervals.

Cases that change the market are worlds: drawn as diamonds, said to be how the plan fares, never to lead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style
from experiments.plots.difference import verdict_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
KpiTexts = Mapping[str, tuple[str, str, str | None]]


@dataclass(frozen=True)
class ComparisonPanel:
    """One KPI: an estimate and a verdict against the first case, by case."""

    label: str
    unit: str
    estimates: tuple[Estimate, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class ComparisonData:
    """Panels, names of the cases in order (the first is compared with), the finding, and which are worlds."""

    title: str
    cases: tuple[str, ...]
    panels: tuple[ComparisonPanel, ...]
    currency: str
    worlds: tuple[str, ...] = ()


def comparison_data(
    kpis: KpiTexts,
    estimates: Mapping[str, Mapping[str, Estimate]],
    differences: Mapping[str, Mapping[str, Estimate]],
    *,
    currency: str,
    worlds: Collection[str] = (),
) -> ComparisonData:
    """Panels for the KPIs wanted; one that no case defines is left out.

    Args:
        kpis: name -> (label, unit, better), in order; the first leads the title.
        estimates: case -> KPI -> estimate; the first case is compared with.
        differences: case -> KPI -> paired difference against the first; no entry for the first.
        currency: ISO code.
        worlds: cases that change the market, which is no choice.
    """
    cases = tuple(estimates)
    panels, betters = [], []
    for name, (label, unit, better) in kpis.items():
        row = tuple(estimates[case][name] for case in cases)
        if all(estimate["mean"] is None for estimate in row):
            continue
        verdicts = ("base", *(verdict_of(differences[case][name], better) for case in cases[1:]))
        panels.append(ComparisonPanel(label, unit, row, verdicts))
        betters.append(better)
    among = tuple(name for name in cases if name in worlds)
    if not panels:
        title = f"{len(cases)} cases, no measure defined in any of them"
    elif len(among) == len(cases) - 1:
        title = _fares(cases, panels[0], currency)
    else:
        title = _finding(cases, panels[0], betters[0], currency, among)
    return ComparisonData(title, cases, tuple(panels), currency, among)


def _finding(
    cases: Sequence[str], lead: ComparisonPanel, better: str | None, currency: str, worlds: Sequence[str]
) -> str:
    """Which choice leads on the first KPI, if any does."""
    name = formatting.in_sentence(lead.label)
    choices = [i for i, case in enumerate(cases) if i and case not in worlds]

    def told(index: int) -> str:
        return formatting.number(lead.estimates[index]["mean"], lead.unit, currency=currency)

    ahead = [i for i in choices if lead.verdicts[i] == "better"]
    if ahead:
        sign = -1.0 if better == "lower" else 1.0
        best = max(ahead, key=lambda i: sign * (lead.estimates[i]["mean"] or 0.0))
        return f"'{cases[best]}' leads on {name}: {told(best)} against {told(0)} for '{cases[0]}'"
    other = "choice" if worlds else "case"
    if all(lead.verdicts[i] == "worse" for i in choices):
        return f"Every other {other} falls behind '{cases[0]}' on {name} ({told(0)})"
    return f"No {other} is clearly better than '{cases[0]}' on {name} ({told(0)})"


def _fares(cases: Sequence[str], lead: ComparisonPanel, currency: str) -> str:
    """From which value of the first KPI to which the plan comes in the worlds."""
    name = formatting.in_sentence(lead.label)
    means = [
        (mean, case) for e, case in zip(lead.estimates, cases, strict=True) if (mean := e["mean"]) is not None
    ]
    if len(means) < 2:
        return f"How the plan fares in other markets: {name} there cannot be set against '{cases[0]}'"
    ends = [
        f"{formatting.number(mean, lead.unit, currency=currency)} in '{case}'"
        for mean, case in (min(means), max(means))
    ]
    return f"How the plan fares in other markets: {name} from {ends[0]} to {ends[1]}"


COLOURS = {"base": style.NOW, "better": style.BETTER, "worse": style.WORSE, "unclear": style.UNCLEAR}


def plot_comparison(axes: Sequence[Axes], data: ComparisonData) -> None:
    """Draw a dot and its interval a case; hollow dots cannot be told from the first case."""
    for ax, panel in zip(axes, data.panels, strict=False):
        for y, (estimate, verdict) in enumerate(zip(panel.estimates, panel.verdicts, strict=True)):
            marker = "D" if data.cases[y] in data.worlds else "o"
            _plot_estimate(ax, y, estimate, verdict, panel.unit, marker)
        first = panel.estimates[0]["mean"]
        if first is not None:
            ax.axvline(_scaled(first, panel.unit), color=style.FAINT, lw=1, ls=(0, (4, 3)), zorder=0)
        style.bare_rows(ax, [f"if {name}" if name in data.worlds else name for name in data.cases])
        ax.set_title(panel.label)
        ax.margins(x=0.12)
        style.money_axis(ax.xaxis, formatting.unit_text(panel.unit, data.currency))
    style.verdict_legend(axes[0].figure, data.cases[0])
    for ax in axes[len(data.panels) :]:
        ax.set_visible(False)


def _plot_estimate(ax: Axes, y: int, estimate: Estimate, verdict: str, unit: str, marker: str) -> None:
    if estimate["mean"] is None:
        ax.text(0.5, y, formatting.MISSING, transform=ax.get_yaxis_transform(), va="center", ha="center")
        return
    colour = COLOURS.get(verdict, style.INK)
    if estimate["low"] is not None and estimate["high"] is not None:
        ends = [_scaled(estimate["low"], unit), _scaled(estimate["high"], unit)]
        ax.plot(ends, [y, y], color=colour, lw=2)
    fill = "white" if verdict == "unclear" else colour
    ax.plot(_scaled(estimate["mean"], unit), y, marker, color=colour, mfc=fill, mew=1.5, ms=6.5)


def _scaled(value: float, unit: str) -> float:
    return 100 * value if unit == "share" else value
