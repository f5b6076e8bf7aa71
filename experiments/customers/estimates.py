"""`sim.CustomerValue` of several replicates as plain data, in the form of the JSON answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from experiments.customers.quadrants import quadrants
from experiments.estimates import estimate

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import CustomerValue

Interval = dict[str, float | None]
Found = dict[str, Any]
Replicates = Sequence["CustomerValue"]
#: Parts of customer equity -> how they are called.
EQUITY = {
    "existing": "customers from before the run, within it",
    "won": "customers acquired while the plan spends, within the run",
    "won_later": "customers acquired in the tail, within the run",
    "residual": "all of them, after the run",
    "spend": "media money",
    "total": "customer equity: margin less media money",
}
#: Measures of concentration -> (how they are called, unit).
CONCENTRATION = {
    "gini": ("Gini coefficient of customers by revenue", "ratio"),
    "top_20": ("share of revenue of the top 20 % of customers", "share"),
    "hhi_spend": ("HHI of channels by money", "ratio"),
    "effective_spend": ("effective channels by money", "ratio"),
    "hhi_customers": ("HHI of channels by new customers, last touch", "ratio"),
    "effective_customers": ("effective channels by new customers", "ratio"),
    "hhi_revenue": ("HHI of selling channels by revenue", "ratio"),
    "effective_revenue": ("effective selling channels by revenue", "ratio"),
}


def of(values: Iterable[Any]) -> Interval:
    """Estimate of one value a replicate; an undefined one makes it undefined."""
    from sim import interval

    return estimate(interval([None if value is None else float(value) for value in values]))


def of_ratio(parts: Iterable[tuple[float, float]]) -> Interval:
    """Estimate of a ratio over replicates: sum of the numerators over sum of the denominators."""
    from sim import ratio_interval

    above, below = zip(*((float(a), float(b)) for a, b in parts), strict=True)
    return estimate(ratio_interval(above, below))


def summary(case: Case, found: Replicates) -> Found:
    """Everything that was found but the health of channels, as JSON takes it."""
    from sim import COSTS, GROUP_MEASURES, RFM_MEASURES

    channels = _channels(case, found)
    return {
        "definitions": definitions(case),
        "measures": {name: {"label": one[0], "unit": one[1]} for name, one in GROUP_MEASURES.items()},
        "rfm_measures": {name: {"label": one[0], "unit": one[1]} for name, one in RFM_MEASURES.items()},
        "customers": {
            **next(iter(_groups(found, "all").values())),
            "unseen": of(one.unseen for one in found),
            "costs": {kind: _cost(found, kind) for kind in COSTS},
            "equity": {name: of(getattr(one.equity, name) for one in found) for name in EQUITY},
            "equity_end": {
                "customers": of(one.equity.active_end for one in found),
                "value": of(one.equity.residual_end for one in found),
            },
        },
        "channels": channels,
        "segments": _groups(found, "segment"),
        "cohorts": _groups(found, "cohort"),
        "retention": _retention(found),
        "quadrants": quadrants(channels),
        "rfm": _rfm(found),
        "concentration": {name: of(one.concentration[name] for one in found) for name in CONCENTRATION},
    }


def definitions(case: Case) -> Found:
    """What the figures rest on, in numbers and words."""
    from sim import COSTS, free_pushers

    world = case.world
    return {
        "period": world.period.value,
        "paid_periods": world.periods,
        "periods": world.total_periods,
        "ltv_horizon_periods": world.ltv_horizon,
        "discount_rate_per_year": world.discount_rate_per_year,
        "value": "margin before media money, discounted to the period of the first order",
        "new_customers": "first order within the run, the tail included",
        "first_order": "included",
        "residual": "expected margin after the run by each customer's own purchase and lapse rate, without "
        "any channel",
        "residual_leaves_out": list(free_pushers(world)),
        "costs": dict(COSTS),
    }


def _groups(found: Replicates, grouping: str) -> Found:
    """Key -> label and every measure of each group."""
    from sim import GROUP_MEASURES

    first = found[0].groups[grouping].grouping
    tables = [one.groups[grouping] for one in found]

    def measured(name: str, g: int) -> Interval:
        if name in tables[0].parts:
            return of_ratio((one.parts[name][0][g], one.parts[name][1][g]) for one in tables)
        return of(one.values[name][g] for one in tables)

    return {
        key: {
            "label": label,
            **{name: measured(name, g) for name in GROUP_MEASURES},
        }
        for g, (key, label) in enumerate(zip(first.keys, first.labels, strict=True))
    }


def _cost(found: Replicates, kind: str) -> dict[str, Interval]:
    from sim import COST_MEASURES

    figures, parts = [one.cost(kind) for one in found], [one.cost_parts(kind) for one in found]
    costs = {name: of(one[name] for one in figures) for name in COST_MEASURES}
    # Where money may bring no customer at all, what one more costs is undefined.
    if min(one["cac"][1] for one in parts) > 0 or kind != "incremental":
        costs |= {name: of_ratio(one[name] for one in parts) for name in parts[0]}
    return costs


def _channels(case: Case, found: Replicates) -> Found:
    """Channel -> money, customers by first and by last touch, and what its money brings."""
    last, first = _groups(found, "last_touch"), _groups(found, "first_touch")
    channels = {}
    for c, (key, group) in enumerate(last.items()):
        known = c < len(case.world.channels)
        costs = [one.costs for one in found] if known else []
        channels[key] = {
            "label": group["label"],
            "spend": of(cost.spend_c[c] for cost in costs) if known else of([0.0] * len(found)),
            "last_touch": {name: one for name, one in group.items() if name != "label"},
            "first_touch": {name: one for name, one in first[key].items() if name != "label"},
            "incremental_customers": of(cost.incremental_c[c] for cost in costs),
            "incremental_cac": _incremental_cac(costs, c),
        }
    return channels


def _incremental_cac(costs: Sequence[Any], c: int) -> Interval:
    """A channel's money over the customers it brought; undefined where in some replicate it brought none."""
    parts = [(cost.spend_c[c], cost.incremental_c[c]) for cost in costs]
    return of_ratio(parts) if parts and all(below > 0 for _, below in parts) else of([None] * len(parts))


def _retention(found: Replicates) -> Found:
    """Curves by age, and the share that orders in each quarter after the first order."""
    names = {"all": "all", "channels": "last_touch", "segments": "segment", "cohorts": "cohort"}
    return {
        "window_periods": found[0].groups["all"].retention.window,
        **{name: _curves(found, grouping) for name, grouping in names.items()},
    }


def _curves(found: Replicates, grouping: str) -> Found:
    groups = [one.groups[grouping] for one in found]
    first = groups[0].grouping
    kinds = {
        "survival": [group.retention.survival_ga for group in groups],
        "ordering": [group.retention.ordering_gw for group in groups],
    }

    def margin(g: int) -> dict[str, dict[str, list[float | None]]]:
        """What a customer has brought by each age: replicates weigh as their customers, as in LTV."""
        if grouping == "cohort":
            return {}
        people = [float(group.values["customers"][g]) for group in groups]
        return {"margin": _curve([group.paid_ga[g] for group in groups], people)}

    return {
        key: {
            "label": label,
            **{name: _curve([one[g] for one in of_r]) for name, of_r in kinds.items()},
            **margin(g),
            "observed": _curve([group.observed_ga[g] for group in groups])["mean"],
        }
        for g, (key, label) in enumerate(zip(first.keys, first.labels, strict=True))
    }


def _curve(values_r: Sequence[Any], weight_r: Sequence[float] | None = None) -> dict[str, list[float | None]]:
    """Estimates along an axis as three lists, cut where nothing more is known; weighted where asked."""
    columns = [
        of(column)
        if weight_r is None
        else of_ratio((value * w if w else 0.0, w) for value, w in zip(column, weight_r, strict=True))
        for column in zip(*values_r, strict=True)
    ]
    while columns and columns[-1]["mean"] is None:
        columns.pop()
    return {end: [column[end] for column in columns] for end in ("mean", "low", "high")}


def _rfm(found: Replicates) -> Found:
    from sim import RFM_MEASURES, RFM_SEGMENTS

    return {
        name: {
            "recency_scores": list(recency),
            "fm_scores": list(money),
            **{measure: of(one.rfm[measure][s] for one in found) for measure in RFM_MEASURES},
        }
        for s, (name, (recency, money)) in enumerate(RFM_SEGMENTS.items())
    }
