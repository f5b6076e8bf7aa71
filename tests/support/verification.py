"""The page docs/verification.md: what was checked, and how far from the theory it came out."""

from __future__ import annotations

import math
from pathlib import Path

from checks import ACCEPTED, AGENTS, REJECTED, SEED, Check
from closed_forms import CHECKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
TEMPLATE = Path(__file__).with_name("verification_template.md")
COLUMNS = (
    "Closed form",
    "Run",
    "Theory",
    "Estimate",
    "Standard error",
    "z",
    "Wrong rule",
    "Its value",
    "Rejected at z",
)
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n"
#: Beyond this many standard errors the number says nothing more.
FAR = 1_000.0


def page() -> str:
    """The whole page; the same on every machine."""
    checks = [check for make in CHECKS.values() for check in make()]
    largest = max(abs(check.z) for check in checks)
    closest = min(abs(check.wrong_z) for check in checks)
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in {
        "AGENTS": f"{AGENTS:,}",
        "SEED": str(SEED),
        "ACCEPTED": f"{ACCEPTED:g}",
        "REJECTED": f"{REJECTED:g}",
        "CHECKS": str(len(checks)),
        "LARGEST": f"{largest:.2f}",
        "CLOSEST": f"{closest:.1f}",
        "TABLE": HEAD + "".join(row(check) for check in checks),
    }.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def row(check: Check) -> str:
    """One line of the table."""
    cells = [
        check.name,
        check.simulated,
        digits(check.theory),
        digits(check.estimate),
        digits(check.error) if check.error > 0 else "exact",
        f"{check.z:+.2f}",
        check.wrong_rule,
        digits(check.wrong),
        distance(check.wrong_z),
    ]
    return f"| {' | '.join(cells)} |\n"


def distance(z: float) -> str:
    """A z-score, unless it is out of sight."""
    if math.isinf(z):
        return "always"
    return f"{z:+.1f}" if abs(z) < FAR else f"beyond {math.copysign(FAR, z):+,.0f}"


def digits(value: float) -> str:
    """Four significant digits; whole numbers as they are."""
    return f"{value:,.0f}" if value == int(value) else f"{value:#.4g}"
