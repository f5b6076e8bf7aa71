"""Claims against runs: a forest plot, each row with a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.claims.outcomes import (
    FAILS,
    HOLDS,
    NOT_IDENTIFIED,
    NOT_MEASURED,
    OUTCOMES,
    UNDECIDED,
    Checked,
    counted,
)
from experiments.plots import style
from experiments.tables import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {HOLDS: style.BETTER, FAILS: style.WORSE, UNDECIDED: style.UNCLEAR, NOT_IDENTIFIED: style.INK}
#: Of one claim, of several.
_VERBS = {
    HOLDS: ("holds", "hold"),
    FAILS: ("fails", "fail"),
    UNDECIDED: ("is undecided", "are undecided"),
    NOT_IDENTIFIED: ("is not identified", "are not identified"),
    NOT_MEASURED: ("was not measured", "were not measured"),
}
#: Ground of the values that agree with a claim.
BAND = "#dcebf5"
#: Room at both ends of a scale, as a share of what it shows.
_ROOM = 0.18


@dataclass(frozen=True)
class ClaimRow:
    """One claim: the range that agrees with it, the simulated value, the outcome, and both in words."""

    label: str
    low: float | None
    high: float | None
    estimate: Estimate
    outcome: str
    text: str
    unit: str

    @property
    def view(self) -> tuple[float, float]:
        """Ends of the row's scale: everything there is to see, with some room."""
        ends = [self.low, self.high, *(self.estimate[key] for key in ("mean", "low", "high"))]
        known = [end for end in ends if end is not None]
        first, last = min(known), max(known)
        room = _ROOM * (last - first) or 0.1 * abs(first) or 1.0
        return first - room, last + room


@dataclass(frozen=True)
class ClaimsData:
    """Rows in the order of the file, and the finding."""

    title: str
    rows: tuple[ClaimRow, ...]


def claims_data(checked: Sequence[Checked]) -> ClaimsData:
    """Rows of the forest plot of one scenario's claims."""
    rows = tuple(
        ClaimRow(
            f"{one.claim.id.replace('_', ' ')} ({one.claim.source})",
            *one.claim.agreeing,
            one.estimate,
            one.outcome,
            f"{one.outcome}: {_value(one)}\nclaimed: {one.claimed}",
            one.unit,
        )
        for one in checked
    )
    return ClaimsData(_finding(checked), rows)


def _value(one: Checked) -> str:
    """The simulated value, large amounts with three digits."""
    text = formatting.short_interval(one.estimate, one.unit, signed=one.signed)
    return f"{text}, {one.detail}" if one.detail else text


def _finding(checked: Sequence[Checked]) -> str:
    counts = counted(list(checked))
    parts = [f"{count} {_VERBS[outcome][count > 1]}" for outcome, count in counts.items()]
    claims = "claim" if len(checked) == 1 else "claims"
    return f"Of {len(checked)} {claims} run in {checked[0].scenario}, {', '.join(parts)}"


def plot_claims(axes: Sequence[Axes], data: ClaimsData) -> None:
    """Draw a scale a claim: the agreeing range as ground, the interval on it, the outcome at the right."""
    for ax, row in zip(axes, data.rows, strict=True):
        _plot_row(ax, row)
    axes[-1].set_xlabel("Each claim on a scale of its own")
    _legend(axes[0], data)


def _plot_row(ax: Axes, row: ClaimRow) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    first, last = row.view
    ax.axvspan(
        first if row.low is None else row.low, last if row.high is None else row.high, color=BAND, lw=0
    )
    colour = COLOURS.get(row.outcome, style.INK)
    mean, low, high = (row.estimate[key] for key in ("mean", "low", "high"))
    if low is not None and high is not None:
        ax.plot([low, high], [0, 0], color=colour, lw=2.2)
    if mean is not None:
        fill = colour if row.outcome in (HOLDS, FAILS) else "white"
        ax.plot(mean, 0, "o", color=colour, mfc=fill, mew=1.6, ms=6.5)
    ax.set_xlim(first, last)
    ax.set_ylim(-1, 1)
    ax.set_yticks([0], [style.wrapped(row.label, 30)])
    ax.tick_params(axis="y", length=0, labelcolor=style.INK)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    percent = row.unit == "share"
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{100 * x:g} %" if percent else style.short_tick(x))
    )
    ax.text(1.03, 0, row.text, color=colour, va="center", fontsize=8.5, transform=ax.get_yaxis_transform())


def _legend(ax: Axes, data: ClaimsData) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    drawn = {row.outcome for row in data.rows if row.estimate["mean"] is not None}
    outcomes = [outcome for outcome in OUTCOMES if outcome in drawn]
    entries: list = [Patch(color=BAND, label="agrees with the claim")]
    for outcome in outcomes:
        colour = COLOURS.get(outcome, style.INK)
        fill = colour if outcome in (HOLDS, FAILS) else "white"
        entries.append(Line2D([], [], color=colour, marker="o", mfc=fill, ms=6.5, label=outcome))
    ax.figure.legend(handles=entries, loc="outside lower center", ncols=len(entries))
