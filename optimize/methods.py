"""The methods by name: one function and one line each; the contract tests pick them up."""

from __future__ import annotations

from typing import Protocol

from optimize.curve_lp import search_curve_lp
from optimize.default_method import search_default
from optimize.evaluator import Evaluator
from optimize.found import Search
from optimize.greedy import search_greedy
from optimize.problem import BudgetProblem
from optimize.search import search_optuna
from optimize.successive import search_successive
from optimize.surrogate import search_surrogate


class Method(Protocol):
    """What every method is: it spends the evaluator's runs and names the plan it recommends."""

    def __call__(self, problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
        """Search within the runs left."""


METHODS: dict[str, Method] = {
    "default": search_default,
    "surrogate": search_surrogate,
    "lp": search_curve_lp,
    "successive": search_successive,
    "greedy": search_greedy,
    "search": search_optuna,
}
