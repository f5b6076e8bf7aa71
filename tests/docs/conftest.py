"""The prose under test and a small reader of Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """Every page a user reads: path relative to the checkout -> text."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    found = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}
    assert {"README.md", "CHANGELOG.md", "docs/index.md", "docs/model.md"} <= set(found)
    return found
