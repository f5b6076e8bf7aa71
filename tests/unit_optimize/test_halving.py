"""Sequential halving: close races get more draws, runs are kept, a lead by chance unseats no one."""

import numpy as np
import pytest

from optimize.halving import halve, unseated


def noisy(means, *, sd=1.0, common=0.95, seed=0):
    """A score with noise that is mostly the same for all candidates on one set of draws."""

    def score(rows, n):
        rng = np.random.default_rng([seed, n])
        shared, own = rng.normal(), rng.normal(size=len(means))
        noise = sd * (np.sqrt(common) * shared + np.sqrt(1 - common) * own)
        return [float(means[row] + noise[row]) for row in rows]

    return score


@pytest.mark.parametrize(("candidates", "runs"), [(7, 80), (4, 30), (2, 8), (8, 9), (5, 400)])
def test_runs_are_used_but_never_exceeded(candidates, runs):
    race = halve(candidates, runs, noisy(np.arange(candidates) * 1.0))
    sets = max(len(row) for row in race.scores)
    assert race.runs == sum(len(row) for row in race.scores) + sets <= runs
    if runs > 2 * (candidates + 1):
        assert race.runs > 0.7 * runs


def test_who_stays_meets_more_draws_and_the_best_by_far_wins():
    race = halve(8, 160, noisy(np.array([0, 0, 0, 0, 0, 9, 0, 8.0]), sd=0.3))
    met = [len(row) for row in race.scores]
    assert race.winner == 5
    assert met[5] == met[7] == max(met) >= 3 * min(met)
    assert sorted(met).count(min(met)) == 4
    assert len(set(met)) == 3


def test_without_runs_the_first_one_wins():
    assert halve(3, 3, noisy([0, 5.0, 9.0])).winner == 0
    assert halve(1, 50, noisy([1.0])).runs == 0


def test_a_candidate_without_a_score_is_out():
    assert halve(3, 60, lambda rows, n: [np.nan if row == 2 else float(row) for row in rows]).winner == 1


def test_the_incumbent_meets_every_set_of_draws():
    race = halve(7, 120, noisy(np.array([-5, 1, 2, 3, 4, 5, 6.0]), sd=0.1), incumbent=True)
    assert race.winner == 6
    assert len(race.scores[0]) == len(race.scores[6]) == max(len(row) for row in race.scores)
    dropped = halve(7, 120, noisy(np.array([-5, 1, 2, 3, 4, 5, 6.0]), sd=0.1))
    assert len(dropped.scores[0]) < len(dropped.scores[6])


@pytest.mark.parametrize(("lead", "clear"), [(3.0, True), (0.1, False), (-3.0, False)])
def test_only_a_clear_paired_lead_unseats(lead, clear):
    """Noise of 100 that both share hides nothing; their own noise of 1 over 9 draws is a third of a unit."""
    rng = np.random.default_rng(1)
    base = 100 * rng.normal(size=9)
    own = rng.normal(size=9)
    scores = [base.tolist(), (base + lead + own - own.mean()).tolist()]
    assert unseated(scores, 1) is clear
    assert unseated(scores, 0) is False


def test_halving_loses_less_than_an_equal_split_of_the_same_runs():
    """Eight candidates 0.2 apart, own noise of 0.22: mean loss over 300 races, well beyond its error."""
    means, runs, lost = np.arange(8) * 0.2, 54, {"halving": [], "equal": []}
    for seed in range(300):
        score = noisy(np.random.default_rng(seed).permutation(means), common=0.8, sd=1.0, seed=seed)
        true = np.random.default_rng(seed).permutation(means)
        lost["halving"].append(1.4 - true[halve(8, runs, score).winner])
        rows = np.array([score(range(8), n) for n in range(runs // 9)])
        lost["equal"].append(1.4 - true[int(np.argmax(rows.mean(axis=0)))])
    gain = np.array(lost["equal"]) - np.array(lost["halving"])
    assert gain.mean() > 2 * gain.std() / np.sqrt(len(gain))
