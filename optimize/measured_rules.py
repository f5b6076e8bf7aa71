"""Rules of thumb that must measure first: what is lost without each channel, by simulation on one meter.

    symbol      meaning                                                    unit
    spent_c     money a channel gets today                                 currency
    lost_c      KPI with everything less KPI without the channel's money   currency

The rules are given what firms only estimate, the true effect of each channel; where they fall short, it is
the rule. Every simulation is charged to the evaluator.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from optimize.baselines import historical, in_proportion
from optimize.evaluator import Evaluator
from optimize.policy_options import PolicyOptions
from optimize.problem import BudgetProblem

Floats = npt.NDArray[np.float64]
MeasuredRule = Callable[[BudgetProblem, Evaluator, PolicyOptions], Floats]


def proportional_to_roi(problem: BudgetProblem, evaluator: Evaluator, options: PolicyOptions) -> Floats:
    """Money in proportion to each channel's return per unit of money; none for those that return nothing."""
    spent_c, lost_c = _without_each(problem, evaluator, "profit")
    # Profit lost without a channel is margin less its money, so margin over money is one more.
    return in_proportion(problem, np.where(spent_c > 0, lost_c / np.where(spent_c > 0, spent_c, 1) + 1, 0))


def cull_below_roas(problem: BudgetProblem, evaluator: Evaluator, options: PolicyOptions) -> Floats:
    """Channels that bring less than the least revenue per unit of money lose all to the others.

    Who stays shares it as today. The threshold is on revenue (FACTS A1.24): at a margin m, ROAS 2 is a
    profit of 2 m - 1 per unit of money.
    """
    spent_c, lost_c = _without_each(problem, evaluator, "revenue")
    return in_proportion(problem, np.where(lost_c >= options.least_roas * spent_c, spent_c, 0.0))


def _without_each(problem: BudgetProblem, evaluator: Evaluator, kpi: str) -> tuple[Floats, Floats]:
    """Money by channel, and what is lost without it; nothing where the runs do not reach."""
    today_c = historical(problem)
    funded = [int(c) for c in problem.free_c if today_c[c] > 0]
    plans = [np.where(np.arange(len(today_c)) == c, 0.0, today_c) for c in funded]
    evaluator.stage = "leaving out one channel at a time"
    found = evaluator.score([today_c, *plans])
    lost_c = np.zeros(len(today_c))
    if found:
        whole = found[0].kpis.get(kpi)
        for c, done in zip(funded, found[1:], strict=False):
            without = done.kpis.get(kpi)
            lost_c[c] = 0.0 if whole is None or without is None else whole - without
    return today_c, lost_c


MEASURED_RULES: dict[str, MeasuredRule] = {
    "proportional_to_roi": proportional_to_roi,
    "cull_below_roas": cull_below_roas,
}
