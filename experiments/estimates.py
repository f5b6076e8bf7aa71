"""Estimates as plain data: means with their intervals, by KPI and by channel measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.tables import Estimate, Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import Interval, Kpi, Replicates

#: Differences below this are sums of the same money in another order.
ROUNDING = 1e-6
#: The two channel tables: their titles and measures.
CHANNEL_TABLES = (
    ("Channels: delivery", ("spend", "unspent", "impressions", "reach", "frequency", "clicks")),
    (
        "Channels: orders and new customers",
        ("orders", "revenue", "acquired_first", "acquired_last", "ltv_last"),
    ),
)


def estimate(interval: Interval | None) -> dict[str, float | None]:
    """Mean, low, high; None for what is undefined, so that JSON never holds NaN."""
    if interval is None:
        return {"mean": None, "low": None, "high": None}
    values = {"mean": interval.mean, "low": interval.low, "high": interval.high}
    return {key: float(v) if v is not None and isfinite(v) else None for key, v in values.items()}


def kpi_estimates(find: Callable[[str], Interval | None]) -> dict[str, dict[str, Any]]:
    """Every KPI by name, with its unit."""
    from sim import KPIS

    return {name: {**estimate(find(name)), "unit": kpi.unit} for name, kpi in KPIS.items()}


def channel_estimates(case: Case, replicates: Replicates, plan: str) -> dict[str, dict[str, Any]]:
    """Every measure of every channel, with the channel's label."""
    return {
        channel: {
            "label": case.labels[channel],
            **{name: estimate(value) for name, value in measures.items()},
        }
        for channel, measures in replicates.channels[plan].items()
    }


def kpi_grid(
    title: str, columns: Mapping[str, Mapping[str, Estimate]], currency: str, *, lead: str | None = None
) -> Grid:
    """One row a KPI, `lead` first; one column a plan or scenario; several columns take short numbers."""

    def cell(estimate: Estimate, unit: str) -> str:
        if len(columns) > 1:
            return formatting.short_interval(estimate, unit)
        return formatting.interval(estimate, unit, currency=currency)

    rows = tuple(
        (
            _kpi_name(kpi, currency, len(columns)),
            *(cell(column[name], kpi.unit) for column in columns.values()),
        )
        for name, kpi in _led_by(lead)
        if any(column[name]["mean"] is not None for column in columns.values())
    )
    return Grid(title, ("KPI", *columns), rows)


def _led_by(lead: str | None) -> list[tuple[str, Kpi]]:
    """All KPIs, the one named first."""
    from sim import KPIS

    return sorted(KPIS.items(), key=lambda item: item[0] != lead)


def difference_grid(
    title: str, columns: Mapping[str, Mapping[str, Estimate]], currency: str, *, lead: str | None = None
) -> Grid:
    """One row a KPI, `lead` first; one column a paired difference; a star: the interval excludes zero."""

    def cell(difference: Estimate, unit: str) -> str:
        text = formatting.short_interval(difference, unit, signed=True)
        return f"{text} *" if clear(difference) else f"{text}  "

    rows = tuple(
        (_kpi_name(kpi, currency, 2), *(cell(column[name], kpi.unit) for column in columns.values()))
        for name, kpi in _led_by(lead)
        if any(column[name]["mean"] is not None for column in columns.values())
    )
    return Grid(title, ("KPI", *columns), rows)


def change_grid(
    title: str,
    heading: str,
    now: Mapping[str, Estimate],
    new: Mapping[str, Estimate],
    change: Mapping[str, Estimate],
    *,
    currency: str,
) -> Grid:
    """One row a KPI that is defined: today, a plan, and their paired difference."""
    from sim import KPIS

    rows = []
    for name, kpi in KPIS.items():
        if now[name]["mean"] is None and new[name]["mean"] is None:
            continue
        text = formatting.interval(change[name], kpi.unit, signed=True)
        rows.append(
            (
                _kpi_name(kpi, currency, 2),
                formatting.number(now[name]["mean"], kpi.unit),
                formatting.number(new[name]["mean"], kpi.unit),
                f"{text} *" if clear(change[name]) else f"{text}  ",
            )
        )
    return Grid(title, ("KPI", "Now", heading, "Difference (* interval excludes zero)"), tuple(rows))


def _kpi_name(kpi: Kpi, currency: str, columns: int) -> str:
    return f"{kpi.label}, {currency}" if kpi.unit == "money" and columns > 1 else kpi.label


def clear(difference: Estimate) -> bool:
    """Whether the interval of a difference leaves zero out."""
    low, high = difference["low"], difference["high"]
    if low is None or high is None or max(abs(low), abs(high)) < ROUNDING:
        return False
    return not low <= 0 <= high


def channel_grids(case: Case, channels: Mapping[str, Mapping[str, Any]]) -> list[Grid]:
    """Two tables: what a channel delivered, and what came of it; means with half their interval."""
    from sim import CHANNEL_MEASURES

    grids = []
    for title, names in CHANNEL_TABLES:
        units = [CHANNEL_MEASURES[name][1] for name in names]
        labels = [CHANNEL_MEASURES[name][0] for name in names]
        header = tuple(
            f"{label}, {case.world.currency}" if unit == "money" else label
            for label, unit in zip(labels, units, strict=True)
        )
        rows = tuple(
            (row["label"], *(_channel_cell(row[name], unit) for name, unit in zip(names, units, strict=True)))
            for row in channels.values()
        )
        grids.append(Grid(f"{title} (mean ± half of the 95 % interval)", ("Channel", *header), rows))
    return grids


def _channel_cell(value: Estimate, unit: str) -> str:
    return "-" if value["mean"] is None else formatting.plus_minus(value, unit)


def kpi_sheet(columns: Mapping[str, Mapping[str, Mapping[str, Any]]], key: str = "plan") -> Sheet:
    """Long table: one row a plan (or scenario) and KPI."""
    rows = tuple(
        (name, kpi, value["unit"], value["mean"], value["low"], value["high"])
        for name, column in columns.items()
        for kpi, value in column.items()
    )
    return Sheet((key, "kpi", "unit", "mean", "low", "high"), rows)


def channel_sheet(channels: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """Long table: one row a channel and measure."""
    rows = tuple(
        (channel, measures["label"], name, value["mean"], value["low"], value["high"])
        for channel, measures in channels.items()
        for name, value in measures.items()
        if name != "label"
    )
    return Sheet(("channel", "label", "measure", "mean", "low", "high"), rows)
