"""Customer value of a plan, replicate by replicate: the plan replayed, and beside it the runs without money.

Per replicate: one run of the plan, one without spend, one without the money of each channel that has some.
All meet the same draws. Each is reduced before the next replicate begins, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.many import Job, simulate_many
from sim.engine.run import Progress, Run
from sim.errors import OmnifunnelError
from sim.market.intervene import plan_without
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.customers.acquisition_costs import AcquisitionCosts, acquisition_costs
from sim.measure.customers.cohorts import GROUPINGS, cohort_blocks
from sim.measure.customers.concentration import gini, hhi, top_share
from sim.measure.customers.customers import CustomerLog, replay_customers
from sim.measure.customers.equity import Equity, customer_equity
from sim.measure.customers.group_values import GroupValues, group_values
from sim.measure.customers.health import Health, channel_health
from sim.measure.customers.lifetime import months, payback
from sim.measure.customers.rfm import rfm_values

Floats = npt.NDArray[np.float64]
Value = float | None

#: Measure of a kind of cost -> (label, unit).
COST_MEASURES: dict[str, tuple[str, str]] = {
    "customers": ("Customers", "people"),
    "cac": ("CAC", "money"),
    "ltv_cac": ("LTV : CAC", "ratio"),
    "payback": ("Payback, periods", "ratio"),
    "payback_months": ("Payback, months", "ratio"),
}


@dataclass(frozen=True, eq=False)
class CustomerValue:
    """What one replicate says about customers.

    Attributes:
        world: where it was measured.
        groups: grouping -> its groups.
        costs: what new customers cost.
        equity: what the base is worth.
        rfm: measure -> by RFM segment in the order of `SEGMENTS`, buyers of the paid periods.
        concentration: measure -> value, over the run.
        health: channels by quarter.
        unseen: share of the new customers whose LTV horizon the run does not cover.
    """

    world: World
    groups: Mapping[str, GroupValues]
    costs: AcquisitionCosts
    equity: Equity
    rfm: Mapping[str, Floats]
    concentration: Mapping[str, Value]
    health: Health
    unseen: Value

    def cost(self, kind: str) -> dict[str, Value]:
        """What a new customer costs by one kind of cost (`COSTS`), and when that is paid back (FACTS E.8)."""
        (people, cac), everyone = self.costs.of(kind), self.groups["all"]
        after = payback(everyone.paid_ga[0], cac)
        periods = np.array([np.nan if after is None else after])
        return {
            "customers": people,
            "cac": cac,
            "ltv_cac": float(everyone.values["ltv"][0]) / cac if cac else None,
            "payback": None if after is None else float(after),
            "payback_months": None if after is None else float(months(self.world, periods)[0]),
        }

    def cost_parts(self, kind: str) -> dict[str, tuple[float, float]]:
        """Numerator and denominator of CAC and of LTV : CAC: what so many customers are worth, and money."""
        (people, _), ltv = self.costs.of(kind), float(self.groups["all"].values["ltv"][0])
        money = float(self.costs.spend_c.sum())
        return {"cac": (money, people), "ltv_cac": (ltv * people if people else 0.0, money)}


def customer_value(
    world: World,
    plan: Plan,
    *,
    seed: int,
    replicates: int,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[CustomerValue]:
    """Measure the customers of a plan on replicates 0 .. replicates - 1.

    Args:
        world: the compiled scenario.
        plan: spend by period and channel.
        seed: any integer >= 0.
        replicates: at least 1.
        engine: as for `simulate`.
        threads: as for `simulate_many`.
        progress: called with (periods done, periods of all runs), a replay counting as a run.

    Raises:
        OmnifunnelError: no replicates.
    """
    if replicates < 1:
        raise OmnifunnelError(f"customer_value: replicates must be >= 1, got {replicates}")
    paid = [name for name, money in plan.totals().items() if money > 0]
    plans = [plan, Plan.zero(world.channels, world.periods), *(plan_without(plan, [name]) for name in paid)]
    each = (len(plans) + 1) * world.total_periods
    found = []
    for replicate in range(replicates):
        jobs = [Job(one, seed, replicate) for one in plans]
        report = _offset(progress, replicate * each, replicates * each)
        run, nothing, *without = simulate_many(world, jobs, engine=engine, threads=threads, progress=report)
        costs = acquisition_costs(run, nothing, dict(zip(paid, without, strict=True)))
        found.append(measure_customers(run, replay_customers(run, threads=threads), costs))
        if progress:
            progress((replicate + 1) * each, replicates * each)
    return found


def _offset(progress: Progress | None, before: int, of: int) -> Progress | None:
    return (lambda done, _: progress(before + done, of)) if progress else None


def measure_customers(run: Run, customers: CustomerLog, costs: AcquisitionCosts) -> CustomerValue:
    """All measures of one replicate.

    Args:
        run: the plan's.
        customers: all customers of it.
        costs: from the same replicate.
    """
    won, world = customers.won(), run.world
    spend = _spend(run, costs)
    groups = {name: group_values(won, split(won), spend.get(name)) for name, split in GROUPINGS.items()}
    seen_n = won.acquired_n + world.ltv_horizon < world.total_periods
    return CustomerValue(
        world=world,
        groups=groups,
        costs=costs,
        equity=customer_equity(run, customers),
        rfm=rfm_values(customers),
        concentration=_concentration(run, customers, costs),
        health=channel_health(won),
        unseen=float(1.0 - seen_n.mean()) if len(won) else None,
    )


def _spend(run: Run, costs: AcquisitionCosts) -> dict[str, Floats]:
    """Money by group of each grouping that money can be told apart by; segments cannot.

    Cohorts of periods without money have none to be held against: what won them was spent before.
    """
    keys, _, block_t = cohort_blocks(run.world)
    by_cohort = np.bincount(block_t, weights=run.billed_tc.sum(axis=1) / run.world.minor, minlength=len(keys))
    by_channel = np.append(costs.spend_c, 0.0)
    return {
        "all": np.array([costs.spend_c.sum()]),
        "first_touch": by_channel,
        "last_touch": by_channel,
        "cohort": np.where(by_cohort > 0, by_cohort, np.nan),
    }


def _concentration(run: Run, customers: CustomerLog, costs: AcquisitionCosts) -> dict[str, Value]:
    """How uneven buyers and channels are, over the run."""
    revenue_n = np.bincount(customers.owner_o, weights=customers.value_o)
    revenue_n = revenue_n[revenue_n > 0]
    shares = {
        "spend": costs.spend_c,
        "customers": costs.last_c[:-1],
        "revenue": run.revenue_tjkr.sum(axis=(0, 2, 3)),
    }
    found: dict[str, Value] = {"gini": gini(revenue_n), "top_20": top_share(revenue_n)}
    for name, amount in shares.items():
        index = hhi(amount)
        found[f"hhi_{name}"] = index
        found[f"effective_{name}"] = None if not index else 1.0 / index
    return found
