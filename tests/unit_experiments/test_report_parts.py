"""Parts of the report: pictures that cannot run, and tables read back from what was said."""

from dataclasses import replace
from pathlib import Path

import pytest
from figure_examples import EXAMPLES

from experiments import method_words
from experiments.answer import Answer
from experiments.commands.options import Settings
from experiments.console import as_text
from experiments.errors import ReportError
from experiments.report.blocks import Items, Table, Text
from experiments.report.closing import assumption_blocks, typed
from experiments.report.folder import RunFolder
from experiments.report.page import report, typeset
from experiments.report.picture import picture
from experiments.report.plain import plain_table
from experiments.report.speech import Speech
from experiments.report.told import told_blocks
from experiments.store import write
from experiments.tables import Grid

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 100 80" onload="bad()">'
)


def drawn(inside, **how):
    return picture(f"{HEAD}{inside}</svg>", "figures/x.svg", prefix=how.pop("prefix", "p-"), **how)


def test_the_title_becomes_text_and_the_picture_starts_below_it():
    style = "font-size: 13px; font-family: 'DejaVu Sans'"
    found = drawn(
        f'<text style="{style}" transform="translate(8 16)">A finding,</text>'
        f'<text style="{style}" transform="translate(8 32)">in two lines</text>'
        f'<text style="{style}; text-anchor: middle" transform="translate(8 50)">[</text>'
    )
    assert found.title == "A finding, in two lines"
    assert found.box == "0 39.0 100 41.0"
    assert ">[</text>" in found.body
    assert "DejaVu" not in found.body


def test_the_mark_of_a_figure_becomes_text():
    style = "font-size: 8.2px; font-family: 'DejaVu Sans'; text-anchor: end"
    found = drawn(f'<text style="{style}" transform="translate(98 8)">simulated</text>', words=str.upper)
    assert found.mark == "SIMULATED"
    assert found.body == ""
    assert drawn("<text>simulated</text>").mark == ""


@pytest.mark.parametrize("simulated", [True, False])
def test_figures_and_page_say_simulated_of_simulated_numbers_only(tmp_path, simulated):
    """Numbers of a user's own data are nobody's simulation."""
    answer = Answer(
        command="attribute",
        case=None,
        summary={},
        sections=["Said."],
        sheets={},
        figures=lambda: {"budget": EXAMPLES["budget"]},
        simulated=simulated,
    )
    settings = Settings("compiled", 20, 1, (), None, tmp_path, as_json=False, quiet=True)
    assert write(tmp_path, answer, settings) == []
    drawing = (tmp_path / "figures" / "budget.svg").read_text(encoding="utf-8")
    assert (">simulated<" in drawing) == simulated
    for lang, mark in (("en", "simulated"), ("zh", "模拟")):
        page = report(tmp_path, lang)
        assert (f'<span class="mark">{mark}</span>' in page) == simulated
        assert ('<p class="basis">' in page) == simulated


def folder_with(header, *rows):
    """A run directory that holds one table, of a brand with a channel called as a method is."""
    scenario = {"channels": {"search": {"label": "搜索"}, "first": {"label": "首发"}}}
    return RunFolder(Path(), "optimize", {}, {}, scenario, "", {"x": (header, rows)}, (), {})


def test_plans_of_the_method_bear_its_name_in_any_table():
    made = replace(folder_with(("plan", "origin"), ("recommended", "search")), summary={"method": "lp"})
    assert plain_table("x", made, Speech("en")).rows[0].cells[1].text == method_words.METHODS["lp"][0]


def test_only_channels_are_called_as_channels_are():
    """A channel may be called `search` or `first`, as a method and a rule are."""
    header = ("channel", "origin", "rule", "second", "channels", "case")
    row = ("search", "search", "first", "first", "search+first", "search")
    for lang, named in (("en", ("Optuna", "first touch")), ("zh", ("Optuna 搜索", "首次触点"))):
        table = plain_table("x", folder_with(header, row), Speech(lang))
        assert [cell.text for cell in table.rows[0].cells] == [
            "搜索",
            *named,
            "首发",
            "搜索 + 首发",
            "search",
        ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("-2.1e-08", "0"),
        ("0.00021", "0.00021"),
        ("0.0021", "0.0021"),
        ("0.021", "0.021"),
        ("21", "21"),
    ],
)
def test_a_number_without_a_unit_has_no_exponent(value, text):
    table = plain_table("x", folder_with(("slope",), (value,)), Speech("en"))
    assert table.rows[0].cells[0].text == text


def test_names_are_unique_and_those_of_no_use_go():
    mark = '<defs><path id="m" d="M 1.23456 2 \nL 3 4 \nz"/></defs>'
    inside = f'{mark}<g id="idle"><use xlink:href="#m" x="1.25"/></g>'
    first, second = drawn(inside, prefix="a-").body, drawn(inside, prefix="b-").body
    assert first == second.replace("b-m", "a-m")
    assert first == '<defs><path id="a-m" d="M1.2 2L3 4z"/></defs><use href="#a-m" x="1.2"/>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>bad()</script>",
        "<style>* { background: url(http://a) }</style>",
        '<image href="http://a.example/x.png"/>',
        '<use xlink:href="http://a.example/x.svg#m"/>',
        '<a href="javascript:bad()"><text>x</text></a>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<path d="M 0 0" onclick="bad()"/>',
        '<path d="M 0 0" style="fill: url(http://a.example)"/>',
        '<path d="M 0 0" style="fill: url( \'//a.example\' )"/>',
        "<metadata>http://a.example</metadata>",
    ],
)
def test_nothing_in_a_picture_runs_or_fetches(inside):
    body = drawn(inside).body
    for part in ("bad", "http", "example", "script", "foreign"):
        assert part not in body


def test_text_in_a_picture_is_escaped_and_may_be_translated():
    found = drawn("<text>a &lt;b&gt; &amp; c</text>", words=str.upper)
    assert found.body == "<text>A &lt;B&gt; &amp; C</text>"


@pytest.mark.parametrize("text", ["", "words", "<svg/>", "<html></html>", f"{HEAD}<g></svg>"])
def test_what_is_no_picture_is_refused(text):
    with pytest.raises(ReportError, match=r"figures/x\.svg"):
        picture(text, "figures/x.svg", prefix="p-")


GRIDS = [
    Grid(
        "Budget, CNY",
        ("Channel", "Now", "Change", ""),
        (("抖音信息流", "2,340,000", "+62 %", "*"), ("Total", "9", "0", "")),
    ),
    Grid("One", ("Rule", "Error,\ncomplete"), (("last", "10.3 ±1.0"), ("first", "—"))),
    Grid(
        "Texts",
        ("Week", "What", "In force"),
        (("2026-09-07", "met 搜索 twice", "meet 37 %"), ("", "met", "15 %")),
        3,
    ),
    Grid("Long", ("All money over", "Value"), (("blended: " + "word " * 40, "1.5"), ("paid", "2"))),
    Grid("", ("A", "B"), (("one two", "3"),)),
]


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.title or "untitled")
def test_a_table_is_read_back_as_it_was_said(grid):
    [table] = told_blocks(as_text([grid]))
    assert isinstance(table, Table)
    assert table.caption == grid.title
    assert list(table.header) == [" ".join(name.split()) for name in grid.header]
    cells = [[" ".join(cell.text.split()) for cell in line.cells] for line in table.rows]
    assert cells == [[" ".join(cell.split()) for cell in line] for line in grid.rows]


def test_sentences_and_lists_are_read_back_in_order():
    said = [
        "The plan is better.",
        GRIDS[0],
        "How to read\n- One, " + "long " * 40 + "\n- Two",
        "Assumptions\n- Left out",
    ]
    lead, table, heading, items = told_blocks(as_text(said))
    assert lead == Text("The plan is better.", "lead", "en")
    assert isinstance(table, Table)
    assert isinstance(heading, Text)
    assert heading.text == "How to read"
    assert isinstance(items, Items)
    assert items.items == ("One, " + ("long " * 40).strip(), "Two")


def test_amounts_hold_together():
    assert typeset("CNY -1.2 M to 95 % in 4 pp *, 2026-09-07, x-1") == (
        "CNY\u00a0\u22121.2\u00a0M to 95\u00a0% in 4\u00a0pp *, 2026-09-07, x-1"
    )


def test_the_command_is_told_without_what_changes_no_number():
    idle = ["--out", "x", "--jobs", "2", "--jobs=3", "--quiet", "--json"]
    assert (
        typed(["omnifunnel", "run", "a.yaml", *idle, "--seed", "7", "--set", "title=a b"])
        == "omnifunnel run a.yaml --seed 7 --set 'title=a b'"
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_stages_that_could_not_run_stand_in_the_small_print(lang):
    made = replace(folder_with(("x",), ("1",)), record={"replicates": 5})
    say = Speech(lang)
    assert not [one for one in assumption_blocks(made, say) if getattr(one, "text", "") == say("not_run")]
    made = replace(made, summary={"notes": ["of a file"], "not_run": ["bound to bound: no answer"]})
    texts = [getattr(one, "text", getattr(one, "items", None)) for one in assumption_blocks(made, say)]
    at = texts.index(say("not_run"))
    assert texts[at + 1] == ("bound to bound: no answer",)
    assert texts[texts.index(say("given_notes")) + 1] == ("of a file",)
