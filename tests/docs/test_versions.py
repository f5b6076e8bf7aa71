"""One version everywhere; what is needed is pinned; the papers of the project are in order."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYTHONS = ("3.11", "3.12", "3.13")
CITATION_KEYS = {"cff-version", "message", "title", "authors", "version", "license"}


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(text: str, python: str) -> dict[str, str]:
    """Package -> pinned version under one Python."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate({"python_version": python}):
                [specifier] = pin.specifier
                assert specifier.operator == "==", line
                found[canonicalize_name(pin.name)] = specifier.version
    return found


def pin_faults(requirements: list[str], constraints: str, python: str) -> list[str]:
    """Requirements that are not pinned, or pinned to a version they refuse."""
    pinned = pins(constraints, python)
    found = []
    for requirement in map(Requirement, requirements):
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            found.append(f"{requirement.name} is not pinned for Python {python}")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement} is pinned to {version} for Python {python}")
    return found


def changelog_fault(text: str, version: str) -> str | None:
    """Whether the newest heading is the version or what comes after it."""
    headings = [heading.strip("[] ") for heading in re.findall(r"^## (\S+)", text, re.MULTILINE)]
    if not headings or headings[0] not in ("Unreleased", version):
        return f"CHANGELOG.md: the first heading must be 'Unreleased' or '{version}', got {headings[:1]}"
    return None


def citation_faults(text: str, version: str, licence: str) -> list[str]:
    citation = yaml.safe_load(text)
    found = [f"CITATION.cff: {key} is missing" for key in sorted(CITATION_KEYS - set(citation))]
    for key, wanted in (("version", version), ("license", licence)):
        if str(citation.get(key)) != wanted:
            found.append(f"CITATION.cff: {key} is {citation.get(key)}, pyproject.toml has {wanted}")
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_pinned(python: str, project: dict, root: Path) -> None:
    wanted = project["dependencies"] + [
        one for extra in project["optional-dependencies"].values() for one in extra
    ]
    assert pin_faults(wanted, (root / "constraints.txt").read_text(encoding="utf-8"), python) == []


def test_a_missing_or_contrary_pin_is_caught() -> None:
    assert pin_faults(["a>=2"], "b==1\n", "3.11")
    assert pin_faults(["a>=2"], "a==1\n", "3.11")
    assert pin_faults(["a"], 'a==1 ; python_version >= "3.12"\n', "3.11")
    assert pin_faults(["A_b>=1"], "# c\na-b==1\n", "3.11") == []


def test_constraints_name_no_host(root: Path) -> None:
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert not re.search(r"://|@|^-|\.whl", line), line


def test_changelog_has_the_version(project: dict, root: Path) -> None:
    assert changelog_fault((root / "CHANGELOG.md").read_text(encoding="utf-8"), project["version"]) is None


def test_a_stale_changelog_is_caught() -> None:
    assert changelog_fault("# Changelog\n\n## 0.9.0\n", "1.0.0")
    assert changelog_fault("# Changelog\n", "1.0.0")
    assert changelog_fault("## [1.0.0] - 2026-01-01\n\n## 0.9.0\n", "1.0.0") is None


def test_citation(project: dict, root: Path) -> None:
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert citation_faults(text, project["version"], project["license"]) == []


def test_a_wrong_citation_is_caught() -> None:
    assert len(citation_faults("title: x\nversion: 0.1.0\n", "0.2.0", "MIT")) == 6


def test_versions_in_the_code_agree(project: dict, root: Path) -> None:
    for package in ("sim", "optimize", "experiments", "scenarios"):
        for path in root.glob(f"{package}/**/*.py"):
            for literal in re.findall(
                r"^(?:__version__|VERSION)\b.*= \"(.+)\"", path.read_text("utf-8"), re.MULTILINE
            ):
                assert literal == project["version"], path


def test_licence_is_the_one_named(project: dict, root: Path) -> None:
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert text.rstrip().endswith("limitations under the License.")
