"""Checks on what is decided: the plan of today and the limits of the budget search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sim.scenario.calendar import covered, last_day
from sim.scenario.checks import Parts, date, items, mapping, name_known, names_known, number
from sim.scenario.faults import Problem
from sim.scenario.fields import Path
from sim.scenario.windows import read_window, window_periods

_PAIRS = (("min", "max"), ("min_share", "max_share"), ("min_factor", "max_factor"))
_BOUNDS = (*(name for pair in _PAIRS for name in pair), "min_if_on", "flight_max", "flight_min_if_on")


def spend(parts: Parts) -> Iterator[Problem]:
    """Money goes to channels that exist and have a price."""
    yield from _spend(parts, ("plan", "per_period"), parts.plan.get("per_period"))
    for number_, flight in enumerate(items(parts.plan.get("flights"))):
        path = ("plan", "flights", number_, "per_period")
        yield from _spend(parts, path, mapping(flight).get("per_period"))


def _spend(parts: Parts, path: Path, raw: object) -> Iterator[Problem]:
    money = mapping(raw)
    yield from names_known(path, money, parts.channels, "channel")
    for name, amount in money.items():
        if name in parts.channels and name not in parts.priced and (number(amount) or 0) > 0:
            yield Problem((*path, name), f"must be 0, since channel '{name}' has no price")


def flights(parts: Parts) -> Iterator[Problem]:
    """Flights lie in the calendar, begin before they end, and cover a period."""
    calendar = parts.calendar()
    if calendar is None:
        return
    start, period, periods = calendar
    try:
        end = last_day(start, period, periods)
    except OverflowError:
        return
    for number_, raw in enumerate(items(parts.plan.get("flights"))):
        flight, path = mapping(raw), ("plan", "flights", number_)
        first, last = date(flight.get("start")), date(flight.get("end"))
        outside = False
        for name, moment in (("start", first), ("end", last)):
            if moment and not start <= moment <= end:
                outside = True
                yield Problem((*path, name), f"must lie in the calendar, {start} to {end}")
        if outside or first is None or last is None:
            continue
        if first > last:
            yield Problem((*path, "end"), f"must not be before start, which is {first}")
        elif not covered(first, last, start=start, period=period, periods=periods):
            rule = f"must hold the first day of a {period.value}, counted from {start}"
            yield Problem(path, rule, f"{first} to {last}")


def history(parts: Parts) -> Iterator[Problem]:
    """A history stands alone or with flights, and its columns belong to channels that take money."""
    past = mapping(parts.plan.get("history"))
    if not past:
        return
    if mapping(parts.plan.get("per_period")):
        rule = "must be left out beside plan.history: the file holds the spend of every period"
        yield Problem(("plan", "per_period"), rule, "", "a flight adds to a history", at_key=True)
    columns, path = mapping(past.get("columns")), ("plan", "history", "columns")
    yield from names_known(path, columns, parts.channels, "channel")
    if isinstance(past.get("columns"), dict) and not columns:
        yield Problem(path, "must name the column of at least one channel", "none")
    uses = Counter(column for column in columns.values() if isinstance(column, str))
    for name, column in columns.items():
        if name in parts.channels and name not in parts.priced:
            yield Problem((*path, name), f"channel '{name}' has no price and takes no money", "", at_key=True)
        if isinstance(column, str) and uses[column] > 1:
            yield Problem((*path, name), "must be another column than that of the other channels")


def limits(parts: Parts) -> Iterator[Problem]:
    """Each limit bounds one channel or one group, with bounds that do not cross."""
    optimization = mapping(parts.document.get("optimization"))
    for number_, raw in enumerate(items(optimization.get("limits"))):
        limit, path = mapping(raw), ("optimization", "limits", number_)
        if not isinstance(raw, dict):
            continue
        given = [name for name in ("channel", "group") if limit.get(name) is not None]
        if len(given) != 1:
            yield Problem(path, "must hold exactly one of channel and group", "both" if given else "neither")
        if all(limit.get(name) is None for name in _BOUNDS):
            yield Problem(path, f"must hold a bound, at least one of {', '.join(_BOUNDS)}", "none")
        yield from _ordered(limit, path, _PAIRS)
        yield from _window_in_plan(parts, path, limit.get("window"))
        yield from _bounded_channels(parts, path, limit.get("channel"), limit.get("group"))


def _window_in_plan(parts: Parts, path: Path, window: object) -> Iterator[Problem]:
    """A window that can be read, for others the schema reports, holds a period of the plan."""
    calendar = parts.calendar()
    if calendar is None or not isinstance(window, str):
        return
    start, period, periods = calendar
    try:
        read_window(window)
    except ValueError:
        return
    try:
        window_periods(window, start, days=period.days, periods=periods)
    except OverflowError:
        return
    except ValueError as fault:
        yield Problem((*path, "window"), str(fault))


def goals(parts: Parts) -> Iterator[Problem]:
    """Whole-plan limits name what exists; a target bounds its key figure."""
    optimization = mapping(parts.document.get("optimization"))
    for position, name in enumerate(items(optimization.get("locked"))):
        yield from _bounded_channels(parts, ("optimization", "locked", position), name, None)
    least = number(optimization.get("total_min"))
    if least is not None and optimization.get("at_most") is not True:
        yield Problem(("optimization", "total_min"), "must stand beside at_most: true", None, at_key=True)
    yield from _ordered(optimization, ("optimization",), (("total_min", "total"),))
    for number_, raw in enumerate(items(optimization.get("targets"))):
        target, path = mapping(raw), ("optimization", "targets", number_)
        if isinstance(raw, dict) and target.get("min") is None and target.get("max") is None:
            yield Problem(path, "must hold at least one of min and max", "none")
        yield from _ordered(target, path, (("min", "max"),))


def lines(parts: Parts) -> Iterator[Problem]:
    """The lines of 5-3-2 are three, none is empty, and a channel stands in one of them at most."""
    named = items(mapping(parts.document.get("optimization")).get("lines"))
    path: Path = ("optimization", "lines")
    if named and len(named) != 3:
        yield Problem(path, "must hold the main, the second and the third line", f"{len(named)} lines")
    met: set[object] = set()
    for number_, line in enumerate(named):
        if isinstance(line, list) and not line:
            yield Problem((*path, number_), "must name at least one channel")
        for position, name in enumerate(items(line)):
            place = (*path, number_, position)
            yield from _bounded_channels(parts, place, name, None)
            if isinstance(name, str) and name in met:
                yield Problem(place, "must be a channel that stands in no line before")
            met |= {name} if isinstance(name, str) else set()


def _ordered(block: Mapping[str, object], path: Path, pairs: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for low, high in pairs:
        least, most = number(block.get(low)), number(block.get(high))
        if least is not None and most is not None and least > most:
            yield Problem((*path, low), f"must be <= {high}, which is {most:g}")


def _bounded_channels(parts: Parts, path: Path, channel: object, group: object) -> Iterator[Problem]:
    if isinstance(group, list) and not group:
        yield Problem((*path, "group"), "must name at least one channel")
    names = [((*path, "group", position), name) for position, name in enumerate(items(group))]
    seen: set[str] = set()
    alone = path if path[1] in ("locked", "lines") else (*path, "channel")
    for place, name in [(alone, channel), *names]:
        yield from name_known(place, name, parts.channels, "channel")
        if isinstance(name, str) and name in parts.channels and name not in parts.priced:
            yield Problem(place, "must be a channel with a price: no money goes to this one")
        if place == alone or not isinstance(name, str):
            continue
        if name in seen:
            yield Problem(place, "must stand once in the group")
        seen.add(name)


PLAN_CHECKS = (spend, flights, history, limits, goals, lines)
