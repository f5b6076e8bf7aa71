"""The end of every report: what was assumed, what no interval covers, and where the numbers come from."""

from __future__ import annotations

from typing import Any

from experiments.report.blocks import Block, Fact, Facts, Items, Text
from experiments.report.folder import RunFolder
from experiments.report.labels import currency_of, replicates_of
from experiments.report.speech import Speech

#: Options that change where an answer goes and how fast, not what it is: option -> words that follow it.
NO_MATTER = {"--out": 1, "--jobs": 1, "--quiet": 0, "--json": 0}
#: Commands whose key figures compare with no spend at all.
INCREMENTAL = ("run", "compare", "optimize", "score")


def assumption_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """The scenario's own lines, then the limits of every simulation."""
    scenario, lines = folder.scenario or {}, []
    own = [say.chosen(line) for line in scenario.get("assumptions") or ()]
    notes = folder.summary.get("notes") or ()
    found: list[Block] = []
    if notes:
        language = "" if say.lang == "en" else "en"
        found = [Text(say("given_notes")), Items(tuple(notes), language)]
    if not_run := folder.summary.get("not_run"):
        found += [Text(say("not_run")), Items(tuple(not_run), "" if say.lang == "en" else "en")]
    if own:
        found += [Text(say("of_scenario")), Items(tuple(text for text, _ in own), own[0][1])]
    replicates = folder.record.get("replicates")
    if isinstance(replicates, int):
        several = say("chance_only", replicates=replicates_of(folder, say))
        lines = [say("no_interval") if replicates == 1 else several, say("inputs")]
    if folder.command == "optimize":
        lines.append(say("other_seed"))
    if folder.command in INCREMENTAL:
        lines.append(say("incremental"))
    population = scenario.get("population") or {}
    if population.get("agents") and population.get("people"):
        agents, people = (f"{population[name]:,}" for name in ("agents", "people"))
        lines.append(say("people", agents=agents, people=people, currency=currency_of(folder)))
    return [*found, Items(tuple(lines))] if lines else found


def provenance_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Enough to run it again; no time stamp, so that equal runs give equal pages."""
    record, summary = folder.record, folder.summary
    versions = {name: version for name, version in (record.get("versions") or {}).items() if version}
    known = {
        "scenario": ":".join(filter(None, (record.get("scenario"), record.get("variant")))),
        "digest": record.get("scenario_sha256"),
        "own_files": say.list([f"{name} {digest}" for name, digest in (record.get("inputs") or {}).items()]),
        "seed": record.get("seed"),
        "replicates_fact": record.get("replicates"),
        "engine": record.get("engine"),
        "solver": record.get("solver"),
        "runs": _runs(summary, say),
        "versions": say.list([f"{name} {version}" for name, version in versions.items()]),
        "command": typed(record.get("command") or []),
        "files": say.list([f"{name}.csv" for name in (*folder.sheets, *folder.plans)]),
    }
    facts = tuple(Fact(say(key), str(value)) for key, value in known.items() if value not in (None, ""))
    return [Facts(facts)]


def _runs(summary: Any, say: Speech) -> str | None:
    if not {"runs_used", "runs", "method", "judge"} <= set(summary):
        return None
    return say(
        "runs_value",
        used=summary["runs_used"],
        runs=summary["runs"],
        method=say.method(summary["method"]),
        judge=summary["judge"]["runs"],
    )


def typed(words: list[Any]) -> str:
    """The command as typed, without what changes no number."""
    import shlex

    kept, skip = [], 0
    for word in map(str, words):
        if skip:
            skip -= 1
        elif word in NO_MATTER:
            skip = NO_MATTER[word]
        elif word.partition("=")[0] not in NO_MATTER:
            kept.append(word)
    return shlex.join(kept)
