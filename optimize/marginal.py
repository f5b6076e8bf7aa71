"""What the last money of each channel, and of the whole plan, brings, simulated on the judge's draws.

    symbol     meaning                                                                 shape
    gain_r     profit with 10 % more of a channel's money less profit with 10 % less   (R,)
    billed_r   what all channels are billed more                                       (R,)
    mroi_r     gain per unit billed; at 0 the last unit of money just comes back       (R,)
    slope_r    change of the objective per unit of money planned for the channel       (R,)
    price_r    the same of the plan as a whole, every cell of it moved by 10 %         (R,)

At an optimum the slopes of all channels that are free to take money are equal: else moving money from one
to the other would help. Returns on billed money are not, where part of the money finds nothing to buy, and
mean little where the objective is neither profit nor ROI. Where a slope differs, there is a reason to name:
a limit, a fixed fee, or a search that stopped short of levelling it. The price of the whole plan is of money
along it: scaled plans are simulated, not recommended, so they need not keep the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import special

from optimize.objectives import number
from sim import Plan, distinct_plans, linearised, plan_scaled

if TYPE_CHECKING:
    from optimize.evaluator import Evaluation
    from optimize.explain import Binding
    from optimize.meter import Meter
    from optimize.objectives import Kpis
    from optimize.problem import BudgetProblem
    from sim import Interval

Floats = npt.NDArray[np.float64]

#: Share by which a channel's money moves, up and down. Half of it would need nearly twice the replicates for
#: an interval as narrow: chance falls more slowly than the step.
STEP = 0.10
#: Least money billed more, as a share of the money planned more, for a return on it to mean anything.
BILLED = 0.02
#: Limits that hold one channel's money.
HOLDING = ("min", "max", "fixed", "min_if_on")


@dataclass(frozen=True)
class Marginal:
    """What the last money of one channel brings.

    Attributes:
        channel: id.
        label: name for people.
        spend: money of the recommended plan.
        mroi: profit per unit of money billed more; None where hardly anything more was billed.
        slope: change of the first objective per unit of money planned for the channel, the other channels'
            kept; None where it is undefined.
        against: paired difference of the slope to the mean of the other channels that are free; None where
            there is none to compare with.
        word: `level`, `above`, `below`, `at a limit`, `off` or `unknown`.
        why: a sentence.
    """

    channel: str
    label: str
    spend: float
    mroi: Interval | None
    slope: Interval | None
    against: Interval | None
    word: str
    why: str


@dataclass(frozen=True)
class LastMoney:
    """What the last money brings.

    Attributes:
        channels: by channel, the largest first.
        total: change of the first objective per unit of money in the whole plan; None where undefined.
        runs: simulations it took, those without spend included.
    """

    channels: tuple[Marginal, ...]
    total: Interval | None
    runs: int


def marginal_returns(
    problem: BudgetProblem,
    meter: Meter,
    plan: Plan,
    today: Evaluation,
    binding: Sequence[Binding],
    replicates: int,
    progress: Callable[[int, int], None] | None = None,
) -> LastMoney:
    """Simulate every channel's money, and the whole plan's, 10 % up and down on the judge's first replicates.

    Args:
        plan: the recommended plan.
        today: today's mix as the search scored it; money that it leaves unplaced is not held against others.
        binding: limits that the plan meets exactly.
        replicates: how many; each takes two simulations a channel, two of the whole, one of the plan, one
            without spend.
    """
    from sim import interval

    on = [name for name, money in plan.totals().items() if money > 0]
    moved = [(plan_scaled(plan, name, 1.0 + STEP), plan_scaled(plan, name, 1.0 - STEP)) for name in on]
    moved.append((_whole(plan, 1.0 + STEP), _whole(plan, 1.0 - STEP)))
    plans = [plan, *(each for pair in moved for each in pair)]
    share = (today.kpis.get("unspent") or 0.0) / max(float(today.amounts_c.sum()), 1e-12)
    rows: list[list[Kpis]] = []
    for replicate in range(replicates):
        found = meter.measure(plans, replicate=replicate)
        rows.append([_with_idle(kpis, each.total, share) for kpis, each in zip(found, plans, strict=True)])
        if progress is not None:
            progress(replicate + 1, replicates)
    mroi: dict[str, Floats] = {}
    slope: dict[str, Floats] = {}
    steps = [[(row[0], row[1 + 2 * n], row[2 + 2 * n]) for row in rows] for n in range(len(moved))]
    for name, step, pair in zip(on, steps, moved, strict=False):
        planned = 2.0 * STEP * plan.totals()[name]
        mroi[name] = _mroi(step, planned)
        slope[name] = _slope(problem, step, pair) / planned
    price_r = _slope(problem, steps[-1], moved[-1]) / (2.0 * STEP * plan.total)
    held = {name for limit in binding if limit.kind in HOLDING for name in limit.channels}
    return LastMoney(
        _compared(problem, plan.totals(), mroi, slope, held),
        interval(price_r.tolist()),
        replicates * (len(distinct_plans(plans)[0]) + meter.baseline_runs),
    )


def _whole(plan: Plan, factor: float) -> Plan:
    return Plan(plan.channels, plan.spend_tc * factor)


def _compared(
    problem: BudgetProblem,
    spend: Mapping[str, float],
    mroi: Mapping[str, Floats],
    slope: Mapping[str, Floats],
    held: set[str],
) -> tuple[Marginal, ...]:
    """Every channel that money can buy, held against the mean of the others that are free."""
    from sim import interval

    free = {name: row for name, row in slope.items() if name not in held and np.isfinite(row).all()}
    returns = []
    for c, (name, label) in enumerate(zip(problem.world.channels, problem.world.labels, strict=True)):
        if not problem.world.priced_c[c]:
            continue
        if name not in slope:
            returns.append(Marginal(name, label, 0.0, None, None, None, "off", "it gets no money"))
            continue
        others = [row for other, row in free.items() if other != name]
        against = interval((slope[name] - np.mean(others, axis=0)).tolist()) if others else None
        word, why = _reason(against, name in held, len(slope))
        known = interval(mroi[name].tolist()), interval(slope[name].tolist())
        returns.append(Marginal(name, label, spend[name], *known, against, word, why))
    return tuple(sorted(returns, key=lambda row: -row.spend))


def _with_idle(kpis: Kpis, offered: float, share: float) -> Kpis:
    return {**kpis, "idle": max(0.0, (kpis.get("unspent") or 0.0) - share * offered)}


def _mroi(steps: Sequence[tuple[Kpis, Kpis, Kpis]], planned: float) -> Floats:
    """(R,) profit per unit billed, linearised as of any ratio; NaN where hardly anything more is billed."""
    gain = [number(up, "profit") - number(down, "profit") for _, up, down in steps]
    billed = [number(up, "spend") - number(down, "spend") for _, up, down in steps]
    if not np.mean(billed) > BILLED * planned:
        return np.full(len(steps), np.nan)
    return np.array(linearised(gain, billed), dtype=np.float64)


def _slope(
    problem: BudgetProblem, steps: Sequence[tuple[Kpis, Kpis, Kpis]], plans: tuple[Plan, Plan]
) -> Floats:
    """(R,) change of the objective from the step, linear at the plan itself."""
    goal, found = problem.goals[0], []
    for here, up, down in steps:
        ref = goal.value(here)
        gained = [
            goal.gain(kpis, plan.total, ref) - goal.cost(ref) * plan.total
            for kpis, plan in zip((up, down), plans, strict=True)
        ]
        found.append((gained[0] - gained[1]) / goal.scale(here))
    return np.array(found)


def _reason(against: Interval | None, held: bool, compared: int) -> tuple[str, str]:
    """Why a channel's last money may bring more or less than that of the others.

    Of many channels one in twenty would look clear by chance, so together they must (Bonferroni).
    """
    if against is None or against.low is None or against.high is None:
        return "unknown", "nothing to hold it against"
    wider = special.stdtrit(against.n - 1, 1.0 - 0.025 / compared) / special.stdtrit(against.n - 1, 0.975)
    if abs(against.mean) <= wider * (against.high - against.mean):
        return "level", "as much as the other free channels, as far as can be told from chance"
    word, side = ("more", "above") if against.mean > 0 else ("less", "below")
    if held:
        return "at a limit", f"{word} than the free channels, but a limit holds its money"
    return side, f"clearly {word} than the other free channels: the search stopped short of levelling it"
