"""The CSV tables of `omnifunnel truth`, made of its JSON answer: full numbers, undefined ones empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.tables import Cell, Sheet
from experiments.truth.estimates import RETURNS

ENDS = ("mean", "low", "high")
WINDOW = ("first_period", "last_period", "first_date", "last_date")
ERRORS = ("se_common", "se_independent", "se_orders")
Rows = Iterator[tuple[Cell, ...]]


def sheets(found: dict[str, Any]) -> dict[str, Sheet]:
    """File stem -> table; kinds of figures that were not wanted have none."""
    tables = {
        "channels": Sheet(("channel", "label", "figure", "measure", *ENDS, *ERRORS), tuple(_channels(found))),
        "synergy_index": Sheet(("measure", "part", "channel", *ENDS), tuple(_index(found))),
    }
    if found["synergy"] is not None:
        tables["synergy"] = Sheet(("first", "second", "base", "measure", *ENDS), tuple(_synergy(found)))
    if found["complementarity"] is not None:
        parts = ("jaccard", "overlap", "path_lift", "index")
        pairs = found["complementarity"]["pairs"]
        rows = tuple((pair["first"], pair["second"], *(pair[part] for part in parts)) for pair in pairs)
        tables["complementarity"] = Sheet(("first", "second", *parts), rows)
    if found["outages"] is not None:
        shares = tuple(f"{share}_{end}" for share in ("kept", "after", "sold") for end in ENDS)
        header = ("channel", *WINDOW, *shares, "recovery_periods", "verdict")
        tables["outages"] = Sheet(header, tuple(_outages(found["outages"])))
    return tables


def _ends(estimate: dict[str, Any]) -> tuple[Cell, ...]:
    return tuple(estimate[end] for end in ENDS)


def _channels(found: dict[str, Any]) -> Rows:
    for name, channel in found["channels"].items():
        for figure in ("lift", "alone", "shapley"):
            for measure, one in (channel[figure] or {}).items():
                errors = (one.get(error) for error in ERRORS)
                yield name, channel["label"], figure, measure, *_ends(one), *errors
        for figure in ("spend", "spend_elsewhere", *RETURNS):
            yield name, channel["label"], figure, None, *_ends(channel[figure]), None, None, None


def _synergy(found: dict[str, Any]) -> Rows:
    for pair in found["synergy"]:
        for base in ("full", "nothing"):
            for measure, one in pair[base].items():
                yield pair["first"], pair["second"], base, measure, *_ends(one)


def _index(found: dict[str, Any]) -> Rows:
    for measure, one in found["synergy_index"].items():
        for part in ("index", "together", "sum_alone"):
            yield measure, part, None, *_ends(one[part])
        for name, alone in one["alone"].items():
            yield measure, "alone", name, *_ends(alone)


def _outages(found: dict[str, Any]) -> Rows:
    window = tuple(found[name] for name in WINDOW)
    for name, one in found["channels"].items():
        shares = (end for share in ("kept", "after", "sold") for end in _ends(one[share]))
        yield name, *window, *shares, one["recovery_periods"], one["verdict"]
