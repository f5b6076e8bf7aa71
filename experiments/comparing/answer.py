"""Several cases under common draws: estimates, paired differences, a ranking of choices, worlds beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from experiments import estimates, texts
from experiments.answer import Answer
from experiments.comparing.cases import (
    Request,
    comparable,
    differences_of_markets,
    open_cases,
)
from experiments.comparing.kinds import CHOICE, WORLD, Kind, kind_of
from experiments.comparing.ranking import Ranking, rank, ranking_sections, ranking_sheet
from experiments.comparing.worlds import worlds_sections, worlds_sheet
from experiments.console import progress
from experiments.errors import RequestError
from experiments.runner import PLAN, Case, replicate

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.tables import Estimate
    from sim import Interval, Replicates

#: KPIs of the comparison figure beside the one that is ranked by, which leads its title.
HEADLINES = ("roi", "ltv", "profit", "new_customers", "cac", "revenue")
Kpis = Mapping[str, Mapping[str, "Estimate"]]


def answer_compare(request: Request, settings: Settings) -> Answer:
    """Simulate every case on the same seed and replicates, and put the answer together.

    Raises:
        RequestError: nothing to compare with, or nothing to rank by.
    """
    _check_rank(request.rank_by)
    cases = open_cases(request, settings)
    found: dict[str, Replicates] = {}
    for number, case in enumerate(cases, start=1):
        with progress(f"simulating {case.name} ({number} of {len(cases)})", quiet=settings.quiet) as report:
            found[case.name] = replicate(case, settings, progress=report)
    kpis = {
        name: estimates.kpi_estimates(lambda kpi, r=result: r.interval(PLAN, kpi))
        for name, result in found.items()
    }
    kinds = {case.name: kind_of(case, cases[0]) for case in cases}
    differences = {case.name: _differences(case, cases[0], found) for case in cases[1:]}
    ranking = _ranking(request.rank_by, cases, kinds, found)
    return Answer(
        command="compare",
        case=cases[0],
        summary=_summary(cases, kinds, settings, kpis, differences) | {"ranking": ranking.to_dict()},
        sections=_sections(cases, kinds, settings, kpis, differences, ranking),
        sheets={
            "kpis": estimates.kpi_sheet(kpis, "case"),
            "differences": estimates.kpi_sheet(differences, "case"),
            "ranking": ranking_sheet(ranking),
            "worlds": worlds_sheet(kinds, request.rank_by, kpis, differences),
        },
        figures=lambda: _figures(cases, kinds, found, kpis, differences, ranking),
        plans={f"plan_{n}": case.plan for n, case in enumerate(cases) if case.plan_source is not None},
        inputs=tuple(dict.fromkeys(path for _, path in request.plans)),
        notes=tuple(line for case in cases for line in case.notes),
    )


def _check_rank(kpi: str) -> None:
    from sim import KPIS

    able = [name for name, one in KPIS.items() if one.better is not None]
    if kpi not in able:
        raise RequestError(f"--rank-by {kpi}: must be a KPI that is good or bad in itself: {', '.join(able)}")


def paired(case: Replicates, base: Replicates, kpi: str) -> Interval | None:
    """Interval of the difference, replicate by replicate; None where either side is undefined."""
    from sim import paired_difference

    return paired_difference(case.by_replicate(PLAN, kpi), base.by_replicate(PLAN, kpi))


def _differences(case: Case, first: Case, found: Mapping[str, Replicates]) -> dict[str, dict[str, Any]]:
    def difference(kpi: str) -> Interval | None:
        return paired(found[case.name], found[first.name], kpi) if comparable(case, first, kpi) else None

    return estimates.kpi_estimates(difference)


def _ranking(
    kpi: str, cases: Sequence[Case], kinds: Mapping[str, Kind], found: Mapping[str, Replicates]
) -> Ranking:
    """Choices in their order; worlds have no place."""
    why = f"another market than '{cases[0].name}'"
    worlds = {name: why for name, kind in kinds.items() if kind.word == WORLD}
    values = {name: found[name].by_replicate(PLAN, kpi) for name in found if name not in worlds}
    return rank(kpi, values, worlds, currency=cases[0].world.currency)


def _sections(
    cases: Sequence[Case],
    kinds: Mapping[str, Kind],
    settings: Settings,
    kpis: Kpis,
    differences: Kpis,
    ranking: Ranking,
) -> list[Any]:
    """The ranking and the worlds first, both by one KPI, then every KPI."""
    currency, first = cases[0].world.currency, cases[0].name
    title = f"{texts.replicates(settings.replicates)}, seed {settings.seed}: mean (95 % interval)"
    grids: list[Any] = []
    # two cases of one currency a table keep every line within the fixed width
    for money, group in groupby(cases, key=lambda case: case.world.currency):
        for chunk in _chunks({case.name: kpis[case.name] for case in group}, 2):
            grids.append(estimates.kpi_grid(title, chunk, money, lead=ranking.kpi))
    changes: list[Any] = []
    for word, start in ((CHOICE, "Paired"), (WORLD, "How the plan fares if ...: paired")):
        for chunk in _chunks({n: one for n, one in differences.items() if kinds[n].word == word}, 2):
            heading = f"{start} difference against '{first}' (* interval excludes zero)"
            changes.append(estimates.difference_grid(heading, chunk, currency, lead=ranking.kpi))
    lines = [line for case in cases[1:] if (line := differences_of_markets(case, cases[0]))]
    if len({case.world.agents for case in cases}) > 1:
        lines.append("Scenarios with other numbers of consumers share few draws: pairing narrows less there.")
    remarks = ["\n".join(lines)] if lines else []
    return [
        *ranking_sections(ranking),
        *worlds_sections(cases, kinds, ranking.kpi, kpis, differences),
        *remarks,
        *changes,
        *grids,
        texts.assumptions(cases[0], settings.replicates),
    ]


def _chunks(columns: Mapping[str, Any], size: int) -> list[dict[str, Any]]:
    items = list(columns.items())
    return [dict(items[start : start + size]) for start in range(0, len(items), size)]


def _summary(
    cases: Sequence[Case], kinds: Mapping[str, Kind], settings: Settings, kpis: Kpis, differences: Kpis
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "base": cases[0].name,
        "seed": settings.seed,
        "replicates": settings.replicates,
        "currency": cases[0].world.currency,
        "cases": {
            case.name: {
                "scenario": case.file.scenario.name,
                "variant": case.variant,
                "plan": case.plan_source or "status quo",
                "currency": case.world.currency,
                "kind": kinds[case.name].word,
                "market_changes": list(kinds[case.name].market),
                "plan_changed": kinds[case.name].plan,
                "not_compared": differences_of_markets(case, cases[0]),
                "kpis": kpis[case.name],
                "difference": differences.get(case.name),
            }
            for case in cases
        },
    }


def _figures(
    cases: Sequence[Case],
    kinds: Mapping[str, Kind],
    found: Mapping[str, Replicates],
    kpis: Kpis,
    differences: Kpis,
    ranking: Ranking,
) -> dict[str, Any]:
    from experiments.plots.comparison import comparison_data
    from experiments.plots.difference import difference_data
    from experiments.plots.from_runs import FOREST, funnel_of, kpi_texts
    from experiments.plots.ranking import ranking_data

    first, currency = cases[0], cases[0].world.currency
    texts_of = kpi_texts()
    headlines = {name: texts_of[name] for name in dict.fromkeys((ranking.kpi, *HEADLINES))}
    rows = {name: texts_of[name] for name in dict.fromkeys((ranking.kpi, *FOREST))}
    shown = {case.name: _shown(case, first, kpis[case.name]) for case in cases}
    worlds = [name for name, kind in kinds.items() if kind.word == WORLD]
    figures: dict[str, Any] = {
        "comparison": comparison_data(headlines, shown, differences, currency=currency, worlds=worlds)
    }
    if ranking.places:
        figures["ranking"] = ranking_data(ranking)
    if len({(case.world.total_periods, case.world.people, case.world.period) for case in cases}) == 1:
        occupancy = {name: result.occupancy[PLAN] for name, result in found.items()}
        figures["funnel"] = funnel_of(first.world, occupancy)
    for name, difference in differences.items():
        figures[f"difference-{name.replace(' ', '').replace(':', '-')}"] = difference_data(
            rows,
            kpis[first.name],
            difference,
            currency=currency,
            names=(f"plan if '{name}'" if name in worlds else f"'{name}'", f"'{first.name}'"),
        )
    return figures


def _shown(case: Case, first: Case, kpis: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Estimates that may stand on one axis with those of the first case; the others are missing there."""
    return {
        name: value if comparable(case, first, name) else estimates.estimate(None)
        for name, value in kpis.items()
    }
