"""The page of verification says what the checks give now."""

from __future__ import annotations

import math
from dataclasses import replace

from closed_forms import CHECKS
from verification import PAGE, digits, page, row


def test_the_page_is_what_the_checks_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run `python tests/statistical/write_verification.py` and read what changed"
    )


def test_every_check_has_a_line() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [check.name for make in CHECKS.values() for check in make()]
    assert len(set(names)) == len(names)
    assert all(f"| {name} |" in text for name in names)


def test_a_changed_estimate_changes_its_line() -> None:
    check = CHECKS["orders"]()[0]
    assert row(check) != row(replace(check, estimate=check.estimate * 1.01))
    assert "exact" in row(replace(check, error=0.0))
    assert "always" in row(replace(check, wrong=math.pi, wrong_error=0.0))


def test_numbers_have_four_digits() -> None:
    assert [digits(x) for x in (0.123456, 100_000.0, 0.0, 534.8211)] == ["0.1235", "100,000", "0", "534.8"]
