"""The verdict: whether the recommended plan beats the status quo on the judge's draws, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimize.objectives import Objective
from optimize.wording import money, quantity

if TYPE_CHECKING:
    from sim import Interval, Replicates

#: Unspent share of the total from which on the verdict mentions it in any case.
MUCH = 0.15
#: Rise in the unspent share of the total from which on the verdict mentions it.
IDLE = 0.05


@dataclass(frozen=True)
class Verdict:
    """Whether the recommended plan beats the status quo, on the judge's paired replicates.

    Attributes:
        word: `better`, `no better`, `worse`, or `undecided` (one replicate has no interval).
        text: sentences with the difference and its 95 % interval.
    """

    word: str
    text: str


def decide(
    judged: Replicates, goals: tuple[Objective, ...], *, currency: str, total: float, today: float
) -> Verdict:
    """The verdict on the first objective, a sentence on each other one.

    When the total differs from what the status quo spends, a further sentence compares with today's
    mix at the same total, so that the size of the budget is not mistaken for a better mix.
    """
    words, sentences = [], []
    for goal in goals:
        difference = judged.difference("recommended", "status_quo", goal.kpi)
        word, text = _compare(difference, goal, currency, "the status quo")
        words.append(word)
        sentences.append(text)
    if abs(total - today) > 1e-3 * max(today, 1.0) and "historical" in judged.values:
        difference = judged.difference("recommended", "historical", goals[0].kpi)
        base = f"today's mix at the same total of {money(total, currency)}"
        sentences.append(_compare(difference, goals[0], currency, base)[1])
    idle = _idle(judged, currency, total=total, today=today)
    sentences += [idle] if idle else []
    if words[0] in ("no better", "worse") and len(sentences) == len(goals) + bool(idle):
        sentences.append("Keep the status quo.")
    return Verdict(words[0], " ".join(sentences))


def _idle(judged: Replicates, currency: str, *, total: float, today: float) -> str:
    """Says so when the plan leaves much of its money unspent, or more than today's does.

    Ratios such as ROI divide by billed spend, so parking money where it buys nothing can raise them.
    """
    left, left_today = (
        judged.interval(plan, "unspent") if "unspent" in judged.values[plan] else None
        for plan in ("recommended", "status_quo")
    )
    if left is None or left_today is None or today <= 0:
        return ""
    share, share_today = left.mean / total, left_today.mean / today
    if share - share_today < IDLE and share < MUCH:
        return ""
    less = ": a smaller total would do the same" if share - share_today >= IDLE else ""
    return (
        f"It leaves {money(left.mean, currency)} ({share:.0%} of the total) unspent, "
        f"against {share_today:.0%} today{less}."
    )


def _compare(difference: Interval | None, goal: Objective, currency: str, base: str) -> tuple[str, str]:
    unit = currency if goal.money else None
    start = "The recommended plan"
    if difference is None:
        return (
            "undecided",
            f"{start} cannot be compared with {base}: {goal.label} is undefined for one of them.",
        )
    mean = quantity(difference.mean, currency=unit, signed=True)
    low, high = difference.low, difference.high
    if low is None or high is None:
        return "undecided", (
            f"{start} against {base}: {goal.label} {mean} on one replicate, "
            "which gives no interval; use 2 or more."
        )
    span = f"{quantity(low, currency=unit, signed=True)} to {quantity(high, currency=unit, signed=True)}"
    detail = f"{goal.label} {mean}, 95 % interval {span} over {difference.n} paired replicates"
    if low > 0:
        return "better", f"{start} is better than {base}: {detail}."
    if high < 0:
        return "worse", f"{start} is worse than {base}: {detail}."
    return "no better", f"{start} is no better than {base}: {detail}, which holds zero."
