"""Attribution against the truth: one panel a rule, one row a channel, a bar for what is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Rules with the same figure that a title still names.
NAMED = 3
COMPLETE_COLOUR, BRAND_COLOUR = "#009E73", "#E69F00"


@dataclass(frozen=True)
class RulePanel:
    """Shares that one rule credits, by channel; None where nothing is credited. Errors are shares too."""

    rule: str
    complete: tuple[float | None, ...]
    brand: tuple[float | None, ...]
    error: float | None
    brand_error: float | None


@dataclass(frozen=True)
class ScoreboardData:
    """Channels by falling true share, rules by rising error, and the finding."""

    title: str
    measure: str
    labels: tuple[str, ...]
    truth: tuple[float | None, ...]
    panels: tuple[RulePanel, ...]


def scoreboard_data(found: Mapping[str, Any], measure: str) -> ScoreboardData:
    """Panels of every rule.

    Args:
        found: the answer of `omnifunnel attribute SCENARIO`.
        measure: conversions or value.
    """
    true = _shares(found["truth"], measure)
    channels = sorted(found["channels"], key=lambda name: -(true[name] or 0.0))
    panels = []
    for rule in found["rules"]:
        views = [found["views"][view] for view in ("complete", "brand")]
        parts = [_shares(view["rules"][rule], measure) for view in views]
        rows = [tuple(part[name] for name in channels) for part in parts]
        errors = [view["scoreboard"][rule][measure]["share_error"]["mean"] for view in views]
        panels.append(RulePanel(rule, rows[0], rows[1], errors[0], errors[1]))
    panels.sort(key=lambda panel: float("inf") if panel.error is None else panel.error)
    word = {"conversions": "orders", "value": "revenue"}[measure]
    labels = tuple(found["channels"][name] for name in channels)
    return ScoreboardData(
        _finding(panels, word), word, labels, tuple(true[name] for name in channels), tuple(panels)
    )


def _shares(table: Mapping[str, Mapping[str, float]], measure: str) -> dict[str, float | None]:
    total = sum(one[measure] for one in table.values())
    return {name: one[measure] / total if total > 0 else None for name, one in table.items()}


def _finding(panels: Sequence[RulePanel], word: str) -> str:
    known = [panel for panel in panels if panel.error is not None]
    if not known:
        return (
            f"No rule can be compared with the truth: nothing is credited, or nothing of the {word} is caused"
        )
    best, worst = _points(known[0].error), _points(known[-1].error)
    if len(known) == 1:
        return f"{known[0].rule} misses a channel's true share of {word} by {best} on average"
    if best == worst:
        return f"All {len(known)} rules miss a channel's true share of {word} by {best} on average"
    closest, farthest = (
        [panel.rule for panel in known if _points(panel.error) == end] for end in (best, worst)
    )
    return (
        f"Closest to the truth {_are(closest)}, {best} off a channel's share of {word} on "
        f"average; farthest {_are(farthest)}, {worst}"
    )


def _are(rules: Sequence[str]) -> str:
    return f"{'is' if len(rules) == 1 else 'are'} {together(rules)}"


def together(rules: Sequence[str]) -> str:
    """Rules that end level: all by name up to three of them, else only how many they are."""
    if len(rules) > NAMED:
        return f"several rules ({len(rules)})"
    return " and ".join(", ".join(rules).rsplit(", ", 1))


def _points(error: float | None) -> str:
    return "n/a" if error is None else f"{100 * error:.1f} pp"


def scoreboard_grid(data: ScoreboardData) -> tuple[int, int]:
    """Rows and columns of panels: at most five side by side, no hole where four or three do as well."""
    panels = len(data.panels)
    columns = next((n for n in (5, 4, 3) if panels >= n and panels % n == 0), min(panels, 5))
    return -(-panels // columns), columns


def plot_scoreboard(axes: Sequence[Axes], data: ScoreboardData) -> None:
    """Draw a bar for the true share and a dot for the credited one; hollow as the brand sees it."""
    _, columns = scoreboard_grid(data)
    everything = [share for panel in data.panels for share in (*panel.complete, *panel.brand)]
    known = [share for share in (*everything, *data.truth) if share is not None]
    low, high = min(0.0, *known, 0.0), max(0.01, *known, 0.01)
    for number, (ax, panel) in enumerate(zip(axes, data.panels, strict=False)):
        _plot_panel(ax, panel, data.truth)
        style.bare_rows(ax, data.labels)
        ax.set_title(
            f"{panel.rule}: {_points(panel.error)}\nbrand's view: {_points(panel.brand_error)}",
            fontsize=9,
        )
        ax.set_xlim(100 * low - 1.5, 106 * high)
        ax.xaxis.set_major_locator(_ticks())
        if number + columns >= len(data.panels):
            ax.set_xlabel("% of the sum")
    for ax in axes[len(data.panels) :]:
        ax.set_visible(False)
    _legend(axes[0], data.measure)


def _plot_panel(ax: Axes, panel: RulePanel, truth: Sequence[float | None]) -> None:
    for y, (true, complete, brand) in enumerate(zip(truth, panel.complete, panel.brand, strict=True)):
        if true is not None:
            ax.barh(y, 100 * true, height=0.62, color="#dcdcdc", zorder=1)
            ax.plot([100 * true, 100 * true], [y - 0.31, y + 0.31], color=style.INK, lw=1.6, zorder=2)
        if true is not None and complete is not None:
            ax.plot([100 * true, 100 * complete], [y, y], color=COMPLETE_COLOUR, lw=1.2, zorder=3)
        if brand is not None:
            ax.plot(100 * brand, y, "o", ms=5.5, mfc="white", mec=BRAND_COLOUR, mew=1.4, zorder=4)
        if complete is not None:
            ax.plot(100 * complete, y, "o", ms=4, color=COMPLETE_COLOUR, zorder=5)


def _ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])


def _legend(ax: Axes, measure: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Any] = [
        Patch(facecolor="#dcdcdc", edgecolor=style.INK, label=f"true share of the {measure} caused"),
        Line2D([], [], ls="", marker="o", ms=5, color=COMPLETE_COLOUR, label="credited, complete view"),
        Line2D(
            [],
            [],
            ls="",
            marker="o",
            ms=6,
            mfc="white",
            mec=BRAND_COLOUR,
            mew=1.4,
            label="credited, brand's view",
        ),
    ]
    ax.figure.legend(handles=entries, loc="outside lower center", ncols=3)
