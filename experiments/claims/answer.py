"""The answer of `omnifunnel claims`: one scenario, or all that are shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments import texts
from experiments.answer import Answer
from experiments.claims.checking import LEAST_REPLICATES, check_claims
from experiments.claims.outcomes import OUTCOMES, Checked, counted
from experiments.console import note
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.runner import Case

_HEADER = ("Claim", "Source", "Outcome", "Simulated (95 % interval)", "Claimed")


def answer_claims(source: str, settings: Settings) -> Answer:
    """Check one scenario's claims."""
    case, checked = check_claims(source, settings)
    return _answer({case.file.scenario.name: checked}, settings, case)


def answer_library(settings: Settings) -> Answer:
    """Check the claims of every shipped scenario that makes some."""
    names = claiming()
    found = {}
    for number, name in enumerate(names, start=1):
        title = f"checking {name} ({number} of {len(names)})"
        note(title, quiet=settings.quiet)
        found[name] = check_claims(name, settings, title=title)[1]
    return _answer(found, settings, None)


def claiming() -> list[str]:
    """Shipped scenarios that make claims."""
    from scenarios import library
    from sim import load

    return [name for name in library() if load(name).scenario.claims]


def answer_metrics() -> Grid:
    """What claims can be about."""
    from sim import ARGUMENTS, CLAIM_METRICS

    rows = tuple(
        (f"{name}:{ARGUMENTS[metric.argument]}" if metric.argument else name, metric.unit, metric.says)
        for name, metric in CLAIM_METRICS.items()
    )
    return Grid("Metrics of claims", ("Metric", "Unit", "Meaning"), rows, left=3)


def _answer(found: Mapping[str, list[Checked]], settings: Settings, case: Case | None) -> Answer:
    return Answer(
        command="claims",
        case=case,
        summary=_summary(found, settings),
        sections=_sections(found, settings),
        sheets={"claims": _sheet(found)},
        figures=lambda: _figures(found),
        simulated=True,
    )


def _summary(found: Mapping[str, list[Checked]], settings: Settings) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "seed": settings.seed,
        "replicates": settings.replicates,
        "outcomes": counted([one for checked in found.values() for one in checked]),
        "scenarios": {name: [one.to_dict() for one in checked] for name, checked in found.items()},
    }


def _sections(found: Mapping[str, list[Checked]], settings: Settings) -> list[Any]:
    sections: list[Any] = []
    for name, checked in found.items():
        title = f"{name}: {texts.replicates(settings.replicates)}, seed {settings.seed}"
        rows = tuple(
            (one.claim.id, one.claim.source, one.outcome, one.simulated, one.claimed) for one in checked
        )
        sections += [Grid(title, _HEADER, rows, left=3), "\n".join(map(_line, checked))]
    return [*sections, _reading(found, settings)]


def _line(one: Checked) -> str:
    """A claim in words: what it says, what was measured, and why the outcome is what it is."""
    note = f" {one.claim.note}" if one.claim.note else ""
    against = f" Another source says otherwise: {one.claim.contradicts}." if one.claim.contradicts else ""
    return (
        f"- {one.claim.id} ({one.claim.source}): {one.claim.says} Measured: {one.measured}. "
        f"{one.outcome.capitalize()}: {one.why}.{note}{against}"
    )


def _reading(found: Mapping[str, list[Checked]], settings: Settings) -> str:
    counts = counted([one for checked in found.values() for one in checked])
    lines = [f"{outcome} ({count}): {OUTCOMES[outcome]}" for outcome, count in counts.items()]
    lines.append(
        "An outcome is about the simulated market, whose effects and rates are assumed, not about yours."
    )
    if settings.replicates < LEAST_REPLICATES:
        lines.append(f"Fewer than {LEAST_REPLICATES} replicates: read no outcome as final.")
    return "How to read this\n" + "\n".join(f"- {line}" for line in lines)


def _sheet(found: Mapping[str, list[Checked]]) -> Sheet:
    header = (
        *("scenario", "claim", "source", "metric", "variant", "against", "compare", "unit"),
        *("mean", "low", "high", "claimed_low", "claimed_high", "outcome", "why", "says"),
    )
    rows = tuple(_row(one) for checked in found.values() for one in checked)
    return Sheet(header, rows)


def _row(one: Checked) -> tuple[Any, ...]:
    claim = one.claim
    return (
        *(one.scenario, claim.id, claim.source, claim.metric, claim.variant, claim.against, claim.compare),
        *(one.unit, one.estimate["mean"], one.estimate["low"], one.estimate["high"], *claim.agreeing),
        *(one.outcome, one.why, claim.says),
    )


def _figures(found: Mapping[str, Sequence[Checked]]) -> dict[str, Any]:
    from experiments.plots.claims import claims_data

    names = {"claims" if len(found) == 1 else f"claims-{name}": checked for name, checked in found.items()}
    return {name: claims_data(checked) for name, checked in names.items()}
