"""The shipped scenarios: data, each file with the question it asks."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent
_NAMES = (
    "beauty-launch",
    "retail-media",
    "conflicting-rules",
    "livestream-day",
    "beauty-double11",
    "fmcg-private-domain",
    "appliance-silo",
    "summer-drink",
    "seo-plus-feed",
    "platform-ban",
    "influencer-pyramid",
    "perfect-diary-matrix",
    "b2b-5-3-2",
    "search-reserve",
    "omnichannel-integration",
    "loyalty-referral",
    "o2o-store",
    "reallocation-year",
)


def library() -> dict[str, Path]:
    """The shipped scenarios by name."""
    return {name: _FOLDER / f"{name}.yaml" for name in _NAMES}


def cdnow_file() -> Path:
    """Real purchases of 2,357 customers; see `data/README.md` for columns, origin and licence."""
    return _FOLDER / "data" / "cdnow_sample.txt"
