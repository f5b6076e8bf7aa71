"""Claims on the command line: outcomes with reasons, the page, its currency, and the figure's data."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from experiments.claims import page
from experiments.claims.outcomes import (
    FAILS,
    HOLDS,
    NOT_IDENTIFIED,
    NOT_MEASURED,
    UNDECIDED,
    Checked,
    counted,
    position,
    replicates_needed,
)
from experiments.cli import main
from experiments.plots.claims import claims_data

SMALL = ["--set", "population.agents=400", "--replicates", "3"]
MINE = """\
extends: conflicting-rules
name: mine
claims:
  - {id: cheaper, source: A0.5, says: Search at half its price costs less per order., metric: cost_per_order,
     variant: cheap, against: base, compare: ratio, low: 0.1, high: 1.0}
  - {id: far, source: A1.24, says: It returns 100 on 1., metric: roas, compare: level, low: 100}
  - {id: vague, source: A0.9, says: More orders., metric: orders, variant: cheap, against: base,
     compare: difference, low: 0, not_identified: It names no window., note: A remark.}
variants:
  cheap: {channels.search.price.cpc: 10, plan.per_period.search: 60_000}
"""


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half}


@pytest.mark.parametrize(
    ("estimate", "agreeing", "outcome"),
    [
        (around(1.5, 0.1), (1.4, 1.6), HOLDS),
        (around(1.5, 0.11), (1.4, 1.6), UNDECIDED),
        (around(1.2, 0.1), (1.4, 1.6), FAILS),
        (around(1.8, 0.1), (1.4, 1.6), FAILS),
        (around(0.7, 0.05), (0.6, None), HOLDS),
        (around(0.5, 0.05), (0.6, None), FAILS),
        (around(0.5, 0.05), (None, 0.6), HOLDS),
        (around(0.6, 0.05), (None, 0.6), UNDECIDED),
        ({"mean": 1.5, "low": None, "high": None}, (1.4, 1.6), UNDECIDED),
    ],
)
def test_where_an_interval_lies(estimate, agreeing, outcome):
    assert position(estimate, agreeing) == outcome


def test_replicates_needed_grow_with_the_square_of_the_interval():
    # half of the interval is 0.2, the nearest end 0.1 away: four times the replicates
    assert replicates_needed(around(1.5, 0.2), (1.4, 1.7), 20) == pytest.approx(80, abs=1)
    assert replicates_needed(around(1.5, 0.05), (1.4, 1.7), 20) is None
    assert replicates_needed(around(1.4, 0.2), (1.4, 1.7), 20) is None


@pytest.fixture
def mine(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_each_claim_has_an_outcome_with_its_reason(mine, tmp_path):
    out = tmp_path / "out"
    result = invoke("claims", mine, *SMALL, "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    claims = {claim["id"]: claim for claim in found["scenarios"]["mine"]}
    assert {name: claim["outcome"] for name, claim in claims.items()} == {
        "cheaper": HOLDS,
        "far": FAILS,
        "vague": NOT_IDENTIFIED,
    }
    assert claims["far"]["why"] == "the whole interval lies below 100"
    assert claims["vague"]["why"] == "It names no window."
    assert claims["vague"]["simulated"]["mean"] is not None
    assert claims["vague"]["unit"] == "orders"
    simulated = claims["cheaper"]["simulated"]
    assert 0.1 < simulated["low"] < simulated["mean"] < simulated["high"] < 1
    assert found["outcomes"] == {HOLDS: 1, FAILS: 1, NOT_IDENTIFIED: 1}
    assert (out / "claims.csv").is_file()
    assert (out / "figures" / "claims.png").is_file()
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == found
    again = invoke("claims", out / "scenario.yaml", *SMALL, "--json")
    assert json.loads(again.stdout) == found


def test_the_text_tells_source_range_value_and_remark(mine):
    text = invoke("claims", mine, *SMALL, "--quiet").stdout
    squeezed = " ".join(text.split())
    for words in ("0.10 to 1.00", "100 or more", "A0.5", "A remark.", "cost_per_order of cheap / base"):
        assert words in squeezed, words
    assert "Fewer than 20 replicates" in squeezed


def test_the_claim_of_a_ratio_is_the_quotient_of_what_two_runs_show(mine):
    found = json.loads(invoke("claims", mine, *SMALL, "--json").stdout)
    values = []
    for variant in (["--variant", "cheap"], []):
        kpis = json.loads(invoke("run", mine, *variant, *SMALL, "--json").stdout)["kpis"]
        values.append(kpis["spend"]["mean"] / kpis["orders"]["mean"])
    [cheaper, *_] = found["scenarios"]["mine"]
    assert cheaper["simulated"]["mean"] == pytest.approx(values[0] / values[1])


def test_one_replicate_decides_nothing(mine):
    found = json.loads(invoke("claims", mine, *SMALL, "--replicates", 1, "--json").stdout)
    assert [claim["outcome"] for claim in found["scenarios"]["mine"]] == [
        UNDECIDED,
        UNDECIDED,
        NOT_IDENTIFIED,
    ]


def test_all_shipped_scenarios_are_checked_at_once(tmp_path):
    from experiments.claims.answer import claiming

    out = tmp_path / "out"
    result = invoke("claims", *SMALL, "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert list(json.loads(result.stdout)["scenarios"]) == claiming()
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (run["seed"], run["replicates"], run["scenario"]) == (1, 3, None)
    assert {f"claims-{name}.png" for name in claiming()} <= {p.name for p in (out / "figures").iterdir()}


def test_a_scenario_without_claims_is_told(tmp_path):
    silent = tmp_path / "silent.yaml"
    silent.write_text(
        "schema_version: 1\nextends: conflicting-rules\nname: silent\nclaims: null\n", encoding="utf-8"
    )
    result = invoke("claims", silent)
    assert result.exit_code == 2
    assert "makes no claims" in result.stderr


@pytest.mark.parametrize("extra", [["beauty-launch"], ["--json"], ["--set", "population.agents=400"]])
def test_the_page_is_of_all_scenarios_as_shipped(extra, tmp_path):
    result = invoke("claims", "--write", tmp_path / "page.md", *extra)
    assert result.exit_code == 2
    assert "--write" in result.stderr
    assert invoke("claims", "--fresh").exit_code == 2


def test_metrics_are_listed():
    text = invoke("claims", "--metrics").stdout
    assert "path_channels_share:3-5" in text
    assert "worst_outage_kept" in text


@pytest.fixture
def one_scenario(monkeypatch):
    monkeypatch.setattr(page, "claiming", lambda: ["conflicting-rules"])


@pytest.mark.usefixtures("one_scenario")
def test_the_page_keeps_what_is_current_and_renews_the_rest(tmp_path, monkeypatch):
    path = tmp_path / "claims.md"
    assert invoke("claims", "--write", path, "--replicates", 2).exit_code == 0
    first = path.read_text(encoding="utf-8")
    assert "## conflicting-rules" in first
    assert "## Where sources contradict each other" in first

    asked = []
    real = page.check_claims

    def counted_check(*args, **kwargs):
        asked.append(args[0])
        return real(*args, **kwargs)

    monkeypatch.setattr(page, "check_claims", counted_check)
    invoke("claims", "--write", path, "--replicates", 2)
    assert asked == []
    assert path.read_text(encoding="utf-8") == first
    invoke("claims", "--write", path, "--replicates", 2, "--fresh")
    assert asked == ["conflicting-rules"]
    assert path.read_text(encoding="utf-8") == first
    invoke("claims", "--write", path, "--replicates", 3)
    assert asked == ["conflicting-rules"] * 2
    assert "3 replicates, seed 1" in path.read_text(encoding="utf-8").lower()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("one_scenario")
def test_an_interrupted_page_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "claims.md"
    invoke("claims", "--write", path, "--replicates", 2)
    before = path.read_text(encoding="utf-8")

    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(page, "check_claims", stopped)
    assert invoke("claims", "--write", path, "--replicates", 3).exit_code == 130
    assert path.read_text(encoding="utf-8") == before


def checked(name, estimate, **fields):
    from sim import Claim

    fields = {"low": 0.6, "compare": "level", "metric": "worst_outage_kept"} | fields
    claim = Claim(id=name, source="A1.3", says="It holds.", **fields)
    return Checked("mine", claim, estimate, "share", "CNY", 20)


def test_figure_rows_say_outcome_and_range():
    rows = [
        checked("one", around(0.7, 0.05)),
        checked("two", around(0.5, 0.05)),
        checked("three", {"mean": None, "low": None, "high": None}),
    ]
    assert counted(rows) == {HOLDS: 1, FAILS: 1, NOT_MEASURED: 1}
    data = claims_data(rows)
    assert data.title == "Of 3 claims run in mine, 1 holds, 1 fails, 1 was not measured"
    assert data.rows[0].text == "holds: 70.0 % (65.0 to 75.0 %)\nclaimed: 60.0 % or more"
    assert data.rows[0].view[0] < 0.6
    assert data.rows[0].view[1] > 0.75
    assert data.rows[2].view[0] < 0.6 < data.rows[2].view[1]


def test_scenarios_are_listed_with_their_claims():
    found = json.loads(invoke("scenarios", "--json").stdout)["scenarios"]
    entry = {one["name"]: one for one in found}["conflicting-rules"]
    assert entry["sources"] == ["A1.3", "A1.5", "A1.24", "E.1", "E.3"]
    assert entry["claims"] == 7
    assert set(entry["title"]) == {"en", "zh"}
    assert entry["people"] == 200_000
    assert entry["channels"]["search"] == {"en": "Search", "zh": "搜索"}
    assert entry["segments"]["firms"]["en"] == "Firms"
    text = invoke("scenarios").stdout
    for one in found:
        assert one["name"] in text
        assert one["currency"] in text


def test_a_case_has_its_labels_in_both_languages():
    from experiments.runner import open_case

    case = open_case("conflicting-rules", overrides=("population.agents=400",))
    assert case.labels["search"] == "搜索"
    assert case.labels_in("en")["search"] == "Search"
    assert case.labels_in("zh") == case.labels


def test_a_run_of_another_plan_is_written_without_claims_about_the_old_one(tmp_path):
    plan, out = tmp_path / "out" / "status_quo.csv", tmp_path / "again"
    assert invoke("run", "beauty-launch", *SMALL, "--out", tmp_path / "out").exit_code == 0
    assert invoke("run", "beauty-launch", *SMALL, "--plan", plan, "--out", out).exit_code == 0
    assert invoke("check", out / "scenario.yaml").exit_code == 0
    assert "makes no claims" in invoke("claims", out / "scenario.yaml").stderr
