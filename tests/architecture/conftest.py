"""The sources under test, read once: path relative to the checkout -> text."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sim", "optimize", "experiments", "scenarios")


def read(*patterns: str) -> dict[str, str]:
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def product() -> dict[str, str]:
    """The modules of the packages: what a user installs."""
    sources = read(*(f"{package}/**/*.py" for package in PACKAGES))
    assert any(path.startswith("sim/") for path in sources)
    return sources


@pytest.fixture(scope="session")
def everything(product: dict[str, str]) -> dict[str, str]:
    """The packages, tests, benchmarks and dev.py."""
    return {**product, **read("tests/**/*.py", "benchmarks/**/*.py", "*.py")}


@pytest.fixture(scope="session")
def tools(everything: dict[str, str]) -> dict[str, str]:
    """All but the tests: the size limits hold here."""
    return {path: text for path, text in everything.items() if not path.startswith("tests/")}
