"""Paths: journeys reduced to what attribution reads. A row may stand for several equal journeys (FACTS D).

    symbol         meaning                                                  shape    unit
    channels       names, the order of every credit                         (C,)
    channel_n      channel of each touch, row after row, in order of time   (N,)     index into channels
    age_n          from the touch to the end of its path                    (N,)     days; None: unknown
    start_p        touches of row p are start_p[p] : start_p[p + 1]         (P + 1,)
    conversions_p  journeys of row p that converted                         (P,)     count
    value_p        what these conversions were worth together               (P,)     money, major units
    nulls_p        journeys of row p that ended without conversion          (P,)     count

Conversions that met no channel stand apart (`untouched_*`): no rule credits them, every report shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import JourneyError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Touches, conversions, value, nulls of one row.
PathRow = tuple[Sequence[str], float, float, float]


@dataclass(frozen=True, eq=False)
class Paths:
    """Journeys as flat, read-only arrays.

    Attributes:
        channels: names, unique; credits come in this order.
        channel_n: (N,) channel of each touch, in order within its row.
        start_p: (P + 1,) first touch of each row, then N; a row has at least one touch.
        conversions_p: (P,) conversions of the row, >= 0, whole or weighted.
        value_p: (P,) their value together; 0 where nothing converted.
        nulls_p: (P,) journeys of the row without conversion.
        age_n: (N,) days from the touch to the end of its path, falling within a row; None: times unknown.
        untouched_conversions: conversions that met no channel.
        untouched_value: their value.

    Raises:
        JourneyError: with one line per rule that the arrays break.
    """

    channels: tuple[str, ...]
    channel_n: Ints
    start_p: Ints
    conversions_p: Floats
    value_p: Floats
    nulls_p: Floats
    age_n: Floats | None = field(default=None, kw_only=True)
    untouched_conversions: float = field(default=0.0, kw_only=True)
    untouched_value: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("channel_n", "start_p", "conversions_p", "value_p", "nulls_p", "age_n"):
            given = getattr(self, name)
            if given is not None:
                kind = np.int64 if name in ("channel_n", "start_p") else np.float64
                array: npt.NDArray[Any] = np.array(given, dtype=kind)
                array.flags.writeable = False
                object.__setattr__(self, name, array)
        faults = _shape_faults(self) or _content_faults(self)
        if faults:
            raise JourneyError("\n".join(f"paths: {fault}" for fault in faults))

    @property
    def rows(self) -> int:
        """Rows P."""
        return len(self.conversions_p)

    @property
    def touches_p(self) -> Ints:
        """Touches of each row, (P,)."""
        return np.diff(self.start_p)

    @property
    def path_n(self) -> Ints:
        """Row of each touch, (N,)."""
        return np.repeat(np.arange(self.rows), self.touches_p)

    @property
    def conversions(self) -> float:
        """Conversions to credit; those that met no channel are not among them."""
        return float(self.conversions_p.sum())

    @property
    def value(self) -> float:
        """Value to credit."""
        return float(self.value_p.sum())

    @property
    def nulls(self) -> float:
        """Journeys without conversion."""
        return float(self.nulls_p.sum())

    def merged(self) -> Paths:
        """The same journeys with equal rows (same touches, same ages) added up, in order of first appearance.

        Rows that stand for no journey at all are left out.
        """
        first: dict[bytes, int] = {}
        row_p = np.array([first.setdefault(key, len(first)) for key in self._keys()], dtype=np.int64)
        weighed = self.conversions_p + self.nulls_p > 0
        totals = [
            sum_by(row_p, amounts, len(first)) for amounts in (self.conversions_p, self.value_p, self.nulls_p)
        ]
        kept = sum_by(row_p, weighed, len(first)) > 0
        first_p = np.unique(row_p, return_index=True)[1][kept]
        touch_n = np.isin(self.path_n, first_p)
        return Paths(
            self.channels,
            self.channel_n[touch_n],
            np.concatenate([[0], np.cumsum(self.touches_p[first_p])]),
            totals[0][kept],
            totals[1][kept],
            totals[2][kept],
            age_n=None if self.age_n is None else self.age_n[touch_n],
            untouched_conversions=self.untouched_conversions,
            untouched_value=self.untouched_value,
        )

    def _keys(self) -> Iterable[bytes]:
        """What makes two rows equal: their touches, and ages where known; -0.0 is no other age than 0.0."""
        age_n = None if self.age_n is None else self.age_n + 0.0
        for start, stop in zip(self.start_p[:-1], self.start_p[1:], strict=True):
            ages = b"" if age_n is None else age_n[start:stop].tobytes()
            yield self.channel_n[start:stop].tobytes() + ages


def in_alphabet(numbers: Mapping[str, int], channel_n: Sequence[int]) -> tuple[tuple[str, ...], Ints]:
    """Channels in alphabetical order, and touches that were numbered otherwise in the new numbers."""
    names = sorted(numbers)
    new_number = np.zeros(len(names), dtype=np.int64)
    new_number[[numbers[name] for name in names]] = np.arange(len(names))
    return tuple(names), new_number[np.asarray(channel_n, dtype=np.int64)]


def sum_by(index: Ints, amounts: npt.NDArray[Any], size: int) -> Floats:
    """Amounts added up by index, (size,), also where there are none."""
    return np.bincount(index, amounts, minlength=size).astype(np.float64)


def paths_of(rows: Iterable[PathRow], *, channels: Sequence[str] | None = None) -> Paths:
    """Paths from (touches, conversions, value, nulls) in plain Python.

    Args:
        rows: e.g. `(["tv", "search"], 3, 120.0, 40)`.
        channels: the order of the credits; by default that of first appearance.

    Raises:
        JourneyError: a touch of no channel, an empty path, or figures that cannot be.
    """
    listed = list(rows)
    names = channels if channels is not None else dict.fromkeys(name for row in listed for name in row[0])
    index = {name: number for number, name in enumerate(names)}
    unknown = sorted({name for row in listed for name in row[0] if name not in index})
    if unknown:
        raise JourneyError(
            "\n".join(f"paths: '{name}' is no channel of {', '.join(index)}" for name in unknown)
        )
    lengths = [len(row[0]) for row in listed]
    return Paths(
        tuple(index),
        np.array([index[name] for row in listed for name in row[0]], dtype=np.int64),
        np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        *(np.array([row[column] for row in listed], dtype=np.float64) for column in (1, 2, 3)),
    )


def _shape_faults(paths: Paths) -> list[str]:
    """Arrays that do not fit together; the contents are read only when they do."""
    rows, touches = len(paths.conversions_p), len(paths.channel_n)
    wanted = {"start_p": rows + 1, "conversions_p": rows, "value_p": rows, "nulls_p": rows, "age_n": touches}
    arrays = {name: getattr(paths, name) for name in wanted}
    faults = [
        f"{name} must have shape ({wanted[name]},), got {array.shape}"
        for name, array in arrays.items()
        if array is not None and array.shape != (wanted[name],)
    ]
    if faults:
        return faults
    if paths.start_p[0] != 0 or paths.start_p[-1] != touches:
        faults.append(f"start_p must run from 0 to {touches}, got {paths.start_p[0]} to {paths.start_p[-1]}")
    empty = np.flatnonzero(np.diff(paths.start_p) < 1)
    if len(empty):
        faults.append(f"row {empty[0]} must have at least one touch (count it in untouched_conversions)")
    return faults


def _content_faults(paths: Paths) -> list[str]:
    faults = []
    if len(set(paths.channels)) < len(paths.channels) or "" in paths.channels:
        faults.append(f"channels must be named, each once, got {paths.channels}")
    if len(paths.channel_n) and not 0 <= paths.channel_n.min() <= paths.channel_n.max() < len(paths.channels):
        faults.append(f"channel_n must be in 0 .. {len(paths.channels) - 1}")
    amounts: dict[str, Any] = {name: getattr(paths, name) for name in ("conversions_p", "value_p", "nulls_p")}
    amounts |= {
        "untouched_conversions": paths.untouched_conversions,
        "untouched_value": paths.untouched_value,
    }
    for name, amount in amounts.items():
        if not np.all(np.isfinite(amount) & (np.asarray(amount) >= 0)):
            faults.append(f"{name} must be finite and >= 0")
    worthless = np.flatnonzero((paths.conversions_p == 0) & (paths.value_p > 0))
    if len(worthless):
        faults.append(f"row {worthless[0]} has value but no conversion")
    return faults + _age_faults(paths)


def _age_faults(paths: Paths) -> list[str]:
    if paths.age_n is None:
        return []
    if not np.all(np.isfinite(paths.age_n) & (paths.age_n >= 0)):
        return ["age_n must be finite and >= 0"]
    path_n = paths.path_n
    later = np.flatnonzero((np.diff(paths.age_n) > 0) & (np.diff(path_n) == 0))
    return [f"row {path_n[later[0]]} must have its touches in order of time"] if len(later) else []
