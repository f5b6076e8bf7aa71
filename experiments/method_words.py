"""What found a plan, in both languages: methods of search, other optimisers, rules of thumb."""

from __future__ import annotations

#: Name of a method, optimiser or rule, as answers hold it -> (English, Chinese).
METHODS: dict[str, tuple[str, str]] = {
    "default": ("response surface", "响应面"),
    "surrogate": ("response surface", "响应面"),
    "lp": ("sampled curves, linear programme", "抽样曲线与线性规划"),
    "successive": ("successive linear programmes", "逐次线性规划"),
    "greedy": ("greedy steps", "贪心步进"),
    "search": ("Optuna", "Optuna 搜索"),
    "Optuna": ("Optuna", "Optuna 搜索"),
    "linear programme": ("linear programme", "线性规划"),
    "trust region": ("trust region", "信赖域"),
    "bound to bound": ("bound to bound", "逐个渠道到界限"),
    "measured slopes": ("measured slopes", "实测斜率"),
    "today's timing": ("the mix timed as today", "推荐比例配当前节奏"),
    "hand": ("made by hand", "手工方案"),
    "status_quo": ("today's plan", "当前方案"),
    "historical": ("today's mix", "当前比例"),
    "today's mix": ("today's mix", "当前比例"),
    "equal": ("equal split", "平均分配"),
    "five_three_two": ("5-3-2", "5-3-2"),
    "proportional_to_roi": ("in proportion to ROI", "按投资回报率分配"),
    "cull_below_roas": ("cut below a least ROAS", "剔除低回报渠道"),
}
#: What a plan says of itself that the method asked for has found.
ITSELF = "search"
#: Plans of a kind that come in a row, as `leader_1` -> (English, Chinese).
NUMBERED: dict[str, tuple[str, str]] = {
    "leader": ("finalist {number}", "入围方案 {number}"),
    "pareto": ("choice {number}", "选项 {number}"),
    "linear": ("LP choice {number}", "线性规划选项 {number}"),
}


def finder(origin: str, method: str) -> str:
    """Who found a plan, as a key of `METHODS`: for `search` the method asked for.

    The default asks several optimisers, each named as the origin of its own plans; what is left is the
    response surface's.
    """
    if origin != ITSELF or not method:
        return origin
    return "surrogate" if method == "default" else method
