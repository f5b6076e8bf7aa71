"""Markov removal effects and journey-wise Shapley values against textbooks and other ways to compute them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from journeys import CHANNELS, dense_removal, path_rows, paths, subset_shapley, walk_removal

from sim import RULES, attribute, paths_of
from sim.measure.attribution import markov
from sim.measure.attribution.markov import absorbed, chain_of, removal_effects

SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
EACH_ORDER = pytest.mark.parametrize("order", [1, 2, 3])
TEXTBOOK = [(["c1", "c2", "c3"], 1, 100.0, 0), (["c1"], 0, 0.0, 1), (["c2", "c3"], 0, 0.0, 1)]


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10)


def effects(rows, order, channels=CHANNELS):
    return removal_effects(chain_of(paths(rows, channels), order=order), len(channels))


def test_the_textbook_case():
    names = ("c1", "c2", "c3")
    close(effects(TEXTBOOK, 1, names), [[0.5, 1, 1]] * 2)
    credit = attribute(paths(TEXTBOOK, names), "markov_1")
    close(credit.conversions_c, [0.2, 0.4, 0.4])
    close(credit.value_c, [20, 40, 40])


def test_a_published_simulation_lies_within_its_error():
    """README of jmwoloso/pychattr: three paths, order 1, 10,000 walks give A 1.991106 and B 1.008894."""
    rows = [(text, 1, 1.0, 0) for text in ("ABABBA", "ABBAA", "AA")]
    credit = attribute(paths_of(rows, channels="AB"), "markov_1")
    close(credit.conversions_c, [2, 1])
    share = 0.5  # of walks that meet B, so that B's credit is 3 share / (1 + share)
    error = 3 / (1 + share) ** 2 * np.sqrt(share * (1 - share) / 10_000)
    assert abs(1.008894 - credit.conversions_c[1]) < 3 * error


def test_value_follows_the_state_that_converts():
    """a > b earns 10, b earns 2. One touch of memory mixes them at b to 6; two keep them apart."""
    rows = [(["a", "b"], 1, 10.0, 0), (["b"], 1, 2.0, 0)]
    close(effects(rows, 1, ("a", "b")), [[1 / 2, 1], [1 / 2, 1]])
    close(effects(rows, 2, ("a", "b")), [[1 / 2, 1], [5 / 6, 1]])
    close(attribute(paths(rows, ("a", "b")), "markov_2").value_c, [60 / 11, 72 / 11])


@EACH_ORDER
def test_the_chain_converts_at_the_raw_rate(order):
    @SOME
    @given(path_rows())
    def check(rows):
        chance, worth = absorbed(chain_of(paths(rows), order=order))
        journeys = sum(row[1] + row[3] for row in rows)
        close(chance, sum(row[1] for row in rows) / journeys)
        close(worth, sum(row[2] for row in rows) / journeys)

    check()


@EACH_ORDER
def test_repeated_windows_may_be_merged_or_kept(order):
    @SOME
    @given(path_rows())
    def check(rows):
        kept = removal_effects(chain_of(paths(rows), order=order, merge=False), len(CHANNELS))
        close(effects(rows, order), kept)

    check()


@EACH_ORDER
def test_removal_agrees_with_dense_linear_algebra(order):
    @SOME
    @given(path_rows(longest=8))
    def check(rows):
        (chance, worth), without = dense_removal(rows, CHANNELS, order)
        found, found_value = effects(rows, order)
        close(found, [1 - left / chance for left, _ in without])
        close(found_value, [1 - left / worth for _, left in without])

    check()


def test_another_order_is_told_apart():
    rows = [(["tv", "search", "social"], 5, 5.0, 0), (["social", "search", "tv"], 0, 0.0, 5)]
    (chance, _), without = dense_removal(rows, CHANNELS, 2)
    assert abs(effects(rows, 1)[0] - [1 - left / chance for left, _ in without]).max() > 0.05


WALKED = [
    (["tv", "search", "tv", "search"], 8, 8.0, 20),
    (["social", "search"], 9, 9.0, 30),
    (["search", "social", "tv"], 4, 4.0, 25),
    (["direct"], 5, 5.0, 5),
]


def test_removal_agrees_with_random_walks():
    """Shares of converting walks are binomial: within 4 standard errors, and order 1 is not."""
    met, converted = walk_removal(WALKED, CHANNELS, 2, walks=20_000, seed=5)
    share, wrong = effects(WALKED, 2)[0], effects(WALKED, 1)[0]
    error = np.sqrt(share * (1 - share) / converted)
    assert (abs(met / converted - share) < 4 * error).all()
    assert (abs(met / converted - wrong) > 4 * error).any()


def many_windows(seed):
    rng = np.random.default_rng(seed)
    rows = [
        (list(rng.choice(list("abcdefgh"), size=rng.geometric(0.2))), int(rng.integers(0, 3)), 0.0, 2)
        for _ in range(300)
    ]
    return [(steps, conversions, 3.0 * conversions, nulls) for steps, conversions, _, nulls in rows]


@pytest.mark.parametrize("rows", [many_windows(1), [("ab" * 500, 1, 2.0, 0), ("ca", 0, 0.0, 1)], TEXTBOOK])
def test_large_systems_are_solved_to_the_same_figures(rows, monkeypatch):
    channels = sorted({name for row in rows for name in row[0]})
    direct = effects(rows, 3, channels)
    monkeypatch.setattr(markov, "DIRECT_STATES", 0)
    close(effects(rows, 3, channels), direct)


def test_an_iteration_that_fails_hands_over_to_factors(monkeypatch):
    channels = "abcdefgh"
    direct = effects(many_windows(2), 2, channels)
    monkeypatch.setattr(markov, "DIRECT_STATES", 0)
    monkeypatch.setattr(markov, "gmres", lambda system, missing_s, **_: (np.zeros(len(missing_s)), 1))
    close(effects(many_windows(2), 2, channels), direct)


@given(path_rows(), st.permutations(CHANNELS))
@SOME
def test_shapley_is_every_coalition_weighed(rows, channels):
    credit = attribute(paths(rows, tuple(channels)), "shapley")
    close(credit.conversions_c, subset_shapley(rows, channels, 1))
    close(credit.value_c, subset_shapley(rows, channels, 2))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "shapley"])
def test_no_other_rule_passes_for_shapley(rule):
    rows = [(["tv", "tv", "search"], 3, 3.0, 1), (["social", "tv", "search", "direct"], 5, 5.0, 9)]
    credit = attribute(paths(rows), rule)
    assert abs(credit.conversions_c - subset_shapley(rows, CHANNELS, 1)).max() > 0.05
