"""What every attribution rule owes (FACTS D), each demand beside a wrong rule that it turns away."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from journeys import CHANNELS, path_rows, paths

from sim import RULES, AttributionOptions, Credits, JourneyError, Paths, attribute, paths_of

SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
EACH_RULE = pytest.mark.parametrize("rule", RULES)
OPTIONS = AttributionOptions(direct=("direct",))


def by_name(rule):
    return lambda paths: attribute(
        paths, rule, options=OPTIONS if "direct" in paths.channels else AttributionOptions()
    )


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def credits_are_shares(rule, rows):
    """Never negative, and together the total, of conversions and of value."""
    credit = rule(paths(rows))
    for amounts_c, column in ((credit.conversions_c, 1), (credit.value_c, 2)):
        assert amounts_c.shape == (len(CHANNELS),)
        assert (amounts_c >= 0).all()
        close(amounts_c.sum(), sum(row[column] for row in rows))


def single_touches_speak_for_themselves(rule, rows):
    """A journey of one touch gives all to its channel."""
    single = [(steps[:1], *counts) for steps, *counts in rows]
    credit = rule(paths(single))
    for number, channel in enumerate(CHANNELS):
        close(credit.conversions_c[number], sum(row[1] for row in single if row[0] == [channel]))
        close(credit.value_c[number], sum(row[2] for row in single if row[0] == [channel]))


def order_of_channels_is_a_name(rule, rows):
    """Another order of the channels is another order of the credits."""
    turned = (*CHANNELS[2:], *CHANNELS[1::-1])
    credit, other = rule(paths(rows)), rule(paths(rows, turned))
    places = [turned.index(channel) for channel in CHANNELS]
    close(other.conversions_c[places], credit.conversions_c)
    close(other.value_c[places], credit.value_c)


def renaming_renames(rule, rows):
    """Channels that change places in every journey change credits."""
    new = dict(zip(CHANNELS, ("direct", "tv", "search", "social"), strict=True))  # direct is a role, no name
    credit, other = rule(paths(rows)), rule(paths([([new[s] for s in row[0]], *row[1:]) for row in rows]))
    places = [CHANNELS.index(new[channel]) for channel in CHANNELS]
    close(other.conversions_c[places], credit.conversions_c)
    close(other.value_c[places], credit.value_c)


def a_channel_never_met_gets_nothing(rule, rows):
    """And nobody else's credit changes."""
    credit, other = rule(paths(rows)), rule(paths(rows, ("unused", *CHANNELS)))
    assert other.conversions_c[0] == other.value_c[0] == 0
    close(other.conversions_c[1:], credit.conversions_c)
    close(other.value_c[1:], credit.value_c)


def equal_rows_can_be_merged(rule, rows):
    """A row split in two, or journeys that convert apart from those that do not, change nothing."""
    split = [
        part
        for steps, conversions, value, nulls in rows
        for part in (
            (steps, conversions - conversions // 2, value * (conversions > 0), 0),
            (steps, conversions // 2, 0.0, nulls),
        )
    ]
    whole, apart = paths(rows), paths(split[::-1])
    credit = rule(whole)
    for same in (apart, apart.merged(), whole.merged()):
        other = rule(same)
        close(other.conversions_c, credit.conversions_c)
        close(other.value_c, credit.value_c)


def more_of_the_same_scales(rule, rows):
    """Three times the journeys, three times the credits; another currency, only other money."""
    credit = rule(paths(rows))
    tripled = rule(paths([(s, 3 * c, 3 * v, 3 * n) for s, c, v, n in rows]))
    close(tripled.conversions_c, 3 * credit.conversions_c)
    close(tripled.value_c, 3 * credit.value_c)
    dear = rule(paths([(s, c, 7 * v, n) for s, c, v, n in rows]))
    close(dear.conversions_c, credit.conversions_c)
    close(dear.value_c, 7 * credit.value_c)


DEMANDS = (
    credits_are_shares,
    single_touches_speak_for_themselves,
    order_of_channels_is_a_name,
    renaming_renames,
    a_channel_never_met_gets_nothing,
    equal_rows_can_be_merged,
    more_of_the_same_scales,
)


@EACH_RULE
def test_every_rule_keeps_every_demand(rule):
    @SOME
    @given(path_rows())
    def check(rows):
        for demand in DEMANDS:
            demand(by_name(rule), rows)

    check()


def rescaled(paths, weight_c):
    return Credits(
        *(total * weight_c / max(weight_c.sum(), 1e-9) for total in (paths.conversions, paths.value))
    )


def sums_over_touches(paths, amounts_p):
    return np.bincount(paths.channel_n, amounts_p[paths.path_n], minlength=len(paths.channels))


def one_each(paths):
    return Credits(*(sums_over_touches(paths, a) for a in (paths.conversions_p, paths.value_p)))


def last_less_first(paths):
    first, last = attribute(paths, "first"), attribute(paths, "last")
    return Credits(2 * last.conversions_c - first.conversions_c, 2 * last.value_c - first.value_c)


def by_number(paths):
    return rescaled(paths, np.arange(len(paths.channels), dtype=float))


def evenly(paths):
    return rescaled(paths, np.ones(len(paths.channels)))


def rows_alike(paths):
    return rescaled(paths, sums_over_touches(paths, np.ones(paths.rows)))


def few_count_double(paths):
    return rescaled(paths, np.log1p(attribute(paths, "last").conversions_c))


def by_name_of_channel(paths):
    return rescaled(paths, np.array([float(len(name)) for name in paths.channels]))


SAMPLE = [
    (["tv", "search", "tv"], 5, 60.0, 3),
    (["search"], 2, 10.0, 9),
    (["direct", "search"], 4, 4.0, 0),
    (["search"], 1, 1.0, 1),
]


@pytest.mark.parametrize(
    ("wrong", "demand"),
    [
        (one_each, credits_are_shares),
        (last_less_first, credits_are_shares),
        (evenly, single_touches_speak_for_themselves),
        (by_number, order_of_channels_is_a_name),
        (by_name_of_channel, renaming_renames),
        (evenly, a_channel_never_met_gets_nothing),
        (rows_alike, equal_rows_can_be_merged),
        (few_count_double, more_of_the_same_scales),
    ],
)
def test_a_wrong_rule_is_turned_away(wrong, demand):
    with pytest.raises(AssertionError):
        demand(wrong, SAMPLE)


@EACH_RULE
def test_what_met_no_channel_is_in_no_credit(rule):
    sample = paths(SAMPLE)
    arrays = (sample.channel_n, sample.start_p, sample.conversions_p, sample.value_p, sample.nulls_p)
    more = Paths(sample.channels, *arrays, untouched_conversions=11.0, untouched_value=50.0)
    assert (by_name(rule)(more).conversions_c == by_name(rule)(sample).conversions_c).all()


@EACH_RULE
@pytest.mark.parametrize("rows", [[], [(["tv", "search"], 0, 0.0, 5)], [(["tv"], 0, 0.0, 0)]])
def test_where_nothing_converts_all_credits_are_zero(rule, rows):
    credit = by_name(rule)(paths(rows))
    assert credit.conversions_c.tolist() == credit.value_c.tolist() == [0.0] * len(CHANNELS)


@EACH_RULE
def test_journeys_that_all_convert_and_conversions_without_value(rule):
    credit = by_name(rule)(paths([(["tv", "search"], 3, 0.0, 0), (["tv"], 1, 0.0, 0)]))
    assert credit.conversions_c.sum() == pytest.approx(4)
    assert credit.conversions_c[CHANNELS.index("tv")] >= 1
    assert (credit.value_c == 0).all()


LONG = [(["direct", "tv", "search", "tv", "direct"], 1, 10.0, 0)]
AGED = Paths(("a", "b"), [0, 1, 0], [0, 3], [7], [70], [0], age_n=[14, 7, 0])


def test_touch_rules_by_hand():
    wanted = {
        "first": [1, 0, 0, 0],
        "last": [1, 0, 0, 0],
        "last_non_direct": [0, 0, 0, 1],
        "linear": [0.4, 0.2, 0, 0.4],
        "position": [0.8, 0.2 / 3, 0, 0.4 / 3],
        "shapley": [1 / 3, 1 / 3, 0, 1 / 3],
    }
    for rule, shares in wanted.items():
        close(by_name(rule)(paths(LONG)).conversions_c, shares)
        close(by_name(rule)(paths(LONG)).value_c, 10 * np.array(shares))
    close(by_name("position")(paths([(["tv", "search"], 1, 0.0, 0)])).conversions_c, [0, 0.5, 0, 0.5])
    only_direct = paths([(["direct", "direct"], 3, 0.0, 0)])
    close(by_name("last_non_direct")(only_direct).conversions_c, [3, 0, 0, 0])


def test_time_decay_counts_days_where_known_and_steps_elsewhere():
    close(attribute(AGED, "time_decay").conversions_c, [5, 2])
    slow = AttributionOptions(half_life_days=1e9)
    close(attribute(AGED, "time_decay", options=slow).conversions_c, [14 / 3, 7 / 3])
    steps = paths_of([("aba", 7, 70.0, 0)])
    close(attribute(steps, "time_decay", options=AttributionOptions(half_life_days=1)).conversions_c, [5, 2])
    old = Paths(AGED.channels, AGED.channel_n, [0, 3], [7], [70], [0], age_n=AGED.age_n + 1e6)
    close(attribute(old, "time_decay").conversions_c, [5, 2])


@given(st.floats(0, 1), st.floats(0, 1))
def test_position_weights_can_be_chosen(first, last):
    if not 0 < first + last <= 1:
        with pytest.raises(JourneyError, match="position weights"):
            AttributionOptions(first_weight=first, last_weight=last)
        return
    options = AttributionOptions(first_weight=first, last_weight=last)
    credit = attribute(paths_of([("abc", 1, 1.0, 0)]), "position", options=options)
    close(credit.conversions_c, [first, 1 - first - last, last])


def test_the_nine_paths_of_another_library():
    """Fixture and assertions of DP6/Marketing-Attribution-Models, tests/test_mam.py: each path is worth 3."""
    nine = ["A", "AB", "ABC", "B", "BA", "BCA", "C", "CA", "CBA"]
    for text in nine:
        one = paths_of([(text, 1, 3.0, 0)], channels="ABC")
        first, last, size = "ABC".index(text[0]), "ABC".index(text[-1]), len(text)
        assert attribute(one, "first").value_c[first] == 3
        assert attribute(one, "last").value_c[last] == 3
        assert attribute(one, "linear").value_c[first] == pytest.approx(3 / size)
        ends = {1: 3, 2: 3 * 0.5, 3: 3 * 0.4}[size]
        assert attribute(one, "position").value_c[first] == pytest.approx(ends)
        if text in ("BCA", "CA", "CBA"):
            options = AttributionOptions(direct=("A",))
            assert attribute(one, "last_non_direct", options=options).value_c[0] == 0
    everything = paths_of([(text, 1, 3.0, 0) for text in nine], channels="ABC")
    assert all(attribute(everything, rule).value_c.sum() == pytest.approx(27) for rule in RULES)


def test_unknown_rules_and_channels_are_told_at_once():
    with pytest.raises(JourneyError) as caught:
        attribute(paths(SAMPLE), "markov1", options=AttributionOptions(direct=("derect", "fax")))
    assert str(caught.value).split("\n") == [
        "attribution: no rule 'markov1' (did you mean 'markov_1'?)",
        "attribution: direct channel 'derect' is not in the paths (did you mean 'direct'?)",
        "attribution: direct channel 'fax' is not in the paths (known: direct, search, social, tv)",
    ]
    for wrong in ({"half_life_days": 0}, {"half_life_days": float("nan")}, {"half_life_days": float("inf")}):
        with pytest.raises(JourneyError, match="half-life must be above 0 days"):
            AttributionOptions(**wrong)
