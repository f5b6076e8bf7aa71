"""How the recommendation fares in other worlds: the scenario's variants, other draws, other assumptions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting
from experiments.console import progress
from experiments.estimates import estimate
from experiments.runner import Case, open_case
from experiments.tables import Estimate, Grid, Sheet

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from optimize import OptimizeResult, Robustness, Setting

    #: What was found, and the names of variants that the plan does not fit (other channels or periods).
    Probed = tuple[Robustness, tuple[str, ...]]


def probe(case: Case, result: OptimizeResult, settings: Settings) -> Probed:
    """Run the recommended plan and today's in every other world."""
    from optimize import Prober, Setting, objective, robustness

    variants, unfit = _variants(case, settings)
    prober = Prober(result.recommended, seed=settings.seed, engine=settings.engine, threads=settings.jobs)
    with progress("looking at other worlds", quiet=settings.quiet) as report:
        found = robustness(
            result.judged,
            prober,
            Setting("as judged", case.world, result.status_quo, "judged"),
            variants,
            objective(result.objectives[0]).kpi,
            replicates=max(2, settings.replicates // 2),
            progress=report,
        )
    return found, unfit


def _variants(case: Case, settings: Settings) -> tuple[list[Setting], tuple[str, ...]]:
    from optimize import Setting

    settings_found, unfit = [], []
    for name in case.file.scenario.variants:
        other = open_case(case.file.source, overrides=settings.overrides, variant=name)
        same = (other.world.channels, other.world.periods) == (case.world.channels, case.world.periods)
        if same and other.world.currency == case.world.currency:
            today = other.plan if case.plan_source is None else case.plan
            settings_found.append(Setting(name, other.world, today, "variant"))
        else:
            unfit.append(name)
    return settings_found, tuple(unfit)


def robustness_json(found: Robustness, unfit: tuple[str, ...]) -> dict[str, Any]:
    """The block `robustness` of the JSON."""
    rows = [
        {**asdict(row), "difference": estimate(row.difference), "profit": estimate(row.profit)}
        for row in found.rows
    ]
    return {
        "kpi": found.kpi,
        "replicates": found.replicates,
        "runs": found.runs,
        "rows": rows,
        "swings": dict(found.swings),
        "cvar_10": {**estimate(found.cvar), "worlds": found.worlds},
        "variants_that_do_not_fit": list(unfit),
    }


def robustness_grid(found: Robustness, currency: str) -> Grid:
    """One row a world: the paired difference of the objective and of profit."""
    from sim import KPIS

    kpi = KPIS[found.kpi]
    rows = []
    for row in found.rows:
        cells = [_cell(estimate(row.difference), kpi.unit)]
        cells += [_cell(estimate(row.profit), "money")] if found.kpi != "profit" else []
        rows.append((row.name, row.word, *cells))
    header = ["World", "Recommended is", kpi.label]
    header += [f"Profit, {currency}"] if found.kpi != "profit" else []
    title = "In other worlds: recommended less status quo (* interval excludes zero)"
    return Grid(title, tuple(header), tuple(rows), left=2)


def _cell(difference: Estimate, unit: str) -> str:
    """`+0.18 ±0.09 *`; the star where the interval excludes zero."""
    sign = "+" if (difference["mean"] or 0.0) > 0 else ""
    return f"{sign}{formatting.plus_minus(difference, unit)}{' *' if estimates.clear(difference) else '  '}"


def robustness_text(found: Robustness, unfit: tuple[str, ...], currency: str) -> str:
    """In how many worlds the plan holds, what moves it most, and the tail."""
    better = sum(row.word == "better" for row in found.rows)
    lines = [
        f"The recommended plan is better than the status quo in {better} of {len(found.rows)} worlds looked "
        f"at, each but the first on {found.replicates} replicates.",
    ]
    swings = list(found.swings.items())
    if swings:
        told = ", ".join(f"{name} ({_swing(value, found.kpi)})" for name, value in swings[:3])
        lines.append(
            f"{len(swings)} assumptions were made 20 % stronger one by one; the difference moves most with "
            f"{told}."
        )
    if found.cvar is not None:
        span = formatting.interval(estimate(found.cvar), "money", currency=currency, signed=True)
        lines.append(
            f"The worst tenth of outcomes over {found.worlds} worlds (variants aside): profit differs by "
            f"{span} on average."
        )
    if unfit:
        lines.append(f"Variants left out, since their channels or periods differ: {', '.join(unfit)}.")
    lines.append("Nothing was searched again: another plan may be better in another world.")
    return "How robust this is\n" + "\n".join(f"- {line}" for line in lines)


def _swing(value: float, kpi: str) -> str:
    from sim import KPIS

    unit = KPIS[kpi].unit
    return formatting.compact(value, signed=True) if unit == "money" else f"{value:+.3f}"


def robustness_sheet(found: Robustness) -> Sheet:
    """One row a world."""
    rows = []
    for row in found.rows:
        spans = [
            estimate(one)[end] for one in (row.difference, row.profit) for end in ("mean", "low", "high")
        ]
        rows.append((row.name, row.kind, row.word, *spans))
    ends = [f"{name}{end}" for name in (f"{found.kpi}_difference", "profit_difference") for end in _ENDS]
    return Sheet(("world", "kind", "word", *ends), tuple(rows))


_ENDS = ("", "_low", "_high")
