"""Customer value models, fitted by maximum likelihood: `fit_model("pareto_nbd", summary)`.

Each model is one line of MODELS. What they have in common is `likelihood.ValueModel`; the kinds of data they
are fitted to are `PurchaseSummary`, `SpendSummary` and `CohortSurvival`.
"""

from __future__ import annotations

from sim.errors import FitError, OmnifunnelError
from sim.measure.value_models.btyd import BG_NBD, MBG_NBD, PurchaseModel
from sim.measure.value_models.contractual import GEOMETRIC, SBG, CohortSurvival, SurvivalModel
from sim.measure.value_models.likelihood import Fit, maximise
from sim.measure.value_models.pareto import PARETO_NBD
from sim.measure.value_models.spend_models import GAMMA_GAMMA, SpendModel
from sim.measure.value_models.transactions import PurchaseSummary, SpendSummary

#: Every model by name.
MODELS: dict[str, PurchaseModel | SpendModel | SurvivalModel] = {
    "pareto_nbd": PARETO_NBD,
    "bg_nbd": BG_NBD,
    "mbg_nbd": MBG_NBD,
    "gamma_gamma": GAMMA_GAMMA,
    "sbg": SBG,
    "geometric": GEOMETRIC,
}


def fit_model(name: str, data: PurchaseSummary | SpendSummary | CohortSurvival) -> Fit:
    """Fit a model of MODELS by maximum likelihood.

    Args:
        name: name of the model.
        data: of the kind that the model takes.

    Returns:
        Estimates with standard errors from the observed information.

    Raises:
        OmnifunnelError: no such model, or data of another kind.
        FitError: too little data, no convergence, or a parameter that the data do not identify.
    """
    if name not in MODELS:
        raise OmnifunnelError(f"model: must be one of {', '.join(MODELS)}, got '{name}'")
    model = MODELS[name]
    if type(data).__name__ != model.data:
        raise OmnifunnelError(f"{name}: is fitted to a {model.data}, got a {type(data).__name__}")
    if data.size < 2:
        raise FitError(f"{name}: needs at least 2 customers, got {data.size}")
    if isinstance(data, PurchaseSummary):
        if not data.x.any():
            raise FitError(f"{name}: no customer has a repeat purchase, so there is nothing to fit")
        data = data.distinct()
    return maximise(name, model, data)
