"""What each channel did in a run: money, reach, frequency, clicks, orders, acquisitions."""

from __future__ import annotations

from sim.engine.run import Run

Value = float | None

#: Measure -> (label, unit), in the order of tables.
CHANNEL_MEASURES: dict[str, tuple[str, str]] = {
    "spend": ("Spend billed", "money"),
    "unspent": ("Not placed", "money"),
    "impressions": ("Impressions", "count"),
    "reach": ("Reach", "share"),
    "frequency": ("Frequency", "ratio"),
    "clicks": ("Clicks", "count"),
    "acquired_first": ("New by first touch", "people"),
    "acquired_last": ("New by last touch", "people"),
    "ltv_last": ("LTV by last touch", "money"),
    "orders": ("Orders closed", "orders"),
    "revenue": ("Revenue closed", "money"),
}


def channel_table(run: Run) -> dict[str, dict[str, Value]]:
    """Channel id -> measure -> value; counts people-scaled, money in the currency.

    Reach is the share of the population ever exposed, frequency the mean exposures of those reached
    (FACTS E.18). Touches are facts about paths, not effects. A channel that sells nothing has None orders.
    """
    return {name: _channel(run, c, name) for c, name in enumerate(run.world.channels)}


def _channel(run: Run, c: int, name: str) -> dict[str, Value]:
    world = run.world
    w, minor = world.weight, world.minor
    impressions = float(run.exposures_tcks[:, c].sum())
    reached = float(run.ever_reached_ck[c].sum())
    last = float(run.acquired_ock[1, c].sum())
    sells = world.sell_channels.index(name) if name in world.sell_channels else None
    return {
        "spend": float(run.billed_tc[:, c].sum()) / minor,
        "unspent": float(run.unspent_tc[:, c].sum()) / minor,
        "impressions": impressions * w,
        "reach": reached / world.agents,
        "frequency": impressions / reached if reached else None,
        "clicks": float(run.clicks_tck[:, c].sum()) * w,
        "acquired_first": float(run.acquired_ock[0, c].sum()) * w,
        "acquired_last": last * w,
        "ltv_last": float(run.cohort_value_ock[1, c].sum()) / minor / last if last else None,
        "orders": None if sells is None else float(run.orders_tjkr[:, sells].sum()) * w,
        "revenue": None if sells is None else float(run.revenue_tjkr[:, sells].sum()) * w / minor,
    }
