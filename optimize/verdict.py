"""The verdict: whether the recommended plan beats the status quo on the judge's draws, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimize.objectives import Objective
from optimize.wording import money, quantity

if TYPE_CHECKING:
    from sim import Interval, Replicates


#: Share of the total not placed from which on the verdict says so.
WORTH_SAYING = 0.02


@dataclass(frozen=True)
class Verdict:
    """Whether the recommended plan beats the status quo, on the judge's paired replicates.

    Attributes:
        word: `better`, `no better`, `worse`, or `undecided` (one replicate has no interval).
        text: sentences with the difference and its 95 % interval.
        keep: True where today's plan is to be kept: nothing better was found, and the limits allow it.
    """

    word: str
    text: str
    keep: bool = False


def decide(
    judged: Replicates,
    goals: tuple[Objective, ...],
    *,
    currency: str,
    total: float,
    today: float,
    allowed: bool = True,
    free: float = 0.0,
    fixed: bool = True,
    equals: Sequence[str] = (),
    unsure: Sequence[str] = (),
    totals: tuple[float, float] | None = None,
) -> Verdict:
    """The verdict on the first objective, a sentence on each other one, then what else the reader must know.

    When the total differs from what the status quo spends, a further sentence compares with today's
    mix at the same total, so that the size of the budget is not mistaken for a better mix.

    Args:
        allowed: whether the status quo meets the limits.
        free: money of the total that is not placed, in the plan or left out of it.
        fixed: whether that total was to be spent exactly.
        equals: what to call plans that cannot be told apart from the recommended one.
        unsure: labels of channels that near-equal plans give more than today, or less.
        totals: least and most that near-equal plans spend, where that is another total.
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
    keep = words[0] in ("no better", "worse") and allowed
    if keep:
        sentences.append("Keep the status quo.")
    elif words[0] in ("no better", "worse") and not allowed:
        sentences.append("The status quo itself is not allowed by the limits and the total.")
    if free > WORTH_SAYING * total:
        amount = (
            f"{money(free, currency)} of the total ({free / total:.0%}) finds no audience: it is not placed"
        )
        sentences.append(f"{amount}, and free for something else." if fixed else f"{amount}, and not billed.")
    text = " ".join([*sentences, *_certainty(currency, equals, unsure, totals)])
    return Verdict(words[0], text, keep)


def _certainty(
    currency: str, equals: Sequence[str], unsure: Sequence[str], totals: tuple[float, float] | None
) -> list[str]:
    """What another start of the search might advise, in a sentence for each sort."""
    said = []
    if equals:
        names = _listed(equals, "and")
        any_of = "any of them will do" if len(equals) > 1 else "either will do"
        said.append(f"{names[0].upper()}{names[1:]} cannot be told apart from it: {any_of}.")
    open_questions = []
    if totals is not None:
        low, high = (money(end, currency) for end in totals)
        open_questions.append(f"spend anything from {low} to {high}")
    if unsure:
        open_questions.append(f"give {_listed(unsure, 'or')} more than today, or less")
    if open_questions:
        said.append(f"Another start of the search might {' and '.join(open_questions)}, and be as good.")
    return said


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


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
