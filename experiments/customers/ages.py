"""Ages at which customers are compared: whole quarters, and shorter ones where a run has few of them."""

from __future__ import annotations

#: In quarters.
QUARTERS = (1, 2, 3, 4, 6, 8, 12)
QUARTER_DAYS = 91
#: In days.
SHORT_DAYS = (7, 14, 28, 56)


def standard_ages(quarter: int, oldest: int) -> list[int]:
    """Ages in periods up to the oldest one observed.

    Args:
        quarter: periods of a quarter.
        oldest: the largest age that may be taken.

    Returns:
        Quarters, after weeks where there is not more than one quarter.
    """
    quarters = [number * quarter for number in QUARTERS if number * quarter <= oldest]
    weeks = [days * quarter // QUARTER_DAYS for days in SHORT_DAYS]
    return [*(age for age in weeks if 0 < age <= oldest), *quarters] if len(quarters) < 2 else quarters
