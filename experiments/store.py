"""Run directories: written whole beside their place, then renamed into it.

Nothing but `run.json` holds a time stamp, so two runs of one seed are equal file by file.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.console import as_text
from experiments.errors import OutputError, ReportError

if TYPE_CHECKING:
    from experiments.answer import Answer
    from experiments.commands.options import Settings
    from experiments.runner import Case
    from experiments.tables import Sheet
    from sim import Plan

STATUS_QUO = "status_quo.csv"
PACKAGES = (
    "omnifunnel",
    "numpy",
    "numba",
    "scipy",
    "pandas",
    "pydantic",
    "PyYAML",
    "mesa",
    "pulp",
    "highspy",
    "optuna",
    "cmaes",
    "matplotlib",
)


@contextmanager
def claimed(out: Path | None) -> Iterator[Path | None]:
    """Hold a place for results before any simulation starts; give it up unless all goes well.

    Yields:
        A temporary sibling to write into, renamed to `out` at the end; None when `out` is None.

    Raises:
        OutputError: `out` is taken or its folder cannot be written.
    """
    if out is None:
        yield None
        return
    target = out.absolute()
    if target.is_dir() and any(target.iterdir()):
        raise OutputError(f"--out {out}: already holds files; name a new or empty folder")
    if os.path.lexists(target) and not target.is_dir():
        raise OutputError(f"--out {out}: is a file; name a new or empty folder")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    made = [folder for folder in partial.parents if not folder.exists()]
    try:
        partial.mkdir(parents=True)
    except OSError as fault:
        _remove_empty(made)
        raise OutputError(f"--out {out}: cannot be written ({fault.strerror})") from fault
    try:
        yield partial
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        _remove_empty(made)
        raise


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        if folder.exists():
            folder.rmdir()


def write(folder: Path, answer: Answer, settings: Settings) -> list[str]:
    """Write everything of an answer; returns notes for the user.

    Files: scenario.yaml and status_quo.csv (run again from these) unless nothing was simulated, summary.json
    and summary.txt, run.json, one CSV a table and plan, figures/*.png and *.svg; report.html, made of them.
    """
    digest = None if answer.case is None else _write_scenario(folder, answer.case)
    _write_json(folder / "summary.json", answer.summary)
    (folder / "summary.txt").write_text(as_text(answer.sections), encoding="utf-8", newline="\n")
    for name, sheet in answer.sheets.items():
        write_sheet(folder / f"{name}.csv", sheet)
    if answer.case is not None:
        for name, plan in answer.plans.items():
            _write_spend(plan, folder / f"{name}.csv", answer.case)
    notes = _write_figures(folder / "figures", answer.figures(), simulated=_simulated(answer))
    _write_json(folder / "run.json", _provenance(answer, settings, digest))
    return [*notes, *_write_report(folder)]


def _write_report(folder: Path) -> list[str]:
    """The page of the run; what was simulated is kept even where no page can be made of it."""
    from experiments.report.writing import write_report

    try:
        write_report(folder)
    except ReportError as fault:
        return [f"report.html was not written: {fault}"]
    return []


def _write_figures(folder: Path, figures: Mapping[str, Any], *, simulated: bool) -> list[str]:
    from experiments.plots import gallery

    return gallery.save(figures, folder, simulated=simulated) if figures else []


def _simulated(answer: Answer) -> bool:
    """Whether its numbers come from a simulated market, not from a user's own data."""
    return answer.case is not None or answer.simulated


def as_json(document: Mapping[str, Any]) -> str:
    """The JSON text that `--json` prints and `summary.json` holds."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_sheet(path: Path, sheet: Sheet) -> None:
    """CSV that spreadsheets open with Chinese intact; an undefined value is an empty cell."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(sheet.header)
        writer.writerows(sheet.rows)


def resolved(case: Case) -> dict[str, Any]:
    """The scenario as one document that needs no other file than the spend CSV beside it."""
    document = dict(case.file.document)
    if case.plan_source is not None:
        # variants that say when to spend would add to the plan given, not replace it
        document.pop("claims", None)
        variants = document.get("variants", {}).items()
        document["variants"] = {n: v for n, v in variants if not any(key.startswith("plan") for key in v)}
    if case.plan_source is not None or case.file.scenario.plan.history is not None:
        columns = {name: f"{name}_spend" for name in case.priced}
        document["plan"] = {"history": {"file": STATUS_QUO, "columns": columns, "date_column": "date"}}
    return document


def _write_scenario(folder: Path, case: Case) -> str:
    """Write scenario and spend; returns the SHA-256 over both."""
    from sim import dump

    text = dump(resolved(case))
    (folder / "scenario.yaml").write_text(text, encoding="utf-8", newline="\n")
    _write_spend(case.plan, folder / STATUS_QUO, case)
    digest = hashlib.sha256(text.encode())
    digest.update((folder / STATUS_QUO).read_bytes())
    return digest.hexdigest()


def _write_spend(plan: Plan, path: Path, case: Case) -> None:
    from sim import write_spend

    write_spend(plan, path, dates=case.dates)


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(as_json(document), encoding="utf-8", newline="\n")


def _provenance(answer: Answer, settings: Settings, digest: str | None) -> dict[str, Any]:
    simulated = _simulated(answer)
    return {
        "schema_version": 1,
        "answer": answer.command,
        "command": ["omnifunnel", *sys.argv[1:]],
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "scenario": None if answer.case is None else answer.case.file.source,
        "scenario_sha256": digest,
        "variant": None if answer.case is None else answer.case.variant,
        "plan": None if answer.case is None else answer.case.plan_source,
        "inputs": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in answer.inputs},
        "seed": settings.seed if simulated else None,
        "replicates": settings.replicates if simulated else None,
        "engine": settings.engine if simulated else None,
        "solver": answer.solver,
        "interrupted": answer.interrupted,
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name.lower()] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name.lower()] = None  # run from a checkout that was never installed
    return found
