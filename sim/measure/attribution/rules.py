"""Attribution rules: who gets how much of each conversion (FACTS D).

    symbol         meaning                                              shape
    weight_n       share of its path's conversions that a touch gets    (N,)   sums to 1 within a path
    conversions_c  conversions credited to each channel                 (C,)   sums to the paths' total
    value_c        value credited to each channel                       (C,)   sums to the paths' total

A touch rule is its weights; the Markov rules compare a chain of all journeys with the chain less a channel.
Credits are never negative. They share out what happened and do not say what would have happened otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

import numpy as np

from sim.errors import JourneyError
from sim.measure.attribution.markov import removal_credits
from sim.measure.attribution.path_shapley import shapley_weights
from sim.measure.attribution.paths import Floats, Paths, sum_by


@dataclass(frozen=True)
class AttributionOptions:
    """What the rules leave open.

    Attributes:
        half_life_days: time decay halves a touch's weight for each half-life between it and the conversion;
            where times are unknown, for each so many steps.
        direct: channels that `last_non_direct` passes over.
        first_weight: what `position` gives to the first touch.
        last_weight: what it gives to the last; the rest is shared by the touches between them.

    Raises:
        JourneyError: a half-life that is not above 0, weights below 0 or above 1 together, or both 0.
    """

    half_life_days: float = 7.0
    direct: tuple[str, ...] = ()
    first_weight: float = 0.4
    last_weight: float = 0.4

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.half_life_days < np.inf:
            faults.append(f"half-life must be above 0 days, got {self.half_life_days}")
        weights = (self.first_weight, self.last_weight)
        if not (min(weights) >= 0 and 0 < sum(weights) <= 1):
            faults.append(f"position weights must be >= 0 and together above 0 and at most 1, got {weights}")
        if faults:
            raise JourneyError("\n".join(f"attribution: {fault}" for fault in faults))


@dataclass(frozen=True, eq=False)
class Credits:
    """What one rule gives to each channel, in the order of the paths' channels.

    Attributes:
        conversions_c: (C,) credited conversions, >= 0.
        value_c: (C,) credited value, >= 0.
    """

    conversions_c: Floats
    value_c: Floats


Rule = Callable[[Paths, AttributionOptions], Credits]


def attribute(paths: Paths, rule: str, *, options: AttributionOptions | None = None) -> Credits:
    """Share out the conversions of the paths, and their value.

    Args:
        paths: journeys; conversions that met no channel are in no credit.
        rule: a name in `RULES`.
        options: half-life, direct channels, position weights; the defaults of FACTS D without them.

    Raises:
        JourneyError: an unknown rule, or a direct channel that the paths do not have.
    """
    options = options or AttributionOptions()
    faults = [] if rule in RULES else [f"no rule '{rule}'{_near(rule, tuple(RULES))}"]
    faults += [
        f"direct channel '{name}' is not in the paths{_near(name, paths.channels)}"
        for name in options.direct
        if name not in paths.channels
    ]
    if faults:
        raise JourneyError("\n".join(f"attribution: {fault}" for fault in faults))
    return RULES[rule](paths, options)


def _near(word: str, choices: tuple[str, ...]) -> str:
    near = get_close_matches(word, choices, n=1)
    return f" (did you mean '{near[0]}'?)" if near else f" (known: {', '.join(choices[:12])})"


def first_weights(paths: Paths, _options: AttributionOptions) -> Floats:
    """1 to the first touch."""
    weight_n = np.zeros(len(paths.channel_n))
    weight_n[paths.start_p[:-1]] = 1.0
    return weight_n


def last_weights(paths: Paths, _options: AttributionOptions) -> Floats:
    """1 to the last touch."""
    weight_n = np.zeros(len(paths.channel_n))
    weight_n[paths.start_p[1:] - 1] = 1.0
    return weight_n


def last_non_direct_weights(paths: Paths, options: AttributionOptions) -> Floats:
    """1 to the last touch that is not direct; to the last touch where all are."""
    direct = [number for number, name in enumerate(paths.channels) if name in options.direct]
    place_n = np.where(np.isin(paths.channel_n, direct), -1, np.arange(len(paths.channel_n)))
    weight_n = np.zeros(len(paths.channel_n))
    if paths.rows:
        chosen_p = np.maximum.reduceat(place_n, paths.start_p[:-1])
        weight_n[np.where(chosen_p < 0, paths.start_p[1:] - 1, chosen_p)] = 1.0
    return weight_n


def linear_weights(paths: Paths, _options: AttributionOptions) -> Floats:
    """1/n to each of n touches; a channel met twice counts twice."""
    return np.repeat(1.0 / paths.touches_p, paths.touches_p)


def time_decay_weights(paths: Paths, options: AttributionOptions) -> Floats:
    """2^(-age / half-life), normalised within the path; age in days, or in steps from the last touch."""
    last_n = np.repeat(paths.start_p[1:] - 1, paths.touches_p)
    if paths.age_n is None:
        age_n = (last_n - np.arange(len(last_n))).astype(np.float64)
    else:
        # from the last touch on: the common factor cancels, and a path long ago cannot vanish
        age_n = paths.age_n - paths.age_n[last_n]
    return _normalised(np.exp2(-age_n / options.half_life_days), paths)


def position_weights(paths: Paths, options: AttributionOptions) -> Floats:
    """U shape: 0.4 to the first, 0.4 to the last, 0.2 between; two touches share as first and last do."""
    touches_n = np.repeat(paths.touches_p, paths.touches_p)
    between = 1.0 - options.first_weight - options.last_weight
    weight_n = between / np.maximum(touches_n - 2, 1)
    weight_n[paths.start_p[:-1]] = options.first_weight
    weight_n[paths.start_p[1:] - 1] = options.last_weight
    weight_n[touches_n == 1] = 1.0
    return _normalised(weight_n, paths)


def _normalised(weight_n: Floats, paths: Paths) -> Floats:
    total_p = sum_by(paths.path_n, weight_n, paths.rows)
    return np.asarray(weight_n / np.repeat(total_p, paths.touches_p))


def _by_touch(
    weights: Callable[[Paths, AttributionOptions], Floats], paths: Paths, options: AttributionOptions
) -> Credits:
    """Credits of a rule that says what share of its path each touch gets."""
    weight_n, path_n = weights(paths, options), paths.path_n
    conversions_c, value_c = (
        sum_by(paths.channel_n, weight_n * amounts_p[path_n], len(paths.channels))
        for amounts_p in (paths.conversions_p, paths.value_p)
    )
    return Credits(conversions_c, value_c)


def _by_removal(order: int, paths: Paths, _options: AttributionOptions) -> Credits:
    """Credits in proportion to what is lost without the channel, in a Markov chain of this order."""
    return Credits(*removal_credits(paths, order=order))


RULES: dict[str, Rule] = {
    "first": partial(_by_touch, first_weights),
    "last": partial(_by_touch, last_weights),
    "last_non_direct": partial(_by_touch, last_non_direct_weights),
    "linear": partial(_by_touch, linear_weights),
    "time_decay": partial(_by_touch, time_decay_weights),
    "position": partial(_by_touch, position_weights),
    "markov_1": partial(_by_removal, 1),
    "markov_2": partial(_by_removal, 2),
    "markov_3": partial(_by_removal, 3),
    "shapley": partial(_by_touch, shapley_weights),
}
