"""A user's CSV, read strictly: what is wrong with it is told all at once, a line each, with its place."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from math import nan
from pathlib import Path

from sim.errors import OmnifunnelError

MAX_BYTES = 500_000_000
MAX_FAULTS = 50
MAX_AMOUNT = 1e15
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


class CsvRows:
    """A header, the rows under it, and the faults found so far.

    Attributes:
        path: the file as the user named it.
        header: column names, small letters, no spaces around.
        columns: known name -> position, once `name_columns` has run.
        may_be_empty: numeric columns where an empty cell means 0.
    """

    def __init__(self, path: str | Path, error: type[OmnifunnelError]) -> None:
        self.path = path
        self.columns: dict[str, int] = {}
        self.may_be_empty: frozenset[str] = frozenset()
        self._error = error
        self._faults: list[str] = []
        self._more = 0
        self._reader = csv.reader(io.StringIO(self._text(Path(path)), newline=""), strict=True)
        self.header = [name.strip().lower() for name in next(self._filled(), (0, []))[1]]
        if not self.header and not self._faults:
            self.fault(0, "must have a header and rows, but is empty")
        self.check()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells without spaces around) of each row that has as many cells as the header."""
        rows = 0
        for line, cells in self._filled():
            rows += 1
            if len(cells) == len(self.header):
                yield line, [cell.strip() for cell in cells]
            else:
                self.fault(line, f"must have {len(self.header)} cells like the header, got {len(cells)}")
        if not rows:
            self.fault(0, "must have rows under its header, but has none")

    def fault(self, line: int, text: str) -> None:
        """Note a fault; line 0 is the file as a whole."""
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(f"{self.path}:{line}: {text}" if line else f"{self.path}: {text}")
        else:
            self._more += 1

    def check(self) -> None:
        """Raise if there is any fault."""
        if self._faults:
            more = [f"{self.path}: and {self._more} more faults"] if self._more else []
            raise self._error("\n".join([*self._faults, *more]))

    def name_columns(
        self, known: Sequence[str], required: Collection[str], also: Mapping[str, str] | None = None
    ) -> None:
        """Find the columns by name, for `text`, `count` and `amount`.

        Args:
            known: names that may stand in the header; any other column is a fault.
            required: those that must.
            also: other spellings -> known names.

        Raises:
            OmnifunnelError: of the kind given, when a column is missing, so that the rows cannot be read.
        """
        for position, written in enumerate(self.header):
            name = (also or {}).get(written, written)
            if name not in known:
                self.fault(
                    1, f"column {shown(written)} is unknown{_near(written, known)}; rename or delete it"
                )
            elif name in self.columns:
                self.fault(1, f"column '{name}' must stand once; delete or rename the other")
            else:
                self.columns[name] = position
        missing = [name for name in known if name in required and name not in self.columns]
        for name in missing:
            self.fault(1, f"column '{name}' is missing{_near(name, self.header, 'got')}")
        if missing:
            self.check()

    def text(self, cells: list[str], name: str) -> str:
        """The cell of a column; empty without the column."""
        return cells[self.columns[name]] if name in self.columns else ""

    def count(self, line: int, cells: list[str], name: str) -> float:
        """A whole number >= 0 (3.0 is one); 0 without the column, NaN where it is a fault."""
        return self._number(line, cells, name, "a whole number >= 0", float.is_integer)

    def amount(self, line: int, cells: list[str], name: str) -> float:
        """A finite number >= 0; 0 without the column, NaN where it is a fault."""
        return self._number(line, cells, name, "a finite number >= 0", lambda _: True)

    def _number(
        self, line: int, cells: list[str], name: str, rule: str, holds: Callable[[float], bool]
    ) -> float:
        if name not in self.columns:
            return 0.0
        cell = self.text(cells, name) or ("0" if name in self.may_be_empty else "")
        number = float(cell) if _NUMBER.fullmatch(cell) else -1.0
        if 0 <= number <= MAX_AMOUNT and holds(number):
            return number
        self.fault(line, f"column '{name}': must be {rule}, got {shown(cell)}; correct it or delete the row")
        return nan

    def _text(self, path: Path) -> str:
        try:
            if not path.is_file():
                raise self._error(f"{path}: no such file")
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise self._error(f"{path}: cannot be read: {error.strerror}") from error
        if len(data) > MAX_BYTES:
            raise self._error(
                f"{path}: must be at most {MAX_BYTES} bytes, got {path.stat().st_size}; split it"
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise self._error(f"{path}:{line}: must be UTF-8 text; save it as CSV UTF-8") from error

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of the rows that are not empty, to the end or to where it is no CSV any more."""
        try:
            for cells in self._reader:
                if any(cell.strip() for cell in cells):
                    yield self._reader.line_num, cells
        except csv.Error as error:
            self.fault(self._reader.line_num, f"cannot be read as CSV: {error}")


def shown(text: str) -> str:
    """A cell inside a message: quoted, cut, on one line."""
    cut = text if len(text) <= 40 else text[:37] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + "'"


def _near(word: str, choices: Sequence[str], otherwise: str = "known") -> str:
    near = get_close_matches(word[:80], choices, n=1)
    listed = ", ".join(shown(choice)[1:-1] for choice in choices[:12])
    return f" (did you mean {shown(near[0])}?)" if near else f" ({otherwise}: {listed})"
