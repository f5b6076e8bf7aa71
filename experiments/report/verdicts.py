"""The first sentences of a report, put together from the numbers of the answer, in either language."""

from __future__ import annotations

from typing import Any

from experiments import formatting
from experiments.attribution.runs import BRAND, COMPLETE
from experiments.estimates import clear
from experiments.report import first
from experiments.report.blocks import Block, Items, Text
from experiments.report.budget import placed, target_unit
from experiments.report.folder import RunFolder
from experiments.report.kpis import headline_facts, is_world, leading, ranked_by
from experiments.report.labels import Estimates, channel_labels, currency_of, estimates_of
from experiments.report.rules import MEASURE
from experiments.report.speech import Speech

#: Share of the money not placed from which on the verdict mentions it.
NOT_PLACED = 0.02


def run_verdict(folder: RunFolder, say: Speech) -> list[Block]:
    """Whether the plan pays against no spend at all."""
    profit = folder.summary["kpis"]["profit"]
    mean, low, high = profit["mean"], profit["low"], profit["high"]
    if mean is None:
        return [Text(say("run_undefined"), "lead"), *headline_facts(folder, say)]
    told, span = say.against(profit, "money", currency_of(folder), signed=False)
    if low is None or high is None:
        lead = say("run_no_interval", profit=told)
    else:
        key = "run_pays" if low > 0 else "run_loses" if high < 0 else "run_open"
        lead = say(key, profit=told, span=span)
    return [Text(lead, "lead"), *headline_facts(folder, say)]


def optimize_verdict(folder: RunFolder, say: Speech) -> list[Block]:
    """The money to move, the judge's word on it, what that rests on, what to do; then what else counts."""
    summary, currency = folder.summary, currency_of(folder)
    goals = [goal for goal in summary["objective"].split(",") if goal != "spend"]
    gain = [_compared(summary["difference"][goal], goal, folder, say) for goal in goals]
    if not goals:
        gain = [_cheapest(summary, currency, say)]
    if goals and first.not_allowed(summary):
        gain.append(say("not_allowed"))
    gain += [_target(check, currency, say) for check in summary["targets"]]
    if summary["interrupted"]:
        gain.append(say("stopped", used=summary["runs_used"], runs=summary["runs"]))
    rest = [*_found_by(folder, goals, say), *_same_total(folder, goals, say), *money_left(folder, say)]
    rest += _other_start(folder, say)
    return [
        *first.money_blocks(folder, say),
        Text(_joined(gain, say), "lead"),
        *first.basis(folder, say),
        Text(first.action(folder, say), "action"),
        *headline_facts(folder, say),
        *([Text(_joined(rest, say))] if rest else []),
    ]


def _joined(sentences: list[str], say: Speech) -> str:
    return (" " if say.lang == "en" else "").join(sentences)


def _compared(difference: dict[str, Any], kpi: str, folder: RunFolder, say: Speech) -> str:
    name, unit = say.sentence("kpi", kpi), difference["unit"]
    mean, low, high = difference["mean"], difference["low"], difference["high"]
    if mean is None:
        return say("undefined", kpi=name)
    change, span = say.against(difference, unit, currency_of(folder))
    if low is None or high is None:
        return say("undecided", kpi=name, change=change)
    key = "better" if low > 0 else "worse" if high < 0 else "no_better"
    return say(key, kpi=name, change=change, span=span)


def score_verdict(folder: RunFolder, say: Speech) -> list[Block]:
    """The plan's profit against today's, what to do, and the limits that it breaks."""
    difference = folder.summary["difference"]["profit"]
    lead = _compared(difference, "profit", folder, say)
    broken = folder.summary["limits_broken"]
    rest = Items(tuple(broken), "" if say.lang == "en" else "en") if broken else Text(say("limits_kept"))
    better = difference["low"] is not None and difference["low"] > 0
    done = say("do_nothing_yet") if difference["low"] is None else say("take" if better else "keep")
    actions = [] if broken and better else [Text(done, "action")]
    return [Text(lead, "lead"), *first.basis(folder, say), *actions, *headline_facts(folder, say), rest]


def _cheapest(summary: dict[str, Any], currency: str, say: Speech) -> str:
    now, new = (sum(summary[plan]["spend"].values()) for plan in ("status_quo", "recommended"))
    amount, saved = (formatting.number(value, "money", currency=currency) for value in (new, now - new))
    return say("cheapest", amount=amount, saved=saved)


def _same_total(folder: RunFolder, goals: list[str], say: Speech) -> list[str]:
    """Today's mix at the plan's total, where the total differs: a larger budget is no better mix."""
    summary = folder.summary
    now, total = sum(summary["status_quo"]["spend"].values()), summary["total"]
    plans, units = estimates_of(folder, "kpis")
    mix, new = plans.get("historical"), plans.get("recommended")
    if not goals or abs(total - now) <= 1e-3 * max(now, 1.0) or mix is None or new is None:
        return []
    kpi = goals[0]
    both = [say.interval(plan[kpi], units[kpi], currency=currency_of(folder)) for plan in (new, mix)]
    return [say("same_total", kpi=say.sentence("kpi", kpi), new=both[0], mix=both[1])]


def _target(check: dict[str, Any], currency: str, say: Speech) -> str:
    unit = target_unit(check["target"])
    return say(
        "target_line",
        word=say.name("word", check["word"]),
        kpi=say.name("target", check["target"]),
        value=say.interval(check["value"], unit, currency=currency),
        side=say("at_least" if check["least"] else "at_most"),
        bound=formatting.number(check["bound"], unit, currency=currency),
    )


def _found_by(folder: RunFolder, goals: list[str], say: Speech) -> list[str]:
    """Who found the plan, who came to the same one, and by how much it leads the next."""
    summary = folder.summary
    who = summary.get("found_by")
    if not who:
        return []
    method = summary["method"]
    name = say.found_by(who["origin"], method)
    others = [say.found_by(one, method) for one in who["agree"]]
    others = [one for one in dict.fromkeys(others) if one != name]
    said = [
        say("found_agree", method=name, others=say.list(others)) if others else say("found_by", method=name)
    ]
    ahead, next_best = who.get("ahead"), who.get("runner_up")
    if goals and ahead and next_best:
        unit = summary["difference"][goals[0]]["unit"]
        by = say.interval(ahead, unit, currency=currency_of(folder), signed=True)
        words = {"kpi": say.sentence("kpi", goals[0]), "other": say.found_by(next_best, method)}
        said.append(say("ahead", by=by, **words))
    return said


def money_left(folder: RunFolder, say: Speech) -> list[str]:
    """What of today's plan and of the recommended one is not placed, and what else could use what is free."""
    summary, currency, labels = folder.summary, currency_of(folder), channel_labels(folder, say)
    found, total, said = summary.get("free_money") or {}, summary["total"], []
    offered = sum(summary["status_quo"]["spend"].values())
    now = sum(placed(summary, "status_quo").values())

    def amount(value: float) -> str:
        return formatting.number(value, "money", currency=currency)

    if offered - now >= NOT_PLACED * offered:
        said.append(say("today_placed", offered=amount(offered), placed=amount(now)))
    free = found.get("total") or 0.0
    if total <= 0 or free < NOT_PLACED * total:
        return said
    key = "free" if found["fixed"] else "not_all_placed"
    said.append(say(key, amount=amount(free), share=formatting.percent(free / total)))
    if found["fixed"]:
        names = say.list([labels.get(name, name) for name in found["could_use"][:2]])
        said.append(say("could_use", names=names) if names else say("keep_free"))
    return said


def _other_start(folder: RunFolder, say: Speech) -> list[str]:
    """What near-equal plans differ in, in one sentence."""
    found, labels = folder.summary.get("spread"), channel_labels(folder, say)
    if not found:
        return []
    what = []
    if found["other_total"]:
        ends = [formatting.number(end, "money", currency=currency_of(folder)) for end in found["total"]]
        what.append(say("other_total", low=ends[0], high=ends[1]))
    if found["unsure"]:
        what.append(say("other_side", names=say.list([labels.get(name, name) for name in found["unsure"]])))
    joined = (" and " if say.lang == "en" else "；").join(what)
    return [say("other_start", what=joined)] if what else []


def compare_verdict(folder: RunFolder, say: Speech) -> list[Block]:
    """Who is first among the choices, which of them are clearly above and below, and how the worlds fare."""
    plans, units = estimates_of(folder, "kpis")
    differences, _ = estimates_of(folder, "differences")
    kpi = ranked_by(folder) or leading(plans)
    if kpi is None:
        return []
    base, found = next(iter(plans)), {"up": [], "down": [], "open": [], "worlds": []}
    for name, change in differences.items():
        world = is_world(folder, name)
        if change[kpi]["mean"] is None:
            continue
        told = say.interval(change[kpi], units[kpi], currency=currency_of(folder), signed=True)
        found["worlds" if world else _side(change, kpi)].append(f"{name} {told}")
    name, lines = say.sentence("kpi", kpi), []
    if any(not is_world(folder, case) for case in differences):
        lines += [_first(folder, say.sentence("kpi", kpi), units[kpi], say)]
        up = say.list(found["up"])
        lines += [say("compare_up" if up else "compare_none", kpi=name, base=base, names=up)]
    else:
        lines += [say("compare_no_ranking")]
    keys = {"compare_down": "down", "compare_open": "open", "compare_worlds": "worlds"}
    lines += [
        say(key, kpi=name, base=base, names=say.list(found[side]))
        for key, side in keys.items()
        if found[side]
    ]
    lead, *rest = filter(None, lines)
    return [Text(lead, "lead"), *(Text(line) for line in rest)]


def _first(folder: RunFolder, name: str, unit: str, say: Speech) -> str:
    """Who has the first place, and how surely; empty where nobody has one."""
    ranking = folder.summary.get("ranking") or {}
    places = ranking.get("places") or []
    if len(places) < 2:
        return ""
    first = places[0]
    value = say.interval(first, unit, currency=currency_of(folder))
    end = say("highest" if ranking["better"] == "higher" else "lowest")
    best = first["probability_best"]
    how = {"case": first["case"], "end": end, "kpi": name, "value": value}
    if best is None:
        return say("compare_first_once", **how)
    return say("compare_first", chance=say.chance(best), **how)


def _side(change: Estimates, kpi: str) -> str:
    if not clear(change[kpi]):
        return "open"
    return "up" if (change[kpi]["mean"] or 0.0) > 0 else "down"


def attribute_verdict(folder: RunFolder, say: Speech) -> list[Block]:
    """The rule closest to the truth, the one farthest from it, and what trusting the best would cost."""
    summary = folder.summary
    if "views" not in summary:
        return [Text(say("attribute_own"), "lead")]
    board = summary["views"][COMPLETE]["scoreboard"]
    error = {rule: one[MEASURE]["share_error"]["mean"] for rule, one in board.items()}
    known = [rule for rule, value in error.items() if value is not None]
    if not known:
        return []
    best, worst = min(known, key=error.__getitem__), max(known, key=error.__getitem__)
    names = {"best": say.name("rule", best), "worst": say.name("rule", worst)}
    lead = say("attribute_best", error=f"{100 * error[best]:.1f}", far=f"{100 * error[worst]:.1f}", **names)
    regret = summary["views"][BRAND]["regret"] or {}
    if best not in regret or regret[best]["difference"]["mean"] is None:
        return [Text(lead, "lead")]
    told, span = say.against(regret[best]["difference"], "money", currency_of(folder))
    return [
        Text(lead, "lead"),
        Text(say("attribute_money", rule=names["best"], change=told, span=span)),
    ]
