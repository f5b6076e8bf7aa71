"""Texts of the section on channels cut by more than half: key -> English, Chinese."""

from __future__ import annotations

GUARD_RAIL: dict[str, tuple[str, str]] = {
    "guard_caption": (
        "Cut by more than half: what switching the channel off costs in profit, {currency}",
        "削减过半的渠道：关停该渠道损失的利润，{currency}",
    ),
    "guard_cut": ("Cut", "削减"),
    "guard_today": ("In today's plan", "在当前方案中"),
    "guard_return": ("Per {currency} billed", "每计费 1 {currency}"),
    "guard_recommended": ("In the recommended plan", "在推荐方案中"),
    "guard_word": ("On its own", "单独来看"),
    "guard_note": (
        "Simulated on the judge's draws: a plan less the same plan without that channel's money. A channel "
        "may pay and still be worth cutting, where its money does more elsewhere.",
        "在评判抽样上模拟：方案减去去掉该渠道资金的同一方案。某渠道有利可图时，若资金在别处作用更大，仍可能值得削减。",
    ),
    "guard_warning": (
        "{channel} is cut by {cut} though it was measured to bring {profit} of profit today ({low} to "
        "{high}): check with a smaller cut, or a test in one region, before you make it.",
        "{channel}被削减 {cut}，但实测它目前带来利润 {profit}（{low} 至 {high}）："
        "执行前请先小幅削减或在一个地区试验。",
    ),
}
