"""What a run says of a claim: it holds, fails, is undecided, is not identified, or was not measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.tables import Estimate

if TYPE_CHECKING:
    from sim import Claim

HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"
NOT_IDENTIFIED, NOT_MEASURED = "not identified", "not measured"
#: Outcomes in the order of counting, with what each means.
OUTCOMES = {
    HOLDS: "the whole 95 % interval lies within the range that the claim allows",
    FAILS: "the whole interval lies outside of it",
    UNDECIDED: "the interval crosses an end of the range: more replicates are needed",
    NOT_IDENTIFIED: "the claim leaves out what it would take to check it; the value is shown all the same",
    NOT_MEASURED: "a part of the measure is undefined in this market",
}
#: Beyond this a number of replicates is no advice any more.
MOST_REPLICATES = 10_000


@dataclass(frozen=True)
class Checked:
    """A claim with its simulated value.

    Attributes:
        scenario: name of the file that makes it.
        estimate: mean, low, high of the level, ratio or difference.
        unit: of the estimate and of the range.
        detail: which channel the measure took, where it takes the worst.
    """

    scenario: str
    claim: Claim
    estimate: Estimate
    unit: str
    currency: str
    replicates: int
    detail: str = ""

    @property
    def signed(self) -> bool:
        """Whether the number is a difference."""
        return self.claim.compare == "difference"

    @property
    def simulated(self) -> str:
        """The value with its interval, for people."""
        text = formatting.interval(self.estimate, self.unit, currency=self.currency, signed=self.signed)
        return f"{text}, {self.detail}" if self.detail else text

    @property
    def claimed(self) -> str:
        """The range that agrees with the claim, for people."""
        low, high = self.claim.agreeing
        if low is not None and high is not None:
            return f"{self._number(low)} to {self._number(high)}"
        return f"{self._number(low)} or more" if low is not None else f"{self._number(high)} or less"

    @property
    def measured(self) -> str:
        """What was measured, and against what."""
        claim = self.claim
        if claim.compare == "level":
            return f"{claim.metric} of {claim.variant}"
        sign = "/" if claim.compare == "ratio" else "-"
        return f"{claim.metric} of {claim.variant} {sign} {claim.against}"

    @property
    def outcome(self) -> str:
        """One of `OUTCOMES`."""
        if self.estimate["mean"] is None:
            return NOT_MEASURED
        if self.claim.not_identified is not None:
            return NOT_IDENTIFIED
        return position(self.estimate, self.claim.agreeing)

    @property
    def why(self) -> str:
        """The outcome in a sentence."""
        return _WHY[self.outcome](self)

    def to_dict(self) -> dict[str, Any]:
        """The form in JSON."""
        low, high = self.claim.agreeing
        return {
            **{name: getattr(self.claim, name) for name in ("id", "source", "says", "metric", "variant")},
            "against": self.claim.against,
            "compare": self.claim.compare,
            "unit": self.unit,
            "simulated": dict(self.estimate),
            "detail": self.detail or None,
            "claimed": {"low": low, "high": high},
            "outcome": self.outcome,
            "why": self.why,
            "contradicts": self.claim.contradicts,
            "note": self.claim.note,
        }

    def _number(self, value: float | None) -> str:
        return formatting.number(value, self.unit, currency=self.currency, signed=self.signed)


def position(estimate: Estimate, agreeing: tuple[float | None, float | None]) -> str:
    """Where an interval lies: within the range (holds), outside (fails), or across an end (undecided)."""
    low, high = (-math.inf if agreeing[0] is None else agreeing[0]), agreeing[1]
    high = math.inf if high is None else high
    first, last = estimate["low"], estimate["high"]
    if first is None or last is None:
        return UNDECIDED
    if low <= first and last <= high:
        return HOLDS
    return FAILS if last < low or first > high else UNDECIDED


def replicates_needed(
    estimate: Estimate, agreeing: tuple[float | None, float | None], now: int
) -> int | None:
    """Replicates that would decide if the mean stayed: the interval narrows as 1 / sqrt(replicates)."""
    mean, first, last = estimate["mean"], estimate["low"], estimate["high"]
    if mean is None or first is None or last is None:
        return None
    distance = min(abs(mean - end) for end in agreeing if end is not None)
    if distance == 0:
        return None
    needed = math.ceil(now * ((last - first) / 2 / distance) ** 2)
    return needed if now < needed <= MOST_REPLICATES else None


def counted(checked: list[Checked]) -> Mapping[str, int]:
    """Claims by outcome; outcomes that none has are left out."""
    found = [one.outcome for one in checked]
    return {outcome: found.count(outcome) for outcome in OUTCOMES if outcome in found}


def _fails(one: Checked) -> str:
    low, high = one.claim.agreeing
    last = one.estimate["high"]
    below = low is not None and last is not None and last < low
    end = one._number(low if below else high)
    return f"the whole interval lies {'below' if below else 'above'} {end}"


def _undecided(one: Checked) -> str:
    if one.estimate["low"] is None:
        return "more replicates needed: one has no interval"
    needed = replicates_needed(one.estimate, one.claim.agreeing, one.replicates)
    advice = f"; about {needed:,} would do if the value stays" if needed else ""
    return f"more replicates needed: the interval crosses an end of the range{advice}"


_WHY = {
    HOLDS: lambda one: "the whole interval lies within the range",
    FAILS: _fails,
    UNDECIDED: _undecided,
    NOT_IDENTIFIED: lambda one: one.claim.not_identified,
    NOT_MEASURED: lambda one: "a denominator is 0, or nothing of the kind happened",
}
