"""Everything the judge sees: the recommended plan, those it could have been, and rules of thumb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from optimize.baselines import BASELINES
from optimize.chances import Standing, standings
from optimize.evaluator import Evaluation
from optimize.explain import Explanation
from optimize.finalists import Final
from optimize.frontier import LINEAR, SEARCH, TODAY
from optimize.problem import BudgetProblem
from sim import Plan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sim import Replicates

    Floats = npt.NDArray[np.float64]

RECOMMENDED = "recommended"
#: Rules of thumb in words.
RULES = {
    "status_quo": "now",
    "equal": "the equal split",
    "historical": "today's mix",
    "five_three_two": "5-3-2",
}


def plan_words(name: str) -> str:
    """What sentences call a judged plan."""
    head, _, number = name.partition("_")
    return f"finalist {number}" if head == "leader" else RULES.get(name, name)


@dataclass(frozen=True)
class Found:
    """What the search found, before judgement.

    Attributes:
        method: name in `METHODS`.
        seed: of the search.
        best: the plan to recommend, with the amounts that stand in it; None when nothing could be scored.
        front: with several objectives, plans that no other beats on the search's draws.
        linear: amounts of points that linear programmes add to the front.
        final: who met whom on draws of their own.
        why: the explanation of the plan recommended.
        interrupted: True if Ctrl-C ended the search.
        stopped: why the search gave up.
        notes: stages that could not run, a sentence each.
        plan: the plan to recommend, period by period, where money that cannot be placed was cut.
        freed: channel -> money that was cut.
        placing_runs: simulations used after the final: measured slopes, and what can be placed.
    """

    method: str
    seed: int
    best: Evaluation | None
    front: list[Evaluation] = field(default_factory=list)
    linear: list[Floats] = field(default_factory=list)
    final: Final | None = None
    why: Explanation = field(default_factory=Explanation)
    interrupted: bool = False
    stopped: str | None = None
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    freed: Mapping[str, float] = field(default_factory=dict)
    placing_runs: int = 0


def judged_plans(problem: BudgetProblem, found: Found) -> dict[str, Plan]:
    """Everything the judge sees, by name."""
    best, plans = found.best, {"status_quo": problem.status_quo}
    plans[RECOMMENDED] = problem.status_quo if best is None else found.plan or problem.plan(best.amounts_c)
    # Rules split the money that the recommended plan spends, over channels, timed as today.
    mix = at_total_of(problem, best)
    plans |= {name: problem.plan(problem.lifted(rule(mix))) for name, rule in BASELINES.items()}
    rivals = found.final.rivals if found.final else ()
    plans |= {f"leader_{n}": problem.plan(each.plan.amounts_c) for n, each in enumerate(rivals, start=1)}
    winner = found.final.winner.plan if found.final else best
    front = enumerate(_further(found))
    plans |= {f"pareto_{n}": problem.plan(done.amounts_c) for n, done in front}
    linear = [row for row in found.linear if winner is None or row is not winner.amounts_c]
    return plans | {f"linear_{n}": problem.plan(row) for n, row in enumerate(linear)}


def _further(found: Found) -> list[Evaluation]:
    """The front without the plan recommended."""
    winner = found.final.winner.plan if found.final else found.best
    return [done for done in found.front if done is not winner]


def origins(plans: Mapping[str, Plan], found: Found) -> dict[str, str]:
    """Where each candidate of a front comes from."""
    recommended = found.final.winner.origin if found.final else SEARCH
    known = {"recommended": recommended, "historical": TODAY, "linear": LINEAR}
    known |= {f"pareto_{n}": done.origin for n, done in enumerate(_further(found))}
    origins = {name: known.get(name if name in known else name.split("_")[0]) for name in plans}
    return {name: origin for name, origin in origins.items() if origin is not None}


def finalists(problem: BudgetProblem, found: Found, judged: Replicates) -> tuple[Standing, ...]:
    """Chances of everyone in the final, of the status quo and of the rules of thumb.

    Where there are targets, of those that reach them on the judge's means, and of the plan recommended.
    """
    if len(problem.goals) > 1 or problem.minimise_spend or found.best is None:
        return ()
    met = {f"leader_{n}": each for n, each in enumerate(found.final.rivals, start=1)} if found.final else {}
    if found.final is not None:
        met["recommended"] = found.final.winner
    names = [name for name in judged.values if name == RECOMMENDED or _reaches(problem, judged, name)]
    return standings(judged, problem.goals[0].kpi, met, names)


def _reaches(problem: BudgetProblem, judged: Replicates, name: str) -> bool:
    """Whether a plan reaches every target that the judge's own figures tell of."""
    for target in problem.targets:
        value = None if target.kind.extra else judged.interval(name, target.kind.kpi)
        if value is not None and target.surplus(value.mean) < 0:
            return False
    return True


def at_total_of(problem: BudgetProblem, best: Evaluation | None) -> BudgetProblem:
    """The problem of the mix at the total that the recommended plan spends, for rules of thumb."""
    mix = problem.mix or problem
    if mix.total_min is None:
        return mix
    return mix.at_total(float(best.amounts_c.sum()) if best is not None else mix.total)
