"""Whether the recommendation holds where the market is not as assumed: the same two plans in other worlds.

    symbol    meaning                                                                    shape
    d_wr      objective of the recommended plan less that of the status quo in world w   (W, R)
    p_wr      the same in profit                                                         (W, R)
    cvar      mean of the worst tenth of all p_wr, every world counting the same         ()

Worlds are the scenario's own on draws of another block, its variants, and the scenario with one assumption
20 % stronger or weaker. Which assumptions: all of them are tried one after another on few draws, and those
that move the difference most are looked at closely. Nothing is searched again: the plan stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.assumptions import Change, assumptions_of
from sim import Plan, World

if TYPE_CHECKING:
    from sim import Interval, Replicates

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

#: Change of an assumption, how many are looked at closely, and the least draws on which all are tried.
SHARE, CLOSELY, TRIED = 0.20, 5, 2
#: First replicate of the other block of draws: neither judge nor search get there.
OTHER_REPLICATE = 250_000
#: Share of the worst outcomes in the tail, and resamples behind its interval.
TAIL, RESAMPLES = 0.10, 2_000


@dataclass(frozen=True)
class Setting:
    """A world to look at.

    Attributes:
        name: what tables call it.
        world: compiled.
        status_quo: today's plan there.
        kind: `draws`, `variant` or `assumption`.
        first_replicate: where its draws begin.
    """

    name: str
    world: World
    status_quo: Plan
    kind: str
    first_replicate: int = 0


@dataclass(frozen=True)
class Robust:
    """How the recommended plan fares against the status quo in one world.

    Attributes:
        name: of the world.
        kind: `judged`, `draws`, `variant` or `assumption`.
        difference: paired difference of the objective.
        profit: paired difference of profit.
        word: `better`, `no better`, `worse` or `undecided`.
    """

    name: str
    kind: str
    difference: Interval | None
    profit: Interval | None
    word: str


@dataclass(frozen=True)
class Robustness:
    """The table, the assumptions tried, and the tail.

    Attributes:
        kpi: the objective's KPI.
        rows: worlds, the judge's own first.
        swings: assumption -> change of the difference when it is 20 % stronger, the largest first.
        cvar: mean of the worst tenth of profit differences, currency.
        worlds: how many worlds the tail is over.
        replicates: draws of each world but the judge's.
        runs: simulations used.
    """

    kpi: str
    rows: tuple[Robust, ...]
    swings: Mapping[str, float]
    cvar: Interval | None
    worlds: int
    replicates: int
    runs: int


class Prober:
    """Runs both plans in other worlds and counts what that costs."""

    def __init__(
        self, recommended: Plan, *, seed: int, engine: str = "compiled", threads: int | None = None
    ) -> None:
        self.runs = 0
        self._recommended, self._seed, self._engine, self._threads = recommended, seed, engine, threads

    def values(self, setting: Setting, replicates: int) -> Replicates:
        """KPIs of `status_quo` and `recommended`, paired."""
        from sim import replicate_kpis

        plans = {"status_quo": setting.status_quo, "recommended": self._recommended}
        self.runs += replicates * (len(plans) + 1)
        return replicate_kpis(
            setting.world,
            plans,
            seed=self._seed,
            replicates=replicates,
            first_replicate=setting.first_replicate,
            engine=self._engine,
            threads=self._threads,
        )


def robustness(
    judged: Replicates,
    prober: Prober,
    own: Setting,
    variants: Sequence[Setting],
    kpi: str,
    *,
    replicates: int,
    progress: Progress | None = None,
) -> Robustness:
    """Look at other worlds.

    Args:
        judged: the judge's values of `status_quo` and `recommended`, the first row and part of the tail.
        prober: runs the plans.
        own: the scenario itself.
        variants: its variants.
        kpi: of the objective; higher is better.
        replicates: draws of every world looked at closely.
        progress: called with (worlds done, worlds in all).
    """
    changes = assumptions_of(own.world)
    of = len(changes) + 2 + len(variants) + 2 * min(CLOSELY, len(changes))
    done = 0

    def look(setting: Setting, times: int) -> Replicates:
        nonlocal done
        found = prober.values(setting, times)
        done += 1
        if progress is not None:
            progress(done, of)
        return found

    swings = _swings(own, changes, kpi, look, max(TRIED, replicates // 3))
    settings = [Setting("other draws", own.world, own.status_quo, "draws", OTHER_REPLICATE), *variants]
    for name in list(swings)[:CLOSELY]:
        for sign, factor in (("-", 1.0 - SHARE), ("+", 1.0 + SHARE)):
            world = changes[name](own.world, factor)
            settings.append(Setting(f"{name} {sign}{SHARE:.0%}", world, own.status_quo, "assumption"))
    values = [("as judged", "judged", judged)]
    values += [(each.name, each.kind, look(each, replicates)) for each in settings]
    rows = tuple(_row(name, kind, found, kpi) for name, kind, found in values)
    # A world in which today's plan is another one asks another question, and tells nothing of the tail.
    tail = [_paired(found, "profit") for _, kind, found in values if kind != "variant"]
    return Robustness(kpi, rows, swings, cvar(tail), len(tail), replicates, prober.runs)


def _swings(
    own: Setting,
    changes: Mapping[str, Change],
    kpi: str,
    look: Callable[[Setting, int], Replicates],
    times: int,
) -> dict[str, float]:
    """Assumption -> change of the mean difference when it is stronger, on common draws; largest first."""
    here = _paired(look(own, times), kpi)
    found = {}
    for name, change in changes.items():
        there = _paired(look(Setting(name, change(own.world, 1.0 + SHARE), own.status_quo, ""), times), kpi)
        found[name] = float(np.mean(there - here))
    finite = {name: swing for name, swing in found.items() if np.isfinite(swing)}
    return dict(sorted(finite.items(), key=lambda item: -abs(item[1])))


def _paired(found: Replicates, kpi: str) -> Floats:
    names = ("recommended", "status_quo")
    new, now = (np.array(found.by_replicate(name, kpi), dtype=np.float64) for name in names)
    return np.asarray(new - now)


def _row(name: str, kind: str, found: Replicates, kpi: str) -> Robust:
    difference = found.difference("recommended", "status_quo", kpi)
    word = "undecided"
    if difference is not None and difference.low is not None and difference.high is not None:
        word = "better" if difference.low > 0 else "worse" if difference.high < 0 else "no better"
    return Robust(name, kind, difference, found.difference("recommended", "status_quo", "profit"), word)


def cvar(sets: Sequence[Floats], *, share: float = TAIL) -> Interval | None:
    """Mean of the worst `share` of all outcomes, every set counting the same whatever its size.

    The interval is the bootstrap's over the outcomes within each set, whose number is the sets': what other
    draws of the same worlds would have given, not what other worlds would.
    """
    from sim import Interval

    known = [each for each in sets if len(each) and np.isfinite(each).all()]
    if not known:
        return None
    value, count = tail_mean(known, share), min(len(each) for each in known)
    if count < 2:
        return Interval(value, None, None, count)
    rng = np.random.default_rng(0)
    drawn = [
        tail_mean([each[rng.integers(0, len(each), len(each))] for each in known], share)
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high), count)


def tail_mean(sets: Sequence[Floats], share: float) -> float:
    """Weighted mean of the lowest outcomes that hold `share` of all weight."""
    values = np.concatenate(sets)
    weights = np.concatenate([np.full(len(each), 1.0 / (len(sets) * len(each))) for each in sets])
    order = np.argsort(values, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    taken = np.clip(share - before, 0.0, weights[order])
    return float(values[order] @ taken / taken.sum())
