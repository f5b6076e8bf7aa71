"""The layers of a scenario: the file, the files it extends, a variant, and overrides from the command line.

Later layers win. Mappings merge, lists and scalars replace, and an explicit null takes an inherited key away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import Fault
from sim.scenario.faults import Problem
from sim.scenario.fields import Path as FieldPath, dotted, field_names, is_optional_block, nearest
from sim.scenario.marks import MAX_BYTES, Mark, Node, parse, shown

_MAX_CHAIN = 8
#: Top-level fields that describe the layering itself and cannot be set by a layer above the files.
_NOT_SET = ("extends", "variants", "claims")


@dataclass(frozen=True)
class Override:
    """One value to put at a dotted path, with the place where it was asked for."""

    path: tuple[str, ...]
    value: Node
    mark: Mark


def library() -> dict[str, Path]:
    """The shipped scenarios by name."""
    from scenarios import library as shipped  # data, and only needed here

    return shipped()


class Files:
    """Reads a scenario file and what it extends.

    Attributes:
        faults: what is wrong so far.
        names: the files read, as the user knows them, the scenario's own first.
        folders: name of a file -> its folder.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.names: list[str] = []
        self.folders: dict[str, Path] = {}
        self._chain: list[Path] = []

    @property
    def folder(self) -> Path:
        """The folder of the scenario's own file."""
        return self.folders[self.names[0]]

    def read(self, source: str) -> Node | None:
        """The merged tree of a shipped scenario or a file, or None with the reason in `faults`."""
        path = library().get(source, Path(source))
        return self._read(
            path, str(path) if path == Path(source) else f"scenarios/{source}.yaml", Mark(source)
        )

    def _read(self, path: Path, name: str, asked: Mark, where: str = "") -> Node | None:
        text = self._text(path, asked, where)
        if text is None:
            return None
        self.names.append(name)
        self.folders[name] = path.parent.resolve()
        self._chain.append(path.resolve())
        tree, faults = parse(text, name)
        self.faults += faults
        if tree is None:
            return None
        if not isinstance(tree.value, dict):
            self.faults.append(tree.mark.fault("must hold a mapping of fields", got=tree.got))
            return None
        return self._extend(tree, self.folders[name])

    def _text(self, path: Path, asked: Mark, where: str) -> str | None:
        try:
            if not path.is_file():
                hint = nearest(path.stem, library()) if not path.exists() else "it is no file"
                self.faults.append(asked.fault("no such scenario file", path=where, hint=hint))
                return None
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                rule = f"a scenario file must be at most {MAX_BYTES} bytes"
                self.faults.append(asked.fault(rule, path=where, got=f"{path.stat().st_size}"))
                return None
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            place = Mark(asked.file, line, column) if not where else asked
            self.faults.append(
                place.fault("must be UTF-8 text", path=where, got=f"byte {data[error.start]:#x}")
            )
        except (OSError, ValueError) as error:
            self.faults.append(asked.fault("cannot be read", path=where, got=shown(str(error))))
        return None

    def _extend(self, tree: Node, folder: Path) -> Node | None:
        assert isinstance(tree.value, dict)
        wish = tree.value.get("extends")
        if wish is None:
            return tree
        if not isinstance(wish.value, str):
            self.faults.append(wish.mark.fault("must be a name or a path", path="extends", got=wish.got))
            return None
        base = self._base(wish, wish.value, folder)
        below = base and self._read(*base, wish.mark, "extends")
        return merge(below, without(tree, "extends")) if below else None

    def _base(self, wish: Node, name: str, folder: Path) -> tuple[Path, str] | None:
        """The file an `extends` names, if it may be read."""
        rule, shipped = "", library().get(name)
        try:
            path = shipped or (folder / name).resolve()
        except (OSError, ValueError, RuntimeError):
            path, rule = folder, "must be a name or a path"
        if not shipped and not path.is_relative_to(folder):
            rule = "must be a shipped scenario or a file in the folder of this one, or below it"
        elif path.resolve() in self._chain:
            rule = f"must not form a cycle: {' -> '.join([p.name for p in self._chain] + [path.name])}"
        elif len(self._chain) >= _MAX_CHAIN:
            rule = f"must not go on for more than {_MAX_CHAIN} files"
        if rule:
            self.faults.append(wish.mark.fault(rule, path="extends", got=wish.got))
            return None
        return path, f"scenarios/{name}.yaml" if shipped else str(Path(wish.mark.file).parent / name)


def merge(base: Node, over: Node) -> Node:
    """Lay one tree over another."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    fields, keys = dict(base.value), dict(base.keys)
    for key, node in over.value.items():
        if node.value is None and key in base.value:
            del fields[key], keys[key]
            continue
        fields[key] = merge(base.value[key], node) if key in base.value else node
        keys[key] = over.keys[key]
    return replace(over, value=fields, keys=keys)


def without(tree: Node, key: str) -> Node:
    """The same mapping without one key."""
    assert isinstance(tree.value, dict)
    return replace(tree, value={k: v for k, v in tree.value.items() if k != key})


def read_overrides(texts: Sequence[str]) -> tuple[list[Override], list[Fault]]:
    """Read `a.b=c` settings; the value is YAML."""
    found: list[Override] = []
    faults: list[Fault] = []
    for text in texts:
        key, equals, value = text.partition("=")
        mark = Mark(f"--set {shown(text)}")
        if not equals or not all(key.strip().split(".")):
            faults.append(mark.fault("must be written key=value, with a dotted key"))
            continue
        tree, wrong = parse(value, mark.file, at=mark) if value.strip() else (Node(mark, None, "nothing"), [])
        faults += [replace(fault, path=shown(key.strip())) for fault in wrong]
        if tree and not wrong:
            found.append(Override(tuple(key.strip().split(".")), tree, mark))
    return found, faults


def variant_overrides(variant: Node) -> list[Override]:
    """The settings of one block of `variants`."""
    if not isinstance(variant.value, dict):
        return []
    return [Override(tuple(key.split(".")), node, variant.keys[key]) for key, node in variant.value.items()]


def apply(tree: Node, overrides: Sequence[Override], *, prefix: str = "") -> tuple[Node, list[Fault]]:
    """Put every override into the tree, in order; null takes a key away."""
    faults: list[Fault] = []
    for override in overrides:
        if override.path[0] in _NOT_SET:
            rule = f"'{override.path[0]}' cannot be set from here"
            faults.append(override.mark.fault(rule, path=prefix + dotted(override.path)))
            continue
        try:
            tree = _put(tree, override, ())
        except _NoSuchPath as error:
            path = prefix + dotted(override.path)
            faults.append(override.mark.fault(error.problem.rule, path=path, hint=error.problem.hint))
    return tree, faults


class _NoSuchPath(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _put(node: Node, override: Override, done: FieldPath) -> Node:
    part, rest = override.path[len(done)], override.path[len(done) + 1 :]
    here = f"'{dotted(done)}'" if done else "the scenario"
    if isinstance(node.value, list):
        if not part.isascii() or not part.isdecimal() or len(part) > 6 or int(part) >= len(node.value):
            size = len(node.value)
            raise _NoSuchPath(
                Problem(done, f"{here} is a list of {size}: '{shown(part)}' must be 0 to {size - 1}")
            )
        items = list(node.value)
        index = int(part)
        items[index] = _put(items[index], override, (*done, index)) if rest else override.value
        return replace(node, value=items)
    if not isinstance(node.value, dict):
        raise _NoSuchPath(Problem(done, f"{here} is a single value, '{shown(part)}' cannot be set in it"))
    fields, keys = dict(node.value), dict(node.keys)
    if not rest and override.value.value is None:
        fields.pop(part, None)
        return replace(node, value=fields)
    if not rest:
        fields[part], keys[part] = override.value, override.mark
        return replace(node, value=fields, keys=keys)
    path = (*done, part)
    below = fields.get(part)
    if below is None or (below.value is None and is_optional_block(path)):
        if not is_optional_block(path):
            hint = nearest(part, {*fields, *field_names(done)})
            raise _NoSuchPath(Problem(done, f"there is no '{shown(part)}' in {here}", hint=hint))
        below, keys[part] = Node(override.mark, {}, "a mapping"), override.mark
    fields[part] = _put(below, override, path)
    return replace(node, value=fields, keys=keys)
