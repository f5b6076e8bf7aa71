"""Read a run directory back: its record, its answer, its tables and figures, and nothing else.

A report is made of these alone, so it can be made again long after the run.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.errors import ReportError

Sheet = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
HINT = "name a folder that a command wrote with --out"


@dataclass(frozen=True)
class RunFolder:
    """What a run directory holds.

    Attributes:
        path: where it was read.
        command: name of the command that wrote it.
        record: `run.json`, the provenance.
        summary: `summary.json`, the answer.
        scenario: `scenario.yaml`; None when nothing was simulated.
        told: `summary.txt`, what the command said; empty in a folder without it.
        sheets: file stem -> (header, rows), every CSV but plans.
        plans: file stems of spend by period.
        figures: file stem -> SVG text.
    """

    path: Path
    command: str
    record: Mapping[str, Any]
    summary: Mapping[str, Any]
    scenario: Mapping[str, Any] | None
    told: str
    sheets: Mapping[str, Sheet]
    plans: tuple[str, ...]
    figures: Mapping[str, str]


def open_folder(path: Path) -> RunFolder:
    """Read a run directory.

    Raises:
        ReportError: no directory, not one that a command wrote, or a file in it that cannot be read.
    """
    if not path.is_dir():
        raise ReportError(f"{path}: is no folder; {HINT}" if path.exists() else f"{path}: no such folder")
    for name in ("run.json", "summary.json"):
        if not (path / name).is_file():
            raise ReportError(f"{path}: is no run directory, {name} is missing; {HINT}")
    record = _json(path / "run.json")
    sheets = {file.stem: _sheet(file) for file in sorted(path.glob("*.csv"))}
    plans = tuple(name for name, (header, _) in sheets.items() if _is_plan(header))
    told = path / "summary.txt"
    return RunFolder(
        path=path,
        command=_command(path, record),
        record=record,
        summary=_json(path / "summary.json"),
        scenario=_scenario(path / "scenario.yaml"),
        told=_text(told) if told.is_file() else "",
        sheets={name: sheet for name, sheet in sheets.items() if name not in plans},
        plans=plans,
        figures={file.stem: _text(file) for file in _drawn(path / "figures")},
    )


def _drawn(path: Path) -> list[Path]:
    """Figures by name: one comes before those that have its name and more."""
    return sorted(path.glob("*.svg"), key=lambda file: file.stem)


def _command(path: Path, record: Mapping[str, Any]) -> str:
    """The command by the record's own word, else by the words typed."""
    typed = record.get("command")
    words = [str(word) for word in typed] if isinstance(typed, list) else []
    name = record.get("answer") or (words[1] if len(words) > 1 else None)
    if not isinstance(name, str):
        raise ReportError(f"{path / 'run.json'}: does not say which command wrote the folder; {HINT}")
    return name


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ReportError(f"{path}: must be UTF-8 text, byte {fault.start} is not; run it again") from None


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(_text(path))
    except json.JSONDecodeError as fault:
        where = f"{path}:{fault.lineno}:{fault.colno}"
        raise ReportError(f"{where}: is no JSON ({fault.msg}); run the command again") from None
    if not isinstance(document, dict):
        raise ReportError(f"{path}: must hold an object, got {type(document).__name__}; {HINT}")
    return document


def _scenario(path: Path) -> dict[str, Any] | None:
    import yaml

    if not path.is_file():
        return None
    try:
        document = yaml.safe_load(_text(path))
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        raise ReportError(f"{where}: is no YAML; run the command again") from None
    if not isinstance(document, dict):
        raise ReportError(f"{path}: must hold a scenario, got {type(document).__name__}")
    return document


def _sheet(path: Path) -> Sheet:
    try:
        rows = [tuple(row) for row in csv.reader(_text(path).splitlines()) if row]
    except csv.Error as fault:
        raise ReportError(f"{path}: is no CSV ({fault}); run the command again") from None
    header = rows[0] if rows else ()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise ReportError(f"{path}: row {number} has {len(row)} cells, the header has {len(header)}")
    return header, tuple(rows[1:])


def _is_plan(header: tuple[str, ...]) -> bool:
    """Whether a table is spend by period and channel."""
    return header[:1] == ("date",) and all(name.endswith("_spend") for name in header[1:])
