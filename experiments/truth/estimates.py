"""`sim.Truth` as plain data: estimates with intervals, in the form of the JSON answer."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from experiments.estimates import estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim import Outage, Truth

#: Measures that channels bring about; money spent is not one of them.
BROUGHT = ("customers", "orders", "revenue", "margin", "profit")
#: Measures whose synergy index is told: profit may be negative alone, and then a ratio means nothing.
INDEXED = BROUGHT[:-1]
RETURNS = ("iroas", "roi", "mroas", "mroi")
#: What each figure compares; told in JSON and in the notes below the tables.
COUNTERFACTUALS = {
    "lift": "removed from the full plan: v(all) - v(all but the channel)",
    "alone": "added to nothing: v(the channel) - v(nobody)",
    "shapley": "mean gain over all orders of joining; the values add up to v(all) - v(nobody)",
    "returns": "the plan against the plan without the channel's money; what it shows free stays",
    "marginal": "spend on the channel +5 % against -5 %",
    "outage": "the channel neither shows nor sells in the window; its money cannot be placed",
}
Interval = dict[str, float | None]


def of(values: Sequence[float]) -> Interval:
    """Estimate of one value a replicate; undefined values make it None."""
    from sim import interval

    return estimate(interval([float(value) for value in values]))


def summary(truth: Truth) -> dict[str, Any]:
    """Everything that was found, as JSON takes it."""
    from sim import SYNERGY_BASES, TRUTH_MEASURES, stage_coverage

    everyone, stages = frozenset(truth.channels), stage_coverage(truth.world, truth.channels)
    shapley = truth.shapley
    return {
        "measures": {name: {"label": one.label, "unit": one.unit} for name, one in TRUTH_MEASURES.items()},
        "counterfactuals": {**COUNTERFACTUALS, **{f"synergy_{k}": v for k, v in SYNERGY_BASES.items()}},
        "plan_value": {name: of(truth.value(everyone, name)) for name in TRUTH_MEASURES},
        "nobody": {name: of(truth.value(frozenset(), name)) for name in TRUTH_MEASURES},
        "total": {name: of(truth.total(name)) for name in TRUTH_MEASURES},
        "channels": {channel: _channel(truth, channel) for channel in truth.channels},
        "silent": [name for name in truth.world.channels if name not in truth.channels],
        "shapley": shapley and {"method": "sampled" if shapley.orders else "exact", "orders": shapley.orders},
        "synergy": list(_pairs(truth)) if truth.pairs else None,
        "synergy_index": {name: _index(truth, name) for name in INDEXED},
        "complementarity": _complementarity(truth),
        "stage_coverage": {"share": sum(map(bool, stages.values())) / len(stages), "stages": stages},
        "outages": _outages(truth),
    }


def _channel(truth: Truth, channel: str) -> dict[str, Any]:
    money = truth.returns.get(channel)
    own_r = truth.lift(channel, "spend") * 0.0 if money is None else money.billed_r
    return {
        "label": truth.world.labels[truth.world.channels.index(channel)],
        "lift": {name: _lift(truth, channel, name) for name in BROUGHT},
        "alone": {name: of(truth.alone(channel, name)) for name in BROUGHT},
        "shapley": _shapley(truth, channel),
        "spend": of(own_r),
        "spend_elsewhere": of(truth.lift(channel, "spend") - own_r),
        **{name: estimate(None) if money is None else of(getattr(money, f"{name}_r")) for name in RETURNS},
        "step_moved": None if money is None else not money.unmoved,
    }


def _lift(truth: Truth, channel: str, measure: str) -> dict[str, float | None]:
    common, independent = truth.lift_errors(channel, measure)
    return {**of(truth.lift(channel, measure)), "se_common": common, "se_independent": independent}


def _shapley(truth: Truth, channel: str) -> dict[str, Any] | None:
    from sim import TRUTH_MEASURES

    if truth.shapley is None:
        return None
    errors = truth.shapley.order_error_cv[truth.channels.index(channel)]
    by_measure = dict(zip(TRUTH_MEASURES, errors.tolist(), strict=True))
    return {
        name: {
            **of(truth.shapley_value(channel, name)),
            "se_orders": by_measure[name] if isfinite(by_measure[name]) else None,
        }
        for name in BROUGHT
    }


def _pairs(truth: Truth) -> Iterator[dict[str, Any]]:
    from sim import SYNERGY_BASES

    for first, second in itertools.combinations(truth.channels, 2):
        bases = {
            base: {name: of(truth.synergy(first, second, name, base)) for name in BROUGHT}
            for base in SYNERGY_BASES
        }
        yield {"first": first, "second": second, **bases}


def _index(truth: Truth, measure: str) -> dict[str, Any]:
    found = truth.synergy_index(measure)
    return {
        "index": of(found.index_r),
        "together": of(found.together_r),
        "sum_alone": of(found.alone_rc.sum(axis=1)),
        "alone": {name: of(found.alone_rc[:, c]) for c, name in enumerate(truth.channels)},
    }


def _complementarity(truth: Truth) -> dict[str, Any] | None:
    found = truth.complementarity
    if found is None:
        return None
    parts = {"jaccard": found.jaccard_cc, "overlap": found.overlap_cc}
    parts |= {"path_lift": found.path_lift_cc, "index": found.index_cc}
    pairs = []
    for first, second in itertools.combinations(truth.channels, 2):
        place = found.channels.index(first), found.channels.index(second)
        values = {name: of([matrix[place]])["mean"] for name, matrix in parts.items()}
        pairs.append({"first": first, "second": second, **values})
    return {"consumers": found.consumers, "converting_paths": found.paths, "pairs": pairs}


def _outages(truth: Truth) -> dict[str, Any] | None:
    from sim import RESILIENCE_RULE, worst_outage

    if not truth.outages:
        return None
    worst, channels = worst_outage(truth.outages), {one.channel: _outage(one) for one in truth.outages}
    first, last, world = truth.outages[0].first, truth.outages[0].last, truth.world
    dates = [(world.start + dt.timedelta(days=t * world.period.days)).isoformat() for t in (first, last)]
    return {
        "first_period": first + 1,
        "last_period": last + 1,
        "first_date": dates[0],
        "last_date": dates[1],
        "rule": RESILIENCE_RULE,
        "channels": channels,
        "worst": worst and worst.channel,
        "verdict": channels[worst.channel]["verdict"] if worst else None,
    }


def _outage(outage: Outage) -> dict[str, Any]:
    kept = of(outage.kept_r)
    return {
        "kept": kept,
        "after": of(outage.after_r),
        "sold": of(outage.sold_r),
        "recovery_periods": outage.recovery,
        "verdict": verdict(kept),
    }


def verdict(kept: Interval) -> str | None:
    """`holds` or `fails` by the whole interval against the rule, `unclear` where it holds the rule."""
    from sim import RESILIENCE_RULE

    if kept["mean"] is None:
        return None
    low, high = (kept["mean"] if kept[end] is None else kept[end] for end in ("low", "high"))
    if low is not None and low >= RESILIENCE_RULE:
        return "holds"
    return "fails" if high is not None and high < RESILIENCE_RULE else "unclear"
