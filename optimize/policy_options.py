"""What policies leave open."""

from __future__ import annotations

from dataclasses import dataclass

from sim import LimitError

#: First period of a block, and the period after its last.
Block = tuple[int, int]


@dataclass(frozen=True)
class PolicyOptions:
    """Thresholds of the rules.

    Attributes:
        least_roas: revenue per unit of money below which a channel is culled (FACTS A1.24).
        least_activity: orders per user over those of all users below which a channel is unhealthy: 0.8 reads
            the rule as "20 % below baseline", 0.2 as "below 20 % of baseline" (FACTS A1.18).
        room: a channel that could not place its money is offered at most so many times what it placed, while
            others can take the rest.

    Raises:
        LimitError: a threshold below 0 or not finite.
    """

    least_roas: float = 2.0
    least_activity: float = 0.8
    room: float = 2.0

    def __post_init__(self) -> None:
        for name in ("least_roas", "least_activity", "room"):
            value = getattr(self, name)
            if not 0 <= value < float("inf"):
                raise LimitError(f"{name}: must be a finite number >= 0, got {value}")
