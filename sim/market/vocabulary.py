"""The words of the model and their order: stages, moves, targeting, kinds of channel.

Array axes follow these enumerations, so an index in a ledger is the value of a member here.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Stage(IntEnum):
    """Where a consumer stands in the funnel (axis `s`)."""

    UNAWARE = 0
    AWARE = 1
    INTERESTED = 2
    DECIDING = 3
    CUSTOMER = 4
    LOYAL = 5
    ADVOCATE = 6
    LAPSED = 7


class Move(IntEnum):
    """A change of stage (axis `e`). At most one a period."""

    DISCOVER = 0
    ENGAGE = 1
    DECIDE = 2
    CONVERT = 3
    BOND = 4
    ADVOCATE = 5
    WIN_BACK = 6
    LAPSE = 7
    COOL = 8


class Effect(IntEnum):
    """What a channel's remembered exposures can push (axis `e` of `effect_ce`)."""

    DISCOVER = 0
    ENGAGE = 1
    DECIDE = 2
    CONVERT = 3
    BOND = 4
    ADVOCATE = 5
    WIN_BACK = 6
    RETAIN = 7
    REPEAT = 8


class Targeting(Enum):
    """Who can see a channel (MODEL: eligibility by stage and resolved identity)."""

    BROADCAST = "broadcast"
    INTENT = "intent"
    PROFILE = "profile"
    IDENTIFIED = "identified"


class Kind(Enum):
    """How a channel is paid for; `earned` carries word of mouth and takes no money."""

    PAID = "paid"
    OWNED = "owned"
    PHYSICAL = "physical"
    EARNED = "earned"


class Period(Enum):
    """Length of one simulated step."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        """Days in one period."""
        return 1 if self is Period.DAY else 7


N_STAGES = len(Stage)
N_EFFECTS = len(Effect)

#: (stage, direction) -> stage reached; direction 0 is onward, which channels push, 1 away. -1: no such move.
NEXT_STAGE: tuple[tuple[int, int], ...] = (
    (Stage.AWARE, -1),
    (Stage.INTERESTED, Stage.UNAWARE),
    (Stage.DECIDING, Stage.AWARE),
    (Stage.CUSTOMER, Stage.INTERESTED),
    (Stage.LOYAL, Stage.LAPSED),
    (Stage.ADVOCATE, Stage.LAPSED),
    (-1, Stage.LAPSED),
    (Stage.CUSTOMER, -1),
)

#: stage -> effect that pushes the move onward.
PUSH_OF: tuple[Effect | None, ...] = (
    Effect.DISCOVER,
    Effect.ENGAGE,
    Effect.DECIDE,
    Effect.CONVERT,
    Effect.BOND,
    Effect.ADVOCATE,
    None,
    Effect.WIN_BACK,
)

#: effect -> stages whose consumers it can move.
FELT_AT: dict[Effect, tuple[Stage, ...]] = {
    effect: tuple(stage for stage in Stage if PUSH_OF[stage] is effect)
    or (Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE)
    for effect in Effect
}

#: (stage, direction) -> name of the move; None where no such move exists.
MOVE_OF: tuple[tuple[Move | None, Move | None], ...] = (
    (Move.DISCOVER, None),
    (Move.ENGAGE, Move.COOL),
    (Move.DECIDE, Move.COOL),
    (Move.CONVERT, Move.COOL),
    (Move.BOND, Move.LAPSE),
    (Move.ADVOCATE, Move.LAPSE),
    (None, Move.LAPSE),
    (Move.WIN_BACK, None),
)
