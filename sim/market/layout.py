"""Sizes shared by the engine's arrays and by whoever prepares them; no compiled code here."""

from __future__ import annotations

from collections.abc import Iterable

#: Cells of one part of a quantile table; consumers of a tile, which is one block of draws.
CELLS = 1024
TILE = 1024
#: A consumer's byte for a channel: on the platform or not, and exposures so far, to 15.
ON_PLATFORM = 0x80
COUNTED = 0x0F
#: Exposures (`frequency_cap`) and orders of one consumer and period are cut here at the latest.
MOST_EXPOSURES = 15
MOST_ORDERS = 64
#: `acquired` of a consumer who was never acquired; first and last touch of one who has met no channel.
NEVER = 0xFFFF
NO_TOUCH = 255
#: Exposure counts of `frequency_cf`: 0 .. 14, 15 or more; answers of `answers_ka`: 0 .. 10.
FREQUENCY_BINS = 16
ANSWERS = 11
#: Bytes that an optional behaviour keeps of each consumer.
EXTRA_BYTES = {"experience": 4, "stockpile": 4, "loyalty": 4 + 4, "coupon": 1 + 1}


def ledger_bytes(periods: int, channels: int, segments: int, shops: int) -> int:
    """Bytes of one ledger with its boards, which does not depend on the consumers."""
    per_channel = segments * (8 + 2 + 1) + 5
    per_segment = 8 * 4 + 8 + 8 + 4 + 4 * shops
    return 8 * periods * (channels * per_channel + segments * per_segment + 2 * shops)


def bytes_per_consumer(channels: int, extras: Iterable[str] = ()) -> int:
    """Bytes of state that one consumer takes, see `engine.state`; `extras` are keys of `EXTRA_BYTES`."""
    traits, stage_and_identity, touches, times = 3 * 4, 2 * 1, 4 * 1, 2 * 2
    plain = channels * (4 + 1) + traits + stage_and_identity + touches + times
    return plain + sum(EXTRA_BYTES[name] for name in extras)
