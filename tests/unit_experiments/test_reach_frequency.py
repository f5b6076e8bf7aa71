"""The reach-frequency figure's data: shares of the market by how often they met a channel."""

import numpy as np
import pytest
from worlds import small

from experiments.plots.from_runs import reach_of
from experiments.plots.reach_frequency import BAND_NAMES, BANDS, SHADES, reach_data
from sim import channel_table, simulate


def counts(**by_exposures):
    frequency_f = np.zeros(16)
    for name, people in by_exposures.items():
        frequency_f[int(name[1:])] = people
    return frequency_f


def test_bands_hold_every_count_once():
    assert [n for low, high in BANDS for n in range(low, high + 1)] == list(range(1, 16))
    assert len(BANDS) == len(BAND_NAMES) == len(SHADES)


def test_rows_are_shares_of_the_market_and_the_widest_comes_first():
    frequency_cf = [counts(x0=90, x1=4, x3=6), counts(x0=20, x2=50, x15=30), counts(x0=100)]
    data = reach_data(["a", "b", "nobody's"], frequency_cf, [22, 1000, 0])
    assert [row.label for row in data.rows] == ["b", "a"]
    assert data.rows[0].shares == (0.0, 0.5, 0.0, 0.0, 0.3)
    assert data.rows[1].reach == pytest.approx(0.10)
    assert data.rows[1].frequency == pytest.approx(2.2)
    assert data.title == "b reaches most people, 80 % of the market, and each of them most often, 12.5 times"


def test_the_title_tells_who_is_met_most_often():
    data = reach_data(["a", "b"], [counts(x0=50, x1=50), counts(x0=90, x8=10)], [50, 80])
    assert data.title.endswith("b is met most often, 8.0 times by each person reached")
    assert reach_data(["a"], [counts(x0=9)], [0]).title == "No channel met anybody"


def test_reach_of_a_run_is_that_of_the_channel_table():
    world, plan = small()
    run = simulate(world, plan, seed=3)
    [row] = reach_of(run).rows
    table = channel_table(run)["ads"]
    assert row.reach == pytest.approx(table["reach"])
    assert row.frequency == pytest.approx(table["frequency"])
