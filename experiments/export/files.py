"""Files of an export: written, counted and hashed, with nothing in them that differs between two runs."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.store import as_json, resolved

if TYPE_CHECKING:
    from experiments.runner import Case
    from sim import World

#: Bytes read at once to hash a file.
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Written:
    """One file of an export; `rows` do not count the header, None where there are none."""

    name: str
    what: str
    rows: int | None
    bytes: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """The form in JSON."""
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256, "what": self.what}


@dataclass(frozen=True)
class Exported:
    """What one kind of export wrote.

    Attributes:
        heading: what was exported, in a sentence.
        files: in the order of reading.
        facts: joins the JSON answer.
        notes: what to know before the files are used.
    """

    heading: str
    files: tuple[Written, ...]
    facts: Mapping[str, Any]
    notes: tuple[str, ...]


def write_csv(
    folder: Path, name: str, what: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Written:
    """Write a table that spreadsheets open with Chinese intact; None becomes an empty cell.

    Rows may be a generator: they are written as they come, so a table may be larger than memory.
    """
    count = 0
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return _written(folder, name, what, count)


def write_json(folder: Path, name: str, what: str, document: Mapping[str, Any]) -> Written:
    """Write a document in the form of every JSON answer."""
    (folder / name).write_text(as_json(document), encoding="utf-8", newline="\n")
    return _written(folder, name, what, None)


def _written(folder: Path, name: str, what: str, rows: int | None) -> Written:
    path, digest = folder / name, hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return Written(name, what, rows, path.stat().st_size, digest.hexdigest())


def scenario_sha256(case: Case) -> str:
    """SHA-256 over the resolved scenario and its spend: the one that `run.json` of a run directory holds."""
    from tempfile import TemporaryDirectory

    from sim import dump, write_spend

    digest = hashlib.sha256(dump(resolved(case)).encode())
    with TemporaryDirectory() as folder:
        spend = Path(folder) / "spend.csv"
        write_spend(case.plan, spend, dates=case.dates)
        digest.update(spend.read_bytes())
    return digest.hexdigest()


def period_dates(world: World) -> list[str]:
    """First day of every period, the tail included, as 2026-09-07."""
    step = dt.timedelta(days=world.period.days)
    return [(world.start + step * t).isoformat() for t in range(world.total_periods)]


def money(amount: float, minor: int) -> str:
    """Minor units as currency with all its digits: 1234 is 12.34 in CNY and 1234 in JPY."""
    return f"{amount / minor:.{len(str(minor)) - 1}f}"


def size_text(count: int) -> str:
    """Bytes for people: `812 B`, `1.2 MB`."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1e3:,.1f} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"
