"""The page docs/claims.md: every claim of the shipped scenarios with what came of it.

A section is kept as it stands while nothing it depends on has changed: the scenario, what the engine counts,
seed and replicates. The prints of these stand in a comment above it, so that a test can tell at little cost
whether the page is current, and an interrupted writing goes on where it stopped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import texts
from experiments.claims.answer import claiming
from experiments.claims.checking import check_claims, engine_print, scenario_print
from experiments.claims.outcomes import OUTCOMES, Checked, counted
from experiments.console import note
from experiments.runner import open_case

if TYPE_CHECKING:
    from experiments.commands.options import Settings

_MARK = re.compile(r"<!-- claims (\{.*?\}) -->\n(.*?)<!-- end of claims -->\n", re.DOTALL)
_INTRO = """\
# Claims, checked by running

The sources of this project state many effects and give no data for them. Shipped scenarios put such
statements into a form that a run can check: what is measured, on which variant, against which other one, and
which values agree. This page is written by `omnifunnel claims --write docs/claims.md`;
[Scenarios](scenarios.md) tells how to write claims of your own.

An outcome is about a simulated market whose effects and rates are assumed. A claim that holds is possible
under these assumptions, not proven; one that fails would need others.

| Outcome | Meaning |
| --- | --- |
{meanings}
"""
_CONFLICTS = """\
## Where sources contradict each other

These sources cannot all be right. Neither side is taken for granted: each is run like any other claim.

| Claim | Source | Says | Against it | Simulated (95 % interval) | Claimed | Outcome |
| --- | --- | --- | --- | --- | --- | --- |
{rows}
"""
_HEAD = """\
| Claim | Source | Says | Measured | Simulated (95 % interval) | Claimed | Outcome |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Section:
    """What the page says of one scenario.

    Attributes:
        key: what it depends on; equal keys mean that it need not be run again.
        facts: name, outcomes by count, and rows of contradictions.
        text: Markdown.
    """

    key: Mapping[str, Any]
    facts: Mapping[str, Any]
    text: str

    def marked(self) -> str:
        """The section with its marks, as it stands on the page."""
        # a comment ends at two hyphens
        data = json.dumps({"key": self.key, **self.facts}, ensure_ascii=False).replace("--", "\\u002d\\u002d")
        return f"<!-- claims {data} -->\n{self.text}<!-- end of claims -->\n"


def write_page(path: Path, settings: Settings, *, fresh: bool = False) -> None:
    """Write the page, scenario by scenario; what is there after an interruption is whole.

    Args:
        path: the page; its folder must exist.
        settings: seed and replicates of every section.
        fresh: also run again what is current.
    """
    names = claiming()
    sections = {name: section for name, section in read_page(path).items() if name in names}
    for number, name in enumerate(names, start=1):
        key = section_key(name, settings)
        if fresh or name not in sections or sections[name].key != key:
            title = f"checking {name} ({number} of {len(names)})"
            note(title, quiet=settings.quiet)
            sections[name] = section_of(name, settings, title=title)
        _replace(path, page_text([sections[one] for one in names if one in sections]))
    note(f"written to {path}", quiet=settings.quiet)


def section_key(name: str, settings: Settings) -> dict[str, Any]:
    """Everything that a section depends on."""
    return {
        "scenario_sha256": scenario_print(open_case(name)),
        "engine": engine_print(name),
        "seed": settings.seed,
        "replicates": settings.replicates,
    }


def section_of(name: str, settings: Settings, *, title: str = "") -> Section:
    """Run a shipped scenario's claims and put its section together."""
    case, checked = check_claims(name, settings, title=title)
    return _section(section_key(name, settings), case.file.scenario.question, checked)


def read_page(path: Path) -> dict[str, Section]:
    """Sections of a page by scenario; none if there is no such page."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = {}
    for data, body in _MARK.findall(text):
        facts = json.loads(data)
        found[facts["name"]] = Section(facts.pop("key"), facts, body)
    return found


def page_text(sections: Sequence[Section]) -> str:
    """The whole page."""
    meanings = "\n".join(f"| {outcome} | {meaning} |" for outcome, meaning in OUTCOMES.items())
    rows = [row for section in sections for row in section.facts["conflicts"]]
    parts = [_INTRO.format(meanings=meanings), _overview(sections)]
    if rows:
        parts.append(_CONFLICTS.format(rows="\n".join(_line(row) for row in sorted(rows, key=_pair))))
    return "\n".join([*parts, *(section.marked() for section in sections)])


def _pair(row: Sequence[str]) -> tuple[list[str], str]:
    """Both sides of a contradiction have one place, the source named first in the list of facts first."""
    other = re.split(r"[,:]", row[3])[0]
    return sorted([row[1], other]), row[1]


def _overview(sections: Sequence[Section]) -> str:
    lines = [
        "## All scenarios\n",
        _line(["Scenario", "Claims", *OUTCOMES]),
        _line(["---"] * (2 + len(OUTCOMES))),
    ]
    for section in sections:
        name, counts = section.facts["name"], section.facts["outcomes"]
        cells = [f"[{name}](#{name})", sum(counts.values()), *(counts.get(one, 0) for one in OUTCOMES)]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _section(key: Mapping[str, Any], question: str, checked: Sequence[Checked]) -> Section:
    name = checked[0].scenario
    title = f"## {name}\n\n{question}\n\n"
    how = f"{texts.replicates(checked[0].replicates).capitalize()}, seed {key['seed']}.\n\n"
    rows = "\n".join(_line(_cells(one)) for one in checked)
    remarks = "\n".join(f"- {one.claim.id}: {_remark(one)}" for one in checked)
    facts = {
        "name": name,
        "outcomes": counted(list(checked)),
        "conflicts": [_conflict(one) for one in checked if one.claim.contradicts],
    }
    return Section(key, facts, f"{title}{how}{_HEAD}{rows}\n\n{remarks}\n\n")


def _cells(one: Checked) -> list[str]:
    claim = one.claim
    return [
        claim.id,
        claim.source,
        claim.says,
        f"`{one.measured}`",
        one.simulated,
        one.claimed,
        f"**{one.outcome}**",
    ]


def _conflict(one: Checked) -> list[str]:
    claim = one.claim
    against = str(claim.contradicts)
    place = f"[{claim.id}](#{one.scenario})"
    return [place, claim.source, claim.says, against, one.simulated, one.claimed, f"**{one.outcome}**"]


def _remark(one: Checked) -> str:
    return f"{one.why}.{' ' + one.claim.note if one.claim.note else ''}"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _replace(path: Path, text: str) -> None:
    """Put the new page in the place of the old one at once."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
