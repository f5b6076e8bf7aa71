"""What the journeys of a scenario look like: replayed once, described in six tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.journeys.tables import sections, sheets
from experiments.runner import Case, announce, open_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.commands.options import Settings
    from sim import EventLog, JourneyLog

#: What paths are ranked by.
RANKS = ("customers", "value", "ltv")
#: Consumers of the sample that a path must have brought to be ranked by the mean value of one.
LEAST_FOR_MEAN = 5


@dataclass(frozen=True)
class Request:
    """What was asked for; see the options of the command."""

    scenario: str
    windows: tuple[int, ...]
    touch: str
    view: str
    lookback_days: float
    top: int
    panel: int | None
    replicate: int
    plan_csv: Path | None = None
    variant: str | None = None


def answer_journeys(request: Request, settings: Settings) -> Answer:
    """Simulate and replay one replicate, and describe its journeys.

    Raises:
        RequestError: a panel larger than the sample.
    """
    from sim import cut_journeys

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    if request.panel is not None and request.panel > case.world.agents:
        raise RequestError(
            f"--panel {request.panel}: must be at most {case.world.agents}, the consumers of {case.name}"
        )
    log = _lived(case, request, settings)
    with progress("describing", quiet=settings.quiet):
        journeys = cut_journeys(log, lookback_days=request.lookback_days, view=request.view)
        found = _facts(log, journeys, request)
    summary = {**_provenance(case, request, settings, log), **found}
    return Answer(
        command="journeys",
        case=case,
        summary=summary,
        sections=sections(case, summary),
        sheets=sheets(summary),
        figures=lambda: _figures(case, summary),
    )


def _lived(case: Case, request: Request, settings: Settings) -> EventLog:
    from sim import panel, replay, simulate

    announce(settings)
    with progress("simulating", quiet=settings.quiet) as report:
        run = simulate(
            case.world,
            case.plan,
            seed=settings.seed,
            replicate=request.replicate,
            threads=settings.jobs or 1,
            progress=report,
        )
    chosen = None if request.panel is None else panel(case.world, request.panel)
    with progress("replaying", quiet=settings.quiet):
        return replay(run, chosen, threads=settings.jobs)


def _facts(log: EventLog, journeys: JourneyLog, request: Request) -> dict[str, Any]:
    from sim import (
        Stage,
        cross_channel_conversion,
        distinct_channels,
        heat_map,
        order_effects,
        time_in_stage,
        top_paths,
    )

    prospects = journeys.prospects()
    return {
        "stages": [stage.name.lower() for stage in Stage],
        "heat_map": _plain(heat_map(log)),
        "cross_channel": _plain(cross_channel_conversion(log, windows=request.windows, rule=request.touch)),
        "distinct_channels": _plain(distinct_channels(prospects)),
        "paths": {
            by: _plain(
                top_paths(journeys, by=by, most=request.top, least=LEAST_FOR_MEAN if by == "ltv" else 1)
            )
            for by in RANKS
        },
        "order_effects": _plain(
            sorted(order_effects(prospects), key=lambda pair: (pair.difference is None, -pair.evidence))
        ),
        "time_in_stage": _plain(time_in_stage(log)),
    }


def _plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as JSON takes them."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}
        for row in rows
    ]


def _provenance(case: Case, request: Request, settings: Settings, log: EventLog) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source or "status quo",
        "seed": settings.seed,
        "replicate": request.replicate,
        "currency": case.world.currency,
        "consumers": len(log),
        "people_per_consumer": log.people,
        "period": case.world.period.value,
        "channels": case.labels,
        "options": {
            "windows_days": list(request.windows),
            "touch": request.touch,
            "view": request.view,
            "lookback_days": request.lookback_days,
            "top": request.top,
        },
    }


def _figures(case: Case, summary: dict[str, Any]) -> dict[str, Any]:
    from experiments.plots.heatmap import heatmap_data

    return {"heat-map": heatmap_data(summary)}
