"""PuLP behind one function: the solver is explicit, the status is checked, duals have one sign.

Only calls that PuLP 3.3 and 4 share are used. Three traps, each measured, are closed here:
a status read as a number differs between the two; PuLP 3.3 hands back HiGHS duals of a maximisation
with the sign turned, so the sign is probed once on a problem with a known answer; values left in the
variables after a failed solve are stale, so they are read only from an optimal one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pulp

from sim import LimitError, SolverError

#: Seconds after which an integer problem is given up, and its relative gap.
TIME_LIMIT = 30
GAP = 1e-4

_STATUS = {1: "optimal", 0: "not solved", -1: "infeasible", -2: "unbounded", -3: "undefined"}


def make_solver(name: str, *, integer: bool = False, gap: float = GAP) -> Any:
    """The solver by name: `highs` or, as a fallback, `cbc`."""
    options: dict[str, Any] = {"msg": False, "timeLimit": TIME_LIMIT}
    if integer:
        options["gapRel"] = gap
    if name == "highs":
        return pulp.HiGHS(threads=1, **options)
    if name == "cbc":
        return pulp.COIN_CMD(path=_cbc_path(), **options)
    raise SolverError(f"solver: choose highs or cbc, got {name}")


@lru_cache(maxsize=1)
def default_solver() -> str:
    """`highs` where highspy can be imported, else `cbc`.

    Raises:
        SolverError: neither is installed.
    """
    for name in ("highs", "cbc"):
        if make_solver(name).available():
            return name
    raise SolverError("solver: neither HiGHS nor CBC is installed; run `pip install highspy`")


def run_solver(problem: Any, *, solver: str | None = None, integer: bool = False, gap: float = GAP) -> None:
    """Solve in place; return only when the answer is optimal.

    Raises:
        LimitError: the limits contradict each other.
        SolverError: any other ending, with the status by name.
    """
    name = solver or default_solver()
    ended = problem.solve(make_solver(name, integer=integer, gap=gap))
    status = int(getattr(ended, "status", ended))
    if status == -1:
        raise LimitError("limits: no plan meets all of them together")
    if status != 1:
        raise SolverError(f"solver {name} ended as '{_STATUS.get(status, str(status))}' instead of optimal")


def duals(problem: Any, names: Iterable[str], *, solver: str | None = None) -> dict[str, float]:
    """d(objective)/d(right-hand side) of named rows of a solved maximisation without integers."""
    sign = dual_sign(solver or default_solver())
    found = {}
    for name in names:
        value = problem.get_constraint_by_name(name).pi
        found[name] = 0.0 if value is None else sign * float(value) + 0.0
    return found


@lru_cache(maxsize=4)
def dual_sign(solver: str) -> float:
    """+1 or -1: what turns this solver's duals into d(objective)/d(right-hand side).

    Raises:
        SolverError: the probe, max 2x with x <= 3, does not give 2 or -2.
    """
    probe = pulp.LpProblem("probe", pulp.LpMaximize)
    x = probe.add_variable("x", 0, None)
    probe += 2 * x, "objective"
    probe += x <= 3, "cap"
    run_solver(probe, solver=solver)
    value = probe.get_constraint_by_name("cap").pi
    if value is None or abs(abs(value) - 2.0) > 1e-6:
        raise SolverError(f"solver {solver} gave {value} as the dual of a row that is worth 2")
    return 1.0 if value > 0 else -1.0


def _cbc_path() -> str | None:
    """The CBC that PuLP 3.3 carries; None lets PuLP look on the path (PuLP 4 carries none)."""
    carried = getattr(pulp, "PULP_CBC_CMD", None)
    return None if carried is None else str(carried.pulp_cbc_path)
