"""replicate_kpis: plans of one spend are simulated once, and measured as if they had been simulated each."""

from __future__ import annotations

from typing import Any

import numpy as np
from worlds import small

from sim import Plan, distinct_plans, replicate_kpis, simulate_many


def test_plans_of_one_spend_are_simulated_once_under_every_name() -> None:
    world, plan = small()
    twin = Plan(plan.channels, plan.spend_tc.copy())
    less = Plan(plan.channels, plan.spend_tc * 0.5)
    nothing = Plan.zero(plan.channels, world.periods)
    asked: list[int] = []

    def counted(world: Any, jobs: Any, **options: Any) -> Any:
        asked.append(len(jobs))
        return simulate_many(world, jobs, **options)

    named = {"plan": plan, "less": less, "twin": twin, "nothing": nothing}
    judged = replicate_kpis(world, named, seed=3, replicates=3, simulator=counted)
    assert sum(asked) == 3 * 3
    assert judged.values["plan"] == judged.values["twin"]
    assert judged.values["plan"] != judged.values["less"]
    assert set(judged.values["nothing"]["profit"]) == {0.0}
    apart = replicate_kpis(world, {"less": less}, seed=3, replicates=3)
    assert judged.values["less"] == apart.values["less"]
    np.testing.assert_array_equal(judged.occupancy["less"], apart.occupancy["less"])


def test_distinct_plans_keep_their_order() -> None:
    _, plan = small()
    less = Plan(plan.channels, plan.spend_tc * 0.5)
    several, place = distinct_plans([less, plan, less, plan])
    assert place == [0, 1, 0, 1]
    assert several[0] is less
    assert several[1] is plan
