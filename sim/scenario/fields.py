"""What the schema knows at a path: its fields, the nearest name, and the names kept for later versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel

from sim.scenario.marks import shown
from sim.scenario.schema import Scenario

Path = tuple[str | int, ...]

#: Names of the model that this version does not simulate: refused, never silently ignored.
NOT_SIMULATED = frozenset({
    "affinity_matrix", "audience", "auction", "daypart", "dayparts", "network", "rival", "rivals", "season",
    "seasonality",
})  # fmt: skip
_LONGEST_WORD = 60
_MOST_NAMES = 200


def nearest(word: str, choices: Iterable[str]) -> str:
    """A hint that names the nearest choice, or a few of them when none is near."""
    names = sorted(choices)
    search = len(word) <= _LONGEST_WORD and len(names) <= _MOST_NAMES  # difflib is slow
    near = get_close_matches(word, names, n=1) if search else []
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known here: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def dotted(path: Sequence[str | int]) -> str:
    """A path as the user would write it."""
    return ".".join(shown(str(part)) for part in path)


def field_names(path: Path) -> tuple[str, ...]:
    """The fields of the block at a path; empty where the schema has no block of named fields."""
    return tuple(name for kind in _kinds_at(path) for name in _model_fields(kind))


def is_optional_block(path: Path) -> bool:
    """Whether a path names a declared field that holds a mapping, so that it may be opened by an override."""
    return bool(path) and str(path[-1]) in field_names(path[:-1]) and any(map(_holds_fields, _kinds_at(path)))


def _kinds_at(path: Path) -> list[object]:
    kinds: list[object] = [Scenario]
    for part in path:
        kinds = [kind for parent in kinds for kind in _below(parent, str(part))]
    return kinds


def _below(kind: object, part: str) -> Iterator[object]:
    if part in (fields := _model_fields(kind)):
        yield from _alternatives(fields[part])
    elif get_origin(kind) is dict:
        yield from _alternatives(get_args(kind)[1])
    elif get_origin(kind) is tuple:
        yield from _alternatives(get_args(kind)[0])


def _alternatives(annotation: object) -> Iterator[object]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _alternatives(choice)
    else:
        yield annotation


def _model_fields(kind: object) -> dict[str, object]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: info.annotation for name, info in kind.model_fields.items()}
    return {}


def _holds_fields(kind: object) -> bool:
    return get_origin(kind) is dict or bool(_model_fields(kind))
