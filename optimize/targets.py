"""Targets: goals for key figures, which only simulation can check.

    symbol   meaning                                                        unit
    value    key figure of a simulated plan                                 its own
    bound    what it must reach, or not exceed                              its own
    miss     max(0, by how much value fails bound) / |bound|, at most 1     1

A search counts a plan that misses a target as not feasible, and takes `PENALTY` times the miss, times
the size of the objective, off what it maximises, so that it is drawn to where targets are met. The judge
then measures the recommended plan on draws that the search never saw, and says whether it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimize.objectives import Kpis, Objective

PENALTY = 3.0


@dataclass(frozen=True)
class Kind:
    """A key figure that can be a target.

    Attributes:
        kpi: its name among the measured key figures.
        label: words for a sentence.
        least: True if a target is a least value where the user does not say.
        unit: `money`, `ratio`, `people` or `share`.
        extra: it takes simulations of its own.
    """

    kpi: str
    label: str
    least: bool
    unit: str
    extra: bool = False


TARGETS: dict[str, Kind] = {
    "roi": Kind("roi", "return on investment", True, "ratio"),
    "mroi": Kind("mroi", "marginal return on investment", True, "ratio", extra=True),
    "cac": Kind("cac", "cost of a new customer", False, "money"),
    "ltv_cac": Kind("ltv_cac", "lifetime value to acquisition cost", True, "ratio"),
    "volume": Kind("new_customers", "number of new customers", True, "people"),
    "outage": Kind(
        "outage_loss", "share of orders lost in the worst outage of one channel", False, "share", True
    ),
}


@dataclass(frozen=True)
class Target:
    """A bound on a key figure.

    Attributes:
        name: key in `TARGETS`.
        bound: in the unit of the key figure.
        least: True if the value must reach the bound, False if it must not exceed it.
    """

    name: str
    bound: float
    least: bool

    @property
    def kind(self) -> Kind:
        """What is bounded."""
        return TARGETS[self.name]

    def surplus(self, value: float | None) -> float:
        """By how much a value does better than the bound, relative to it; -1 where it is undefined."""
        if value is None or value != value:
            return -1.0
        return (value - self.bound if self.least else self.bound - value) / (abs(self.bound) or 1.0)

    def miss(self, kpis: Kpis) -> float:
        """By how much a plan misses, relative to the bound; 0 when it is met, never above 1."""
        return min(max(0.0, -self.surplus(kpis.get(self.kind.kpi))), 1.0)


def missed(targets: Sequence[Target], kpis: Kpis) -> float:
    """By how much a plan misses all its targets, summed; 0 when it meets every one."""
    return sum(target.miss(kpis) for target in targets)


def penalised(goal: Objective, targets: Sequence[Target]) -> Objective:
    """The objective less a penalty for missing targets; the objective itself without any."""
    if not targets or goal.name == "spend":
        return goal

    def value(kpis: Kpis) -> float:
        found = goal.value(kpis)
        return found - PENALTY * missed(targets, kpis) * abs(found)

    def gain(kpis: Kpis, offered: float, ref: float) -> float:
        size = abs(ref) * (kpis.get("new_customers") or 0.0) if goal.signed else offered
        return goal.gain(kpis, offered, ref) - PENALTY * missed(targets, kpis) * size

    return replace(goal, value=value, gain=gain, signed=True)


def cheapest(targets: Sequence[Target]) -> Objective:
    """What a search for the cheapest plan climbs at a given total: how safely targets are met.

    Each target counts by its relative surplus, half of it at most, so that none is overdone for another.
    """

    def value(kpis: Kpis) -> float:
        return sum(min(target.surplus(kpis.get(target.kind.kpi)), 0.5) for target in targets)

    return Objective(
        name="targets",
        kpi="spend",
        label="distance to the targets",
        money=False,
        price_unit="relative surplus of the targets per {currency} of budget",
        curve_label="relative surplus of the targets",
        signed=True,
        value=value,
        gain=lambda kpis, offered, ref: value(kpis),
        cost=lambda ref: 0.0,
        scale=lambda kpis: 1.0,
    )
