"""Every closed form the engine must meet, by name; each gives the records of what it checked."""

from __future__ import annotations

from collections.abc import Callable

import closed_forms_board as board
import closed_forms_media as media
import closed_forms_orders as orders
import closed_forms_people as people
from checks import Check

CHECKS: dict[str, Callable[[], tuple[Check, ...]]] = {
    "discovery alone": media.discovery_alone,
    "discovery through a channel": media.discovery_through_a_channel,
    "reach": media.reach,
    "overlap": media.overlap,
    "frequency": media.frequency,
    "clicks": media.clicks,
    "memory": media.memory,
    "audiences": board.audiences,
    "bills": board.bills,
    "word of mouth": board.talk,
    "diffusion": board.diffusion,
    "competing moves": people.competing_moves,
    "retention": people.retention,
    "retaining push": people.retaining_push,
    "orders": orders.orders,
    "no orders": orders.no_orders,
    "lifetime value": orders.lifetime_value,
    "order values": orders.order_values,
    "shops": orders.shops,
    "win-back": people.win_back,
}
