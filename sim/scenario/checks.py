"""Checks that look at more than one field of a scenario.

They read the plain document, not typed objects, and step over whatever has the wrong type: the schema
reports that, and so all faults of a file come out at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sim.market.vocabulary import Period, Stage
from sim.scenario.calendar import last_day
from sim.scenario.faults import Problem
from sim.scenario.fields import Path, nearest
from sim.scenario.schema import MAX_PERIODS, BaseRates
from sim.scenario.types import MOST_RATE, day

STAGES = tuple(stage.name.lower() for stage in Stage)
BASE_RATES = tuple(BaseRates.model_fields)
_TOLERANCE = 1e-6


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def number(value: object, default: float | None = None) -> float | None:
    """The value if it is a number, the default if it is missing."""
    if value is None:
        return default
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def date(value: object) -> dt.date | None:
    """The value if it is a date."""
    try:
        return day(value)
    except ValueError:
        return None


@dataclass(frozen=True)
class Parts:
    """The parts of a plain document that checks look at, whatever else is wrong with it."""

    document: Mapping[str, object]
    segments: Mapping[str, object] = field(init=False)
    channels: Mapping[str, object] = field(init=False)
    plan: Mapping[str, object] = field(init=False)
    priced: frozenset[str] = field(init=False)
    selling: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("segments", "channels", "plan"):
            object.__setattr__(self, name, mapping(self.document.get(name)))
        for name, blocks in (("priced", ("price", "asset")), ("selling", ("sells",))):
            having = (
                c
                for c, channel in self.channels.items()
                if any(mapping(channel).get(block) is not None for block in blocks)
            )
            object.__setattr__(self, name, frozenset(having))

    def calendar(self) -> tuple[dt.date, Period, int] | None:
        """Start, period length and paid periods, if all three are valid."""
        calendar = mapping(self.document.get("calendar"))
        start, periods = date(calendar.get("start")), number(calendar.get("periods"))
        name = calendar.get("period", "week")
        if start is None or periods is None or not 1 <= periods <= MAX_PERIODS or name not in ("day", "week"):
            return None
        return start, Period(name), int(periods)


def names_known(path: Path, names: Iterable[object], known: Iterable[str], what: str) -> Iterator[Problem]:
    """Every key of a mapping names something that exists."""
    choices = frozenset(known)
    for name in names:
        if isinstance(name, str) and name not in choices:
            yield Problem((*path, name), f"unknown {what}", "", nearest(name, choices), at_key=True)


def name_known(path: Path, name: object, known: Iterable[str], what: str) -> Iterator[Problem]:
    """One value names something that exists."""
    choices = frozenset(known)
    if isinstance(name, str) and name not in choices:
        yield Problem(path, f"must be a {what} of this scenario", hint=nearest(name, choices))


def total_periods(parts: Parts) -> Iterator[Problem]:
    """Paid periods and tail fit the calendar, and the lifetime-value horizon fits them."""
    calendar = mapping(parts.document.get("calendar"))
    periods, tail = number(calendar.get("periods")), number(calendar.get("tail"), 0.0)
    if periods is None or tail is None:
        return
    if periods <= MAX_PERIODS and tail <= MAX_PERIODS and periods + tail > MAX_PERIODS:
        yield Problem(("calendar",), f"periods + tail must be <= {MAX_PERIODS}", f"{periods + tail:g}")
    horizon = number(mapping(parts.document.get("value")).get("ltv_horizon"))
    # without a tail any horizon is taken: a tail that is left out for once must not make a file faulty
    if horizon is not None and tail > 0 and periods + tail < horizon <= MAX_PERIODS:
        rule = f"must be <= calendar.periods + calendar.tail, which is {periods + tail:g}"
        yield Problem(("value", "ltv_horizon"), rule)
    known = parts.calendar()
    if known and 0 <= tail <= MAX_PERIODS:
        try:
            last_day(known[0], known[1], int(periods + tail))
        except OverflowError:
            yield Problem(("calendar", "start"), "the calendar must end before the year 10000")


def segment_shares(parts: Parts) -> Iterator[Problem]:
    """Segment shares are positive and sum to 1."""
    shares = [number(mapping(segment).get("share")) for segment in parts.segments.values()]
    known = [share for share in shares if share is not None and 0 <= share <= 1]
    if known and len(known) == len(shares) and abs(sum(known) - 1) > _TOLERANCE:
        yield Problem(("segments",), "shares must sum to 1", f"{sum(known):.9g}")
    for name, share in zip(parts.segments, shares, strict=True):
        if share == 0:
            yield Problem(("segments", name, "share"), "must be > 0", hint="or leave the segment out")


def segment_names(parts: Parts) -> Iterator[Problem]:
    """Channels and rates named in segments exist."""
    for name, raw in parts.segments.items():
        segment, path = mapping(raw), ("segments", name)
        yield from names_known(
            (*path, "affinity"), mapping(segment.get("affinity")), parts.channels, "channel"
        )
        preference = mapping(segment.get("preference"))
        yield from names_known((*path, "preference"), preference, parts.channels, "channel")
        for channel in preference:
            if channel in parts.channels and channel not in parts.selling:
                rule = f"preference is for selling channels, and '{channel}' has no sells"
                yield Problem((*path, "preference", channel), rule, "", at_key=True)
        rates = mapping(segment.get("base_rate_per_period"))
        yield from names_known((*path, "base_rate_per_period"), rates, BASE_RATES, "rate")


def initial_shares(parts: Parts) -> Iterator[Problem]:
    """The stages a segment starts in exist, and their shares leave room for the unaware."""
    for name, raw in parts.segments.items():
        initial, path = mapping(mapping(raw).get("initial")), ("segments", name, "initial")
        yield from names_known(path, initial, STAGES, "stage")
        shares = [share for share in map(number, initial.values()) if share is not None and 0 <= share <= 1]
        if len(shares) != len(initial) or not shares:
            continue
        if sum(shares) > 1 + _TOLERANCE:
            yield Problem(path, "shares must sum to at most 1", f"{sum(shares):.9g}")
        elif "unaware" in initial and sum(shares) < 1 - _TOLERANCE:
            hint = "leave unaware out, it is the rest"
            yield Problem(path, "shares must sum to 1 where unaware is given", f"{sum(shares):.9g}", hint)


def purchase_rates(parts: Parts) -> Iterator[Problem]:
    """The mean purchase rate of the keenest stage stays within what an order count can hold."""
    funnel = mapping(parts.document.get("funnel"))
    factors = [number(mapping(funnel.get(stage)).get("purchase"), 1.0) for stage in ("loyal", "advocate")]
    most = max([1.0, *(factor for factor in factors if factor is not None)])
    for name, segment in parts.segments.items():
        mean = number(mapping(mapping(segment).get("purchase_rate_per_period")).get("mean"))
        if mean is not None and mean <= MOST_RATE and mean * most > MOST_RATE:
            path = ("segments", name, "purchase_rate_per_period", "mean")
            rule = f"times the largest purchase factor of loyal and advocate must be <= {MOST_RATE:g}"
            yield Problem(path, rule, f"{mean:g} * {most:g}")


def synergies(parts: Parts) -> Iterator[Problem]:
    """Synergies join two different channels that exist, each pair once."""
    seen: dict[tuple[object, object], int] = {}
    for number_, raw in enumerate(items(parts.document.get("synergies"))):
        synergy, path = mapping(raw), ("synergies", number_)
        first, then = synergy.get("first"), synergy.get("then")
        yield from name_known((*path, "first"), first, parts.channels, "channel")
        yield from name_known((*path, "then"), then, parts.channels, "channel")
        if not isinstance(first, str) or not isinstance(then, str):
            continue
        if first == then:
            yield Problem((*path, "then"), "must be another channel than first")
        elif (first, then) in seen:
            rule = f"must stand once: synergies.{seen[first, then]} joins the same channels in the same order"
            yield Problem(path, rule, f"{first} then {then}")
        seen.setdefault((first, then), number_)


def variants(parts: Parts) -> Iterator[Problem]:
    """Every variant overrides something."""
    for name, raw in mapping(parts.document.get("variants")).items():
        if isinstance(raw, dict) and not raw:
            yield Problem(("variants", name), "must override something", "nothing", "or leave it out")


MARKET_CHECKS = (
    total_periods,
    segment_shares,
    segment_names,
    initial_shares,
    purchase_rates,
    synergies,
    variants,
)
