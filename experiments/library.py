"""The shipped scenarios as one list: what each asks, and of which market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.tables import Grid

if TYPE_CHECKING:
    from sim import Channel, Scenario, Segment


def library_document() -> dict[str, Any]:
    """Every shipped scenario, as JSON takes it."""
    from scenarios import library
    from sim import load

    return {"schema_version": 1, "scenarios": [_entry(load(name).scenario) for name in library()]}


def _entry(scenario: Scenario) -> dict[str, Any]:
    from sim import in_language

    calendar = scenario.calendar
    return {
        "name": scenario.name,
        "title": {language: in_language(scenario.title, language) for language in ("en", "zh")},
        "question": scenario.question,
        "people": scenario.population.people,
        "consumers": scenario.population.agents,
        "currency": scenario.currency,
        "start": calendar.start.isoformat(),
        "period": calendar.period.value,
        "periods": calendar.periods,
        "tail": calendar.tail,
        "channels": _labels(scenario.channels),
        "segments": _labels(scenario.segments),
        "sources": list(scenario.sources),
        "variants": list(scenario.variants),
        "claims": len(scenario.claims),
    }


def _labels(blocks: Mapping[str, Channel] | Mapping[str, Segment]) -> dict[str, dict[str, str]]:
    """Id -> label by language; the id where there is none."""
    from sim import in_language

    return {
        name: {language: in_language(block.label or name, language) for language in ("en", "zh")}
        for name, block in blocks.items()
    }


def library_sections(document: dict[str, Any]) -> list[str | Grid]:
    """A table of the markets, and under it what each scenario is about."""
    rows = tuple(
        (
            one["name"],
            f"{one['people']:,}",
            one["currency"],
            f"{one['periods']} {one['period']}s + {one['tail']}",
            str(len(one["channels"])),
            str(len(one["variants"])),
            str(one["claims"]),
        )
        for one in document["scenarios"]
    )
    header = ("Scenario", "People", "Money", "Periods + tail", "Channels", "Variants", "Claims")
    return [
        Grid("Shipped scenarios", header, rows),
        "\n".join(map(_about, document["scenarios"])),
        "Run one: omnifunnel run NAME. Start your own from one: omnifunnel new my.yaml --from NAME",
    ]


def _about(one: dict[str, Any]) -> str:
    titles = dict.fromkeys(one["title"].values())
    sources = f" Sources: {', '.join(one['sources'])}." if one["sources"] else ""
    return f"- {one['name']}: {' / '.join(titles)}. {one['question']}{sources}"
