"""Plan: what we decide. Spend per period and channel, and nothing else.

    symbol    meaning                                          shape      unit
    spend_tc  money offered to channel c in period t           (T, C)     currency, major units
    channels  names of the columns, in the world's order       (C,)

A plan covers the paid periods; the tail carries no spend. A plan never knows a seed or a market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import PlanError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plan:
    """Spend per period and channel.

    Attributes:
        channels: column names, in the world's order.
        spend_tc: (T, C) currency in major units, finite and >= 0; read-only.
    """

    channels: tuple[str, ...]
    spend_tc: Floats

    def __post_init__(self) -> None:
        spend_tc = np.array(self.spend_tc, dtype=np.float64)
        if spend_tc.ndim != 2 or spend_tc.shape[1] != len(self.channels):
            raise PlanError(
                f"plan: spend must have one row a period and {len(self.channels)} columns, "
                f"got shape {spend_tc.shape}"
            )
        bad = np.argwhere(~np.isfinite(spend_tc) | (spend_tc < 0))
        if len(bad):
            raise PlanError("\n".join(_spend_fault(self.channels, spend_tc, t, c) for t, c in bad[:20]))
        spend_tc.flags.writeable = False
        object.__setattr__(self, "spend_tc", spend_tc)

    @classmethod
    def even(cls, channels: Sequence[str], periods: int, totals: Mapping[str, float]) -> Plan:
        """Spread each channel's total evenly over the periods; channels not named get nothing."""
        check_channels(totals, channels)
        row_c = np.array([float(totals.get(name, 0.0)) for name in channels])
        return cls(tuple(channels), np.tile(row_c / periods, (periods, 1)))

    @classmethod
    def zero(cls, channels: Sequence[str], periods: int) -> Plan:
        """No spend at all: the counterfactual that incremental measures compare with."""
        return cls(tuple(channels), np.zeros((periods, len(channels))))

    @property
    def periods(self) -> int:
        """Paid periods T."""
        return int(self.spend_tc.shape[0])

    @property
    def total(self) -> float:
        """Money over all periods and channels."""
        return float(self.spend_tc.sum())

    @property
    def total_c(self) -> Floats:
        """Money by channel, (C,)."""
        return np.asarray(self.spend_tc.sum(axis=0))

    def totals(self) -> dict[str, float]:
        """Money by channel name."""
        return dict(zip(self.channels, self.total_c.tolist(), strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return self.channels == other.channels and np.array_equal(self.spend_tc, other.spend_tc)

    def __hash__(self) -> int:
        return hash((self.channels, self.spend_tc.tobytes()))


def check_channels(names: Mapping[str, object] | Sequence[str], channels: Sequence[str]) -> None:
    """Raise `PlanError` for every name that is not a channel, with the nearest one that is."""
    from difflib import get_close_matches

    faults = []
    for name in names:
        if name not in channels:
            near = get_close_matches(name, channels, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else f" (channels: {', '.join(channels)})"
            faults.append(f"plan: unknown channel '{name}'{hint}")
    if faults:
        raise PlanError("\n".join(faults))


def _spend_fault(channels: Sequence[str], spend_tc: Floats, t: int, c: int) -> str:
    return f"plan: spend on '{channels[c]}' in period {t} must be a finite number >= 0, got {spend_tc[t, c]}"
