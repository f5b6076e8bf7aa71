"""Purity: `sim` and `optimize` compute; only `experiments` prints, plots and writes results.

Behaviour rules are stricter still: functions of numbers. And importing a layer stays light.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

#: (file, function) -> why it may write. The function takes the path from its caller.
MAY_WRITE = {
    ("sim/market/spend_csv.py", "write_spend"): "the inverse of read_spend: both know the file's columns",
}
PURE = ("sim/", "optimize/")
PRESENTATION = {"matplotlib", "rich", "click", "starlette", "uvicorn", "jinja2", "tkinter", "PIL"}
WRITERS = {
    *(
        "write_text",
        "write_bytes",
        "writerow",
        "writerows",
        "savefig",
        "savetxt",
        "savez",
        "savez_compressed",
    ),
    *("to_csv", "to_parquet", "to_json", "to_excel", "to_pickle"),
    *("mkdir", "makedirs", "unlink", "rmtree"),
}
#: These write when they are given a stream as their second argument.
DUMPERS = {"json.dump", "pickle.dump", "yaml.dump", "yaml.safe_dump", "yaml.dump_all"}
SPEAKERS = {"print", "sys.stdout.write", "sys.stderr.write", "input", "np.save", "numpy.save"}
RULES = "sim/engine/rules.py"
#: Not loaded by `import sim`, whatever public name is used.
HEAVY_FOR_SIM = {"matplotlib", "optuna", "pulp", "highspy", "starlette", "uvicorn"}
#: Not loaded by importing a layer's root: the public names come when they are used.
HEAVY_FOR_ROOTS = {*HEAVY_FOR_SIM, "numba", "scipy", "pandas", "mesa", "numpy", "pydantic"}


def purity_faults(path: str, text: str) -> dict[tuple[str, str], str]:
    """(file, enclosing function) -> what it prints, plots or writes."""
    found: dict[tuple[str, str], str] = {}

    def visit(node: ast.AST, function: str) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        what = _effect(node)
        if what:
            found[path, function] = f"{path}:{getattr(node, 'lineno', 0)}: {what}"
        for child in ast.iter_child_nodes(node):
            visit(child, function)

    visit(ast.parse(text), "")
    return found


def _effect(node: ast.AST) -> str | None:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or ""]
    shown = sorted(PRESENTATION & {name.split(".")[0] for name in names})
    if shown:
        return f"imports {shown[0]}"
    if not isinstance(node, ast.Call):
        return None
    called = ast.unparse(node.func)
    last = called.rsplit(".", 1)[-1]
    if called in SPEAKERS or ("." in called and last in WRITERS):
        return f"calls {called}"
    if called in DUMPERS and len(node.args) + sum(word.arg == "stream" for word in node.keywords) > 1:
        return f"writes to a stream: {ast.unparse(node)}"
    if last == "open" and _opens_to_write(
        node, method="." in called and not called.startswith(("io.", "gzip."))
    ):
        return f"opens to write: {ast.unparse(node)}"
    return None


def _opens_to_write(call: ast.Call, *, method: bool) -> bool:
    """Whether the mode allows writing; a mode that is not a literal counts as writing."""
    modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    modes += call.args[0 if method else 1 :][:1]
    return any(
        not isinstance(mode, ast.Constant) or bool(set(str(mode.value)) & set("wax+")) for mode in modes
    )


def rules_faults(text: str) -> list[str]:
    """What a rule of behaviour must not hold: names of things, state, input or output."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict | ast.DictComp | ast.ClassDef | ast.With | ast.Global | ast.Nonlocal):
            found.append(f"{node.lineno}: {type(node).__name__}")
        elif isinstance(node, ast.arg) and node.arg in ("self", "cls"):
            found.append(f"{node.lineno}: {node.arg}")
        elif isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", None), str):
            found.append(f"{node.lineno}: looks up by name: {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print", "dict", "getattr"):
            found.append(f"{node.lineno}: calls {ast.unparse(node.func)}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [getattr(node, "module", None) or alias.name for alias in node.names]
            roots = {module.split(".")[0] for module in modules}
            if not roots <= {"__future__", "math", "collections", "typing", "numba", "numpy", "sim"}:
                found.append(f"{node.lineno}: imports {sorted(roots)}")
    return found


def loaded_by(code: str, root: Path) -> set[str]:
    """Top-level modules that running `code` in a fresh interpreter loads."""
    report = "\nimport json, sys\nprint(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-c", code + report]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_sim_and_optimize_neither_print_nor_plot_nor_write(product: dict[str, str]) -> None:
    found: dict[tuple[str, str], str] = {}
    for path, text in product.items():
        if path.startswith(PURE):
            found.update(purity_faults(path, text))
    assert [fault for where, fault in found.items() if where not in MAY_WRITE] == []
    assert set(MAY_WRITE) - set(found) == set(), "exceptions that nothing uses any more: delete them"


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    print('x')",
        "import matplotlib.pyplot as plt",
        "from rich.table import Table",
        "def f(p):\n    open(p, 'w')",
        "def f(p):\n    open(p, mode='a')",
        "def f(p, m):\n    open(p, m)",
        "def f(p):\n    p.open('x')",
        "def f(p):\n    p.write_text('x')",
        "import json\ndef f(p):\n    json.dump({}, p)",
        "yaml.safe_dump({}, stream=s)",
        "import sys\nsys.stderr.write('x')",
        "def f(t, p):\n    t.to_csv(p)",
        "import numpy as np\nnp.save('x', 1)",
    ],
)
def test_an_impure_module_is_caught(text: str) -> None:
    assert purity_faults("sim/a.py", text)


def test_reading_is_pure() -> None:
    calls = (
        "open(p)",
        "open(p, 'rb')",
        "p.open()",
        "p.open('r')",
        "json.dumps({})",
        "yaml.safe_dump({}, width=80)",
    )
    text = "def f(p):\n" + "".join(f"    {call}\n" for call in calls)
    assert purity_faults("sim/a.py", text) == {}


def test_rules_are_functions_of_numbers(product: dict[str, str]) -> None:
    assert rules_faults(product[RULES]) == []


@pytest.mark.parametrize(
    "text",
    [
        "TABLE = {'a': 1}",
        "def f(self):\n    return 1",
        "class Rule: ...",
        "def f(x):\n    return x['name']",
        "def f(x):\n    print(x)",
        "import json",
        "def f():\n    with g():\n        pass",
    ],
)
def test_a_rule_that_is_more_is_caught(text: str) -> None:
    assert rules_faults(text)


@pytest.mark.parametrize("layer", ["sim", "optimize"])
def test_the_root_of_a_layer_is_its_table_of_contents(layer: str, root: Path) -> None:
    code = f"import {layer}\nfor name in {layer}.__all__: getattr({layer}, name)\nassert {layer}.__all__"
    assert layer in loaded_by(code, root)


def test_sim_loads_neither_plotting_nor_solvers(root: Path) -> None:
    loaded = loaded_by("import sim\nfor name in sim.__all__: getattr(sim, name)", root)
    assert loaded & HEAVY_FOR_SIM == set()


def test_importing_a_layer_is_light(root: Path) -> None:
    loaded = loaded_by("import sim, optimize", root)
    assert loaded & HEAVY_FOR_ROOTS == set()


def test_a_heavy_import_is_caught(root: Path) -> None:
    assert loaded_by("import numpy", root) & HEAVY_FOR_ROOTS == {"numpy"}
