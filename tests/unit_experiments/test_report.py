"""The report: whole, small, repeatable, in two languages, made of the run directory alone."""

import json
import re
import shutil

import pytest
from pages import KINDS, Page, invoke, make

from experiments.report.folder import open_folder
from experiments.report.page import report, sections
from experiments.report.speech import Speech

LANGS = ("en", "zh")
LARGEST = 500_000


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("reports")
    return {kind: make(kind, root / kind) for kind in KINDS}


@pytest.fixture
def copy(folders, tmp_path):
    """A run directory that a test may break."""
    return shutil.copytree(folders["run"], tmp_path / "copy")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_sound_small_and_closed(folders, kind, lang):
    text = report(folders[kind], lang)
    page = Page(text)
    assert page.faults == []
    assert page.lang == {"en": "en", "zh": "zh-CN"}[lang]
    assert len(text.encode()) < LARGEST
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "@import" not in style
    assert "url(" not in style
    assert not re.search(r"https?://", text)
    assert page.counts["figure"] == len(list((folders[kind] / "figures").glob("*.svg")))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_the_same_again(folders, kind, lang, tmp_path):
    first = report(folders[kind], lang)
    assert first == report(shutil.copytree(folders[kind], tmp_path / "elsewhere"), lang)
    record = json.loads((folders[kind] / "run.json").read_text(encoding="utf-8"))
    assert record["written"] not in first
    assert record["written"][:10] not in Page(first).words.replace("2026-09-07", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_directory_holds_its_page(folders, kind):
    text = (folders[kind] / "report.html").read_text(encoding="utf-8")
    assert text == report(folders[kind])


def test_a_search_is_told_in_the_order_a_decider_reads(folders):
    text = report(folders["optimize"])
    order = ["verdict", "budget", "flights", "kpis", "curves", "drivers", "limits", "front", "rules"]
    found = re.findall(r'<section id="([a-z_]+)"', text)
    assert [one for one in found if one in order] == order
    assert found[-2:] == ["assumptions", "provenance"]
    assert "tables" not in found


def test_the_verdict_is_the_judges_in_both_languages(folders):
    summary = json.loads((folders["optimize"] / "summary.json").read_text(encoding="utf-8"))
    low, high = (summary["difference"]["profit"][end] for end in ("low", "high"))
    side = "better" if low > 0 else "worse" if high < 0 else "no better"
    assert summary["verdict"]["word"] == side
    starts = {
        "better": ("Better than", "优于"),
        "worse": ("Worse than", "劣于"),
        "no better": ("No better", "并不优于"),
    }
    for lang, start in zip(LANGS, starts[side], strict=True):
        lead = re.search(r'<p class="lead">([^<]+)</p>', report(folders["optimize"], lang))[1]
        assert lead.startswith(start)
        assert f"{abs(low):,.0f}" in lead
        assert f"{abs(high):,.0f}" in lead


def test_amounts_of_the_budget_stand_in_the_page(folders):
    words = Page(report(folders["optimize"])).words
    summary = json.loads((folders["optimize"] / "summary.json").read_text(encoding="utf-8"))
    for channel, amount in summary["recommended"]["spend"].items():
        if amount > 0:
            assert f"{amount:,.0f}" in words, channel
    assert "抖音信息流 fixed 2,000,000" in words
    assert "12,000,000" in words


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["optimize", "cheapest"])
def test_the_page_speaks_of_the_recommended_plan(folders, kind, lang):
    """Its table and its first screen hold the amounts of summary.json and budget.csv, channel by channel."""
    opened, say = open_folder(folders[kind]), Speech(lang)
    plan = opened.summary["recommended"]
    header, rows = opened.sheets["budget"]
    sheet = [dict(zip(header, row, strict=True)) for row in rows]
    for column, key in (("recommended", "placed"), ("recommended_offered", "spend")):
        assert {row["channel"]: float(row[column]) for row in sheet} == pytest.approx(
            {row["channel"]: plan[key][row["channel"]] for row in sheet}
        )
    spend = plan["placed"]
    parts = {section.id: section for section in sections(opened, say)}
    [table] = [block for block in parts["budget"].blocks if block.kind == "table"]
    shown = {line.cells[0].text: line.cells[2].text for line in table.rows}
    assert shown.pop(say("total")) == f"{sum(spend.values()):,.0f}"
    shown.pop(say("free_row"), None)
    assert shown == {row["label"]: f"{spend[row['channel']]:,.0f}" for row in sheet}
    [moves] = [block for block in parts["verdict"].blocks if getattr(block, "look", "") == "moves"]
    told = {fact.name: fact.value for fact in moves.facts if fact.name in shown}
    assert told
    for label, text in told.items():
        assert text.endswith(shown[label])


def cells(line):
    return tuple((cell.text, cell.detail) for cell in line.cells)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_table_and_no_figure_stands_twice(folders, kind, lang):
    blocks = [
        (section.id, block)
        for section in sections(open_folder(folders[kind]), Speech(lang))
        for block in section.blocks
    ]
    tables = [(one.header, tuple(map(cells, one.rows))) for _, one in blocks if one.kind == "table"]
    assert tables
    assert len(set(tables)) == len(tables)
    assert len({rows for _, rows in tables}) == len(tables)
    figures = [re.sub(r"f\d+-", "", one.body) for _, one in blocks if one.kind == "figure"]
    assert len(set(figures)) == len(figures)
    plans = [
        line.cells[0].text for part, one in blocks if part == "rules" for line in getattr(one, "rows", ())
    ]
    assert len(set(plans)) == len(plans), "a plan is judged in one table"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_marked_as_simulated(folders, kind, lang):
    text = report(folders[kind], lang)
    captions = re.findall(r"<figcaption.*?</figcaption>", text, re.DOTALL)
    mark = {"en": "simulated", "zh": "模拟"}[lang]
    assert captions
    assert all(f'<span class="mark">{mark}</span>' in caption for caption in captions)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_above_the_first_screen_but_the_title(folders, kind, lang):
    text = report(folders[kind], lang)
    body = text[text.index("<body>") :]
    before, first = (
        body[: body.index("<section")],
        re.search(r'<section id="(\w+)"(.*?)</section>', body, re.DOTALL),
    )
    assert len(re.findall(r"<(?:p|h\d|nav|dl|table|figure)\b", before)) == 1
    basis = {"en": "Simulated; effects are assumed", "zh": "模拟结果；效果为假设"}[lang]
    if kind != "customers":  # it begins with no sentence that stands alone
        assert first[1] == "verdict"
        assert basis in first[2]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_number_has_an_exponent(folders, kind, lang):
    found = re.findall(
        r"(?<![\w.])[-\u2212+]?\d+(?:\.\d+)?e[-+\u2212]?\d+(?!\w)", Page(report(folders[kind], lang)).words
    )
    assert found == []


def test_a_chinese_page_says_no_english_of_its_own(folders):
    """What is left in Latin letters is marked as English, or is a name, a unit or an abbreviation."""
    text = report(folders["run"], "zh")
    bare = re.sub(r"<svg.*?</svg>|<style>.*?</style>|<dl>.*?</dl>", "", text, flags=re.DOTALL)
    bare = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", bare, flags=re.DOTALL)
    left = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", bare)))
    assert left <= {"beauty", "launch", "CNY", "LTV", "CAC", "KOL", "NPS", "CSAT", "omnifunnel", "pp"}


def test_text_from_a_scenario_is_escaped(tmp_path):
    nasty = '<script>alert("1")</script> & Co'
    out = make("run", tmp_path / "out", "--set", f"title={nasty}", "--set", f"channels.search.label={nasty}")
    for lang in LANGS:
        text = report(out, lang)
        page = Page(text)
        assert page.faults == []
        assert nasty in page.words
        assert "<script" not in text


def test_a_new_table_is_shown_and_not_dropped(copy):
    (copy / "robustness.csv").write_text(
        "channel,label,share_mean,share_low,share_high\nsearch,搜索,0.25,0.125,0.5\n", encoding="utf-8-sig"
    )
    rows = "".join(f"{n},{n}.5\n" for n in range(100))
    (copy / "flatness.csv").write_text(f"step,loss\n{rows}", encoding="utf-8")
    words = Page(report(copy)).words.replace("\u00a0", " ")
    assert "Robustness Channel Share 搜索 25.0 % 12.5 to 50.0 %" in words
    assert "70 more rows in flatness.csv" in words
    assert "29.5" in words


def test_a_new_figure_is_shown_and_too_many_are_named(copy):
    large = max((copy / "figures").glob("*.svg"), key=lambda path: path.stat().st_size)
    for number in range(25):
        shutil.copy(large, copy / "figures" / f"more-{number:02d}.svg")
    text = report(copy)
    page = Page(text)
    assert page.faults == []
    assert len(text.encode()) < LARGEST
    assert "more-24.svg" in page.words
    assert page.counts["figure"] > 10


def test_an_old_directory_gives_a_page(copy):
    """Before the record named its command, the words typed did."""
    record = json.loads((copy / "run.json").read_text(encoding="utf-8"))
    del record["answer"]
    record["command"] = ["omnifunnel", "run", "beauty-launch", "--out", "x", "--jobs=2", "--seed", "-1"]
    (copy / "run.json").write_text(json.dumps(record), encoding="utf-8")
    words = Page(report(copy)).words
    assert "omnifunnel run beauty-launch --seed -1" in words


def _write(name, text):
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def _replace(name, old, new):
    def change(folder):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


BREAKS = {
    "no record": (lambda folder: (folder / "run.json").unlink(), "run.json"),
    "no answer": (lambda folder: (folder / "summary.json").unlink(), "summary.json"),
    "half an answer": (_write("summary.json", '{"kpis": '), "summary.json:1:"),
    "a list": (_write("summary.json", "[1]"), "object"),
    "other fields": (_write("summary.json", '{"kpis": [1]}'), "run"),
    "a missing field": (_replace("summary.json", '"profit"', '"other"'), "profit"),
    "an unknown command": (_replace("run.json", '"answer": "run"', '"answer": "dream"'), "dream"),
    "no command": (_write("run.json", "{}"), "command"),
    "ragged rows": (_write("kpis.csv", "a,b\n1\n"), "row 2"),
    "no number": (_write("kpis.csv", "plan,kpi,unit,mean,low,high\na,roi,ratio,x,1,2\n"), "x"),
    "no text": (lambda folder: (folder / "kpis.csv").write_bytes(b"\xff\xfe\xff"), "UTF-8"),
    "no picture": (_write("figures/funnel.svg", "<svg>"), "figures/funnel.svg"),
    "no scenario": (_write("scenario.yaml", "a: [1"), "scenario.yaml:"),
    "a scenario of words": (_write("scenario.yaml", "words"), "scenario.yaml"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_directory_is_one_line(copy, case):
    change, told = BREAKS[case]
    change(copy)
    before = (copy / "report.html").read_bytes()
    result = invoke("report", copy)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [line] = result.stderr.strip().splitlines()
    assert str(copy) in line or "figures/" in line
    assert told in line
    assert (copy / "report.html").read_bytes() == before


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
def test_what_is_no_run_directory_is_one_line(tmp_path, name):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    result = invoke("report", tmp_path / name)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert name in result.stderr


def test_the_command_writes_where_asked_and_says_so(copy, tmp_path):
    result = invoke("report", copy, "--lang", "zh", "--out", tmp_path / "zh.html")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == str(tmp_path / "zh.html")
    assert (tmp_path / "zh.html").read_text(encoding="utf-8") == report(copy, "zh")
    assert invoke("report", copy, "--lang", "zh").stdout.strip() == str(copy / "report.html")
    assert (copy / "report.html").read_text(encoding="utf-8") == report(copy, "zh")


def test_a_file_of_ones_own_is_never_overwritten(copy, tmp_path):
    mine = tmp_path / "mine.html"
    mine.write_text("<!DOCTYPE html><p>mine", encoding="utf-8")
    for place in (mine, tmp_path, tmp_path / "no" / "folder.html"):
        result = invoke("report", copy, "--out", place)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
    assert mine.read_text(encoding="utf-8") == "<!DOCTYPE html><p>mine"


def test_help_ends_with_two_examples(copy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(copy, tmp_path / "runs" / "demo")
    lines = invoke("report", "--help").stdout.strip().splitlines()[-2:]
    for line in lines:
        words = line.split()
        assert words[:2] == ["omnifunnel", "report"]
        result = invoke(*words[1:])
        assert result.exit_code == 0, result.stderr
        assert result.stdout
