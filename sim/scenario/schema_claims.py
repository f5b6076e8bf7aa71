"""What sources claim about a scenario, in a form that a run can check."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.types import Id, Model, Name, Number, Positive

#: How a claim calls the file itself, without any variant.
BASE = "base"
MAX_CLAIMS = 64
#: A code of the list of facts: a section, and a number unless the whole section is meant.
Code = Annotated[str, Field(pattern=r"^[A-Z][0-9]*(\.[0-9]+)?$", max_length=12)]
#: The other side of a contradiction: its code, then what it says.
Contradiction = Annotated[str, Field(pattern=r"^[A-Z][0-9]*(\.[0-9]+)?[,:] .", max_length=400)]
Sentence = Annotated[str, Field(min_length=1, max_length=400)]


class Claim(Model):
    """One claim: where it comes from, what it says, what is measured and which values agree with it."""

    id: Id = Field(description="name of the claim, once in the file")
    source: Code = Field(description="code of the list of facts, like A0.9")
    says: Sentence = Field(description="the claim in one sentence")
    metric: str = Field(description="what is measured: `name` or `name:argument`, see docs/scenarios.md")
    variant: Name = Field(default=BASE, description="variant that is measured; base: the file itself")
    against: Name | None = Field(
        default=None, description="variant it is compared with; base: the file itself; none for a level"
    )
    compare: Literal["ratio", "difference", "level"] = Field(
        description="variant / against, variant - against, or the variant alone"
    )
    low: Number | None = Field(default=None, description="unit of the comparison; at least this")
    high: Number | None = Field(default=None, description="unit of the comparison; at most this")
    value: Number | None = Field(default=None, description="what the claim says; needs a tolerance")
    tolerance: Positive | None = Field(
        default=None, description="in the unit of value: value - tolerance to value + tolerance agrees"
    )
    not_identified: Sentence | None = Field(
        default=None, description="what the claim does not say, so that no run can confirm or refute it"
    )
    contradicts: Contradiction | None = Field(
        default=None, description="the source that says otherwise, `A1.5: what it says`"
    )
    note: Sentence | None = Field(default=None, description="a remark shown beside the result")

    @property
    def agreeing(self) -> tuple[float | None, float | None]:
        """Lowest and highest value that agrees with the claim; None where it is open."""
        if self.value is not None and self.tolerance is not None:
            return self.value - self.tolerance, self.value + self.tolerance
        return self.low, self.high
