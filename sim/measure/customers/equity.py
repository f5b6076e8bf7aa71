"""Customer equity: what the whole customer base is worth (FACTS C 6, E.23).

At the start of the run: the margin of those who are customers then, and the margin of those acquired later
less all media money; at its end: the residual value of those who are customers then, without anyone who is
still to come. Margins are discounted to the moment they are told for, in currency of the population.

    symbol      meaning                                                            shape   unit
    start_n     margin of a customer's orders, discounted to the start of the run  (N,)    minor units
    residual_n  expected after its end; NaN without a bound                        (N,)    minor units
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.run import Run
from sim.market.vocabulary import Stage
from sim.measure.customers.customers import CustomerLog
from sim.measure.customers.residual import residual_values

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Equity:
    """Customer equity in currency; residuals are NaN where they have no bound.

    Attributes:
        existing, won, won_later: margin within the run of customers from before it, of those acquired in the
            paid periods, and of those acquired after them.
        residual: margin expected after the run, of all of them.
        spend: media money. These five are discounted to the start of the run.
        active_end: customers at the end of the run, people.
        residual_end: what they and those who lapsed are expected to bring, discounted to the end.
    """

    existing: float
    won: float
    won_later: float
    residual: float
    spend: float
    active_end: float
    residual_end: float

    @property
    def total(self) -> float:
        """Customer equity at the start of the run."""
        return self.existing + self.won + self.won_later + self.residual - self.spend


def customer_equity(run: Run, customers: CustomerLog) -> Equity:
    """Equity of everyone in the customer log, which must hold all customers of the run."""
    world = run.world
    scale = world.weight / world.minor
    start_n = np.bincount(
        customers.owner_o,
        weights=customers.margin_o * world.discount_t[customers.period_o],
        minlength=len(customers),
    )
    residual_n = residual_values(customers)
    later = float("nan") if residual_n is None else float(residual_n.sum()) * scale
    before_n = ~customers.won_n
    paid_n = customers.won_n & (customers.acquired_n < world.periods)
    active_n = (customers.stage_n >= Stage.CUSTOMER) & (customers.stage_n < Stage.LAPSED)
    spend_t = run.billed_tc.sum(axis=1) / world.minor
    return Equity(
        existing=float(start_n[before_n].sum()) * scale,
        won=float(start_n[paid_n].sum()) * scale,
        won_later=float(start_n[~before_n & ~paid_n].sum()) * scale,
        residual=later * float(world.discount_t[world.total_periods]),
        spend=float(spend_t @ world.discount_t[: len(spend_t)]),
        active_end=float(active_n.sum()) * world.weight,
        residual_end=later,
    )
