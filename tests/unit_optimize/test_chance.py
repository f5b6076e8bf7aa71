"""Chance in paces: the level is the block's, the rest is luck; a surface told of it is nearer the truth."""

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import Evaluator, SimulationMeter
from optimize.chance import chance_in
from optimize.curves import fit_surface
from optimize.problem import BudgetProblem
from optimize.surfaces import paces_of
from sim import compile_world, load

CHANNELS, PLANS, BLOCKS = 4, 120, 4
BLOCK = np.arange(PLANS) % BLOCKS


def test_chance_has_no_level_in_any_block_and_standard_deviation_one():
    rng = np.random.default_rng(0)
    luck_nm = rng.normal(size=(PLANS, 2))
    weight_n = rng.uniform(0.5, 1.0, PLANS)
    z_nm = chance_in(0.02 * luck_nm + 0.2 * BLOCK[:, None], BLOCK, weight_n)
    for m in range(2):
        assert np.corrcoef(z_nm[:, m], luck_nm[:, m])[0, 1] > 0.97
        assert weight_n @ z_nm[:, m] ** 2 / weight_n.sum() == pytest.approx(1.0)
        for block in range(BLOCKS):
            mine = block == BLOCK
            assert weight_n[mine] @ z_nm[mine, m] == pytest.approx(0.0, abs=1e-8)


def test_a_pace_that_never_varies_tells_nothing():
    assert chance_in(np.full((PLANS, 1), -2.0), BLOCK, np.ones(PLANS)).shape == (PLANS, 0)
    assert chance_in(np.zeros((PLANS, 0)), None, np.ones(PLANS)).shape == (PLANS, 0)


def truth(x_nc):
    return 1e6 * (x_nc / (x_nc + 1.0)) @ np.array([4.0, 3.0, 2.0, 1.0])


def miss(seed, *, told, signed):
    """How far a surface is off on new plans, and the noise it believes in; gains owe most to one pace."""
    rng = np.random.default_rng(seed)
    x_nc = rng.uniform(0.0, 3.0, (PLANS, CHANNELS))
    luck_nm = rng.normal(size=(PLANS, 2))
    surface = fit_surface(
        x_nc * 1e5,
        truth(x_nc) * (1.0 + 0.02 * BLOCK) + 3e5 * luck_nm[:, 0] + 5e4 * rng.normal(size=PLANS),
        free_c=np.arange(CHANNELS),
        unit=1e5,
        centre_c=np.full(CHANNELS, 1.5e5),
        block_n=BLOCK,
        pace_nm=0.02 * luck_nm + 0.05 * BLOCK[:, None] if told else None,
        signed=signed,
    )
    fresh_nc = rng.uniform(0.5, 2.5, (200, CHANNELS))
    return np.std(surface.predict(fresh_nc * 1e5) - truth(fresh_nc)), surface.noise


@pytest.mark.parametrize("signed", [False, True])
def test_a_surface_told_of_paces_is_nearer_the_truth(signed):
    told, untold = (
        np.mean([miss(seed, told=each, signed=signed) for seed in range(4)], axis=0) for each in (True, False)
    )
    assert told[0] < 0.6 * untold[0]
    assert told[1] < 0.5 * untold[1]


def test_gains_levelled_are_those_of_lucky_and_unlucky_plans_alike():
    rng = np.random.default_rng(5)
    x_nc = rng.uniform(0.0, 3.0, (PLANS, CHANNELS))
    luck_n = rng.normal(size=PLANS)
    gains_n = truth(x_nc) * (1.0 + 0.03 * BLOCK) + 3e5 * luck_n
    surface = fit_surface(
        x_nc * 1e5,
        gains_n,
        free_c=np.arange(CHANNELS),
        unit=1e5,
        centre_c=np.full(CHANNELS, 1.5e5),
        block_n=BLOCK,
        pace_nm=luck_n[:, None],
    )
    level_n = surface.levelled(gains_n, BLOCK)
    assert np.std(level_n / truth(x_nc)) < 0.25 * np.std(gains_n / truth(x_nc))


def test_the_simulator_tells_the_pace_of_every_plan():
    file = load("beauty-launch", overrides=["population.agents=300"])
    world = compile_world(file.scenario)
    problem = BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=("profit",))
    evaluator = Evaluator(problem, SimulationMeter(world, seed=0), runs=4)
    done = evaluator.score([problem.status_quo_at_total(), 0.9 * problem.status_quo_at_total()])
    pace_nm = paces_of(done)
    assert pace_nm.shape == (2, 1)
    assert np.isfinite(pace_nm).all()
    assert pace_nm[0] != pace_nm[1]


def test_a_meter_without_paces_is_none():
    market = AnalyticMarket(3)
    problem = market.problem()
    assert paces_of(Evaluator(problem, market, runs=4).score([problem.status_quo_at_total()])) is None
