"""Orders exported from a market of known rates: the fitted segment is the one that was simulated.

Everyone decides at the start and orders on the first day, so that nobody is chosen by how often they buy;
then purchase and lapse rates are gamma, and nothing else happens.
"""

from __future__ import annotations

import pytest
from checks import CERTAIN, NOTHING, SHOP, everyone
from worlds import small

from experiments.export.customers import TRANSACTIONS, order_rows
from experiments.export.files import write_csv
from experiments.fit_customers.answer import Customers, Request, find_customers
from sim import replay, simulate

AGENTS = 20_000
DAYS = 365
PURCHASE = {"mean": 0.012, "shape": 1.2}
LAPSE = {"mean": 0.004, "shape": 1.5}
ORDER_VALUE = {"mean": 50.0, "cv_between": 0.4, "cv_within": 0.3}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Customers:
    world, plan = small(
        **{
            **NOTHING,
            **everyone("deciding"),
            "segments__all__purchase_rate_per_period": PURCHASE,
            "segments__all__lapse_rate_per_period": LAPSE,
            "segments__all__order_value": ORDER_VALUE,
            "funnel__base_rate_per_period": {"convert": CERTAIN},
            "channels": SHOP,
            "population": {"people": AGENTS, "agents": AGENTS},
            "calendar": {"start": "2026-01-05", "period": "day", "periods": DAYS, "tail": 0},
        }
    )
    log, folder = replay(simulate(world, plan, seed=5)), tmp_path_factory.mktemp("orders")
    write_csv(folder, "orders.csv", "", TRANSACTIONS, order_rows(log))
    return find_customers(Request(str(folder / "orders.csv"), "pareto_nbd", "day", None, None))


def test_the_fit_recovers_the_mean_purchase_rate(found):
    # two orders of one day are one purchase: that takes E rate^2 / 2 / E rate = 1.1 % of them
    assert found.segment["purchase_rate_per_period"]["mean"] == pytest.approx(PURCHASE["mean"], rel=0.04)
    # orders a day of everybody, the lapsed too, are no purchase rate
    assert len(found.transactions.names) == AGENTS
    naive = (len(found.transactions.day_n) - AGENTS) / AGENTS / DAYS
    assert naive < 0.8 * PURCHASE["mean"]


def test_the_fit_recovers_lapse_and_order_value(found):
    assert found.segment["lapse_rate_per_period"]["mean"] == pytest.approx(LAPSE["mean"], rel=0.10)
    assert found.segment["order_value"]["mean"] == pytest.approx(ORDER_VALUE["mean"], rel=0.03)
