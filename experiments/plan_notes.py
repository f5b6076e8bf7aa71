"""What must be said of a plan that a user hands in: columns not read, and a total far from today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments import formatting

if TYPE_CHECKING:
    from sim import SpendFile

#: Times today's total, or part of it, from which on a total is taken for a wrong unit.
FAR = 20.0


def file_notes(name: str, found: SpendFile, today: float, currency: str) -> tuple[str, ...]:
    """What to say of a plan file, a sentence each; nothing where all was read and the total is plausible.

    Args:
        name: of the file.
        found: what was read of it.
        today: what today's plan spends, currency.
        currency: ISO code.
    """
    notes = []
    if found.unread:
        columns = ", ".join(f"'{column}'" for column in found.unread)
        one = len(found.unread) == 1
        notes.append(
            f"{name}: {'column' if one else 'columns'} {columns} {'is' if one else 'are'} not read "
            f"(columns read: {', '.join(found.read)})"
        )
    far = far_from_today(name, found.plan.total, today, currency)
    return (*notes, far) if far else tuple(notes)


def far_from_today(name: str, total: float, today: float, currency: str) -> str | None:
    """A sentence where a total and today's differ by a factor of `FAR` or more; None where they do not."""
    if today <= 0 or today / FAR < total < FAR * today:
        return None
    mine, its = (formatting.number(amount, "money", currency=currency) for amount in (total, today))
    if total <= 0:
        return f"{name} spends nothing, today's plan {its}: is that meant?"
    if total > today:
        how, amounts = f"{name} spends {total / today:,.1f} times today's plan", f"{mine} against {its}"
    else:
        how, amounts = f"today's plan spends {today / total:,.1f} times {name}", f"{its} against {mine}"
    return f"{how} ({amounts}): is the unit right?"
