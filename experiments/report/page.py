"""The report: which sections each command has, in the order a decider reads, and their HTML.

Everything comes from the run directory. What no section places, figures or tables, follows before the
assumptions, so that nothing is dropped that a later version of a command writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from experiments.errors import ReportError
from experiments.report import budget, channels, closing, first, kpis, prices, rules, verdicts
from experiments.report.blocks import Block, Figure, Section, Text
from experiments.report.folder import RunFolder, open_folder
from experiments.report.guard_rail import guard_rail_blocks
from experiments.report.labels import replicates_of
from experiments.report.names import NAMES
from experiments.report.picture import picture
from experiments.report.plain import plain_table, plain_tables, unplaced
from experiments.report.speech import Speech
from experiments.report.told import told_blocks

#: Bytes of all drawings together; the page stays below 500 kB.
DRAWN = 380_000
#: A blank inside an amount, and a hyphen that is a minus.
AMOUNT = re.compile(r"(?<=\b[A-Z]{3}) (?=[-+\u2212\d])|(?<=\d) (?=(?:%|pp|bn|M|k)(?!\w))|(?<=\d) (?=\*)")
MINUS = re.compile(r"(?<![\w-])-(?=\d)")
Make = Callable[[RunFolder, Speech], Sequence[Block]]


@dataclass(frozen=True)
class Part:
    """A section to be: the key of its heading, what makes its blocks, the figures and tables it takes.

    Its first `before` blocks stand above its figures.
    """

    key: str
    make: Make = lambda folder, say: ()
    figures: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    before: int = 0


PARTS: dict[str, tuple[Part, ...]] = {
    "run": (
        Part("verdict", verdicts.run_verdict),
        Part("kpis_run", kpis.kpi_blocks, sheets=("kpis",)),
        Part("channels", channels.channel_blocks, ("reach-frequency",), ("channels",)),
        Part("funnel", figures=("funnel",)),
    ),
    "compare": (
        Part("verdict", verdicts.compare_verdict),
        Part("ranking", kpis.ranking_blocks, ("ranking",), ("ranking",)),
        Part("worlds", kpis.world_blocks, sheets=("worlds",)),
        Part("kpis", kpis.kpi_blocks, ("comparison",), ("kpis", "differences")),
        Part("paired_figures", figures=("difference-*",)),
        Part("funnel", figures=("funnel",)),
    ),
    "optimize": (
        Part("verdict", verdicts.optimize_verdict),
        Part("budget", budget.budget_blocks, ("budget",), ("budget",), before=1),
        Part("guard_rail", guard_rail_blocks, sheets=("guard_rail",)),
        Part("flights", budget.flight_blocks, ("flights",), ("flights",)),
        Part("kpis", kpis.kpi_blocks, ("difference",), ("kpis", "differences")),
        Part("curves", budget.curve_blocks, ("response_curves*",), ("curves", "trace")),
        Part("drivers", budget.driver_blocks, sheets=("marginal",)),
        Part("limits", prices.limit_blocks),
        Part("front", budget.front_blocks, ("pareto*",), ("pareto",)),
        Part("targets", budget.target_blocks, sheets=("targets",)),
        Part("rules", budget.rule_blocks, ("comparison",), ("finalists",)),
        Part("robustness", plain_tables("robustness"), ("robustness*",), ("robustness",)),
        Part("funnel", figures=("funnel",)),
    ),
    "score": (
        Part("verdict", verdicts.score_verdict),
        Part("plan_budget", figures=("budget",)),
        Part("kpis", kpis.kpi_blocks, ("difference",), ("kpis", "differences")),
        Part("channels", plain_tables("channels"), sheets=("channels", "delivery")),
        Part("funnel", figures=("funnel",)),
    ),
    "attribute": (
        Part("verdict", verdicts.attribute_verdict),
        Part("scoreboard", rules.scoreboard_blocks, ("scoreboard",), ("scoreboard",)),
        Part("shares", rules.share_blocks, ("attribution",), ("attribution", "budgets")),
        Part("regret", rules.regret_blocks, ("regret",), ("regret",)),
    ),
}
#: Commands without sections of their own show what they said.
TOLD = (Part("answer", lambda folder, say: told_blocks(folder.told, say.drawn), ("*",), ("*",), 1),)
LAST = (Part("assumptions", closing.assumption_blocks), Part("provenance", closing.provenance_blocks))


def report(path: Path, lang: str = "en") -> str:
    """The page of a run directory as HTML.

    Raises:
        ReportError: no run directory, a broken one, or one of a command that is not known.
    """
    folder = open_folder(path)
    if folder.command not in NAMES["command"]:
        raise ReportError(
            f"{path}: was written by '{folder.command}', which no report is known of; "
            f"commands: {', '.join(NAMES['command'])}"
        )
    say = Speech(lang)
    try:
        parts = sections(folder, say)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        raise ReportError(
            f"{path}: does not hold what a report of '{folder.command}' needs "
            f"({type(fault).__name__}: {fault}); run the command again"
        ) from fault
    return _html(folder, say, *_opened(folder, say, parts))


def _opened(folder: RunFolder, say: Speech, parts: list[Section]) -> tuple[Section | None, list[Section]]:
    """The first screen and what follows it: the verdict, or the sentence that an answer begins with."""
    start = parts[0] if parts else None
    if start is None or not start.blocks:
        return None, parts
    known = any(isinstance(block, Text) and block.look == "basis" for block in start.blocks)
    rests = [] if known else first.basis(folder, say)
    if start.id == "verdict":
        at = next((n for n, block in enumerate(start.blocks, 1) if _is_lead(block)), len(start.blocks))
        return replace(start, blocks=(*start.blocks[:at], *rests, *start.blocks[at:])), parts[1:]
    if not _is_lead(start.blocks[0]):
        return None, parts
    opening = Section("verdict", say.name("section", "verdict"), (start.blocks[0], *rests))
    following = replace(start, blocks=start.blocks[1:])
    return opening, [following, *parts[1:]] if following.blocks else parts[1:]


def _is_lead(block: Block) -> bool:
    return isinstance(block, Text) and block.look == "lead"


def sections(folder: RunFolder, say: Speech) -> list[Section]:
    """All sections that have something to show."""
    own = PARTS.get(folder.command) or (TOLD if folder.told else ())
    figures, left_out = _figures(folder, say)
    found = []
    for part in own:
        taken = [name for pattern in part.figures for name in figures if fnmatch(name, pattern)]
        blocks: list[Block] = [figures.pop(name) for name in dict.fromkeys(taken)]
        made = list(part.make(folder, say))
        found.append((part.key, [*made[: part.before], *blocks, *made[part.before :]]))
    claimed = {
        name for part in own for name in folder.sheets for pattern in part.sheets if fnmatch(name, pattern)
    }
    found.append(("figures", [*figures.values(), *left_out]))
    found.append(("tables", [plain_table(name, folder, say) for name in unplaced(folder, claimed)]))
    found += [(part.key, list(part.make(folder, say))) for part in LAST]
    return [Section(key, say.name("section", key), tuple(blocks)) for key, blocks in found if blocks]


def _figures(folder: RunFolder, say: Speech) -> tuple[dict[str, Figure], list[Block]]:
    """Drawings by name, as many as fit; a sentence on those that do not."""
    found, size, left_out = {}, 0, []
    for number, (name, text) in enumerate(folder.figures.items()):
        drawn = picture(text, f"figures/{name}.svg", prefix=f"f{number}-", words=say.drawn)
        size += len(drawn.body.encode())
        if size > DRAWN:
            left_out.append(f"{name}.svg")
            continue
        title = drawn.title or say.name("figure", name)
        above = "" if say.lang == "en" else _shown(name, say)
        lang = "" if say.lang == "en" else "en"
        found[name] = Figure(f"figure-{number}", title, drawn.box, drawn.body, above, lang, drawn.mark)
    note = [Text(say("left_out", names=say.list(left_out)), "note")] if left_out else []
    return found, note


def _shown(name: str, say: Speech) -> str:
    """What a figure shows, by its name or the part before a dash; empty where nobody named it."""
    stem, _, rest = (name, "", "") if name in NAMES["figure"] else name.partition("-")
    known = say.name("figure", stem, "")
    return f"{known}（{rest}）" if known and rest else known


def _html(folder: RunFolder, say: Speech, opening: Section | None, parts: list[Section]) -> str:
    import jinja2

    here = Path(__file__).parent
    loader = jinja2.FileSystemLoader(here)
    strict: dict[str, Any] = {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    environment = jinja2.Environment(loader=loader, autoescape=True, **strict)
    environment.filters["set"] = typeset
    page = environment.get_template("page.html")
    style = (here / "page.css").read_text(encoding="utf-8")
    return page.render(say=say, head=_head(folder, say), opening=opening, sections=parts, style=style)


def typeset(text: str) -> str:
    """Amounts hold together at the end of a line, and a minus is no hyphen."""
    return AMOUNT.sub("\u00a0", MINUS.sub("\u2212", text))


def _head(folder: RunFolder, say: Speech) -> dict[str, Any]:
    """Title, question and one line on the run."""
    scenario = folder.scenario or {}
    name = str(folder.summary.get("scenario") or scenario.get("name") or "")
    title, title_lang = say.chosen(scenario["title"]) if scenario.get("title") else (name, "")
    question, question_lang = say.chosen(scenario["question"]) if scenario.get("question") else ("", "")
    seed, replicates = folder.record.get("seed"), replicates_of(folder, say)
    variant = folder.summary.get("variant")
    facts = [name, say("variant", name=variant) if isinstance(variant, str) else ""]
    if seed is not None and replicates:
        facts.append(say("lede", replicates=replicates, seed=seed))
    return {
        "kicker": say.name("command", folder.command) if title else "omnifunnel",
        "title": title or say.name("command", folder.command),
        "title_lang": title_lang,
        "question": question,
        "question_lang": question_lang,
        "facts": [fact for fact in facts if fact],
    }
