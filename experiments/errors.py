"""Faults of this layer, and what every fault means for the exit code."""

from __future__ import annotations

from sim import (
    CapacityError,
    JourneyError,
    LimitError,
    OmnifunnelError,
    OrdersError,
    PlanError,
    ScenarioError,
)


class OutputError(OmnifunnelError):
    """A place for results that is taken or cannot be written."""


class RequestError(OmnifunnelError):
    """Options that do not go together with the scenario, e.g. a variant that it does not have."""


class ReportError(OmnifunnelError):
    """A folder that no report can be made of, or a page that cannot be written."""


#: What the user can mend by changing what was asked for; all other faults are failures (exit 1).
USER_FAULTS = (
    ScenarioError,
    PlanError,
    JourneyError,
    OrdersError,
    LimitError,
    CapacityError,
    OutputError,
    RequestError,
    ReportError,
)

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def exit_code(fault: OmnifunnelError) -> int:
    """2 for usage or a bad scenario, 1 for a failure."""
    return USAGE if isinstance(fault, USER_FAULTS) else FAILED
