"""What a method hands back."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimize.evaluator import Evaluation


@dataclass
class Search:
    """What a method hands back.

    Attributes:
        best: the plan it recommends; None when no plan could be scored.
        misses: objective -> errors of gains predicted before their plans were simulated.
        candidates: who found it -> another plan worth meeting the recommendation on fresh draws.
        notes: stages that could not run, a sentence each.
    """

    best: Evaluation | None = None
    misses: dict[str, list[float]] = field(default_factory=dict)
    candidates: dict[str, Evaluation] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
