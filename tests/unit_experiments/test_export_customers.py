"""`omnifunnel export --what customers`: the customer table adds up to the run, and holds no truth unasked."""

import math

import numpy as np
import pytest
from exporting import exported, rows
from logs import Told, four_channels, log_of

from experiments.export.customers import CUSTOMERS, TRUTH, customer_rows, customers, order_rows
from sim import Stage, compile_world, load, read_orders, simulate

SET = ("population.agents=4000",)
MARKET = ["retail-media", "--what", "customers", "--set", SET[0], "--seed", "2", "--replicate", "1"]


@pytest.fixture(scope="module")
def run():
    file = load("retail-media", overrides=SET)
    return simulate(compile_world(file.scenario), file.status_quo(), seed=2, replicate=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("customers") / "out"
    exported(*MARKET, "--out", folder)
    return folder


def minor(table, column):
    return sum(round(float(row[column]) * 100) for row in table if row[column])


def test_the_table_adds_up_to_the_run(folder, run):
    table = rows(folder / "customers.csv")
    assert sum(int(row["orders"]) for row in table) == run.orders_tjkr.sum()
    assert minor(table, "revenue") == run.revenue_tjkr.sum()
    assert minor(table, "margin") == run.margin_tk.sum()
    assert minor(table, "ltv") == run.cohort_value_ock[1].sum()


@pytest.mark.parametrize(("column", "o"), [("first_touch", 0), ("last_touch", 1)])
def test_acquiring_touches_are_those_of_the_run(column, o, folder, run):
    won = [row[column] for row in rows(folder / "customers.csv") if row["ltv"]]
    names = [*run.world.channels, ""]
    assert [won.count(name) for name in names] == run.acquired_ock[o].sum(axis=1).tolist()
    assert len({name for name in won if name}) > 3


def test_orders_are_read_back(folder, run):
    orders = rows(folder / "orders.csv")
    read = read_orders(folder / "orders.csv")
    assert list(orders[0]) == ["customer", "date", "amount"]
    assert math.fsum(read.amount_n) == pytest.approx(run.revenue_tjkr.sum() / 100)
    table = {row["customer"]: row for row in rows(folder / "customers.csv")}
    assert set(read.names) == set(table)
    first = dict(zip(read.names, read.first_i.tolist(), strict=True))
    for name in list(table)[:50]:
        assert np.datetime64(table[name]["first_order"], "D").item().toordinal() == first[name]


def test_truth_is_only_there_when_asked_for(folder, tmp_path):
    exported(*MARKET, "--consumers", "500", "--with-truth", "--out", tmp_path / "out")
    plain, told = rows(folder / "customers.csv"), rows(tmp_path / "out" / "customers.csv")
    assert tuple(plain[0]) == CUSTOMERS
    assert tuple(told[0]) == (*CUSTOMERS, *TRUTH)
    by_name = {row["customer"]: row for row in plain}
    assert all({name: row[name] for name in CUSTOMERS} == by_name[row["customer"]] for row in told)
    rates = [float(row["purchase_rate_per_period"]) for row in told]
    assert 0.03 < np.mean(rates) < 0.15


def test_one_life_in_numbers():
    won = Told(
        [
            (0, "touch", "b"),
            (1, "touch", "a"),
            (1, "move", Stage.DECIDING, Stage.CUSTOMER),
            (1, "order", "s", 10),
            (2, "touch", "c"),
            (3, "order", "s", 20, True),
        ],
        stage=Stage.DECIDING,
    )
    before = Told([(0, "touch", "a"), (2, "order", "s", 8, True)], stage=Stage.LOYAL)
    log = log_of(four_channels(), won, before, Told([(0, "touch", "a")]))
    world, found = log.world, customers(log)
    first, second = customer_rows(log, found)
    later = 5.0 + 10.0 * world.discount_t[2]
    assert first == (
        0, "all", "2026-01-12", "b", "a", 2, "30.00", "15.00", "2026-01-12", "2026-01-26", 28, 1, "15.00",
        f"{later:.2f}", f"{5 + math.floor(1000 * world.discount_t[2] + 0.5) / 100:.2f}",
    )  # fmt: skip
    assert second[2:5] == (None, None, None)
    assert second[-2:] == (f"{4.0 * world.discount_t[2]:.2f}", None)
    truth = [row[len(CUSTOMERS) :] for row in customer_rows(log, found, with_truth=True)]
    assert truth[0] == (1, "deciding", "customer", 1.0, 1.0, 1.0)
    assert truth[1][1:3] == ("loyal", "loyal")
    assert list(order_rows(log)) == [
        (0, "2026-01-12", "10.00"),
        (0, "2026-01-26", "20.00"),
        (1, "2026-01-19", "8.00"),
    ]
