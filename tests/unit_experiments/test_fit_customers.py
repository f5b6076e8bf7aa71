"""`omnifunnel fit-customers`: answers, warnings, the segment file, and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from experiments.cli import main
from sim import cdnow_transactions, load


def invoke(*args):
    return CliRunner().invoke(main, ["fit-customers", *(str(arg) for arg in args)])


def answer(*args):
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(result, *words, code=2):
    assert result.exit_code == code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture
def orders(tmp_path) -> Path:
    """The first 400 customers of the shipped sample as a user's CSV."""
    sample = cdnow_transactions()
    dates = [np.datetime64("0001-01-01") + int(day) - 1 for day in sample.day_n]
    columns = zip(sample.customer_n, dates, sample.amount_n, strict=True)
    rows = [f"c{customer},{date},{amount:.2f}" for customer, date, amount in columns if customer < 400]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8-sig")
    return path


def test_json_holds_estimates_with_errors_and_the_holdout():
    found = answer("cdnow", "--calibration-end", "1997-09-30")
    parameters = found["purchases"]["parameters"]
    assert list(parameters) == ["r", "alpha", "s", "beta"]
    assert parameters["r"]["estimate"] == pytest.approx(0.553, abs=5e-4)
    assert 0.04 < parameters["r"]["standard_error"] < 0.06
    assert (found["customers"], found["repeat_purchases"]) == (2357, 2457)
    holdout = found["holdout"]
    assert (holdout["periods"], holdout["actual"]) == (39.0, 1882)
    assert holdout["predicted"] == pytest.approx(sum(row["predicted"] for row in holdout["by_repeats"]))
    assert sum(row["customers"] for row in holdout["by_repeats"]) == 2357
    assert 1000 < found["alive"] < 1100
    assert found["rates"]["purchase_rate"]["estimate"] == pytest.approx(0.0523, abs=1e-4)
    assert any("media" in line for line in found["not_estimated"])


def test_text_says_what_is_estimated_and_what_is_not():
    result = invoke("cdnow", "--calibration-end", "1997-09-30")
    assert result.exit_code == 0
    for words in ("Pareto/NBD", "10.58", "0.8427", "Gamma-Gamma", "Predicted 1,666 orders", "1,882 came"):
        assert words in result.stdout
    estimated, missing = result.stdout.split("Estimated from these orders")[1].split("Not estimated")
    assert "media" not in estimated
    assert "Responsiveness to media" in missing
    assert "The data hardly tell beta" in result.stdout
    assert all(len(line) <= 110 for line in result.stdout.splitlines())
    assert "nothing written" in result.stderr


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_nbd"])
def test_models_without_a_lapse_rate_print_and_give_no_segment(model, tmp_path):
    assert answer("cdnow", "--model", model)["segment"] is None
    assert "no lapse rate per period" in invoke("cdnow", "--model", model).stdout
    out = tmp_path / "customers.yaml"
    refused(invoke("cdnow", "--model", model, "--out", out), "use pareto_nbd")
    assert not out.exists()


@pytest.mark.parametrize("period", ["week", "day"])
def test_a_scenario_can_extend_the_segment_file(period, tmp_path):
    out = tmp_path / "deep" / "customers.yaml"
    found = answer("cdnow", "--period", period, "--out", out)
    text = out.read_text(encoding="utf-8")
    assert f"use it with calendar.period {period}" in text
    assert "Responsiveness to media" in text
    scenario = tmp_path / "deep" / "mine.yaml"
    scenario.write_text(
        "extends: customers.yaml\nschema_version: 1\nname: mine\ntitle: Mine\ncurrency: USD\n"
        f"calendar: {{start: 2026-01-05, period: {period}, periods: 4}}\n"
        "value: {gross_margin: 0.5}\npopulation: {people: 1000, agents: 100}\n"
        "channels: {shop: {kind: physical, sells: {}}}\n",
        encoding="utf-8",
    )
    segment = load(str(scenario)).scenario.segments["fitted"]
    assert segment.purchase_rate_per_period.mean == found["segment"]["purchase_rate_per_period"]["mean"]
    assert segment.order_value.cv_between == pytest.approx(0.68, abs=0.02)
    before = out.read_bytes()
    refused(invoke("cdnow", "--period", period, "--out", out), "exists already")
    assert out.read_bytes() == before


def test_a_users_csv_gives_the_same_customers(orders):
    found = answer(orders, "--calibration-end", "1997-09-30")
    assert found["customers"] == 400
    assert found["orders"] == str(orders)
    assert found["segment"]["share"] == 1.0


def test_late_customers_are_left_out_and_told(orders):
    text = orders.read_text(encoding="utf-8-sig") + "\nlate,1998-01-01,5\n"
    orders.write_text(text, encoding="utf-8")
    found = answer(orders, "--calibration-end", "1997-09-30")
    assert found["customers"] == 400
    assert any(line.startswith("1 customers first ordered after") for line in found["warnings"])


def test_few_customers_and_values_that_go_with_frequency_are_told(orders):
    header, *rows = orders.read_text(encoding="utf-8-sig").splitlines()
    names = [row.split(",")[0] for row in rows]
    few = [
        f"{row.rsplit(',', 1)[0]},{5 * names.count(name) + number % 3}"
        for number, (row, name) in enumerate(zip(rows, names, strict=True))
        if int(name[1:]) < 250
    ]
    orders.write_text("\n".join([header, *few]), encoding="utf-8")
    warnings = "\n".join(answer(orders)["warnings"])
    assert "Few customers (250)" in warnings
    assert "Order value goes with frequency (correlation +" in warnings


def test_one_price_for_all_leaves_a_plain_order_value(orders):
    header, *rows = orders.read_text(encoding="utf-8-sig").splitlines()
    fixed = [row.rsplit(",", 1)[0] + ",20" for row in rows]
    orders.write_text("\n".join([header, *fixed]), encoding="utf-8")
    found = answer(orders)
    assert found["spend"] is None
    assert found["segment"]["order_value"] == {"mean": 20.0, "cv_between": 0.0, "cv_within": 0.0}
    assert any("No order value model" in line for line in found["warnings"])


def test_free_orders_leave_no_segment_to_write(orders, tmp_path):
    header, *rows = orders.read_text(encoding="utf-8-sig").splitlines()
    orders.write_text("\n".join([header, *(row.rsplit(",", 1)[0] + ",0" for row in rows)]), encoding="utf-8")
    found = answer(orders)
    assert found["segment"] is None
    assert any("Every amount is 0" in line for line in found["warnings"])
    out = tmp_path / "customers.yaml"
    refused(invoke(orders, "--out", out), "segment: needs orders of some value", code=1)
    assert not out.exists()


BAD = "customer,date,amount,note\nann,2026-01-31,-5,x\n,31.1.2026,nan,x\nbob,2026-02-30,1,x\nbob,2026-02-03\n"


def test_every_fault_of_a_file_is_told_at_once_and_nothing_is_written(tmp_path):
    path, out = tmp_path / "orders.csv", tmp_path / "customers.yaml"
    path.write_text(BAD, encoding="utf-8")
    result = invoke(path, "--out", out)
    refused(result)
    places = [line.split(": ")[0].removeprefix(f"{path}:") for line in result.stderr.splitlines()]
    assert places == ["1", "2", "3", "3", "3", "4", "5"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"customer,date,amount\na,2026-01-01,1\na,2026-01-05,1\n", "at least 2 customers"),
        (b"customer,date,amount\na,2026-01-01,1\nb,2026-01-05,1\n", "orders on a second day"),
        (b"customer,date,amount\na,2026-01-01,1\xff\n", ":2: must be UTF-8"),
        (b"customer;date;amount\na;2026-01-01;1\n", "separated by commas"),
        (b"customer,amount\na,1\n", "column 'date' is missing"),
        (b"", "empty"),
    ],
)
def test_files_that_cannot_be_fitted_are_refused_in_words(text, words, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(text)
    refused(invoke(path), words, str(path))


def test_requests_that_make_no_sense_are_refused(tmp_path):
    refused(invoke("cdnow", "--calibration-end", "1999-01-01"), "must lie between 1997-01-01 and 1998-06-30")
    refused(invoke("cdnow", "--calibration-end", "30.9.1997"), "30.9.1997")
    refused(invoke("cdnow", "--model", "nbd"), "nbd")
    refused(invoke(tmp_path / "no.csv"), "no such file")


def test_data_that_identify_nothing_fail_with_the_parameter_named(tmp_path):
    path = tmp_path / "orders.csv"
    rows = ["a,2026-01-01,5", "b,2026-01-02,7", "b,2026-01-09,7"]
    path.write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8")
    refused(invoke(path), "runs to its", "2 customers do not identify the Pareto/NBD model", code=1)
