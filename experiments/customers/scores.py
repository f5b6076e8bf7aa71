"""Tables of scores: RFM segments, concentration, channel health; made of the JSON answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments import formatting
from experiments.customers.tables import DASH, Found, cell
from experiments.tables import Grid

if TYPE_CHECKING:
    from experiments.runner import Case

#: Quarters of the health table.
MOST_QUARTERS = 5
#: Columns of the RFM table: measure -> heading.
BUYERS = {
    "share": "Share",
    "margin_share": "Of margin",
    "frequency": "Orders",
    "money": "Margin",
    "active": "Still customer",
    "later": "Later margin",
}


def sections(case: Case, found: Found) -> list[str | Grid]:
    """Tables in the order of reading."""
    return [_rfm_grid(found), _concentration(case, found), *_health_sections(case, found)]


def _rfm_grid(found: Found) -> Grid:
    measures = found["rfm_measures"]
    rows = tuple(
        (name.replace("_", " "), *(cell(one[measure], measures[measure]["unit"]) for measure in BUYERS))
        for name, one in found["rfm"].items()
    )
    return Grid("RFM: buyers of the paid periods, scored at their end", ("Segment", *BUYERS.values()), rows)


def _concentration(case: Case, found: Found) -> str:
    one = {name: cell(value, "ratio") for name, value in found["concentration"].items()}
    return (
        f"Concentration over the run's {case.world.total_periods} {case.world.period.value}s: the top 20 % "
        f"of buyers bring {cell(found['concentration']['top_20'], 'share')} of revenue, Gini {one['gini']}. "
        f"HHI of channels {one['hhi_customers']} by new customers (as {one['effective_customers']} equal "
        f"ones), {one['hhi_spend']} by money, {one['hhi_revenue']} by revenue where orders close."
    )


def _health_sections(case: Case, found: Found) -> list[str | Grid]:
    health, judged = found["health"], found["health"]["judged_quarter"]
    if judged is None:
        return ["Channel health: the plan covers no whole quarter."]
    shown = range(len(health["quarters"]))[max(0, judged + 1 - MOST_QUARTERS) : judged + 1]
    rows = tuple(
        (
            one["label"],
            *(cell(one["quarters"][q]["above"], "share") for q in shown),
            cell(one["quarters"][judged]["index"], "ratio"),
            cell(one["quarters"][judged]["kept"], "share"),
            one["quarters"][judged]["verdict"] or DASH,
        )
        for one in health["channels"].values()
        if one["quarters"][judged]["users"]["mean"]
    )
    header = ("Last touch", *(f"Q{q + 1}" for q in shown), "Activity", "Retention", "Rule")
    title = f"Channel health: users above baseline by quarter; activity, retention and rule in Q{judged + 1}"
    return [Grid(title, header, rows), _rule(case, health)]


def _rule(case: Case, health: Found) -> str:
    labels, rule = case.labels, health["rule"]
    threshold = formatting.percent(health["threshold"])
    if not rule["drop"]:
        return (
            f"No channel's activity is clearly below {threshold} of the baseline: the rule moves no budget."
        )
    dropped = ", ".join(labels[name] for name in rule["drop"])
    target = labels[rule["give_to"]] if rule["give_to"] else "none that is known"
    return (
        f"The rule drops {dropped} (activity below {threshold} of the baseline) and moves the budget to the "
        f"channel with the highest retention: {target}. Whether that pays is another question: see `compare`."
    )
