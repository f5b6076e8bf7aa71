"""Layers: sim <- optimize <- experiments. A layer imports only from its left, and only the package root.

Checkers are functions of (path, text), so that each is shown to catch a planted offender.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

LEVEL = {"sim": 0, "optimize": 1, "experiments": 2}
#: Shipped scenario files, a leaf: every layer may use it, `sim` only inside functions.
DATA = "scenarios"


@dataclass(frozen=True)
class Imported:
    """One imported module or name: `from a.b import c` is base `a.b`, name `c`."""

    base: str
    name: str | None
    line: int
    lazy: bool  # inside a function: not run when the module is imported
    typing_only: bool  # under `if TYPE_CHECKING`


def imports(path: str, text: str) -> list[Imported]:
    """All imports of a module, relative ones made absolute, `import_module("...")` included."""
    return list(_imports(ast.parse(text), path.removesuffix(".py").split("/"), False, False))


def _imports(node: ast.AST, here: list[str], lazy: bool, typing_only: bool) -> Iterator[Imported]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Imported(alias.name, None, node.lineno, lazy, typing_only)
    elif isinstance(node, ast.ImportFrom):
        base = ".".join(here[: len(here) - node.level]) if node.level else ""
        base = ".".join(part for part in (base, node.module) if part)
        for alias in node.names:
            yield Imported(base, alias.name, node.lineno, lazy, typing_only)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        for first in node.args[:1]:
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Imported(first.value, None, node.lineno, lazy, typing_only)
    inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        guarded = (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and child in node.body
        )
        yield from _imports(child, here, inside, typing_only or guarded)


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def layer_faults(path: str, text: str, modules: set[str]) -> list[str]:
    """Imports that go right, reach past a package root, or take one's own root."""
    mine = path.split("/")[0]
    found = []
    for one in imports(path, text):
        layer, place = one.base.split(".")[0], f"{path}:{one.line}"
        if layer == mine and mine in LEVEL and one.base == mine and module_of(path) != mine:
            if one.name is None or f"{mine}.{one.name}" not in modules:
                found.append(f"{place}: a module takes its neighbours by module, not from its own root")
        elif layer == mine or layer not in (*LEVEL, DATA):
            continue
        elif mine == DATA:
            found.append(f"{place}: {DATA} is data and imports nothing of {layer}")
        elif layer == DATA:
            if mine == "sim" and not one.lazy:
                found.append(f"{place}: sim imports {DATA} only inside functions")
        elif LEVEL[layer] > LEVEL[mine]:
            found.append(f"{place}: {mine} must not import {layer}")
        elif one.base != layer or f"{one.base}.{one.name}" in modules:
            found.append(f"{place}: across layers import from the root: `from {layer} import ...`")
    return list(dict.fromkeys(found))  # one line may take several names


def graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """Module -> modules that importing it runs (imports in functions or for types only do not)."""
    modules = {module_of(path) for path in sources}
    edges: dict[str, set[str]] = {}
    for path, text in sources.items():
        targets = edges.setdefault(module_of(path), set())
        for one in imports(path, text):
            if not one.lazy and not one.typing_only:
                whole = f"{one.base}.{one.name}"
                targets.add(whole if whole in modules else one.base)
        targets &= modules - {module_of(path)}
    return edges


def cycles(edges: dict[str, set[str]]) -> list[str]:
    """Every import cycle met on a depth-first walk, as `a -> b -> a`."""
    found: list[str] = []
    done: set[str] = set()

    def walk(module: str, trail: list[str]) -> None:
        if module in trail:
            found.append(" -> ".join([*trail[trail.index(module) :], module]))
        elif module not in done:
            for target in sorted(edges[module]):
                walk(target, [*trail, module])
            done.add(module)

    for module in sorted(edges):
        walk(module, [])
    return found


def test_layers_import_only_from_their_left_and_only_the_root(product: dict[str, str]) -> None:
    modules = {module_of(path) for path in product}
    assert [fault for path, text in product.items() for fault in layer_faults(path, text, modules)] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sim/engine/run.py", "from optimize import optimize"),
        ("sim/engine/run.py", "def f():\n    import experiments.cli"),
        ("optimize/linear.py", "from sim.engine.run import Run"),
        ("optimize/linear.py", "import sim.engine"),
        ("optimize/linear.py", "from sim import engine"),
        ("optimize/linear.py", "import importlib\nimportlib.import_module('sim.engine.run')"),
        (
            "optimize/linear.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sim.engine import x",
        ),
        ("sim/scenario/source.py", "import scenarios"),
        ("scenarios/__init__.py", "from sim import load"),
        ("sim/measure/kpis.py", "from sim import simulate"),
        ("sim/engine/run.py", "from ... import optimize\nfrom ...optimize import optimize"),
    ],
)
def test_a_wrong_import_is_caught(path: str, text: str) -> None:
    assert layer_faults(path, text, {"sim", "sim.engine", "sim.engine.run"})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("optimize/linear.py", "from sim import simulate, Plan\nimport sim\nimport numpy"),
        ("sim/scenario/source.py", "def f():\n    import scenarios"),
        (
            "sim/measure/kpis.py",
            "from sim.engine.run import Run\nfrom sim import engine\nfrom ..engine import run",
        ),
        ("experiments/runner.py", "from optimize import optimize\nfrom experiments.store import save"),
    ],
)
def test_a_right_import_passes(path: str, text: str) -> None:
    assert layer_faults(path, text, {"sim", "sim.engine", "sim.engine.run"}) == []


def test_no_import_cycles(product: dict[str, str]) -> None:
    assert cycles(graph(product)) == []


def test_a_cycle_is_caught() -> None:
    sources = {"sim/a.py": "from sim import b", "sim/b.py": "import sim.c", "sim/c.py": "from sim.a import x"}
    assert cycles(graph(sources)) == ["sim.a -> sim.b -> sim.c -> sim.a"]


def test_a_cycle_broken_by_a_late_import_passes() -> None:
    assert (
        cycles(graph({"sim/a.py": "from sim import b", "sim/b.py": "def f():\n    from sim import a"})) == []
    )
