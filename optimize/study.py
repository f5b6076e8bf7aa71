"""What an Optuna search may be told: the sampler by name, and a storage that outlives the process.

sampler   objectives   good for
cmaes     1            smooth responses, from some 200 runs on; the default there
tpe       1 or more    anything; the default with few runs and for fronts
gp        1 or more    few, dear runs; needs PyTorch, and time of its own for every plan
nsga2     1 or more    fronts of two objectives from several hundred runs on
nsga3     1 or more    fronts of three and more
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sim import OmnifunnelError

if TYPE_CHECKING:
    import optuna

#: Plans asked for together; also the random ones before a model is fitted.
BATCH = 8
#: Runs from which on CMA-ES is chosen: it needs about so many to learn its scales.
CMA_FROM = 200
#: Least and most plans in a generation, and the share of the runs that a generation is.
LEAST, MOST, GENERATION = 8, 50, 8
#: Seconds to wait while another process writes to the same SQLite file; its own 5 are soon over.
PATIENCE = 120
#: Seconds to wait before each further try to make the tables of a new database.
AT_ONCE = (0.5, 1.0, 2.0)
#: How the path of a journal file ends; everything else is the URL of a database.
JOURNAL = ".journal"


class StudyError(OmnifunnelError):
    """A sampler or a storage that cannot be had, told before anything is simulated."""


@dataclass(frozen=True)
class Study:
    """Sampler and storage of a search.

    Attributes:
        sampler: name in `SAMPLERS`; None chooses by runs and objectives.
        storage: database URL such as `sqlite:///study.db`, or the path of a `.journal` file; None: memory.
        name: of the study in the storage; processes that name the same one share it.
    """

    sampler: str | None = None
    storage: str | None = None
    name: str = "omnifunnel"


def _cmaes(key: int, runs: int) -> optuna.samplers.BaseSampler:
    from optuna.samplers import CmaEsSampler

    return CmaEsSampler(seed=key, warn_independent_sampling=False)


def _tpe(key: int, runs: int) -> optuna.samplers.BaseSampler:
    from optuna.samplers import TPESampler

    return TPESampler(seed=key, n_startup_trials=BATCH)


def _gp(key: int, runs: int) -> optuna.samplers.BaseSampler:
    from optuna.samplers import GPSampler

    return GPSampler(seed=key, n_startup_trials=BATCH)


def _nsga2(key: int, runs: int) -> optuna.samplers.BaseSampler:
    from optuna.samplers import NSGAIISampler

    return NSGAIISampler(seed=key, population_size=_generation(runs))


def _nsga3(key: int, runs: int) -> optuna.samplers.BaseSampler:
    from optuna.samplers import NSGAIIISampler

    return NSGAIIISampler(seed=key, population_size=_generation(runs))


def _generation(runs: int) -> int:
    return max(LEAST, min(MOST, runs // GENERATION))


#: name -> (seed, runs) -> sampler.
SAMPLERS: dict[str, Callable[[int, int], optuna.samplers.BaseSampler]] = {
    "cmaes": _cmaes,
    "tpe": _tpe,
    "gp": _gp,
    "nsga2": _nsga2,
    "nsga3": _nsga3,
}


def sampler_name(study: Study, *, objectives: int, runs: int) -> str:
    """The sampler asked for, or the one that suits objectives and runs."""
    return study.sampler or ("cmaes" if objectives == 1 and runs >= CMA_FROM else "tpe")


def check_sampler(study: Study, *, objectives: int) -> None:
    """Refuse a sampler that cannot do what is asked.

    Raises:
        StudyError: unknown, for one objective only, or without the package it needs.
    """
    name = study.sampler
    if name is None:
        return
    if name not in SAMPLERS:
        near = get_close_matches(name, SAMPLERS, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise StudyError(f"sampler: choose among {', '.join(SAMPLERS)}, got '{name}'{hint}")
    if name == "cmaes" and objectives > 1:
        raise StudyError(
            f"sampler: cmaes takes one objective, got {objectives}; choose tpe, gp, nsga2 or nsga3"
        )
    if name == "gp" and find_spec("torch") is None:
        raise StudyError("sampler: gp needs PyTorch: pip install 'omnifunnel[gp]', or choose tpe or cmaes")


def open_storage(storage: str | None) -> optuna.storages.BaseStorage | None:
    """Connect to the storage; None for memory.

    Raises:
        StudyError: it cannot be reached, or its driver is missing; one line.
    """
    if storage is None:
        return None
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    if storage.endswith(JOURNAL) and "://" not in storage:
        return JournalStorage(JournalFileBackend(storage))
    if "://" not in storage:
        raise StudyError(
            f"storage: must be a URL such as sqlite:///study.db or postgresql+psycopg://user@host/name, "
            f"or a file that ends in {JOURNAL}; got '{storage}'"
        )
    from sqlalchemy.exc import SQLAlchemyError

    waits = {"connect_args": {"timeout": PATIENCE}} if storage.startswith("sqlite") else None
    try:
        for pause in AT_ONCE:
            try:
                return RDBStorage(storage, engine_kwargs=waits)
            except SQLAlchemyError as fault:
                # Another process makes the same tables at this moment; then they are there the next time.
                if not any(word in str(fault).lower() for word in ("already exists", "unique", "duplicate")):
                    raise
                time.sleep(pause)
        return RDBStorage(storage, engine_kwargs=waits)
    except (SQLAlchemyError, ImportError, ValueError, RuntimeError) as fault:
        reason = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
        raise StudyError(f"storage: {_without_password(storage)} cannot be opened: {reason}") from fault


@contextmanager
def storage_faults(storage: str | None) -> Iterator[None]:
    """A storage that goes away in the middle of a search ends it with one line.

    Raises:
        OmnifunnelError: what the storage said; trials told before are safe.
    """
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (StorageInternalError, SQLAlchemyError) as fault:
        cause = fault.__cause__ or fault
        reason = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
        raise OmnifunnelError(
            f"storage: {_without_password(str(storage))} failed: {reason}; the trials before are safe, "
            "go on with the same command"
        ) from fault


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.split("://", 1)[0] + "://..."
