"""What each channel did in a run: money, reach, frequency, clicks, orders, acquisitions."""

from __future__ import annotations

from sim.engine.run import Run
from sim.measure.ratios import quotient

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


def channel_parts(run: Run) -> dict[str, dict[str, tuple[float, float]]]:
    """Channel id -> measure that is a ratio -> its numerator and denominator."""
    return {name: _parts(run, c) for c, name in enumerate(run.world.channels)}


def _parts(run: Run, c: int) -> dict[str, tuple[float, float]]:
    reached, last = float(run.ever_reached_ck[c].sum()), float(run.acquired_ock[1, c].sum())
    return {
        "frequency": (float(run.exposures_tcks[:, c].sum()), reached),
        "ltv_last": (float(run.cohort_value_ock[1, c].sum()) / run.world.minor, last),
    }


def _channel(run: Run, c: int, name: str) -> dict[str, Value]:
    world = run.world
    w, minor = world.weight, world.minor
    impressions = float(run.exposures_tcks[:, c].sum())
    parts = _parts(run, c)
    sells = world.sell_channels.index(name) if name in world.sell_channels else None
    return {
        "spend": float(run.billed_tc[:, c].sum()) / minor,
        "unspent": float(run.unspent_tc[:, c].sum()) / minor,
        "impressions": impressions * w,
        "reach": float(run.ever_reached_ck[c].sum()) / world.agents,
        "frequency": quotient(*parts["frequency"]),
        "clicks": float(run.clicks_tck[:, c].sum()) * w,
        "acquired_first": float(run.acquired_ock[0, c].sum()) * w,
        "acquired_last": float(run.acquired_ock[1, c].sum()) * w,
        "ltv_last": quotient(*parts["ltv_last"]),
        "orders": None if sells is None else float(run.orders_tjkr[:, sells].sum()) * w,
        "revenue": None if sells is None else float(run.revenue_tjkr[:, sells].sum()) * w / minor,
    }
