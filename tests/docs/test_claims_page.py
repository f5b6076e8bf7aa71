"""docs/claims.md says what claims give now: prints of all scenarios, and one of them run again in full."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from experiments.claims.answer import claiming
from experiments.claims.checking import LEAST_REPLICATES
from experiments.claims.page import page_text, read_page, section_key, section_of
from experiments.commands.options import Settings

RENEW = "run `omnifunnel claims --write docs/claims.md` and read what changed"
#: Its claims take a second or two.
CHEAP = "conflicting-rules"


@pytest.fixture(scope="module")
def page(root: Path) -> Path:
    return root / "docs" / "claims.md"


def settings_of(page: Path, name: str) -> Settings:
    key = read_page(page)[name].key
    return Settings("compiled", key["replicates"], key["seed"], (), None, None, False, True)


def test_every_scenario_with_claims_has_a_current_section(page: Path) -> None:
    sections = read_page(page)
    assert list(sections) == claiming(), RENEW
    for name, section in sections.items():
        assert section.key == section_key(name, settings_of(page, name)), f"{name}: {RENEW}"
        assert section.key["replicates"] >= LEAST_REPLICATES


def test_the_page_is_put_together_from_its_sections(page: Path) -> None:
    assert page_text(list(read_page(page).values())) == page.read_text(encoding="utf-8"), RENEW


def test_a_scenario_run_again_gives_the_section_that_stands_there(page: Path) -> None:
    assert section_of(CHEAP, settings_of(page, CHEAP)) == read_page(page)[CHEAP], RENEW


def test_a_change_is_noticed(page: Path) -> None:
    settings = settings_of(page, CHEAP)
    assert section_key(CHEAP, settings) != section_key(CHEAP, dataclasses.replace(settings, seed=2))


def test_the_docs_list_every_metric(pages: dict[str, str]) -> None:
    from sim import ARGUMENTS, CLAIM_METRICS

    for name, metric in CLAIM_METRICS.items():
        spelled = f"{name}:{ARGUMENTS[metric.argument]}" if metric.argument else name
        assert f"| `{spelled}` | {metric.unit} | {metric.says} |" in pages["docs/scenarios.md"], spelled
