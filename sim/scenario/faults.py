"""From what is wrong to a fault with its place, in plain words.

`Problem` is what checks report: a path and a rule. pydantic's errors become problems by one literal table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault
from sim.scenario.fields import NOT_SIMULATED, Path, dotted, field_names, nearest
from sim.scenario.marks import Mark, Node, shown
from sim.scenario.schema import Scenario

#: Faults reported at once; a file with more is told how many there are.
MAX_FAULTS = 50


@dataclass(frozen=True)
class Problem:
    """Something wrong at a path.

    Attributes:
        path: where, from the top of the scenario.
        rule: what must hold.
        got: what stands there; None takes the text of the value itself.
        hint: what to do.
        at_key: the place is the key, not its value.
    """

    path: Path
    rule: str
    got: str | None = None
    hint: str = ""
    at_key: bool = False

    def place(self, tree: Node) -> Mark:
        """Where it stands: the value, its key, or the nearest enclosing value that exists."""
        node = tree
        for depth, part in enumerate(self.path):
            if self.at_key and depth == len(self.path) - 1 and str(part) in node.keys:
                return node.keys[str(part)]
            below = node.child(part)
            if below is None:
                break
            node = below
        return node.mark

    def fault(self, tree: Node, *, prefix: str = "", mark: Mark | None = None) -> Fault:
        """The fault as the user reads it."""
        found = tree.at(self.path)
        got = self.got if self.got is not None else (found.got if found else "")
        where = prefix + dotted(self.path)
        return (mark or self.place(tree)).fault(self.rule, path=where, got=got, hint=self.hint)


#: pydantic's error type -> the rule in words; {names} come from the error's context.
RULES: Mapping[str, str] = {
    "missing": "is required",
    "greater_than": "must be > {gt:g}",
    "greater_than_equal": "must be >= {ge:g}",
    "less_than": "must be < {lt:g}",
    "less_than_equal": "must be <= {le:g}",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_too_long": "must be at most {max_length} characters long",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "tuple_type": "must be a list",
    "date_type": "must be a date written like 2026-09-07",
    "too_long": "must hold at most {max_length}",
    "too_short": "must hold at least {min_length}",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "must be an id: a-z first, then a-z, 0-9 and _",
    r"^[a-z][a-z0-9_-]*$": "must be a short name: a-z first, then a-z, 0-9, - and _",
    r"^[A-Z]{3}$": "must be three capital letters, like CNY",
    r"^[A-Z][0-9]*(\.[0-9]+)?[,:] .": "must begin with a code and a colon, like A1.5: what it says",
    r"^[A-Z][0-9]*(\.[0-9]+)?$": "must be a code of the list of facts, like A0.9",
}
_TAGS = ("<number>", "<by segment>", "<text>", "<languages>")
_UNIONS = {
    "<number>": "must be a number, or a mapping of segment: share",
    "<text>": "must be text, or {en: , zh: }",
}


def schema_problems(plain: object) -> Iterator[Problem]:
    """Every way in which a plain document breaks the schema."""
    try:
        Scenario.model_validate(plain)
    except ValidationError as error:
        yield from map(_problem, error.errors(include_url=False))


def _problem(error: ErrorDetails) -> Problem:
    loc = error["loc"]
    at_key = "[key]" in loc
    path = tuple(part for part in loc if part != "[key]" and part not in _TAGS)
    if error["type"] == "extra_forbidden":
        return _unknown(path)
    if error["type"] == "missing":
        return Problem(path, RULES["missing"], "")
    rule, hint = _rule(error), ""
    if loc and loc[-1] in _UNIONS and error["type"] in ("float_type", "string_type"):
        rule = _UNIONS[str(loc[-1])]
    if error["type"] == "enum":
        rule = rule.replace("'", "").replace(" or ", ", ")
        hint = nearest(str(error["input"]), rule.removeprefix("must be one of ").split(", "))
        hint = hint if hint.startswith("did") else ""
    return Problem(path, rule, shown(str(path[-1])) if at_key else None, hint, at_key)


def _rule(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"must match {context['pattern']}")
    if kind in RULES:
        return RULES[kind].format(**context)
    words = error["msg"].removeprefix("Value error, ")
    return words if kind == "rule" else f"is not valid: {shown(words)}"


def _unknown(path: Path) -> Problem:
    name = str(path[-1])
    if name in NOT_SIMULATED:
        return Problem(path, "is not simulated by this version", "", "leave it out", at_key=True)
    return Problem(path, "unknown field", "", nearest(name, field_names(path[:-1])), at_key=True)


def bounded(faults: Sequence[Fault], files: Sequence[str]) -> list[Fault]:
    """Faults in the order of the files and of their lines, each once, at most `MAX_FAULTS` of them."""
    rank = {file: number for number, file in enumerate(files)}
    ordered = sorted(dict.fromkeys(faults), key=lambda f: (rank.get(f.file, len(rank)), f.line, f.column))
    if len(ordered) <= MAX_FAULTS:
        return ordered
    more = len(ordered) - MAX_FAULTS
    return [*ordered[:MAX_FAULTS], Fault(ordered[0].file, 0, 0, "", f"and {more} more faults")]
