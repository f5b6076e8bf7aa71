"""Small worlds for tests: one builder with overrides, one hypothesis strategy of random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim import Plan, Scenario, World, compile_world

STAGES = ("unaware", "aware", "interested", "deciding", "customer", "loyal", "advocate", "lapsed")


def document(**changes: Any) -> dict[str, Any]:
    """A plain scenario: one segment, one paid channel, one shop. Changes are dotted paths with `__`."""
    result: dict[str, Any] = {
        "schema_version": 1,
        "name": "small",
        "title": "Small",
        "currency": "EUR",
        "calendar": {"start": "2026-01-05", "periods": 6, "tail": 2},
        "value": {"gross_margin": 0.5},
        "population": {"people": 20_000, "agents": 2_000},
        "segments": {
            "all": {
                "share": 1.0,
                "responsiveness": {"mean": 1.0, "cv": 0.5},
                "purchase_rate_per_period": {"mean": 0.2, "shape": 1.0},
                "lapse_rate_per_period": {"mean": 0.05, "shape": 1.0},
                "order_value": {"mean": 50.0, "cv_between": 0.4, "cv_within": 0.3},
            }
        },
        "funnel": {
            "base_rate_per_period": {
                "discover": 0.1,
                "engage": 0.2,
                "decide": 0.2,
                "convert": 0.3,
                "bond": 0.1,
            },
            "cool_rate_per_period": 0.05,
        },
        "channels": {
            "ads": {
                "kind": "paid",
                "price": {"cpm": 10.0},
                "ctr": 0.1,
                "effect": {"discover": 0.5, "convert": 0.2, "repeat": 0.3},
            },
            "shop": {"kind": "physical", "sells": {}},
        },
        "plan": {"per_period": {"ads": 100.0}},
    }
    for path, value in changes.items():
        target = result
        *parents, last = path.split("__")
        for name in parents:
            target = target.setdefault(name, {})
        target[last] = value
    return result


def build(doc: dict[str, Any]) -> tuple[World, Plan]:
    """Compile a document and spread its per-period plan."""
    scenario = Scenario.model_validate(doc)
    world = compile_world(scenario)
    totals = {name: money * world.periods for name, money in scenario.plan.per_period.items()}
    return world, Plan.even(world.channels, world.periods, totals)


def small(**changes: Any) -> tuple[World, Plan]:
    """`build(document(**changes))`."""
    return build(document(**changes))


_rate = st.floats(0.0, 0.8)
_effects = st.dictionaries(
    st.sampled_from(
        ("discover", "engage", "decide", "convert", "bond", "advocate", "win_back", "retain", "repeat")
    ),
    st.floats(0.0, 2.0),
    max_size=6,
)


#: Blocks of a channel that switch a behaviour on.
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "personal": st.fixed_dictionaries(
        {},
        optional={"ctr": st.floats(0.2, 4.0), "effect": st.floats(0.2, 4.0), "service": st.floats(0.5, 2.0)},
    ),
    "creative": st.fixed_dictionaries({"refresh": st.integers(1, 4), "wear": st.floats(0.0, 0.9)}),
    "asset": st.fixed_dictionaries(
        {"gain": st.floats(0.1, 500.0), "half_life": st.floats(0.0, 9.0), "initial": st.floats(0.0, 900.0)}
    ),
    "coupon": st.fixed_dictionaries({"discount": st.floats(0.05, 0.9), "valid": st.integers(1, 3)}),
    "reward_per_customer": st.floats(0.0, 30.0),
}
_shop_terms = st.fixed_dictionaries(
    {},
    optional={
        "capacity": st.floats(1.0, 2_000.0),
        "service": st.floats(0.0, 1.0),
        "enrol": st.floats(0.0, 1.0),
    },
)
_event = st.fixed_dictionaries(
    {
        "name": st.just("event"),
        "start": st.just("2026-01-07"),
        "end": st.sampled_from(("2026-01-08", "2026-01-11")),
    },
    optional={
        "channels": st.just(["shop"]),
        "price_index": st.floats(0.5, 3.0),
        "availability": st.floats(0.0, 1.0),
        "organic": st.floats(0.0, 3.0),
        "effect": st.floats(0.0, 3.0),
        "ctr": st.floats(0.0, 3.0),
        "demand": st.floats(0.0, 4.0),
        "discount": st.floats(0.0, 0.9),
        "fade": st.floats(0.0, 3.0),
    },
)
#: Blocks of the scenario that switch a behaviour on.
_BEHAVIOURS: dict[str, st.SearchStrategy[Any]] = {
    "events": st.lists(_event, max_size=3),
    "promotions": st.fixed_dictionaries({"stockpile": st.floats(0.0, 1.0)}),
    "experience": st.fixed_dictionaries(
        {},
        optional={
            "start": st.floats(0.0, 1.0),
            "learning": st.floats(0.0, 1.0),
            "tolerance": st.integers(0, 8),
            "fatigue": st.floats(0.0, 0.3),
            "recovery": st.floats(0.0, 1.0),
            "delight": st.floats(0.0, 4.0),
            "dissatisfaction": st.floats(0.0, 4.0),
        },
    ),
    "consistency": st.fixed_dictionaries({"level": st.floats(0.0, 1.0), "penalty": st.floats(0.0, 1.0)}),
    "loyalty": st.fixed_dictionaries(
        {"earn": st.floats(0.0, 0.5), "redeem_at": st.floats(1.0, 60.0), "pull": st.floats(0.0, 2.0)},
        optional={
            "tier": st.fixed_dictionaries(
                {
                    "spend": st.floats(1.0, 300.0),
                    "purchase": st.floats(1.0, 3.0),
                    "lapse": st.floats(0.0, 1.0),
                }
            )
        },
    ),
    "stock": st.fixed_dictionaries({"shared": st.floats(0.0, 1.0)}),
}


@st.composite
def _channel(draw: st.DrawFn) -> dict[str, Any]:
    targeting = draw(st.sampled_from(("broadcast", "intent", "profile", "identified")))
    channel: dict[str, Any] = {
        "kind": "paid",
        "targeting": targeting,
        "reach": draw(st.floats(0.0, 1.0)),
        "price": {"cpm": draw(st.floats(1.0, 50.0)), "fixed": draw(st.sampled_from((0.0, 30.0)))},
        "inventory": draw(st.sampled_from((None, 0.5, 5.0))),
        "organic": draw(st.sampled_from((0.0, 0.2, 4.0))),
        "ctr": draw(st.sampled_from((0.0, 0.2, 1.0))),
        "click_weight": draw(st.sampled_from((0.0, 1.0, 3.0))),
        "half_life": draw(st.sampled_from((0.0, 0.7, 5.0))),
        "saturation": draw(st.floats(0.2, 5.0)),
        "frequency_cap": draw(st.integers(1, 15)),
        "effect": draw(_effects),
        "sells": draw(st.sampled_from((None, {}, {"preference": 2.0, "pull": 3.0, "commission": 0.2}))),
    }
    for name, block in _OPTIONAL.items():
        if draw(st.booleans()):
            channel[name] = draw(block)
    if channel["sells"]:
        channel["sells"] |= draw(_shop_terms)
    if targeting != "broadcast":
        channel["stages"] = draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=5, unique=True))
    return channel


@st.composite
def _segment(draw: st.DrawFn, share: float) -> dict[str, Any]:
    return {
        "share": share,
        "responsiveness": {"mean": draw(st.floats(0.2, 2.0)), "cv": draw(st.floats(0.0, 1.0))},
        "purchase_rate_per_period": {"mean": draw(st.floats(0.0, 2.0)), "shape": draw(st.floats(0.2, 5.0))},
        "lapse_rate_per_period": {"mean": draw(_rate), "shape": draw(st.floats(0.2, 5.0))},
        "order_value": {"mean": draw(st.floats(0.5, 500.0)), "cv_between": 0.4, "cv_within": draw(_rate)},
        "initial": draw(st.sampled_from(({}, {"customer": 0.4, "lapsed": 0.3}, {"advocate": 1.0}))),
        "price_elasticity": draw(st.floats(-4.0, 0.0)),
    }


@st.composite
def worlds(draw: st.DrawFn) -> tuple[World, Plan]:
    """Random small worlds with every kind of channel, and a plan with random spend in every cell."""
    names = [f"c{i}" for i in range(draw(st.integers(1, 4)))]
    channels = {name: draw(_channel()) for name in names}
    channels["shop"] = {"kind": "owned", "sells": {"pull": 1.0}, "organic": 0.3, "half_life": 2.0}
    channels["word"] = {
        "kind": "earned",
        "contacts_per_advocate": 4.0,
        "loyal_weight": 0.5,
        "effect": {"discover": 1.0},
    }
    lead = draw(st.sampled_from((0.2, 0.5, 1.0)))
    segments = {"a": draw(_segment(lead))}
    if lead < 1.0:
        segments["b"] = draw(_segment(1.0 - lead))
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=3, unique=True))
    base = {
        name: draw(_rate)
        for name in ("discover", "engage", "decide", "convert", "bond", "advocate", "win_back")
    }
    doc = document(
        segments=segments,
        channels=channels,
        plan={},
        funnel__base_rate_per_period=base,
        funnel__cool_rate_per_period=draw(_rate),
        identity={
            "match_rate": draw(st.sampled_from((0.0, 0.5, 1.0))),
            "cross_channel_cap": draw(st.sampled_from((None, 1, 3))),
        },
        synergies=[{"first": a, "then": b, "boost": draw(st.floats(-2.0, 2.0))} for a, b in pairs if a != b],
        calendar={"start": "2026-01-05", "periods": draw(st.integers(1, 5)), "tail": draw(st.integers(0, 2))},
        population={"people": 5_000, "agents": draw(st.integers(20, 150))},
    )
    for name, block in _BEHAVIOURS.items():
        if draw(st.booleans()):
            doc[name] = draw(block)
    if len(segments) == 2 and draw(st.booleans()):
        doc["mixing"] = {"a": {"a": 0.75, "b": 0.25}, "b": {"b": 1.0}}
    world = compile_world(Scenario.model_validate(doc))
    seed = draw(st.integers(0, 2**32 - 1))
    spend_tc = np.random.default_rng(seed).choice(
        [0.0, 10.0, 80.0, 900.0], (world.periods, len(world.channels))
    )
    return world, Plan(world.channels, spend_tc * world.priced_c)
