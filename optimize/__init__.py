"""Budget search against the simulated market: public names.

Names load on first use, so that importing this package needs neither PuLP nor Optuna.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimize.baselines import (
        BASELINES as BASELINES,
        in_proportion as in_proportion,
        proportional as proportional,
    )
    from optimize.evaluator import (
        SEARCH_REPLICATE as SEARCH_REPLICATE,
        Evaluation as Evaluation,
        Evaluator as Evaluator,
        Meter as Meter,
        SimulationMeter as SimulationMeter,
    )
    from optimize.explain import (
        Binding as Binding,
        Explanation as Explanation,
        ResponseCurve as ResponseCurve,
        ShadowPrice as ShadowPrice,
    )
    from optimize.flights import Flight as Flight
    from optimize.limits import Minimum as Minimum, ShareLimit as ShareLimit
    from optimize.measured import Measured as Measured, Record as Record, fingerprint as fingerprint
    from optimize.measured_rules import MEASURED_RULES as MEASURED_RULES
    from optimize.methods import METHODS as METHODS
    from optimize.objectives import (
        OBJECTIVES as OBJECTIVES,
        Objective as Objective,
        objective as objective,
    )
    from optimize.problem import BudgetProblem as BudgetProblem, GroupLimit as GroupLimit
    from optimize.result import (
        OptimizeResult as OptimizeResult,
        ParetoPoint as ParetoPoint,
        TracePoint as TracePoint,
        Verdict as Verdict,
    )
    from optimize.run import optimize as optimize
    from optimize.study import SAMPLERS as SAMPLERS, Study as Study, StudyError as StudyError
    from optimize.target_check import TargetCheck as TargetCheck
    from optimize.targets import TARGETS as TARGETS, Target as Target

_HOME = {
    "BASELINES": "baselines",
    "Binding": "explain",
    "BudgetProblem": "problem",
    "Evaluation": "evaluator",
    "Evaluator": "evaluator",
    "Explanation": "explain",
    "Flight": "flights",
    "GroupLimit": "problem",
    "Minimum": "limits",
    "ShareLimit": "limits",
    "TARGETS": "targets",
    "Target": "targets",
    "TargetCheck": "target_check",
    "objective": "objectives",
    "MEASURED_RULES": "measured_rules",
    "METHODS": "methods",
    "Meter": "evaluator",
    "OBJECTIVES": "objectives",
    "Objective": "objectives",
    "OptimizeResult": "result",
    "ParetoPoint": "result",
    "ResponseCurve": "explain",
    "Measured": "measured",
    "Record": "measured",
    "SAMPLERS": "study",
    "SEARCH_REPLICATE": "evaluator",
    "Study": "study",
    "StudyError": "study",
    "ShadowPrice": "explain",
    "SimulationMeter": "evaluator",
    "TracePoint": "result",
    "Verdict": "result",
    "fingerprint": "measured",
    "in_proportion": "baselines",
    "optimize": "run",
    "proportional": "baselines",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimize' has no attribute '{name}'")
    return getattr(import_module(f"optimize.{_HOME[name]}"), name)
