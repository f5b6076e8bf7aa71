"""Penalised least squares: the closed form of a linear task, bounds, and leverage."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from optimize.least_squares import Task, solve


def linear(low=-np.inf, seed=0):
    rng = np.random.default_rng(seed)
    design, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    weight, sd = rng.uniform(0.5, 2.0, 30), np.array([1.0, 2.0, 0.5, 1.0])
    mean = np.array([0.0, 1.0, 0.0, -1.0])
    bounds = np.full(4, low), np.full(4, np.inf)
    return design, Task(lambda t: design @ t, lambda t: design, y, weight, mean, sd, *bounds)


def test_a_linear_task_has_the_closed_form():
    design, task = linear()
    normal = design.T @ (design * task.weight_n[:, None]) + np.diag(task.sd**-2)
    expected = np.linalg.solve(normal, design.T @ (task.weight_n * task.y_n) + task.mean / task.sd**2)
    found = solve(task, np.zeros(4))
    np.testing.assert_allclose(found.theta, expected, atol=1e-4)
    # Leverages of a penalised fit add up to fewer than its parameters.
    assert 2.0 < found.lever_n.sum() < 4.0


def test_bounds_hold_and_the_rest_is_still_the_best():
    design, task = linear(low=0.0)
    found = solve(task, np.ones(4))
    root = np.sqrt(task.weight_n)

    def residual(theta):
        return np.concatenate([root * (design @ theta - task.y_n), (theta - task.mean) / task.sd])

    other = least_squares(residual, np.ones(4), bounds=(0.0, np.inf))
    assert found.theta.min() >= 0.0
    assert found.cost == pytest.approx(2 * other.cost, rel=1e-3)
