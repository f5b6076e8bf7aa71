"""The methods by name: one function and one line each; the contract tests pick them up."""

from __future__ import annotations

from typing import Protocol

from optimize.curve_lp import Search, search_curve_lp
from optimize.evaluator import Evaluator
from optimize.problem import BudgetProblem
from optimize.search import search_optuna


class Method(Protocol):
    """What every method is: it spends the evaluator's runs and names the plan it recommends."""

    def __call__(self, problem: BudgetProblem, evaluator: Evaluator, *, seed: int) -> Search:
        """Search within the runs left."""


METHODS: dict[str, Method] = {"lp": search_curve_lp, "search": search_optuna}
