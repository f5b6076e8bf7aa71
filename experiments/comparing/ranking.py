"""Cases in the order of one KPI, and how sure the first place is.

The probability of being best comes from a bootstrap over replicates: the replicates are drawn with
replacement, the same ones for every case, since all met the same draws in each; what counts is how often a
case then has the best mean. It is about chance inside the simulated market, not about its parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting
from experiments.tables import Estimate, Grid, Sheet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Resamplings of the bootstrap, and their seed: the same cases always get the same probabilities.
RESAMPLES, SEED = 10_000, 0


@dataclass(frozen=True)
class Place:
    """One case: its estimate, what it is better or worse by than the first place, and how sure it is best.

    Attributes:
        behind: paired difference to the case in first place; None there.
        best: probability of being best; None with one replicate.
    """

    name: str
    estimate: Estimate
    behind: Estimate | None
    best: float | None


@dataclass(frozen=True)
class Ranking:
    """Places from best to worst, and the cases that have none with the reason."""

    kpi: str
    label: str
    unit: str
    better: str
    currency: str
    places: tuple[Place, ...]
    left_out: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The form in JSON."""
        return {
            "by": self.kpi,
            "better": self.better,
            "method": f"bootstrap over paired replicates, {RESAMPLES} resamples",
            "places": [
                {
                    "case": one.name,
                    **one.estimate,
                    "against_first": one.behind,
                    "probability_best": one.best,
                }
                for one in self.places
            ],
            "left_out": dict(self.left_out),
        }


def rank(
    kpi: str, values: Mapping[str, Sequence[float | None]], left_out: Mapping[str, str], *, currency: str
) -> Ranking:
    """Order cases by the mean of a KPI.

    Args:
        kpi: one that is better high or low.
        values: case -> one number a replicate (`Replicates.by_replicate`), the same replicates for all.
        left_out: case -> why it has no place.
        currency: ISO code of the cases that have one.
    """
    from sim import KPIS, interval

    better = KPIS[kpi].better
    assert better is not None
    undefined = {name: "undefined in a replicate" for name, row in values.items() if interval(row) is None}
    known = {name: [v or 0.0 for v in row] for name, row in values.items() if name not in undefined}
    means = {name: sum(row) / len(row) for name, row in known.items()}
    order = sorted(known, key=lambda name: means[name], reverse=better == "higher")
    best = _probabilities(known, better)
    places = tuple(
        Place(
            name,
            estimates.estimate(interval(known[name])),
            None
            if name == order[0]
            else estimates.estimate(
                interval([a - b for a, b in zip(known[name], known[order[0]], strict=True)])
            ),
            best.get(name),
        )
        for name in order
    )
    unit = KPIS[kpi].unit
    return Ranking(kpi, KPIS[kpi].label, unit, better, currency, places, {**left_out, **undefined})


def _probabilities(values: Mapping[str, Sequence[float]], better: str) -> dict[str, float]:
    """Share of resamples in which each case is best; cases that tie share it."""
    import numpy as np

    table_cr: npt.NDArray[np.float64] = np.array(list(values.values()), dtype=np.float64)
    if table_cr.size == 0 or table_cr.shape[1] < 2:
        return {}
    replicates = table_cr.shape[1]
    drawn_br = np.random.default_rng(SEED).integers(replicates, size=(RESAMPLES, replicates))
    mean_cb = np.stack([row_r[drawn_br].mean(axis=1) for row_r in table_cr])
    top_b = mean_cb.max(axis=0) if better == "higher" else mean_cb.min(axis=0)
    best_cb = mean_cb == top_b
    shares_c = (best_cb / best_cb.sum(axis=0)).mean(axis=1)
    return dict(zip(values, shares_c.tolist(), strict=True))


def sure(probability: float) -> str:
    """A probability as per cent; a bootstrap never shows certainty."""
    if probability >= 0.995:
        return "over 99 %"
    return "under 1 %" if probability < 0.005 else formatting.percent(probability)


def ranking_sections(ranking: Ranking) -> list[str | Grid]:
    """The table of places, and what the probability is."""
    rows = tuple(
        (
            str(number),
            one.name,
            formatting.short_interval(one.estimate, ranking.unit),
            "-" if one.behind is None else formatting.short_interval(one.behind, ranking.unit, signed=True),
            formatting.MISSING if one.best is None else sure(one.best),
        )
        for number, one in enumerate(ranking.places, start=1)
    )
    title = f"Ranking by {formatting.in_sentence(ranking.label)}, {ranking.better} is better"
    money = f", {ranking.currency}" if ranking.unit == "money" else ""
    header = ("Place", "Case", f"{ranking.label}{money}", "Against the first", "Best with probability")
    lines = [
        "Probability of being best: how often a case has the best mean when the replicates are drawn anew "
        f"with replacement, the same for all cases ({RESAMPLES:,} times)."
    ]
    lines += [f"No place for '{name}': {why}." for name, why in ranking.left_out.items()]
    return [Grid(title, header, rows, left=2), "\n".join(lines)]


def ranking_sheet(ranking: Ranking) -> Sheet:
    """One row a place."""
    rows = tuple(
        (number, one.name, *_three(one.estimate), *_three(one.behind), one.best)
        for number, one in enumerate(ranking.places, start=1)
    )
    behind = ("against_first_mean", "against_first_low", "against_first_high")
    return Sheet(("place", "case", "mean", "low", "high", *behind, "probability_best"), rows)


def _three(estimate: Estimate | None) -> tuple[float | None, ...]:
    return (None, None, None) if estimate is None else tuple(estimate[key] for key in ("mean", "low", "high"))
