# ruff: noqa: E501 - messages stand as users read them
"""Faults of claims, sources and labels, each with its exact place and words."""

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.source import load
from sim.scenario.types import in_language

SEG = "purchase_rate_per_period: {mean: 0.1}, lapse_rate_per_period: {mean: 0.1}, order_value: {mean: 10}}"
MINI = f"""\
schema_version: 1
name: mini
title: Mini
sources: [A0.9, D]
currency: EUR
calendar: {{start: 2026-01-05, period: week, periods: 10, tail: 4}}
value: {{gross_margin: 0.5}}
population: {{people: 1000, agents: 100}}
segments: {{all: {{share: 1.0, label: {{en: Everyone, zh: 所有人}}, {SEG}}}
channels:
  tv: {{kind: paid, price: {{cpm: 10}}, label: {{en: Television, zh: 电视}}}}
  shop: {{kind: owned, targeting: intent, stages: [deciding], sells: {{}}}}
variants:
  loud: {{channels.tv.price.cpm: 5}}
  quiet: {{channels.tv.price.cpm: 20}}
claims:
  - {{id: one, source: A0.9, says: More., metric: orders, variant: loud, against: base, compare: ratio, value: 1.6, tolerance: 0.1}}
"""

#: (what the valid file says, what it says instead, the faults in the order of the file)
CASES = [
    ('sources: [A0.9, D]', 'sources: [A0.9, somewhere]', ['4:17: sources.1: must be a code of the list of facts, like A0.9, got somewhere']),
    ('source: A0.9, ', '', ['17:5: claims.0.source: is required']),
    ('source: A0.9, ', 'source: a0.9, ', ['17:23: claims.0.source: must be a code of the list of facts, like A0.9, got a0.9']),
    ('metric: orders', 'metric: ordres', ["17:50: claims.0.metric: must be a metric of claims, got ordres (did you mean 'orders'?)"]),
    ('metric: orders', 'metric: zzzz', ["17:50: claims.0.metric: must be a metric of claims, got zzzz (`omnifunnel claims --metrics` lists all)"]),
    ('metric: orders', 'metric: orders:tv', ['17:50: claims.0.metric: orders takes no argument, got :tv (write orders)']),
    ('metric: orders', 'metric: channel_orders', ['17:50: claims.0.metric: channel_orders needs a selling channel of this scenario after a colon, got channel_orders (like channel_orders:store)']),
    ('metric: orders', 'metric: channel_spend:tvv', ["17:50: claims.0.metric: needs a channel of this scenario after the colon, got tvv (did you mean 'tv'?)"]),
    ('metric: orders', 'metric: channel_orders_share:tv', ['17:50: claims.0.metric: needs a selling channel of this scenario after the colon, got tv (known here: shop)']),
    ('metric: orders', 'metric: path_channels_share:5-3', ['17:50: claims.0.metric: needs two whole numbers after the colon, like 3-5, got 5-3']),
    ('metric: orders', 'metric: orders_between:2026-01-05', ['17:50: claims.0.metric: needs two dates after the colon, like 2026-11-02..2026-11-15, got 2026-01-05']),
    ('metric: orders', 'metric: orders_between:2026-05-01..2026-06-01', ['17:50: claims.0.metric: the dates must hold the first day of a period of the calendar, got 2026-05-01..2026-06-01']),
    ('metric: orders', 'metric: synergy_index:order', ["17:50: claims.0.metric: needs a measure of truth after the colon, got order (did you mean 'orders'?)"]),
    ('variant: loud', 'variant: lud', ["17:67: claims.0.variant: must be a variant of this scenario, got lud (did you mean 'loud'?)"]),
    ('quiet: {channels.tv.price.cpm: 20}', 'quiet: {}', ['15:10: variants.quiet: must override something, got nothing (or leave it out)']),
    ('variant: loud', 'variant: base', ['17:82: claims.0.against: must be another variant than the one measured, got base']),
    ('against: base', 'against: bas', ["17:82: claims.0.against: must be a variant of this scenario, got bas (did you mean 'base'?)"]),
    ('against: base, ', '', ['17:5: claims.0.against: is required with compare: ratio (base is the file)']),
    ('compare: ratio', 'compare: level', ['17:73: claims.0.against: must be left out with compare: level, got base']),
    ('compare: ratio', 'compare: rate', ["17:97: claims.0.compare: must be 'ratio', 'difference' or 'level', got rate"]),
    ('value: 1.6, tolerance: 0.1', 'note: x', ['17:5: claims.0: must hold a range: low, high or both, or value with tolerance, got none']),
    ('value: 1.6, tolerance: 0.1', 'low: 2, high: 1.5', ['17:109: claims.0.low: must be <= high, which is 1.5, got 2']),
    ('value: 1.6, tolerance: 0.1', 'value: 1.6', ['17:5: claims.0: must hold value and tolerance together, got one of them']),
    ('value: 1.6, tolerance: 0.1', 'value: 1.6, tolerance: 0', ['17:127: claims.0.tolerance: must be > 0, got 0']),
    ('value: 1.6', 'low: 1, value: 1.6', ['17:112: claims.0.value: must be left out beside low or high, got 1.6']),
    ('value: 1.6', 'contradicts: A rumour., value: 1.6', ['17:117: claims.0.contradicts: must begin with a code and a colon, like A1.5: what it says, got A rumour.']),
    ('  quiet: {channels.tv.price.cpm: 20}', '  base: {value.gross_margin: 0.4}', ['15:3: variants.base: must be called otherwise beside claims, where base is the file itself']),
    ('  quiet: {channels.tv.price.cpm: 20}', '  quiet: {claims: []}', ["15:11: variants.quiet.claims: 'claims' cannot be set from here"]),
    ('label: {en: Television, zh: 电视}', 'label: {en: Television}', ['11:45: channels.tv.label.zh: is required']),
    ('label: {en: Television, zh: 电视}', 'label: 7', ['11:45: channels.tv.label: must be text, or {en: , zh: }, got 7']),
]  # fmt: skip


def write(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_without_a_change_is_valid(tmp_path: Path) -> None:
    [claim] = load(write(tmp_path, MINI)).scenario.claims
    assert claim.agreeing == pytest.approx((1.5, 1.7))


@pytest.mark.parametrize(("old", "new", "expected"), CASES, ids=[new or f"no {old}" for old, new, _ in CASES])
def test_fault(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert MINI.count(old) >= 1
    path = write(tmp_path, MINI.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults] == expected


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = write(tmp_path, MINI + MINI.splitlines()[-1] + "\n")
    with pytest.raises(
        ScenarioError, match=r"18:10: claims\.1\.id: must stand once: claims\.0 has it too, got one"
    ):
        load(path)


def test_a_variant_makes_no_claims_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, MINI)
    assert load(path, variant="loud").scenario.claims == ()
    assert len(load(path).scenario.claims) == 1


def test_an_override_that_equals_a_variant_is_no_fault(tmp_path: Path) -> None:
    assert load(write(tmp_path, MINI), overrides=["channels.tv.price.cpm=5"]).scenario.claims


def test_labels_in_two_languages(tmp_path: Path) -> None:
    from sim.market.compiling import compile_world

    scenario = load(write(tmp_path, MINI)).scenario
    world = compile_world(scenario)
    assert (world.labels, world.segment_labels) == (("shop", "电视"), ("所有人",))
    label = scenario.channels["tv"].label
    assert label is not None
    assert [in_language(label, language) for language in ("en", "zh", None)] == ["Television", "电视", "电视"]
    assert in_language("plain", "en") == "plain"
