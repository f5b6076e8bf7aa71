"""Checked claims of every outcome, with long names: what the figure tests draw."""

from experiments.claims.outcomes import Checked
from sim import Claim


def _checked(name, mean, half, *, unit="share", detail="", **fields):
    claim = Claim(
        id=name, source="A0.2", says="So it is.", **{"metric": "orders", "compare": "level"} | fields
    )
    around = {"mean": mean, "low": None if half is None else mean - half, "high": mean and mean + half}
    return Checked("beauty-launch", claim, around, unit, "CNY", 20, detail)


def example():
    """One claim of each outcome."""
    return [
        _checked("channels_before_deciding_as_recorded", 0.22, 0.01, value=0.22, tolerance=0.05),
        _checked("one_channel_fails", 0.55, 0.02, low=0.6, detail="marketplace"),
        _checked(
            "cost_without_identities",
            1.39,
            0.03,
            unit="ratio",
            value=1.3,
            tolerance=0.1,
            compare="ratio",
            variant="silo",
            against="unified",
        ),
        _checked(
            "live_day",
            1.2e8,
            3e6,
            unit="money",
            low=2e8,
            metric="revenue",
            not_identified="It names no base.",
        ),
        _checked("margin", None, None, unit="money", high=0.0, metric="profit"),
    ]
