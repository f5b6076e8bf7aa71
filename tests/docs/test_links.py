"""Every relative link, image and anchor in the docs resolves to a file that is part of the project."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

FENCE = re.compile(r"^\s*```.*?^\s*```\s*$", re.MULTILINE | re.DOTALL)
TARGETS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)"),
    re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE),
    re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)=[\"']([^\"']+)[\"']"),
)
ELSEWHERE = re.compile(r"^(https?:|mailto:)")
#: Folders that hold what a run makes: not part of a checkout.
MADE = ("runs", ".venv", "build", "dist")


def targets(text: str) -> list[str]:
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))
    return [target for pattern in TARGETS for target in pattern.findall(prose)]


def anchors(text: str) -> set[str]:
    """Anchors of the headings, as the usual renderers name them."""
    headings = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def link_faults(path: str, text: str, root: Path) -> list[str]:
    found = []
    for target in targets(text):
        if ELSEWHERE.match(target):
            continue
        name, _, anchor = unquote(target).partition("#")
        place = (root / path).parent / name if name else root / path
        inside = place.resolve().is_relative_to(root.resolve())
        if not inside or not place.exists():
            found.append(f"{path}: {target} does not exist")
        elif place.resolve().relative_to(root.resolve()).parts[:1] in [(made,) for made in MADE]:
            found.append(f"{path}: {target} is made by a run and not part of the project")
        elif anchor and place.suffix == ".md" and anchor not in anchors(place.read_text(encoding="utf-8")):
            found.append(f"{path}: {target} has no such heading")
    return found


def test_every_link_resolves(pages: dict[str, str], root: Path) -> None:
    assert [fault for path, text in pages.items() for fault in link_faults(path, text, root)] == []


@pytest.mark.parametrize(
    "text",
    [
        "[a](missing.md)",
        '![a](missing.png "title")',
        '<img width="3" src="missing.png">',
        "[a]: missing.md",
        "[a](#no-such-heading)",
        "[a](other.md#no-such-heading)",
        "[a](../outside.md)",
        "![a](runs/plot.png)",
    ],
)
def test_a_broken_link_is_caught(text: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "runs").mkdir(parents=True)
    for name in ("page.md", "other.md", "runs/plot.png", "../outside.md"):
        (root / name).write_text("# One\n", encoding="utf-8")
    assert link_faults("page.md", text, root)


def test_sound_links_pass(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("# What it does: a test\n", encoding="utf-8")
    text = (
        "# Top\n[a](docs/page.md) [b](docs/page.md#what-it-does-a-test) [c](#top) [d](https://example.org/x) "
        "`[e](code.md)`\n```text\n[f](block.md)\n```\n"
    )
    assert link_faults("page.md", "\n", tmp_path) == []
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert link_faults("page.md", text, tmp_path) == []
