"""Several cases under common draws: estimates, and paired differences against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments import estimates, texts
from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.runner import PLAN, Case, open_case, replicate, variant_names

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from sim import Interval, Replicates

#: KPIs of the comparison figure; the first that is defined leads its title.
HEADLINES = ("roi", "ltv", "profit", "new_customers", "cac", "revenue")


def open_cases(scenarios: Sequence[str], variants: tuple[str, ...], settings: Settings) -> list[Case]:
    """The first scenario itself, its variants, then the other scenarios; names are made unique.

    Raises:
        RequestError: nothing to compare with, or money in different currencies.
    """
    first = open_case(scenarios[0], overrides=settings.overrides)
    cases = [first]
    cases += [
        open_case(scenarios[0], overrides=settings.overrides, variant=name)
        for name in variant_names(first, variants)
    ]
    cases += [open_case(source, overrides=settings.overrides, name=None) for source in scenarios[1:]]
    if len(cases) < 2:
        raise RequestError("compare: name variants (--variants all) or a second scenario to compare with")
    currencies = {case.world.currency for case in cases}
    if len(currencies) > 1:
        raise RequestError(f"compare: money in different currencies ({', '.join(sorted(currencies))})")
    return _named_apart(cases)


def _named_apart(cases: list[Case]) -> list[Case]:
    from dataclasses import replace

    taken: dict[str, int] = {}
    named = []
    for case in cases:
        taken[case.name] = taken.get(case.name, 0) + 1
        named.append(
            case if taken[case.name] == 1 else replace(case, name=f"{case.name} ({taken[case.name]})")
        )
    return named


def paired(case: Replicates, base: Replicates, kpi: str) -> Interval | None:
    """Interval of the difference, replicate by replicate; None where either side is undefined."""
    from sim import interval

    pairs = zip(case.values[PLAN][kpi], base.values[PLAN][kpi], strict=True)
    return interval([None if a is None or b is None else a - b for a, b in pairs])


def answer_compare(scenarios: Sequence[str], variants: tuple[str, ...], settings: Settings) -> Answer:
    """Simulate every case on the same seed and replicates, and put the answer together."""
    cases = open_cases(scenarios, variants, settings)
    found: dict[str, Replicates] = {}
    for number, case in enumerate(cases, start=1):
        with progress(f"simulating {case.name} ({number} of {len(cases)})", quiet=settings.quiet) as report:
            found[case.name] = replicate(case, settings, progress=report)
    base = found[cases[0].name]
    kpis = {
        name: estimates.kpi_estimates(lambda kpi, r=result: r.interval(PLAN, kpi))
        for name, result in found.items()
    }
    differences = {
        name: estimates.kpi_estimates(lambda kpi, r=result: paired(r, base, kpi))
        for name, result in list(found.items())[1:]
    }
    return Answer(
        command="compare",
        case=cases[0],
        summary=_summary(cases, settings, kpis, differences),
        sections=_sections(cases, settings, kpis, differences),
        sheets={
            "kpis": estimates.kpi_sheet(kpis, "case"),
            "differences": estimates.kpi_sheet(differences, "case"),
        },
        figures=lambda: _figures(cases, found, kpis, differences),
    )


def _sections(cases: Sequence[Case], settings: Settings, kpis: Any, differences: Any) -> list[Any]:
    currency, first = cases[0].world.currency, cases[0].name
    title = f"{texts.replicates(settings.replicates)}, seed {settings.seed}: mean"
    grids: list[Any] = []
    # two cases a table keep every line within the fixed width
    for chunk in _chunks(kpis, 2):
        grids.append(estimates.kpi_grid(f"{title} (95 % interval)", chunk, currency))
    for chunk in _chunks(differences, 2):
        grids.append(
            estimates.difference_grid(
                f"Paired difference against '{first}' (* interval excludes zero)", chunk, currency
            )
        )
    return [*grids, texts.assumptions(cases[0], settings.replicates)]


def _chunks(columns: Mapping[str, Any], size: int) -> list[dict[str, Any]]:
    items = list(columns.items())
    return [dict(items[start : start + size]) for start in range(0, len(items), size)]


def _summary(cases: Sequence[Case], settings: Settings, kpis: Any, differences: Any) -> dict[str, Any]:
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
                "kpis": kpis[case.name],
                "difference": differences.get(case.name),
            }
            for case in cases
        },
    }


def _figures(
    cases: Sequence[Case], found: Mapping[str, Replicates], kpis: Any, differences: Any
) -> dict[str, Any]:
    from experiments.plots.comparison import comparison_data
    from experiments.plots.difference import difference_data
    from experiments.plots.from_runs import FOREST, funnel_of, kpi_texts

    first, currency = cases[0], cases[0].world.currency
    headlines = {name: kpi_texts()[name] for name in HEADLINES if name in kpi_texts()}
    figures: dict[str, Any] = {"comparison": comparison_data(headlines, kpis, differences, currency=currency)}
    if (
        len({case.world.total_periods for case in cases}) == 1
        and len({case.world.people for case in cases}) == 1
    ):
        occupancy = {name: result.occupancy[PLAN] for name, result in found.items()}
        figures["funnel"] = funnel_of(first.world, occupancy)
    for name, difference in differences.items():
        figures[f"difference-{name.replace(' ', '')}"] = difference_data(
            kpi_texts(FOREST),
            kpis[first.name],
            difference,
            currency=currency,
            names=(f"'{name}'", f"'{first.name}'"),
        )
    return figures
