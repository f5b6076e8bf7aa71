"""The CSV tables of `omnifunnel customers`, made of its JSON answer: full numbers, undefined ones empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.customers.estimates import CONCENTRATION, EQUITY
from experiments.tables import Cell, Estimate, Sheet

ENDS = ("mean", "low", "high")
Found = Mapping[str, Any]
Rows = Iterator[tuple[Cell, ...]]


def sheets(found: Found) -> dict[str, Sheet]:
    """File stem -> table."""
    health = tuple(f"{name}_{end}" for name in ("users", *HEALTH) for end in ENDS)
    quadrant = tuple(f"{name}_{end}" for name in ("cpa", "ltv") for end in ENDS)
    return {
        "customers": Sheet(("figure", "measure", "unit", *ENDS), tuple(_customers(found))),
        "channels": Sheet(("channel", "label", "touch", "measure", "unit", *ENDS), tuple(_channels(found))),
        "segments": Sheet(("segment", "label", "measure", "unit", *ENDS), tuple(_groups(found, "segments"))),
        "cohorts": Sheet(("cohort", "label", "measure", "unit", *ENDS), tuple(_groups(found, "cohorts"))),
        "retention": Sheet(
            ("grouping", "key", "label", "measure", "unit", "age", *ENDS), tuple(_retention(found))
        ),
        "quadrants": Sheet(("channel", "label", *quadrant, "quadrant"), tuple(_quadrants(found))),
        "rfm": Sheet(("segment", "measure", "unit", *ENDS), tuple(_rfm(found))),
        "health": Sheet(
            ("channel", "label", "quarter", "first_period", "last_period", *health, "verdict"),
            tuple(_health(found)),
        ),
    }


#: Measures of a channel and quarter, users apart.
HEALTH = ("index", "above", "change", "kept")


def _ends(estimate: Estimate) -> tuple[Cell, ...]:
    return tuple(estimate[end] for end in ENDS)


def _measures(found: Found, group: Found) -> Rows:
    for name, one in found["measures"].items():
        yield name, one["unit"], *_ends(group[name])


def _customers(found: Found) -> Rows:
    customers = found["customers"]
    for row in _measures(found, customers):
        yield "customer", *row
    for kind, one in customers["costs"].items():
        for name, estimate in one.items():
            unit = {"customers": "people", "cac": "money"}.get(name, "ratio")
            yield f"cost_{kind}", name, unit, *_ends(estimate)
    for name in EQUITY:
        yield "equity", name, "money", *_ends(customers["equity"][name])
    for name, unit in (("customers", "people"), ("value", "money")):
        yield "equity_end", name, unit, *_ends(customers["equity_end"][name])
    for name, (_, unit) in CONCENTRATION.items():
        yield "concentration", name, unit, *_ends(found["concentration"][name])


def _channels(found: Found) -> Rows:
    for key, one in found["channels"].items():
        for touch in ("last_touch", "first_touch"):
            for row in _measures(found, one[touch]):
                yield key, one["label"], touch, *row
        for name, unit in (
            ("spend", "money"),
            ("incremental_customers", "people"),
            ("incremental_cac", "money"),
        ):
            yield key, one["label"], None, name, unit, *_ends(one[name])


def _groups(found: Found, kind: str) -> Rows:
    for key, one in found[kind].items():
        for row in _measures(found, one):
            yield key, one["label"], *row


def _retention(found: Found) -> Rows:
    """Ages of `ordering` are the first of a quarter; `observed` has no interval."""
    length = found["retention"]["window_periods"]
    steps = {"survival": (0, 1, "share"), "margin": (0, 1, "money"), "ordering": (1, length, "share")}
    for kind in ("all", "channels", "segments", "cohorts"):
        for key, one in found["retention"][kind].items():
            who = kind, key, one["label"]
            for name in (name for name in steps if name in one):
                start, step, unit = steps[name]
                for place, ends in enumerate(zip(*(one[name][end] for end in ENDS), strict=True)):
                    yield *who, name, unit, start + step * place, *ends
            for age, share in enumerate(one["observed"]):
                yield *who, "observed", "share", age, share, None, None


def _quadrants(found: Found) -> Rows:
    for key, one in found["quadrants"]["channels"].items():
        yield key, one["label"], *_ends(one["cpa"]), *_ends(one["ltv"]), one["quadrant"]


def _rfm(found: Found) -> Rows:
    for name, one in found["rfm"].items():
        for measure, about in found["rfm_measures"].items():
            yield name, measure, about["unit"], *_ends(one[measure])


def _health(found: Found) -> Rows:
    quarters = found["health"]["quarters"]
    for key, one in found["health"]["channels"].items():
        for q, (window, row) in enumerate(zip(quarters, one["quarters"], strict=True)):
            figures = (end for name in ("users", *HEALTH) for end in _ends(row[name]))
            place = q + 1, window["first_period"] + 1, window["last_period"] + 1
            yield key, one["label"], *place, *figures, row["verdict"]
