"""Write the page of a run directory, never over a file that is no page."""

from __future__ import annotations

from pathlib import Path

from experiments.errors import ReportError
from experiments.report.page import report

#: What every page starts with and holds, by which one made before is known.
MARKS = ("<!DOCTYPE html>", '<meta name="generator" content="omnifunnel">')


def write_report(folder: Path, lang: str = "en", out: Path | None = None) -> Path:
    """Make the page and write it; returns where.

    Raises:
        ReportError: the folder gives no report, or the place is taken or cannot be written.
    """
    target = folder / "report.html" if out is None else out
    page = report(folder, lang)
    if target.exists() and not _is_page(target):
        raise ReportError(f"--out {target}: is there already and is no report; name another file")
    try:
        target.write_text(page, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise ReportError(f"--out {target}: cannot be written ({fault.strerror})") from fault
    return target


def _is_page(path: Path) -> bool:
    if not path.is_file():
        return False
    start = path.read_bytes()[:2_000].decode("utf-8", errors="replace")
    return start.startswith(MARKS[0]) and MARKS[1] in start
