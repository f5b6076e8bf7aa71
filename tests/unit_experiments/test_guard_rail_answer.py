"""Channels cut by more than half stand with what they bring in terminal, JSON, CSV and both pages."""

import csv
import html
import json
import re

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.report.folder import open_folder
from experiments.report.guard_rail import guard_rail_blocks
from experiments.report.page import report
from experiments.report.speech import Speech

ASKED = ["optimize", "beauty-launch", "--set", "population.agents=500", "--replicates", "3", "--runs", "20"]
ASKED += ["--objective", "profit", "--limit", "search<=0.3x", "--quiet"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("guard") / "out"
    result = CliRunner().invoke(main, [*ASKED, "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    return json.loads((out / "summary.json").read_text(encoding="utf-8")), out


def test_the_same_channels_and_figures_stand_everywhere(made):
    found, out = made
    rails = {rail["channel"]: rail for rail in found["guard_rail"]}
    now, new = found["status_quo"]["spend"], found["recommended"]["spend"]
    assert set(rails) == {name for name, money in now.items() if money > 0 and new[name] < 0.5 * money}
    assert "search" in rails
    rows = list(csv.DictReader((out / "guard_rail.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["channel"] for row in rows] == list(rails)
    for row in rows:
        rail = rails[row["channel"]]
        assert float(row["cost"]) == pytest.approx(rail["cost"]["mean"])
        assert float(row["return_low"]) == pytest.approx(rail["returns"]["low"])
        assert row["word"] == rail["word"]
    text = " ".join((out / "summary.txt").read_text(encoding="utf-8").split())
    assert "Cut by more than half" in text
    for lang, title in (("en", "Cut by more than half"), ("zh", "削减过半的渠道")):
        page = html.unescape(re.sub(r"<[^>]+>", " ", report(out, lang)))
        assert title in page
    for rail in rails.values():
        assert (rail["text"] in text) == (rail["word"] == "pays")


@pytest.mark.parametrize(("lang", "said"), [("en", "is cut by 70 % though"), ("zh", "被削减 70 %，但")])
def test_a_warning_stands_on_the_page_where_the_channel_pays(made, lang, said):
    found, out = made
    folder = open_folder(out)
    rail = next(row for row in found["guard_rail"] if row["channel"] == "search")
    for word, warned in (("pays", True), ("loses", False)):
        folder.summary["guard_rail"] = [rail | {"word": word, "cut": 0.7}]
        blocks = guard_rail_blocks(folder, Speech(lang))
        assert (len(blocks) == 2) is warned
        if warned:
            assert said in blocks[1].items[0]


def test_nothing_is_said_where_nothing_was_cut(made):
    folder = open_folder(made[1])
    for summary in ({"guard_rail": []}, {}):
        folder.summary.pop("guard_rail", None)
        folder.summary.update(summary)
        assert guard_rail_blocks(folder, Speech("en")) == []
