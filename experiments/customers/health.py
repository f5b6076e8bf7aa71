"""Channel health of several replicates as plain data, and what the rule makes of it (FACTS A1.18)."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.customers.estimates import Found, Interval, Replicates, of


def health(found: Replicates, threshold: float) -> Found:
    """Every channel in every quarter, and what the rule of the quarter before the plan's end says."""
    tables = [one.health for one in found]
    last = found[0].groups["last_touch"].grouping
    windows, paid_periods = tables[0].windows, found[0].world.periods
    channels: Found = {}
    for c, (key, label) in enumerate(zip(last.keys, last.labels, strict=True)):
        rows = []
        for q in range(len(windows)):
            figures = {
                name: of(getattr(table, f"{name}_cq")[c, q] for table in tables)
                for name in ("index", "above", "change", "kept")
            }
            users = of(
                table.users_cq[c, q] * one.world.weight for table, one in zip(tables, found, strict=True)
            )
            rows.append({"users": users, **figures, "verdict": verdict(figures["index"], threshold)})
        channels[key] = {"label": label, "quarters": rows}
    judged = max((q for q, (_, end) in enumerate(windows) if end < paid_periods), default=None)
    return {
        "threshold": threshold,
        "quarters": [{"first_period": first, "last_period": end} for first, end in windows],
        "judged_quarter": judged,
        "channels": channels,
        "rule": _rule(found, channels, judged),
    }


def verdict(index: Interval, threshold: float) -> str | None:
    """`below` or `holds` by the whole interval against the threshold, `unclear` where it holds that."""
    if index["mean"] is None:
        return None
    low, high = (index["mean"] if index[end] is None else index[end] for end in ("low", "high"))
    if high is not None and high < threshold:
        return "below"
    return "holds" if low is not None and low >= threshold else "unclear"


def _rule(found: Replicates, channels: Mapping[str, Found], judged: int | None) -> Found | None:
    """What the rule drops, and the channel with money and the highest retention, which gets the budget."""
    if judged is None:
        return None
    spend_c, names = found[0].costs.spend_c, found[0].world.channels
    quarter = {
        name: channels[name]["quarters"][judged]
        for name, money in zip(names, spend_c.tolist(), strict=True)
        if money > 0
    }
    drop = [name for name, one in quarter.items() if one["verdict"] == "below"]
    kept = {
        name: one["kept"]["mean"]
        for name, one in quarter.items()
        if name not in drop and one["kept"]["mean"] is not None
    }
    return {"drop": drop, "give_to": max(kept, key=lambda name: kept[name]) if kept else None}
