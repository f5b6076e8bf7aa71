"""Figures' data from simulated replicates: the few lines that know both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.plots.funnel import FunnelData, funnel_data
from experiments.plots.reach_frequency import ReachData, reach_data

if TYPE_CHECKING:
    import numpy.typing as npt

    from sim import Run, World


#: Rows of the forest plot: one of each kind, no KPI that another one repeats.
FOREST = (
    "roi",
    "profit",
    "ltv",
    "cac",
    "ltv_cac",
    "new_customers",
    "orders",
    "revenue",
    "aov",
    "repeat_rate",
    "active_end",
    "advocates_end",
    "unspent",
)


def funnel_of(world: World, occupancy: Mapping[str, npt.NDArray]) -> FunnelData:
    """Funnel lines from mean occupancy (T+1, S) in people."""
    from sim import Stage

    stages = [stage.name.lower() for stage in Stage]
    return funnel_data(occupancy, stages, paid_periods=world.periods, period_name=world.period.value)


def reach_of(run: Run) -> ReachData:
    """Reach and frequency of every channel in one run."""
    return reach_data(run.world.labels, run.frequency_cf, run.exposures_tcks.sum(axis=(0, 2, 3)))


def kpi_texts(names: tuple[str, ...] | None = None) -> dict[str, tuple[str, str, str | None]]:
    """(label, unit, better) of KPIs by name; all of them when none are named."""
    from sim import KPIS

    return {
        name: (kpi.label, kpi.unit, kpi.better)
        for name, kpi in KPIS.items()
        if names is None or name in names
    }
