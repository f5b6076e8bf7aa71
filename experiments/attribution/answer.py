"""Attribution rules on journeys of one's own: who would be credited with what, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answer import Answer
from experiments.attribution import tables as attribution_tables
from experiments.console import note, progress
from experiments.errors import RequestError

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from sim import AttributionOptions, Credits, Journeys, Paths

NO_TRUTH = (
    "Your journeys hold no truth: nobody knows what would have happened without a channel, so no rule can be "
    "called right here."
)


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line.

    Attributes:
        journeys: the user's file.
        rules: names of rules; none means all.
        half_life_days: of time decay.
        direct: channels that last_non_direct passes over; none means one called direct, if there is one.
        lookback_days: window before the end of a path.
    """

    journeys: Path
    rules: tuple[str, ...]
    half_life_days: float
    direct: tuple[str, ...]
    lookback_days: float


def credits_by_rule(
    paths: Paths,
    rules: Sequence[str],
    options: AttributionOptions,
    *,
    report: Callable[..., None] = lambda done, total, text="": None,
) -> dict[str, Credits]:
    """Apply each rule to the same paths; used for journeys from anywhere.

    Args:
        paths: the journeys.
        rules: names in `sim.RULES`, as `known_rules` returns them.
        options: what the rules leave open.
        report: told (done, total, text) before each rule.
    """
    from sim import attribute

    found = {}
    for number, rule in enumerate(rules):
        report(number, len(rules), f"attributing by {rule}")
        found[rule] = attribute(paths, rule, options=options)
    return found


def known_rules(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The rules asked for, each once; all of them when none was named.

    Raises:
        RequestError: with one line per name that is no rule.
    """
    from sim import RULES

    faults = []
    for name in dict.fromkeys(wanted):
        if name not in RULES:
            near = get_close_matches(name, RULES, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"rules: {', '.join(RULES)}"
            faults.append(f"--rules: no rule '{name}' ({hint})")
    if faults:
        raise RequestError("\n".join(faults))
    return tuple(dict.fromkeys(wanted)) or tuple(RULES)


def direct_channels(named: tuple[str, ...], channels: Sequence[str]) -> tuple[str, ...]:
    """Channels to pass over: those named, else one called direct in any case."""
    return named or tuple(name for name in channels if name.lower() == "direct")


def answer_journeys(request: Request, settings: Settings) -> Answer:
    """Read the user's journeys, apply the rules and put the answer together."""
    from sim import AttributionOptions, read_journeys

    rules = known_rules(request.rules)
    journeys = read_journeys(request.journeys, lookback_days=request.lookback_days)
    direct = direct_channels(request.direct, journeys.paths.channels)
    options = AttributionOptions(half_life_days=request.half_life_days, direct=direct)
    alike = near_names(journeys.paths.channels)
    if alike and settings.as_json:
        note(alike, quiet=settings.quiet)
    with progress("attributing", quiet=settings.quiet) as report:
        credits = credits_by_rule(journeys.paths, rules, options, report=report)
    table = attribution_tables.credit_table(journeys.paths.channels, credits, has_value=journeys.has_value)
    return Answer(
        command="attribute",
        case=None,
        summary=_summary(request, journeys, options, table),
        sections=[
            _heading(request, journeys),
            *attribution_tables.credit_grids(table),
            _notes(request, journeys, options, rules),
        ],
        sheets={"attribution": attribution_tables.credit_sheet(table)},
        figures=dict,
        inputs=(request.journeys,),
    )


def _summary(
    request: Request,
    journeys: Journeys,
    options: AttributionOptions,
    table: attribution_tables.Table,
) -> dict[str, Any]:
    paths, known = journeys.paths, journeys.has_value
    return {
        "schema_version": 1,
        "journeys": request.journeys.name,
        "form": journeys.form,
        "options": {
            "half_life_days": options.half_life_days,
            "direct": list(options.direct),
            "lookback_days": request.lookback_days if journeys.has_times else None,
        },
        "rules": table,
        "paths": {
            "rows": paths.rows,
            "touches": len(paths.channel_n),
            "conversions": paths.conversions,
            "value": paths.value if known else None,
            "nulls": paths.nulls,
            "untouched_conversions": paths.untouched_conversions,
            "untouched_value": paths.untouched_value if known else None,
            "touches_left_out": journeys.left_out,
        },
    }


def near_names(channels: Sequence[str]) -> str:
    """A sentence on channels whose names differ only in case or in space; empty without any."""
    alike: dict[str, list[str]] = {}
    for name in channels:
        alike.setdefault(" ".join(name.split()).casefold(), []).append(name)
    groups = [", ".join(repr(name) for name in names) for names in alike.values() if len(names) > 1]
    if not groups:
        return ""
    return (
        f"Channel names that differ only in case or space count as different channels: {'; '.join(groups)}."
    )


def _heading(request: Request, journeys: Journeys) -> str:
    paths = journeys.paths
    rows = "1 path" if paths.rows == 1 else f"{paths.rows:,} paths"
    converted = "1 conversion" if paths.conversions == 1 else f"{paths.conversions:,.0f} conversions"
    failed = "1 journey" if paths.nulls == 1 else f"{paths.nulls:,.0f} journeys"
    value = f" worth {paths.value:,.2f}" if journeys.has_value else ""
    return (
        f"{request.journeys.name}: {converted}{value} and {failed} without one, "
        f"in {rows} over {len(paths.channels)} channels."
    )


def _notes(request: Request, journeys: Journeys, options: AttributionOptions, rules: Sequence[str]) -> str:
    paths, over = journeys.paths, ", ".join(options.direct)
    days = "1 day" if request.lookback_days == 1 else f"{request.lookback_days:g} days"
    notes = {
        NO_TRUTH: True,
        (alike := near_names(paths.channels)): bool(alike),
        f"Conversions that met no channel, in no credit: {paths.untouched_conversions:,.0f}.": (
            paths.untouched_conversions > 0
        ),
        f"Touches left out, over {days} before the end of their path: "
        f"{journeys.left_out:,}.": journeys.left_out > 0,
        "The file has no times: no lookback window applies, and time decay counts steps, not days.": (
            not journeys.has_times
        ),
        f"last_non_direct passes over {over}.": "last_non_direct" in rules and bool(over),
        "last_non_direct equals last: no channel is called direct (name some with --direct).": (
            "last_non_direct" in rules and not over
        ),
        "The file counts no journey without conversion, so Markov rules see only paths that converted.": (
            paths.nulls == 0 and any(rule.startswith("markov") for rule in rules)
        ),
        "The file does not say what conversions were worth, so no value is credited.": not journeys.has_value,
    }
    return "Notes\n" + "\n".join(f"- {text}" for text, holds in notes.items() if holds)
