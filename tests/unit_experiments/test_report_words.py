"""The words of the report: both languages have all of them, and none is left over."""

import re
import string
from pathlib import Path

import pytest

from experiments import method_words
from experiments.cli import main
from experiments.recommend.details import origin_of
from experiments.recommend.judged import BASELINE_NAMES as BASELINES
from experiments.report import names, search_drawn, search_words, words
from experiments.report.names import NAMES
from experiments.report.page import LAST, PARTS
from experiments.report.speech import Speech
from experiments.report.words import LANGUAGES, TEXTS
from optimize import METHODS as SEARCHES, TARGETS
from optimize.finding import TODAYS_TIMING
from optimize.frontier import TODAY
from optimize.opinions import LINEAR, OPTUNA, TRUST, VERTEX
from optimize.polishing import SLOPES
from sim import CHANNEL_MEASURES, KPIS, RULES, Stage

SOURCES = [
    path.read_text(encoding="utf-8")
    for path in Path(words.__file__).parent.glob("*.*")
    if path.suffix in (".py", ".html")
    and path.name not in {Path(one.__file__).name for one in (names, search_drawn, search_words, words)}
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Sections that pages of any command may have.
ALWAYS = ("answer", "figures", "tables", *(part.key for part in LAST))
#: Texts that are the same in both languages: abbreviations and numbers.
ALIKE = {"ltv_cac", "five_three_two"}
#: What finds plans, as the search and the judge name it.
FOUND_BY = {
    *(*SEARCHES, *BASELINES, "hand", TODAY, TODAYS_TIMING, SLOPES),
    *(LINEAR, TRUST, VERTEX, OPTUNA),
}


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_every_text(key):
    assert len(TEXTS[key]) == len(LANGUAGES)
    english, chinese = TEXTS[key]
    assert english.strip()
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese) or not re.search(r"[a-z]{3}", re.sub(r"{\w+}", "", english))
    assert places(english) == places(chinese)


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_used(key):
    quoted = re.compile(rf"""["']{key}["']""")
    assert any(quoted.search(source) for source in SOURCES), f"nothing says '{key}'"


def test_every_text_used_is_there():
    said = {key for source in SOURCES for key in re.findall(r"""\bsay\(\s*["'](\w+)["']""", source)}
    assert said
    assert said - set(TEXTS) == set()


@pytest.mark.parametrize("family", NAMES)
def test_both_languages_have_every_name(family):
    for key, (english, chinese) in NAMES[family].items():
        assert english.strip()
        assert CHINESE.search(chinese) or key in ALIKE, key


@pytest.mark.parametrize(
    ("family", "members"),
    [
        ("kpi", KPIS),
        ("measure", CHANNEL_MEASURES),
        ("stage", [stage.name.lower() for stage in Stage]),
        ("rule", RULES),
        ("target", TARGETS),
        ("section", [*(part.key for parts in PARTS.values() for part in parts), *ALWAYS]),
    ],
)
def test_a_family_has_a_name_for_each_member(family, members):
    assert set(NAMES[family]) == set(members)


def test_english_names_are_those_of_the_model():
    assert {key: pair[0] for key, pair in NAMES["kpi"].items()} == {k: kpi.label for k, kpi in KPIS.items()}
    assert {key: pair[0] for key, pair in NAMES["measure"].items()} == {
        key: label for key, (label, _) in CHANNEL_MEASURES.items()
    }


def test_every_command_that_writes_a_run_directory_has_a_title():
    writing = {
        name
        for name, command in main.commands.items()
        if any(
            getattr(option, "help", None) == "Write a run directory here; must be new or empty."
            for option in command.params
        )
    }
    assert {"run", "compare", "optimize", "attribute"} <= writing
    assert writing - set(NAMES["command"]) == set()


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ("ROI (incremental)", "投资回报率（增量）"),
        ("Unaware", "未知"),
        ("Money placed over the whole plan, CNY", "整个方案的投出金额，CNY"),
        ("limits of what is offered", "计划金额的约束"),
        ("Money offered, CNY", "计划金额，CNY"),
        (
            "1 % more budget: ROI +0.004 (-0.115 to +0.124), not told apart from zero",
            "预算增加 1 %：投资回报率（增量） +0.004（-0.115 至 +0.124），与零无法区分".replace("） ", "）"),
        ),
        ("1 % more budget: profit -2.10 k by the curves", "预算增加 1 %：利润（增量）-2.10 k，按曲线"),
        ("markov_1: 4.5 pp", "马尔可夫 1 阶：4.5 pp"),
        ("CNY +4.34 (-13.27 to +4.59)", "CNY +4.34 (-13.27 至 +4.59)"),
        (
            "Against ''silo'', by the 95 % interval of the paired difference",
            "对照“silo”，配对差异的 95 % 区间",
        ),
        ("Change relative to the plan of today", "相对“当前方案”的变化"),
        ("抖音直播", "抖音直播"),
        ("123 k, unchanged", "123 k，不变"),
        ("at a limit: +2.37 k", "触及约束：+2.37 k"),
        ("at a limit: 0", "触及约束：0"),
        ("simulated", "模拟"),
    ],
)
def test_text_in_figures_is_said_in_chinese_where_it_has_a_name(drawn, said):
    assert Speech("zh").drawn(drawn) == said
    assert Speech("en").drawn(drawn) == drawn


def test_whatever_finds_plans_has_a_name():
    assert set(NAMES["method"]) >= FOUND_BY
    for origin in FOUND_BY - {"search"}:
        english = method_words.METHODS[origin][0]
        assert origin_of(origin, "lp") == Speech("en").found_by(origin, "lp") == english


def test_what_the_method_found_bears_its_name():
    assert origin_of("search", "lp") == Speech("en").found_by("search", "lp") == method_words.METHODS["lp"][0]
    assert origin_of("search", "default") == "response surface"
    assert Speech("zh").found_by("search", "default") == "响应面"


def test_plans_that_come_in_a_row_are_counted():
    assert [
        Speech("en").plan(name) for name in ("leader_2", "pareto_0", "linear_1", "historical", "a_b_1")
    ] == [
        *("finalist 2", "choice 1", "LP choice 2", "today's mix", "a b 1"),
    ]
    assert Speech("zh").plan("leader_2") == "入围方案 2"
