"""World or choice: whether a case changes the market, or only what the brand decides and pays for.

A *choice* differs from the first case in nothing but decisions whose cost the simulation counts:

    plan, optimization            where money goes
    discount of an event          a price cut; an event that is nothing else may come and go with it
    coupon of a channel           on or off, and its terms
    reward_per_customer           what a referral costs
    loyalty                       on or off; earn, redeem_at, a tier on or off, and its spend
    caps on frequency             frequency_cap of a channel, identity.cross_channel_cap

Everything else is the market, and a case that changes any of it is a *world*: how people respond, prices of
media, outages, and also what a firm could bring about at a cost that is not simulated (resolved identities,
one message, shared stock, service). The best of several worlds is no advice, so worlds are not ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.runner import Case

CHOICE, WORLD = "choice", "world"
#: Blocks that are no market: names and notes, and what is decided.
ASIDE = (
    *("schema_version", "name", "title", "question", "assumptions", "sources", "variants", "claims"),
    *("plan", "optimization"),
)
#: Fields of a loyalty programme and its tier that are its terms, not people's response.
TERMS, TIER_TERMS = ("earn", "redeem_at"), ("spend",)
#: Fields of an event that say nothing of what it does.
WHEN = ("name", "start", "end", "channels", "fade")


@dataclass(frozen=True)
class Kind:
    """What a case is beside the first one.

    Attributes:
        word: `choice` or `world`.
        market: fields of the market that differ, in words; empty for a choice.
        plan: whether the plan differs too.
    """

    word: str
    market: tuple[str, ...]
    plan: bool


def kind_of(case: Case, first: Case) -> Kind:
    """Whether a case is a world or a choice beside the first one."""
    other_plan = case.plan.spend_tc.shape != first.plan.spend_tc.shape or bool(
        (case.plan.spend_tc != first.plan.spend_tc).any()
    )
    mine, its = _market(case), _market(first)
    _drop_terms(mine, its, "loyalty", TERMS)
    if mine["loyalty"] is not None:
        _drop_terms(mine["loyalty"], its["loyalty"], "tier", TIER_TERMS)
    market = tuple(_differences(mine, its))
    return Kind(WORLD if market else CHOICE, market, other_plan)


def _market(case: Case) -> dict[str, Any]:
    """The scenario of a case without names and without what is decided."""
    scenario = case.file.scenario
    found: dict[str, Any] = scenario.model_dump(mode="json")
    for name in ASIDE:
        del found[name]
    for block in (*found["channels"].values(), *found["segments"].values()):
        del block["label"]
    for channel in found["channels"].values():
        del channel["coupon"], channel["reward_per_customer"], channel["frequency_cap"]
    del found["identity"]["cross_channel_cap"]
    events = [event.model_dump(mode="json", exclude_defaults=True) for event in scenario.events]
    found["events"] = [
        {name: value for name, value in event.items() if name not in ("name", "discount")}
        for event in events
        if not set(event) <= {*WHEN, "discount"}
    ]
    return found


def _drop_terms(mine: dict[str, Any], its: dict[str, Any], block: str, terms: Sequence[str]) -> None:
    """A programme that one side lacks is dropped, else its terms on both sides."""
    if mine[block] is None or its[block] is None:
        mine[block] = its[block] = None
        return
    for one in (mine[block], its[block]):
        for name in terms:
            del one[name]


def _differences(mine: Any, its: Any, path: str = "") -> list[str]:
    """Fields that differ as `path`, with both values where they are single ones."""
    if mine == its:
        return []
    if isinstance(mine, dict) and isinstance(its, dict):
        return [
            found
            for name in dict.fromkeys((*its, *mine))
            for found in _differences(mine.get(name), its.get(name), f"{path}.{name}" if path else name)
        ]
    if any(isinstance(value, dict | list) for value in (mine, its)):
        return [path]
    return [f"{path} {_word(mine)} (not {_word(its)})"]


def _word(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)
