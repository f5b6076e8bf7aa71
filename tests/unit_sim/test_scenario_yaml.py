"""YAML 1.2 values, and text that is no scenario at all."""

import math
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sim.errors import ScenarioError
from sim.scenario.marks import MAX_BYTES, MAX_DEPTH, Mark, parse
from sim.scenario.scalars import dump, resolve
from sim.scenario.source import load


def words(text: str) -> list[str]:
    return [str(fault) for fault in parse(text, "f")[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, word) for word in ("yes", "no", "on", "off", "Yes", "NO", "y", "n", "tRUE")],
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("4_000_000", 4_000_000),
        ("1_000.5", 1000.5),
        ("_1", "_1"),
        ("1__0", "1__0"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("2026-09-07", "2026-09-07"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.inf", -math.inf),
        ("inf", "inf"),
        ("0b1", "0b1"),
        ("1.2.3", "1.2.3"),
        ("\u0661", "\u0661"),
    ],
)
def test_plain_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_nan_and_digits_beyond_every_field_are_read() -> None:
    assert math.isnan(resolve(".nan"))  # type: ignore[arg-type]
    assert resolve("9" * 5000) == math.inf


def test_keys_are_text_and_keep_their_places() -> None:
    tree, faults = parse("no: 1\n2: {on: [a, ~]}\n", "f")
    assert not faults
    assert tree is not None
    assert tree.plain() == {"no": 1, "2": {"on": ["a", None]}}
    assert tree.keys["2"] == Mark("f", 2, 1)
    inner = tree.at(("2", "on", 1))
    assert inner is not None
    assert inner.mark == Mark("f", 2, 13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f:1:1: must hold a mapping of fields, but there is nothing in it"),
        ("# only words\n", "f:1:1: must hold a mapping of fields, but there is nothing in it"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1: key 'a' must stand once in its mapping, it stands first at 1:1"),
        ("a:\n\t- b\n", "f:2:1: not YAML: a tab cannot indent or start a value, use spaces"),
        ("a: b: c\n", "f:1:5: not YAML: mapping values are not allowed here"),
        ("a: &x {b: *x}\n", "f:1:11: alias '*x' must not stand inside its own anchor"),
        ("a: *x\n", "f:1:4: alias '*x' must follow its anchor '&x'"),
        ("a: !!int 3\n", "f:1:4: must not carry a tag, got tag:yaml.org,2002:int"),
        (
            "a: !!python/object:os.system 3\n",
            "f:1:4: must not carry a tag, got tag:yaml.org,2002:python/object:os.system",
        ),
        ("<<: {a: 1}\n", "f:1:1: merge keys are not YAML 1.2 (use extends, or write the fields out)"),
        ("? [a]\n: 1\n", "f:1:3: a key must be plain text"),
        ("a: 1\n---\nb: 1\n", "f:2:1: must hold one document, and a second begins here"),
        ('a: "\\UFFFFFFFF"\n', "f:1:1: not YAML: an escape names a character that does not exist"),
        ('a: "\\ud800"\n', "f:1:4: not YAML: an escape names half a character"),
        ("a: 1\nb: \x07\n", "f:2:4: must not hold control characters, got \\x07"),
    ],
)
def test_text_that_is_refused(text: str, expected: str) -> None:
    assert words(text) == [expected]


@pytest.mark.parametrize("piece", ["[", "- ", "{a: ", "? "])
def test_deep_nesting_is_refused_where_it_goes_too_deep(piece: str) -> None:
    [fault] = words(piece * 20_000)
    assert fault.endswith(f"must not be nested deeper than {MAX_DEPTH} levels")


def test_aliases_stand_for_their_anchor() -> None:
    tree, faults = parse("a: &x {b: 1}\nc: [*x, *x]\n", "f")
    assert not faults
    assert tree is not None
    assert tree.plain() == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


def test_alias_bombs_are_refused_before_they_grow(tmp_path: Path) -> None:
    names = "abcdefghijklmnop"
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{n}: &{n} [{','.join([f'*{o}'] * 9)}]" for o, n in pairwise(names)]
    wide = "a: &a '" + "x" * 900_000 + "'\nb: [" + ",".join(["*a"] * 9_000) + "]"
    for text in ("\n".join(lines), wide):
        path = tmp_path / "bomb.yaml"
        path.write_text(text, encoding="utf-8")
        before = time.perf_counter()
        with pytest.raises(ScenarioError, match="once aliases are expanded"):
            load(path)
        assert time.perf_counter() - before < 1.0


def test_aliases_cannot_nest_past_the_limit() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    [fault] = words(text)
    assert "nested deeper" in fault


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: \xff\n", "2:4: must be UTF-8 text, got byte 0xff"),
        (b"- a\n", "1:1: must hold a mapping of fields, got a list"),
        (b"word", "1:1: must hold a mapping of fields, got word"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:{expected}"


def test_large_files_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ScenarioError, match=f"must be at most {MAX_BYTES} bytes, got {MAX_BYTES + 1}"):
        load(path)


@pytest.mark.parametrize("source", ["no/such.yaml", "", ".", "a\0b", "x" * 5000, "beauty-lunch"])
def test_sources_that_are_no_file(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        load(source)
    assert len(caught.value.faults) == 1
    if source == "beauty-lunch":
        assert str(caught.value) == "beauty-lunch: no such scenario file (did you mean 'beauty-launch'?)"


KEYS = st.text(max_size=8).filter(lambda key: key != "<<")
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, PLAIN, max_size=4))
def test_a_dumped_document_reads_back_the_same(document: dict[str, object]) -> None:
    tree, faults = parse(dump(document) if document else "{}", "f")
    assert not faults
    assert tree is not None
    assert tree.plain() == document


FIELDS = st.sampled_from(
    [
        "schema_version", "name", "title", "calendar", "start", "periods", "tail", "value", "population",
        "segments", "share", "funnel", "channels", "kind", "targeting", "stages", "reach", "price", "cpm",
        "cpc", "sells", "synergies", "first", "then", "plan", "per_period", "flights", "history", "columns",
        "file", "variants", "optimization", "limits", "channel", "group", "min", "extends", "a", "tv",
        "shop",
    ]
)  # fmt: skip
SHAPED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | FIELDS
    | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=40,
)
FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def load_or_refuse(path: Path, **options: object) -> None:
    try:
        load(path, **options)  # type: ignore[arg-type]
    except ScenarioError as error:
        lines = [str(fault) for fault in error.faults]
    else:
        return
    assert lines
    assert all(line.splitlines() == [line] and line.encode("utf-8") for line in lines)


@FUZZ
@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"%@\t\n #,?0.<~"))
def test_any_text_is_a_scenario_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    load_or_refuse(path)


@FUZZ
@given(st.binary())
def test_any_bytes_are_a_scenario_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    load_or_refuse(path)


@FUZZ
@given(st.dictionaries(FIELDS, SHAPED, max_size=10))
def test_any_document_is_a_scenario_or_refused(tmp_path: Path, document: dict[str, object]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(dump(document), encoding="utf-8")
    load_or_refuse(path)


@FUZZ
@given(st.text(), st.text())
def test_any_override_is_set_or_refused(tmp_path: Path, text: str, value: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("extends: beauty-launch\n", encoding="utf-8")
    load_or_refuse(path, overrides=[text, f"channels.search.reach={value}", f"title={value}"], variant="silo")
