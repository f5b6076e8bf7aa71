"""Quadrants of cost and value: labels only where there is a median and the intervals stay on a side of it."""

from customers_example import around

from experiments.customers.quadrants import above, quadrants


def channel(cost, value, brought, *, half=1.0):
    """A channel with 1,000 of money."""
    return {
        "label": "A channel",
        "spend": around(1_000.0, 0.0),
        "last_touch": {"cac": around(cost, half), "ltv": around(value, 1.0)},
        "incremental_customers": around(brought, 1.0),
    }


def four(**changes):
    cases = {
        "a": (10.0, 40.0, 90.0),
        "b": (20.0, 10.0, 60.0),
        "c": (30.0, 30.0, 40.0),
        "d": (40.0, 20.0, 20.0),
    }
    return {**{key: channel(*case) for key, case in cases.items()}, **changes}


def labels(channels):
    return [one["quadrant"] for one in quadrants(channels)["channels"].values()]


def test_clear_channels_are_named():
    assert labels(four()) == ["expand", "raise value", "make cheaper", "cut or mend"]
    assert quadrants(four())["sides_differ"] == []


def test_fewer_than_three_channels_have_no_quadrant():
    channels = four()
    for key in ("d", "c"):
        del channels[key]
        found = quadrants(channels)
    assert labels(channels) == [None, None]
    assert (found["median_cpa"], found["median_ltv"], found["sides_differ"]) == (None, None, [])
    assert quadrants({}) == {"median_cpa": None, "median_ltv": None, "sides_differ": [], "channels": {}}


def test_an_interval_that_holds_the_median_is_unclear():
    d = channel(40.0, 20.0, 20.0)
    assert labels(four(d=channel(40.0, 20.0, 20.0, half=50.0)))[3] == "unclear"
    assert labels(four(d={**d, "last_touch": {**d["last_touch"], "ltv": around(20.0, 6.0)}}))[3] == "unclear"


def test_channels_that_open_journeys_are_told():
    assert quadrants(four(d=channel(40.0, 20.0, 95.0)))["sides_differ"] == ["b", "d"]
    nobody = quadrants(four(a=channel(10.0, 40.0, 0.0)))["sides_differ"]
    assert "a" in nobody, "cheap by last touch, and the money wins nobody"


def test_one_replicate_is_judged_by_its_mean():
    assert above({"mean": 2.0, "low": None, "high": None}, 1.0) is True
    assert above({"mean": 1.0, "low": None, "high": None}, 1.0) is False
