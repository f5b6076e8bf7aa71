"""The board of a period: everything through which consumers meet each other and the budget.

It is computed from the integer counts at the period's start and the plan's row; given the boards and
the seed, every consumer can be replayed alone.

    symbol          meaning                                              shape          unit
    n_ksr           consumers by segment, stage, resolved                (K, 8, 2)
    spend_c         money offered this period                            (C,)           currency
    rate_ck         exposures per eligible consumer on the platform      (C, K)         per period
    tail_ckx        thresholds of P(X >= 1 .. 15)                        (C, K, 15)     of 2**32
    crowded_k       keys that many consumers of the segment have          (K,)           bits
    order_c         order in which consumers meet the channels           (C,)
    billed_c        money spent                                          (C,)           minor units
    unspent_c       money the channel could not take                     (C,)           minor units
    asset_c         what earlier money built: impressions per 1,000      (C,)           per period
    wanted_j        orders wanted at each shop in the last period        (J,)
    short_j         share of its orders that a shop cannot serve         (J,)           0 .. 1
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compile import compiled
from sim.engine.draws import draw
from sim.market.layout import MOST_EXPOSURES
from sim.market.vocabulary import Stage
from sim.market.world import World

_ADVOCATE = int(Stage.ADVOCATE)
_LOYAL = int(Stage.LOYAL)
_TWO32 = 4294967296.0
#: A key is crowded when it holds more than this share of its segment.
CROWDED_SHARE = 1.0 / 16.0


class Board(NamedTuple):
    """Room for one period's board; see the module's table."""

    rate_ck: npt.NDArray[np.float64]
    tail_ckx: npt.NDArray[np.uint32]
    crowded_k: npt.NDArray[np.int32]
    order_c: npt.NDArray[np.int64]
    billed_c: npt.NDArray[np.int64]
    unspent_c: npt.NDArray[np.int64]
    asset_c: npt.NDArray[np.float64]
    wanted_j: npt.NDArray[np.int64]
    short_j: npt.NDArray[np.float64]


def empty_board(world: World) -> Board:
    """The board before the first period."""
    channels, segments, shops = len(world.channels), len(world.segments), len(world.sell_channels)
    return Board(
        np.zeros((channels, segments)),
        np.zeros((channels, segments, MOST_EXPOSURES), dtype=np.uint32),
        np.zeros(segments, dtype=np.int32),
        np.zeros(channels, dtype=np.int64),
        np.zeros(channels, dtype=np.int64),
        np.zeros(channels, dtype=np.int64),
        world.behaviours.asset_start_c.copy(),
        np.zeros(shops, dtype=np.int64),
        np.zeros(shops),
    )


@compiled
def post_board(board, prices, n_ksr, spend_c, t):  # type: ignore[no-untyped-def]
    """Fill the board of period t."""
    shuffle_channels(board.order_c, prices, t)
    build_assets(board, prices, t)
    foresee_shortage(board, prices, t)
    for k in range(n_ksr.shape[0]):
        board.crowded_k[k] = crowded_keys(n_ksr[k])
    weight, minor, people = prices.scale[0], prices.scale[1], prices.scale[2]
    for c in range(spend_c.shape[0]):
        audience_k = board.rate_ck[c]
        audience = fill_audience(audience_k, prices, n_ksr, c)
        offered = max(0.0, spend_c[c] - prices.fixed_c[c])
        wanted = 1000.0 * offered / (prices.cpm_c[c] * prices.price_index_tc[t, c] * weight)
        sold = sellable(wanted, prices.inventory_c[c] * audience) if audience > 0.0 else 0.0
        available = prices.availability_tc[t, c]
        delivered = 0.0
        for k in range(n_ksr.shape[0]):
            paid = prices.affinity_ck[c, k] * sold / audience if audience > 0.0 else 0.0
            share = audience_k[k] / audience if audience > 0.0 else 0.0
            free = prices.organic_c[c] + earned_contacts(prices, n_ksr, c, k, people)
            rate = (paid + free * prices.organic_tc[t, c] + board.asset_c[c] / 1000.0) * available
            kept = fill_tails(board.tail_ckx[c, k], rate, prices.frequency_cap_c[c])
            delivered += share * kept
            board.rate_ck[c, k] = rate
        if math.isinf(prices.cpm_c[c]):
            wanted, sold, delivered = offered, offered, 1.0  # all of it goes into the asset
        bill(board, c, spend_c[c], offered, wanted, sold * delivered * available, minor)


@compiled
def crowded_keys(n_sr):  # type: ignore[no-untyped-def]
    """Bits of the keys (stage + 8 * resolved) that hold many of a segment's consumers."""
    total = 0
    for s in range(n_sr.shape[0]):
        total += n_sr[s, 0] + n_sr[s, 1]
    bits = 0
    for s in range(n_sr.shape[0]):
        for r in range(2):
            if n_sr[s, r] > total * CROWDED_SHARE:
                bits |= 1 << (s + 8 * r)
    return np.int32(bits)


@compiled
def shuffle_channels(order_c, prices, t):  # type: ignore[no-untyped-def]
    """Order of meeting within the period, by a draw for each channel: last touch favours no channel."""
    count = order_c.shape[0]
    for c in range(count):
        mine = draw(prices.key[0], prices.key[1], 0, 0, t, prices.order_word_c[c])
        place = 0
        for d in range(count):
            other = draw(prices.key[0], prices.key[1], 0, 0, t, prices.order_word_c[d])
            if other < mine or (other == mine and prices.order_word_c[d] < prices.order_word_c[c]):
                place += 1
        order_c[place] = c


@compiled
def fill_audience(audience_k, prices, n_ksr, c):  # type: ignore[no-untyped-def]
    """Consumers who can see channel c, weighted by affinity, by segment; returns their sum (MODEL 5.1)."""
    audience = 0.0
    for k in range(n_ksr.shape[0]):
        seen = 0
        for s in range(n_ksr.shape[1]):
            for r in range(2):
                seen += n_ksr[k, s, r] * prices.eligible_csr[c, s, r]
        audience_k[k] = seen * prices.reach_ck[c, k] * prices.affinity_ck[c, k]
        audience += audience_k[k]
    return audience


@compiled
def sellable(wanted, inventory):  # type: ignore[no-untyped-def]
    """Impressions sold of those wanted: inventory * (1 - exp(-wanted / inventory)); all if unbounded."""
    if wanted <= 0.0:
        return 0.0
    if math.isinf(inventory):
        return wanted
    return -inventory * math.expm1(-wanted / inventory)


@compiled
def build_assets(board, prices, t):  # type: ignore[no-untyped-def]
    """What was billed in the last period adds to each channel's asset; the rest of it decays."""
    for c in range(board.asset_c.shape[0]):
        if t > 0 and (board.asset_c[c] > 0.0 or prices.asset_gain_c[c] > 0.0):
            built = prices.asset_gain_c[c] * (board.billed_c[c] / prices.scale[1]) / 1000.0
            board.asset_c[c] = prices.asset_keep_c[c] * board.asset_c[c] + built


@compiled
def foresee_shortage(board, prices, t):  # type: ignore[no-untyped-def]
    """Share of orders that a shop cannot serve, if as many come as in the last period.

    Expected sales days and prices are allowed for; in the first period nothing is known and all are served.
    """
    for j in range(board.short_j.shape[0]):
        expected = float(board.wanted_j[j])
        if t > 0 and prices.surge_tj[t - 1, j] > 0.0:
            expected *= prices.surge_tj[t, j] / prices.surge_tj[t - 1, j]
        board.short_j[j] = max(0.0, 1.0 - prices.capacity_j[j] / expected) if expected > 0.0 else 0.0


@compiled
def earned_contacts(prices, n_ksr, c, k, people):  # type: ignore[no-untyped-def]
    """Word of mouth met per person of segment k: contacts * (advocates + loyal_weight * loyal) / population.

    With a mixing matrix, each segment tells its shares of people, among those of the segment told.
    """
    if prices.mixing_kl.shape[0] > 0:
        told, members = 0.0, 0.0
        for teller in range(n_ksr.shape[0]):
            for r in range(2):
                told += prices.mixing_kl[teller, k] * (
                    n_ksr[teller, _ADVOCATE, r] + prices.loyal_weight_c[c] * n_ksr[teller, _LOYAL, r]
                )
        for s in range(n_ksr.shape[1]):
            members += n_ksr[k, s, 0] + n_ksr[k, s, 1]
        return prices.contacts_c[c] * told / members
    tellers = 0.0
    for teller in range(n_ksr.shape[0]):
        for r in range(2):
            tellers += n_ksr[teller, _ADVOCATE, r] + prices.loyal_weight_c[c] * n_ksr[teller, _LOYAL, r]
    return prices.contacts_c[c] * tellers / people


@compiled
def fill_tails(tail_x, rate, cap):  # type: ignore[no-untyped-def]
    """Thresholds of P(X >= n) for Poisson(rate) cut at `cap`; returns the share of exposures not cut."""
    term = math.exp(-rate)
    tail = -math.expm1(-rate)
    mean = 0.0
    for n in range(tail_x.shape[0]):
        if n < cap and tail > 0.0:
            mean += tail
            tail_x[n] = np.uint32(min(tail * _TWO32, _TWO32 - 1.0))
        else:
            tail_x[n] = np.uint32(0)
        term = term * rate / (n + 1)
        tail = tail - term
    return mean / rate if rate > 0.0 else 0.0


@compiled
def bill(board, c, spend, offered, wanted, delivered, minor):  # type: ignore[no-untyped-def]
    """Charge the fee and the impressions delivered; the rest is unspent. No impressions, no fee."""
    billed = 0.0
    if wanted > 0.0 and delivered > 0.0:
        billed = (spend - offered) + offered * min(1.0, delivered / wanted)
    board.billed_c[c] = np.int64(math.floor(billed * minor + 0.5))
    board.unspent_c[c] = np.int64(math.floor(spend * minor + 0.5)) - board.billed_c[c]
