"""The simulated brand of benchmarks/flights.py: one burst today, where even spending earns more."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from optimize import optimize
from sim import replicate_kpis

PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "flights.py"


@pytest.fixture(scope="module")
def brand():
    spec = importlib.util.spec_from_file_location("flights_brand", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(brand):
    """The brand's problem, and what a search of 200 runs recommends."""
    problem = brand.problem_of(4_000)
    return problem, optimize(problem, runs=200, seed=3, replicates=2)


def test_the_search_finds_the_plan_made_by_hand_or_better(brand, found):
    problem, result = found
    plans = {"now": problem.status_quo, "even": brand.evenly(problem.status_quo), "found": result.recommended}
    judged = replicate_kpis(problem.world, plans, seed=5_000, replicates=8)
    assert judged.difference("even", "now", "profit").low > 0, "the premise: the burst is not right here"
    assert judged.difference("found", "now", "profit").low > 0
    assert judged.difference("found", "even", "profit").mean > 0


def test_flights_that_were_dark_get_money(found):
    problem, result = found
    now, then = (
        problem.by_flight(plan).reshape(len(problem.flights), -1)
        for plan in (problem.status_quo, result.recommended)
    )
    video = problem.world.channels.index("video")
    assert np.all(now[1:, video] == 0)
    assert np.all(then[1:, video] > 0)
