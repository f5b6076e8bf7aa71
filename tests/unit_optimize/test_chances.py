"""Chances of being the best: paired, calibrated for few replicates, shared by equals."""

import numpy as np
import pytest
from scipy import special

from optimize.chances import chances, draws


def test_two_plans_get_the_one_sided_p_value_of_the_paired_t_test():
    rng = np.random.default_rng(3)
    common = rng.normal(0, 50, 6)
    one, two = common + rng.normal(0, 1, 6), common + rng.normal(0.5, 1, 6)
    difference = two - one
    t = difference.mean() / (difference.std(ddof=1) / np.sqrt(6))
    found = chances({"one": one.tolist(), "two": two.tolist()})
    # 20,000 draws leave a standard error of at most 0.0035.
    assert found["two"] == pytest.approx(special.stdtr(5, t), abs=0.012)
    assert found["one"] + found["two"] == pytest.approx(1.0)


def test_a_bootstrap_over_the_replicates_would_be_too_sure():
    """The companion: with three replicates a plain bootstrap misses the t test by far."""
    one, two = np.zeros(3), np.array([0.2, 1.0, 1.8])
    rng = np.random.default_rng(0)
    bootstrap = np.mean([two[rng.integers(0, 3, 3)].mean() > 0 for _ in range(4000)])
    t = two.mean() / (two.std(ddof=1) / np.sqrt(3))
    right = special.stdtr(2, t)
    assert bootstrap - right > 0.05
    found = chances({"one": one.tolist(), "two": two.tolist()})
    assert found["two"] == pytest.approx(right, abs=0.012)


def test_what_all_plans_share_does_not_blur_them():
    rng = np.random.default_rng(1)
    common, own = rng.normal(0, 100, 10), rng.normal(0, 0.3, 10)
    paired = {"a": (common + 1 + own).tolist(), "b": common.tolist()}
    assert chances(paired)["a"] > 0.99
    shuffled = {"a": paired["a"], "b": common[::-1].tolist()}
    assert chances(shuffled)["a"] < 0.9


def test_equals_share_and_everyone_adds_up_to_one():
    found = chances({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0], "c": [0.0, 1.0, 1.9]})
    assert found["a"] == found["b"]
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["a"] > 0.45


def test_undefined_plans_and_single_replicates_have_none():
    assert chances({"a": [1.0, None], "b": [2.0, 3.0]}) == {"a": None, "b": 1.0}
    assert chances({"a": [1.0], "b": [2.0]}) == {"a": None, "b": None}
    assert chances({}) == {}


def test_draws_have_the_spread_of_the_mean_and_the_tails_of_t():
    values = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
    drawn = draws(values)[0]
    half = special.stdtrit(4, 0.975) * values.std(ddof=1) / np.sqrt(5)
    assert np.mean(np.abs(drawn - 3.0) > half) == pytest.approx(0.05, abs=0.006)


def test_the_chance_of_a_ratio_agrees_with_its_interval():
    """Of two plans, the chance is above 97.5 % just where the paired interval leaves zero out."""
    from optimize.chances import standings
    from sim import Replicates

    rng = np.random.default_rng(5)
    spend = rng.gamma(6.0, 20.0, 6)
    profit = {"recommended": 1.06 * spend + rng.normal(0, 12, 6), "status_quo": spend}
    values = {name: {"roi": tuple(row / spend)} for name, row in profit.items()}
    parts = {name: {"roi": tuple(zip(row, spend, strict=True))} for name, row in profit.items()}
    judged = Replicates(values, parts=parts)
    gap = judged.difference("recommended", "status_quo", "roi")
    error = (gap.high - gap.mean) / special.stdtrit(5, 0.975)
    found = {row.plan: row for row in standings(judged, "roi", {})}
    assert found["recommended"].chance == pytest.approx(special.stdtr(5, gap.mean / error), abs=0.012)
    own = chances({name: values[name]["roi"] for name in values})["recommended"]
    assert abs(own - special.stdtr(5, gap.mean / error)) > 0.012
