"""What the report says of a comparison, in both languages: key -> (English, Chinese)."""

from __future__ import annotations

COMPARE_TEXTS: dict[str, tuple[str, str]] = {
    "highest": ("highest", "最高"),
    "lowest": ("lowest", "最低"),
    "compare_first": (
        "{case} has the {end} {kpi}: {value}; it is the best of the choices with probability {chance}.",
        "{case} 的{kpi}{end}：{value}；它是最佳选择的概率为 {chance}。",
    ),
    "compare_first_once": (
        "{case} has the {end} {kpi}: {value}, on one replicate.",
        "{case} 的{kpi}{end}：{value}（仅一次重复）。",
    ),
    "compare_no_ranking": (
        "No ranking: every other case is another market, and markets are not chosen.",
        "不排名：其余情景都是不同的市场，而市场不由品牌选择。",
    ),
    "compare_worlds": (
        "How the plan fares if the market changes, {kpi} against {base}: {names}.",
        "市场变化时方案的表现（{kpi}，相对 {base}）：{names}。",
    ),
    "worlds_caption": (
        "How the plan fares if ...: paired differences against {base}, mean (95 % interval)",
        "市场变化时方案的表现：相对 {base} 的配对差异，均值（95 % 区间）",
    ),
    "world_if": ("If", "若为"),
    "world_against": ("Against {base}", "相对 {base}"),
    "world_differs": ("What differs", "不同之处"),
    "worlds_note": (
        "These cases change the market: they are neither ranked nor called best.",
        "这些情景改变了市场：不参与排名，也不称为最佳。",
    ),
    "compare_up": ("Clearly higher {kpi} than {base}: {names}.", "{kpi}明显高于 {base}：{names}。"),
    "compare_down": ("Clearly lower: {names}.", "明显更低：{names}。"),
    "compare_open": ("Not told from chance: {names}.", "无法与随机波动区分：{names}。"),
    "compare_none": ("No case has a clearly higher {kpi} than {base}.", "没有情景的{kpi}明显高于 {base}。"),
}
