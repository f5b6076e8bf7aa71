"""What makes two searches the same one: what a killed search must be asked again for to go on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.errors import RequestError
from experiments.recommend.place import mend_journal
from experiments.store import resolved

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.recommend.answer import Request
    from experiments.recommend.place import Place
    from experiments.runner import Case
    from optimize import Study


def identity(case: Case, request: Request, settings: Settings) -> dict[str, Any]:
    """Everything that decides which plans are simulated and what they measure, but for the number of runs.

    A plan given is known by its money, whatever its file is called.

    Engine, threads and workers are left out: no result depends on them.
    """
    from sim import dump

    digest = hashlib.sha256(dump(resolved(case)).encode())
    digest.update(case.plan.spend_tc.tobytes())
    found = {
        "schema_version": 1,
        "omnifunnel": _version(),
        "scenario": str(case.world.name),
        "scenario_sha256": digest.hexdigest(),
        "seed": settings.seed,
        "method": request.method,
        "sampler": request.sampler,
        "objective": list(request.objectives),
        "budget": None if request.budget is None else request.budget.at(case.plan.total),
        "variant": case.variant,
        "plan_sha256": None if case.plan_source is None else _digest(case),
        **asdict(request.asked),
    }
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def study_of(request: Request, asked: dict[str, Any], place: Place) -> Study | None:
    """Sampler and storage, if either was asked for.

    Raises:
        RequestError: they do not go with the method, or a journal has no run directory.
    """
    from optimize import Study

    if request.sampler is None and request.storage is None:
        return None
    if request.method != "search":
        options = [f"--{name}" for name in ("sampler", "storage") if getattr(request, name) is not None]
        raise RequestError(f"{' and '.join(options)}: only with --method search, got {request.method}")
    storage = request.storage
    if storage == "journal":
        if place.journal is None:
            raise RequestError("--storage journal: lies in the run directory; name one with --out DIR")
        storage = str(place.journal)
    if storage is not None and "://" not in storage:
        mend_journal(Path(storage))
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return Study(request.sampler, storage, f"omnifunnel {asked['scenario']} {digest[:12]}")


def _digest(case: Case) -> str:
    """SHA-256 over the money of a plan."""
    return hashlib.sha256(case.plan.spend_tc.tobytes()).hexdigest()


def _version() -> str | None:
    try:
        return metadata.version("omnifunnel")
    except metadata.PackageNotFoundError:
        return None
