"""Checks on the optional behaviours: events lie in the calendar and change something, shares sum to 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.calendar import last_day
from sim.scenario.checks import Parts, date, items, mapping, name_known, names_known, number
from sim.scenario.faults import Problem
from sim.scenario.fields import Path
from sim.scenario.schema import MAX_PERIODS
from sim.scenario.schema_behaviour import Event

_TOLERANCE = 1e-6
#: Fields of an event that change something, and the value at which they do not.
_CHANGES = {
    name: info.default
    for name, info in Event.model_fields.items()
    if isinstance(info.default, float) and name != "fade"
}


def events_in_calendar(parts: Parts) -> Iterator[Problem]:
    """Events lie in the calendar, the tail included, and begin before they end."""
    calendar = parts.calendar()
    tail = number(mapping(parts.document.get("calendar")).get("tail"), 0.0)
    if calendar is None or tail is None or not 0 <= tail <= MAX_PERIODS:
        return
    start, period, periods = calendar
    try:
        end = last_day(start, period, periods + int(tail))
    except OverflowError:
        return
    for path, event in _events(parts):
        first, last = date(event.get("start")), date(event.get("end"))
        inside = True
        for name, moment in (("start", first), ("end", last)):
            if moment and not start <= moment <= end:
                inside = False
                yield Problem((*path, name), f"must lie in the calendar, {start} to {end}")
        if inside and first and last and first > last:
            yield Problem((*path, "end"), f"must not be before start, which is {first}")


def events_change(parts: Parts) -> Iterator[Problem]:
    """Events change something, for channels that exist, and name no channels for what is everyone's."""
    for path, event in _events(parts):
        for position, name in enumerate(items(event.get("channels"))):
            yield from name_known((*path, "channels", position), name, parts.channels, "channel")
        changed = [name for name, plain in _CHANGES.items() if number(event.get(name), plain) != plain]
        if not changed:
            yield Problem(path, f"must change something: one of {', '.join(_CHANGES)}", "none")
        named = [name for name in items(event.get("channels")) if isinstance(name, str)]
        if named and "demand" in changed:
            rule = "is for the whole market: leave channels out, or make it an event of its own"
            yield Problem((*path, "demand"), rule)
        if named and "discount" in changed and not parts.selling & set(named):
            yield Problem((*path, "discount"), "needs a selling channel among channels, and none has sells")


def prices_matter(parts: Parts) -> Iterator[Problem]:
    """Where prices change, every segment says how it reacts."""
    causes = ["an event gives a discount" for _, event in _events(parts) if number(event.get("discount"))]
    causes += [f"channel '{c}' gives a coupon" for c in parts.channels if _has(parts, c, "coupon")]
    for name, segment in parts.segments.items():
        if causes and mapping(segment).get("price_elasticity") is None:
            rule = f"is required, since {causes[0]}"
            yield Problem(("segments", name, "price_elasticity"), rule, "", "about -2.6 in most studies")


def coupons(parts: Parts) -> Iterator[Problem]:
    """A coupon is claimed by a click."""
    for name, raw in parts.channels.items():
        if _has(parts, name, "coupon") and number(mapping(raw).get("ctr"), 0.0) == 0:
            yield Problem(("channels", name, "ctr"), "must be > 0 where a click gives a coupon")


def assets(parts: Parts) -> Iterator[Problem]:
    """Word of mouth takes no money, so money cannot build it."""
    for name, raw in parts.channels.items():
        if mapping(raw).get("kind") == "earned" and _has(parts, name, "asset"):
            yield Problem(
                ("channels", name, "asset"), "must be left out for an earned channel: it takes no money", ""
            )


def mixing(parts: Parts) -> Iterator[Problem]:
    """Each segment says whom it tells, and its shares sum to 1."""
    rows = mapping(parts.document.get("mixing"))
    yield from names_known(("mixing",), rows, parts.segments, "segment")
    missing = [name for name in parts.segments if name not in rows]
    if rows and missing:
        yield Problem(("mixing",), f"must have a row for every segment, and lacks {', '.join(missing)}", "")
    for name, raw in rows.items():
        row = mapping(raw)
        yield from names_known(("mixing", name), row, parts.segments, "segment")
        shares = [share for share in map(number, row.values()) if share is not None and 0 <= share <= 1]
        if len(shares) == len(row) and abs(sum(shares) - 1) > _TOLERANCE:
            yield Problem(("mixing", name), "shares must sum to 1", f"{sum(shares):.9g}")


def _events(parts: Parts) -> Iterator[tuple[Path, Mapping[str, object]]]:
    for position, raw in enumerate(items(parts.document.get("events"))):
        if isinstance(raw, dict):
            yield ("events", position), raw


def _has(parts: Parts, channel: str, block: str) -> bool:
    return mapping(parts.channels[channel]).get(block) is not None


BEHAVIOUR_CHECKS = (events_in_calendar, events_change, prices_matter, coupons, assets, mixing)
