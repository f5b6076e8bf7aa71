"""One consumer's life as plain facts: what `explain --json` prints and its words are made from.

Every chance is the one that was in force in that period, before the draw decided. Money is in major units
of the currency, rates are per period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import Trace

Fact = dict[str, Any]
ONWARD, AWAY = 0, 1


def facts(life: Trace) -> Fact:
    """Who the consumer is, every event, and what was in force in every period."""
    from sim import Stage

    log, world = life.log, life.log.world
    events = [event for t in range(world.total_periods) for event in _events(life, t)]
    orders = [event for event in events if event["event"] == "order"]
    touches = [event for event in events if event["event"] == "touch"]
    return {
        "segment": world.segments[log.segment_i[0]],
        "resolved": bool(log.resolved_i[0]),
        "responsiveness": _number(log.responsiveness_i[0]),
        "purchase_rate_per_period": _number(log.purchase_rate_i[0]),
        "lapse_rate_per_period": _number(log.lapse_rate_i[0]),
        "typical_order_value": _number(life.typical_value),
        "on_platform": [name for name, here in zip(world.channels, life.on_platform_c, strict=True) if here],
        "initial_stage": _stage(life.stage_t[0]),
        "final_stage": _stage(life.stage_t[-1]),
        "totals": {
            "touches": len(touches),
            "exposures": sum(touch["exposures"] for touch in touches),
            "clicks": sum(touch["clicked"] for touch in touches),
            "moves": sum(event["event"] == "move" for event in events),
            "orders": len(orders),
            "value": round(sum(order["value"] for order in orders), 3),
            "became_customer": any(event.get("to") == Stage.CUSTOMER.name.lower() for event in events),
        },
        "events": events,
        "periods": [_period(life, t) for t in range(world.total_periods)],
    }


def date_of(life: Trace, t: int) -> str:
    """First day of period t."""
    world = life.log.world
    return (world.start + dt.timedelta(days=world.period.days * t)).isoformat()


def _number(value: float) -> float:
    """Seven digits: the engine's numbers have no more."""
    return float(f"{float(value):.7g}")


def _stage(number: int) -> str:
    from sim import Stage

    return Stage(int(number)).name.lower()


def _period(life: Trace, t: int) -> Fact:
    return {
        "date": date_of(life, t),
        "period": t,
        "stage": _stage(life.stage_t[t]),
        "chance_onward": _number(life.chance_td[t, ONWARD]),
        "chance_away": _number(life.chance_td[t, AWAY]),
        "orders_expected": _number(life.repeat_t[t]),
    }


def _events(life: Trace, t: int) -> Iterator[Fact]:
    """Events of one period, in the order of the log."""
    from sim import Event

    log = life.log
    makers = {Event.TOUCH: _touch, Event.MOVE: _move, Event.ORDER: _order}
    for e in (log.period_e == t).nonzero()[0].tolist():
        event = Event(int(log.event_e[e]))
        when = {"date": date_of(life, t), "period": t, "event": event.name.lower()}
        yield when | makers[event](life, t, e)


def _touch(life: Trace, t: int, e: int) -> Fact:
    c, exposures = int(life.log.channel_e[e]), int(life.log.number_e[e])
    return {
        "channel": life.log.world.channels[c],
        "exposures": exposures,
        "clicked": bool(life.log.clicked_e[e]),
        "chance": _number(life.meet_tc[t, c]),
        "click_chance": _number(1.0 - (1.0 - life.ctr_tc[t, c]) ** exposures),
    }


def _move(life: Trace, t: int, e: int) -> Fact:
    world, stage, reached = life.log.world, int(life.log.stage_e[e]), int(life.log.number_e[e])
    direction = int(life.moved_t[t])
    fact: Fact = {
        "from": _stage(stage),
        "to": _stage(reached),
        "onward": direction == ONWARD,
        "chance": _number(life.chance_td[t, direction]),
        "rate": _number(life.rate_td[t, direction]),
    }
    if direction == ONWARD:
        pushes = zip(world.channels, life.push_tc[t].tolist(), strict=True)
        fact["base_rate"] = _number(life.base_t[t])
        fact["pushed_by"] = {name: _number(push) for name, push in pushes if push > 0}
    return fact


def _order(life: Trace, t: int, e: int) -> Fact:
    world, log = life.log.world, life.log
    shop = world.channels[int(log.channel_e[e])]
    repeat = bool(log.number_e[e])
    return {
        "channel": shop,
        "repeat": repeat,
        "value": int(log.value_e[e]) / world.minor,
        "margin": int(log.margin_e[e]) / world.minor,
        "orders_expected": _number(life.repeat_t[t]) if repeat else None,
        "shop_chance": _number(life.shop_tj[t, world.sell_channels.index(shop)]),
    }
