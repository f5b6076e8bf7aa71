"""From what the user named to simulated replicates: scenario -> world -> plan -> replicates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.console import note
from experiments.errors import RequestError
from experiments.plan_notes import file_notes

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from sim import Plan, Replicates, ScenarioFile, World

#: Name of a case's plan inside its replicates.
PLAN = "plan"
#: What may stand behind the colon of `scenario:variant`.
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Case:
    """One thing to simulate: a scenario (perhaps a variant of it), compiled, and a plan for it.

    Attributes:
        name: what tables and figures call it.
        file: the scenario and where it came from.
        world: the scenario compiled.
        plan: the plan to simulate; the status quo unless another was given.
        variant: name of the variant, None for the file itself.
        plan_source: the CSV the plan came from, None for the status quo.
        notes: what must be said of that file: columns not read, a total far from today's.
    """

    name: str
    file: ScenarioFile
    world: World
    plan: Plan
    variant: str | None = None
    plan_source: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        """Channel id -> name shown."""
        return dict(zip(self.world.channels, self.world.labels, strict=True))

    def labels_in(self, language: str) -> dict[str, str]:
        """Channel id -> name shown in "en" or "zh", where the scenario gives both."""
        from sim import in_language

        channels = self.file.scenario.channels
        return {name: in_language(channels[name].label or name, language) for name in self.world.channels}

    @property
    def priced(self) -> tuple[str, ...]:
        """Channels that money can buy."""
        pairs = zip(self.world.channels, self.world.priced_c.tolist(), strict=True)
        return tuple(name for name, priced in pairs if priced)

    @property
    def dates(self) -> list[dt.date]:
        """First day of each period that the plan covers."""
        step = dt.timedelta(days=self.world.period.days)
        return [self.world.start + step * t for t in range(self.world.periods)]


def open_case(
    source: str,
    *,
    overrides: tuple[str, ...] = (),
    variant: str | None = None,
    plan_csv: Path | None = None,
    name: str | None = None,
    quiet: bool = True,
) -> Case:
    """Load and compile a scenario.

    Args:
        source: shipped name or path, perhaps with `:variant` behind it.
        overrides: `a.b=c` texts.
        variant: apply this variant.
        plan_csv: simulate this wide CSV instead of the status quo.
        name: what to call it; default: the variant's or the scenario's name.
        quiet: False says at once on stderr what must be said of the plan file.

    Raises:
        OmnifunnelError: everything that is wrong with it.
    """
    from sim import compile_world, load, read_spend_file

    source, named = split_case(source)
    if named is not None and variant not in (None, named):
        raise RequestError(f"{source}:{named}: variant '{variant}' is asked for besides; name one variant")
    variant = named or variant
    file = load(source, overrides=overrides, variant=variant)
    world = compile_world(file.scenario)
    case = Case(name or variant or file.scenario.name, file, world, file.status_quo(), variant)
    if plan_csv is None:
        return case
    found = read_spend_file(
        plan_csv, channels=world.channels, periods=world.periods, dates=case.dates, required=case.priced
    )
    notes = file_notes(plan_csv.name, found, case.plan.total, str(world.currency))
    for line in notes:
        note(line, quiet=quiet)
    return replace(case, plan=found.plan, plan_source=plan_csv.name, notes=notes)


def split_case(text: str) -> tuple[str, str | None]:
    """`scenario:variant` as its parts; a file whose own name holds a colon is taken whole."""
    from scenarios import library

    source, colon, variant = text.rpartition(":")
    if not colon or not source or not _NAME.fullmatch(variant) or text in library() or Path(text).exists():
        return text, None
    return source, variant


def variant_names(case: Case, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The variants asked for; `all` means every one of the file.

    Raises:
        RequestError: one that the scenario does not have.
    """
    known = tuple(case.file.scenario.variants)
    if wanted == ("all",):
        if not known:
            raise RequestError(
                f"{case.file.source}: has no `variants:` block, so there is nothing to compare"
            )
        return known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        listed = ", ".join(known) or "none"
        raise RequestError(
            "\n".join(f"{case.file.source}: no variant '{n}' (variants: {listed})" for n in unknown)
        )
    return wanted


def announce(settings: Settings) -> None:
    """Say why the very first simulation on a machine takes long to start."""
    from sim import is_cached

    if settings.engine == "compiled" and not is_cached():
        note("compiling the engine, once on this machine: about a minute", quiet=settings.quiet)


def replicate(
    case: Case, settings: Settings, *, progress: Callable[[int, int], None] | None = None
) -> Replicates:
    """Simulate the case's plan on replicates 0 .. R-1."""
    from sim import replicate_kpis

    announce(settings)
    return replicate_kpis(
        case.world,
        {PLAN: case.plan},
        seed=settings.seed,
        replicates=settings.replicates,
        engine=settings.engine,
        threads=settings.jobs,
        progress=progress,
    )
