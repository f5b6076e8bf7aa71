"""A ratio over replicates: sum over sum, with an interval that covers; the same numbers for everyone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special
from worlds import small

from sim import KPIS, Plan, Replicates, interval, ratio_interval, replicate_kpis
from sim.measure.ratios import linearised

#: Trials of a coverage; a true 95 % lies within 3 standard errors of it, 0.0065 each with 2,000.
TRIALS = 2_000


def replicates(parts: dict[str, list[tuple[float, float]]]) -> Replicates:
    """A judge that met one ratio, `cac`, of several plans."""
    values = {name: {"cac": tuple(a / b if b else None for a, b in rows)} for name, rows in parts.items()}
    return Replicates(values, parts={name: {"cac": tuple(rows)} for name, rows in parts.items()})


def test_a_ratio_is_sum_over_sum_with_the_interval_of_its_influences() -> None:
    above, below = [3.0, 5.0, 10.0], [1.0, 2.0, 5.0]
    found, ratio = ratio_interval(above, below), 18.0 / 8.0
    influences = (np.array(above) - ratio * np.array(below)) / (8.0 / 3.0)
    half = special.stdtrit(2, 0.975) * influences.std(ddof=1) / np.sqrt(3)
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((ratio, ratio - half, ratio + half))


def test_over_one_denominator_it_is_the_interval_of_a_mean() -> None:
    above = [3.0, 5.0, 10.0]
    scaled = interval([value / 4.0 for value in above])
    assert ratio_interval(above, [4.0, 4.0, 4.0]).to_dict() == pytest.approx(scaled.to_dict())


def test_a_replicate_without_a_denominator_counts_and_none_at_all_is_missing() -> None:
    assert ratio_interval([6.0, 2.0], [3.0, 0.0]).mean == pytest.approx(8.0 / 3.0)
    assert ratio_interval([6.0, 2.0], [0.0, 0.0]) is None
    assert ratio_interval([6.0], [2.0]).to_dict() == {"mean": 3.0, "low": None, "high": None}


def test_every_ratio_of_a_plan_is_that_of_its_replicates_together() -> None:
    world, plan = small()
    judged = replicate_kpis(
        world, {"plan": plan, "less": Plan(plan.channels, plan.spend_tc / 2)}, seed=3, replicates=3
    )
    for name, kpi in KPIS.items():
        if kpi.below is None:
            assert name not in judged.parts["plan"]
            assert judged.by_replicate("plan", name) == judged.values["plan"][name]
            continue
        own = judged.parts["plan"][name]
        each = [above / below if below else None for above, below in own]
        assert list(judged.values["plan"][name]) == each
        total = sum(below for _, below in own)
        found = judged.interval("plan", name)
        assert (found is None) == (total == 0)
        if found is not None:
            assert found.mean == pytest.approx(sum(above for above, _ in own) / total)
            gap = judged.difference("plan", "less", name)
            assert gap.mean == pytest.approx(found.mean - judged.interval("less", name).mean)


def test_channel_ratios_are_those_of_the_replicates_together() -> None:
    world, plan = small()
    judged = replicate_kpis(world, {"plan": plan}, seed=3, replicates=3)
    parts = judged.channel_parts["plan"]["ads"]["frequency"]
    found = judged.channels["plan"]["ads"]["frequency"]
    assert found.mean == pytest.approx(sum(a for a, _ in parts) / sum(b for _, b in parts))
    own = judged.channel_values["plan"]["ads"]["frequency"]
    assert own == tuple(a / b for a, b in parts)
    assert judged.channels["plan"]["ads"]["spend"] == interval(judged.channel_values["plan"]["ads"]["spend"])


def test_differences_are_paired_whatever_the_denominators() -> None:
    rng = np.random.default_rng(1)
    won = rng.gamma(8.0, 12.0, 10)
    dear, cheap = [(600.0, n) for n in won], [(500.0, n) for n in won]
    judged = replicates({"dear": dear, "cheap": cheap})
    gap, alone = judged.difference("dear", "cheap", "cac"), judged.interval("dear", "cac")
    assert gap.mean == pytest.approx(100.0 / won.mean())
    assert gap.high - gap.low == pytest.approx((alone.high - alone.low) / 6.0)


@pytest.mark.parametrize("count", [3, 8, 20])
def test_the_interval_covers_the_long_run_where_that_of_mean_ratios_does_not(count: int) -> None:
    """Spend 100 over a gamma number of customers, mean 1 and cv 0.35, the spread that few consumers show.

    The long run's ratio is 100. The mean of the ratios tends to 100 k / (k - 1) with k = 1 / cv**2, which is
    114: an interval around it leaves the truth out more often the more replicates there are.
    """
    shape = 1.0 / 0.35**2
    rng = np.random.default_rng(7)
    held = {"linearised": 0, "mean of ratios": 0}
    for _ in range(TRIALS):
        won = rng.gamma(shape, 1.0 / shape, count)
        ours, old = ratio_interval([100.0] * count, won.tolist()), interval((100.0 / won).tolist())
        held["linearised"] += ours.low <= 100.0 <= ours.high
        held["mean of ratios"] += old.low <= 100.0 <= old.high
    assert 0.93 <= held["linearised"] / TRIALS <= 0.97
    if count == 20:
        assert held["mean of ratios"] / TRIALS < 0.9


def test_a_paired_difference_of_two_ratios_covers_the_long_run() -> None:
    """Both plans share most of their customers; 100 / 1.0 less 60 / 0.8 is 25."""
    shape, count = 1.0 / 0.35**2, 5
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(TRIALS):
        won = rng.gamma(shape, 1.0 / shape, count)
        fewer = 0.8 * won * rng.gamma(100.0, 0.01, count)
        judged = replicates({"a": [(100.0, n) for n in won], "b": [(60.0, n) for n in fewer]})
        gap = judged.difference("a", "b", "cac")
        held += gap.low <= 25.0 <= gap.high
    assert 0.93 <= held / TRIALS <= 0.97


def test_linear_numbers_are_none_where_nothing_is_known() -> None:
    assert linearised([1.0, 2.0], [0.0, 0.0]) == (None, None)
    world, plan = small()
    nothing = Plan.zero(plan.channels, world.periods)
    judged = replicate_kpis(world, {"nothing": nothing}, seed=0, replicates=2)
    assert judged.interval("nothing", "roi") is None
    assert replace(judged, parts={}).by_replicate("nothing", "roi") == (None, None)
