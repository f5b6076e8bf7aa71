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

if TYPE_CHECKING:
    from sim.engine.compile import is_cached as is_cached
    from sim.engine.event_log import Event as Event, EventLog as EventLog
    from sim.engine.many import Job as Job, available_cpus as available_cpus, simulate_many as simulate_many
    from sim.engine.mesa_model import Consumer as Consumer, MarketModel as MarketModel
    from sim.engine.replay import panel as panel, relive as relive, replay as replay
    from sim.engine.run import Run as Run
    from sim.engine.simulate import ENGINES as ENGINES, simulate as simulate
    from sim.engine.trace import Trace as Trace, trace as trace
    from sim.errors import (
        CapacityError as CapacityError,
        Fault as Fault,
        FitError as FitError,
        JourneyError as JourneyError,
        LimitError as LimitError,
        OmnifunnelError as OmnifunnelError,
        OrdersError as OrdersError,
        PlanError as PlanError,
        ScenarioError as ScenarioError,
        SolverError as SolverError,
    )
    from sim.market.compiling import compile_world as compile_world
    from sim.market.intervene import (
        outage as outage,
        plan_scaled as plan_scaled,
        plan_without as plan_without,
        showing as showing,
        silence as silence,
    )
    from sim.market.layout import bytes_per_consumer as bytes_per_consumer
    from sim.market.plan import Plan as Plan
    from sim.market.spend_csv import (
        SpendFile as SpendFile,
        read_spend as read_spend,
        read_spend_file as read_spend_file,
        write_spend as write_spend,
    )
    from sim.market.vocabulary import (
        Kind as Kind,
        Move as Move,
        Period as Period,
        Stage as Stage,
        Targeting as Targeting,
    )
    from sim.market.world import World as World
    from sim.measure.attribution.journeys_csv import Journeys as Journeys, read_journeys as read_journeys
    from sim.measure.attribution.paths import Paths as Paths, paths_of as paths_of
    from sim.measure.attribution.rules import (
        RULES as RULES,
        AttributionOptions as AttributionOptions,
        Credits as Credits,
        attribute as attribute,
    )
    from sim.measure.attribution.scoreboard import (
        Score as Score,
        error_change as error_change,
        noise_floor as noise_floor,
        regrets as regrets,
        score as score,
        share_intervals as share_intervals,
    )
    from sim.measure.channels import CHANNEL_MEASURES as CHANNEL_MEASURES, channel_table as channel_table
    from sim.measure.claims.collect import measure_claims as measure_claims
    from sim.measure.claims.comparing import Sample as Sample, compared as compared
    from sim.measure.claims.metrics import (
        ARGUMENTS as ARGUMENTS,
        CLAIM_METRICS as CLAIM_METRICS,
        metric_unit as metric_unit,
        split_metric as split_metric,
    )
    from sim.measure.customers.acquired import Acquired as Acquired, acquired_customers as acquired_customers
    from sim.measure.customers.acquisition_costs import COSTS as COSTS, cpa_ltv_quadrants as cpa_ltv_quadrants
    from sim.measure.customers.customer_value import (
        COST_MEASURES as COST_MEASURES,
        CustomerValue as CustomerValue,
        customer_value as customer_value,
    )
    from sim.measure.customers.group_values import GROUP_MEASURES as GROUP_MEASURES
    from sim.measure.customers.health import HEALTH_THRESHOLD as HEALTH_THRESHOLD
    from sim.measure.customers.residual import free_pushers as free_pushers
    from sim.measure.customers.rfm import RFM_MEASURES as RFM_MEASURES, RFM_SEGMENTS as RFM_SEGMENTS
    from sim.measure.journeys.cross_channel import (
        CrossChannel as CrossChannel,
        cross_channel_conversion as cross_channel_conversion,
    )
    from sim.measure.journeys.history import History as History, observe as observe
    from sim.measure.journeys.observed import (
        JourneyLog as JourneyLog,
        cut_journeys as cut_journeys,
        paths_from_log as paths_from_log,
        paths_of_journeys as paths_of_journeys,
    )
    from sim.measure.journeys.paths_met import (
        ChannelCount as ChannelCount,
        OrderEffect as OrderEffect,
        PathValue as PathValue,
        distinct_channels as distinct_channels,
        order_effects as order_effects,
        top_paths as top_paths,
    )
    from sim.measure.journeys.stays import StageTime as StageTime, time_in_stage as time_in_stage
    from sim.measure.journeys.touchpoints import HeatRow as HeatRow, heat_map as heat_map
    from sim.measure.kpis import KPIS as KPIS, Kpi as Kpi, kpis as kpis
    from sim.measure.ratios import linearised as linearised
    from sim.measure.repeat_pace import repeat_pace as repeat_pace
    from sim.measure.replicates import (
        Interval as Interval,
        Replicates as Replicates,
        distinct_plans as distinct_plans,
        interval as interval,
        paired_difference as paired_difference,
        ratio_interval as ratio_interval,
        replicate_kpis as replicate_kpis,
    )
    from sim.measure.truth.complementarity import (
        Complementarity as Complementarity,
        stage_coverage as stage_coverage,
    )
    from sim.measure.truth.counterfactuals import TRUTH_MEASURES as TRUTH_MEASURES, Measure as Measure
    from sim.measure.truth.resilience import (
        RESILIENCE_RULE as RESILIENCE_RULE,
        Outage as Outage,
        worst_outage as worst_outage,
    )
    from sim.measure.truth.returns import Returns as Returns
    from sim.measure.truth.shapley import (
        exact_shapley as exact_shapley,
        random_orders as random_orders,
        sampled_shapley as sampled_shapley,
    )
    from sim.measure.truth.synergy import SYNERGY_BASES as SYNERGY_BASES, SynergyIndex as SynergyIndex
    from sim.measure.truth.truth import Shapley as Shapley, Truth as Truth, truth as truth
    from sim.measure.value_models.contractual import (
        CohortSurvival as CohortSurvival,
        cohort_survival as cohort_survival,
    )
    from sim.measure.value_models.fitted_segment import (
        fitted_order_value as fitted_order_value,
        orders_in_steps as orders_in_steps,
        plain_order_value as plain_order_value,
        segment_block as segment_block,
    )
    from sim.measure.value_models.likelihood import Fit as Fit
    from sim.measure.value_models.models import MODELS as MODELS, fit_model as fit_model
    from sim.measure.value_models.orders_csv import (
        cdnow_transactions as cdnow_transactions,
        read_orders as read_orders,
    )
    from sim.measure.value_models.pareto import discounted_purchases as discounted_purchases
    from sim.measure.value_models.transactions import (
        Histories as Histories,
        PurchaseSummary as PurchaseSummary,
        SpendSummary as SpendSummary,
        Transactions as Transactions,
        summarise_purchases as summarise_purchases,
    )
    from sim.scenario.calendar import period_starts as period_starts
    from sim.scenario.scalars import dump as dump
    from sim.scenario.schema import (
        SCHEMA_VERSION as SCHEMA_VERSION,
        Channel as Channel,
        Limit as Limit,
        Scenario as Scenario,
        Segment as Segment,
    )
    from sim.scenario.schema_claims import BASE as BASE, Claim as Claim
    from sim.scenario.source import ScenarioFile as ScenarioFile, json_schema as json_schema, load as load
    from sim.scenario.types import in_language as in_language
    from sim.scenario.windows import read_window as read_window, window_periods as window_periods

#: Where each public name lives: loaded on first use.
_NAMES = {
    "sim.engine.compile": "is_cached",
    "sim.engine.event_log": "Event EventLog",
    "sim.engine.many": "Job available_cpus simulate_many",
    "sim.engine.mesa_model": "Consumer MarketModel",
    "sim.engine.replay": "panel relive replay",
    "sim.engine.run": "Run",
    "sim.engine.simulate": "ENGINES simulate",
    "sim.engine.trace": "Trace trace",
    "sim.errors": (
        "CapacityError Fault FitError JourneyError LimitError OmnifunnelError OrdersError PlanError "
        "ScenarioError SolverError"
    ),
    "sim.market.compiling": "compile_world",
    "sim.market.intervene": "outage plan_scaled plan_without showing silence",
    "sim.market.layout": "bytes_per_consumer",
    "sim.market.plan": "Plan",
    "sim.market.spend_csv": "SpendFile read_spend read_spend_file write_spend",
    "sim.market.vocabulary": "Kind Move Period Stage Targeting",
    "sim.market.world": "World",
    "sim.measure.attribution.journeys_csv": "Journeys read_journeys",
    "sim.measure.attribution.paths": "Paths paths_of",
    "sim.measure.attribution.rules": "AttributionOptions Credits RULES attribute",
    "sim.measure.attribution.scoreboard": "Score error_change noise_floor regrets score share_intervals",
    "sim.measure.channels": "CHANNEL_MEASURES channel_table",
    "sim.measure.claims.collect": "measure_claims",
    "sim.measure.claims.comparing": "Sample compared",
    "sim.measure.claims.metrics": "ARGUMENTS CLAIM_METRICS metric_unit split_metric",
    "sim.measure.customers.acquired": "Acquired acquired_customers",
    "sim.measure.customers.acquisition_costs": "COSTS cpa_ltv_quadrants",
    "sim.measure.customers.customer_value": "COST_MEASURES CustomerValue customer_value",
    "sim.measure.customers.group_values": "GROUP_MEASURES",
    "sim.measure.customers.health": "HEALTH_THRESHOLD",
    "sim.measure.customers.residual": "free_pushers",
    "sim.measure.customers.rfm": "RFM_MEASURES RFM_SEGMENTS",
    "sim.measure.journeys.cross_channel": "CrossChannel cross_channel_conversion",
    "sim.measure.journeys.history": "History observe",
    "sim.measure.journeys.observed": "JourneyLog cut_journeys paths_from_log paths_of_journeys",
    "sim.measure.journeys.paths_met": (
        "ChannelCount OrderEffect PathValue distinct_channels order_effects top_paths"
    ),
    "sim.measure.journeys.stays": "StageTime time_in_stage",
    "sim.measure.journeys.touchpoints": "HeatRow heat_map",
    "sim.measure.kpis": "KPIS Kpi kpis",
    "sim.measure.repeat_pace": "repeat_pace",
    "sim.measure.ratios": "linearised",
    "sim.measure.replicates": "Interval Replicates distinct_plans interval paired_difference ratio_interval "
    "replicate_kpis",
    "sim.measure.truth.complementarity": "Complementarity stage_coverage",
    "sim.measure.truth.counterfactuals": "Measure TRUTH_MEASURES",
    "sim.measure.truth.resilience": "Outage RESILIENCE_RULE worst_outage",
    "sim.measure.truth.returns": "Returns",
    "sim.measure.truth.shapley": "exact_shapley random_orders sampled_shapley",
    "sim.measure.truth.synergy": "SYNERGY_BASES SynergyIndex",
    "sim.measure.truth.truth": "Shapley Truth truth",
    "sim.measure.value_models.contractual": "CohortSurvival cohort_survival",
    "sim.measure.value_models.fitted_segment": (
        "fitted_order_value orders_in_steps plain_order_value segment_block"
    ),
    "sim.measure.value_models.likelihood": "Fit",
    "sim.measure.value_models.models": "MODELS fit_model",
    "sim.measure.value_models.orders_csv": "cdnow_transactions read_orders",
    "sim.measure.value_models.pareto": "discounted_purchases",
    "sim.measure.value_models.transactions": (
        "Histories PurchaseSummary SpendSummary Transactions summarise_purchases"
    ),
    "sim.scenario.calendar": "period_starts",
    "sim.scenario.scalars": "dump",
    "sim.scenario.schema": "Channel Limit SCHEMA_VERSION Scenario Segment",
    "sim.scenario.schema_claims": "BASE Claim",
    "sim.scenario.source": "ScenarioFile json_schema load",
    "sim.scenario.types": "in_language",
    "sim.scenario.windows": "read_window window_periods",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
