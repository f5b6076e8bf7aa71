"""Sentences that stand beside numbers: what was assumed, and what an interval means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.explain.words import counted

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import World

#: Where a limit's sentence names its window.
WINDOW = re.compile(r" in (.+?) (?:at least|at most|exactly) ")
#: Kinds of limits that hold from below: more room means a smaller bound.
FLOORS = frozenset({"min", "group_min", "share_min", "min_if_on", "total_min"})


def eased(change: float, kind: str) -> tuple[float, str]:
    """What a limit brings where it gives way, from what raising its bound would change.

    Returns:
        The change; `more` or `less` money for a fixed amount, which gives way to the better side, else "".
    """
    if kind == "fixed":
        return abs(change), "more" if change > 0 else "less"
    return (-change if kind in FLOORS else change), ""


def window_of(limit: str) -> str:
    """The window that a limit's sentence names, as `2026-10..2026-11`; empty for the whole plan."""
    found = WINDOW.search(limit)
    return found[1] if found else ""


def kind_of(kind: str, channels: Sequence[str], limit: str) -> str:
    """A limit's kind; that of one channel in a window is no group's, though it sums cells as a group does."""
    return kind.removeprefix("group_") if len(channels) == 1 and window_of(limit) else kind


def replicates(count: int) -> str:
    """`20 replicates`, `1 replicate`."""
    return "1 replicate" if count == 1 else f"{count} replicates"


def value_heading(count: int) -> str:
    """Column heading of estimates: a single replicate has no interval."""
    return "One replicate, no interval" if count == 1 else "Mean (95 % interval)"


def interval_line(count: int) -> str:
    """What the numbers in brackets are."""
    if count == 1:
        return "One replicate: no interval can be given; use --replicates 20 or more before deciding."
    return (
        f"Intervals are 95 % over {count} replicates: chance inside the simulated market, "
        "not whether it is like yours. Of many KPIs one in twenty looks clear by chance."
    )


def ltv_window(world: World) -> str:
    """What of a new customer's life LTV covers: `to the end of the run`, or less by `value.ltv_horizon`."""
    if world.ltv_horizon >= world.total_periods - 1:
        return "to the end of the run"
    return f"within {counted(world.ltv_horizon, world.period.value)} of the first order and within the run"


def window_line(world: World) -> str:
    """Which periods the figures cover: all the same ones."""
    tail = world.total_periods - world.periods
    after = f", the {counted(tail, world.period.value)} after the plan included" if tail else ""
    return (
        f"Customers, CAC and LTV count, as ROI does, to the end of the run{after}. LTV is the margin of new "
        f"customers {ltv_window(world)}: who is won late is seen for less time."
    )


def assumptions(case: Case, count: int) -> str:
    """Where the reader decides: the scenario's own assumptions and those of every simulation."""
    world = case.world
    lines = [
        *case.file.scenario.assumptions,
        interval_line(count),
        f"{world.agents:,} consumers stand for {world.people:,} people; money is in {world.currency}.",
        "Effects, rates and prices are inputs of the scenario; none of them is estimated from data.",
        "Incremental measures compare with no spend at all under the same random draws.",
        window_line(world),
    ]
    return "Assumptions\n" + "\n".join(f"- {line}" for line in lines)
