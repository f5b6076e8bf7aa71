"""What is compared, and which of its measures can be: markets differ in money, size and length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.errors import RequestError
from experiments.runner import Case, open_case, split_case, variant_names

if TYPE_CHECKING:
    from experiments.commands.options import Settings

#: Money for one customer or order: it does not grow with the market.
PER_HEAD = frozenset({"ltv", "cac", "aov"})


@dataclass(frozen=True)
class Request:
    """What was asked for; see the options of the command."""

    scenarios: tuple[str, ...]
    variants: tuple[str, ...] = ()
    plans: tuple[tuple[str, Path], ...] = ()
    rank_by: str = "profit"


def open_cases(request: Request, settings: Settings) -> list[Case]:
    """The first scenario, its variants and plans, then the others; names are made unique.

    Raises:
        RequestError: nothing to compare with.
    """
    source, variant = split_case(request.scenarios[0])
    overrides = settings.overrides
    first = open_case(source, overrides=overrides, variant=variant)
    whole = first if variant is None else open_case(source, overrides=overrides)
    cases = [first]
    for name in variant_names(whole, request.variants):
        if name != variant:
            cases.append(open_case(source, overrides=overrides, variant=name))
    for name, path in request.plans:
        cases.append(
            open_case(
                source, overrides=overrides, variant=variant, plan_csv=path, name=name, quiet=settings.quiet
            )
        )
    for text in request.scenarios[1:]:
        other, its = split_case(text)
        name = f"{Path(other).stem}:{its}" if its and other != source else None
        cases.append(open_case(other, overrides=overrides, variant=its, name=name))
    if len(cases) < 2:
        raise RequestError(
            "compare: name variants (--variants all), a plan (--plan NAME=FILE.csv) or a second scenario "
            "to compare with"
        )
    return _named_apart(cases)


def _named_apart(cases: Sequence[Case]) -> list[Case]:
    taken: dict[str, int] = {}
    named = []
    for case in cases:
        taken[case.name] = taken.get(case.name, 0) + 1
        count = taken[case.name]
        named.append(case if count == 1 else replace(case, name=f"{case.name} ({count})"))
    return named


def comparable(case: Case, first: Case, kpi: str) -> bool:
    """Whether a KPI means the same in two cases: ratios and shares always do.

    Money needs one currency; totals of money and counts also need as many people over as long a time.
    """
    from sim import KPIS

    unit = KPIS[kpi].unit
    if unit in ("ratio", "share"):
        return True
    if unit == "money" and case.world.currency != first.world.currency:
        return False
    return kpi in PER_HEAD or _size(case) == _size(first)


def differences_of_markets(case: Case, first: Case) -> str | None:
    """Why some measures of a case are not compared, as a line for people; None if all are."""
    mine, its = case.world, first.world
    money = mine.currency != its.currency
    reasons = [f"money in {mine.currency}, not {its.currency}"] if money else []
    if mine.people != its.people:
        reasons.append(f"{mine.people:,} people, not {its.people:,}")
    if _size(case)[1:] != _size(first)[1:]:
        reasons.append(f"{_length(case)}, not {_length(first)}")
    if not reasons:
        return None
    what = "Amounts of money" if money else "Totals"
    also = " and totals" if money and _size(case) != _size(first) else ""
    return f"{what}{also} of '{case.name}' are not set against '{first.name}': {'; '.join(reasons)}."


def _size(case: Case) -> tuple[int, int, int]:
    """People, days paid and days in all."""
    days = case.world.period.days
    return case.world.people, case.world.periods * days, case.world.total_periods * days


def _length(case: Case) -> str:
    world = case.world
    return f"{world.periods} {world.period.value}s + {world.total_periods - world.periods}"
