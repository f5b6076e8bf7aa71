"""`omnifunnel check`, `new`, `schema`: scenario files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments.commands.options import examples

if TYPE_CHECKING:
    from experiments.runner import Case
    from experiments.tables import Grid


@click.command(
    short_help="Check a scenario file.",
    epilog=examples(
        "omnifunnel check beauty-launch", "omnifunnel check retail-media --set population.agents=100000"
    ),
)
@click.argument("scenario")
@click.option("--set", "overrides", multiple=True, metavar="A.B=C", help="Set a field first; repeatable.")
def check(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and all its variants; print every fault, or "ok" and a summary."""
    from experiments import console
    from experiments.runner import open_case

    case = open_case(scenario, overrides=overrides)
    _check_limits(case)
    console.show([f"{case.file.source}: ok", _overview(case), _channels(case)])


def _check_limits(case: Case) -> None:
    """Limits that no plan can meet are a fault of the file, found before anybody optimises."""
    from optimize import BudgetProblem

    if case.file.scenario.optimization.model_fields_set:
        BudgetProblem.from_scenario(case.file.scenario, case.world, case.file.status_quo())


def _overview(case: Case) -> Grid:
    from experiments import formatting
    from experiments.tables import Grid

    world, scenario = case.world, case.file.scenario
    tail = world.total_periods - world.periods
    rows = (
        ("Name", scenario.name),
        (
            "Periods",
            f"{world.periods} {world.period.value}s from {world.start}, then {tail} without paid media",
        ),
        ("People", f"{world.people:,} as {world.agents:,} consumers"),
        ("Segments", ", ".join(world.segment_labels)),
        ("Spend", formatting.number(case.plan.total, "money", currency=world.currency)),
        ("Variants", ", ".join(scenario.variants) or "none"),
        ("Claims", ", ".join(claim.id for claim in scenario.claims) or "none"),
        ("Memory", f"about {world.state_bytes / 1e6:,.1f} MB a simulation for the consumers"),
    )
    return Grid("", ("Scenario", ""), rows, left=2)


def _channels(case: Case) -> Grid:
    from experiments import formatting
    from experiments.tables import Grid

    world, totals = case.world, case.plan.totals()
    rows = tuple(
        (
            channel,
            label,
            kind.value,
            formatting.number(totals[channel], "money") if priced else "not for sale",
            "yes" if channel in world.sell_channels else "",
        )
        for channel, label, kind, priced in zip(
            world.channels, world.labels, world.kinds, world.priced_c.tolist(), strict=True
        )
    )
    return Grid("", ("Channel", "Label", "Kind", f"Spend, {world.currency}", "Sells"), rows, left=3)


@click.command(
    short_help="Start a file from a shipped scenario.",
    epilog=examples(
        "omnifunnel new my.yaml --from beauty-launch", "omnifunnel new shops/mine.yaml --from retail-media"
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "source", required=True, metavar="NAME", help="Name of a shipped scenario.")
def new(file: Path, source: str) -> None:
    """Start FILE as a copy of a shipped scenario, with the data files it reads."""
    from experiments.errors import OutputError, RequestError
    from scenarios import library
    from sim import load

    shipped = library()
    if source not in shipped:
        raise RequestError(f"--from {source}: no such scenario (shipped: {', '.join(shipped)})")
    original, history = shipped[source], load(source).history_file
    copies = {original: file}
    if history is not None:
        copies[history] = file.parent / history.relative_to(original.parent)
    for origin, target in copies.items():
        if target.exists() and not (origin != original and target.read_bytes() == origin.read_bytes()):
            raise OutputError(f"{target}: exists already; nothing was copied")
    try:
        for origin, target in copies.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origin, target)
    except OSError as fault:
        raise OutputError(f"{fault.filename or file}: cannot be written ({fault.strerror})") from fault
    for target in copies.values():
        click.echo(str(target))


@click.command(
    short_help="Print the JSON Schema of scenario files.",
    epilog=examples("omnifunnel schema", "omnifunnel schema > scenario.schema.json"),
)
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors and checks."""
    from experiments.store import as_json
    from sim import json_schema

    click.echo(as_json(json_schema()), nl=False)
