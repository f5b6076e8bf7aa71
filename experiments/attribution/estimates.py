"""Credits beside the truth as plain data: the JSON answer of `omnifunnel attribute SCENARIO`.

symbol       meaning                                                          shape
players      indices of the channels that can be met: only they are scored
truth_rc     Shapley value (or lift) by replicate; 0 for the other channels   (R, C)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.attribution.runs import COMPLETE, MEASURES, VIEWS, Credited
from experiments.estimates import estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sim import Truth

    Floats = npt.NDArray[np.float64]
    #: Measure -> (R, C).
    Amounts = Mapping[str, Floats]

#: What the truth calls the measures that rules credit.
TRUE_NAMES = dict(zip(MEASURES, ("orders", "revenue"), strict=True))
TRUTHS = {
    "truth": "Shapley value: mean gain over all orders in which channels could fall silent; the values add "
    "up to what all channels do together",
    "lift": "the plan less the plan with this channel silent; lifts need not add up",
}


def true_amounts(truth: Truth) -> dict[str, dict[str, Floats]]:
    """`truth` and `lift` by measure, over all channels of the world."""
    read = {"truth": truth.shapley_value, "lift": truth.lift}
    return {
        kind: {
            measure: _spread(truth, {name: find(name, true) for name in truth.channels})
            for measure, true in TRUE_NAMES.items()
        }
        for kind, find in read.items()
    }


def _spread(truth: Truth, values: Mapping[str, Floats]) -> Floats:
    import numpy as np

    nothing = np.zeros(truth.replicates)
    return np.stack([values.get(name, nothing) for name in truth.world.channels], axis=1)


def true_part(truth: Truth, true: Mapping[str, Amounts]) -> dict[str, Any]:
    """The truth's entries of the answer."""
    from sim import noise_floor

    channels, sampled = truth.world.channels, truth.shapley
    return {
        **{kind: means(channels, amounts) for kind, amounts in true.items()},
        "truth_intervals": {kind: intervals(channels, amounts) for kind, amounts in true.items()},
        "truth_method": {
            "what": TRUTHS,
            "shapley": "sampled" if sampled and sampled.orders else "exact",
            "orders": sampled.orders if sampled else 0,
            "channels": list(truth.channels),
            "total": {measure: of(truth.total(name)) for measure, name in TRUE_NAMES.items()},
            "noise_floor": {measure: noise_floor(true["truth"][measure]) for measure in MEASURES},
        },
    }


def view_part(
    found: Credited, view: str, channels: Sequence[str], players: Sequence[int], true: Mapping[str, Amounts]
) -> dict[str, Any]:
    """One view: what it sees, what every rule credits there, and how far that is from the truth."""
    credits, complete = found.credits[view], found.credits[COMPLETE]
    return {
        "sees": VIEWS[view],
        "paths": found.paths[view],
        "rules": {rule: means(channels, amounts) for rule, amounts in credits.items()},
        "intervals": {rule: intervals(channels, amounts) for rule, amounts in credits.items()},
        "scoreboard": {
            rule: {
                measure: _scores(
                    amounts[measure][:, players],
                    None if view == COMPLETE else complete[rule][measure][:, players],
                    {kind: one[measure][:, players] for kind, one in true.items()},
                )
                for measure in MEASURES
            }
            for rule, amounts in credits.items()
        },
    }


def _scores(credit_rc: Floats, complete_rc: Floats | None, true: Mapping[str, Floats]) -> dict[str, Any]:
    """Error and rank against both truths; the change is against the complete view."""
    from sim import error_change, score

    against = {}
    for kind, truth_rc in true.items():
        one = score(credit_rc, truth_rc)
        against[kind] = {"share_error": estimate(one.error), "rank_correlation": one.rank}
    change = None if complete_rc is None else error_change(credit_rc, complete_rc, true["truth"])
    return {
        **against["truth"],
        "error_change": None if complete_rc is None else estimate(change),
        "against_lift": against["lift"],
    }


def means(channels: Sequence[str], amounts: Amounts) -> dict[str, dict[str, float]]:
    """Channel -> measure -> mean over replicates."""
    return {
        name: {measure: float(amounts[measure][:, c].mean()) for measure in MEASURES}
        for c, name in enumerate(channels)
    }


def intervals(channels: Sequence[str], amounts: Amounts) -> dict[str, dict[str, Any]]:
    """Channel -> measure, and its share in the sum -> estimate."""
    from sim import share_intervals

    parts = {measure: share_intervals(amounts[measure]) for measure in MEASURES}
    return {
        name: {
            **{measure: of(amounts[measure][:, c]) for measure in MEASURES},
            **{f"{measure}_share": estimate(parts[measure][c]) for measure in MEASURES},
        }
        for c, name in enumerate(channels)
    }


def of(values_r: Floats) -> dict[str, float | None]:
    """Estimate of one value a replicate."""
    from sim import interval

    return estimate(interval(values_r.tolist()))
