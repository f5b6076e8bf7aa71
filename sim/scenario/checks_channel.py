"""Checks on one channel: what its kind, targeting and price allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.checks import STAGES, Parts, items, mapping, names_known, number
from sim.scenario.faults import Problem
from sim.scenario.fields import Path, nearest
from sim.scenario.marks import shown

Channel = Mapping[str, object]


def stages(parts: Parts) -> Iterator[Problem]:
    """A channel aims at stages that exist, unless it is broadcast."""
    for path, channel in _channels(parts):
        aimed, targeting = channel.get("stages"), channel.get("targeting", "broadcast")
        if targeting == "broadcast" and aimed is not None:
            yield Problem(
                (*path, "stages"), "must be left out for a broadcast channel: everyone can see it", ""
            )
        elif targeting in ("intent", "profile", "identified") and not aimed:
            yield Problem((*path, "stages"), f"is required with targeting {targeting}", "")
        seen: set[str] = set()
        for position, stage in enumerate(items(aimed)):
            if not isinstance(stage, str):
                continue
            if stage not in STAGES:
                yield Problem((*path, "stages", position), "must be a stage", hint=nearest(stage, STAGES))
            elif stage in seen:
                yield Problem((*path, "stages", position), "must stand once in the list")
            seen.add(stage)


def reach(parts: Parts) -> Iterator[Problem]:
    """Reach by segment names every segment, and no other."""
    for path, channel in _channels(parts):
        by_segment = channel.get("reach")
        if not isinstance(by_segment, dict) or not parts.segments:
            continue
        yield from names_known((*path, "reach"), by_segment, parts.segments, "segment")
        missing = [name for name in parts.segments if name not in by_segment]
        if missing:
            yield Problem(
                (*path, "reach"), f"must name every segment, and lacks {shown(', '.join(missing))}", ""
            )


def earned(parts: Parts) -> Iterator[Problem]:
    """Word of mouth takes no money and lives on contacts; other kinds have none."""
    for path, channel in _channels(parts):
        if channel.get("kind") == "earned":
            if channel.get("price") is not None:
                yield Problem(
                    (*path, "price"), "must be left out for an earned channel: it takes no money", ""
                )
            if number(channel.get("contacts_per_advocate"), 0.0) == 0:
                yield Problem((*path, "contacts_per_advocate"), "must be > 0 for an earned channel")
        elif channel.get("kind") in ("paid", "owned", "physical"):
            for name in ("contacts_per_advocate", "loyal_weight"):
                if name in channel:
                    yield Problem((*path, name), "is for channels of kind earned only", "", at_key=True)


def price(parts: Parts) -> Iterator[Problem]:
    """A price is per thousand impressions or per click, and bounds make sense only with one."""
    for path, channel in _channels(parts):
        terms = channel.get("price")
        if terms is None and channel.get("inventory") is not None:
            yield Problem((*path, "inventory"), "bounds paid impressions and needs a price", "", at_key=True)
        if terms is None and channel.get("kind") == "paid" and channel.get("asset") is None:
            yield Problem((*path, "price"), "is required for a paid channel, unless it builds an asset", "")
        if not isinstance(terms, dict):
            continue
        given = [name for name in ("cpm", "cpc") if terms.get(name) is not None]
        if len(given) != 1:
            got = "both" if given else "neither"
            yield Problem((*path, "price"), "must hold exactly one of cpm and cpc", got)
        if given == ["cpc"] and number(channel.get("ctr"), 0.0) == 0:
            yield Problem((*path, "ctr"), "must be > 0 where the price is per click")


def selling(parts: Parts) -> Iterator[Problem]:
    """Orders can close somewhere."""
    if parts.channels and not parts.selling:
        yield Problem(("channels",), "at least one channel must have sells", "none")


def _channels(parts: Parts) -> Iterator[tuple[Path, Channel]]:
    for name, channel in parts.channels.items():
        yield ("channels", name), mapping(channel)


CHANNEL_CHECKS = (stages, reach, earned, price, selling)
