"""measure(): the metrics that claims ask for, of every variant, over replicates under common draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace

import numpy as np

from sim.engine.many import available_cpus
from sim.market.plan import Plan
from sim.market.world import World
from sim.measure.claims.comparing import Sample
from sim.measure.claims.journey_metrics import outage_channels
from sim.measure.claims.metrics import CLAIM_METRICS, split_metric
from sim.measure.claims.run_metrics import Parts
from sim.measure.claims.seen import Seen

Progress = Callable[[int, int], None]
#: Metric as written -> channel it was taken for, "" unless it is the worst of several -> (above, below).
Row = dict[str, dict[str, Parts]]


def measure_claims(
    markets: Mapping[str, tuple[World, Plan]],
    wanted: Mapping[str, Sequence[str]],
    *,
    seed: int,
    replicates: int,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
) -> dict[tuple[str, str], Sample]:
    """Simulate each variant on replicates 0 .. replicates - 1 and measure what its claims ask for.

    Args:
        markets: variant -> its world and plan.
        wanted: variant -> metrics as claims write them.
        seed, engine: as for `simulate`; every variant meets the same draws in the same replicate.
        replicates: at least 1; intervals need 2.
        threads: replicates at a time; default: one for each processor. No result depends on it.
        progress: called with (replicates done, replicates of all variants).

    Returns:
        (variant, metric) -> its values over replicates.
    """
    places = [(variant, r) for variant in wanted for r in range(replicates)]
    rows: dict[tuple[str, int], Row] = {}

    def one(place: tuple[str, int]) -> Row:
        world, plan = markets[place[0]]
        seen = Seen(world, plan, seed=seed, replicate=place[1], engine=engine)
        return {metric: _measured(seen, metric) for metric in wanted[place[0]]}

    with ThreadPoolExecutor(threads or available_cpus()) as pool:
        futures: dict[Future[Row], tuple[str, int]] = {pool.submit(one, place): place for place in places}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                rows[futures[future]] = future.result()
                if progress:
                    progress(done, len(places))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {
        (variant, metric): _sample([rows[variant, r][metric] for r in range(replicates)])
        for variant, metrics in wanted.items()
        for metric in metrics
    }


def _measured(seen: Seen, text: str) -> dict[str, Parts]:
    name, argument = split_metric(text)
    metric, world = CLAIM_METRICS[name], seen.world
    here = {"channel": world.channels, "shop": world.sell_channels, "segment": world.segments}
    if argument not in here.get(metric.argument, (argument,)):
        return {"": (math.nan, 1.0)}  # a variant took it away
    if metric.value is not None:
        return {"": metric.value(seen, argument)}
    each = CLAIM_METRICS[metric.worst_of].value
    assert each is not None
    return {channel: each(seen, channel) for channel in outage_channels(seen)}


def _sample(rows: Sequence[Mapping[str, Parts]]) -> Sample:
    """One sample; of several channels, the one with the lowest level over all replicates."""
    samples = [
        Sample(
            np.array([row[detail][0] for row in rows], dtype=np.float64),
            np.array([row[detail][1] for row in rows], dtype=np.float64),
            detail,
        )
        for detail in rows[0]
    ]
    known = [sample for sample in samples if np.isfinite(sample.level)]
    if not known:
        return replace(samples[0], detail="")
    return min(known, key=lambda sample: sample.level)
