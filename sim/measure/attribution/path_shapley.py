"""Shapley values of channels where a coalition is worth the conversions of the journeys it covers (FACTS D).

    symbol    meaning                                                       shape
    v(S)      conversions of the journeys whose channels all lie in S       of a set
    weight_n  share of its path's conversions that a touch gets             (N,)

v is a sum of unanimity games, one for each journey: worth its conversions to every set that holds all its
channels. The Shapley value of a unanimity game is an equal split over its members (Shapley 1953), and values
add, so that the whole is an equal split of each journey over its distinct channels. No coalition is listed.
"""

from __future__ import annotations

import numpy as np

from sim.measure.attribution.paths import Floats, Paths


def shapley_weights(paths: Paths, _options: object = None) -> Floats:
    """1/d to the first touch of each of the path's d distinct channels, 0 to repeats; (N,)."""
    path_n = paths.path_n
    key_n = path_n * len(paths.channels) + paths.channel_n
    first = np.unique(key_n, return_index=True)[1]
    distinct_p = np.bincount(path_n[first], minlength=paths.rows)
    weight_n = np.zeros(len(key_n))
    weight_n[first] = 1.0 / distinct_p[path_n[first]]
    return weight_n
