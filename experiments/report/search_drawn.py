"""Texts in the figures of a budget search that have a name in both languages."""

from __future__ import annotations

SEARCH_DRAWN: dict[str, tuple[str, str]] = {
    "mark": ("simulated", "模拟"),
    "limit": ("limit", "约束"),
    "at_a_limit": ("at a limit", "触及约束"),
    "eased": (
        "at a limit: what as much more room would change",
        "触及约束：放宽同样金额带来的变化",
    ),
    "first_day": ("First day of the flight", "投放期首日"),
    "other_channels": ("other channels", "其他渠道"),
    "knee": ("knee", "拐点"),
    "beaten": ("beaten in everything", "各方面均被超越"),
    "as_judged": ("as judged", "评判时"),
    "other_draws": ("other draws", "其他随机数"),
    "worlds": ("draws and variants", "随机数与变体"),
    "weaker": ("assumption 20 % weaker", "假设弱 20 %"),
    "stronger": ("20 % stronger", "强 20 %"),
}
