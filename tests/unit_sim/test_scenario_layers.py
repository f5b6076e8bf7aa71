"""Layers of a scenario: extends, variants and --set, and where their faults point."""

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.source import ScenarioFile, load

SEG = "purchase_rate_per_period: {mean: 0.1}, lapse_rate_per_period: {mean: 0.1}, order_value: {mean: 10}}"
BASE = f"""\
schema_version: 1
name: base
title: Base
currency: EUR
calendar: {{start: 2026-01-05, periods: 10}}
value: {{gross_margin: 0.5}}
population: {{people: 1000, agents: 100}}
segments:
  a: {{share: 1, {SEG}
channels:
  tv: {{kind: paid, price: {{cpm: 10}}, ctr: 0.1}}
  shop: {{kind: owned, sells: {{basket: 2}}}}
synergies: [{{first: tv, then: shop, boost: 0.5}}]
plan: {{per_period: {{tv: 100}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inside = tmp_path / "mine"
    inside.mkdir()
    (inside / "base.yaml").write_text(BASE, encoding="utf-8")
    monkeypatch.chdir(inside)
    return inside


def read(text: str, **options: object) -> ScenarioFile:
    Path("x.yaml").write_text(text, encoding="utf-8")
    return load("x.yaml", **options)  # type: ignore[arg-type]


def faults(text: str, **options: object) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(text, **options)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.usefixtures("folder")
class TestExtends:
    def test_mappings_merge_lists_and_scalars_replace_null_takes_away(self) -> None:
        file = read(
            "extends: base.yaml\nname: child\nsynergies: []\n"
            "channels: {tv: {price: {cpm: null, cpc: 2}}, shop: {sells: {pull: 1}}}\n"
        )
        scenario = file.scenario
        price, sells = scenario.channels["tv"].price, scenario.channels["shop"].sells
        assert (scenario.name, scenario.title, scenario.synergies) == ("child", "Base", ())
        assert price is not None
        assert (price.cpm, price.cpc) == (None, 2)
        assert sells is not None
        assert (sells.basket, sells.pull) == (2, 1)
        assert "extends" not in file.document
        assert file.document["channels"]["tv"]["price"] == {"cpc": 2}

    def test_a_shipped_scenario_by_name_and_a_file_below(self) -> None:
        assert read("extends: beauty-launch\nname: mine\n").scenario.channels["search"].ctr == 0.06
        Path("sub").mkdir()
        Path("base.yaml").rename("sub/b.yaml")
        assert read("extends: sub/b.yaml\n").scenario.name == "base"

    def test_faults_point_to_the_file_in_which_the_value_stands(self) -> None:
        Path("base.yaml").write_text(BASE.replace("cpm: 10", "cpm: -1"), encoding="utf-8")
        assert faults("extends: base.yaml\nvalue: {gross_margin: 2}\n") == [
            "x.yaml:2:23: value.gross_margin: must be <= 1, got 2",
            "base.yaml:11:33: channels.tv.price.cpm: must be > 0, got -1",
        ]

    @pytest.mark.parametrize(
        "name", ["../out.yaml", "sub/../../out.yaml", "link.yaml", "{absolute}", "linked/out.yaml"]
    )
    def test_outside_of_the_folder_is_refused(self, folder: Path, name: str) -> None:
        outside = folder.parent / "out.yaml"
        outside.write_text(BASE, encoding="utf-8")
        Path("link.yaml").symlink_to(outside)
        Path("linked").symlink_to(folder.parent)
        Path("sub").mkdir()
        name = name.format(absolute=outside)
        rule = "must be a shipped scenario or a file in the folder of this one, or below it"
        [fault] = faults(f"name: x\nextends: {name}\n")
        assert fault.startswith(f"x.yaml:2:10: extends: {rule}, got ")

    def test_a_base_may_not_reach_above_its_own_folder(self) -> None:
        Path("sub").mkdir()
        Path("sub/b.yaml").write_text("extends: ../base.yaml\n", encoding="utf-8")
        [fault] = faults("extends: sub/b.yaml\n")
        assert fault.startswith(
            "sub/b.yaml:1:10: extends: must be a shipped scenario or a file in the folder"
        )

    def test_cycles_are_refused(self) -> None:
        Path("y.yaml").write_text("extends: x.yaml\n", encoding="utf-8")
        assert faults("extends: y.yaml\n") == [
            "y.yaml:1:10: extends: must not form a cycle: x.yaml -> y.yaml -> x.yaml, got x.yaml"
        ]
        assert faults("extends: x.yaml\n") == [
            "x.yaml:1:10: extends: must not form a cycle: x.yaml -> x.yaml, got x.yaml"
        ]

    def test_long_chains_are_refused(self) -> None:
        for number in range(12):
            Path(f"c{number}.yaml").write_text(f"extends: c{number + 1}.yaml\n", encoding="utf-8")
        [fault] = faults("extends: c0.yaml\n")
        assert "must not go on for more than 8 files" in fault

    def test_a_base_that_is_missing_or_no_name(self) -> None:
        assert faults("extends: retail-medias\n") == [
            "x.yaml:1:10: extends: no such scenario file (did you mean 'retail-media'?)"
        ]
        assert faults("extends: [base.yaml]\n") == [
            "x.yaml:1:10: extends: must be a name or a path, got a list"
        ]

    def test_a_history_is_looked_for_beside_the_file_that_names_it(self) -> None:
        file = read("extends: retail-media\nname: mine\n")
        assert file.status_quo().total == pytest.approx(14_529_098.51)
        assert file.folder == Path.cwd()


@pytest.mark.usefixtures("folder")
class TestSet:
    def test_values_are_yaml_and_later_ones_win(self) -> None:
        sets = ["channels.tv.ctr=0.2", "channels.tv.ctr=0.3", "synergies.0.boost=2", "title={en: A, zh: no}"]
        file = read(
            BASE,
            overrides=[*sets, "value.ltv_horizon=3", "identity.match_rate=0.5", "channels.shop.label=no"],
        )
        scenario = file.scenario
        assert scenario.channels["tv"].ctr == 0.3
        assert scenario.synergies[0].boost == 2
        assert scenario.title.zh == "no"  # type: ignore[union-attr]
        assert scenario.value.ltv_horizon == 3
        assert scenario.identity.match_rate == 0.5
        assert scenario.channels["shop"].label == "no"
        assert file.document["identity"] == {"match_rate": 0.5}

    def test_null_takes_a_key_away(self) -> None:
        assert read(BASE, overrides=["plan.per_period=null"]).status_quo().total == 0

    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            (
                "channels.tvv.reach=2",
                "channels.tvv.reach: there is no 'tvv' in 'channels' (did you mean 'tv'?)",
            ),
            (
                "chanels.tv.reach=2",
                "chanels.tv.reach: there is no 'chanels' in the scenario (did you mean 'channels'?)",
            ),
            ("channels.tv.reach=2", "channels.tv.reach: must be <= 1, got 2"),
            ("channels.tv.reech=1", "channels.tv.reech: unknown field (did you mean 'reach'?)"),
            ("channels.tv.price.cpm=x", "channels.tv.price.cpm: must be a number, got x"),
            ("title.en=x", "title.en: 'title' is a single value, 'en' cannot be set in it"),
            ("synergies.1.boost=1", "synergies.1.boost: 'synergies' is a list of 1: '1' must be 0 to 0"),
            ("variants.a=1", "variants.a: 'variants' cannot be set from here"),
            ("extends=1", "extends: 'extends' cannot be set from here"),
            (
                "title=[",
                "title: not YAML: expected the node content, but found "
                "'<stream end>' while parsing a flow node",
            ),
            ("title", "must be written key=value, with a dotted key"),
            ("=3", "must be written key=value, with a dotted key"),
            ("a..b=3", "must be written key=value, with a dotted key"),
        ],
    )
    def test_faults_name_the_setting(self, setting: str, expected: str) -> None:
        assert faults(BASE, overrides=[setting]) == [f"--set {setting}: {expected}"]

    def test_faults_between_a_setting_and_the_file_point_to_the_file(self) -> None:
        assert faults(BASE, overrides=["segments.a.share=0.5"]) == [
            "x.yaml:9:3: segments: shares must sum to 1, got 0.5"
        ]


VARIANTS = BASE + "variants:\n  good: {channels.tv.ctr: 0.5}\n"


@pytest.mark.usefixtures("folder")
class TestVariants:
    def test_order_is_file_variant_set(self) -> None:
        assert read(VARIANTS).scenario.channels["tv"].ctr == 0.1
        assert read(VARIANTS, variant="good").scenario.channels["tv"].ctr == 0.5
        file = read(VARIANTS, variant="good", overrides=["channels.tv.ctr=0.7"])
        assert file.scenario.channels["tv"].ctr == 0.7
        assert "variants" not in file.document

    def test_a_child_may_change_take_away_and_add_variants(self) -> None:
        Path("base.yaml").write_text(VARIANTS, encoding="utf-8")
        child = "extends: base.yaml\nvariants: {good: null, other: {channels.tv.ctr: 0.2}}\n"
        assert list(read(child).scenario.variants) == ["other"]

    def test_unknown_variant(self) -> None:
        assert faults(VARIANTS, variant="goood") == [
            "x.yaml:16:3: variants: has no variant 'goood', only good (did you mean 'good'?)"
        ]
        assert faults(BASE, variant="good") == ["x.yaml:1:1: variants: has no variants"]

    @pytest.mark.parametrize(
        ("variant", "expected"),
        [
            ("{channels.tv.ctr: 2}", "17:26: variants.bad.channels.tv.ctr: must be <= 1, got 2"),
            (
                "{channels.tvv.ctr: 1}",
                "17:9: variants.bad.channels.tvv.ctr: there is no 'tvv' in 'channels' (did you mean 'tv'?)",
            ),
            ("{segments.a.share: 0.5}", "17:9: variants.bad.segments: shares must sum to 1, got 0.5"),
            (
                "{channels.tv.cttr: 1}",
                "17:9: variants.bad.channels.tv.cttr: unknown field (did you mean 'ctr'?)",
            ),
            (
                "{channels.shop.sells: null}",
                "17:9: variants.bad.channels: at least one channel must have sells, got none",
            ),
            ("3", "17:8: variants.bad: must be a mapping, got 3"),
        ],
    )
    def test_a_broken_variant_is_found_without_asking_for_it(self, variant: str, expected: str) -> None:
        assert faults(VARIANTS + f"  bad: {variant}\n") == [f"x.yaml:{expected}"]

    def test_another_broken_variant_does_not_hinder_the_one_asked_for(self) -> None:
        text = VARIANTS + "  bad: {channels.tv.ctr: 2}\n"
        assert read(text, variant="good").scenario.channels["tv"].ctr == 0.5
        assert faults(text, variant="bad") == ["x.yaml:17:26: channels.tv.ctr: must be <= 1, got 2"]

    def test_a_fault_of_the_file_is_told_once(self) -> None:
        assert len(faults(VARIANTS.replace("gross_margin: 0.5", "gross_margin: 5"))) == 1
