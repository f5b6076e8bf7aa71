"""YAML text to a tree in which every value remembers where it stands.

Only events are taken from PyYAML; values follow `scalars`. What a scenario does not need is refused, each
with its place: duplicate keys, tags, merge keys, several documents, deep nesting, aliases that grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from sim.errors import Fault
from sim.scenario.scalars import Scalar, resolve

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
#: Nodes of a file once its aliases are expanded; 64 characters of text count as one more node.
MAX_SIZE = 50_000
_SHOWN = 60


class _Point(Protocol):
    """PyYAML's marks, of its Python or its C reader: counted from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place: file as the user named it, 1-based line and column; line 0 when there is no file."""

    file: str
    line: int = 0
    column: int = 0

    def fault(self, rule: str, *, path: str = "", got: str = "", hint: str = "") -> Fault:
        """A fault that stands here."""
        return Fault(self.file, self.line, self.column, path, rule, got, hint)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place.

    Attributes:
        mark: where the value starts.
        value: a scalar, a list of nodes, or a mapping of nodes by key; keys are always text.
        got: the value as the user wrote it, on one line.
        keys: where each key of a mapping stands.
        size: nodes once aliases are expanded.
        depth: levels of nesting, 1 for a scalar.
    """

    mark: Mark
    value: Scalar | list[Node] | dict[str, Node]
    got: str = ""
    keys: dict[str, Mark] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: tuple[str | int, ...]) -> Node | None:
        """The node at a path, or None."""
        node: Node | None = self
        for part in path:
            node = node.child(part) if node else None
        return node

    def child(self, part: str | int) -> Node | None:
        """The value under a key, or at an index."""
        if isinstance(self.value, dict):
            return self.value.get(str(part))
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            return self.value[part]
        return None


def shown(text: str) -> str:
    """A piece of user's text on one printable line of bounded length."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def parse(text: str, file: str, *, at: Mark | None = None) -> tuple[Node | None, list[Fault]]:
    """Read one YAML document.

    Args:
        text: the document.
        file: name for messages.
        at: the place of every value, for text that comes from no file.

    Returns:
        The tree and its faults; None when the text could not be read to the end.
    """
    composer = _Composer(file, at)
    try:
        return composer.document(text), composer.faults
    except yaml.MarkedYAMLError as error:
        composer.add(error.problem_mark or error.context_mark, f"not YAML: {_sentence(error)}")
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        mark = at or Mark(file, line, column)
        composer.faults.append(
            mark.fault("must not hold control characters", got=shown(text[error.position]))
        )
    except _Stop:
        pass
    except (ValueError, OverflowError):  # PyYAML passes "\UFFFFFFFF" to chr()
        composer.add(composer.last, "not YAML: an escape names a character that does not exist")
    return None, composer.faults


def _sentence(error: yaml.MarkedYAMLError) -> str:
    words = error.problem or "it cannot be read"
    if "\\t" in words:
        return "a tab cannot indent or start a value, use spaces"
    return shown(words) if not error.context else f"{shown(words)} {shown(error.context)}"


class _Stop(Exception):
    """The rest of the text is not worth reading."""


class _Composer:
    """Builds nodes from events; recursion is as deep as the text is, at most `MAX_DEPTH`."""

    def __init__(self, file: str, at: Mark | None) -> None:
        self.file, self.fixed = file, at
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node | None] = {}
        self.size = 0
        self.last: _Point | None = None
        self.events: Iterator[yaml.Event] = iter(())

    def mark(self, mark: _Point | None) -> Mark:
        if self.fixed:
            return self.fixed
        return Mark(self.file, mark.line + 1, mark.column + 1) if mark else Mark(self.file, 1, 1)

    def add(self, mark: _Point | None, rule: str, *, got: str = "", hint: str = "") -> None:
        self.faults.append(self.mark(mark).fault(rule, got=got, hint=hint))

    def stop(self, mark: _Point | None, rule: str, *, hint: str = "") -> _Stop:
        self.add(mark, rule, hint=hint)
        return _Stop()

    def next(self) -> yaml.Event:
        event = next(self.events)
        self.last = event.start_mark
        return event

    def document(self, text: str) -> Node | None:
        self.events = yaml.parse(text, Loader=yaml.SafeLoader)
        self.next()  # start of the stream
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise self.stop(None, "must hold a mapping of fields, but there is nothing in it")
        root = self.node(self.next(), 1)
        self.next()  # end of the document
        more = self.next()
        if not isinstance(more, yaml.StreamEndEvent):
            raise self.stop(more.start_mark, "must hold one document, and a second begins here")
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        assert isinstance(event, yaml.NodeEvent)
        if depth > MAX_DEPTH:
            raise self.stop(event.start_mark, f"must not be nested deeper than {MAX_DEPTH} levels")
        if (tag := getattr(event, "tag", None)) is not None:
            self.add(event.start_mark, "must not carry a tag", got=shown(str(tag)))
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.MappingStartEvent):
            node = self.mapping(event, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(event, depth)
        else:
            assert isinstance(event, yaml.ScalarEvent)
            node = self.scalar(event)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def grow(self, size: int, mark: _Point | None) -> None:
        self.size += size
        if self.size > MAX_SIZE:
            raise self.stop(mark, f"must not hold more than {MAX_SIZE} values once aliases are expanded")

    def alias(self, event: yaml.AliasEvent, depth: int) -> Node:
        name = shown(str(event.anchor))
        if event.anchor not in self.anchors:
            raise self.stop(event.start_mark, f"alias '*{name}' must follow its anchor '&{name}'")
        node = self.anchors[event.anchor]
        if node is None:
            raise self.stop(event.start_mark, f"alias '*{name}' must not stand inside its own anchor")
        if depth + node.depth - 1 > MAX_DEPTH:
            raise self.stop(event.start_mark, f"must not be nested deeper than {MAX_DEPTH} levels")
        self.grow(node.size, event.start_mark)
        return node

    def scalar(self, event: yaml.ScalarEvent) -> Node:
        size = 1 + len(event.value) // 64
        self.grow(size, event.start_mark)
        if any("\ud800" <= c <= "\udfff" for c in event.value):
            raise self.stop(event.start_mark, "not YAML: an escape names half a character")
        plain = event.style is None
        value = resolve(event.value) if plain else event.value
        got = shown(event.value) if plain else f"'{shown(event.value)}'"
        return Node(self.mark(event.start_mark), value, got or "nothing", size=size)

    def sequence(self, event: yaml.SequenceStartEvent, depth: int) -> Node:
        self.grow(1, event.start_mark)
        items: list[Node] = []
        while not isinstance(step := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(step, depth + 1))
        return _nest(self.mark(event.start_mark), items, "a list", items, {})

    def mapping(self, event: yaml.MappingStartEvent, depth: int) -> Node:
        self.grow(1, event.start_mark)
        fields: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(step := self.next(), yaml.MappingEndEvent):
            key = self.key(step, depth)
            value = self.node(self.next(), depth + 1)
            if key is None:
                continue
            if first := keys.get(key):
                rule = f"key '{shown(key)}' must stand once in its mapping"
                where = f", it stands first at {first.line}:{first.column}" if first.line else ""
                self.add(step.start_mark, rule + where)
            else:
                fields[key], keys[key] = value, self.mark(step.start_mark)
        return _nest(self.mark(event.start_mark), fields, "a mapping", list(fields.values()), keys)

    def key(self, event: yaml.Event, depth: int) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self.node(event, depth + 1)
            self.add(event.start_mark, "a key must be plain text")
            return None
        self.node(event, depth + 1)
        if event.value == "<<" and event.style is None:
            self.add(
                event.start_mark, "merge keys are not YAML 1.2", hint="use extends, or write the fields out"
            )
            return None
        return str(event.value)


def _nest(
    mark: Mark, value: list[Node] | dict[str, Node], got: str, below: list[Node], keys: dict[str, Mark]
) -> Node:
    size = 1 + sum(node.size for node in below)
    depth = 1 + max((node.depth for node in below), default=0)
    return Node(mark, value, got, keys, size, depth)
