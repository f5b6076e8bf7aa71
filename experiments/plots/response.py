"""Response curves: one panel a channel, simulated points, fitted curve, both plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ResponseCurve:
    """One channel: (money over the plan, score) points, the amounts of both plans, and its limits.

    `note` says what the limit that binds costs, or is empty.
    """

    label: str
    sampled: Points
    fitted: Points
    now: float
    recommended: float
    lower: float | None = None
    upper: float | None = None
    note: str = ""

    def height(self, amount: float) -> float | None:
        """The fitted score at an amount, between the curve's points; None without a curve."""
        if len(self.fitted) < 2:
            return None
        import numpy as np

        return float(np.interp(amount, *zip(*self.fitted, strict=True)))

    def slope(self, amount: float) -> float | None:
        """Score per unit of money around an amount, over a twentieth of the curve's range."""
        if len(self.fitted) < 2:
            return None
        first, last = self.fitted[0][0], self.fitted[-1][0]
        step = (last - first) / 20
        left, right = max(first, amount - step), min(last, amount + step)
        low, high = self.height(left), self.height(right)
        assert low is not None  # the curve has points
        assert high is not None
        return (high - low) / (right - left) if right > left else None


@dataclass(frozen=True)
class ResponseData:
    """All channels' curves and the finding."""

    title: str
    curves: tuple[ResponseCurve, ...]
    score_label: str
    score_unit: str
    currency: str
    note: str = ""


def response_data(
    curves: Sequence[ResponseCurve], *, score_label: str, score_unit: str, currency: str, note: str = ""
) -> ResponseData:
    """Curves in falling order of the recommended amount.

    Args:
        curves: one a channel; points in any order.
        score_label: what the score is, e.g. "Incremental ROI".
        score_unit: its unit, as KPIs name units.
        currency: ISO code.
        note: what a little more money in all would do.
    """
    ordered = sorted(curves, key=lambda curve: (-curve.recommended, curve.label))
    tidy = tuple(
        replace(c, sampled=tuple(sorted(c.sampled)), fitted=tuple(sorted(c.fitted))) for c in ordered
    )
    return ResponseData(_finding(tidy, score_label), tidy, score_label, score_unit, currency, note)


def _finding(curves: Sequence[ResponseCurve], score_label: str) -> str:
    slopes = [(slope, curve) for curve in curves if (slope := curve.slope(curve.now)) is not None]
    if len(slopes) < 2:
        return "Simulated response of the score to each channel's spend"
    steep = max(slopes, key=lambda pair: pair[0])[1]
    flat = min(slopes, key=lambda pair: pair[0])[1]
    score = formatting.in_sentence(score_label.rsplit(", ", 1)[0])
    return f"As offered today, more money raises {score} most in {_moved(steep)} and least in {_moved(flat)}"


def _moved(curve: ResponseCurve) -> str:
    now, recommended = formatting.compact(curve.now), formatting.compact(curve.recommended)
    change = f"{now}, unchanged" if now == recommended else f"{now} → {recommended}"
    return f"{curve.label} ({change})"


def plot_response(axes: Sequence[Axes], data: ResponseData) -> None:
    """Draw one panel a channel on a common score axis."""
    columns = columns_of(len(data.curves))
    for number, (ax, curve) in enumerate(zip(axes, data.curves, strict=False)):
        _plot_curve(ax, curve)
        ax.set_title("\n".join([curve.label, *([curve.note] if curve.note else [])]))
        style.money_axis(ax.xaxis, "")
        ax.set_xlim(left=0)
        if number + columns >= len(data.curves):
            ax.set_xlabel(f"Money offered, {data.currency}")
        if data.score_unit == "money":
            style.money_axis(ax.yaxis, "")
    for ax in axes[len(data.curves) :]:
        ax.set_visible(False)
    figure = axes[0].figure
    figure.supylabel(data.score_label, fontsize=9.5)
    found = [ax.get_legend_handles_labels() for ax in axes]
    handles = {name: handle for some, names in found for handle, name in zip(some, names, strict=True)}
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside lower center",
        ncols=5,
        title=data.note or None,
        title_fontsize=9,
    )


def columns_of(panels: int) -> int:
    """Panels side by side: four, or three where that leaves fewer holes."""
    return max(1, min(panels, 3 if panels in (3, 5, 6, 9) else 4))


def _plot_curve(ax: Axes, curve: ResponseCurve) -> None:
    if curve.sampled:
        ax.plot(
            *zip(*curve.sampled, strict=True),
            "o",
            ms=3.5,
            color=style.FAINT,
            mec="#9a9a9a",
            mew=0.5,
            label="simulated",
        )
    if curve.fitted:
        ax.plot(*zip(*curve.fitted, strict=True), color=style.INK, lw=1.3, label="fitted")
    reach = max([curve.now, curve.recommended, *(at for at, _ in curve.fitted)])
    for bound in (curve.lower, curve.upper):
        if bound is not None and 0 < bound <= reach:
            ax.axvline(bound, color=style.WORSE, lw=1.2, ls=(0, (2, 2)), label="limit", zorder=1)
    for amount, colour, name, marker in (
        (curve.now, style.NOW, "now", "s"),
        (curve.recommended, style.RECOMMENDED, "recommended", "D"),
    ):
        height = curve.height(amount)
        if height is not None:
            ax.plot(
                amount, height, marker, color=colour, ms=8, mec="white", mew=1, ls="", label=name, zorder=4
            )
        else:
            ax.axvline(amount, color=colour, lw=1.4, label=name)
