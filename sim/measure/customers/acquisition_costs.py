"""What a new customer costs: blended, paid and incremental (FACTS E.5), and quadrants of cost and value.

    cost          formula
    blended       all money billed / new customers
    paid          all money billed / new customers whose last touch took money; of a channel: its money /
                  new customers by last touch
    incremental   all money billed / (new customers - those without any spend); of a channel: its money /
                  (new customers - those without its money)

New customers are those of the whole run: money also wins customers after it was spent. The simulator knows
media money only, labour and production are in no plan. All runs meet the same draws.
An incremental cost is missing where the money brings no customer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from sim.engine.run import Run
from sim.measure.ratios import quotient, ratio

Floats = npt.NDArray[np.float64]

#: Kinds of cost -> what stands below the money.
COSTS: dict[str, str] = {
    "blended": "all new customers",
    "paid": "those whose last touch took money",
    "incremental": "those who would not have come without any spend",
}
#: (cost at most the median, value at least the median) -> quadrant of the cost-benefit matrix (FACTS A1.14).
QUADRANTS: dict[tuple[bool, bool], str] = {
    (True, True): "expand",
    (False, True): "make cheaper",
    (True, False): "raise value",
    (False, False): "cut or mend",
}


@dataclass(frozen=True, eq=False)
class AcquisitionCosts:
    """Money and new customers of one replicate.

    Attributes:
        spend_c: money billed, currency, (C,).
        first_c: new customers by first touch, people; the last place is no channel, (C + 1,).
        last_c: the same by last touch.
        none: new customers without any spend, people.
        without_c: new customers without the channel's money, people; NaN where it has none, (C,).
    """

    spend_c: Floats
    first_c: Floats
    last_c: Floats
    none: float
    without_c: Floats

    @property
    def new_customers(self) -> float:
        """New customers, people."""
        return float(self.last_c.sum())

    @property
    def incremental(self) -> float:
        """New customers that there would not be without any spend, people."""
        return self.new_customers - self.none

    @property
    def blended_cac(self) -> float | None:
        """All money / new customers."""
        return quotient(self.spend_c.sum(), self.new_customers)

    @property
    def paid_cac(self) -> float | None:
        """All money / new customers whose last touch took money."""
        return quotient(self.spend_c.sum(), self.last_c[:-1][self.spend_c > 0].sum())

    @property
    def incremental_cac(self) -> float | None:
        """All money / new customers it brought; None where it brought none."""
        return quotient(self.spend_c.sum(), max(0.0, self.incremental))

    def of(self, kind: str) -> tuple[float, float | None]:
        """New customers, people, and cost of one of them, by kind of cost (`COSTS`)."""
        found = {
            "blended": (self.new_customers, self.blended_cac),
            "paid": (float(self.last_c[:-1][self.spend_c > 0].sum()), self.paid_cac),
            "incremental": (self.incremental, self.incremental_cac),
        }
        return found[kind]

    @property
    def incremental_c(self) -> Floats:
        """New customers that there would not be without the channel's money; NaN where it has none, (C,)."""
        return self.new_customers - self.without_c

    @property
    def cac_c(self) -> Floats:
        """A channel's money / new customers by last touch, (C,)."""
        return ratio(self.spend_c, self.last_c[:-1])

    @property
    def incremental_cac_c(self) -> Floats:
        """A channel's money / new customers it brought; NaN where it brought none, (C,)."""
        return ratio(self.spend_c, np.fmax(self.incremental_c, 0.0))


def acquisition_costs(run: Run, nothing: Run, without: Mapping[str, Run]) -> AcquisitionCosts:
    """Costs of a run.

    Args:
        run: the plan's.
        nothing: the same without any spend.
        without: channel -> the same without its money.
    """
    world = run.world
    first_c, last_c = run.acquired_ock.sum(axis=2) * world.weight
    without_c = [_new(without[name]) if name in without else math.nan for name in world.channels]
    return AcquisitionCosts(
        run.billed_tc.sum(axis=0) / world.minor, first_c, last_c, _new(nothing), np.array(without_c)
    )


def _new(run: Run) -> float:
    return float(run.acquired_ock[1].sum()) * run.world.weight


def cpa_ltv_quadrants(
    cost: Mapping[str, float | None], value: Mapping[str, float | None]
) -> tuple[dict[str, str], tuple[float, float] | None]:
    """Quadrant of each channel that has both, and the two medians; a channel on a median counts as good."""
    known = {name: (x, value[name]) for name, x in cost.items() if x is not None and value[name] is not None}
    if not known:
        return {}, None
    middle = median(x for x, _ in known.values()), median(y or 0.0 for _, y in known.values())
    return {
        name: QUADRANTS[x <= middle[0], (y or 0.0) >= middle[1]] for name, (x, y) in known.items()
    }, middle
