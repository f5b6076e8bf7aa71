"""Replicates collected one by one say what the same replicates say together."""

from __future__ import annotations

from experiments.replan.carried import Carried
from sim import KPIS, Plan, compile_world, load, replicate_kpis


def test_replicates_added_one_by_one_give_the_ratios_of_all_together():
    file = load("beauty-launch", overrides=["population.agents=500"])
    world, plan = compile_world(file.scenario), file.status_quo()
    plans = {"plan": plan, "less": Plan(plan.channels, plan.spend_tc / 2)}
    carried = Carried(plans)
    for r in range(3):
        carried.add({}, replicate_kpis(world, plans, seed=1, replicates=1, first_replicate=r))
    together, judged = replicate_kpis(world, plans, seed=1, replicates=3), carried.judged()
    for kpi in KPIS:
        assert judged.interval("plan", kpi) == together.interval("plan", kpi)
        assert judged.difference("plan", "less", kpi) == together.difference("plan", "less", kpi)
