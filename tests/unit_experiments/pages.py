"""Run directories for the tests of the report, and a strict reader of the pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from click.testing import CliRunner

from experiments.cli import main

SMALL = ["--set", "population.agents=300", "--replicates", "3", "--quiet"]
#: Kind -> the words of the command; every one writes a directory.
KINDS = {
    "run": ["run", "beauty-launch"],
    "compare": ["compare", "beauty-launch", "--variants", "silo,unified,seed_first"],
    "optimize": [
        *("optimize", "beauty-launch", "--objective", "profit,ltv", "--runs", "20", "--flights", "2"),
        *("--limit", "douyin_feed=2000000", "--budget", "12000000"),
    ],
    "cheapest": ["optimize", "beauty-launch", "--minimize", "spend", "--target", "roi=0.5", "--runs", "20"],
    "attribute": ["attribute", "beauty-launch", "--rules", "first,last,markov_1"],
    "customers": ["customers", "beauty-launch"],
}
VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}
#: Elements that fetch or run something; a page has none of them.
ACTIVE = {"script", "iframe", "object", "embed", "audio", "video", "source", "form", "base", "foreignobject"}


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def make(kind: str, out: Path, *more: str) -> Path:
    result = invoke(*KINDS[kind], *SMALL, *more, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


class Page(HTMLParser):
    """Reads a page and keeps every fault of its structure."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[int] = []
        self.lang = ""
        self.text: list[str] = []
        self.counts: dict[str, int] = {}
        self.feed(text)
        self.close()
        self._finish()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag in ACTIVE:
            self.faults.append(f"<{tag}>")
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if tag == "th" and "scope" not in attributes:
            self.faults.append("a table heading without scope")
        if tag == "svg" and not (attributes.get("role") == "img" and "aria-labelledby" in attributes):
            self.faults.append("a picture without a name")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attributes.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or "javascript:" in value.lower():
            self.faults.append(f"{name}={value}")
        if name == "id":
            self.ids.append(value)
        if name in ("src", "srcset", "action", "data", "poster"):
            self.faults.append(f"<{tag} {name}={value}>")
        if name in ("href", "xlink:href"):
            if value.startswith("#"):
                self.references.append(value[1:])
            elif not value.startswith("data:"):
                self.faults.append(f"<{tag} {name}={value}>")
        if name == "aria-labelledby":
            self.references.append(value)
        for target in re.findall(r"url\(([^)]*)\)", value):
            self.references.append(target.removeprefix("#"))

    def _finish(self) -> None:
        self.faults += [f"<{tag}> is not closed" for tag in self.open]
        self.faults += [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]
        self.faults += [f"no #{one}" for one in set(self.references) - set(self.ids)]
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.faults.append(f"headings {self.headings}")
        if any(after > before + 1 for before, after in zip(self.headings, self.headings[1:], strict=False)):
            self.faults.append(f"a heading is skipped in {self.headings}")
        if self.counts.get("figure", 0) != self.counts.get("figcaption", 0):
            self.faults.append("a figure without a caption")

    @property
    def words(self) -> str:
        """All text, spaces made one."""
        return " ".join(" ".join(self.text).split())
