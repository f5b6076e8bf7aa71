"""A budget as it is typed: an amount, or a change of what today's plan spends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from experiments.errors import RequestError

_DIGITS = r"(?:[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:_[0-9]{3})+)|[0-9]+)(?:\.[0-9]+)?"
_BUDGET = re.compile(
    rf"(?:(?P<amount>{_DIGITS}(?:[eE]\+?[0-9]+)?)|(?P<change>[+-]{_DIGITS})%|(?P<factor>{_DIGITS})x)"
)
_FORMS = (
    "an amount such as 6000000 or 6,000,000, a change of today's plan such as +20% or -10%, or 1.2x of it"
)


@dataclass(frozen=True)
class BudgetAsked:
    """Money over the whole plan, or times what today's plan spends.

    Attributes:
        text: as typed.
        amount: currency; None where it is relative.
        factor: times today's plan; None where it is an amount.
    """

    text: str
    amount: float | None = None
    factor: float | None = None

    def at(self, today: float) -> float:
        """The amount, where today's plan spends `today`.

        Raises:
            RequestError: a change of nothing.
        """
        if self.factor is None:
            assert self.amount is not None
            return self.amount
        if today <= 0:
            raise RequestError(f"--budget {self.text}: today's plan spends nothing; give an amount")
        return round(self.factor * today, 2)


def read_budget(text: str) -> BudgetAsked:
    """`6,000,000`, `+20%`, `-10%` or `1.2x`.

    Raises:
        RequestError: any other text, or a budget that is not above 0.
    """
    match = _BUDGET.fullmatch(text.strip())
    if match is None:
        raise RequestError(f"must be {_FORMS}, got '{text}'")
    if match["amount"]:
        found = BudgetAsked(text.strip(), amount=_number(match["amount"]))
    elif match["factor"]:
        found = BudgetAsked(text.strip(), factor=_number(match["factor"]))
    else:
        found = BudgetAsked(text.strip(), factor=1 + _number(match["change"]) / 100)
    size = found.factor if found.amount is None else found.amount
    if size is None or not 0 < size < float("inf"):
        raise RequestError(f"must be above 0, got '{text}'")
    return found


def _number(digits: str) -> float:
    return float(digits.replace(",", "").replace("_", ""))
