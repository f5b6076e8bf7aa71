"""Sizes and shape: short modules, short functions, few comments, no catch-all modules."""

from __future__ import annotations

import ast
import io
import re
import tokenize

import pytest

MODULE_LINES = 300
#: Physical lines of a function, from `def` to its last line: signature, docstring and blank lines count.
FUNCTION_LINES = 50
#: Largest share of a module's lines that carry a comment, in modules long enough for a share to mean much.
COMMENT_SHARE = 0.12
COMMENT_SHARE_FROM = 40
CATCH_ALL = {"util", "utils", "helper", "helpers", "misc", "common", "manager", "managers", "stuff", "base"}


def module_faults(path: str, text: str) -> list[str]:
    lines = len(text.splitlines())
    found = [f"{path}: {lines} lines, at most {MODULE_LINES}"] if lines > MODULE_LINES else []
    parts = path.removesuffix(".py").split("/")
    return found + [
        f"{path}: '{part}' says nothing about what is in it" for part in parts if part in CATCH_ALL
    ]


def function_faults(path: str, text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {FUNCTION_LINES}")
        elif isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Util", "Utils")):
            found.append(f"{path}:{node.lineno}: name the class {node.name} after what it does")
    return found


def comments(text: str) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def comment_faults(path: str, text: str) -> list[str]:
    lines, commented = len(text.splitlines()), len({line for line, _ in comments(text)})
    if lines >= COMMENT_SHARE_FROM and commented > COMMENT_SHARE * lines:
        return [f"{path}: {commented} of {lines} lines carry comments, at most {COMMENT_SHARE:.0%}"]
    return []


def unfinished_faults(path: str, text: str) -> list[str]:
    """Marks of unfinished work, and checks switched off without saying which."""
    found = []
    for line, comment in comments(text):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", comment):
            found.append(f"{path}:{line}: finish it or file it: {comment}")
        if re.search(r"type:\s*ignore(?!\[)", comment) or re.search(r"noqa(?!:\s*[A-Z])", comment):
            found.append(f"{path}:{line}: say which rule is switched off: {comment}")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append(f"{path}:{node.lineno}: bare except: name the errors that are expected")
    return found


@pytest.mark.parametrize("check", [module_faults, function_faults, comment_faults])
def test_sizes(check: object, tools: dict[str, str]) -> None:
    assert callable(check)
    assert [fault for path, text in tools.items() for fault in check(path, text)] == []


def test_nothing_unfinished(everything: dict[str, str]) -> None:
    assert [fault for path, text in everything.items() for fault in unfinished_faults(path, text)] == []


def test_size_offenders_are_caught() -> None:
    assert module_faults("sim/long.py", "x = 1\n" * (MODULE_LINES + 1))
    assert module_faults("sim/long.py", "x = 1\n" * MODULE_LINES) == []
    assert module_faults("sim/utils.py", "")
    assert module_faults("sim/helpers/__init__.py", "")
    assert function_faults("sim/a.py", "async def f():\n" + "    x = 1\n" * FUNCTION_LINES)
    assert function_faults("sim/a.py", "class C:\n  def f():\n" + "    x = 1\n" * (FUNCTION_LINES - 1)) == []
    assert function_faults("sim/a.py", "class RunManager: ...")
    assert comment_faults("sim/a.py", "x = 1  # one\n" * 10 + "y = 2\n" * 50)
    assert comment_faults("sim/a.py", "x = '# no comment'\n" * 60) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # TODO later",
        "# FIXME",
        "x = f()  # type: ignore",
        "import x  # noqa",
        "try:\n    f()\nexcept:\n    pass",
    ],
)
def test_unfinished_work_is_caught(text: str) -> None:
    assert unfinished_faults("sim/a.py", text)


def test_a_switch_with_its_rule_passes() -> None:
    text = "x = f()  # type: ignore[no-any-return]\nimport x  # noqa: F401\ny = 'TODO'\n"
    assert unfinished_faults("sim/a.py", text) == []
