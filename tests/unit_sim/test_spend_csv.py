"""Spend from and to a wide CSV."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sim.errors import PlanError
from sim.market.plan import Plan
from sim.market.spend_csv import MAX_BYTES, MAX_FAULTS, read_spend, read_spend_file, write_spend

CHANNELS = ("facebook", "shop", "tv")
DATES = (dt.date(2026, 1, 5), dt.date(2026, 1, 12))
GOOD = "date,tv_spend,facebook_S,weather\n2026-01-05,1,2.5,sun\n2026-01-12,3e2,0,rain\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "spend.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path, **options: object) -> list[str]:
    with pytest.raises(PlanError) as caught:
        read_spend(path, channels=CHANNELS, periods=2, dates=DATES, required=["tv", "facebook"], **options)  # type: ignore[arg-type]
    return [line.removeprefix(f"{path}: ") for line in str(caught.value).split("\n")]


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD + "\n\n"])
def test_columns_are_found_by_name_and_others_ignored(tmp_path: Path, text: str) -> None:
    plan = read_spend(
        write(tmp_path, text), channels=CHANNELS, periods=2, dates=DATES, required=["tv", "facebook"]
    )
    assert plan.channels == CHANNELS
    assert plan.spend_tc.tolist() == [[2.5, 0, 1], [0, 0, 300]]


def test_the_file_says_which_columns_were_read(tmp_path: Path) -> None:
    text = GOOD.replace("weather", "revenue").replace("\n", ",\n")  # a comma too many on every line
    found = read_spend_file(write(tmp_path, text), channels=CHANNELS, periods=2, dates=DATES)
    assert found.read == ("date", "tv_spend", "facebook_S")
    assert found.unread == ("revenue",)
    assert found.plan.total == 303.5
    named = read_spend_file(
        write(tmp_path, GOOD), channels=CHANNELS, periods=2, columns={"tv": "tv_spend"}, dates=DATES
    )
    assert named.unread == ("facebook_S", "weather")


def test_named_columns_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("weather", "other_S"))
    plan = read_spend(
        path, channels=CHANNELS, periods=2, columns={"shop": "tv_spend"}, date_column="date", dates=DATES
    )
    assert plan.totals() == {"facebook": 0, "shop": 301, "tv": 0}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tv_spend", "tb_spend", [
            "column 'tb_spend' is of no channel (known: facebook, shop, tv)",
            "column 'tv_spend' (or 'tv_S') is missing (did you mean 'tb_spend'?)",
        ]),
        ("facebook_S", "facebok_S", [
            "column 'facebok_S' is of no channel (did you mean 'facebook'?)",
            "column 'facebook_spend' (or 'facebook_S') is missing (did you mean 'facebok_S'?)",
        ]),
        ("facebook_S", "facebook_cost", [
            "column 'facebook_spend' (or 'facebook_S') is missing (did you mean 'facebook_cost'?)",
        ]),
        ("weather", "tv_S", ["channel 'tv' must have one column, got 'tv_spend' and 'tv_S'"]),
        ("weather", "date", ["column 'date' must stand once"]),
        ("3e2", "-1", ["row 3, column 'tv_spend': must be a finite number >= 0, got '-1'"]),
        ("3e2", "abc", ["row 3, column 'tv_spend': must be a finite number >= 0, got 'abc'"]),
        ("3e2", "nan", ["row 3, column 'tv_spend': must be a finite number >= 0, got 'nan'"]),
        ("3e2", "", ["row 3, column 'tv_spend': must be a finite number >= 0, got ''"]),
        ("3e2", "1e999", ["row 3, column 'tv_spend': must be a finite number >= 0, got '1e999'"]),
        ("3e2", '"1,000"', ["row 3, column 'tv_spend': must be a finite number >= 0, got '1,000'"]),
        ("3e2", "1_000", ["row 3, column 'tv_spend': must be a finite number >= 0, got '1_000'"]),
        ("3e2,0,rain", "3e2,0", ["row 3 must have 4 cells like the header, got 3"]),
        ("2026-01-12,3e2,0,rain\n", "", ["must have one row a period, 2 rows, got 1"]),
        ("2026-01-12", "2026-01-13", [
            "row 3, column 'date': must be 2026-01-12, the period's first day, got '2026-01-13'",
        ]),
        ("2026-01-12", "12.1.2026", [
            "row 3, column 'date': must be 2026-01-12, the period's first day, got '12.1.2026'",
        ]),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    assert faults(write(tmp_path, GOOD.replace(old, new, 1))) == expected


def test_faults_of_the_whole_file(tmp_path: Path) -> None:
    assert faults(tmp_path / "no.csv") == ["no such file"]
    assert faults(tmp_path) == ["no such file"]
    assert faults(write(tmp_path, "")) == ["must have a header and one row a period, but it is empty"]
    assert faults(write(tmp_path, GOOD.encode() + b"\xff\n")) == ["must be UTF-8 text, line 4 is not"]
    assert faults(write(tmp_path, 'a,"b\n')) == ["cannot be read as CSV: 'unexpected end of data'"]
    [fault] = faults(write(tmp_path, b"x" * (MAX_BYTES + 1)))
    assert fault == f"a spend file must be at most {MAX_BYTES} bytes, got {MAX_BYTES + 1}"


def test_a_file_without_any_channel_says_what_is_wanted(tmp_path: Path) -> None:
    path = write(tmp_path, "tv_spend;facebook_spend\n1;2\n1;2\n")
    with pytest.raises(PlanError, match="column 'tv_spend;facebook_spend' is of no channel"):
        read_spend(path, channels=CHANNELS, periods=2)
    path = write(tmp_path, "tv\n1\n2\n")
    with pytest.raises(PlanError, match="must have columns named like 'facebook_spend', and cells separated"):
        read_spend(path, channels=CHANNELS, periods=2)


def test_missing_named_and_date_columns(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert faults(path, columns={"tv": "tv_spent"}) == [
        "column 'tv_spent' for channel 'tv' is missing (did you mean 'tv_spend'?)"
    ]
    assert faults(path, date_column="Dates") == ["date column 'Dates' is missing (did you mean 'date'?)"]


def test_many_faults_are_cut_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "tv_spend\n" + "x\n" * 100)
    with pytest.raises(PlanError) as caught:
        read_spend(path, channels=["tv"], periods=100)
    lines = str(caught.value).split("\n")
    assert len(lines) == MAX_FAULTS + 1
    assert lines[-1] == "and 50 more faults"


SAFE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SAFE
@given(st.lists(st.tuples(*[st.floats(0, 1e15)] * 3), min_size=1, max_size=5))
def test_what_is_written_reads_back_exactly(tmp_path: Path, rows: list[tuple[float, ...]]) -> None:
    plan = Plan(CHANNELS, np.array(rows))
    dates = [DATES[0] + dt.timedelta(days=7 * t) for t in range(len(rows))]
    path = tmp_path / "spend.csv"
    write_spend(plan, path, dates=dates)
    assert read_spend(path, channels=CHANNELS, periods=len(rows), dates=dates, required=CHANNELS) == plan


@SAFE
@given(st.binary() | st.text(alphabet='tv_spendS,;\n"0123.-e\r\0').map(str.encode))
def test_any_file_is_a_plan_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        plan = read_spend(write(tmp_path, data), channels=CHANNELS, periods=1)
    except PlanError:
        return
    assert plan.periods == 1
