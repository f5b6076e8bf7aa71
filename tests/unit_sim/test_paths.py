"""Paths: what they refuse, and merging."""

import numpy as np
import pytest
from hypothesis import given
from journeys import CHANNELS, path_rows, paths

from sim import JourneyError, Paths, paths_of

GOOD = {
    "channels": ("a", "b"),
    "channel_n": [0, 1, 0],
    "start_p": [0, 2, 3],
    "conversions_p": [3, 0],
    "value_p": [30, 0],
    "nulls_p": [0, 2],
    "age_n": [5, 0, 0],
}


def test_what_they_hold():
    sample = Paths(**GOOD, untouched_conversions=2)
    assert (sample.rows, sample.conversions, sample.value, sample.nulls) == (2, 3, 30, 2)
    assert sample.path_n.tolist() == [0, 0, 1]
    assert sample.touches_p.tolist() == [2, 1]
    for array in (sample.channel_n, sample.age_n, sample.value_p):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nulls_p": [0]}, ["nulls_p must have shape (2,), got (1,)"]),
        ({"start_p": [0, 3], "age_n": [0]}, [
            "start_p must have shape (3,), got (2,)", "age_n must have shape (3,), got (1,)"]),
        ({"start_p": [0, 2, 4]}, ["start_p must run from 0 to 3, got 0 to 4"]),
        ({"start_p": [0, 0, 3]}, [
            "row 0 must have at least one touch (count it in untouched_conversions)"]),
        ({"channel_n": [0, 2, 0]}, ["channel_n must be in 0 .. 1"]),
        ({"channel_n": [0, -1, 0]}, ["channel_n must be in 0 .. 1"]),
        ({"channels": ("a", "a")}, ["channels must be named, each once, got ('a', 'a')"]),
        ({"nulls_p": [0, -1], "value_p": [np.nan, 0]}, [
            "value_p must be finite and >= 0", "nulls_p must be finite and >= 0"]),
        ({"untouched_value": np.inf}, ["untouched_value must be finite and >= 0"]),
        ({"value_p": [1, 4]}, ["row 1 has value but no conversion"]),
        ({"age_n": [5, -1, 0]}, ["age_n must be finite and >= 0"]),
        ({"age_n": [5, 6, 0]}, ["row 0 must have its touches in order of time"]),
    ],
)  # fmt: skip
def test_what_they_refuse(change, expected):
    with pytest.raises(JourneyError) as caught:
        Paths(**{**GOOD, **change})
    assert str(caught.value).split("\n") == [f"paths: {fault}" for fault in expected]


def test_an_age_may_rise_from_one_path_to_the_next():
    assert Paths(**{**GOOD, "age_n": [5, 0, 9]}).rows == 2


def test_paths_from_plain_python():
    sample = paths_of([(["b", "a"], 1, 2.0, 3), (["c"], 0, 0, 1)])
    assert sample.channels == ("b", "a", "c")
    assert sample.channel_n.tolist() == [0, 1, 2]
    assert sample.age_n is None
    assert paths_of([], channels=("a",)).rows == 0
    with pytest.raises(JourneyError) as caught:
        paths_of([(["x", "a"], 1, 0, 0), (["y"], 1, 0, 0)], channels=("a", "b"))
    assert str(caught.value).split("\n") == [
        "paths: 'x' is no channel of a, b",
        "paths: 'y' is no channel of a, b",
    ]
    with pytest.raises(JourneyError, match="row 0 must have at least one touch"):
        paths_of([([], 1, 0, 0), (["a"], 1, 0, 0)])


@given(path_rows(longest=2))
def test_merging_adds_up_equal_rows_and_drops_those_of_nobody(rows):
    merged = paths(rows).merged()
    touches = [tuple(t) for t in np.split(merged.channel_n, merged.start_p[1:-1])]
    wanted = {}
    for steps, *counts in rows:
        if counts[0] + counts[2]:
            key = tuple(CHANNELS.index(step) for step in steps)
            wanted[key] = np.add(wanted.get(key, np.zeros(3)), counts)
    found = np.stack([merged.conversions_p, merged.value_p, merged.nulls_p]).T
    assert touches == list(wanted)
    np.testing.assert_allclose(found, list(wanted.values()))


def test_rows_of_other_ages_stay_apart():
    twice = {"channels": ("a", "b"), "channel_n": [0, 1, 0, 1], "start_p": [0, 2, 4]}
    counts = {"conversions_p": [1, 2], "value_p": [5, 5], "nulls_p": [0, 0]}
    assert Paths(**twice, **counts, age_n=[3, 0, 4, 0]).merged().rows == 2
    same = Paths(
        **twice, **counts, age_n=[3, 0, 3, -0.0], untouched_value=4, untouched_conversions=1
    ).merged()
    assert (same.rows, same.value, same.untouched_conversions, same.untouched_value) == (1, 10, 1, 4)
    assert same.age_n.tolist() == [3, 0]
