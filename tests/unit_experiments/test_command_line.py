"""The command line: answers, exit codes, one line a fault, quick help."""

import datetime as dt
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from experiments.cli import main

SMALL = ["--set", "population.agents=400", "--replicates", "3"]
HEAVY = {"numba", "mesa", "matplotlib", "pandas", "optuna", "pulp", "numpy", "rich", "pydantic", "scipy"}


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def answer(*args):
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_help_imports_nothing_heavy():
    code = f"import sys, experiments.cli; print({HEAVY!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_help_is_quick():
    """In processor time: other work on the machine lengthens only the clock's."""
    resource = pytest.importorskip("resource")
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "--help"]

    def seconds():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = [seconds()]
    for _ in range(3):
        subprocess.run(command, capture_output=True, check=True)
        times.append(seconds())
    assert 0 < min(after - before for before, after in pairwise(times)) < 0.3


@pytest.mark.parametrize(
    "command",
    ["run", "compare", "claims", "optimize", "truth", "fit-customers", "scenarios", "check", "new", "schema"],
)
def test_help_ends_with_two_examples_that_run(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = invoke(command, "--help").stdout.strip().splitlines()[-2:]
    for line in lines:
        words = shlex.split(line)
        assert words[:2] == ["omnifunnel", command]
        if ">" in words:
            words = words[: words.index(">")]
        extra = SMALL if command in ("run", "compare", "claims", "optimize", "truth") else []
        extra = [*extra, "--runs", "30"] if command == "optimize" else extra
        result = invoke(*words[1:], *extra)
        assert result.exit_code == 0, (line, result.stderr)
        assert result.stdout


def test_run_json_holds_kpis_and_channels():
    found = answer("run", "beauty-launch", *SMALL)
    assert {"schema_version", "scenario", "seed", "replicates", "currency", "kpis", "channels"} <= set(found)
    assert found["scenario"] == "beauty-launch"
    assert set(found["kpis"]["roi"]) == {"mean", "low", "high", "unit"}
    assert found["kpis"]["roi"]["low"] <= found["kpis"]["roi"]["mean"] <= found["kpis"]["roi"]["high"]
    assert found["channels"]["douyin_live"]["label"] == "抖音直播"
    assert "compiled" not in json.dumps(found)


def test_run_json_is_the_same_on_any_engine_and_any_number_of_threads():
    texts = {
        invoke(
            "run", "beauty-launch", "--set", "population.agents=60", "--replicates", "2", "--json", *more
        ).stdout
        for more in ([], ["--engine", "mesa"], ["--jobs", "1"], ["--jobs", "2"])
    }
    assert len(texts) == 1


def test_seed_zero_is_a_seed():
    zero = answer("run", "beauty-launch", *SMALL, "--seed", "0")
    one = answer("run", "beauty-launch", *SMALL, "--seed", "1")
    assert zero["seed"] == 0
    assert zero["kpis"]["revenue"] != one["kpis"]["revenue"]


def test_one_replicate_has_no_interval_and_says_so():
    found = answer("run", "beauty-launch", *SMALL, "--replicates", "1")
    assert found["kpis"]["roi"]["low"] is None
    text = invoke("run", "beauty-launch", *SMALL, "--replicates", "1").stdout
    assert "no interval" in text


def test_run_prints_answer_to_stdout_and_notes_to_stderr():
    result = invoke("run", "beauty-launch", *SMALL)
    assert "Assumptions" in result.stdout
    assert "--out" not in result.stdout
    assert "--out" in result.stderr
    assert invoke("run", "beauty-launch", *SMALL, "--quiet").stderr == ""


def test_tables_align_with_chinese_labels():
    from experiments.plots.style import text_width

    lines = invoke("run", "beauty-launch", *SMALL).stdout.splitlines()
    table = next(n for n, line in enumerate(lines) if line.startswith("Channels: delivery"))
    rule = next(n for n, line in enumerate(lines) if n > table and line.lstrip().startswith("──"))
    rows = [line.rstrip() for line in lines[rule + 1 : rule + 10]]
    assert len({text_width(line) for line in rows}) == 1


PRICED = [
    "douyin_feed",
    "douyin_live",
    "marketplace",
    "private_domain",
    "search",
    "store",
    "weibo",
    "xiaohongshu_kol",
]
HEADER = ["date", *(f"{name}_spend" for name in PRICED)]


def write_plan(path, *, header=HEADER, cell="1000", start="2026-09-07"):
    """A plan of 52 weeks; `cell` stands in the fourth column of the tenth week."""
    days = [dt.date.fromisoformat(start) + dt.timedelta(weeks=week) for week in range(52)]
    rows = [[day.isoformat(), *["1000"] * (len(header) - 1)] for day in days]
    rows[9][3] = cell
    path.write_text("\n".join(",".join(row) for row in [header, *rows]), encoding="utf-8")
    return path


def test_spend_csv_replaces_the_plan(tmp_path):
    csv = write_plan(tmp_path / "spend.csv", cell="500")
    found = answer("run", "beauty-launch", *SMALL, "--plan", csv)
    assert found["plan"] == "spend.csv"
    assert found["channels"]["search"]["spend"]["mean"] <= 52_000


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"header": [*HEADER, "douyin_life_spend"]}, "douyin_life"),
        ({"header": HEADER[:-1]}, "xiaohongshu_kol_spend"),
        ({"cell": "-5"}, "marketplace"),
        ({"cell": "nan"}, "marketplace"),
        ({"cell": ""}, "marketplace"),
        ({"start": "2020-01-06"}, "2026-09-07"),
    ],
)
def test_a_bad_plan_is_refused_and_nothing_is_written(tmp_path, how, word):
    csv = write_plan(tmp_path / "spend.csv", **how)
    result = invoke("run", "beauty-launch", *SMALL, "--plan", csv, "--out", tmp_path / "out")
    assert_refused(result, word)
    assert [path.name for path in tmp_path.iterdir()] == ["spend.csv"]


def assert_refused(result, word):
    assert result.exit_code == 2, result.stderr
    assert word in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["run", "no-such-market"], "no-such-market"),
        (["run", "beauty-launch", "--set", "population.agent=5"], "agents"),
        (["run", "beauty-launch", "--set", "segments.gen_z.share=0.9"], "share"),
        (["run", "beauty-launch", "--variant", "unifed"], "unifed"),
        (["run", "beauty-launch", "--set", "population.agents=1000000000"], "memory"),
        (["run", "beauty-launch", "--seed", "-1"], "seed"),
        (["run", "beauty-launch", "--replicates", "0"], "replicates"),
        (["run", "beauty-launch", "--plan", "no-such.csv"], "no-such.csv"),
        (["compare", "beauty-launch"], "variants"),
        (["compare", "beauty-launch", "--variants", "unifed"], "unifed"),
        (["optimize", "beauty-launch", "--objective", "fame"], "fame"),
        (["optimize", "beauty-launch", "--budget", "-5", *SMALL], "-5"),
        (["optimize", "beauty-launch", "--budget", "nan", *SMALL], "nan"),
        (
            ["optimize", "beauty-launch", "--set", "optimization.limits=[{channel: store, min: 9e9}]"],
            "limits:",
        ),
        (["check", "no-such.yaml"], "no-such.yaml"),
        (["new", "my.yaml", "--from", "nothing"], "nothing"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_told_in_words_with_exit_2(args, word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(invoke(*args), word)
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    file = tmp_path / "my.yaml"
    assert invoke("new", file, "--from", "beauty-launch").exit_code == 0
    text = (
        file.read_text(encoding="utf-8")
        .replace("currency: CNY", "currency: yuan")
        .replace("periods: 52", "period: 52")
    )
    file.write_text(text, encoding="utf-8")
    result = invoke("check", file)
    assert result.exit_code == 2
    assert len([line for line in result.stderr.splitlines() if re.match(r".*my\.yaml:\d+:\d+: ", line)]) >= 2


def test_check_says_ok_with_a_summary():
    result = invoke("check", "beauty-launch")
    assert result.exit_code == 0
    assert "beauty-launch: ok" in result.stdout
    assert "抖音直播" in result.stdout


def test_check_finds_limits_that_no_plan_meets(tmp_path):
    limits = "optimization.limits=[{channel: store, min_share: 0.7}, {channel: search, min_share: 0.6}]"
    assert_refused(invoke("check", "beauty-launch", "--set", limits), "limits:")


@pytest.mark.parametrize("name", ["beauty-launch", "retail-media"])
def test_new_copies_a_scenario_that_works_and_overwrites_nothing(name, tmp_path):
    file = tmp_path / "deep" / "my.yaml"
    assert invoke("new", file, "--from", name).exit_code == 0
    assert invoke("check", file).exit_code == 0
    before = file.read_bytes()
    again = invoke("new", file, "--from", name)
    assert_refused(again, "exists")
    assert file.read_bytes() == before


def test_schema_is_json():
    assert json.loads(invoke("schema").stdout)["$schema"]


def test_compare_pairs_every_variant_with_the_file():
    found = answer("compare", "beauty-launch", "--variants", "silo,unified", *SMALL)
    assert list(found["cases"]) == ["beauty-launch", "silo", "unified"]
    assert found["cases"]["beauty-launch"]["difference"] is None
    difference = found["cases"]["silo"]["difference"]["revenue"]
    means = [found["cases"][name]["kpis"]["revenue"]["mean"] for name in ("silo", "beauty-launch")]
    assert difference["mean"] == pytest.approx(means[0] - means[1])


def test_compare_takes_several_files(tmp_path):
    file = tmp_path / "mine.yaml"
    invoke("new", file, "--from", "beauty-launch")
    found = answer("compare", "beauty-launch", file, *SMALL)
    assert list(found["cases"]) == ["beauty-launch", "beauty-launch (2)"]
    assert found["cases"]["beauty-launch (2)"]["difference"]["revenue"]["mean"] == 0


def test_interrupt_is_130_without_traceback(monkeypatch, tmp_path):
    import sim

    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim, "replicate_kpis", stopped, raising=False)
    result = invoke("run", "beauty-launch", *SMALL, "--out", tmp_path / "out")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
def test_a_reader_that_leaves_is_no_traceback():
    command = (
        f"{shlex.quote(sys.executable)} -c 'from experiments.cli import main; main()' schema | head -c 10"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_output_that_cannot_show_chinese_does_not_fail():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "check", "beauty-launch"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "beauty-launch: ok" in done.stdout


def test_installed_version_is_told():
    assert invoke("--version").stdout.startswith("omnifunnel")


def test_paths_with_spaces_and_chinese_work(tmp_path: Path):
    file = tmp_path / "我的 市场.yaml"
    assert invoke("new", file, "--from", "beauty-launch").exit_code == 0
    assert invoke("check", file).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be ended politely there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_ended_from_outside_leaves_nothing_half_done(tmp_path, number):
    out = tmp_path / "here" / "run"
    call = "from experiments.cli import main; main()"
    arguments = ["run", "beauty-launch", "--set", "population.agents=400000", "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-c", call, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        until = time.monotonic() + 120
        while not (tmp_path / "here").exists() and time.monotonic() < until:
            time.sleep(0.05)
        command.send_signal(number)
        said = command.communicate(timeout=120)[1].decode()
    assert (command.returncode, "interrupted" in said) == (130, True)
    assert not list(tmp_path.iterdir())
