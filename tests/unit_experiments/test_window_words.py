"""Every screen that shows customers, CAC or LTV says up to when they count."""

import pytest
import yaml
from click.testing import CliRunner
from worlds import build, document

from experiments import texts
from experiments.cli import main

CALENDAR = {"start": "2026-01-05", "periods": 6, "tail": 4}


def world(**changes):
    return build(document(calendar=CALENDAR, **changes))[0]


def test_the_line_names_the_tail_and_the_horizon():
    told = texts.window_line(world())
    assert "to the end of the run, the 4 weeks after the plan included" in told
    assert "LTV is the margin of new customers to the end of the run: who is won late" in told
    short = texts.window_line(world(value={"gross_margin": 0.5, "ltv_horizon": 1}))
    assert "within 1 week of the first order and within the run: who is won late" in short
    assert "after the plan" not in texts.window_line(build(document(calendar=CALENDAR | {"tail": 0}))[0])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("run",), "Customers, CAC and LTV count, as ROI does, to the end of the run"),
        (("customers",), "New customers are those of the whole run"),
        (("truth", "--shapley", "0"), "Customers, orders and money count to the end of the run"),
        (("export", "--what", "customers"), "ltv is the margin to the end of the run"),
    ],
)
def test_screens_say_which_window_they_have(command, words, tmp_path):
    path = tmp_path / "market.yaml"
    people = {"people": 300, "agents": 300}
    path.write_text(yaml.safe_dump(document(calendar=CALENDAR, population=people)), encoding="utf-8")
    name, *more = command
    out = ["--out", str(tmp_path / "out")] if name == "export" else ["--replicates", "1"]
    found = CliRunner().invoke(main, [name, str(path), *more, *out])
    assert found.exit_code == 0, found.stderr
    assert words in " ".join(found.stdout.split())
