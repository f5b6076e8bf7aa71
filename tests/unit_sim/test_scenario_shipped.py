"""The shipped scenarios, the plan of today, and the JSON Schema."""

import datetime as dt
import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from scenarios import library
from sim.errors import PlanError
from sim.market.vocabulary import Period
from sim.scenario import calendar
from sim.scenario.marks import parse
from sim.scenario.scalars import dump
from sim.scenario.source import json_schema, load

NAMES = sorted(library())
MONDAY = dt.date(2026, 1, 5)


def test_the_library_lists_every_file() -> None:
    folder = library()["beauty-launch"].parent
    assert set(library().values()) == set(folder.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_shipped_scenarios_and_their_variants_load(name: str) -> None:
    file = load(name)
    assert file.scenario.name == name
    assert file.scenario.variants
    assert file.scenario.assumptions
    for variant in file.scenario.variants:
        assert load(name, variant=variant).document != file.document


@pytest.mark.parametrize("name", NAMES)
def test_the_document_written_out_is_the_same_scenario(name: str) -> None:
    file = load(name, overrides=["population.agents=400"])
    again, faults = parse(dump(file.document), "x")
    assert not faults
    assert again is not None
    assert again.plain() == file.document
    assert json.loads(json.dumps(file.document)) == file.document


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_in_another_folder_spends_the_same(name: str, tmp_path: Path) -> None:
    file = load(name)
    if file.history_file is not None:
        beside = tmp_path / file.document["plan"]["history"]["file"]
        beside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.history_file, beside)
    (tmp_path / "x.yaml").write_text(dump(file.document), encoding="utf-8")
    copy = load(tmp_path / "x.yaml")
    assert copy.status_quo() == file.status_quo()
    assert copy.scenario.channels == file.scenario.channels


def test_beauty_launch_spends_its_total_and_seeding_first_spends_the_same() -> None:
    file = load("beauty-launch")
    today, seeded = file.status_quo(), load("beauty-launch", variant="seed_first").status_quo()
    assert today.total == file.scenario.optimization.total == 14_040_000
    assert today.channels == tuple(sorted(file.scenario.channels))
    np.testing.assert_allclose(seeded.total_c, today.total_c)
    assert seeded.totals()["word_of_mouth"] == 0
    column = seeded.channels.index("search")
    assert seeded.spend_tc[:3, column].tolist() == [0, 0, 41_600]
    seeding = seeded.channels.index("xiaohongshu_kol")
    assert seeded.spend_tc[10:14, seeding].tolist() == [66_000, 66_000, 32_200, 32_200]


def test_retail_media_spends_what_was_recorded() -> None:
    plan = load("retail-media").status_quo()
    assert plan.periods == 208
    assert plan.total == pytest.approx(14_529_098.512, abs=0.01)
    assert plan.spend_tc[0].tolist() == pytest.approx([7607.1331, 0, 12728.4889, 0, 0, 22358.3467], abs=1e-3)
    assert load("retail-media", variant="dark").status_quo().total == 0
    even = load("retail-media", variant="always_on").status_quo()
    np.testing.assert_allclose(even.total_c, plan.total_c, rtol=2e-4)


def test_flights_add_to_a_history(tmp_path: Path) -> None:
    flight = "plan.flights=[{start: 2015-11-23, end: 2015-11-29, per_period: {tv: 1000}}]"
    base, more = load("retail-media"), load("retail-media", overrides=[flight])
    difference = more.status_quo().spend_tc - base.status_quo().spend_tc
    assert difference.sum() == pytest.approx(1000)
    assert difference[0].max() == pytest.approx(1000)


def test_a_history_that_does_not_fit_the_calendar_is_refused() -> None:
    with pytest.raises(PlanError, match="must have one row a period, 100 rows, got 208"):
        load("retail-media", overrides=["calendar.periods=100"]).status_quo()
    with pytest.raises(PlanError, match=r"row 2, column 'DATE': must be 2015-11-30, .* got '2015-11-23'"):
        load("retail-media", overrides=["calendar.start=2015-11-30"]).status_quo()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-05", "2026-01-05", [0]),
        ("2026-01-06", "2026-01-11", []),
        ("2026-01-06", "2026-01-12", [1]),
        ("2026-01-05", "2026-01-19", [0, 1, 2]),
        ("2026-03-09", "2026-03-15", [9]),
        ("2026-01-01", "2027-01-01", list(range(10))),
    ],
)
def test_a_flight_covers_the_periods_that_begin_in_it(first: str, last: str, expected: list[int]) -> None:
    days = (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    covered = calendar.covered(*days, start=MONDAY, period=Period.WEEK, periods=10)
    assert list(covered) == expected
    starts = calendar.period_starts(MONDAY, Period.WEEK, 10)
    assert expected == [t for t, day in enumerate(starts) if days[0] <= day <= days[1]]


def test_days_and_periods() -> None:
    assert calendar.last_day(MONDAY, Period.WEEK, 10) == dt.date(2026, 3, 15)
    assert calendar.last_day(MONDAY, Period.DAY, 1) == MONDAY
    for t, day in enumerate(calendar.period_starts(MONDAY, Period.WEEK, 5)):
        assert calendar.period_of(day, MONDAY, period=Period.WEEK) == t
        assert calendar.period_of(day + dt.timedelta(days=6), MONDAY, period=Period.WEEK) == t
    assert calendar.period_of(MONDAY - dt.timedelta(days=1), MONDAY, period=Period.WEEK) == -1


def test_every_field_of_the_schema_has_its_line() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema
    for block in schema["$defs"].values():
        for name, field in block.get("properties", {}).items():
            assert field.get("description"), name
            assert block["additionalProperties"] is False


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    targets = {piece.split('"')[0] for piece in text.split('"$ref": "#/$defs/')[1:]}
    assert targets <= set(schema["$defs"])
    assert "Scenario" in targets
    assert set(schema["then"]["properties"]) == {*schema["$defs"]["Scenario"]["properties"], "extends"}


@pytest.mark.skipif(importlib.util.find_spec("jsonschema") is None, reason="jsonschema is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_the_schema_accepts_shipped_scenarios_and_refuses_others(name: str) -> None:
    import jsonschema

    schema, document = json_schema(), load(name).document
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema).is_valid
    assert check(document)
    assert not check({**document, "curency": "EUR"})
    assert not check({**document, "currency": 3})
    assert check({"extends": name, "value": {"gross_margin": 0.4}})
    assert not check({"extends": name, "valeu": {}})
