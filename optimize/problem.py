"""BudgetProblem: what may be decided, within which limits, to maximise what.

    symbol      meaning                                         shape   unit
    amounts_c   decision: money by channel over the plan        (C,)    currency, major units
    lower_c     least amount                                    (C,)    currency
    upper_c     most amount; 0 where a channel takes no money   (C,)    currency
    profile_tc  share of a channel's amount spent in a period   (T, C)  columns sum to 1

Limits given as shares are resolved against the total in force, so `--budget` moves them along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.objectives import OBJECTIVES, Objective
from optimize.wording import money
from sim import LimitError, Plan

if TYPE_CHECKING:
    from sim import Scenario, World

Floats = npt.NDArray[np.float64]
#: Share of the total below which an amount is a solver's residue.
DUST = 1e-5


@dataclass(frozen=True)
class GroupLimit:
    """Bounds on the summed amount of several channels.

    Attributes:
        channels: indices into the world's channels.
        names: their ids, for sentences.
        lower: least sum, currency.
        upper: most sum, currency; infinite when there is none.
    """

    channels: tuple[int, ...]
    names: tuple[str, ...]
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class BudgetProblem:
    """A total to be split over channels.

    Attributes:
        world: the market, compiled.
        status_quo: today's plan; it lends its timing to every plan tried.
        total: money over the whole plan; every plan recommended sums to it.
        lower_c: (C,) least amounts.
        upper_c: (C,) most amounts.
        groups: bounds on sums of channels.
        objectives: names in `OBJECTIVES`; the first one is the one the verdict is about.
    """

    world: World
    status_quo: Plan
    total: float
    lower_c: Floats
    upper_c: Floats
    groups: tuple[GroupLimit, ...] = ()
    objectives: tuple[str, ...] = ("roi",)

    def __post_init__(self) -> None:
        unknown = [name for name in self.objectives if name not in OBJECTIVES]
        if unknown or not self.objectives or len(set(self.objectives)) != len(self.objectives):
            got = ", ".join(self.objectives) or "none"
            raise LimitError(f"objective: choose among {', '.join(OBJECTIVES)}, each once, got {got}")
        if not (np.isfinite(self.total) and self.total > 0):
            hint = "give --budget or optimization.total"
            raise LimitError(f"total: the budget must be a finite amount above 0, got {self.total} ({hint})")
        from optimize.feasibility import check_limits

        check_limits(self)

    @classmethod
    def from_scenario(
        cls,
        scenario: Scenario,
        world: World,
        status_quo: Plan,
        *,
        total: float | None = None,
        objectives: Sequence[str] = ("roi",),
    ) -> BudgetProblem:
        """Read `scenario.optimization`; `total` overrides the file's.

        Raises:
            LimitError: limits that name no channel, contradict each other or cannot meet the total.
        """
        block = scenario.optimization
        budget = total if total is not None else block.total if block.total is not None else status_quo.total
        lower_c = np.zeros(len(world.channels))
        upper_c = np.where(world.priced_c, np.inf, 0.0)
        groups: list[GroupLimit] = []
        for limit in block.limits:
            names = (limit.channel,) if limit.channel is not None else tuple(limit.group or ())
            index = tuple(_channel(name, world.channels) for name in names)
            low = max(limit.min or 0.0, (limit.min_share or 0.0) * budget)
            caps = [limit.max, None if limit.max_share is None else limit.max_share * budget]
            high = min((cap for cap in caps if cap is not None), default=float("inf"))
            if len(index) == 1:
                c = index[0]
                lower_c[c], upper_c[c] = max(lower_c[c], low), min(upper_c[c], high)
            elif index:
                groups.append(GroupLimit(index, names, low, high))
        return cls(world, status_quo, float(budget), lower_c, upper_c, tuple(groups), tuple(objectives))

    @property
    def free_c(self) -> npt.NDArray[np.intp]:
        """Indices of the channels that can take money under the limits."""
        return np.flatnonzero(self.upper_c > 0)

    @property
    def goals(self) -> tuple[Objective, ...]:
        """The objectives, looked up."""
        return tuple(OBJECTIVES[name] for name in self.objectives)

    @property
    def tolerance(self) -> float:
        """Money by which a limit may be missed: floating point, never a real amount."""
        return max(1e-9 * self.total, 1e-6)

    @property
    def currency(self) -> str:
        """ISO code of the scenario's currency."""
        return str(self.world.currency)

    def plan(self, amounts_c: Floats) -> Plan:
        """Spread amounts over the periods as the status quo does; evenly where it spends nothing."""
        spend_tc = self.status_quo.spend_tc
        total_c = spend_tc.sum(axis=0)
        even = 1.0 / spend_tc.shape[0]
        profile_tc = np.where(total_c > 0, spend_tc / np.where(total_c > 0, total_c, 1.0), even)
        return Plan(self.world.channels, profile_tc * np.asarray(amounts_c))

    def status_quo_at_total(self) -> Floats:
        """Today's mix scaled to the total; an even split where today spends nothing."""
        total_c = np.where(self.world.priced_c, self.status_quo.total_c, 0.0)
        if total_c.sum() <= 0:
            total_c = np.where(self.world.priced_c, 1.0, 0.0)
        return np.asarray(total_c / total_c.sum() * self.total)

    def settle(self, amounts_c: Floats) -> Floats:
        """Clip to the channel bounds and put the last fractions of money where there is room.

        Amounts are rounded to the minor unit, and dust is swept up, so that the plan simulated is the
        plan reported.
        """
        upper_c = np.minimum(self.upper_c, self.total)
        minor = float(self.world.minor)
        kept_c = np.where(np.asarray(amounts_c) < DUST * self.total, 0.0, amounts_c)
        amounts = np.clip(np.round(kept_c * minor) / minor, self.lower_c, upper_c)
        for _ in range(len(amounts) + 1):
            missing = self.total - amounts.sum()
            room_c = upper_c - amounts if missing > 0 else amounts - self.lower_c
            # Channels that hold money first: no fraction shall open a channel.
            c = int(np.argmax(np.where(amounts > 0, room_c, 0.0)))
            c = c if room_c[c] > 0 and amounts[c] > 0 else int(np.argmax(room_c))
            if missing == 0 or room_c[c] <= 0:
                break
            amounts[c] += np.sign(missing) * min(abs(missing), room_c[c])
        return amounts

    def violations(self, amounts_c: Floats) -> list[str]:
        """Every limit the amounts break, as a sentence that says by how much; empty when all hold."""
        names, slack = self.world.channels, self.tolerance
        said = []
        gap = float(np.sum(amounts_c)) - self.total
        if abs(gap) > slack:
            said.append(
                f"the amounts add up to {self._money(float(np.sum(amounts_c)))}, {self._off(gap)} the total"
            )
        for c, amount in enumerate(amounts_c):
            for bound, missing, side in (
                (self.lower_c[c], self.lower_c[c] - amount, "below its minimum"),
                (self.upper_c[c], amount - self.upper_c[c], "above its maximum"),
            ):
                if missing > slack:
                    by = self._money(missing)
                    said.append(f"{names[c]} gets {self._money(amount)}, {by} {side} of {self._money(bound)}")
        return said + [sentence for group in self.groups for sentence in self._group_faults(group, amounts_c)]

    def _group_faults(self, group: GroupLimit, amounts_c: Floats) -> list[str]:
        together = float(np.sum(np.asarray(amounts_c)[list(group.channels)]))
        got = f"{' + '.join(group.names)} get {self._money(together)}"
        said = []
        if group.lower - together > self.tolerance:
            short = self._money(group.lower - together)
            said.append(f"{got}, {short} below their minimum of {self._money(group.lower)}")
        if together - group.upper > self.tolerance:
            over = self._money(together - group.upper)
            said.append(f"{got}, {over} above their maximum of {self._money(group.upper)}")
        return said

    def _off(self, gap: float) -> str:
        return f"{self._money(abs(gap))} {'above' if gap > 0 else 'below'}"

    def _money(self, amount: float) -> str:
        return money(amount, self.currency)


def _channel(name: str, channels: Sequence[str]) -> int:
    if name in channels:
        return list(channels).index(name)
    near = get_close_matches(name, channels, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"channels: {', '.join(channels)}"
    raise LimitError(f"optimization.limits: unknown channel '{name}' ({hint})")
