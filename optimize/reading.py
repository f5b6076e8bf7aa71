"""From the `optimization:` block of a scenario to a `BudgetProblem`: names to indices, shares to amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from optimize.flights import Flight, divide, refine, whole
from optimize.limit_reader import LimitReader
from optimize.problem import BudgetProblem
from optimize.targets import TARGETS, Target
from optimize.windows import windows_of
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import World


def read_problem(
    block: Any,
    world: World,
    status_quo: Plan,
    *,
    total: float | None = None,
    objectives: tuple[str, ...] = ("roi",),
    minimise_spend: bool = False,
    flights: tuple[Flight, ...] | None = None,
) -> BudgetProblem:
    """Turn the block into a problem; `total` and `flights` override its own.

    Raises:
        LimitError: limits that name no channel, contradict each other or cannot meet the total.
    """
    given = total if total is not None else block.total
    if minimise_spend:
        if not block.targets:
            raise LimitError("minimize: the cheapest plan needs a target to reach; give --target KPI=VALUE")
        objectives = ("spend",)
    budget = float(given if given is not None else status_quo.total)
    less = block.at_most or minimise_spend
    fixed: dict[str, Any] = {
        "objectives": objectives,
        "targets": _targets(block.targets),
        "minimise_spend": minimise_spend,
        "total_min": float(block.total_min or 0.0) if less else None,
    }
    make = partial(_make, block, world, status_quo, _division(block, world, status_quo, flights))
    return make(budget, fixed, resolve=partial(_exactly, make, fixed) if less else None)


@dataclass(frozen=True)
class _Division:
    """Flights of a problem.

    Attributes:
        asked: the flights asked for.
        flights: the same, cut further where windows of limits begin and end.
        windowed: whether a limit is about a part of the plan.
    """

    asked: tuple[Flight, ...]
    flights: tuple[Flight, ...]
    windowed: bool


def _division(block: Any, world: World, status_quo: Plan, flights: tuple[Flight, ...] | None) -> _Division:
    periods, start = status_quo.periods, getattr(world, "start", None)
    asked = flights or _flights(block, world, status_quo)
    windows = windows_of(block.limits, world, periods)
    cut = refine(asked, windows, start=start, days=_days(world))
    return _Division(asked, cut, any(len(window) < periods for window in windows))


def _exactly(
    make: Callable[..., BudgetProblem], fixed: dict[str, Any], total: float, *, mix: bool = False
) -> BudgetProblem:
    """The problem with a total that is spent exactly; with `mix`, over channels only."""
    exact = fixed | {"total_min": None, "minimise_spend": False, "reach": fixed["minimise_spend"]}
    return make(total, exact, mix=mix)


def _make(
    block: Any,
    world: World,
    status_quo: Plan,
    division: _Division,
    total: float,
    fixed: dict[str, Any],
    *,
    resolve: Callable[..., BudgetProblem] | None = None,
    mix: bool = False,
) -> BudgetProblem:
    """The problem over the flights, with that of its mix; with `mix`, that alone."""
    over = partial(_over, block, world, status_quo, division.asked, total)
    alone = None if resolve is None else partial(resolve, mix=True)
    timed = None
    if division.windowed:
        # Before the mix, so that a contradiction is told in the words of the window.
        timed = over(division.flights, **fixed, resolve=resolve)
    one = over(whole(status_quo.periods), **fixed, resolve=alone, timing=timed)
    if mix or len(division.flights) == 1:
        return one
    return replace(timed, mix=one) if timed else over(division.flights, **fixed, mix=one, resolve=resolve)


def _over(
    block: Any,
    world: World,
    status_quo: Plan,
    asked: tuple[Flight, ...],
    total: float,
    flights: tuple[Flight, ...],
    **fixed: Any,
) -> BudgetProblem:
    """The limits over these flights."""
    reader = LimitReader(world, status_quo, total, flights, asked, exact=fixed["total_min"] is None)
    for limit in block.limits:
        reader.add(limit)
    reader.imply()
    for name in block.locked:
        reader.lock(name)
    if block.flight_max is not None:
        reader.cap_flights(block.flight_max)
    return BudgetProblem(
        world,
        status_quo,
        total,
        reader.lower,
        reader.upper,
        tuple(reader.groups),
        flights=flights,
        shares=tuple(reader.shares),
        minimums=tuple(reader.minimums),
        most_on=block.max_channels,
        max_shift=block.max_shift,
        locked=tuple(block.locked),
        lines=reader.lines(block.lines),
        **fixed,
    )


def _flights(block: Any, world: World, status_quo: Plan) -> tuple[Flight, ...]:
    if block.flights == 1:
        return whole(status_quo.periods)
    start = getattr(world, "start", None)
    return divide(block.flights, status_quo.periods, start=start, days=_days(world))


def _days(world: World) -> int:
    period = getattr(world, "period", None)
    return period.days if period is not None else 7


def _targets(given: Sequence[Any]) -> tuple[Target, ...]:
    found = []
    for target in given:
        if target.kpi not in TARGETS:
            raise LimitError(f"targets: choose among {', '.join(TARGETS)}, got '{target.kpi}'")
        found += [] if target.min is None else [Target(target.kpi, float(target.min), True)]
        found += [] if target.max is None else [Target(target.kpi, float(target.max), False)]
    return tuple(found)
