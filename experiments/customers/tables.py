"""The tables and sentences of `omnifunnel customers`, made of its JSON answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments import formatting, texts
from experiments.customers.ages import standard_ages
from experiments.customers.estimates import EQUITY
from experiments.tables import Estimate, Grid

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.runner import Case

DASH = "—"
Found = Mapping[str, Any]
#: Ages of survival and quarters of repeat orders in a table.
MOST_AGES = 6
MOST_WINDOWS = 7
#: Cohorts in a table; of more, evenly spread ones are shown.
MOST_COHORTS = 13
#: Columns of the tables: measure -> heading.
WORTH = {
    "customers": "New",
    "ltv": "LTV",
    "residual": "Residual",
    "lifetime": "Whole life",
    "repeat_rate": "Repeat",
    "lapsed": "Lapsed",
}
COHORT = {
    "customers": "New",
    "ltv": "LTV",
    "residual": "Residual",
    "lapsed": "Lapsed",
    "cac": "CAC",
    "payback": "Payback",
}


def sections(case: Case, found: Found, settings: Settings) -> list[str | Grid]:
    """Tables in the order of reading."""
    period, last = case.world.period.value, _by_touch(found, "last_touch")
    return [
        f"{case.name}: {texts.replicates(settings.replicates)}, seed {settings.seed}; "
        f"mean ± half of the 95 % interval; money in {case.world.currency}",
        _overall_grid(case, found),
        _cost_grid(found),
        _worth_grid(found, "Customers by the last touch before the first order", "Last touch", last, WORTH),
        _channel_cost_grid(found),
        *_sides_differ(case, found),
        _worth_grid(
            found,
            "Customers by the first touch ever",
            "First touch",
            _by_touch(found, "first_touch"),
            {**WORTH, "cac": "CAC"},
        ),
        _worth_grid(
            found,
            "Customers by segment",
            "Segment",
            found["segments"],
            {**WORTH, "won_back": "Won back"},
        ),
        _worth_grid(
            found,
            f"Customers by cohort, {period}s of the first order{_sparse(found)}",
            "Cohort",
            _spread(found["cohorts"]),
            COHORT,
        ),
        *_survival_grids(case, found),
        *_ordering_sections(case, found),
        _equity_grid(found),
    ]


def cell(estimate: Estimate, unit: str) -> str:
    """Mean and half interval, or a dash for what is undefined."""
    return DASH if estimate["mean"] is None else formatting.plus_minus(estimate, unit)


def periods(estimate: Estimate) -> str:
    """Periods or months, to a tenth."""
    mean, low, high = estimate["mean"], estimate["low"], estimate["high"]
    if mean is None:
        return DASH
    return f"{mean:.1f}" if low is None or high is None else f"{mean:.1f} ±{(high - low) / 2:.1f}"


def _spread(cohorts: Found) -> dict[str, Any]:
    """At most `MOST_COHORTS` of the cohorts."""
    step = -(-len(cohorts) // MOST_COHORTS)
    return dict(list(cohorts.items())[::step])


def _sparse(found: Found) -> str:
    count, shown = len(found["cohorts"]), len(_spread(found["cohorts"]))
    return "" if shown == count else f" ({shown} of {count})"


def _by_touch(found: Found, touch: str) -> dict[str, Found]:
    """Channels with the measures of one touch, those that brought nobody at all left out."""
    groups = {key: {"label": one["label"], **one[touch]} for key, one in found["channels"].items()}
    return {key: one for key, one in groups.items() if one["customers"]["mean"]}


def _overall_grid(case: Case, found: Found) -> Grid:
    skipped = ("cac", "ltv_cac", "payback", "payback_months")
    rows = tuple(
        (
            _churn_label(case) if name == "churn" else one["label"],
            cell(found["customers"][name], one["unit"]),
        )
        for name, one in found["measures"].items()
        if name not in skipped
    )
    return Grid("New customers, on average", ("Measure", "Value"), rows)


def _churn_label(case: Case) -> str:
    return f"Churn a {case.world.period.value}"


def _cost_grid(found: Found) -> Grid:
    rows = tuple(
        (
            f"{kind}: {found['definitions']['costs'][kind]}",
            cell(one["customers"], "people"),
            cell(one["cac"], "money"),
            cell(one["ltv_cac"], "ratio"),
            periods(one["payback"]),
            periods(one["payback_months"]),
        )
        for kind, one in found["customers"]["costs"].items()
    )
    header = ("All money over", "Customers", "CAC", "LTV:CAC", _payback(found), "In months")
    return Grid("What a new customer costs", header, rows)


def _payback(found: Found) -> str:
    return f"Payback, {found['definitions']['period']}s"


def _worth_grid(found: Found, title: str, name: str, groups: Found, columns: Mapping[str, str]) -> Grid:
    def text(group: Found, measure: str) -> str:
        unit = found["measures"][measure]["unit"]
        return periods(group[measure]) if measure == "payback" else cell(group[measure], unit)

    rows = tuple((one["label"], *(text(one, measure) for measure in columns)) for one in groups.values())
    return Grid(title, (name, *columns.values()), rows)


def _channel_cost_grid(found: Found) -> Grid:
    quadrants = found["quadrants"]["channels"]
    rows = tuple(
        (
            one["label"],
            cell(one["spend"], "money"),
            cell(one["last_touch"]["cac"], "money"),
            cell(one["last_touch"]["ltv_cac"], "ratio"),
            periods(one["last_touch"]["payback"]),
            cell(one["incremental_cac"], "money"),
            (quadrants[key]["quadrant"] if key in quadrants else None) or DASH,
        )
        for key, one in found["channels"].items()
        if one["spend"]["mean"]
    )
    header = ("Last touch", "Money", "CAC", "LTV:CAC", _payback(found), "Incremental CAC", "Quadrant")
    return Grid("What they cost: a channel's money over its customers", header, rows)


def _sides_differ(case: Case, found: Found) -> list[str]:
    """Channels that the two costs put on different sides."""
    names = [case.labels[key] for key in found["quadrants"]["sides_differ"]]
    if not names:
        return []
    return [
        f"CAC by last touch and incremental CAC put {', '.join(names)} on different sides of the median: "
        "last touch credits channels that close journeys with customers whom others opened. Do not cut a "
        "channel by its quadrant alone."
    ]


def _survival_grids(case: Case, found: Found) -> list[str | Grid]:
    """Survival by last touch and by cohort."""
    retention, period = found["retention"], case.world.period.value
    everyone = retention["all"]["all"]
    ages = standard_ages(retention["window_periods"], len(everyone["survival"]["mean"]) - 1)[:MOST_AGES]
    if not ages:
        return ["Survival: no new customer is observed for a week."]
    grids: list[str | Grid] = []
    for kind, name in (("channels", "Last touch"), ("cohorts", "Cohort")):
        known = retention[kind] if kind == "channels" else _spread(retention[kind])
        groups = [everyone, *(one for one in known.values() if one["survival"]["mean"])]
        rows = tuple((one["label"], *(_at(one["survival"], age) for age in ages)) for one in groups)
        title = f"Share who never lapsed, {period}s after the first order"
        grids.append(Grid(title, (name, *(str(age) for age in ages)), rows))
    return grids


def _ordering_sections(case: Case, found: Found) -> list[str | Grid]:
    """Repeat orders by quarter, or one line where no quarter is observed."""
    retention, period = found["retention"], case.world.period.value
    length, everyone = retention["window_periods"], retention["all"]["all"]
    windows = range(min(len(everyone["ordering"]["mean"]), MOST_WINDOWS))
    if not windows:
        return [f"Repeat orders by quarter: no new customer is observed for {length} {period}s."]
    groups = [everyone, *retention["segments"].values()]
    rows = tuple((one["label"], *(_at(one["ordering"], w) for w in windows)) for one in groups)
    title = f"Share who order again, by quarter of {length} {period}s after the first order"
    return [Grid(title, ("Customers", *(f"Q{w + 1}" for w in windows)), rows)]


def _at(curve: Mapping[str, list[float | None]], place: int) -> str:
    if place >= len(curve["mean"]):
        return DASH
    return cell({end: curve[end][place] for end in ("mean", "low", "high")}, "share")


def _equity_grid(found: Found) -> Grid:
    customers = found["customers"]
    rows = [(text, cell(customers["equity"][name], "money")) for name, text in EQUITY.items()]
    end = customers["equity_end"]
    rows.append(("customers at the end of the run", cell(end["customers"], "people")))
    rows.append(("their residual value then, with that of lapsed ones", cell(end["value"], "money")))
    return Grid("Customer equity, discounted to the start of the run", ("Part", "Value"), tuple(rows))
