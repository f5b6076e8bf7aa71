# ruff: noqa: E501 - messages stand as users read them
"""Every kind of fault of a scenario, with its exact place and words."""

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.faults import MAX_FAULTS
from sim.scenario.fields import NOT_SIMULATED
from sim.scenario.source import load

SEG = "purchase_rate_per_period: {mean: 0.1}, lapse_rate_per_period: {mean: 0.1}, order_value: {mean: 10}}"
MINI = f"""\
schema_version: 1
name: mini
title: Mini
currency: EUR
calendar: {{start: 2026-01-05, period: week, periods: 10, tail: 4}}
value: {{gross_margin: 0.5}}
population: {{people: 1000, agents: 100}}
segments:
  a: {{share: 0.4, {SEG}
  b: {{share: 0.6, {SEG}
channels:
  tv: {{kind: paid, price: {{cpm: 10}}}}
  shop: {{kind: owned, targeting: intent, stages: [deciding], sells: {{}}}}
  search: {{kind: paid, targeting: intent, stages: [aware], price: {{cpc: 1}}, ctr: 0.1}}
  word: {{kind: earned, contacts_per_advocate: 2}}
synergies: [{{first: tv, then: search, boost: 0.5}}]
plan: {{per_period: {{tv: 100}}}}
optimization: {{limits: [{{channel: tv, max_share: 0.9}}]}}
"""

#: (what the valid file says, what it says instead, the faults in the order of the file)
CASES = [
    ('schema_version: 1', 'schema_version: 2', ['1:17: schema_version: must be 1, got 2']),
    ('schema_version: 1', 'schema_version: true', ['1:17: schema_version: must be a whole number, got true']),
    ('name: mini', 'name: Mini One', ['2:7: name: must be a short name: a-z first, then a-z, 0-9, - and _, got Mini One']),
    ('title: Mini', 'title: {en: Mini}', ['3:8: title.zh: is required']),
    ('title: Mini', 'title: 2026', ['3:8: title: must be text, or {en: , zh: }, got 2026']),
    ('currency: EUR', 'currency: euro', ['4:11: currency: must be three capital letters, like CNY, got euro']),
    ('currency: EUR\n', '', ['1:1: currency: is required']),
    ('currency: EUR', 'curency: EUR', ['1:1: currency: is required', "4:1: curency: unknown field (did you mean 'currency'?)"]),
    ('start: 2026-01-05', 'start: 2026-02-30', ['5:19: calendar.start: must be a date of the calendar written like 2026-09-07, got 2026-02-30']),
    ('start: 2026-01-05', 'start: 20260105', ['5:19: calendar.start: must be a date of the calendar written like 2026-09-07, got 20260105']),
    ('period: week', 'period: weak', ["5:39: calendar.period: must be one of day, week, got weak (did you mean 'week'?)"]),
    ('periods: 10', 'periods: 0', ['5:54: calendar.periods: must be >= 1, got 0']),
    ('periods: 10', 'periods: 2.5', ['5:54: calendar.periods: must be a whole number, got 2.5']),
    ('periods: 10', 'periods: yes', ['5:54: calendar.periods: must be a whole number, got yes']),
    ('gross_margin: 0.5', 'gross_margin: .nan', ['6:23: value.gross_margin: must be a finite number, got .nan']),
    ('gross_margin: 0.5', 'gross_margin: .inf', ['6:23: value.gross_margin: must be a finite number, got .inf']),
    ('gross_margin: 0.5', 'gross_margin: true', ['6:23: value.gross_margin: must be a number, got true']),
    ('gross_margin: 0.5', "gross_margin: '0.5'", ["6:23: value.gross_margin: must be a number, got '0.5'"]),
    ('people: 1000, agents: 100', 'people: 1000', ['7:13: population.agents: is required']),
    ('kind: paid, price: {cpm: 10}', 'kind: payed, price: {cpm: 10}', ["12:14: channels.tv.kind: must be one of paid, owned, physical, earned, got payed (did you mean 'paid'?)"]),
    ('price: {cpm: 10}', 'price: {cpm: -1}', ['12:33: channels.tv.price.cpm: must be > 0, got -1']),
    ('price: {cpm: 10}', 'price: 10', ['12:27: channels.tv.price: must be a mapping, got 10']),
    ('tv: {kind: paid,', 'tv: {kind: paid, reach: lots,', ['12:27: channels.tv.reach: must be a number, or a mapping of segment: share, got lots']),
    ('tv: {kind: paid,', 'tv: {kind: paid, reach: {a: 2, b: 1},', ['12:31: channels.tv.reach.a: must be <= 1, got 2']),
    ('tv: {kind: paid,', 'tv: {kind: paid, reech: 1,', ["12:20: channels.tv.reech: unknown field (did you mean 'reach'?)"]),
    ('tv: {kind: paid,', 'tv: {kind: paid, frequency_cap: 16,', ['12:35: channels.tv.frequency_cap: must be <= 15, got 16']),
    ('sells: {}', 'sells: {rivals: 2}', ['13:70: channels.shop.sells.rivals: is not simulated by this version (leave it out)']),
    ('stages: [deciding]', 'stages: deciding', ['13:50: channels.shop.stages: must be a list, got deciding']),
    ('  tv: {kind', '  TV: {kind', ['12:3: channels.TV: must be an id: a-z first, then a-z, 0-9 and _, got TV', '16:21: synergies.0.first: must be a channel of this scenario, got tv (known here: TV, search, shop, word)', '17:21: plan.per_period.tv: unknown channel (known here: TV, search, shop, word)', '18:35: optimization.limits.0.channel: must be a channel of this scenario, got tv (known here: TV, search, shop, word)']),
    ('synergies: [{first: tv, then: search, boost: 0.5}]', 'synergies:', ['16:11: synergies: must be a list, got nothing']),
    ('name: mini', 'name: mini\nrivals: []', ['3:1: rivals: is not simulated by this version (leave it out)']),
    ('sells: {}', 'sells: {capacity: 0}', ['13:80: channels.shop.sells.capacity: must be > 0, got 0']),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-01-01, end: 2026-02-01, demand: 2}]', ['3:30: events.0.start: must lie in the calendar, 2026-01-05 to 2026-04-12, got 2026-01-01']),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-02-02, end: 2026-02-01, demand: 2}]', ['3:47: events.0.end: must not be before start, which is 2026-02-02, got 2026-02-01']),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-02-02, end: 2026-02-03}]', ['3:10: events.0: must change something: one of price_index, availability, organic, effect, ctr, demand, discount, got none']),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-02-02, end: 2026-02-03, channels: [tvv], organic: 2}]', ["3:70: events.0.channels.0: must be a channel of this scenario, got tvv (did you mean 'tv'?)"]),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-02-02, end: 2026-02-03, channels: [tv], demand: 2}]', ['3:83: events.0.demand: is for the whole market: leave channels out, or make it an event of its own, got 2']),
    ('name: mini', 'name: mini\nevents: [{name: sale, start: 2026-02-02, end: 2026-02-03, discount: 0.2}]', ['10:6: segments.a.price_elasticity: is required, since an event gives a discount (about -2.6 in most studies)', '11:6: segments.b.price_elasticity: is required, since an event gives a discount (about -2.6 in most studies)']),
    ('name: mini', 'name: mini\nmixing: {a: {a: 0.5, b: 0.4}, c: {a: 1}}', ['3:9: mixing: must have a row for every segment, and lacks b', '3:13: mixing.a: shares must sum to 1, got 0.9', '3:31: mixing.c: unknown segment (known here: a, b)']),
    ('tv: {kind: paid,', 'tv: {kind: paid, coupon: {discount: 0.1}, ctr: 0,', ["9:6: segments.a.price_elasticity: is required, since channel 'tv' gives a coupon (about -2.6 in most studies)", "10:6: segments.b.price_elasticity: is required, since channel 'tv' gives a coupon (about -2.6 in most studies)", '12:50: channels.tv.ctr: must be > 0 where a click gives a coupon, got 0']),
    ('kind: earned,', 'kind: earned, asset: {gain: 1},', ['15:31: channels.word.asset: must be left out for an earned channel: it takes no money']),
    ('name: mini', 'name: mini\nloyalty: {tier: {spend: 0, lapse: 2}}', ['3:25: loyalty.tier.spend: must be > 0, got 0', '3:35: loyalty.tier.lapse: must be <= 1, got 2']),
    ('a: {share: 0.4', 'a: {share: 0.3', ['9:3: segments: shares must sum to 1, got 0.9']),
    ('a: {share: 0.4', 'a: {share: 0', ['9:3: segments: shares must sum to 1, got 0.6', '9:14: segments.a.share: must be > 0, got 0 (or leave the segment out)']),
    ('tail: 4', 'tail: 991', ['5:11: calendar: periods + tail must be <= 1000, got 1001']),
    ('gross_margin: 0.5', 'gross_margin: 0.5, ltv_horizon: 15', ['6:41: value.ltv_horizon: must be <= calendar.periods + calendar.tail, which is 14, got 15']),
    ('start: 2026-01-05', 'start: 9999-12-01', ['5:19: calendar.start: the calendar must end before the year 10000, got 9999-12-01']),
    ('a: {share: 0.4', 'a: {affinity: {serch: 2}, share: 0.4', ["9:18: segments.a.affinity.serch: unknown channel (did you mean 'search'?)"]),
    ('a: {share: 0.4', 'a: {preference: {tv: 2}, share: 0.4', ["9:20: segments.a.preference.tv: preference is for selling channels, and 'tv' has no sells"]),
    ('a: {share: 0.4', 'a: {base_rate_per_period: {discovr: 0.1}, share: 0.4', ["9:30: segments.a.base_rate_per_period.discovr: unknown rate (did you mean 'discover'?)"]),
    ('a: {share: 0.4', 'a: {initial: {awere: 0.1}, share: 0.4', ["9:17: segments.a.initial.awere: unknown stage (did you mean 'aware'?)"]),
    ('a: {share: 0.4', 'a: {initial: {aware: 0.6, loyal: 0.5}, share: 0.4', ['9:16: segments.a.initial: shares must sum to at most 1, got 1.1']),
    ('a: {share: 0.4', 'a: {initial: {unaware: 0.6, loyal: 0.2}, share: 0.4', ['9:16: segments.a.initial: shares must sum to 1 where unaware is given, got 0.8 (leave unaware out, it is the rest)']),
    ('then: search', 'then: serch', ["16:31: synergies.0.then: must be a channel of this scenario, got serch (did you mean 'search'?)"]),
    ('then: search', 'then: tv', ['16:31: synergies.0.then: must be another channel than first, got tv']),
    ('boost: 0.5}]', 'boost: 0.5}, {first: tv, then: search, boost: 1}]', ['16:52: synergies.1: must stand once: synergies.0 joins the same channels in the same order, got tv then search']),
    ('tv: {kind: paid,', 'tv: {kind: paid, stages: [aware],', ['12:28: channels.tv.stages: must be left out for a broadcast channel: everyone can see it']),
    ('stages: [deciding], sells', 'sells', ['13:9: channels.shop.stages: is required with targeting intent']),
    ('stages: [deciding]', 'stages: [decidng]', ["13:51: channels.shop.stages.0: must be a stage, got decidng (did you mean 'deciding'?)"]),
    ('stages: [deciding]', 'stages: [deciding, deciding]', ['13:61: channels.shop.stages.1: must stand once in the list, got deciding']),
    ('tv: {kind: paid,', 'tv: {kind: paid, reach: {a: 1},', ['12:27: channels.tv.reach: must name every segment, and lacks b']),
    ('tv: {kind: paid,', 'tv: {kind: paid, reach: {a: 1, b: 1, cc: 1},', ['12:40: channels.tv.reach.cc: unknown segment (known here: a, b)']),
    ('kind: earned,', 'kind: earned, price: {cpm: 1},', ['15:31: channels.word.price: must be left out for an earned channel: it takes no money']),
    ('contacts_per_advocate: 2', 'contacts_per_advocate: 0', ['15:47: channels.word.contacts_per_advocate: must be > 0 for an earned channel, got 0']),
    ('tv: {kind: paid,', 'tv: {kind: paid, loyal_weight: 0.1,', ['12:20: channels.tv.loyal_weight: is for channels of kind earned only']),
    ('price: {cpm: 10}', 'price: {cpm: 10, cpc: 1}', ['12:27: channels.tv.price: must hold exactly one of cpm and cpc, got both']),
    ('price: {cpm: 10}', 'price: {fixed: 10}', ['12:27: channels.tv.price: must hold exactly one of cpm and cpc, got neither']),
    ('tv: {kind: paid, price: {cpm: 10}}', 'tv: {kind: paid}', ['12:7: channels.tv.price: is required for a paid channel, unless it builds an asset', "17:25: plan.per_period.tv: must be 0, since channel 'tv' has no price, got 100", '18:35: optimization.limits.0.channel: must be a channel with a price: no money goes to this one, got tv']),
    (', ctr: 0.1', '', ['14:11: channels.search.ctr: must be > 0 where the price is per click']),
    ('kind: owned,', 'kind: owned, inventory: 2,', ['13:23: channels.shop.inventory: bounds paid impressions and needs a price']),
    (', sells: {}', '', ['12:3: channels: at least one channel must have sells, got none']),
    ('per_period: {tv: 100}', 'per_period: {tvv: 100}', ["17:21: plan.per_period.tvv: unknown channel (did you mean 'tv'?)"]),
    ('per_period: {tv: 100}', 'per_period: {shop: 100}', ["17:27: plan.per_period.shop: must be 0, since channel 'shop' has no price, got 100"]),
    ('per_period: {tv: 100}', 'per_period: {tv: -1}', ['17:25: plan.per_period.tv: must be >= 0, got -1']),
    ('per_period: {tv: 100}', 'flights: [{start: 2026-01-01, end: 2027-01-01, per_period: {tv: 1}}]', ['17:26: plan.flights.0.start: must lie in the calendar, 2026-01-05 to 2026-03-15, got 2026-01-01', '17:43: plan.flights.0.end: must lie in the calendar, 2026-01-05 to 2026-03-15, got 2027-01-01']),
    ('per_period: {tv: 100}', 'flights: [{start: 2026-02-01, end: 2026-01-10, per_period: {tv: 1}}]', ['17:43: plan.flights.0.end: must not be before start, which is 2026-02-01, got 2026-01-10']),
    ('per_period: {tv: 100}', 'flights: [{start: 2026-01-06, end: 2026-01-11, per_period: {tv: 1}}]', ['17:18: plan.flights.0: must hold the first day of a week, counted from 2026-01-05, got 2026-01-06 to 2026-01-11']),
    ('per_period: {tv: 100}', 'flights: [{start: 2026-01-05, end: 2026-01-11, per_period: {serch: 1}}]', ["17:68: plan.flights.0.per_period.serch: unknown channel (did you mean 'search'?)"]),
    ('per_period: {tv: 100}', 'per_period: {tv: 1}, history: {file: no.csv, columns: {tvv: x, shop: y, tv: x}}', ['17:8: plan.per_period: must be left out beside plan.history: the file holds the spend of every period (a flight adds to a history)', "17:45: plan.history.file: must be a file, by its path from the scenario's folder, got no.csv", "17:63: plan.history.columns.tvv: unknown channel (did you mean 'tv'?)", '17:68: plan.history.columns.tvv: must be another column than that of the other channels, got x', "17:71: plan.history.columns.shop: channel 'shop' has no price and takes no money", '17:84: plan.history.columns.tv: must be another column than that of the other channels, got x']),
    ('per_period: {tv: 100}', 'history: {file: no.csv, columns: {}}', ["17:24: plan.history.file: must be a file, by its path from the scenario's folder, got no.csv", '17:41: plan.history.columns: must name the column of at least one channel, got none']),
    ('channel: tv, ', '', ['18:25: optimization.limits.0: must hold exactly one of channel and group, got neither']),
    ('channel: tv, ', 'channel: tv, group: [tv], ', ['18:25: optimization.limits.0: must hold exactly one of channel and group, got both']),
    (', max_share: 0.9', '', ['18:25: optimization.limits.0: must hold a bound, at least one of min, max, min_share, max_share, min_factor, max_factor, min_if_on, flight_max, flight_min_if_on, got none']),
    (', max_share: 0.9', ', min: 5, max: 4, min_share: 0.5, max_share: 0.4', ['18:44: optimization.limits.0.min: must be <= max, which is 4, got 5', '18:66: optimization.limits.0.min_share: must be <= max_share, which is 0.4, got 0.5']),
    ('{limits: [', '{locked: [tvv], limits: [', ["18:25: optimization.locked.0: must be a channel of this scenario, got tvv (did you mean 'tv'?)"]),
    ('{limits: [', '{total_min: 5, limits: [', ['18:16: optimization.total_min: must stand beside at_most: true, got 5']),
    ('{limits: [', '{at_most: yes, limits: [', ['18:25: optimization.at_most: must be true or false, got yes']),
    ('{limits: [', '{flights: 53, limits: [', ['18:25: optimization.flights: must be a whole number, 1 to 52, or one of weekly, 4-weekly, monthly, got 53']),
    ('{limits: [', '{targets: [{kpi: roi}], limits: [', ['18:26: optimization.targets.0: must hold at least one of min and max, got none']),
    ('{limits: [', '{targets: [{kpi: cac, min: 5, max: 4}], limits: [', ['18:42: optimization.targets.0.min: must be <= max, which is 4, got 5']),
    ('{limits: [', '{lines: [[tv], [tv, tvv], []], limits: [', ["18:31: optimization.lines.1.0: must be a channel that stands in no line before, got tv", "18:35: optimization.lines.1.1: must be a channel of this scenario, got tvv (did you mean 'tv'?)", "18:41: optimization.lines.2: must name at least one channel, got a list"]),
    ('{limits: [', '{lines: [[tv], [search]], limits: [', ["18:23: optimization.lines: must hold the main, the second and the third line, got 2 lines"]),
    ('{limits: [', '{lines: tv, limits: [', ["18:23: optimization.lines: must be a list, got tv"]),
    ('channel: tv, ', 'channel: tvv, ', ["18:35: optimization.limits.0.channel: must be a channel of this scenario, got tvv (did you mean 'tv'?)"]),
    ('channel: tv, ', 'channel: word, ', ['18:35: optimization.limits.0.channel: must be a channel with a price: no money goes to this one, got word']),
    ('channel: tv, ', 'group: [tv, tv, shop], ', ['18:38: optimization.limits.0.group.1: must stand once in the group, got tv', '18:42: optimization.limits.0.group.2: must be a channel with a price: no money goes to this one, got shop']),
    ('channel: tv, ', 'group: [], ', ['18:33: optimization.limits.0.group: must name at least one channel, got a list']),
    ('max_share: 0.9}', 'max_share: 0.9, window: 2026-06}', ['18:63: optimization.limits.0.window: must lie in the plan, 2026-01-05 to 2026-03-15, got 2026-06']),
    ('max_share: 0.9}', 'max_share: 0.9, window: 2026-02..2026-01}', ['18:63: optimization.limits.0.window: must not end before it begins: 2026-01 lies before 2026-02, got 2026-02..2026-01']),
    ('max_share: 0.9}', 'max_share: 0.9, window: 2026-01-06..2026-01-11}', ['18:63: optimization.limits.0.window: must hold the first day of a week, counted from 2026-01-05, got 2026-01-06..2026-01-11']),
    ('max_share: 0.9}', 'max_share: 0.9, window: june}', ['18:63: optimization.limits.0.window: must be months or days of the calendar, the first and the last, such as 2026-06, 2026-06..2026-07 or 2026-06-01..2026-06-28, got june']),
    ('max_share: 0.9}', 'max_share: 0.9, window: 2026}', ['18:63: optimization.limits.0.window: must be months or days of the calendar, the first and the last, such as 2026-06, 2026-06..2026-07 or 2026-06-01..2026-06-28, got 2026']),
    ('max_share: 0.9}', "max_share: 0.9, window: ''}", ["18:63: optimization.limits.0.window: must be months or days of the calendar, the first and the last, such as 2026-06, 2026-06..2026-07 or 2026-06-01..2026-06-28, got ''"]),
    ('max_share: 0.9}', 'max_share: 0.9, window: 2026-02-30}', ["18:63: optimization.limits.0.window: must be months or days of the calendar, the first and the last, such as 2026-06, 2026-06..2026-07 or 2026-06-01..2026-06-28; '2026-02-30' is none, got 2026-02-30"]),
]  # fmt: skip


def faults_of(folder: Path, text: str) -> list[str]:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults]


def test_the_file_without_a_change_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(MINI, encoding="utf-8")
    assert load(path).scenario.name == "mini"


@pytest.mark.parametrize(("old", "new", "expected"), CASES, ids=[new or f"no {old}" for old, new, _ in CASES])
def test_fault(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert MINI.count(old) >= 1
    assert faults_of(tmp_path, MINI.replace(old, new, 1)) == expected


def test_all_faults_come_at_once_whatever_their_kind(tmp_path: Path) -> None:
    text = MINI.replace("currency: EUR", "currency: euro").replace("share: 0.4", "share: 0.3")
    text = text.replace("per_period: {tv: 100}", "per_period: {tvv: 100}") + "name: again\n"
    places = [fault.split(" ")[0] for fault in faults_of(tmp_path, text)]
    assert places == ["4:11:", "9:3:", "17:21:", "19:1:"]


@pytest.mark.parametrize("name", sorted(NOT_SIMULATED))
def test_fields_of_later_versions_are_refused_by_name(tmp_path: Path, name: str) -> None:
    [fault] = faults_of(tmp_path, MINI.replace("tv: {kind", f"tv: {{{name}: 1, kind"))
    assert fault == f"12:8: channels.tv.{name}: is not simulated by this version (leave it out)"


def test_no_field_of_the_schema_is_called_not_simulated() -> None:
    from sim.scenario.source import json_schema

    known = {name for block in json_schema()["$defs"].values() for name in block.get("properties", {})}
    assert not known & NOT_SIMULATED


def test_many_faults_are_cut_and_counted(tmp_path: Path) -> None:
    extra = "".join(f"x{number}: 1\n" for number in range(80))
    faults = faults_of(tmp_path, MINI + extra)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1].endswith("and 30 more faults")


def test_text_of_the_user_stays_on_one_line(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path, MINI.replace("currency: EUR", 'currency: "E\\nU\\x1b"'))
    assert fault == "4:11: currency: must be three capital letters, like CNY, got 'E\\nU\\x1b'"


def test_no_words_of_the_library_underneath(tmp_path: Path) -> None:
    for old, new, _ in CASES:
        for fault in faults_of(tmp_path, MINI.replace(old, new, 1)):
            assert not any(
                word in fault for word in ("pydantic", "http", "Input should", "float_type", "[key]")
            )
