"""How the plan fares if the market is another one: cases that are worlds, beside the first, by one KPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.comparing.kinds import WORLD
from experiments.comparing.ranking import three
from experiments.estimates import clear
from experiments.tables import Estimate, Grid, Sheet

if TYPE_CHECKING:
    from experiments.comparing.kinds import Kind
    from experiments.runner import Case

#: Fields of the market that a line names; the others are counted.
MOST = 3
Kpis = Mapping[str, Mapping[str, Estimate]]


def worlds_sections(
    cases: Sequence[Case], kinds: Mapping[str, Kind], kpi: str, kpis: Kpis, differences: Kpis
) -> list[str | Grid]:
    """The KPI that is ranked by in each world, and what each world changes; nothing without worlds."""
    from sim import KPIS

    first, label, unit = cases[0], KPIS[kpi].label, KPIS[kpi].unit
    worlds = [case for case in cases[1:] if kinds[case.name].word == WORLD]
    if not worlds:
        return []
    rows = []
    for case in worlds:
        change = differences[case.name][kpi]
        told = formatting.short_interval(change, unit, signed=True)
        rows.append((case.name, _amount(case, kpis, kpi), f"{told} *" if clear(change) else f"{told}  "))
    title = f"How the plan fares if ...; in '{first.name}': {_amount(first, kpis, kpi)}"
    header = ("If", label, f"Against '{first.name}' (* interval excludes zero)")
    lines = [f"- {case.name}: {told_changes(kinds[case.name], first.name)}" for case in worlds]
    return [
        Grid(title, header, tuple(rows)),
        "These cases change the market, so they are neither ranked nor called best. They differ in\n"
        + "\n".join(lines),
    ]


def told_changes(kind: Kind, first: str) -> str:
    """Which fields of the market differ, and whether the plan does."""
    shown, rest = kind.market[:MOST], len(kind.market) - MOST
    more = f" and {rest} more" if rest > 0 else ""
    also = f"; the plan is not that of '{first}' either" if kind.plan else ""
    return f"{', '.join(shown)}{more}{also}"


def worlds_sheet(kinds: Mapping[str, Kind], kpi: str, kpis: Kpis, differences: Kpis) -> Sheet:
    """One row a world: the KPI that is ranked by, and its difference to the first case."""
    rows = tuple(
        (
            name,
            kpi,
            *three(kpis[name][kpi]),
            *three(differences[name][kpi]),
            "; ".join(kind.market),
            int(kind.plan),
        )
        for name, kind in kinds.items()
        if kind.word == WORLD
    )
    against = ("against_base_mean", "against_base_low", "against_base_high")
    return Sheet(("case", "kpi", "mean", "low", "high", *against, "market_changes", "plan_changed"), rows)


def _amount(case: Case, kpis: Kpis, kpi: str) -> str:
    """A value with its interval, money in the case's own currency."""
    from sim import KPIS

    unit = KPIS[kpi].unit
    money = f"{case.world.currency} " if unit == "money" and kpis[case.name][kpi]["mean"] is not None else ""
    return f"{money}{formatting.short_interval(kpis[case.name][kpi], unit)}"
