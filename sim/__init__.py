"""The market: scenario files, the world, the engines and what they measure.

    file = load("beauty-launch")                       text -> a validated scenario
    world = compile_world(file.scenario)               what is
    plan = file.status_quo()                           what we decide
    run = simulate(world, plan, seed=0)                one replicate: counts and boards
    replicate_kpis(world, {"plan": plan}, seed=0, replicates=20)   measures with intervals

Names are loaded on first use, so that a command which only prints help pays for none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.errors import (
    CapacityError,
    Fault,
    LimitError,
    OmnifunnelError,
    PlanError,
    ScenarioError,
    SolverError,
)

if TYPE_CHECKING:
    from sim.engine.compile import is_cached
    from sim.engine.many import Job, available_cpus, simulate_many
    from sim.engine.mesa_model import Consumer, MarketModel
    from sim.engine.run import Run
    from sim.engine.simulate import ENGINES, simulate
    from sim.market.compiling import compile_world
    from sim.market.layout import bytes_per_consumer
    from sim.market.plan import Plan
    from sim.market.spend_csv import read_spend, write_spend
    from sim.market.vocabulary import Kind, Move, Period, Stage, Targeting
    from sim.market.world import World
    from sim.measure.channels import CHANNEL_MEASURES, channel_table
    from sim.measure.kpis import KPIS, Kpi, kpis
    from sim.measure.replicates import Interval, Replicates, interval, replicate_kpis
    from sim.scenario.calendar import period_starts
    from sim.scenario.scalars import dump
    from sim.scenario.schema import SCHEMA_VERSION, Limit, Scenario
    from sim.scenario.source import ScenarioFile, json_schema, load

_HOME = {
    "is_cached": "sim.engine.compile",
    "Consumer": "sim.engine.mesa_model",
    "MarketModel": "sim.engine.mesa_model",
    "Run": "sim.engine.run",
    "ENGINES": "sim.engine.simulate",
    "Job": "sim.engine.many",
    "available_cpus": "sim.engine.many",
    "simulate": "sim.engine.simulate",
    "simulate_many": "sim.engine.many",
    "compile_world": "sim.market.compiling",
    "bytes_per_consumer": "sim.market.layout",
    "Plan": "sim.market.plan",
    "read_spend": "sim.market.spend_csv",
    "write_spend": "sim.market.spend_csv",
    "Kind": "sim.market.vocabulary",
    "Move": "sim.market.vocabulary",
    "Period": "sim.market.vocabulary",
    "Stage": "sim.market.vocabulary",
    "Targeting": "sim.market.vocabulary",
    "World": "sim.market.world",
    "CHANNEL_MEASURES": "sim.measure.channels",
    "channel_table": "sim.measure.channels",
    "KPIS": "sim.measure.kpis",
    "Kpi": "sim.measure.kpis",
    "kpis": "sim.measure.kpis",
    "Interval": "sim.measure.replicates",
    "Replicates": "sim.measure.replicates",
    "interval": "sim.measure.replicates",
    "replicate_kpis": "sim.measure.replicates",
    "period_starts": "sim.scenario.calendar",
    "dump": "sim.scenario.scalars",
    "SCHEMA_VERSION": "sim.scenario.schema",
    "Limit": "sim.scenario.schema",
    "Scenario": "sim.scenario.schema",
    "ScenarioFile": "sim.scenario.source",
    "json_schema": "sim.scenario.source",
    "load": "sim.scenario.source",
}

__all__ = [
    "CHANNEL_MEASURES",
    "ENGINES",
    "KPIS",
    "SCHEMA_VERSION",
    "CapacityError",
    "Consumer",
    "Fault",
    "Interval",
    "Job",
    "Kind",
    "Kpi",
    "Limit",
    "LimitError",
    "MarketModel",
    "Move",
    "OmnifunnelError",
    "Period",
    "Plan",
    "PlanError",
    "Replicates",
    "Run",
    "Scenario",
    "ScenarioError",
    "ScenarioFile",
    "SolverError",
    "Stage",
    "Targeting",
    "World",
    "available_cpus",
    "bytes_per_consumer",
    "channel_table",
    "compile_world",
    "dump",
    "interval",
    "is_cached",
    "json_schema",
    "kpis",
    "load",
    "period_starts",
    "read_spend",
    "replicate_kpis",
    "simulate",
    "simulate_many",
    "write_spend",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
