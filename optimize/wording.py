"""Amounts in sentences: thousands separators, the currency, signs where they matter."""

from __future__ import annotations


def money(amount: float, currency: str) -> str:
    """`CNY 14,040,000`; decimals only where the amount has them and is small."""
    digits = 0 if abs(amount) >= 1_000 or abs(amount - round(amount)) < 0.005 else 2
    return f"{currency} {amount:,.{digits}f}"


def quantity(value: float, *, currency: str | None = None, signed: bool = False) -> str:
    """A KPI in a sentence: money when `currency` is given, else a plain number."""
    sign = "+" if signed and value >= 0 else "-" if value < 0 else ""
    size = abs(value)
    if currency is not None:
        return f"{sign}{money(size, currency)}"
    return f"{sign}{size:,.3f}" if size < 1_000 else f"{sign}{size:,.0f}"
