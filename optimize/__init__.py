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
    from optimize.chances import Standing as Standing
    from optimize.defaults import METHOD as METHOD, REPLICATES as REPLICATES, RUNS as RUNS
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
    from optimize.flatness import FlatRange as FlatRange
    from optimize.flights import Flight as Flight
    from optimize.frontier import Frontier as Frontier, ParetoPoint as ParetoPoint
    from optimize.function_meter import (
        FunctionMeter as FunctionMeter,
        judge_by_measuring as judge_by_measuring,
    )
    from optimize.guard_rail import GuardRail as GuardRail
    from optimize.limits import Minimum as Minimum, ShareLimit as ShareLimit
    from optimize.marginal import Marginal as Marginal
    from optimize.measured import Measured as Measured, Record as Record, fingerprint as fingerprint
    from optimize.measured_rules import MEASURED_RULES as MEASURED_RULES
    from optimize.methods import METHODS as METHODS
    from optimize.objectives import (
        OBJECTIVES as OBJECTIVES,
        Objective as Objective,
        objective as objective,
    )
    from optimize.other_worlds import (
        Prober as Prober,
        Robustness as Robustness,
        Setting as Setting,
        robustness as robustness,
    )
    from optimize.policies import POLICIES as POLICIES, weights_of as weights_of
    from optimize.policy_options import PolicyOptions as PolicyOptions
    from optimize.problem import BudgetProblem as BudgetProblem, GroupLimit as GroupLimit
    from optimize.replanning import (
        Market as Market,
        blocked as blocked,
        decide as decide,
        replan as replan,
    )
    from optimize.result import (
        OptimizeResult as OptimizeResult,
        TracePoint as TracePoint,
    )
    from optimize.run import optimize as optimize
    from optimize.study import SAMPLERS as SAMPLERS, Study as Study, StudyError as StudyError
    from optimize.target_check import TargetCheck as TargetCheck
    from optimize.targets import TARGETS as TARGETS, Target as Target
    from optimize.verdict import Verdict as Verdict

_HOME = {
    "BASELINES": "baselines",
    "Binding": "explain",
    "BudgetProblem": "problem",
    "Evaluation": "evaluator",
    "Evaluator": "evaluator",
    "Explanation": "explain",
    "FlatRange": "flatness",
    "Flight": "flights",
    "Frontier": "frontier",
    "FunctionMeter": "function_meter",
    "GroupLimit": "problem",
    "GuardRail": "guard_rail",
    "Minimum": "limits",
    "ShareLimit": "limits",
    "Standing": "chances",
    "TARGETS": "targets",
    "Target": "targets",
    "TargetCheck": "target_check",
    "objective": "objectives",
    "MEASURED_RULES": "measured_rules",
    "METHOD": "defaults",
    "METHODS": "methods",
    "Market": "replanning",
    "Marginal": "marginal",
    "Meter": "evaluator",
    "OBJECTIVES": "objectives",
    "Objective": "objectives",
    "OptimizeResult": "result",
    "POLICIES": "policies",
    "PolicyOptions": "policy_options",
    "ParetoPoint": "frontier",
    "Prober": "other_worlds",
    "ResponseCurve": "explain",
    "Robustness": "other_worlds",
    "SEARCH_REPLICATE": "evaluator",
    "Setting": "other_worlds",
    "ShadowPrice": "explain",
    "SimulationMeter": "evaluator",
    "TracePoint": "result",
    "blocked": "replanning",
    "decide": "replanning",
    "Measured": "measured",
    "REPLICATES": "defaults",
    "RUNS": "defaults",
    "Record": "measured",
    "SAMPLERS": "study",
    "Study": "study",
    "StudyError": "study",
    "fingerprint": "measured",
    "in_proportion": "baselines",
    "judge_by_measuring": "function_meter",
    "optimize": "run",
    "proportional": "baselines",
    "replan": "replanning",
    "weights_of": "policies",
    "Verdict": "verdict",
    "robustness": "other_worlds",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimize' has no attribute '{name}'")
    return getattr(import_module(f"optimize.{_HOME[name]}"), name)
