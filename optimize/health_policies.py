"""The quarterly channel health rule: away from channels whose customers go quiet (FACTS A1.18, E.20).

    symbol      meaning                                                                     shape
    user        identity with an order before the quarter; its channel is that of the last
                touch before its first order
    users_c     users of each channel                                                       (C + 1,)
    active_c    orders of a user in the quarter over those of all users, 1 is the baseline  (C + 1,)
    kept_c      share of the users who ordered in the quarter: retention as orders show it  (C + 1,)

A brand does not see who has lapsed, only who still orders; identities it cannot match count apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.policy_options import Block, PolicyOptions

if TYPE_CHECKING:
    from sim import History

Floats = npt.NDArray[np.float64]
#: Users of the panel below which a channel is not judged: the rule would drop it by chance.
LEAST_USERS = 20


class Health(NamedTuple):
    """Users, activity and retention of each channel in the last quarter; see the module's table."""

    users_c: Floats
    active_c: Floats
    kept_c: Floats


def observed_health(history: History) -> Health:
    """Health in the quarter that ends now; without users, activity is 1 and retention 0."""
    begin, size = max(0, history.periods - history.quarter), len(history.channels) + 1
    first_o = np.concatenate([[True], history.identity_o[1:] != history.identity_o[:-1]])[
        : len(history.identity_o)
    ]
    people = int(history.identity_o.max()) + 1 if len(history.identity_o) else 0
    channel_n = history.channel_o[first_o]
    user_n = history.period_o[first_o] < begin
    ordered_n = np.bincount(history.identity_o[history.period_o >= begin], minlength=people)

    def count(weight_n: npt.NDArray[np.generic]) -> Floats:
        return np.bincount(channel_n[user_n], weights=weight_n[user_n], minlength=size).astype(np.float64)

    users_c, orders_c = count(np.ones(people)), count(ordered_n)
    each_c = orders_c / np.maximum(users_c, 1.0)
    mean = orders_c.sum() / max(users_c.sum(), 1.0)
    active_c = np.where(users_c > 0, each_c / mean, 1.0) if mean > 0 else np.ones(size)
    return Health(users_c, active_c, count(ordered_n > 0) / np.maximum(users_c, 1.0))


def channel_health(history: History, blocks: Sequence[Block], options: PolicyOptions) -> Floats:
    """Unhealthy channels lose all; it goes to those that keep at least as many users as the mean channel.

    What moves is shared in proportion to the money that the receivers have. Where no funded channel is
    healthy, or none receives, the rule says nothing.
    """
    found = observed_health(history)
    money_c = history.offered_tc[slice(*blocks[-1])].sum(axis=0)
    users_c, active_c, kept_c = (column[:-1] for column in found)
    judged_c = users_c >= LEAST_USERS
    drop_c = judged_c & (active_c < options.least_activity)
    stays_c = np.where(drop_c, 0.0, money_c)
    rivals_c = judged_c & (stays_c > 0)
    if not drop_c.any() or not rivals_c.any():
        return stays_c if rivals_c.any() else money_c
    takes_c = rivals_c & (kept_c >= kept_c[rivals_c].mean())
    share_c = np.where(takes_c, stays_c, 0.0)
    return np.asarray(stays_c + (money_c.sum() - stays_c.sum()) * share_c / share_c.sum())
