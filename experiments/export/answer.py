"""`omnifunnel export`: journeys, weeks or customers of a simulated market as files for other tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from experiments import console, store
from experiments.console import progress
from experiments.errors import RequestError
from experiments.explain.words import counted
from experiments.export import customers as export_customers, journeys as export_journeys
from experiments.export.files import Exported, scenario_sha256, size_text, write_csv, write_json
from experiments.runner import Case, announce, open_case
from experiments.tables import Grid

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.export.weekly import Weeks
    from sim import EventLog, Run

#: Consumers whose journeys are exported unless another number is asked for.
PANEL = 10_000
NO_TAIL = "calendar.tail=0"


@dataclass(frozen=True)
class Request:
    """What was asked for; see the options of the command."""

    scenario: str
    what: str
    plan_csv: Path | None
    variant: str | None
    replicate: int
    consumers: int | None
    view: str
    lookback_days: float
    format: str
    shapley: int
    tail: bool
    with_truth: bool


@dataclass(frozen=True)
class Job:
    """A request with its scenario opened and its replicate ready to be simulated."""

    request: Request
    settings: Settings
    case: Case

    @property
    def heading(self) -> str:
        """Which simulation the files are of."""
        return f"{self.case.name}, replicate {self.request.replicate} of seed {self.settings.seed}"

    @cached_property
    def run(self) -> Run:
        """The simulation."""
        from sim import available_cpus, simulate

        announce(self.settings)
        with progress("simulating", quiet=self.settings.quiet) as report:
            return simulate(
                self.case.world,
                self.case.plan,
                seed=self.settings.seed,
                replicate=self.request.replicate,
                threads=self.settings.jobs or available_cpus(),
                progress=report,
            )

    def log(self) -> EventLog:
        """Lives of the consumers asked for, an even sample of all."""
        from sim import panel, replay

        world = self.case.world
        default = world.agents if self.request.what == "customers" else min(PANEL, world.agents)
        run, who = self.run, panel(world, self.request.consumers or default)
        with progress("replaying", quiet=self.settings.quiet):
            return replay(run, who, threads=self.settings.jobs)

    def panel_text(self, log: EventLog) -> str:
        """How many consumers a log holds, for people."""
        agents = self.case.world.agents
        of = f"{len(log):,}" if len(log) < agents else "all"
        return f"{of} of {agents:,} simulated consumers, each standing for {log.people:,.6g} people"

    def people(self, log: EventLog) -> dict[str, Any]:
        """How many consumers a log holds, as JSON takes it."""
        return {"consumers": len(log), "agents": self.case.world.agents, "people_per_consumer": log.people}


def export(request: Request, settings: Settings) -> None:
    """Claim the folder, simulate, write, and tell what was written.

    Raises:
        OmnifunnelError: one line for everything that is wrong with the request; nothing was written then.
    """
    with store.claimed(settings.out) as folder:
        assert folder is not None
        job = _open(request, settings)
        found = WRITERS[request.what](folder, job)
        found = replace(found, notes=(*job.case.notes, *found.notes))
        summary = _summary(job, found)
        write_json(folder, "summary.json", "what was exported", summary)
    if settings.as_json:
        click.echo(store.as_json(summary), nl=False)
    else:
        console.show(_sections(found))
    console.note(f"written to {settings.out}", quiet=settings.quiet)


def _open(request: Request, settings: Settings) -> Job:
    """Open the scenario and check the request against it."""
    tail = () if request.tail else (NO_TAIL,)
    case = open_case(
        request.scenario,
        overrides=(*settings.overrides, *tail),
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    faults, agents = [], case.world.agents
    if request.consumers is not None and request.consumers > agents:
        faults.append(
            f"--consumers {request.consumers}: must be within 1 .. {agents}, {case.name} has {agents:,} "
            "consumers (population.agents)"
        )
    if request.what == "weekly" and request.replicate >= settings.replicates:
        faults.append(
            f"--replicate {request.replicate}: must be below --replicates ({settings.replicates}), so that "
            "the truth holds the replicate of the data"
        )
    if faults:
        raise RequestError("\n".join(faults))
    return Job(request, settings, case)


def write_weekly(folder: Path, job: Job) -> Exported:
    """Write the weekly table, the use of its columns, and the sealed truth."""
    from experiments.export.weekly import FORMATS, check_media, check_weeks, weeks_of

    check_weeks(job.case.world)
    weeks = weeks_of(job.run)
    check_media(weeks)
    form = FORMATS[job.request.format](weeks)
    data = write_csv(
        folder, "weekly.csv", f"one row a week, {form.columns['format']}", form.header, form.rows
    )
    columns = write_json(folder, "columns.json", "which argument takes which column", form.columns)
    window = {
        "first_week": weeks.dates[0],
        "last_week": weeks.dates[-1],
        "weeks": len(weeks.dates),
        "weeks_with_spend": int((weeks.spend_tc.sum(axis=1) > 0).sum()),
    }
    seal = {"data": data.name, "data_sha256": data.sha256, "scenario_sha256": scenario_sha256(job.case)}
    document = {"schema_version": 1, "seal": seal, **_source(job), "window": window, **_truth(job)}
    sealed = write_json(folder, "truth.json", "sealed: keep it from the modeller", document)
    facts = {
        "format": job.request.format,
        "replicates": job.settings.replicates,
        "window": window,
        "seal": seal,
        "channels_without_column": list(weeks.unused),
        "steady_spend": list(weeks.steady),
    }
    length = counted(len(weeks.dates), "week")
    heading = f"{job.heading}: {length} from {weeks.dates[0]}, {job.request.format} columns."
    return Exported(heading, (data, columns, sealed), facts, _weekly_notes(job, weeks))


def _truth(job: Job) -> dict[str, Any]:
    """What each channel really does, over the weeks of the data."""
    from experiments.export.truth import sealed_truth
    from sim import truth

    settings = job.settings
    with progress("counterfactuals, periods", quiet=settings.quiet) as report:
        found = truth(
            job.case.world,
            job.case.plan,
            seed=settings.seed,
            replicates=settings.replicates,
            pairs=False,
            shapley=job.request.shapley,
            outage_periods=0,
            panel=0,
            threads=settings.jobs,
            progress=report,
        )
    return {"replicates": settings.replicates, **sealed_truth(found, replicate=job.request.replicate)}


def _weekly_notes(job: Job, weeks: Weeks) -> tuple[str, ...]:
    world, empty = job.case.world, int((weeks.conversions_t == 0).sum())
    by_conversion = job.request.format == "meridian" and empty > 0
    notes = {
        f"Impressions and orders are of all {world.people:,} people, money is in {world.currency}.": True,
        "truth.json is sealed to the data by their SHA-256; it covers the same weeks.": True,
        f"Days are summed to weeks that begin on a {world.start:%A}.": world.period.days == 1,
        f"{counted(empty, 'week')} without an order: revenue_per_conversion there is that of all weeks.": (
            by_conversion
        ),
        "No channel was billed anything, so there is no column of paid media, which most models ask for.": (
            not weeks.paid
        ),
        f"No column for {', '.join(weeks.unused)}: never billed, nothing shown.": bool(weeks.unused),
        f"Spend does not vary between its weeks on {', '.join(weeks.steady)}: no model can tell such "
        "channels apart; give a plan that varies (--plan).": bool(weeks.steady),
        "Columns under caused_by_media in columns.json are brought about by media themselves.": True,
    }
    return tuple(text for text, holds in notes.items() if holds)


#: What can be exported -> who writes it.
WRITERS: Mapping[str, Callable[[Path, Job], Exported]] = {
    "journeys": export_journeys.write_journeys,
    "weekly": write_weekly,
    "customers": export_customers.write_customers,
}


def _source(job: Job) -> dict[str, Any]:
    return {
        "scenario": job.case.file.scenario.name,
        "variant": job.case.variant,
        "plan": job.case.plan_source or "status quo",
        "seed": job.settings.seed,
        "replicate": job.request.replicate,
        "currency": job.case.world.currency,
        "people": job.case.world.people,
    }


def _summary(job: Job, found: Exported) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "what": job.request.what,
        **_source(job),
        **found.facts,
        "files": {file.name: file.to_dict() for file in found.files},
        "notes": list(job.case.notes),
    }


def _sections(found: Exported) -> list[str | Grid]:
    rows = tuple(
        (file.name, file.what, "" if file.rows is None else f"{file.rows:,}", size_text(file.bytes))
        for file in found.files
    )
    notes = "Notes\n" + "\n".join(f"- {note}" for note in found.notes)
    return [found.heading, Grid("Files", ("File", "What", "Rows", "Size"), rows, left=2), notes]
