"""Journeys from a user's CSV, in both forms."""

import random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from journeys import CHANNELS, path_rows

from sim import JourneyError, attribute, read_journeys
from sim.measure import csv_rows

PATHS = "path,conversions,value,nulls\ntv > search,3,12.5,4\nsearch,2,8,0\ntv,0,0,7\n"
TOUCHES = """journey,channel,time,conversion,value
u1,tv,2026-03-01,,
u2,tv,2026-03-02,,
u1,search,2026-03-04 18:00,1,59.90
u2,,2026-03-09,2,120
u1,search,2026-03-05,0,0
u3,,2026-03-06,1,7
"""


def write(folder, text):
    path = folder / "journeys.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path, **options):
    with pytest.raises(JourneyError) as caught:
        read_journeys(path, **options)
    return [line.removeprefix(str(path)) for line in str(caught.value).split("\n")]


def rows_of(paths):
    """Touches, conversions, value and nulls of each row."""
    return [
        ([paths.channels[n] for n in paths.channel_n[a:b]], *figures)
        for a, b, *figures in zip(
            paths.start_p[:-1],
            paths.start_p[1:],
            paths.conversions_p,
            paths.value_p,
            paths.nulls_p,
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        PATHS,
        "\ufeff" + PATHS,
        PATHS.replace("\n", "\r\n"),
        PATHS + "\n,,,\n",
        PATHS.replace(" > ", ">"),
        PATHS.replace("3,", "3.0,").replace("tv > search", '"tv  >  search "'),
        PATHS.replace("path,conversions", " Path , Conversions"),
        PATHS.replace("conversions,value,nulls", "total_conversions,total_conversion_value,total_null"),
    ],
)
def test_counted_paths(tmp_path, text):
    journeys = read_journeys(write(tmp_path, text))
    assert (journeys.form, journeys.has_value, journeys.has_times, journeys.left_out) == (
        "paths", True, False, 0)  # fmt: skip
    assert journeys.paths.channels == ("search", "tv")
    assert rows_of(journeys.paths) == [
        (["tv", "search"], 3, 12.5, 4),
        (["search"], 2, 8, 0),
        (["tv"], 0, 0, 7),
    ]


def test_value_and_nulls_may_be_unknown(tmp_path):
    journeys = read_journeys(write(tmp_path, "conversions,path\n1,a > b\n"))
    assert not journeys.has_value
    assert rows_of(journeys.paths) == [(["a", "b"], 1, 0, 0)]


def test_touches(tmp_path):
    journeys = read_journeys(write(tmp_path, TOUCHES))
    paths = journeys.paths
    assert (journeys.form, journeys.has_value, journeys.has_times, journeys.left_out) == (
        "touches", True, True, 0)  # fmt: skip
    assert rows_of(paths) == [(["tv", "search"], 1, 59.9, 0), (["search"], 0, 0, 1), (["tv"], 2, 120, 0)]
    assert paths.age_n.tolist() == [3.75, 0, 0, 7]
    assert (paths.untouched_conversions, paths.untouched_value) == (1, 7)


def test_touches_before_the_window_are_left_out(tmp_path):
    path = write(tmp_path, TOUCHES)
    week = read_journeys(path, lookback_days=7)
    assert week.left_out == 0  # seven days are within seven days
    short = read_journeys(path, lookback_days=5)
    assert short.left_out == 1
    assert rows_of(short.paths)[-1] == (["search"], 0, 0, 1)
    assert (short.paths.untouched_conversions, short.paths.untouched_value) == (3, 127)
    shorter = read_journeys(path, lookback_days=0.5)
    assert rows_of(shorter.paths) == [(["search"], 1, 59.9, 0), (["search"], 0, 0, 1)]
    assert shorter.paths.channels == ("search", "tv")
    apart = write(
        tmp_path, "journey,channel,time,conversion\na,x,2026-01-01,\nb,y,2026-01-01,\nb,,2026-02-01,1\n"
    )
    assert faults(apart, lookback_days=5) == [
        ": no conversion met a channel within 5 days; use a longer lookback"
    ]
    assert faults(path, lookback_days=0)[0].startswith("lookback must be above 0 days")


def test_touches_without_times_keep_the_order_of_the_file(tmp_path):
    text = "channel,journey,conversion\nb,1,0\nc,2,\na,1,1\nb,1,\n"
    journeys = read_journeys(write(tmp_path, text), lookback_days=1)
    assert journeys.paths.age_n is None
    assert rows_of(journeys.paths) == [(["b", "a"], 1, 0, 0), (["b"], 0, 0, 1), (["c"], 0, 0, 1)]


def test_times_of_other_zones_are_compared(tmp_path):
    text = TOUCHES.replace("2026-03-04 18:00", "2026-03-04T18:00:00.5+08:00")
    text = text.replace("2026-03-01,", "2026-03-04T10:00Z,").replace("2026-03-05", "2026-03-05T00:00Z")
    for day in ("02", "06", "09"):
        text = text.replace(f"2026-03-{day},", f"2026-03-{day}T00:00Z,")
    assert read_journeys(write(tmp_path, text)).paths.age_n[0] == pytest.approx(0.5 / 86_400)


UNKNOWN = "rename or delete it"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value", "valeu", [f":1: column 'valeu' is unknown (did you mean 'value'?); {UNKNOWN}"]),
        ("value", "weight", [
            f":1: column 'weight' is unknown (known: path, conversions, value, nulls); {UNKNOWN}"]),
        ("conversions", "conversion", [
            f":1: column 'conversion' is unknown (did you mean 'conversions'?); {UNKNOWN}",
            ":1: column 'conversions' is missing (did you mean 'conversion'?)"]),
        ("value", "path", [":1: column 'path' must stand once; delete or rename the other"]),
        ("tv > search", "", [
            ":2: column 'path': every step must name a channel, got ''; name it or delete it"]),
        ("tv > search", "tv > > search", [
            ":2: column 'path': every step must name a channel, got 'tv > > search'; name it or delete it"]),
        ("tv > search", "tv > ", [
            ":2: column 'path': every step must name a channel, got 'tv >'; name it or delete it"]),
        ("8,0", "-8,0", [
            ":3: column 'value': must be a finite number >= 0, got '-8'; correct it or delete the row"]),
        ("8,0", "nan,0", [
            ":3: column 'value': must be a finite number >= 0, got 'nan'; correct it or delete the row"]),
        ("8,0", "8,", [
            ":3: column 'nulls': must be a whole number >= 0, got ''; correct it or delete the row"]),
        ("8,0", "8,0.5", [
            ":3: column 'nulls': must be a whole number >= 0, got '0.5'; correct it or delete the row"]),
        ("search,2", "search,-2", [
            ":3: column 'conversions': must be a whole number >= 0, got '-2'; correct it or delete the row"]),
        ("tv,0,0", "tv,0,5", [
            ":4: column 'value': must be 0 where nothing converted; correct one of the two"]),
        ("8,0", "8", [":3: must have 4 cells like the header, got 3"]),
    ],
)  # fmt: skip
def test_faults_of_counted_paths(tmp_path, old, new, expected):
    assert old in PATHS
    assert faults(write(tmp_path, PATHS.replace(old, new, 1))) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value", "revenue", [
            ":1: column 'revenue' is unknown (known: journey, channel, time, conversion, value); "
            f"{UNKNOWN}"]),
        ("conversion,", "", [
            ":1: column 'conversion' is missing (got: journey, channel, time, value)"]),
        ("2026-03-02", "02.03.2026", [
            ":3: column 'time': must be a date or time like 2026-03-04 or 2026-03-04 18:30, "
            "got '02.03.2026'"]),
        ("2026-03-02", "2026-02-30", [
            ":3: column 'time': must be a date or time like 2026-03-04 or 2026-03-04 18:30, "
            "got '2026-02-30'"]),
        ("2026-03-02", "", [
            ":3: column 'time': must be a date or time like 2026-03-04 or 2026-03-04 18:30, got ''"]),
        ("2026-03-04 18:00", "2026-02-28", [
            ":4: column 'time': must not be before line 2 of the same journey, got '2026-02-28'; "
            "sort the rows by time"]),
        ("2026-03-02", "2026-03-02T10:00+01:00", [
            ":3: column 'time': must not have a time zone, as line 2, got '2026-03-02T10:00+01:00'"]),
        ("u2,tv", "u2,", [
            ":3: column 'channel': must name a channel where nothing converts; name it or delete the row"]),
        ("u2,tv", ",tv", [
            ":3: column 'journey': must name the journey, is empty; name it or delete the row"]),
        ("1,59.90", "0,59.90", [
            ":4: column 'value': must be empty or 0 where nothing converts; correct one of the two"]),
        ("2,120", "yes,120", [
            ":5: column 'conversion': must be a whole number >= 0, got 'yes'; correct it or delete the row"]),
        ("2,120", "2,-1", [
            ":5: column 'value': must be a finite number >= 0, got '-1'; correct it or delete the row"]),
    ],
)  # fmt: skip
def test_faults_of_touches(tmp_path, old, new, expected):
    assert old in TOUCHES
    assert faults(write(tmp_path, TOUCHES.replace(old, new, 1))) == expected


def test_all_faults_at_once(tmp_path):
    found = faults(write(tmp_path, "path,conversions,note\n,1,x\na > b,x,y\na,1\n"))
    assert [line.split(" ")[0] for line in found] == [":1:", ":2:", ":3:", ":4:"]
    found = faults(write(tmp_path, PATHS + "a,x,0,0\n" * 100))
    assert len(found) == csv_rows.MAX_FAULTS + 1
    assert found[-1] == ": and 50 more faults"


def test_faults_of_the_whole_file(tmp_path):
    header = "path,conversions,value,nulls"
    neither = ":1: must have columns path,conversions,value,nulls (counted paths) or "
    neither += "journey,channel,time,conversion,value (touches), got "
    assert faults(tmp_path / "no.csv") == [": no such file"]
    assert faults(write(tmp_path, "")) == [": must have a header and rows, but is empty"]
    assert faults(write(tmp_path, header)) == [": must have rows under its header, but has none"]
    assert faults(write(tmp_path, "a,b\n1,2\n")) == [f"{neither}'a,b'"]
    assert faults(write(tmp_path, "path;nulls\n1;2\n")) == [
        f"{neither}'path;nulls'; separate cells by commas"
    ]
    assert faults(write(tmp_path, PATHS.encode() + b"\xff\n")) == [
        ":5: must be UTF-8 text; save it as CSV UTF-8"
    ]
    assert faults(write(tmp_path, PATHS + '"tv,1')) == [":5: cannot be read as CSV: unexpected end of data"]
    assert faults(write(tmp_path, "path,conversions\na > a,0\n")) == [
        ": must name at least 2 channels to share conversions between, got only 'a'",
        ": must hold at least one conversion, got none; attribution shares out conversions",
    ]
    assert faults(write(tmp_path, "journey,channel,conversion\na,,1\n"))[0].endswith("got only none")


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_rows, "MAX_BYTES", 10)
    assert faults(write(tmp_path, PATHS)) == [f": must be at most 10 bytes, got {len(PATHS)}; split it"]


SAFE = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=40)


@SAFE
@given(path_rows(), st.randoms(use_true_random=False))
def test_both_forms_of_the_same_journeys_are_credited_alike(tmp_path, rows, chance: random.Random):
    """Counted, and one by one with the rows of different journeys mixed."""
    rows = [*rows, (list(CHANNELS), 1, 1.0, 0)]
    counted = ["path,conversions,value,nulls"]
    counted += [f"{' > '.join(steps)},{c},{v},{n}" for steps, c, v, n in rows]
    lives = []
    for steps, conversions, value, nulls in rows:
        for number in range(conversions + nulls):
            end = f"1,{value / conversions}" if number < conversions else ","
            lives.append([(step, ",") for step in steps[:-1]] + [(steps[-1], end)])
    touches, order = ["journey,channel,conversion,value"], [n for n, life in enumerate(lives) for _ in life]
    chance.shuffle(order)
    for number in order:
        step, end = lives[number].pop(0)
        touches.append(f"{number},{step},{end}")
    one = read_journeys(write(tmp_path, "\n".join(counted))).paths
    other = read_journeys(write(tmp_path, "\n".join(touches))).paths
    for rule in ("last", "position", "markov_2", "shapley"):
        credit, same = attribute(one, rule), attribute(other, rule)
        assert same.conversions_c == pytest.approx(credit.conversions_c, abs=1e-9)
        assert same.value_c == pytest.approx(credit.value_c, abs=1e-6)


@SAFE
@given(st.binary() | st.text(alphabet="path,conversionslujy >\n\"'0123.-e\r\0").map(str.encode))
def test_any_file_is_read_or_refused(tmp_path, data):
    for text in (data, b"path,conversions\n" + data, b"journey,channel,time,conversion\n" + data):
        try:
            journeys = read_journeys(write(tmp_path, text))
        except JourneyError:
            continue
        assert journeys.paths.conversions > 0
