"""Markov chains of journeys, and what is lost when a channel is removed (FACTS D; Anderl et al. 2016).

    symbol        meaning                                                              shape
    s, r          states: windows of the last k touches; a shorter journey is one      (S,)
    touch_sk      channels within each state, -1 where a short journey has no more     (S, k)
    moves         chance to go from s to r next; the rest of a row ends the journey    (S, S) sparse
    start_s       chance to begin in s                                                 (S,)
    converts_s    chance that a journey in s converts next                             (S,)
    worth_s       the same weighted by the mean value of conversions out of s          (S,)
    visits_s      expected visits of s: the solution of visits = start + moves' visits (S,)

A row counts conversions + nulls times; a window that repeats the one before it is the same visit. Then
P = converts . visits, the chance to convert, equals the raw rate at any order. Removing channel i sends
every state that contains it to the null end: the same system over the states left gives P_i and the removal
effect RE_i = 1 - P_i / P. Credit is the total times RE_i / sum RE. Value does likewise with
V = worth . visits, which without removal is the mean value of a journey. Where nothing converts (or nothing
has value) every effect, and so every credit, is 0.

The systems are solved, never simulated. Residuals bound the error: a residual r in the system moves P by
q . r, where q <= 1 is the chance to convert from each state, so by no more than the sum of |r|.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import gmres, splu
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from sim.measure.attribution.paths import Floats, Ints, Paths, sum_by

#: Largest sum of residuals, a bound for the error of P(conversion).
TOLERANCE = 1e-13
#: From here on factors of windows that overlap fill memory; an iteration needs a few dozen steps.
DIRECT_STATES = 500


@dataclass(frozen=True, eq=False)
class Chain:
    """A Markov chain of journeys; symbols as above."""

    touch_sk: Ints
    moves: Any
    start_s: Floats
    converts_s: Floats
    worth_s: Floats


def removal_credits(paths: Paths, *, order: int) -> tuple[Floats, Floats]:
    """Conversions and value by channel, (C,) each, in proportion to removal effects.

    Args:
        paths: journeys.
        order: k >= 1, touches that a state remembers.
    """
    effect_c, value_effect_c = removal_effects(chain_of(paths, order=order), len(paths.channels))
    return _shared(paths.conversions, effect_c), _shared(paths.value, value_effect_c)


def _shared(total: float, effect_c: Floats) -> Floats:
    whole = effect_c.sum()
    return total * effect_c / whole if whole > 0 else np.zeros(len(effect_c))


def chain_of(paths: Paths, *, order: int, merge: bool = True) -> Chain:
    """Count the moves between windows of touches.

    Args:
        paths: journeys; rows that stand for none are left out.
        order: k >= 1.
        merge: take equal windows that follow each other as one visit; no removal effect depends on it.
    """
    weight_p = paths.conversions_p + paths.nulls_p
    path_w, code_w = _windows(paths, order, weight_p > 0, merge)
    code_s, state_w = np.unique(code_w, return_inverse=True)
    states = len(code_s)
    follows = path_w[1:] == path_w[:-1]
    first = np.flatnonzero(np.concatenate([[True], ~follows]))[: len(path_w)]
    last = np.append(first[1:] - 1, len(path_w) - 1)[: len(first)]
    weight_w = weight_p[path_w]
    counts = sparse.coo_array(
        (weight_w[1:][follows], (state_w[:-1][follows], state_w[1:][follows])), shape=(states, states)
    ).tocsr()
    left_s = sum_by(state_w, weight_w, states)
    converts_s, worth_s = (
        sum_by(state_w[last], amounts_p[path_w[last]], states) / left_s
        for amounts_p in (paths.conversions_p, paths.value_p)
    )
    start_s = sum_by(state_w[first], weight_w[first], states) / (weight_p.sum() or 1.0)
    powers_k = (len(paths.channels) + 1) ** np.arange(order - 1, -1, -1)
    touch_sk = code_s[:, None] // powers_k % (len(paths.channels) + 1) - 1
    return Chain(touch_sk, sparse.diags_array(1.0 / left_s) @ counts, start_s, converts_s, worth_s)


def _windows(paths: Paths, order: int, counted_p: Any, merge: bool) -> tuple[Ints, Ints]:
    """Row and code of every window, in order; a code has one digit a touch, 0 for none."""
    path_n, touches = paths.path_n, len(paths.channel_n)
    stop_n = np.repeat(paths.start_p[1:], paths.touches_p)
    place_n = np.arange(touches)
    code_n = np.zeros(touches, dtype=np.int64)
    for step in range(order):
        later_n = np.minimum(place_n + step, touches - 1)
        digit_n = np.where(place_n + step < stop_n, paths.channel_n[later_n] + 1, 0)
        code_n = code_n * (len(paths.channels) + 1) + digit_n
    whole_n = place_n + order <= stop_n
    short_n = np.zeros(touches, dtype=bool)
    short_n[paths.start_p[:-1]] = paths.touches_p < order
    window_n = (whole_n | short_n) & counted_p[path_n]
    path_w, code_w = path_n[window_n], code_n[window_n]
    if merge:
        again = (path_w[1:] == path_w[:-1]) & (code_w[1:] == code_w[:-1])
        fresh = np.concatenate([[True], ~again])[: len(path_w)]
        path_w, code_w = path_w[fresh], code_w[fresh]
    return path_w, code_w


def removal_effects(chain: Chain, channels: int) -> tuple[Floats, Floats]:
    """RE of conversions and of value for each channel, (C,) each; 0 for a channel in no state."""
    effect_c, value_effect_c = np.zeros(channels), np.zeros(channels)
    with _controller().limit(limits=1, user_api="blas"):
        chance, worth = absorbed(chain)
        for channel in np.unique(chain.touch_sk[chain.touch_sk >= 0]):
            left_chance, left_worth = absorbed(chain, removed=int(channel))
            effect_c[channel] = max(1.0 - left_chance / chance, 0.0) if chance > 0 else 0.0
            value_effect_c[channel] = max(1.0 - left_worth / worth, 0.0) if worth > 0 else 0.0
    return effect_c, value_effect_c


@cache
def _controller() -> Any:
    """Keeps linear algebra to one thread, so that the last digits never depend on the machine's cores."""
    return ThreadpoolController()


def absorbed(chain: Chain, *, removed: int | None = None) -> tuple[float, float]:
    """P(conversion) and expected value of a journey, all states with the removed channel leading to null."""
    kept = np.flatnonzero(~np.any(chain.touch_sk == removed, axis=1)) if removed is not None else slice(None)
    start_s = chain.start_s[kept]
    if not start_s.any():
        return 0.0, 0.0
    visits_s = _visits(chain.moves[kept][:, kept], start_s)
    return float(visits_s @ chain.converts_s[kept]), float(visits_s @ chain.worth_s[kept])


def _visits(moves: Any, start_s: Floats) -> Floats:
    """Solve visits = start + moves' visits."""
    system = (sparse.eye_array(len(start_s)) - moves.T).tocsr()
    if len(start_s) > DIRECT_STATES:
        visits_s = np.zeros(len(start_s))
        for _ in range(4):
            missing_s = start_s - system @ visits_s
            if np.abs(missing_s).sum() <= TOLERANCE:
                return visits_s
            visits_s = visits_s + gmres(system, missing_s, rtol=1e-9, restart=60, maxiter=5)[0]
    # columns sum to at least 0 with a positive diagonal: no pivoting is needed, so less fills in
    factors = splu(
        system.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    return np.asarray(factors.solve(start_s))
