"""`omnifunnel truth`: what the answer holds, what is missing when it is undefined, what is written."""

import csv
import json
import math

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = ["--set", "population.agents=4000", "--replicates", "2", "--seed", "0"]
FEW = ["--no-pairs", "--shapley", "0", "--outage-periods", "0"]


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth") / "out"
    result = invoke("truth", "beauty-launch", *SMALL, "--shapley", "4", "--out", folder)
    assert result.exit_code == 0, result.stderr
    return folder, result.stdout


@pytest.fixture(scope="module")
def found(written):
    return json.loads((written[0] / "summary.json").read_text(encoding="utf-8"))


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_the_answer_names_every_counterfactual(found):
    assert {
        "lift",
        "alone",
        "shapley",
        "returns",
        "marginal",
        "outage",
        "synergy_full",
        "synergy_nothing",
    } == set(found["counterfactuals"])
    assert len(found["channels"]) == 9
    assert found["silent"] == []
    assert found["shapley"] == {"method": "sampled", "orders": 4}


def test_shapley_values_sum_to_all_channels_together(found):
    for measure in ("customers", "orders", "revenue", "margin", "profit"):
        parts = [one["shapley"][measure]["mean"] for one in found["channels"].values()]
        assert math.fsum(parts) == pytest.approx(found["total"][measure]["mean"], rel=1e-9, abs=1e-6)
    part = found["channels"]["search"]["shapley"]["orders"]
    assert set(part) == {"mean", "low", "high", "se_orders"}


def test_a_channel_without_money_has_no_returns(found, written):
    word = found["channels"]["word_of_mouth"]
    missing = {"mean": None, "low": None, "high": None}
    assert all(word[name] == missing for name in ("iroas", "roi", "mroas", "mroi"))
    line = next(
        row
        for row in rows(written[0], "channels")
        if (row["channel"], row["figure"]) == ("word_of_mouth", "iroas")
    )
    assert line["mean"] == ""
    table = written[1].split("Returns on a channel's own money")[1].split("Orders: removed last")[0]
    assert "口碑" in table
    assert next(text for text in table.splitlines() if "口碑" in text).count("—") == 5


def test_synergy_and_outages_are_complete(found, written):
    assert len(found["synergy"]) == 36
    assert len(rows(written[0], "synergy")) == 36 * 2 * 5
    assert found["outages"]["rule"] == 0.6
    assert found["outages"]["worst"] in found["outages"]["channels"]
    assert len(rows(written[0], "outages")) == 9
    assert (found["outages"]["first_period"], found["outages"]["last_period"]) == (23, 30)
    assert "Outage of one channel in weeks 23 to 30" in written[1]
    line = rows(written[0], "outages")[0]
    assert (line["first_period"], line["first_date"]) == ("23", found["outages"]["first_date"])
    label = found["channels"][found["outages"]["worst"]]["label"]
    assert f"Worst outage: {label} keeps" in written[1]
    assert len(rows(written[0], "complementarity")) == 36
    assert found["stage_coverage"]["share"] == 1.0
    for pair in found["complementarity"]["pairs"]:
        assert pair["jaccard"] is None or 0 <= pair["jaccard"] <= pair["overlap"] <= 1


def test_figures_are_written(written):
    names = {path.name for path in (written[0] / "figures").iterdir()}
    assert {"truth.png", "synergy.svg", "synergy-alone.png"} <= names


def test_the_text_tells_the_rule_and_what_adds_up(written):
    text = written[1]
    assert "Shapley values sum to all channels together" in text
    assert "the 60 % rule" in text
    assert "counts as a channel" in text
    assert max(len(line) for line in text.splitlines()) <= 110


def test_what_was_not_asked_for_is_null_and_not_written(tmp_path):
    folder = tmp_path / "out"
    result = invoke("truth", "beauty-launch", *SMALL, *FEW, "--replicates", "1", "--json", "--out", folder)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["shapley"] is found["synergy"] is found["outages"] is None
    assert found["channels"]["search"]["shapley"] is None
    assert found["channels"]["search"]["lift"]["orders"]["se_common"] is None
    assert not (folder / "synergy.csv").exists()
    assert not (folder / "outages.csv").exists()
    assert "lifts do not add up" in (folder / "figures" / "truth.svg").read_text(encoding="utf-8")


def test_threads_and_engines_change_nothing():
    tiny = ["--set", "population.agents=40", "--replicates", "1", "--set", "calendar.tail=4", *FEW, "--json"]
    how = ([], ["--jobs", "1"], ["--engine", "mesa", "--jobs", "2"])
    texts = {invoke("truth", "beauty-launch", *tiny, *more).stdout for more in how}
    assert len(texts) == 1
    assert texts != {""}


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["truth", "no-such-market"], "no-such-market"),
        (["truth", "beauty-launch", "--shapley", "-1"], "shapley"),
        (["truth", "beauty-launch", "--outage-periods", "x"], "outage-periods"),
        (["truth", "beauty-launch", "--measure", "fame"], "measure"),
        (["truth", "beauty-launch", "--variant", "unifed"], "unifed"),
    ],
)
def test_bad_input_is_told_in_words_with_exit_2(args, word):
    result = invoke(*args)
    assert result.exit_code == 2
    assert word in result.stderr
    assert result.stdout == ""


def test_verdicts_follow_the_whole_interval():
    from experiments.truth.estimates import verdict

    def kept(mean, low, high):
        return verdict({"mean": mean, "low": low, "high": high})

    assert kept(0.7, 0.65, 0.75) == "holds"
    assert kept(0.7, 0.5, 0.9) == "unclear"
    assert kept(0.1, 0.0, 0.2) == "fails"
    assert kept(0.7, None, None) == "holds"
    assert kept(0.5, None, None) == "fails"
    assert kept(None, None, None) is None


def test_a_window_longer_than_the_plan_is_cut_and_that_is_told():
    short = ["--set", "population.agents=200", "--replicates", "1", "--no-pairs", "--shapley", "0"]
    text = invoke("truth", "beauty-launch", *short, "--outage-periods", "60").stdout
    assert "The plan has 52 weeks, so the outage lasts 52 weeks, not the 60 of --outage-periods." in text
    assert (
        "so the outage lasts" not in invoke("truth", "beauty-launch", *short, "--outage-periods", "1").stdout
    )


def test_commands_that_need_the_truth_have_the_same_defaults():
    from experiments.commands import attribute, export, truth

    for command in (truth.truth, attribute.attribute, export.export):
        options = {option.name: option for option in command.params}
        assert options["shapley"].default == 12
        given = (command.context_settings or {}).get("default_map", {})
        assert given.get("replicates", options["replicates"].default) == 5
