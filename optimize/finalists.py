"""Which of the best plans to recommend: scored again on draws they were not chosen on.

The highest of many scores on one set of draws is partly luck (winner's curse). So the leaders meet on
further draws, by sequential halving, and the highest mean there wins: `recheck` within the runs of a
search, `final` after it, on draws of its own. The judge's draws stay unseen by both, or its intervals
would be of a plan chosen for its luck on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize.evaluation import measure
from optimize.evaluator import SEARCH_REPLICATE, Evaluation, Evaluator, Meter
from optimize.halving import halve, unseated
from optimize.objectives import Kpis, Objective
from optimize.pareto import knee, non_dominated

Floats = npt.NDArray[np.float64]
Predict = Callable[[Floats], Floats]

#: Runs from which on re-scoring pays, the share of the runs it gets, and how many plans meet.
WORTHWHILE = 60
SHARE = 0.15
LEADERS = 4
#: Share of the money spent by which two finalists must differ, and losers of the final that are judged.
NEAR, RIVALS = 0.03, 4
#: First replicate number of the final, between the judge's and the search's.
FINAL_REPLICATE = 500_000


def recheck_runs(runs: int) -> int:
    """Runs to keep back for the re-scoring."""
    return int(SHARE * runs) if runs >= WORTHWHILE else 0


def leaders(
    evaluator: Evaluator, goal: Objective, reference: Evaluation | None, predict: Predict | None = None
) -> list[Evaluation]:
    """The best feasible plans, none below the reference, none a near copy of another.

    Half of them by score, half by what the response surface says of them where there is one: it has
    smoothed away the luck of the single plan. The best by score comes first.
    """
    bar = reference.value(goal) if reference is not None and not reference.failure else -np.inf
    usable = [done for done in evaluator.evaluations if done.feasible and not done.failure]
    usable = [done for done in usable if done.value(goal) >= bar]
    usable.sort(key=lambda done: (-done.value(goal), done.run))
    chosen: list[Evaluation] = []
    _choose(chosen, usable, LEADERS if predict is None else LEADERS // 2, evaluator.problem.total)
    if predict is not None and usable:
        foretold_n = predict(np.array([done.amounts_c for done in usable]))
        order = np.argsort(-foretold_n, kind="stable")
        _choose(chosen, [usable[n] for n in order], LEADERS, evaluator.problem.total)
    return chosen


def _choose(chosen: list[Evaluation], ranked: Sequence[Evaluation], count: int, total: float) -> None:
    """Add from the ranking until there are `count`, leaving out near copies."""
    for done in ranked:
        if len(chosen) == count:
            return
        if _apart(done.amounts_c, chosen, total):
            chosen.append(done)


def recheck(
    evaluator: Evaluator,
    goal: Objective,
    reference: Evaluation | None,
    runs: int,
    predict: Predict | None = None,
) -> Evaluation | None:
    """The leader with the highest mean over further search draws.

    Args:
        evaluator: the meter, with the search behind it.
        goal: the objective that ranks.
        reference: today's mix; no plan that scored below it on the main draws is considered.
        runs: simulations that may be spent here.
        predict: (N, C) amounts -> what the response surface says of each.
    """
    evaluator.stage = "re-scoring the best plans"
    chosen = leaders(evaluator, goal, reference, predict)
    if len(chosen) < 2:
        return chosen[0] if chosen else None
    amounts = [done.amounts_c for done in chosen]

    def score(rows: Sequence[int], n: int) -> list[float] | None:
        replicate = SEARCH_REPLICATE + 1 + n
        if evaluator.affordable(replicate) < len(rows):
            return None
        found = evaluator.score([amounts[row] for row in rows], replicate=replicate)
        return [-np.inf if done.failure else done.value(goal) for done in found]

    # The main draws chose these plans, so they have no say in the order among them.
    spendable = min(runs, evaluator.runs_left)
    return chosen[halve(len(chosen), spendable, score).winner]


@dataclass(frozen=True)
class Finalist:
    """A plan that met others on draws which neither the search nor the judge uses.

    Attributes:
        origin: `search`, another optimiser (see `opinions`), or the name of a rule of thumb.
        plan: as it was scored; by the final itself where the search never did.
        replicates: sets of draws it met in the final.
        agree: others that came to the same plan, or nearly so.
    """

    origin: str
    plan: Evaluation
    replicates: int
    agree: tuple[str, ...] = ()


@dataclass(frozen=True)
class Final:
    """The final: who won, who else was in it, and what it cost.

    Attributes:
        winner: the plan to recommend.
        rivals: the best of the others that were searched for, best first; rules of thumb are judged anyway.
        runs: simulations used.
    """

    winner: Finalist
    rivals: tuple[Finalist, ...] = ()
    runs: int = 0

    def overtaken(self, plan: Evaluation) -> Final:
        """The final after a plan that came later took the winner's place."""
        rivals = (self.winner, *self.rivals)[: max(len(self.rivals), 1)]
        return replace(self, winner=Finalist(plan.origin, plan, 0), rivals=rivals)


def final(
    evaluator: Evaluator,
    meter: Meter,
    best: Evaluation,
    rules: Mapping[str, Floats],
    runs: int,
    *,
    predict: Predict | None = None,
    others: Mapping[str, Floats] | None = None,
) -> Final:
    """Race the search's recommendation, its leaders, other answers and rules of thumb by sequential halving.

    Args:
        evaluator: the search, over.
        meter: what measures plans; what it runs here is not charged to the search.
        best: what the method recommends; only a clear lead unseats it.
        rules: name -> amounts of plans that meet the limits.
        runs: simulations that may be used.
        predict: (N, C) amounts -> what a response surface says of each.
        others: origin -> amounts of further answers that meet the limits.
    """
    problem, goal = evaluator.problem, evaluator.problem.goals[0]
    today, chosen = evaluator.evaluations[0], _entrants(evaluator, best, rules, predict)
    entries, agree = _entries(chosen, {**(others or {}), **rules}, _spent(best))
    known: list[Evaluation | None] = [*chosen, *[None] * (len(entries) - len(chosen))]

    def score(rows: Sequence[int], n: int) -> list[float]:
        replicate = FINAL_REPLICATE + n
        plans = [problem.plan(entries[row][1]) for row in rows]
        values = []
        for row, found in zip(rows, measure(meter, plans, replicate), strict=True):
            kpis = {**found, "idle": idle_beyond(float(entries[row][1].sum()), found, today)}
            done = Evaluation(entries[row][1], kpis, None, True, evaluator.runs_used, replicate)
            known[row] = known[row] or done
            values.append(done.value(goal))
        return values

    race = halve(len(entries), runs, score, baseline=meter.baseline_runs, incumbent=True)
    finalists = {
        n: Finalist(entries[n][0], done, len(race.scores[n]), tuple(agree.get(n, ())))
        for n, done in enumerate(known)
        if done is not None
    }
    # The search knows its recommendation from all its runs: a lead that may be chance does not unseat it.
    first = race.winner if unseated(race.scores, race.winner) else 0
    # Who stayed longer in the race stands first, then who did better.
    order = sorted(finalists, key=lambda n: (-len(race.scores[n]), -float(np.mean(race.scores[n] or [0.0]))))
    rivals = [n for n in order if n != first and finalists[n].origin not in rules]
    kept = rivals[:RIVALS] if first == 0 or 0 in rivals[:RIVALS] else [*rivals[: RIVALS - 1], 0]
    return Final(finalists[first], tuple(finalists[n] for n in kept), race.runs)


def _entries(
    chosen: Sequence[Evaluation], others: Mapping[str, Floats], total: float
) -> tuple[list[tuple[str, Floats]], dict[int, list[str]]]:
    """Origin and amounts of everyone in the race; who came to a plan that is in it already, by its number."""
    entries = [(done.origin, done.amounts_c) for done in chosen]
    agree: dict[int, list[str]] = {}
    for name, row in others.items():
        same = [n for n, (_, met) in enumerate(entries) if np.abs(row - met).sum() <= NEAR * total]
        if same:
            agree.setdefault(same[0], []).append(name)
        else:
            entries.append((name, row))
    return entries, agree


def _entrants(
    evaluator: Evaluator, best: Evaluation, rules: Mapping[str, Floats], predict: Predict | None
) -> list[Evaluation]:
    """The recommendation and the search's other leaders, but for those that a rule of thumb stands for."""
    chosen, total = [best], _spent(best)
    others = leaders(evaluator, evaluator.problem.goals[0], evaluator.evaluations[0], predict)
    own = [done for done in others if all(_apart(row, [done], total) for row in rules.values())]
    _choose(chosen, own, LEADERS, total)
    return chosen


def final_of_front(
    evaluator: Evaluator, meter: Meter, front: Sequence[Evaluation], linear: Sequence[Floats], runs: int
) -> Final:
    """Which candidate of several objectives to recommend, on draws that none of them was chosen on.

    All candidates and today's mix meet the same draws. Of those that no other beats on the means there, and
    that beat today's mix in everything if there are any, the one nearest to the best of everything wins.

    Args:
        evaluator: the search, over.
        meter: what measures plans; what it runs here is not charged to the search.
        front: the search's candidates; the first one wins where the runs do not allow two sets of draws.
        linear: amounts of candidates that linear programmes found.
        runs: simulations that may be used.
    """
    problem, today = evaluator.problem, evaluator.evaluations[0]
    rows = [today.amounts_c, *(done.amounts_c for done in front), *linear]
    times = runs // (len(rows) + meter.baseline_runs)
    if len(rows) == 2 or times < 2:
        return Final(Finalist(front[0].origin, front[0], 0))
    plans, seen = [problem.plan(row) for row in rows], []
    values_rnk = np.empty((times, len(rows), len(problem.goals)))
    for r in range(times):
        found = measure(meter, plans, FINAL_REPLICATE + r)
        seen = [
            {**kpis, "idle": idle_beyond(float(row.sum()), kpis, today)}
            for row, kpis in zip(rows, found, strict=True)
        ]
        values_rnk[r] = [[goal.value(kpis) for goal in problem.goals] for kpis in seen]
    means_nk = values_rnk.mean(axis=0)
    usable = 1 + np.flatnonzero(np.isfinite(means_nk[1:]).all(axis=1))
    above = usable[np.all(means_nk[usable] >= means_nk[0], axis=1)]
    usable = above if len(above) else usable
    if not len(usable):
        return Final(Finalist(front[0].origin, front[0], times))
    kept = usable[non_dominated(means_nk[usable])]
    n = int(kept[knee(means_nk[kept])])
    cost = times * (len(rows) + meter.baseline_runs)
    if n <= len(front):
        return Final(Finalist(front[n - 1].origin, front[n - 1], times), runs=cost)
    done = Evaluation(rows[n], seen[n], None, True, evaluator.runs_used, FINAL_REPLICATE + times - 1)
    return Final(Finalist("linear programme", done, times), runs=cost)


def _spent(best: Evaluation) -> float:
    return float(best.amounts_c.sum())


def _apart(row: Floats, chosen: Sequence[Evaluation], total: float) -> bool:
    return all(np.abs(row - other.amounts_c).sum() > NEAR * total for other in chosen)


def idle_beyond(offered: float, kpis: Kpis, today: Evaluation) -> float:
    """Money not placed beyond the share that today's mix leaves, as the search counts it."""
    share = (today.kpis.get("unspent") or 0.0) / max(float(today.amounts_c.sum()), 1e-12)
    return max(0.0, (kpis.get("unspent") or 0.0) - share * offered)
