"""Both engines against an independent recursion of expected values, and against that recursion gone wrong.

The market has no memory over periods and no differences within a segment; everything else is on.
"""

from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np
import pytest
from expected import expect
from worlds import build, document

from sim import Run, simulate

LARGE, SMALL = 200_000, 2_000
ACCEPTED, REJECTED = 4.5, 6.0
ALIKE = 1e6
MOVES = ("discover", "engage", "decide", "convert", "bond", "advocate", "win_back")


def segment(share: float, **changes: Any) -> dict[str, Any]:
    return {
        "share": share,
        "responsiveness": {"mean": 1.0, "cv": 0.0},
        "purchase_rate_per_period": {"mean": 0.5, "shape": ALIKE},
        "lapse_rate_per_period": {"mean": 0.15, "shape": ALIKE},
        "order_value": {"mean": 40.0},
        "initial": {"aware": 0.2, "customer": 0.15, "loyal": 0.1, "advocate": 0.1, "lapsed": 0.1},
        **changes,
    }


def channels() -> dict[str, Any]:
    """A site with clicks and a club for those who decide or have bought; both sell."""
    site_effect = dict(zip(MOVES, (0.4, 0.3, 0.2, 0.3, 0.1, 0.1, 0.3), strict=True))
    club_effect = {
        "discover": 0.2,
        "convert": 0.5,
        "bond": 0.4,
        "win_back": 0.4,
        "retain": 1.2,
        "repeat": 0.8,
    }
    return {
        "site": {
            "kind": "owned",
            "reach": 0.8,
            "organic": 2.0,
            "ctr": 0.3,
            "click_weight": 2.0,
            "half_life": 0.0,
            "saturation": 1.5,
            "frequency_cap": 2,
            "effect": site_effect,
            "sells": {"preference": 1.0, "pull": 2.0},
        },
        "club": {
            "kind": "owned",
            "targeting": "profile",
            "stages": ["deciding", "customer", "loyal", "advocate", "lapsed"],
            "organic": 0.8,
            "half_life": 0.0,
            "saturation": 1.0,
            "frequency_cap": 5,
            "effect": club_effect,
            "sells": {"preference": 0.6, "basket": 1.25},
        },
    }


def market(agents: int) -> dict[str, Any]:
    """Two segments, a site and a club that sell, clicks, caps, synergies both ways, every effect."""
    return document(
        calendar={"start": "2026-01-05", "periods": 12, "tail": 3},
        population={"people": agents, "agents": agents},
        identity={"match_rate": 0.6},
        plan={},
        segments={
            "calm": segment(0.6, responsiveness={"mean": 0.7, "cv": 0.0}),
            "keen": segment(0.4, base_rate_per_period={"engage": 0.4}, preference={"club": 3.0}),
        },
        funnel={
            "base_rate_per_period": dict(zip(MOVES, (0.05, 0.2, 0.2, 0.15, 0.1, 0.08, 0.05), strict=True)),
            "cool_rate_per_period": 0.12,
            "loyal": {"purchase": 1.6, "lapse": 0.5},
            "advocate": {"purchase": 1.3, "lapse": 0.3},
        },
        channels=channels(),
        synergies=[
            {"first": "site", "then": "club", "boost": 1.5},
            {"first": "club", "then": "site", "boost": -0.6},
        ],
    )


@functools.cache
def run_of(agents: int, engine: str) -> Run:
    world, plan = build(market(agents))
    return simulate(world, plan, seed=17, engine=engine)


def distances(run: Run, doc: dict[str, Any]) -> dict[str, np.ndarray]:
    """z of every count against the recursion; variances are exact, and at least that of one count."""
    expected = expect(doc)
    n_k = run.world.agents_k

    def z(counts: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
        return np.asarray((counts - mean) / np.sqrt(np.maximum(variance, 1.0)))

    n = n_k[:, None]
    share, mean, square = expected.share_tks, expected.orders_tjkr, expected.square_tjkr
    both, value_jk = mean.sum(axis=3), expected.value_jk  # a first order and a repeat one exclude each other
    revenue_tjk = run.revenue_tjkr.sum(axis=3) / run.world.minor
    return {
        "occupancy": z(run.occupancy_tks, n * share, n * share * (1 - share)),
        "orders": z(run.orders_tjkr, n * mean, n * (square - mean**2)),
        "revenue": z(revenue_tjk / value_jk, n_k * both, n_k * (square.sum(axis=3) - both**2)),
    }


def furthest(run: Run, doc: dict[str, Any]) -> float:
    return max(float(np.abs(z).max()) for z in distances(run, doc).values())


@pytest.mark.parametrize(("engine", "agents"), [("compiled", LARGE), ("mesa", SMALL)])
def test_an_engine_gives_what_is_expected(engine: str, agents: int) -> None:
    for name, z in distances(run_of(agents, engine), market(agents)).items():
        assert np.abs(z).max() < ACCEPTED, (name, np.unravel_index(np.abs(z).argmax(), z.shape))
        assert np.mean(z**2) < 2.0, name


#: A rule taken away or changed -> where it stands in the document, and what the wrong recursion has there.
WRONG: dict[str, tuple[str, Any]] = {
    "synergy ignored": ("synergies", []),
    "synergy backwards": (
        "synergies",
        [{"first": "club", "then": "site", "boost": 1.5}, {"first": "site", "then": "club", "boost": -0.6}],
    ),
    "cap ignored": ("channels.site.frequency_cap", 15),
    "clicks not remembered": ("channels.site.click_weight", 0.0),
    "platform ignored": ("channels.site.reach", 1.0),
    "everyone sees the club": ("channels.club.targeting", "broadcast"),
    "only the stages aimed at see the club": ("channels.club.targeting", "intent"),
    "nobody cools": ("funnel.cool_rate_per_period", 0.0),
    "nobody is retained": ("channels.club.effect.retain", 0.0),
    "no repeat push": ("channels.club.effect.repeat", 0.0),
    "no push to come back": ("channels.club.effect.win_back", 0.0),
    "loyal customers lapse as others do": ("funnel.loyal.lapse", 1.0),
    "advocates buy as others do": ("funnel.advocate.purchase", 1.0),
    "shops do not pull": ("channels.site.sells.pull", 0.0),
    "segments prefer alike": ("segments.keen.preference", {}),
    "baskets alike": ("channels.club.sells.basket", 1.0),
    "segments respond alike": ("segments.calm.responsiveness.mean", 1.0),
    "segments move alike": ("segments.keen.base_rate_per_period", {}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_recursion_is_rejected(name: str) -> None:
    path, value = WRONG[name]
    doc = copy.deepcopy(market(LARGE))
    *parents, last = path.split(".")
    target = doc
    for parent in parents:
        target = target[parent]
    assert target[last] != value
    target[last] = value
    assert furthest(run_of(LARGE, "compiled"), doc) > REJECTED


def test_moves_that_do_not_compete_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Onward decided first, away among the rest, in place of one race between the two."""
    import expected

    genuine = expected.leaving

    def in_turn(*arguments: Any) -> tuple[float, float]:
        onward, away = genuine(*arguments)
        rate = -np.log(1.0 - onward - away) / max(onward + away, 1e-12)
        first = 1.0 - np.exp(-rate * onward)
        return first, (1.0 - first) * (1.0 - np.exp(-rate * away))

    monkeypatch.setattr(expected, "leaving", in_turn)
    assert furthest(run_of(LARGE, "compiled"), market(LARGE)) > REJECTED
