"""Journeys for tests: a hypothesis strategy, and Markov removal done again in other ways."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations, pairwise

import numpy as np
from hypothesis import strategies as st

from sim import Paths, paths_of

CHANNELS = ("direct", "search", "social", "tv")


@st.composite
def path_rows(draw, *, channels=CHANNELS, longest=6, most=8):
    """Rows (touches, conversions, value, nulls) with whole counts; at least one of them converts."""
    touches = st.lists(st.sampled_from(channels), min_size=1, max_size=longest)
    count = st.integers(0, 20)
    rows = [
        (steps, conversions, float(worth * conversions), nulls)
        for steps, conversions, worth, nulls in draw(
            st.lists(st.tuples(touches, count, st.integers(0, 50), count), min_size=1, max_size=most)
        )
    ]
    steps, conversions, value, nulls = rows[0]
    return [(steps, conversions + 1, value + 7.0, nulls), *rows[1:]]


def paths(rows, channels=CHANNELS) -> Paths:
    return paths_of(rows, channels=channels)


def windows(steps, order, merge=True):
    """States of one journey, as tuples of its last touches."""
    if len(steps) < order:
        return [tuple(steps)]
    found = [tuple(steps[i : i + order]) for i in range(len(steps) - order + 1)]
    return [w for i, w in enumerate(found) if not merge or i == 0 or w != found[i - 1]]


def transitions(rows, order, merge=True):
    """From -> to -> weight, written out with dictionaries; ends are "convert" and "null"."""
    counts = defaultdict(Counter)
    worth = defaultdict(float)
    converted = Counter()
    for steps, conversions, value, nulls in rows:
        if conversions + nulls == 0:
            continue
        states = windows(steps, order, merge)
        for a, b in pairwise(["start", *states]):
            counts[a][b] += conversions + nulls
        counts[states[-1]]["convert"] += conversions
        counts[states[-1]]["null"] += nulls
        converted[states[-1]] += conversions
        worth[states[-1]] += value
    mean = {state: worth[state] / n for state, n in converted.items() if n}
    return counts, mean


def dense_removal(rows, channels, order):
    """P(conversion) and expected value, whole and with each channel removed, by dense linear algebra.

    Absorption is one more state for every last state, so that value follows the state that converted.
    """
    counts, mean = transitions(rows, order)
    states = ["start", *sorted(state for state in counts if state != "start")]
    index = {state: i for i, state in enumerate(states)}

    def solve(removed):
        size = len(states)
        moves, ends = np.zeros((size, size)), np.zeros((size, size))
        for state, following in counts.items():
            if removed is not None and state != "start" and removed in state:
                continue
            total = sum(following.values())
            for target, weight in following.items():
                if target == "convert":
                    ends[index[state], index[state]] = weight / total
                elif target != "null" and not (removed is not None and removed in target):
                    moves[index[state], index[target]] = weight / total
        absorbed = np.linalg.solve(np.eye(size) - moves, ends)[0]
        return absorbed.sum(), sum(absorbed[index[s]] * worth for s, worth in mean.items())

    return solve(None), [solve(channel) for channel in channels]


def walk_removal(rows, channels, order, *, walks, seed):
    """Share of converting random walks that meet each channel: what libraries that simulate report."""
    rng = np.random.default_rng(seed)
    counts, _ = transitions(rows, order)
    tables = {
        state: (list(following), np.array(list(following.values()), dtype=float))
        for state, following in counts.items()
    }
    met, converted = Counter(), 0
    for _ in range(walks):
        state, seen = "start", set()
        while state not in ("convert", "null"):
            targets, weights = tables[state]
            state = targets[rng.choice(len(targets), p=weights / weights.sum())]
            seen |= set(state) if isinstance(state, tuple) else set()
        if state == "convert":
            converted += 1
            met.update(seen)
    return np.array([met[channel] for channel in channels]), converted


def subset_shapley(rows, channels, column):
    """Shapley values by every coalition: v(S) sums the rows whose channels all lie in S."""
    from math import factorial

    size = len(channels)

    def worth(members):
        return sum(row[column] for row in rows if set(row[0]) <= members)

    found = []
    for channel in channels:
        rest = [other for other in channels if other != channel]
        total = 0.0
        for k in range(size):
            weight = factorial(k) * factorial(size - k - 1) / factorial(size)
            for members in combinations(rest, k):
                total += weight * (worth({*members, channel}) - worth(set(members)))
        found.append(total)
    return np.array(found)
