"""Each rule against what it stands for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from sim.engine import passes, rules
from sim.engine.draws import remix, threshold
from sim.market.quantiles import gamma, lognormal

F = np.float32
words = st.integers(0, 2**32 - 1).map(np.uint32)
U = np.random.default_rng(0).integers(0, 2**32, 200_000, dtype=np.uint32)


@given(st.floats(0.0, 79.0))
def test_chance_and_survival_are_exponentials(rate: float) -> None:
    rate = float(F(rate))
    assert rules.chance_of(F(rate)) == pytest.approx(-math.expm1(-rate), rel=1e-6, abs=1e-12)
    assert rules.survival_of(F(rate)) == pytest.approx(math.exp(-rate), rel=1e-5)


def test_memory_halves_after_its_half_life() -> None:
    retain, memory = F(0.5 ** (1 / 4)), F(8.0)
    for _ in range(4):
        memory = F(rules.remember(memory, np.int32(0), np.int32(0), retain, F(1.0)))
    assert memory == pytest.approx(4.0, rel=1e-6)
    assert rules.remember(F(1.0), np.int32(2), np.int32(1), F(0.5), F(3.0)) == 5.5
    assert rules.remember(F(1e-20), np.int32(0), np.int32(0), F(0.5), F(1.0)) == 0.0


def test_strength_and_lift() -> None:
    assert rules.strength_of(F(2.0), F(2.0)) == 0.5
    assert rules.lifted(F(0.5), F(0.8)) == pytest.approx(0.9)
    assert rules.lifted(F(0.5), F(-3.0)) == 0.0


@pytest.mark.parametrize("rate", [0.003, 0.4, 2.5, 12.0])
def test_order_counts_are_poisson(rate: float) -> None:
    counts = np.array([rules.count_orders(u, F(rate)) for u in U[:50_000]])
    error = math.sqrt(rate / len(counts))
    assert abs(counts.mean() - rate) < 4 * error
    none = (counts == 0).mean()
    p = math.exp(-rate)
    assert abs(none - p) < 4 * math.sqrt(p * (1 - p) / len(counts)) + 1e-9
    assert abs(counts.var() / rate - 1) < 0.1 + 0.5 * (rate < 0.01)


@given(words, st.floats(0.0, 5.0))
def test_the_flag_of_an_order_is_its_count(u: np.uint32, rate: float) -> None:
    assert rules.happens(u, rules_f32(rules.chance_of(F(rate)))) == (rules.count_orders(u, F(rate)) > 0)


def rules_f32(value: float) -> np.float32:
    return F(value)


@given(words, st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.0, 1.0))
def test_more_push_never_turns_an_onward_move_away(
    u: np.uint32, onward: float, away: float, more: float
) -> None:
    def outcome(rate: float) -> str:
        total = F(F(rate) + F(away))
        if total == 0:
            return "stay"
        chance = F(rules.chance_of(total))
        if not rules.happens(u, chance):
            return "stay"
        return "onward" if rules.goes_onward(u, chance, F(rate), total) else "away"

    if outcome(onward) == "onward":
        assert outcome(onward + more) == "onward"


@given(words, st.floats(0.0, 79.0, width=32))
def test_whoever_moves_may_have_moved(u: np.uint32, rate: float) -> None:
    moves = rules.happens(u, rules.chance_of(F(rate)))
    assert not moves or rules.may_happen(u, F(rate))


@pytest.mark.parametrize(
    "rate", [0.0, 1e-30, 1e-9, 1e-6, 1e-3, 0.05, 0.3, 0.85, 0.9, 0.95, 1.0, 5.0, 80.0, 1e6]
)
def test_the_bound_holds_at_the_very_threshold_and_lets_few_others_pass(rate: float) -> None:
    chance = rules.chance_of(F(rate))
    edge = min(int(np.float64(chance) * 2**32), 2**32 - 1)
    around = np.arange(max(0, edge - 5_000), min(2**32, edge + 5_000), dtype=np.uint64).astype(np.uint32)
    for u in around:
        assert not rules.happens(u, chance) or rules.may_happen(u, F(rate))
    if rate < 0.9:
        passed = np.mean([rules.may_happen(u, F(rate)) for u in U[:20_000]])
        assert passed <= rate + 4 * math.sqrt(rate / 20_000) + 1e-4


@given(st.floats(0.0, 5.0, width=32), st.floats(0.0, 20.0, width=32), st.floats(0.0, 20.0, width=32))
def test_what_retains_only_lowers_the_lapse_rate(own: float, theta: float, push: float) -> None:
    assert rules.lapse_rate(F(own), F(1.0), F(theta), F(push)) <= F(own)


def test_competing_moves_share_by_rate() -> None:
    onward, away = F(0.3), F(0.1)
    total = F(onward + away)
    chance = F(rules.chance_of(total))
    moved = np.array([rules.happens(u, chance) for u in U])
    went = np.array([rules.goes_onward(u, chance, onward, total) for u in U])
    p = -math.expm1(-0.4)
    assert abs(moved.mean() - p) < 4 * math.sqrt(p * (1 - p) / len(U))
    assert not (went & ~moved).any()
    assert abs(went.sum() / moved.sum() - 0.75) < 4 * math.sqrt(0.75 * 0.25 / moved.sum())


def test_choice_follows_the_weights() -> None:
    weight_j = np.array([1.0, 0.0, 3.0], dtype=F)
    chosen = np.bincount([rules.choose(u, weight_j) for u in U], minlength=3)
    assert chosen[1] == 0
    assert abs(chosen[2] / len(U) - 0.75) < 4 * math.sqrt(0.75 * 0.25 / len(U))
    assert rules.choose(np.uint32(2**32 - 1), weight_j) == 2
    assert rules.choose(np.uint32(0), np.array([0.0, 1.0], dtype=F)) == 1


@pytest.mark.parametrize(
    ("table", "theory"),
    [
        (lognormal(3.0, 0.5), stats.lognorm(np.sqrt(np.log(1.25)), scale=3.0 / np.sqrt(1.25))),
        (gamma(0.04, 1.0), stats.gamma(1.0, scale=0.04)),
        (gamma(2.0, 0.3), stats.gamma(0.3, scale=2.0 / 0.3)),
    ],
    ids=["lognormal", "exponential", "gamma"],
)
def test_quantile_tables_give_the_distribution(table: np.ndarray, theory: object) -> None:
    drawn = np.array([rules.quantile(table, u) for u in U[:100_000]])
    assert stats.kstest(drawn, theory.cdf).pvalue > 1e-4  # type: ignore[attr-defined]
    for u in (2**13, 2**20, 2**31, 2**32 - 2**20, 2**32 - 2**13):
        expected = theory.ppf(u / 2**32)  # type: ignore[attr-defined]
        assert rules.quantile(table, np.uint32(u)) == pytest.approx(expected, rel=2e-3, abs=1e-6)


def test_a_constant_trait_is_constant() -> None:
    assert {rules.quantile(lognormal(1.5, 0.0), u) for u in U[:100]} == {1.5}


def test_thresholds_are_probabilities() -> None:
    assert threshold([0.0, 0.5, 1.0]).tolist() == [0, 2**31, 2**32 - 1]


def _lanes(rate: float, cap: int) -> tuple[np.ndarray, ...]:
    n = 1024
    poisson = stats.poisson(rate)
    tail = threshold([poisson.sf(x - 1) if x <= cap else 0.0 for x in range(1, 16)])
    touches = np.where(np.arange(n) % 3, 0x80, 0).astype(np.uint8)
    key = (np.arange(n) % 16).astype(np.int32)
    return U[:n].copy(), touches, key, tail


@pytest.mark.parametrize(("rate", "cap"), [(0.05, 15), (0.9, 3), (6.0, 15), (40.0, 15)])
def test_the_vector_pass_counts_exposures_and_clicks_as_the_rules_do(rate: float, cap: int) -> None:
    u, touches, key, tail = _lanes(rate, cap)
    exposures, clicks = np.zeros(1024, np.int32), np.zeros(1024, np.int32)
    eligible = 0b1010_0110_1111_0101
    reached = passes.expose(u, touches, key, np.int32(eligible), tail, exposures, 1024)
    sees = ((eligible >> key) & 1) * (touches >> 7)
    expected = np.array([rules.count_exposures(x, tail) for x in u]) * sees
    np.testing.assert_array_equal(exposures, expected)
    assert reached == (expected > 0).sum()
    by_x = threshold(1 - 0.7 ** np.arange(16))
    total = passes.click(u, exposures, by_x, clicks, 1024)
    wanted = np.array([rules.is_click(remix(x), by_x[n]) for x, n in zip(u, exposures, strict=True)])
    np.testing.assert_array_equal(clicks, wanted)
    assert total == wanted.sum()


def test_exposures_are_counted_by_stage() -> None:
    exposures = (U[:1000] % 16).astype(np.int32)
    stage = (U[1000:2000] % 8).astype(np.int32)
    count_s = np.arange(8)
    passes.tally_by_stage(exposures, stage, count_s, 1000)
    np.testing.assert_array_equal(count_s, np.arange(8) + np.bincount(stage, weights=exposures, minlength=8))
    full = np.full(1024, 15, np.int32)
    count_s = np.zeros(8, np.int64)
    passes.tally_by_stage(full, np.full(1024, 6, np.int32), count_s, 1024)
    assert count_s.tolist() == [0, 0, 0, 0, 0, 0, 15 * 1024, 0]
