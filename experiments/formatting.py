"""Numbers for people: the same text on every machine, whatever its locale or terminal.

Units are those of the measures: `money` is in major units of the scenario's currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

MISSING = "—"
_STEPS = ((1e9, " bn"), (1e6, " M"), (1e3, " k"), (1.0, ""))
#: Units counted in whole things.
COUNTED = frozenset({"people", "orders", "impressions", "clicks", "count"})
#: Digits after the point that a difference gets at most, and what is zero but for the order of a sum.
FINEST, ROUNDING = 6, 1e-6


def decimals(unit: str, size: float) -> int:
    """Digits after the point that a number of this unit and size is worth."""
    if unit in COUNTED:
        return 0
    if unit == "money":
        return 2 if size < 1_000 else 0
    if unit == "share":
        return 1
    return 2 if size < 100 else 0


def number(value: float | None, unit: str, *, currency: str = "", signed: bool = False) -> str:
    """One number with its unit: `CNY 14,040,000`, `1.23`, `12.3 %`, `—` when it is undefined.

    A signed number is a difference, so that a share then counts in percentage points (`+1.2 pp`).
    """
    if value is None or not isfinite(value):
        return MISSING
    digits = decimals(unit, abs(value))
    return f"{_prefix(unit, currency)}{_bare(value, unit, digits, signed)}{_suffix(unit, signed)}"


def interval(
    estimate: Mapping[str, float | None] | None, unit: str, *, currency: str = "", signed: bool = False
) -> str:
    """A mean with its interval: `1.02 (0.95 to 1.10)`; the mean alone when there is no interval."""
    if estimate is None or estimate["mean"] is None:
        return MISSING
    mean, low, high = estimate["mean"], estimate["low"], estimate["high"]
    if low is None or high is None:
        return number(mean, unit, currency=currency, signed=signed)
    parts = interval_parts((mean, low, high), unit, signed=signed)
    suffix = _suffix(unit, signed)
    return f"{_prefix(unit, currency)}{parts[0]}{suffix} ({parts[1]} to {parts[2]}{suffix})"


def interval_parts(ends: Sequence[float], unit: str, *, signed: bool = False) -> tuple[str, ...]:
    """A mean and its ends with the same digits, without their unit; a mean alone as well."""
    digits = interval_digits(ends, unit, signed=signed)
    return tuple(_bare(value, unit, digits, signed) for value in ends)


def interval_digits(ends: Sequence[float], unit: str, *, signed: bool = False) -> int:
    """Digits after the point that a mean and its ends have in common.

    A signed number is a difference, which may be small: it keeps two digits that count, and as many as
    its ends need not to read as zero where the interval leaves zero out.
    """
    largest, nearest = max(map(abs, ends)), min(map(abs, ends))
    digits = decimals(unit, largest)
    if not signed or largest < ROUNDING:
        return digits
    scale = 100 if unit == "share" else 1
    if unit not in COUNTED:
        digits = max(digits, 1 - floor(log10(largest * scale)))
    if min(ends) * max(ends) > 0 and nearest >= ROUNDING:
        while digits < FINEST and round(nearest * scale, digits) == 0:
            digits += 1
    return min(digits, FINEST)


def short_interval(estimate: Mapping[str, float | None], unit: str, *, signed: bool = False) -> str:
    """As `interval`, but three digits for large numbers and no currency, for tables of several plans."""
    parts = [estimate[key] for key in ("mean", "low", "high")]
    if (
        parts[0] is None
        or unit not in COUNTED | {"money"}
        or max(abs(p) for p in parts if p is not None) < 10_000
    ):
        return interval(estimate, unit, signed=signed)
    mean, low, high = (None if part is None else compact(part, signed=signed) for part in parts)
    return f"{mean} ({low} to {high})" if low is not None and high is not None else f"{mean}"


def plus_minus(estimate: Mapping[str, float | None], unit: str) -> str:
    """A mean and half its interval, three digits, tight: `58.4M ±300k`, `70.0 ±0.2 %`; else the mean."""
    mean, low, high = estimate["mean"], estimate["low"], estimate["high"]
    if mean is None:
        return MISSING
    large = unit in COUNTED | {"money"}

    def text(value: float) -> str:
        if large:
            return compact(value).replace(" ", "")
        return _bare(value, unit, decimals(unit, abs(mean)), False)

    half = "" if low is None or high is None else f" ±{text((high - low) / 2)}"
    return f"{text(mean)}{half}{_suffix(unit, False)}"


def compact(value: float, *, currency: str = "", signed: bool = False) -> str:
    """Money or a count for a figure, three digits: `CNY 14.0 M`, `350 k`, `-1.20 M`."""
    # 999,600 would print as "1000 k": hand it to the next letter up
    factor, letter = next(step for step in _STEPS if abs(value) >= step[0] * 0.9995 or step[0] == 1.0)
    scaled = value / factor
    digits = 0 if abs(scaled) >= 99.95 or (factor == 1.0 and scaled == round(scaled)) else 1
    digits = 2 if abs(scaled) < (9.995 if factor > 1.0 else 0.995) and digits else digits
    digits = 0 if round(scaled, digits) == 0 else digits
    text = f"{scaled:+,.{digits}f}" if signed else f"{scaled:,.{digits}f}"
    return f"{currency} {_minus(text)}{letter}" if currency else f"{_minus(text)}{letter}"


def percent(share: float, *, signed: bool = False, digits: int = 0) -> str:
    """A share as per cent: `24 %`, `+3.1 %`."""
    text = f"{100 * share:+,.{digits}f}" if signed else f"{100 * share:,.{digits}f}"
    return f"{_minus(text)} %"


def in_sentence(label: str) -> str:
    """A KPI's label inside a sentence: no brackets, small first letter unless it is an abbreviation."""
    bare = label.split(" (")[0]
    return bare if bare[1:2].isupper() else bare[:1].lower() + bare[1:]


def unit_text(unit: str, currency: str) -> str:
    """The unit as an axis or a column heading names it."""
    return {"money": currency, "share": "%"}.get(unit, unit)


def _bare(value: float, unit: str, digits: int, signed: bool) -> str:
    scaled = 100 * value if unit == "share" else value
    text = f"{scaled:+,.{digits}f}" if signed else f"{scaled:,.{digits}f}"
    return _minus(text)


def _minus(text: str) -> str:
    """Drop the sign of a zero: -0.00 is no loss."""
    return text.lstrip("+-") if not text.strip("+-0.,") else text


def _prefix(unit: str, currency: str) -> str:
    return f"{currency} " if unit == "money" and currency else ""


def _suffix(unit: str, difference: bool) -> str:
    """A difference of two shares is in percentage points, not per cent."""
    if unit != "share":
        return ""
    return " pp" if difference else " %"
