"""Trials of a study that several processes share, and that outlives each of them.

A trial carries what it cost to find out: amounts and key figures. So a process that joins, today or after
a crash, takes over every plan that any process simulated and pays none of them again. What the search
knew before its first trial is kept with the study in the same form.

    attribute      of       holds
    space          study    bounds of the coordinates; there once the warm start is
    common         study    what makes scores of two processes comparable
    plans 0000 ..  study    plans of the warm start
    owner          trial    host, process and when that started
    plan           trial    one plan
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator

if TYPE_CHECKING:
    import optuna

#: A trial of another machine that has run so long is given up, in seconds; and one that nobody signed.
LOST_AFTER, UNSIGNED_AFTER = 3600.0, 60.0
#: Plans in an attribute of the study: some databases hold no more than 64 KB in one.
TOGETHER = 16


class SharedTrials:
    """The study's trials, as seen by one process."""

    def __init__(self, study: optuna.Study, evaluator: Evaluator) -> None:
        self._study, self._evaluator = study, evaluator
        self._seen: set[int] = set()
        self._me = _owner()

    def sync(self) -> int:
        """Take over what other processes finished, and fail the trials of those that died.

        Returns:
            Trials that other processes are at.
        """
        from optuna.trial import TrialState

        busy = 0
        for trial in self._study.get_trials(deepcopy=False):
            if trial.number in self._seen or trial.state is TrialState.WAITING:
                continue
            if trial.state is TrialState.RUNNING:
                if not _lost(trial):
                    busy += 1
                    continue
                self._study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)
            self._seen.add(trial.number)
            if "plan" in trial.user_attrs:
                take(self._evaluator, [trial.user_attrs["plan"]])
        return busy

    def sign(self, trials: Sequence[optuna.Trial]) -> None:
        """Say who is at these trials."""
        for trial in trials:
            self._seen.add(trial.number)
            trial.set_user_attr("owner", self._me)

    def keep(self, trial: optuna.Trial, done: Evaluation) -> None:
        """Leave with a trial what its plan measured."""
        trial.set_user_attr("plan", plain(done))


def publish(study: optuna.Study, evaluator: Evaluator, space: Mapping[str, Any]) -> None:
    """Leave with a new study what the search knows before its first trial; the space comes last."""
    plans = [plain(done) for done in evaluator.evaluations]
    for n, first in enumerate(range(0, len(plans), TOGETHER)):
        study.set_user_attr(f"plans {n:04d}", plans[first : first + TOGETHER])
    study.set_user_attr("common", evaluator.common)
    study.set_user_attr("space", dict(space))


def join(study: optuna.Study, evaluator: Evaluator) -> bool:
    """Take over what a study was started with; False if it has no start yet."""
    attributes = study.user_attrs
    if "space" not in attributes:
        return False
    evaluator.common = attributes["common"]
    for name in sorted(key for key in attributes if key.startswith("plans ")):
        take(evaluator, attributes[name])
    return True


def plain(done: Evaluation) -> dict[str, Any]:
    """A plan as JSON holds it; numbers come back as they were."""
    kpis = {name: value for name, value in done.kpis.items() if value is None or np.isfinite(value)}
    return {"amounts": done.amounts_c.tolist(), "kpis": kpis, "failure": done.failure}


def take(evaluator: Evaluator, plans: Sequence[Mapping[str, Any]]) -> None:
    """Take over plans, as far as the runs left pay for them."""
    for plan in plans:
        if evaluator.affordable():
            amounts_c = np.array(plan["amounts"], dtype=np.float64)
            evaluator.take_over(amounts_c, plan["kpis"], plan["failure"], SEARCH_REPLICATE)


def _owner() -> dict[str, Any]:
    return {"host": socket.gethostname(), "process": os.getpid(), "started": _started(os.getpid())}


def _started(process: int) -> str | None:
    """When a process of this machine started; tells it from a later one that got its number."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def _lost(trial: optuna.trial.FrozenTrial) -> bool:
    """Whether nobody is at a trial any more."""
    begun = trial.datetime_start
    age = 0.0 if begun is None else (dt.datetime.now() - begun).total_seconds()
    owner = trial.user_attrs.get("owner")
    if owner is None:
        return age > UNSIGNED_AFTER
    if owner["host"] == socket.gethostname() and owner["started"] is not None:
        return bool(_started(int(owner["process"])) != owner["started"])
    return age > LOST_AFTER
