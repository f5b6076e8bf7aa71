"""Budget search against the simulated market: public names.

Names load on first use, so that importing this package needs neither PuLP nor Optuna.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimize.baselines import BASELINES as BASELINES
    from optimize.evaluator import SEARCH_REPLICATE as SEARCH_REPLICATE
    from optimize.evaluator import Evaluation as Evaluation
    from optimize.evaluator import Evaluator as Evaluator
    from optimize.evaluator import Meter as Meter
    from optimize.evaluator import SimulationMeter as SimulationMeter
    from optimize.explain import Binding as Binding
    from optimize.explain import Explanation as Explanation
    from optimize.explain import ResponseCurve as ResponseCurve
    from optimize.explain import ShadowPrice as ShadowPrice
    from optimize.methods import METHODS as METHODS
    from optimize.objectives import OBJECTIVES as OBJECTIVES
    from optimize.objectives import Objective as Objective
    from optimize.problem import BudgetProblem as BudgetProblem
    from optimize.problem import GroupLimit as GroupLimit
    from optimize.result import OptimizeResult as OptimizeResult
    from optimize.result import ParetoPoint as ParetoPoint
    from optimize.result import TracePoint as TracePoint
    from optimize.result import Verdict as Verdict
    from optimize.run import optimize as optimize

_HOME = {
    "BASELINES": "baselines",
    "Binding": "explain",
    "BudgetProblem": "problem",
    "Evaluation": "evaluator",
    "Evaluator": "evaluator",
    "Explanation": "explain",
    "GroupLimit": "problem",
    "METHODS": "methods",
    "Meter": "evaluator",
    "OBJECTIVES": "objectives",
    "Objective": "objectives",
    "OptimizeResult": "result",
    "ParetoPoint": "result",
    "ResponseCurve": "explain",
    "SEARCH_REPLICATE": "evaluator",
    "ShadowPrice": "explain",
    "SimulationMeter": "evaluator",
    "TracePoint": "result",
    "Verdict": "result",
    "optimize": "run",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimize' has no attribute '{name}'")
    return getattr(import_module(f"optimize.{_HOME[name]}"), name)
