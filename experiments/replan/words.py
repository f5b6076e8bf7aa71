"""What `replan` says to people: whether re-planning paid, every plan judged, where the money went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments import estimates, formatting, texts
from experiments.replan.carried import ONE_SHOT, STATUS_QUO
from experiments.tables import Grid

if TYPE_CHECKING:
    from experiments.runner import Case

#: The measures of a case that claims a year of attribution-led reallocation did much (FACTS A3.8).
LIFTS = {"revenue": "Revenue", "active_end": "Active customers at the end", "roi": "ROI"}
#: Beyond this a change relative to a base near zero says little, and the numbers themselves are told.
MOST_RELATIVE = 2.0
AGAINST = {STATUS_QUO: "the status quo", ONE_SHOT: "the one-shot plan"}


def sections(case: Case, summary: Mapping[str, Any]) -> list[str | Grid]:
    """The verdict, plans judged, lifts, money by block, how to read it."""
    told: list[str | Grid] = [verdict(summary), _judged(summary), _lifts(summary), _blocks(case, summary)]
    if summary["interrupted"]:
        told.insert(0, f"Stopped early, after {texts.replicates(summary['replicates'])}.")
    return [*told, _reading(summary), texts.assumptions(case, summary["replicates"])]


def short_names(summary: Mapping[str, Any]) -> dict[str, str]:
    """Names for figures: ids of policies, words for the rest."""
    return {name: name if one["replanned"] else one["label"] for name, one in summary["plans"].items()}


def best_policy(summary: Mapping[str, Any]) -> str:
    """The policy with the highest mean of the objective."""
    policies = [name for name, one in summary["plans"].items() if one["replanned"]]
    return max(policies, key=lambda name: _mean(summary, name))


def _mean(summary: Mapping[str, Any], name: str) -> float:
    mean = summary["plans"][name]["kpis"][summary["objective"]]["mean"]
    return float("-inf") if mean is None else float(mean)


def counts(summary: Mapping[str, Any], other: str) -> tuple[list[str], list[str]]:
    """Policies clearly better than a plan, and those clearly worse, by their own intervals."""
    better, worse = [], []
    for name, one in summary["plans"].items():
        if one["replanned"] and estimates.clear(change := one["against"][other][summary["objective"]]):
            (better if change["low"] > 0 else worse).append(name)
    return better, worse


def verdict(summary: Mapping[str, Any]) -> str:
    """How many policies beat the status quo and the one-shot plan, and the one in front."""
    plans, best = summary["plans"], best_policy(summary)
    others = [name for name in AGAINST if name in plans]
    if summary["replicates"] == 1:
        return "One replicate tells no policy from another; use --replicates 5 or more."
    policies = [name for name, one in plans.items() if one["replanned"]]
    said = [_counted(summary, other, len(policies)) for other in others]
    said.append(f"In front is '{plans[best]['label']}': {_changes(summary, best, others)}.")
    return " ".join([_answer(summary, others), *said])


def _answer(summary: Mapping[str, Any], others: Sequence[str]) -> str:
    """The first sentence: does deciding again from the records pay?"""
    every = f"Re-planning every {summary['every']} periods"
    beaten = {other: counts(summary, other)[0] for other in others}
    if not beaten[STATUS_QUO]:
        return f"{every} does not pay here: no policy is clearly better than the status quo."
    if ONE_SHOT not in others:
        return f"{every} pays here against the status quo."
    if beaten[ONE_SHOT]:
        return f"{every} pays here, even against a plan searched before the start."
    return (
        f"{every} pays against the status quo, but no policy is clearly better than the plan searched "
        "before the start."
    )


def _counted(summary: Mapping[str, Any], other: str, of: int) -> str:
    better, worse = counts(summary, other)
    unclear = of - len(better) - len(worse)
    tail = f", {unclear} not told apart" if unclear else ""
    policies = "1 policy" if of == 1 else f"{of} policies"
    found = f"{len(better)} clearly better than {AGAINST[other]}, {len(worse)} clearly worse"
    return f"Of {policies}, {found}{tail}."


def _changes(summary: Mapping[str, Any], name: str, others: Sequence[str]) -> str:
    from sim import KPIS

    kpi, currency = KPIS[summary["objective"]], summary["currency"]
    parts = []
    for other in others:
        change = summary["plans"][name]["against"][other][kpi.name]
        span = formatting.interval(change, kpi.unit, currency=currency, signed=True)
        parts.append(f"{span} against {AGAINST[other]}")
    return f"{formatting.in_sentence(kpi.label)} {', '.join(parts)}"


def ordered(summary: Mapping[str, Any]) -> list[str]:
    """Plans by falling mean of the objective."""
    return sorted(summary["plans"], key=lambda name: -_mean(summary, name))


def _judged(summary: Mapping[str, Any]) -> Grid:
    from sim import KPIS

    kpi = KPIS[summary["objective"]]
    plans, called = summary["plans"], short_names(summary)
    others = [name for name in AGAINST if name in plans]
    rows = []
    for name in ordered(summary):
        one = plans[name]
        cells = [formatting.plus_minus(one["kpis"][kpi.name], kpi.unit)]
        for other in others:
            change = one["against"].get(other, {}).get(kpi.name)
            text = "" if change is None else _plus_minus(change, kpi.unit)
            cells.append(f"{text} *" if change is not None and estimates.clear(change) else f"{text}  ")
        cells.append(formatting.compact(one["kpis"]["unspent"]["mean"] or 0.0))
        rows.append((called[name], *cells))
    unit = f", {summary['currency']}" if kpi.unit == "money" else ""
    header = ("Plan", f"{kpi.label}{unit}", *(f"Against {AGAINST[other]}" for other in others), "Not placed")
    title = f"Judged on {texts.replicates(summary['replicates'])} (* interval excludes zero)"
    return Grid(title, header, tuple(rows))


def _plus_minus(change: Mapping[str, float | None], unit: str) -> str:
    """A difference with half its interval: `-2.27 M ± 4.90 M`."""
    mean, low, high = change["mean"], change["low"], change["high"]
    if mean is None:
        return formatting.MISSING
    if unit != "money":
        return formatting.short_interval(change, unit, signed=True)
    half = "" if low is None or high is None else f" ± {formatting.compact((high - low) / 2)}"
    return f"{formatting.compact(mean, signed=True)}{half}"


def _lifts(summary: Mapping[str, Any]) -> Grid:
    called = short_names(summary)
    rows = []
    for name in ordered(summary):
        if name != STATUS_QUO:
            cells = (_relative(summary, name, kpi) for kpi in LIFTS)
            rows.append((called[name], *cells))
    title = "Change against the status quo, % of its mean (* interval excludes zero)"
    return Grid(title, ("Plan", *LIFTS.values()), tuple(rows))


def _relative(summary: Mapping[str, Any], name: str, kpi: str) -> str:
    now = summary["plans"][STATUS_QUO]["kpis"][kpi]["mean"]
    change = summary["plans"][name]["against"][STATUS_QUO][kpi]
    if not now or change["mean"] is None:
        return formatting.MISSING
    if abs(change["mean"]) > MOST_RELATIVE * abs(now):
        by = formatting.number(change["mean"], "ratio", signed=True)
        return f"from {formatting.number(now, 'ratio')} by {by}"
    mean = formatting.percent(change["mean"] / abs(now), signed=True, digits=1)
    if change["low"] is None:
        return mean
    half = formatting.percent((change["high"] - change["low"]) / 2 / abs(now), digits=1)
    return f"{mean} ± {half}{' *' if estimates.clear(change) else '  '}"


def _blocks(case: Case, summary: Mapping[str, Any]) -> Grid:
    """Money of the policy in front, block by block, beside today's."""
    best = best_policy(summary)
    now, new = (summary["plans"][name]["blocks"] for name in (STATUS_QUO, best))
    pairs = list(zip(now, new, strict=True))
    shown = [0, *range(max(1, len(pairs) - 5), len(pairs))]
    rows = [
        (
            case.labels[channel],
            *(
                f"{_tight(pairs[f][0][channel]['mean'])} → {_tight(pairs[f][1][channel]['mean'])}"
                for f in shown
            ),
        )
        for channel in case.priced
    ]
    header = ("Channel", *(f"{f + 1}: {summary['blocks'][f]['name'].split(' to ')[0]}" for f in shown))
    label = summary["plans"][best]["label"]
    title = f"Money by block (first day), {summary['currency']}: status quo → '{label}', mean"
    return Grid(title, header, tuple(rows))


def _tight(amount: float) -> str:
    return formatting.compact(amount).replace(" ", "")


def _as_hold(plans: Mapping[str, Any]) -> list[str]:
    """Policies whose money never left that of `hold`."""
    if "hold" not in plans:
        return []
    return [
        name for name, one in plans.items() if name != "hold" and one["blocks"] == plans["hold"]["blocks"]
    ]


def _reading(summary: Mapping[str, Any]) -> str:
    held = f"{formatting.percent(summary['reserve'])} of the total waits for the last block. "
    called = [f"{name} = {one['label']}" for name, one in summary["plans"].items() if one["replanned"]]
    room = f"{summary['thresholds']['room']:g}"
    lines = [
        f"Policies: {'; '.join(called)}.",
        "A policy sees what the brand has recorded so far: touches as far as they are tracked, orders, money "
        "billed; people who are not matched fall apart into one identity a channel. It sees no truth and "
        f"nothing of the future. The journeys recorded are those of {summary['panel']:,} consumers.",
        f"The first block is today's mix. {held if summary['reserve'] else ''}Blocks are paced as today, and "
        "every plan offers the total under the scenario's limits. Money that finds no audience is not "
        f"offered again; a channel that could not place its money is offered at most {room} times what it "
        "placed, or half of what it was offered, while others that the policy funds can take the rest.",
        "Each replicate is a market of its own, in which a policy decides on its own records; all plans meet "
        "the same draws. The policy in front was picked by its mean, which flatters it; the counts do not.",
    ]
    same = _as_hold(summary["plans"])
    if same:
        lines.append(f"Decided as `hold` throughout, for want of anything to say: {', '.join(same)}.")
    if ONE_SHOT in summary["plans"]:
        lines.append(
            f"The one-shot plan took {summary['runs']} simulations of the scenario before the start, on "
            "draws of their own: it knows how the market works, which no brand does; the policies know "
            "only their records."
        )
    if summary["turns_out"]:
        lines.append(
            f"The market turned out as variant '{summary['turns_out']}'; the one-shot plan was made for the "
            "scenario as written."
        )
    return "How to read it\n" + "\n".join(f"- {line}" for line in lines)
