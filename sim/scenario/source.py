"""Load a scenario: files, variant and overrides in, one validated scenario out, or every fault at once.

The layers, later ones win: what the file extends, the file, the variant, `--set`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.market.plan import Plan
from sim.scenario.calendar import assemble, period_starts
from sim.scenario.checks import MARKET_CHECKS, Parts
from sim.scenario.checks_behaviour import BEHAVIOUR_CHECKS
from sim.scenario.checks_channel import CHANNEL_CHECKS
from sim.scenario.checks_claims import CLAIM_CHECKS
from sim.scenario.checks_plan import PLAN_CHECKS
from sim.scenario.faults import Problem, bounded, schema_problems
from sim.scenario.fields import nearest
from sim.scenario.layers import Files, Override, apply, read_overrides, variant_overrides, without
from sim.scenario.marks import Mark, Node, shown
from sim.scenario.schema import Scenario
from sim.scenario.types import MAX_VARIANTS

CHECKS = (*MARKET_CHECKS, *CHANNEL_CHECKS, *BEHAVIOUR_CHECKS, *PLAN_CHECKS, *CLAIM_CHECKS)
#: A document with more is read no further; far more than a person reads at once.
MAX_PROBLEMS = 500
_HISTORY_FILE = ("plan", "history", "file")


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario that was read and found valid.

    Attributes:
        scenario: the typed scenario.
        folder: where the file lies.
        source: the file as the user named it.
        document: the plain mapping after extends, variant and overrides; it can be written as YAML or JSON.
        history_file: the file of `plan.history`, if there is one.
    """

    scenario: Scenario
    folder: Path
    source: str
    document: dict[str, Any]
    history_file: Path | None = None

    def status_quo(self) -> Plan:
        """What is spent today, over the paid periods, channels in sorted order.

        Raises:
            PlanError: if the history file cannot be read as spend.
        """
        from sim.market.spend_csv import read_spend

        calendar, block = self.scenario.calendar, self.scenario.plan.history
        past = None
        if block is not None and self.history_file is not None:
            past = read_spend(
                self.history_file,
                channels=sorted(self.scenario.channels),
                periods=calendar.periods,
                columns=block.columns,
                date_column=block.date_column,
                dates=period_starts(calendar.start, calendar.period, calendar.periods),
            )
        return assemble(self.scenario, past)


def load(source: str | Path, *, overrides: Sequence[str] = (), variant: str | None = None) -> ScenarioFile:
    """Read and check a scenario.

    Without a variant, every variant of the file is checked as well.

    Args:
        source: a shipped scenario's name, or a path.
        overrides: settings `a.b=c`, the value written as YAML.
        variant: the variant to apply.

    Raises:
        ScenarioError: with every fault found.
    """
    files = Files()
    settings, faults = read_overrides(overrides)
    base = files.read(str(source))
    if base is None:
        raise ScenarioError(bounded([*files.faults, *faults], files.names))
    faults = [*files.faults, *faults]
    chosen, tree = base, base
    if variant is not None:
        chosen, wrong = _choose(base, variant)
        faults += wrong
    tree, wrong = apply(chosen, settings)
    faults += wrong
    faults += [problem.fault(tree) for problem in _problems(tree, files)]
    if variant is None:
        faults += _variant_faults(base, settings, files)
    if faults:
        raise ScenarioError(bounded(faults, files.names))
    document = tree.plain()
    assert isinstance(document, dict)
    return ScenarioFile(
        Scenario.model_validate(document),
        files.folder,
        str(source),
        document,
        _history_file(tree, files),
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario file, for editors.

    A file that extends another may leave fields out, so only its top-level names are checked.
    """
    full = Scenario.model_json_schema()
    definitions = full.pop("$defs", {})
    names = list(full["properties"])
    extends = {
        "type": "string",
        "description": "a shipped scenario's name, or a file below this one's folder",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "omnifunnel scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {
            "properties": {**dict.fromkeys(names, True), "extends": extends},
            "additionalProperties": False,
        },
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {**definitions, "Scenario": full},
    }


def _problems(tree: Node, files: Files) -> list[Problem]:
    return list(islice(_every_problem(tree, files), MAX_PROBLEMS))


def _every_problem(tree: Node, files: Files) -> Iterator[Problem]:
    plain = tree.plain()
    yield from schema_problems(plain)
    assert isinstance(plain, dict)
    parts = Parts(plain)
    for check in CHECKS:
        yield from check(parts)
    path = _history_file(tree, files)
    if path is not None and not _is_file(path):
        yield Problem(_HISTORY_FILE, "must be a file, by its path from the scenario's folder")


def _history_file(tree: Node, files: Files) -> Path | None:
    node = tree.at(_HISTORY_FILE)
    if node is None or not isinstance(node.value, str):
        return None
    return files.folders.get(node.mark.file, files.folder) / node.value


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _choose(base: Node, variant: str) -> tuple[Node, list[Fault]]:
    block = base.at(("variants",))
    chosen = block.child(variant) if block else None
    if block is None or chosen is None:
        names = list(block.value) if block and isinstance(block.value, dict) else []
        rule = f"has no variant '{shown(variant)}', only {', '.join(names)}" if names else "has no variants"
        mark = block.mark if block else base.mark
        hint = nearest(variant, names) if names else ""
        return base, [mark.fault(rule, path="variants", hint=hint if hint.startswith("did") else "")]
    tree, faults = apply(base, variant_overrides(chosen), prefix=f"variants.{shown(variant)}.")
    return without(without(tree, "variants"), "claims"), faults


def _variant_faults(base: Node, settings: Sequence[Override], files: Files) -> list[Fault]:
    """Faults that a scenario has only with one of its variants."""
    block = base.at(("variants",))
    if block is None or not isinstance(block.value, dict) or len(block.value) > MAX_VARIANTS:
        return []
    plain_tree, _ = apply(base, settings)
    plain_faults = {_what(problem, plain_tree) for problem in _problems(plain_tree, files)}
    faults: list[Fault] = []
    for name, node in block.value.items():
        prefix = f"variants.{shown(name)}."
        overrides = variant_overrides(node)
        # claims are about the file as it stands, so they are checked once, without a variant
        varied, wrong = apply(without(base, "claims"), overrides, prefix=prefix)
        tree, _ = apply(varied, settings)
        faults += wrong
        for problem in _problems(tree, files):
            if _what(problem, tree) not in plain_faults:
                mark = _asked(problem, overrides) or block.keys[name]
                faults.append(
                    problem.fault(tree, prefix=prefix, mark=_within(problem, tree, overrides) or mark)
                )
    return faults


def _what(problem: Problem, tree: Node) -> tuple[str, str, str]:
    fault = problem.fault(tree)
    return fault.path, fault.rule, fault.got


def _within(problem: Problem, tree: Node, overrides: Sequence[Override]) -> Mark | None:
    """The problem's own place, if it lies in a value that an override put there."""
    for override in reversed(overrides):
        texts = tuple(map(str, problem.path))
        if texts[: len(override.path)] == override.path:
            return problem.place(tree)
    return None


def _asked(problem: Problem, overrides: Sequence[Override]) -> Mark | None:
    """The override that touches what the problem is about."""
    texts = tuple(map(str, problem.path))
    for override in overrides:
        if override.path[: len(texts)] == texts:
            return override.mark
    return None
