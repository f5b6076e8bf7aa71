"""A closed form met by the engine: one record, judged by z-scores.

symbol     meaning
theory     what the closed form says
estimate   what the simulation gave
error      standard error of the estimate if the theory holds; 0: the two must be equal
wrong      what a plausible wrong rule says; it must be rejected, or the check proves nothing
"""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from worlds import small

from sim import Plan, Run, simulate

AGENTS = 100_000
PERIODS = 6
SEED = 11
ACCEPTED = 4.0
REJECTED = 6.0
#: A market in which nothing happens, to which each check adds what it is about.
NOTHING: dict[str, Any] = {
    "funnel__base_rate_per_period": {},
    "funnel__cool_rate_per_period": 0.0,
    "population": {"people": AGENTS, "agents": AGENTS},
    "calendar": {"start": "2026-01-05", "periods": PERIODS, "tail": 0},
    "plan": {},
    "segments__all__responsiveness": {"mean": 1.0, "cv": 0.0},
    "segments__all__purchase_rate_per_period": {"mean": 0.0},
    "segments__all__lapse_rate_per_period": {"mean": 0.0},
}
#: A rate that makes its event certain within a period, to 2e-9.
CERTAIN = 20.0
#: Exposed means strength 1, not exposed means strength 0.
ALL_OR_NOTHING: dict[str, Any] = {"half_life": 0.0, "saturation": 1e-6}
SHOP: dict[str, Any] = {"shop": {"kind": "physical", "sells": {}}}


@dataclass(frozen=True)
class Check:
    """One closed form, its estimate, and a wrong rule in its place.

    Attributes:
        name: the closed form in words.
        simulated: what was run to estimate it.
        wrong_rule: the plausible mistake, in words.
        wrong_error: standard error of the estimate if the wrong rule held.
    """

    name: str
    simulated: str
    theory: float
    estimate: float
    error: float
    wrong_rule: str
    wrong: float
    wrong_error: float

    @property
    def z(self) -> float:
        """How far the estimate is from the theory, in standard errors."""
        return _z(self.estimate - self.theory, self.error)

    @property
    def wrong_z(self) -> float:
        """How far it is from the wrong rule."""
        return _z(self.estimate - self.wrong, self.wrong_error)


def _z(difference: float, error: float) -> float:
    if error > 0.0:
        return difference / error
    return 0.0 if difference == 0.0 else math.copysign(math.inf, difference)


def share_check(
    name: str, simulated: str, count: float, theory: float, wrong_rule: str, wrong: float, *, of: int = AGENTS
) -> Check:
    """A check of a share of `of` independent consumers: the errors are binomial."""
    return Check(
        name,
        simulated,
        theory,
        count / of,
        _binomial(theory, of),
        wrong_rule,
        wrong,
        _binomial(min(wrong, 1.0), of),
    )


def _binomial(p: float, of: int) -> float:
    return math.sqrt(max(p * (1.0 - p), 0.0) / of)


def mean_check(
    name: str,
    simulated: str,
    estimate: float,
    theory: float,
    variance: float,
    wrong_rule: str,
    wrong: float,
    *,
    of: int = AGENTS,
) -> Check:
    """A check of a mean over `of` independent consumers, each with this variance."""
    error = math.sqrt(variance / of)
    return Check(name, simulated, theory, estimate, error, wrong_rule, wrong, error)


def exact_check(
    name: str, simulated: str, estimate: float, theory: float, wrong_rule: str, wrong: float
) -> Check:
    """A check of what does not depend on chance: equal, or wrong."""
    return Check(name, simulated, theory, estimate, 0.0, wrong_rule, wrong, 0.0)


def run_with(*, spend: dict[str, float] | None = None, first_only: bool = False, **changes: Any) -> Run:
    """Run a market in which nothing but `changes` happens; equal calls share one run.

    `spend` is money per period by channel; with `first_only`, in the first period alone.
    """
    return _run(json.dumps([spend or {}, first_only, {**NOTHING, **changes}], sort_keys=True))


@functools.cache
def _run(request: str) -> Run:
    spend, first_only, changes = json.loads(request)
    world, _ = small(**changes)
    spend_tc = np.zeros((world.periods, len(world.channels)))
    for name, money in spend.items():
        spend_tc[: 1 if first_only else None, world.channels.index(name)] = money
    return simulate(world, Plan(world.channels, spend_tc), seed=SEED)


def everyone(stage: str) -> dict[str, Any]:
    """All consumers start at a stage."""
    return {"segments__all__initial": {stage: 1.0}}


def calendar(periods: int, tail: int = 0) -> dict[str, Any]:
    """Periods with and without spend."""
    return {"calendar": {"start": "2026-01-05", "periods": periods, "tail": tail}}


def constant(mean: float) -> dict[str, float]:
    """A gamma rate that is the same for everyone, to 0.1 %."""
    return {"mean": mean, "shape": 1e6}


def forget_runs() -> None:
    """Make the next checks run again."""
    _run.cache_clear()
