"""`omnifunnel export --what journeys`: what is in the files, and that attribution reads them back."""

import hashlib

import pytest
from exporting import exported, invoke, rows
from logs import Told, four_channels, log_of

from experiments.export import journeys as export_journeys
from experiments.export.journeys import _Identities, brand_rows, event_rows, touch_rows
from sim import (
    RULES,
    Stage,
    attribute,
    compile_world,
    cut_journeys,
    load,
    panel,
    paths_from_log,
    read_journeys,
    replay,
    simulate,
)

SET = ["population.agents=3000", "channels.weibo.tracked=0.5", "channels.search.tracked=0.8"]
MARKET = ["beauty-launch", "--what", "journeys", "--seed", "4", "--replicate", "2", "--consumers", "2500"]
MARKET += [word for value in SET for word in ("--set", value)]
LOOKBACK = 30


def simulated():
    file = load("beauty-launch", overrides=tuple(SET))
    world = compile_world(file.scenario)
    return replay(simulate(world, file.status_quo(), seed=4, replicate=2), panel(world, 2500))


@pytest.fixture(scope="module")
def market_log():
    return simulated()


@pytest.mark.parametrize("view", ["complete", "brand"])
def test_attribution_reads_the_touches_back(view, market_log, tmp_path):
    found = exported(*MARKET, "--view", view, "--lookback-days", LOOKBACK, "--out", tmp_path / "out")
    read = read_journeys(tmp_path / "out" / "touches.csv", lookback_days=LOOKBACK)
    direct = paths_from_log(market_log, lookback_days=LOOKBACK, view=view)
    assert (read.form, read.has_times, read.left_out) == ("touches", True, 0)
    assert read.paths.conversions == direct.conversions == found["converted"] > 50
    assert read.paths.nulls == direct.nulls == found["journeys"] - found["converted"]
    assert read.paths.untouched_conversions == direct.untouched_conversions == found["untouched_orders"]
    assert read.paths.untouched_value == pytest.approx(direct.untouched_value)
    for rule in RULES:
        theirs, mine = attribute(read.paths, rule), attribute(direct, rule)
        for c, name in enumerate(direct.channels):
            at = read.paths.channels.index(name) if name in read.paths.channels else None
            for one, other in ((theirs.conversions_c, mine.conversions_c), (theirs.value_c, mine.value_c)):
                assert (0.0 if at is None else one[at]) == pytest.approx(other[c], rel=1e-9, abs=1e-9)


def test_journeys_that_share_a_name_would_not_give_the_same_credits(market_log, tmp_path):
    """The wrong file: one journey a consumer, cut by the reader instead."""
    merged = [
        (int(journey.split("-")[0]), channel or "", date, conversion or "", value or "")
        for journey, channel, date, conversion, value in touch_rows(
            cut_journeys(market_log, lookback_days=LOOKBACK)
        )
    ]
    merged.sort(key=lambda row: (row[0], row[2]))
    lines = [",".join(map(str, row)) for row in [export_journeys.TOUCHES, *merged]]
    (tmp_path / "wrong.csv").write_text("\n".join(lines), encoding="utf-8")
    read = read_journeys(tmp_path / "wrong.csv", lookback_days=LOOKBACK)
    direct = paths_from_log(market_log, lookback_days=LOOKBACK)
    assert read.paths.nulls != direct.nulls
    assert attribute(read.paths, "markov_1").conversions_c != pytest.approx(
        attribute(direct, "markov_1").conversions_c
    )


def test_the_command_attribute_takes_the_file(tmp_path):
    exported(*MARKET, "--out", tmp_path / "out")
    result = invoke("attribute", "--journeys", tmp_path / "out" / "touches.csv", "--json")
    assert result.exit_code == 0, result.stderr


def test_the_event_log_is_complete(market_log, tmp_path):
    found = exported(*MARKET, "--out", tmp_path / "out")
    events = rows(tmp_path / "out" / "events.csv")
    assert len(events) == len(market_log.event_e) == found["files"]["events.csv"]["rows"]
    orders = [row for row in events if row["event"] == "order"]
    minor = sum(round(float(row["order_value"]) * 100) for row in orders)
    assert minor == market_log.value_e.sum()
    assert {row["order_kind"] for row in orders} == {"first", "repeat", "win_back"}
    touches = [row for row in events if row["event"] == "touch"]
    assert sum(int(row["exposures"]) for row in touches) == market_log.number_e[market_log.event_e == 0].sum()
    assert {row["consumer"] for row in events} <= {str(i) for i in market_log.consumer_i.tolist()}


LIVES = (
    Told(
        [
            (0, "touch", "a"),
            (0, "move", Stage.UNAWARE, Stage.AWARE),
            (1, "touch", "b"),
            (2, "order", "s", 12.5),
        ],
        resolved=False,
    ),
    Told(
        [(0, "touch", "a"), (1, "touch", "b"), (1, "order", "s", 3), (2, "order", "s", 4, True)],
        stage=Stage.LAPSED,
    ),
    Told([(3, "order", "s", 9)], resolved=False, stage=Stage.DECIDING),
)


def test_rows_tell_what_happened():
    log = log_of(four_channels(), *LIVES)
    told = list(event_rows(log))
    assert told[:4] == [
        ("2026-01-05", 0, "all", "unaware", "touch", "a", 1, 0, None, None, None),
        ("2026-01-05", 0, "all", "unaware", "move", None, None, None, "aware", None, None),
        ("2026-01-12", 0, "all", "aware", "touch", "b", 1, 0, None, None, None),
        ("2026-01-19", 0, "all", "aware", "order", "s", None, None, None, "12.50", "first"),
    ]
    assert [row[-1] for row in told[4:] if row[4] == "order"] == ["win_back", "repeat", "first"]


def test_rows_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    log = log_of(four_channels(), *LIVES)
    whole = list(event_rows(log))
    monkeypatch.setattr(export_journeys, "CHUNK", 3)
    assert list(event_rows(log)) == whole


def test_the_brand_sees_identities_and_no_stages():
    log = log_of(four_channels(), *LIVES)
    journeys = cut_journeys(log, view="brand")
    who = _Identities(journeys)
    told = list(brand_rows(journeys, who))
    # the unresolved one is a stranger on a and another on b, to whom the order belongs; then the resolved
    # one, and an order nobody knows anything of
    assert who.count == 4
    by_identity = {}
    for row in told:
        by_identity.setdefault(row[1], []).append((row[2], row[3], row[-1]))
    assert sorted(by_identity.values()) == sorted(
        [
            [("touch", "a", None)],
            [("touch", "b", None), ("order", "s", "first")],
            [
                ("touch", "a", None),
                ("touch", "b", None),
                ("order", "s", "first"),
                ("order", "s", "repeat"),
            ],
            [("order", "s", "first")],
        ]
    )
    assert [row[1] for row in told] == sorted(row[1] for row in told)


def test_identities_are_hashes_that_do_not_depend_on_who_else_is_there():
    log, alone = log_of(four_channels(), *LIVES), log_of(four_channels(), LIVES[0])
    names = set(_Identities(cut_journeys(log, view="brand")).name.values())
    assert set(_Identities(cut_journeys(alone, view="brand")).name.values()) < names
    assert hashlib.sha256(b"1:0:0:a").hexdigest()[:12] in names


def test_touches_name_their_journeys_one_by_one():
    log = log_of(four_channels(), *LIVES)
    assert list(touch_rows(cut_journeys(log))) == [
        ("0-1", "a", "2026-01-05", None, None),
        ("0-1", "b", "2026-01-12", None, None),
        ("0-1", None, "2026-01-19", 1, "12.50"),
        ("1-1", "a", "2026-01-05", None, None),
        ("1-1", "b", "2026-01-12", None, None),
        ("1-1", None, "2026-01-12", 1, "3.00"),
        ("1-2", None, "2026-01-19", 1, "4.00"),
        ("2-1", None, "2026-01-26", 1, "9.00"),
    ]


def test_lost_touches_are_in_neither_file_of_the_brand(market_log, tmp_path):
    complete = exported(*MARKET, "--out", tmp_path / "complete")
    brand = exported(*MARKET, "--view", "brand", "--out", tmp_path / "brand")

    def weibo(folder, file):
        return sum(row["channel"] == "weibo" for row in rows(tmp_path / folder / file))

    kept = weibo("brand", "events.csv")
    assert kept == weibo("brand", "touches.csv")
    assert 0.45 < kept / weibo("complete", "events.csv") < 0.55
    assert brand["identities"] > complete["consumers"] == 2500
    assert complete["identities"] is None
    header = (tmp_path / "brand" / "events.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert not {"consumer", "segment", "stage", "to_stage"} & set(header.split(","))
