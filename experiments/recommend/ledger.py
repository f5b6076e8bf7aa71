"""The ledger of a search: one JSON line a simulated plan, written as soon as it is measured.

    run        number of the plan in the order in which the search asked
    seed       of all draws
    replicate  the draws it was measured on
    plan       digest of its spend, period by period: what it is found by
    spend      money by channel, for people
    kpis       key figures; what is not finite stands as text
    failure    what the simulation raised, or null
    orders, revenue   by shop and segment: a search sets orders at their mean value

A process that is killed may leave half a line: it is cut off when the ledger is opened again. Numbers come
back bit for bit.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.errors import OutputError

if TYPE_CHECKING:
    from optimize import Measured
    from sim import Plan


class Ledger:
    """A record of measured plans that outlives the process; one process at a time holds it.

    Args:
        path: the file; made when it is not there.
        seed: noted with every plan.

    Raises:
        OutputError: another process is at this search, or a line is no plan.
    """

    def __init__(self, path: Path, *, seed: int) -> None:
        self.path, self._seed = path, seed
        self._stream = path.open("ab", buffering=0)
        try:
            _lock(self._stream.fileno(), path)
            cut_back(path)
            self._lines = self._read()
        except BaseException:
            self._stream.close()
            raise
        self.found = len(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def recall(self, plan: Plan, replicate: int) -> Measured | None:
        """What was noted of a plan on these draws."""
        from optimize import fingerprint

        line = self._lines.get((replicate, fingerprint(plan)))
        return None if line is None else measured(line)

    def note(self, plan: Plan, replicate: int, measured: Measured) -> None:
        """Write a plan; it is with the system when this returns, whatever becomes of the process."""
        from optimize import fingerprint

        line: dict[str, Any] = {
            "run": measured.number,
            "seed": self._seed,
            "replicate": replicate,
            "plan": fingerprint(plan),
            "spend": plan.totals(),
            "kpis": {name: _written(value) for name, value in measured.kpis.items()},
            "failure": measured.failure,
            "orders": measured.orders_jk.tolist(),
            "revenue": measured.revenue_jk.tolist(),
        }
        self._lines[replicate, line["plan"]] = line
        self._stream.write(_text(line))

    def close(self, *, whole: bool = False) -> None:
        """Let go of the file; of a `whole` search put it in the order of asking first."""
        if whole:
            lines = sorted(self._lines.values(), key=lambda line: (line["run"], line["replicate"]))
            fresh = self.path.with_suffix(".new")
            fresh.write_bytes(b"".join(_text(line) for line in lines))
            os.replace(fresh, self.path)
        self._stream.close()

    def _read(self) -> dict[tuple[int, str], dict[str, Any]]:
        found = {}
        for number, text in enumerate(self.path.read_bytes().splitlines(), start=1):
            try:
                line = json.loads(text)
                found[int(line["replicate"]), str(line["plan"])] = line
                measured(line)
            except (ValueError, KeyError, TypeError) as fault:
                raise OutputError(
                    f"{self.path}:{number}: must be a plan as a search writes it, got {text[:60]!r}; "
                    "delete the line, and its plan is simulated again"
                ) from fault
        return found


def measured(line: dict[str, Any]) -> Measured:
    """A line as what the search is told."""
    import numpy as np

    from optimize import Measured

    return Measured(
        number=int(line["run"]),
        kpis={name: _read(value) for name, value in line["kpis"].items()},
        orders_jk=np.array(line["orders"], dtype=np.int64),
        revenue_jk=np.array(line["revenue"], dtype=np.int64),
        failure=line["failure"],
    )


def cut_back(path: Path) -> int:
    """Cut a file back to the end of its last whole line; returns the bytes cut off."""
    text = path.read_bytes()
    whole = text.rfind(b"\n") + 1
    if whole < len(text):
        os.truncate(path, whole)
    return len(text) - whole


def _text(line: dict[str, Any]) -> bytes:
    return (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _written(value: float | None) -> float | str | None:
    return value if value is None or math.isfinite(value) else str(float(value))


def _read(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, str) else value


def _lock(descriptor: int, path: Path) -> None:
    """Hold the file until the process ends, however it ends; systems without such locks go without."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        raise OutputError(f"{path.parent.parent}: another process is at this search") from fault
