"""Why this plan: response curves through it, what a little more money would do, which limits bind.

Read from surfaces refitted to all simulated plans with the recommended one as their centre. A price
read from a surface is a model's price: that of the total is measured by the judge too (`marginal`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optimize.ascent import climb, price
from optimize.bounds import bounds
from optimize.curves import FitError, Surface, with_holdout
from optimize.evaluator import Evaluation, Evaluator
from optimize.flatness import FlatRange, flat_ranges, flat_total
from optimize.found import Search
from optimize.objectives import Objective
from optimize.problem import BudgetProblem
from optimize.surfaces import blends, fit_all, levelled, usable as usable_plans
from sim import LimitError, SolverError

if TYPE_CHECKING:
    from sim import Interval

Floats = npt.NDArray[np.float64]

#: Points of a drawn curve; share of the total a plan may differ by to be drawn beside it.
GRID = 41
BESIDE = 0.5


@dataclass(frozen=True)
class ResponseCurve:
    """Response to one channel's money, the others as recommended.

    Attributes:
        channel: id.
        label: name for people.
        objective: whose gain it shows.
        measure: what the vertical axis is, in words.
        amounts: money along the curve.
        gain: fitted gain at those amounts.
        sampled_amounts: this channel's money in simulated plans near the recommended one.
        sampled_gain: the curve there plus what the surface missed of the plan (partial residuals).
        now: today's (amount, gain).
        recommended: the recommended (amount, gain).
    """

    channel: str
    label: str
    objective: str
    measure: str
    amounts: tuple[float, ...]
    gain: tuple[float, ...]
    sampled_amounts: tuple[float, ...]
    sampled_gain: tuple[float, ...]
    now: tuple[float, float]
    recommended: tuple[float, float]


@dataclass(frozen=True)
class ShadowPrice:
    """What one more unit of money in the total, spread as the plan spreads it, would add to the objective.

    Attributes:
        unit: in words.
        curves: from the linear programme on the fitted curves, where the money goes where it is worth
            most; None where it could not be solved.
        judged: from the whole plan scaled up and down on the judge's draws; None where it was not.
    """

    unit: str
    curves: float | None = None
    judged: Interval | None = None

    @property
    def value(self) -> float | None:
        """The judge's mean, or the curves' price where the judge was not asked."""
        return self.curves if self.judged is None else self.judged.mean

    @property
    def word(self) -> str | None:
        """`clearly positive`, `clearly negative` or `not told apart from zero`; None without an interval."""
        if self.judged is None or self.judged.low is None or self.judged.high is None:
            return None
        if self.judged.low > 0:
            return "clearly positive"
        return "clearly negative" if self.judged.high < 0 else "not told apart from zero"

    def to_dict(self) -> dict[str, float | str | None]:
        """The form in JSON; `simulated` is what the judge's draws say."""
        ends = {"mean": None, "low": None, "high": None} if self.judged is None else self.judged.to_dict()
        return {
            "value": self.value,
            "low": ends["low"],
            "high": ends["high"],
            "word": self.word,
            "unit": self.unit,
            "simulated": ends["mean"],
            "curves": self.curves,
        }


@dataclass(frozen=True)
class Binding:
    """A limit that the recommended plan meets exactly.

    Attributes:
        limit: the limit as a sentence.
        channels: ids it is about.
        kind: min, max, group_min, group_max, share_min, share_max, fixed, min_if_on, channels, shift,
            total_min or total.
        amount: the bound, currency.
        shadow_price: objective per unit of money by which the bound is raised; None without curves.
    """

    limit: str
    channels: tuple[str, ...]
    kind: str
    amount: float
    shadow_price: float | None


@dataclass(frozen=True)
class Explanation:
    """Curves, fit errors, prices, binding limits and flatness of a recommended plan.

    `flat_total` is the least and most money that plans as good by the surface spend, where that is free.
    """

    curves: tuple[ResponseCurve, ...] = ()
    fits: Mapping[str, FitError] = field(default_factory=dict)
    shadow_price: ShadowPrice | None = None
    binding: tuple[Binding, ...] = ()
    flat: tuple[FlatRange, ...] = ()
    flat_total: tuple[float, float] | None = None


def explain(
    problem: BudgetProblem, evaluator: Evaluator, search: Search, best: Evaluation, *, seed: int
) -> Explanation:
    """Explain a recommended plan from everything simulated; `best` holds the amounts recommended."""
    bare = Explanation(binding=tuple(limits_met(problem, best.amounts_c, {})))
    usable = usable_plans(evaluator)
    if problem.decisions < 1 or len(usable) < len(problem.free_c) + 2:
        return bare
    surfaces = [
        with_holdout(surface, search.misses.get(goal.name, [])[-len(usable) // 2 :])
        for goal, surface in zip(problem.goals, fit_all(problem, evaluator, best, seed=seed), strict=True)
    ]
    goal, blend = problem.goals[0], blends(problem, surfaces, best)[0]
    try:
        # Prices belong to the model's own optimum, a short climb from the plan: away from it, the
        # programme would price the edge of the range it may move in.
        prices = dict(price(problem, blend, climb(problem, blend, best.amounts_c, move=0.15)).prices)
    except (LimitError, SolverError) as fault:
        prices = {}
        search.notes.append(f"prices of limits: the programme on the fitted curves has no answer ({fault})")
    try:
        flat = flat_ranges(problem, goal, blend, best)
        whole = flat_total(problem, goal, blend, best)
    except (LimitError, SolverError) as fault:
        flat, whole = (), None
        search.notes.append(f"flat range: the programmes on the fitted curves have no answer ({fault})")
    scale, cost = goal.scale(best.kpis), goal.cost(best.value(goal)) - blend.cost
    total = (prices["total"] - cost) / scale if "total" in prices else None
    return replace(
        bare,
        curves=tuple(
            curve
            for goal, surface in zip(problem.goals, surfaces, strict=True)
            for curve in _curves(problem, goal, surface, usable, best)
        ),
        fits={goal.name: surface.error for goal, surface in zip(problem.goals, surfaces, strict=True)},
        shadow_price=ShadowPrice(price_unit(problem), total),
        flat=flat,
        flat_total=whole,
        binding=tuple(limits_met(problem, best.amounts_c, {name: p / scale for name, p in prices.items()})),
    )


def price_unit(problem: BudgetProblem) -> str:
    """Unit of a price of the first objective, in words."""
    return problem.goals[0].price_unit.format(currency=problem.currency)


def _curves(
    problem: BudgetProblem, goal: Objective, surface: Surface, usable: list[Evaluation], best: Evaluation
) -> list[ResponseCurve]:
    # A diluted ratio is shown per customer; money is shown as it is.
    unit = goal.scale(best.kpis) if goal.signed else 1.0
    amounts_nc = np.array([done.amounts_c for done in usable])
    near_n = np.abs(amounts_nc - best.amounts_c).sum(axis=1) <= BESIDE * problem.total
    amounts_nc, gain_n = amounts_nc[near_n], levelled(goal, surface, usable, best)[near_n]
    missed_n = gain_n - surface.predict(amounts_nc)
    now_c = problem.status_quo.total_c
    curves = []
    for c in problem.free_c:
        widest = float(amounts_nc[:, c].max(initial=0.0))
        far = 1.1 * max(now_c[c], best.amounts_c[c], widest, 0.01 * problem.total)
        grid = np.linspace(0.0, far, GRID)

        def along(at: Any, c: int = int(c)) -> Floats:
            return surface.slice(best.amounts_c, c, np.atleast_1d(np.asarray(at, dtype=np.float64))) / unit

        curves.append(
            ResponseCurve(
                channel=problem.world.channels[c],
                label=problem.world.labels[c],
                objective=goal.name,
                measure=goal.curve_label,
                amounts=tuple(grid.tolist()),
                gain=tuple(along(grid).tolist()),
                sampled_amounts=tuple(amounts_nc[:, c].tolist()),
                sampled_gain=tuple((along(amounts_nc[:, c]) + missed_n / unit).tolist()),
                now=(float(now_c[c]), float(along(now_c[c])[0])),
                recommended=(float(best.amounts_c[c]), float(along(best.amounts_c[c])[0])),
            )
        )
    return curves


def limits_met(problem: BudgetProblem, amounts: Floats, prices: Mapping[str, float]) -> list[Binding]:
    """Limits somebody set (not the floor of zero) that the plan meets exactly."""
    near = max(1e-6 * problem.total, problem.tolerance)
    return [
        Binding(bound.words, bound.channels, bound.kind, bound.amount, _price(bound.rows, prices))
        for bound in bounds(problem, amounts)
        if abs(bound.left) <= near
    ]


def _price(rows: Sequence[str], prices: Mapping[str, float]) -> float | None:
    """What a unit more of a bound changes; of an amount held from both sides, its two rows together."""
    known = [prices[row] for row in rows if row in prices]
    return sum(known) if known else None
