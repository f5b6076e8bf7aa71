"""Cases in the order of one KPI, and how sure the first place is.

The probability of being best comes from a bootstrap over replicates: the replicates are drawn with
replacement, the same ones for every case, since all met the same draws in each; what counts is how often a
case then has the best mean. It is about chance inside the simulated market, not about its parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting
from experiments.tables import Estimate, Grid, Sheet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Resamplings of the bootstrap, and their seed: the same cases always get the same probabilities.
RESAMPLES, SEED = 10_000, 0
#: From this probability on the verdict calls the first place clear.
CLEAR = 0.95


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
    """Places from best to worst, and the cases that have none with the reason.

    Attributes:
        kpi, label, unit, better, currency: the measure and how it is read.
        places: choices from best to worst; empty where there is no second one.
        left_out: choices without a value -> why.
        worlds: cases in another market -> why they have no place.
    """

    kpi: str
    label: str
    unit: str
    better: str
    currency: str
    places: tuple[Place, ...]
    left_out: Mapping[str, str]
    worlds: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Who is first and how surely, or why nobody is, as a sentence without its full stop."""
        if not self.places:
            why = "every other case is another market, and markets are not chosen"
            if self.left_out or not self.worlds:
                why = f"fewer than two cases have {formatting.in_sentence(self.label)}"
            return f"No ranking: {why}"
        name, first = formatting.in_sentence(self.label), self.places[0]
        end = "highest" if self.better == "higher" else "lowest"
        money = f"{self.currency} " if self.unit == "money" else ""
        amount = f"{money}{formatting.short_interval(first.estimate, self.unit)}"
        start = f"'{first.name}' has the {end} {name}, {amount}"
        if first.best is None or len(self.places) == 1:
            return start
        if first.best >= CLEAR:
            return f"{start}, and is best with probability {sure(first.best)}"
        return f"{start}, but is best with probability {sure(first.best)} only"

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
            "left_out": {**self.worlds, **self.left_out},
            "verdict": f"{self.verdict}.",
        }


def rank(
    kpi: str, values: Mapping[str, Sequence[float | None]], worlds: Mapping[str, str], *, currency: str
) -> Ranking:
    """Order choices by the mean of a KPI; a single one has no place.

    Args:
        kpi: one that is better high or low.
        values: choice -> one number a replicate (`Replicates.by_replicate`), the same ones for all.
        worlds: case in another market -> why it has no place.
        currency: ISO code of the choices.
    """
    from sim import KPIS, interval

    better = KPIS[kpi].better
    assert better is not None
    undefined = {name: "undefined in a replicate" for name, row in values.items() if interval(row) is None}
    known = {name: [v or 0.0 for v in row] for name, row in values.items() if name not in undefined}
    if len(known) < 2:
        known = {}
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
    return Ranking(kpi, KPIS[kpi].label, unit, better, currency, places, undefined, dict(worlds))


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
    """Who is first, the table of places, and what the probability is."""
    lines = [f"No place for '{name}': {why}." for name, why in ranking.left_out.items()]
    if not ranking.places:
        return ["\n".join([f"{ranking.verdict}.", *lines])]
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
    how = (
        "Probability of being best: how often a case has the best mean when the replicates are drawn anew "
        f"with replacement, the same for all cases ({RESAMPLES:,} times)."
    )
    return [f"{ranking.verdict}.", Grid(title, header, rows, left=2), "\n".join([how, *lines])]


def ranking_sheet(ranking: Ranking) -> Sheet:
    """One row a place."""
    rows = tuple(
        (number, one.name, *three(one.estimate), *three(one.behind), one.best)
        for number, one in enumerate(ranking.places, start=1)
    )
    behind = ("against_first_mean", "against_first_low", "against_first_high")
    return Sheet(("place", "case", "mean", "low", "high", *behind, "probability_best"), rows)


def three(estimate: Estimate | None) -> tuple[float | None, ...]:
    """Mean, low and high as cells of a row."""
    return (None, None, None) if estimate is None else tuple(estimate[key] for key in ("mean", "low", "high"))
