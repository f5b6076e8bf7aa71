"""An analytic market: a meter with known response, for tests and benchmarks of the methods.

    symbol   meaning                                           shape
    x_c      amounts / total                                   (C,)
    u_c      Hill saturation x^h / (k^h + x^h)                 (C,)
    gain_c   margin a saturated channel brings                 (C,)
    lift_cd  margin two channels bring together                (C, C)  upper triangle

    margin = sum_c gain_c u_c + sum_(c<d) lift_cd sqrt(u_c u_d)

New customers and their value rise with other weights, so that `roi` and `ltv` pull apart. The formula
is not the one `curves` fits. Noise, where asked for, is common to all plans of one replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from optimize.function_meter import judge_by_measuring
from optimize.problem import BudgetProblem, GroupLimit
from sim import Plan, Replicates

if TYPE_CHECKING:
    from sim import World

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AnalyticWorld:
    """What a budget problem reads of a world, and nothing else."""

    channels: tuple[str, ...]
    priced_c: npt.NDArray[np.bool_]
    name: str = "analytic"
    currency: str = "EUR"
    minor: int = 100
    periods: int = 4

    @property
    def labels(self) -> tuple[str, ...]:
        """Ids serve as names."""
        return self.channels


#: KPIs of named plans by replicate, all that results read of a judge.
PairedValues = Replicates


class AnalyticMarket:
    """A meter whose answers are a formula.

    Args:
        channels: how many.
        seed: of its strengths.
        total: money that x = 1 stands for.
        steep: range of Hill exponents; above 1 is S-shaped.
        lift: range of what pairs bring together, in mean gains of a channel.
        noise: relative standard deviation of each channel's strength between replicates.
        spoil: amounts -> True where the score shall be NaN.
    """

    baseline_runs = 1

    def __init__(
        self,
        channels: int = 10,
        *,
        seed: int = 0,
        total: float = 1e6,
        steep: tuple[float, float] = (0.7, 1.2),
        lift: tuple[float, float] = (0.1, 0.5),
        noise: float = 0.0,
        spoil: Callable[[Floats], bool] | None = None,
    ) -> None:
        rng = np.random.default_rng([seed, 5])
        self.total, self.noise, self.spoil, self._seed = total, noise, spoil, seed
        self.gain_c = 2.0 * total * rng.lognormal(0.0, 0.6, channels)
        self.half_c = rng.uniform(0.05, 0.4, channels)
        self.steep_c = rng.uniform(*steep, channels)
        pairs = np.triu(rng.random((channels, channels)) < 0.3, 1)
        self.lift_cd = np.where(pairs, rng.uniform(*lift, (channels, channels)), 0.0) * self.gain_c.mean()
        self.volume_c = rng.uniform(500.0, 1_500.0, channels)
        self.worth_c = rng.uniform(60.0, 180.0, channels)
        names = tuple(f"c{c:02d}" for c in range(channels))
        self.world = cast("World", AnalyticWorld(names, np.ones(channels, dtype=bool)))

    def problem(
        self,
        *,
        objectives: Sequence[str] = ("profit",),
        lower: Mapping[int, float] | None = None,
        upper: Mapping[int, float] | None = None,
        groups: Sequence[tuple[Sequence[int], float, float]] = (),
    ) -> BudgetProblem:
        """A budget problem on this market; bounds as shares of the total, today an uneven split."""
        count = len(self.gain_c)
        today_c = self.total * np.arange(1, count + 1) / (count * (count + 1) / 2)
        status_quo = Plan(self.world.channels, np.tile(today_c / 4, (4, 1)))
        lower_c, upper_c = np.zeros(count), np.full(count, np.inf)
        for c, share in (lower or {}).items():
            lower_c[c] = share * self.total
        for c, share in (upper or {}).items():
            upper_c[c] = share * self.total
        limits = tuple(
            GroupLimit(
                tuple(who), tuple(self.world.channels[c] for c in who), low * self.total, high * self.total
            )
            for who, low, high in groups
        )
        return BudgetProblem(
            self.world, status_quo, self.total, lower_c, upper_c, limits, objectives=tuple(objectives)
        )

    def margin(self, amounts_c: Floats, *, strength_c: Floats | float = 1.0) -> float:
        """Incremental margin of a plan, currency."""
        u_c = self._saturation(amounts_c)
        root_c = np.sqrt(u_c)
        return float(u_c @ (self.gain_c * strength_c) + root_c @ self.lift_cd @ root_c)

    def measure(self, plans: Sequence[Plan], *, replicate: int) -> list[dict[str, float | None]]:
        """KPIs of each plan."""
        rng = np.random.default_rng([self._seed, replicate])
        strength_c = np.exp(self.noise * rng.normal(size=len(self.gain_c)))
        return [self._kpis(plan.total_c, strength_c) for plan in plans]

    def judge(
        self,
        plans: Mapping[str, Plan],
        *,
        replicates: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Replicates:
        """KPIs of named plans on replicates 0 to `replicates` - 1."""
        return judge_by_measuring(self, plans, replicates=replicates, progress=progress)

    def _kpis(self, amounts_c: Floats, strength_c: Floats) -> dict[str, float | None]:
        spend = float(amounts_c.sum())
        margin = self.margin(amounts_c, strength_c=strength_c)
        if self.spoil is not None and self.spoil(amounts_c):
            margin = float("nan")
        won_c = self.volume_c * self._saturation(amounts_c) * strength_c
        customers = 200.0 + float(won_c.sum())
        return {
            "profit": margin - spend,
            "spend": spend,
            "roi": (margin - spend) / spend if spend > 0 else None,
            "new_customers": customers,
            "ltv": (200.0 * 100.0 + float(won_c @ self.worth_c)) / customers,
        }

    def _saturation(self, amounts_c: Floats) -> Floats:
        x_c = np.maximum(np.asarray(amounts_c) / self.total, 0.0) ** self.steep_c
        return np.asarray(x_c / (self.half_c**self.steep_c + x_c))


@dataclass(frozen=True)
class Known:
    """An analytic problem whose optimum is known: arguments of the market and of its limits."""

    market: Mapping[str, Any]
    limits: Mapping[str, Any] = field(default_factory=dict)


#: Concave, S-shaped and mixed curves, with little, much and no synergy; few and many channels; some limits.
KNOWN = {
    "concave": Known({"channels": 10, "seed": 1}),
    "concave_bounds": Known({"channels": 8, "seed": 7}, {"lower": {0: 0.1}, "upper": {3: 0.08, 5: 0.1}}),
    "concave_groups": Known({"channels": 8, "seed": 2}, {"groups": [((0, 1, 2), 0.0, 0.3)]}),
    "s_shaped": Known({"channels": 10, "seed": 1, "steep": (1.4, 3.0)}),
    "s_shaped_few": Known({"channels": 5, "seed": 4, "steep": (1.4, 3.0)}),
    "mixed": Known({"channels": 7, "seed": 5, "steep": (0.7, 2.2)}),
    "strong_synergy": Known({"channels": 8, "seed": 3, "lift": (0.8, 1.6)}),
    "no_synergy": Known({"channels": 9, "seed": 6, "steep": (0.6, 1.6), "lift": (0.0, 0.0)}),
}


def optimum(
    market: AnalyticMarket,
    *,
    lower: Mapping[int, float] | None = None,
    upper: Mapping[int, float] | None = None,
    groups: Sequence[tuple[Sequence[int], float, float]] = (),
    starts: int = 20,
) -> float:
    """Highest margin within the limits: the best of many local searches on the formula itself."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    count, best = len(market.gain_c), 0.0
    bounds = [((lower or {}).get(c, 0.0), (upper or {}).get(c, 1.0)) for c in range(count)]
    rows: list[Any] = [{"type": "eq", "fun": lambda x: x.sum() - 1.0}]
    for who, low, high in groups:
        rows.append({"type": "ineq", "fun": lambda x, w=list(who), h=high: h - x[w].sum()})
        rows.append({"type": "ineq", "fun": lambda x, w=list(who), low=low: x[w].sum() - low})
    for _ in range(starts):
        found = minimize(
            lambda x: -market.margin(x * market.total) / market.total,
            rng.dirichlet(np.full(count, 0.6)),
            method="SLSQP",
            bounds=bounds,
            constraints=rows,
        )
        if found.success:
            best = max(best, -found.fun * market.total)
    return best
