"""Where a search lives: a run directory that holds its ledger from the first simulation on.

    DIR/search/request.json    what is searched; a search goes on only for the same request
    DIR/search/ledger.jsonl    every simulated plan (`ledger`)
    DIR/search/study.journal   trials of `--storage journal`
    DIR/run.json               the last file of the results: without it, or with `interrupted` in it, the
                               search can go on

Results are written beside the ledger and moved into place when all are there, `run.json` last.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from experiments.console import note
from experiments.errors import OutputError
from experiments.recommend.ledger import Ledger, cut_back

SEARCH, REQUEST, LEDGER, JOURNAL = "search", "request.json", "ledger.jsonl", "study.journal"
RESULTS, LAST = "unfinished", "run.json"


class Place:
    """The run directory of a search, as a context: results on success, else what the search paid for.

    Args:
        out: the directory; None keeps nothing.
        resume: go on with the search that it holds.
        quiet: no notes.
    """

    def __init__(self, out: Path | None, *, resume: bool = False, quiet: bool = False) -> None:
        self.out, self.resume, self.quiet = out, resume, quiet
        self.ledger: Ledger | None = None
        self._target = Path() if out is None else out.absolute()
        self._made: list[Path] = []
        self._option = f"--{'resume' if resume else 'out'} {out}"

    @property
    def journal(self) -> Path | None:
        """The file of a study that is kept here."""
        return None if self.out is None else self._target / SEARCH / JOURNAL

    def __enter__(self) -> Path | None:
        """Refuse a directory that cannot be the place; returns the folder to write results into."""
        if self.out is None:
            return None
        target = self._target
        if self.resume and not (target / SEARCH / REQUEST).is_file():
            raise OutputError(f"{self._option}: holds no search to go on with")
        if os.path.lexists(target) and not target.is_dir():
            raise OutputError(f"{self._option}: is a file; name a new or empty folder")
        if not self.resume and target.is_dir() and any(target.iterdir()) and not unfinished(target):
            raise OutputError(f"{self._option}: already holds files; name a new or empty folder")
        return target / SEARCH / RESULTS

    def begin(self, request: dict[str, Any], *, runs: int) -> Ledger | None:
        """Claim the directory for a request, or find what it holds of it.

        Raises:
            OutputError: it holds another request, or a search that is finished.
        """
        if self.out is None:
            return None
        home = self._target / SEARCH
        if (home / REQUEST).is_file():
            self._compare(json.loads((home / REQUEST).read_text(encoding="utf-8")), request, runs)
        else:
            self._make(home)
        self.ledger = Ledger(home / LEDGER, seed=int(request["seed"]))
        document = json.dumps({**request, "runs": runs}, ensure_ascii=False, indent=2) + "\n"
        _replace(home / REQUEST, document)
        shutil.rmtree(home / RESULTS, ignore_errors=True)
        (home / RESULTS).mkdir()
        if self.ledger.found:
            text = f"going on: {self.ledger.found} simulations found in {self.out} are not run again"
            note(text, quiet=self.quiet)
        return self.ledger

    def _compare(self, there: dict[str, Any], here: dict[str, Any], runs: int) -> None:
        before = there.pop("runs", 0)
        differences = "; ".join(_differences(there, here))
        if not self.resume and differences:
            text = (
                f"holds an unfinished search of another request ({differences}); name a new or empty folder"
            )
            raise OutputError(f"{self._option}: {text}")
        if not self.resume:
            raise OutputError(
                f"{self._option}: holds an unfinished search of this request; go on with --resume {self.out}"
            )
        if differences:
            raise OutputError(
                f"{self._option}: holds another search ({differences}); ask for the same, or name a new "
                "folder with --out"
            )
        if not unfinished(self._target) and runs <= before:
            raise OutputError(f"{self._option}: the search is finished; give it more than {before} --runs")

    def _make(self, home: Path) -> None:
        self._made = [folder for folder in (home, *home.parents) if not folder.exists()]
        try:
            home.mkdir(parents=True)
        except OSError as fault:
            raise OutputError(f"{self._option}: cannot be written ({fault.strerror})") from fault

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Move results into place; without any keep the ledger, and nothing where no plan was simulated."""
        if self.out is None or self.ledger is None:
            self._remove_made()
            return
        target = self._target
        self.ledger.close(whole=kind is None)
        if kind is None:
            _publish(target / SEARCH / RESULTS, target)
            return
        shutil.rmtree(target / SEARCH / RESULTS, ignore_errors=True)
        if len(self.ledger):
            text = f"{len(self.ledger)} simulations are kept; go on with --resume {self.out}"
            note(text, quiet=self.quiet)
        elif self._made:
            shutil.rmtree(target / SEARCH)
            self._remove_made()

    def _remove_made(self) -> None:
        for folder in self._made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def unfinished(target: Path) -> bool:
    """Whether a directory holds a search without results, or with those of one that was interrupted."""
    if not (target / SEARCH / REQUEST).is_file():
        return False
    try:
        return bool(json.loads((target / LAST).read_text(encoding="utf-8")).get("interrupted"))
    except (OSError, ValueError):
        return True


def mend_journal(path: Path) -> None:
    """Cut off the half line that a killed process left in a study's journal: no one could add to it."""
    from optuna.storages.journal import JournalFileSymlinkLock

    if not path.is_file() or path.read_bytes()[-1:] in (b"\n", b""):
        return
    lock = JournalFileSymlinkLock(str(path))
    lock.acquire()
    try:
        cut_back(path)
    finally:
        lock.release()


def _publish(results: Path, target: Path) -> None:
    """Results of a search that goes on replace those from before; the last file first makes them whole."""
    (target / LAST).unlink(missing_ok=True)
    for path in sorted(results.iterdir(), key=lambda path: path.name == LAST):
        place = target / path.name
        if place.is_dir():
            shutil.rmtree(place)
        os.replace(path, place)
    results.rmdir()


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def _differences(there: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """What two requests differ in, in words."""
    found = []
    unlike = {name for name in (*there, *here) if there.get(name) != here.get(name)}
    for name in dict.fromkeys((*there, *here)):
        before, now = there.get(name), here.get(name)
        if name not in unlike:
            continue
        if name == "scenario_sha256":
            # a variant or a plan makes the scenario another one by itself
            if not unlike & {"variant", "plan_sha256"}:
                found.append("another scenario, or other --set values")
        elif name == "plan_sha256":
            found.append("another --plan")
        else:
            found.append(f"{name.replace('_', ' ')} {_word(before)} there, {_word(now)} here")
    return found


def _word(value: Any) -> str:
    if value is None or value == []:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
