"""Checks on claims: what is measured exists, the variants compared differ, and the range is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from sim.scenario.calendar import covered
from sim.scenario.checks import STAGES, Parts, date, items, mapping, name_known, number
from sim.scenario.faults import Problem
from sim.scenario.fields import Path, nearest
from sim.scenario.schema_claims import BASE

Claim = Mapping[str, object]
#: Kind of a metric's argument -> what it must be.
_WHAT = {
    "channel": "a channel of this scenario",
    "shop": "a selling channel of this scenario",
    "segment": "a segment of this scenario",
    "stage": "a stage",
    "counts": "two whole numbers",
    "dates": "two dates",
    "measure": "a measure of truth",
}
_RANGE = ("low", "high", "value")


def ids(parts: Parts) -> Iterator[Problem]:
    """Each id stands once."""
    seen: dict[object, int] = {}
    for path, claim in _claims(parts):
        name = claim.get("id")
        if isinstance(name, str) and name in seen:
            yield Problem((*path, "id"), f"must stand once: claims.{seen[name]} has it too")
        seen.setdefault(name, int(path[1]))


def ranges(parts: Parts) -> Iterator[Problem]:
    """A claim says which values agree with it, in one of two ways."""
    for path, claim in _claims(parts):
        given = [name for name in _RANGE if claim.get(name) is not None]
        low, high = number(claim.get("low")), number(claim.get("high"))
        if not given:
            yield Problem(path, "must hold a range: low, high or both, or value with tolerance", "none")
        elif "value" in given and len(given) > 1:
            yield Problem((*path, "value"), "must be left out beside low or high", at_key=True)
        elif ("value" in given) != (claim.get("tolerance") is not None):
            yield Problem(path, "must hold value and tolerance together", "one of them")
        if low is not None and high is not None and low > high:
            yield Problem((*path, "low"), f"must be <= high, which is {high:g}")


def sides(parts: Parts) -> Iterator[Problem]:
    """What is compared exists, differs from the file, and a level stands alone."""
    variants = mapping(parts.document.get("variants"))
    for path, claim in _claims(parts):
        for side in ("variant", "against"):
            yield from name_known((*path, side), claim.get(side), [*variants, BASE], "variant")
        compare, against = claim.get("compare"), claim.get("against")
        if compare == "level" and against is not None:
            yield Problem((*path, "against"), "must be left out with compare: level", at_key=True)
        elif compare in ("ratio", "difference") and against is None:
            yield Problem((*path, "against"), f"is required with compare: {compare}", "", "base is the file")
        elif compare in ("ratio", "difference") and against == claim.get("variant", BASE):
            yield Problem((*path, "against"), "must be another variant than the one measured")


def names(parts: Parts) -> Iterator[Problem]:
    """No variant is called like the file itself, since a claim could not tell them apart."""
    if parts.document.get("claims") and BASE in mapping(parts.document.get("variants")):
        rule = "must be called otherwise beside claims, where base is the file itself"
        yield Problem(("variants", BASE), rule, "", at_key=True)


def metrics(parts: Parts) -> Iterator[Problem]:
    """The metric is known, and its argument is something of this scenario."""
    claims = [(path, claim.get("metric")) for path, claim in _claims(parts)]
    if not claims:
        return
    # loaded here: measures come with the engine, and most files make no claims
    from sim.measure.claims.metrics import ARGUMENTS, CLAIM_METRICS, split_metric

    for where, text in claims:
        path = (*where, "metric")
        if not isinstance(text, str):
            continue
        name, argument = split_metric(text)
        if name not in CLAIM_METRICS:
            hint = nearest(name, CLAIM_METRICS)
            listed = "`omnifunnel claims --metrics` lists all"
            yield Problem(path, "must be a metric of claims", hint=hint if hint else listed)
            continue
        kind = CLAIM_METRICS[name].argument
        if not kind and (argument or ":" in text):
            yield Problem(path, f"{name} takes no argument", f":{argument}", f"write {name}")
        elif kind and not argument:
            rule = f"{name} needs {_WHAT[kind]} after a colon"
            yield Problem(path, rule, text, f"like {name}:{ARGUMENTS[kind]}")
        elif kind:
            yield from _argument(parts, path, kind, argument)


def _argument(parts: Parts, path: Path, kind: str, argument: str) -> Iterator[Problem]:
    from sim.measure.truth.counterfactuals import TRUTH_MEASURES

    choices = {
        "channel": parts.channels,
        "shop": parts.selling,
        "segment": parts.segments,
        "stage": STAGES,
        "measure": TRUTH_MEASURES,
    }
    if kind in choices:
        if argument not in choices[kind]:
            known = nearest(argument, choices[kind])
            yield Problem(path, f"needs {_WHAT[kind]} after the colon", argument, known)
    elif kind == "counts":
        least, dash, most = argument.partition("-")
        if not (dash and least.isdecimal() and most.isdecimal() and int(least) <= int(most)):
            yield Problem(path, f"needs {_WHAT[kind]} after the colon, like 3-5", argument)
    else:
        yield from _dates(parts, path, argument)


def _dates(parts: Parts, path: Path, argument: str) -> Iterator[Problem]:
    first, last = (date(text) for text in (*argument.split("..", 1), "")[:2])
    calendar = parts.calendar()
    if first is None or last is None or first > last:
        yield Problem(path, "needs two dates after the colon, like 2026-11-02..2026-11-15", argument)
    elif calendar is not None and not _periods(parts, first, last):
        yield Problem(path, "the dates must hold the first day of a period of the calendar", argument)


def _periods(parts: Parts, first: dt.date, last: dt.date) -> int:
    calendar = parts.calendar()
    assert calendar is not None
    start, period, periods = calendar
    tail = number(mapping(parts.document.get("calendar")).get("tail"), 0.0) or 0.0
    return len(covered(first, last, start=start, period=period, periods=periods + max(0, int(tail))))


def _claims(parts: Parts) -> Iterator[tuple[tuple[str, int], Claim]]:
    for place, claim in enumerate(items(parts.document.get("claims"))):
        if isinstance(claim, dict):
            yield ("claims", place), claim


CLAIM_CHECKS = (ids, ranges, sides, names, metrics)
