"""Lookups in a run directory that several sections need: labels, estimates by plan, the currency."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.report.folder import RunFolder
from experiments.report.speech import Speech

Estimates = dict[str, dict[str, float | None]]


def channel_labels(folder: RunFolder, say: Speech) -> dict[str, str]:
    """Channel id -> name for people."""
    channels = (folder.scenario or {}).get("channels")
    found = {}
    for name, channel in channels.items() if isinstance(channels, Mapping) else ():
        label = channel.get("label") if isinstance(channel, Mapping) else None
        found[str(name)] = say.chosen(label)[0] if label else str(name)
    return found


def estimates_of(folder: RunFolder, sheet: str) -> tuple[dict[str, Estimates], dict[str, str]]:
    """Plan or case -> KPI -> mean, low, high; and KPI -> unit. Empty without the table."""
    header, rows = folder.sheets.get(sheet, ((), ()))
    found: dict[str, Estimates] = {}
    units: dict[str, str] = {}
    if header[1:] != ("kpi", "unit", "mean", "low", "high"):
        return found, units
    for plan, kpi, unit, *ends in rows:
        mean, low, high = (float(end) if end else None for end in ends)
        found.setdefault(plan, {})[kpi] = {"mean": mean, "low": low, "high": high}
        units[kpi] = unit
    return found, units


def currency_of(folder: RunFolder) -> str:
    """The currency's code; empty where nothing names one."""
    return str(folder.summary.get("currency") or (folder.scenario or {}).get("currency") or "")


def replicates_of(folder: RunFolder, say: Speech) -> str:
    """`20 replicates` in words; empty where nothing was simulated."""
    count = folder.record.get("replicates")
    if not isinstance(count, int):
        return ""
    return say("one_replicate") if count == 1 else say("replicates", count=f"{count:,}")
