"""Many replicates: means, intervals, and paired differences under common draws.

An interval is the 95 % Student-t interval of the mean over replicates; it covers the chance of the
simulated consumers, not the doubt about the parameters. A ratio is the mean of its numerators over that of
its denominators, with the interval of `ratios.linearised`: the mean of the replicates' own ratios is another
number, which depends on how many consumers a replicate has (`docs/intervals.md`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import special

from sim.engine.many import Job, simulate_many
from sim.engine.run import Progress, Run
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.channels import channel_parts, channel_table
from sim.measure.kpis import Parts, kpis, ratio_parts
from sim.measure.ratios import linearised

Value = float | None
ChannelValues = Mapping[str, Mapping[str, Mapping[str, tuple[Value, ...]]]]
T = TypeVar("T")
#: Replicates simulated at once: enough to keep the processors busy, few enough to hold their runs.
BATCH = 4


@dataclass(frozen=True)
class Interval:
    """Mean over n replicates with its 95 % interval; one replicate has none (low and high are None)."""

    mean: float
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, float | None]:
        """The form in JSON: mean, low, high."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


def interval(values: Sequence[Value]) -> Interval | None:
    """Interval of the mean; None when there is no value or one of them is undefined."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    n = len(known)
    if not n or n < len(values):
        return None
    mean = math.fsum(known) / n
    if n == 1:
        return Interval(mean, None, None, 1)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (n - 1) / n)
    half = float(special.stdtrit(n - 1, 0.975)) * error
    return Interval(mean, mean - half, mean + half, n)


def paired_difference(values: Sequence[Value], base: Sequence[Value]) -> Interval | None:
    """Interval of values - base, replicate by replicate; None where either side is undefined."""
    pairs = zip(values, base, strict=True)
    return interval([None if a is None or b is None else a - b for a, b in pairs])


def ratio_interval(above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """Interval of sum of above / sum of below over replicates; None where there is no denominator."""
    return interval(linearised(above, below))


@dataclass(frozen=True, eq=False)
class Replicates:
    """Measures of several plans over the same replicates.

    Attributes:
        values: plan -> KPI -> one value a replicate, of a ratio that replicate's own.
        channel_values: plan -> channel -> measure -> one value a replicate.
        occupancy: plan -> people by stage at the start of each period and at the end, mean, (T + 1, 8).
        runs: plan -> run of the first replicate.
        parts: plan -> KPI that is a ratio -> (numerator, denominator) of each replicate. A ratio without
            parts is taken as an amount.
        channel_parts: plan -> channel -> measure that is a ratio -> the same.
    """

    values: Mapping[str, Mapping[str, tuple[Value, ...]]]
    channel_values: ChannelValues = field(default_factory=dict)
    occupancy: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, tuple[Parts, ...]]] = field(default_factory=dict)
    channel_parts: Mapping[str, Mapping[str, Mapping[str, tuple[Parts, ...]]]] = field(default_factory=dict)

    @property
    def plans(self) -> tuple[str, ...]:
        """Names of the plans."""
        return tuple(self.values)

    @property
    def channels(self) -> dict[str, dict[str, dict[str, Interval | None]]]:
        """Plan -> channel -> measure -> interval."""
        return {
            plan: {
                name: {
                    key: interval(_linear(row, self.channel_parts.get(plan, {}).get(name, {}).get(key)))
                    for key, row in table.items()
                }
                for name, table in tables.items()
            }
            for plan, tables in self.channel_values.items()
        }

    def by_replicate(self, plan: str, kpi: str) -> tuple[Value, ...]:
        """One number a replicate, to take means, differences and intervals of.

        An amount is what it was in each replicate. Of a ratio these are the numbers of `ratios.linearised`,
        which are not the replicates' own ratios: their mean is the ratio of all replicates together.
        """
        return _linear(self.values[plan][kpi], self.parts.get(plan, {}).get(kpi))

    def interval(self, plan: str, kpi: str) -> Interval | None:
        """Mean of a KPI under a plan."""
        return interval(self.by_replicate(plan, kpi))

    def difference(self, plan: str, base: str, kpi: str) -> Interval | None:
        """Mean difference plan - base, paired by replicate."""
        return paired_difference(self.by_replicate(plan, kpi), self.by_replicate(base, kpi))


def replicate_kpis(
    world: World,
    plans: Mapping[str, Plan],
    *,
    seed: int,
    replicates: int,
    first_replicate: int = 0,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Callable[..., list[Run]] = simulate_many,
) -> Replicates:
    """Simulate each plan, and zero spend, on replicates first_replicate .. + replicates - 1.

    Every plan meets the same draws in the same replicate, so plans of one spend are simulated once.
    `progress` is called with (periods done, all). `simulator` runs the jobs, as `simulate_many` does; it may
    hand them to other processes.
    """
    everyone, place = distinct_plans([*plans.values(), Plan.zero(world.channels, world.periods)])
    periods = len(everyone) * world.total_periods
    tally = _Tally(plans)
    for first in range(0, replicates, BATCH):
        batch = range(first, min(first + BATCH, replicates))
        jobs = [Job(plan, seed, first_replicate + r) for r in batch for plan in everyone]
        report = _offset(progress, first * periods, replicates * periods)
        runs = simulator(world, jobs, engine=engine, threads=threads, progress=report)
        for start in range(0, len(runs), len(everyone)):
            *planned, baseline = [runs[start + n] for n in place]
            for name, run in zip(plans, planned, strict=True):
                tally.add(name, run, baseline)
    return tally.close(replicates)


def distinct_plans(plans: Sequence[Plan]) -> tuple[list[Plan], list[int]]:
    """The plans that differ in spend, and for every plan given its place among them."""
    places: dict[bytes, int] = {}
    place = [places.setdefault(plan.spend_tc.tobytes(), len(places)) for plan in plans]
    return [plans[place.index(n)] for n in range(len(places))], place


def _offset(progress: Progress | None, before: int, of: int) -> Callable[[int, int], None] | None:
    return (lambda done, _: progress(before + done, of)) if progress else None


class _Tally:
    """Collects measures replicate by replicate, so that only the first runs are kept."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self.kpis: dict[str, list[dict[str, Value]]] = {name: [] for name in plans}
        self.tables: dict[str, list[dict[str, dict[str, Value]]]] = {name: [] for name in plans}
        self.parts: dict[str, list[dict[str, Parts]]] = {name: [] for name in plans}
        self.channel_parts: dict[str, list[dict[str, dict[str, Parts]]]] = {name: [] for name in plans}
        self.occupancy: dict[str, npt.NDArray[np.float64]] = {}
        self.runs: dict[str, Run] = {}

    def add(self, name: str, run: Run, baseline: Run) -> None:
        self.kpis[name].append(kpis(run, baseline))
        self.tables[name].append(channel_table(run))
        self.parts[name].append(ratio_parts(run, baseline))
        self.channel_parts[name].append(channel_parts(run))
        occupancy_ts = run.occupancy_tks.sum(axis=1) * run.world.weight
        self.occupancy[name] = self.occupancy.get(name, 0.0) + occupancy_ts
        self.runs.setdefault(name, run)

    def close(self, replicates: int) -> Replicates:
        return Replicates(
            values={name: _columns(rows) for name, rows in self.kpis.items()},
            channel_values={name: _by_channel(tables) for name, tables in self.tables.items()},
            occupancy={name: total / replicates for name, total in self.occupancy.items()},
            runs=self.runs,
            parts={name: _columns(rows) for name, rows in self.parts.items()},
            channel_parts={name: _by_channel(tables) for name, tables in self.channel_parts.items()},
        )


def _linear(row: tuple[Value, ...], parts: tuple[Parts, ...] | None) -> tuple[Value, ...]:
    if parts is None:
        return row
    return linearised([above for above, _ in parts], [below for _, below in parts])


def _by_channel(tables: Sequence[Mapping[str, Mapping[str, T]]]) -> dict[str, dict[str, tuple[T, ...]]]:
    return {channel: _columns([table[channel] for table in tables]) for channel in tables[0]}


def _columns(rows: Sequence[Mapping[str, T]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(row[key] for row in rows) for key in rows[0]}
