"""Limits and targets typed on the command line, put on top of the scenario's `optimization:` block.

--limit    CHANNEL[+CHANNEL...] >= | <= | =  VALUE  [or off] [each flight] [in WINDOW]
VALUE      an amount, 5% of the total, or 0.5x of what is spent today (in the window)
WINDOW     months or days of the plan, the first and the last: 2026-06, 2026-06..2026-07
--target   KPI >= | <= | =  VALUE; = means reach it: at least, or for costs and losses at most
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.errors import RequestError

if TYPE_CHECKING:
    from sim import Scenario

_LIMIT = re.compile(
    r"(?P<names>[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*)\s*(?P<sign>>=|<=|=)\s*"
    r"(?P<number>[0-9][0-9_,]*(?:\.[0-9]+)?)(?P<unit>%|x)?(?P<off>\s+or\s+off)?(?P<each>\s+each\s+flight)?"
    r"(?:\s+in\s+(?P<window>.+))?"
)
_TARGET = re.compile(
    r"(?P<kpi>[a-z_]+)\s*(?P<sign>>=|<=|=)\s*(?P<number>-?[0-9][0-9_,]*(?:\.[0-9]+)?)(?P<unit>%)?"
)
_EXAMPLE = (
    "such as 'store>=5%', 'tv<=2x', 'tv+ooh<=400000', 'tv>=300000 or off', 'tv<=90000 each flight', "
    "'tv=0 in 2026-06..2026-07'"
)


@dataclass(frozen=True)
class Asked:
    """What the command line says about the decision; None and empty leave the scenario's own.

    Attributes:
        at_most: the total may be left unspent in part.
        flights: `weekly`, `4-weekly`, `monthly` or a number.
        locked: channels that keep today's amount, besides the scenario's.
        max_shift: share of the money that may go elsewhere than today.
        max_channels: most channels that get money.
        limits: texts as typed, besides the scenario's.
        targets: texts as typed, besides the scenario's.
        minimise: True for the cheapest plan that reaches the targets.
    """

    at_most: bool = False
    flights: str | None = None
    locked: tuple[str, ...] = ()
    max_shift: float | None = None
    max_channels: int | None = None
    limits: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    minimise: bool = False


def with_asked(scenario: Scenario, asked: Asked) -> Scenario:
    """The scenario with its optimization block as asked for.

    Raises:
        RequestError: texts that are no limits, one line each.
    """
    from pydantic import ValidationError

    block = scenario.optimization
    changed: dict[str, Any] = block.model_dump(exclude_unset=True)
    changed["limits"] = (*block.model_dump()["limits"], *read_all(asked.limits, read_limit))
    changed["targets"] = (*block.model_dump()["targets"], *read_all(asked.targets, read_target))
    changed["locked"] = tuple(dict.fromkeys((*block.locked, *asked.locked)))
    for name in ("max_shift", "max_channels"):
        if getattr(asked, name) is not None:
            changed[name] = getattr(asked, name)
    if asked.at_most:
        changed["at_most"] = True
    if asked.flights is not None:
        changed["flights"] = int(asked.flights) if asked.flights.isdecimal() else asked.flights
    try:
        return scenario.model_copy(update={"optimization": type(block).model_validate(changed)})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise RequestError("\n".join(faults)) from None


def read_all(texts: Sequence[str], read: Any) -> list[dict[str, Any]]:
    """Every text read; the faults of all of them at once."""
    found, faults = [], []
    for text in texts:
        try:
            found.append(read(text))
        except RequestError as fault:
            faults.append(str(fault))
    if faults:
        raise RequestError("\n".join(faults))
    return found


def read_limit(text: str) -> dict[str, Any]:
    """`store>=5%` as the fields of a limit."""
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise RequestError(f"--limit: must be CHANNEL, >= or <=, and a value, {_EXAMPLE}; got '{text}'")
    names, sign, unit = re.split(r"\s*\+\s*", match["names"]), match["sign"], match["unit"]
    value = _number(match["number"])
    who: dict[str, Any] = {"channel": names[0]} if len(names) == 1 else {"group": tuple(names)}
    who |= {"window": _window(match["window"], text)} if match["window"] else {}
    if match["off"] or match["each"]:
        fits = (sign == ">=") if match["off"] else (sign == "<=")
        if unit or not fits:
            words = "'or off' goes with >= and an amount, 'each flight' alone with <= and an amount"
            raise RequestError(f"--limit: {words}; got '{text}'")
        name = ("flight_" if match["each"] else "") + "min_if_on" if match["off"] else "flight_max"
        return who | {name: value}
    suffix = {None: "", "%": "_share", "x": "_factor"}[unit]
    value = value / 100 if unit == "%" else value
    sides = {">=": ("min",), "<=": ("max",), "=": ("min", "max")}[sign]
    return who | {side + suffix: value for side in sides}


def _window(window: str, text: str) -> str:
    """A window as limits hold it; whether it lies in the plan is checked with the others."""
    from sim import read_window

    try:
        read_window(window)
    except ValueError as fault:
        raise RequestError(f"--limit: the window {fault}; got '{text}'") from None
    return window.replace(" ", "")


def read_target(text: str) -> dict[str, Any]:
    """`ltv_cac=3` as the fields of a target."""
    from optimize import TARGETS

    match = _TARGET.fullmatch(text.strip())
    if match is None or match["kpi"] not in TARGETS:
        raise RequestError(
            f"--target: must be a key figure ({', '.join(TARGETS)}), =, >= or <=, and a value, "
            f"such as 'ltv_cac=3'; got '{text}'"
        )
    value = _number(match["number"]) / (100 if match["unit"] else 1)
    least = match["sign"] == ">=" or (match["sign"] == "=" and TARGETS[match["kpi"]].least)
    return {"kpi": match["kpi"], "min" if least else "max": value}


def _number(text: str) -> float:
    return float(text.replace("_", "").replace(",", ""))
