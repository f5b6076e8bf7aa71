"""Every text of the report in both languages: key -> (English, Chinese); names of things are in `names`."""

from __future__ import annotations

from experiments.report.compare_words import COMPARE_TEXTS
from experiments.report.guard_rail_words import GUARD_RAIL
from experiments.report.search_words import SEARCH

LANGUAGES = ("en", "zh")

TEXTS: dict[str, tuple[str, str]] = {
    # head
    "question": ("The question", "问题"),
    "scenario": ("Scenario", "情景"),
    "variant": ("variant {name}", "变体 {name}"),
    "lede": (
        "Simulated market, {replicates}, seed {seed}",
        "模拟市场，{replicates}，种子 {seed}",
    ),
    "replicates": ("{count} replicates", "{count} 次重复"),
    "one_replicate": ("1 replicate, no interval", "1 次重复，无区间"),
    # verdicts
    "run_pays": (
        "The plan pays: it earns {profit} more than no spend at all, {span}.",
        "该方案盈利：相比完全不投放，多赚 {profit}，{span}。",
    ),
    "run_loses": (
        "The plan loses: it earns {profit} against no spend at all, {span}.",
        "该方案亏损：相比完全不投放，利润为 {profit}，{span}。",
    ),
    "run_open": (
        "Whether the plan pays cannot be told from chance: {profit} against no spend at all, {span}.",
        "无法与随机波动区分该方案是否盈利：相比完全不投放，利润为 {profit}，{span}。",
    ),
    "run_no_interval": (
        "On one replicate the plan earns {profit} against no spend at all; that gives no interval.",
        "单次重复中，该方案相比完全不投放的利润为 {profit}；无法给出区间。",
    ),
    "run_undefined": ("Nothing is spent, so there is no return to judge.", "没有投放，因此无回报可评。"),
    "span": ("95 % interval {low} to {high}", "95 % 区间 {low} 至 {high}"),
    "against": (
        "Against '{base}', by the 95 % interval of the paired difference",
        "对照“{base}”，配对差异的 95 % 区间",
    ),
    "relative": ("Change relative to {base}", "相对“{base}”的变化"),
    "ends": ("{low} to {high}", "{low} 至 {high}"),
    "given_notes": ("Of what was given:", "关于所给数据："),
    "attribute_best": (
        "Closest to the truth is {best}: off by {error} points of a channel's share on average. "
        "Farthest is {worst}, {far} points.",
        "最接近真实效果的是{best}：各渠道份额平均偏差 {error} 个百分点。最远的是{worst}，{far} 个百分点。",
    ),
    "attribute_money": (
        "Spending by {rule} on the brand's view changes profit by {change} against today's plan, {span}.",
        "若按{rule}（品牌视角）分配预算，利润较当前方案变化 {change}，{span}。",
    ),
    "attribute_own": (
        "Journeys of your own hold no truth: no rule can be called right here.",
        "自有旅程数据不含真实效果：无法判断哪条规则正确。",
    ),
    # tables
    "channel": ("Channel", "渠道"),
    "now": ("Now", "当前"),
    "recommended": ("Recommended", "推荐"),
    "change": ("Change", "变化"),
    "change_share": ("Change, %", "变化，%"),
    "total": ("Total", "合计"),
    "kpi": ("KPI", "指标"),
    "difference": ("Difference (95 % interval)", "差异（95 % 区间）"),
    "mean_interval": ("Mean (95 % interval)", "均值（95 % 区间）"),
    "kpis_caption": ("Key figures of each plan, mean (95 % interval)", "各方案关键指标，均值（95 % 区间）"),
    "differences_caption": (
        "Paired differences against {base}, mean (95 % interval)",
        "相对 {base} 的配对差异，均值（95 % 区间）",
    ),
    "star": ("* The interval excludes zero.", "* 区间不含零。"),
    "paired": (
        "All plans live through the same draws, so differences are paired. * The interval excludes zero.",
        "各方案使用相同的随机数，因此差异是配对的。* 区间不含零。",
    ),
    "ranking_caption": ("Cases by {kpi}", "按{kpi}排序"),
    "delivery_caption": ("Delivery by channel", "各渠道投放"),
    "sales_caption": ("Orders and new customers by channel", "各渠道订单与新客"),
    "touch_note": (
        "Mean ± half of the 95 % interval. Touches are facts about paths, not effects.",
        "均值 ± 95 % 区间的一半。触点描述路径，并非效果。",
    ),
    "limits_kept": ("It meets every limit of the scenario.", "满足情景的全部约束。"),
    "plan": ("Plan", "方案"),
    "spend": ("Spend, {currency}", "花费，{currency}"),
    "rule": ("Rule", "规则"),
    "scoreboard_caption": (
        "Orders: error of a channel's share, percentage points (95 % interval); rank correlation",
        "订单：渠道份额误差，百分点（95 % 区间）；与真实效果的秩相关",
    ),
    "complete_error": ("Error, complete view", "误差，完整视角"),
    "brand_error": ("Error, brand's view", "误差，品牌视角"),
    "rank": ("Rank", "秩相关"),
    "lost": ("Added by the brand's view", "品牌视角增加的误差"),
    "views_note": (
        "Complete view: every touch of every person. Brand's view: touches are lost at each channel's "
        "tracking rate and unmatched people have one identity a channel.",
        "完整视角：每个人的每次触点。品牌视角：触点按各渠道跟踪率丢失，未匹配者在每个渠道各有一个身份。",
    ),
    "shares_caption": (
        "Orders: share of each channel, %; the truth and what rules credit in the complete view",
        "订单：各渠道占比，%；真实效果与各规则（完整视角）",
    ),
    "truth": ("Truth (95 % interval)", "真实效果（95 % 区间）"),
    "truth_note": (
        "Truth is counterfactual: the Shapley value of running the market without channels under the same "
        "draws. Rules only share out the orders that met a channel on the way.",
        "真实效果是反事实的：在相同随机数下去掉渠道重新运行市场所得的沙普利值。规则只是分配途中遇到渠道的订单。",
    ),
    "regret_caption": (
        "Today's total split by each rule, brand's view where it differs: profit, {currency} (95 % interval)",
        "按各规则（品牌视角）分配当前总额：利润，{currency}（95 % 区间）",
    ),
    "profit": ("Profit", "利润"),
    "shortfall": ("Short of the best", "距最佳差额"),
    "against_today": ("Against today", "与当前相比"),
    "more_rows": ("{count} more rows in {file}.", "另有 {count} 行，见 {file}。"),
    "left_out": (
        "Left out to keep the page small: {names}. They are in the folder figures.",
        "为控制页面大小而省略：{names}。见 figures 文件夹。",
    ),
    # closing
    "chance_only": (
        "Intervals are 95 % over {replicates}: they cover chance inside the simulated market only, not "
        "whether it is like yours. Of many key figures one in twenty looks clear by chance.",
        "区间为 {replicates}的 95 % 区间：只涵盖模拟市场内部的随机性，不说明它是否像您的市场。指标很多时，"
        "二十个中约有一个会偶然显得显著。",
    ),
    "no_interval": (
        "One replicate: no interval can be given; use --replicates 20 or more before deciding.",
        "只有一次重复，无法给出区间；决策前请使用 --replicates 20 或更多。",
    ),
    "inputs": (
        "A simulator estimates nothing from data: effects, rates and prices are inputs of the scenario. "
        "Compare plans, do not quote levels.",
        "模拟器不从数据估计任何东西：效果、比率和价格都是情景的输入。请比较方案，不要引用绝对水平。",
    ),
    "people": (
        "{agents} consumers stand for {people} people; money is in {currency}.",
        "{agents} 个模拟消费者代表 {people} 人；金额单位为 {currency}。",
    ),
    "incremental": (
        "Incremental figures compare with no spend at all under the same draws. Customers, CAC and LTV count "
        "to the end of the run, as ROI does; who is won late is seen for less time.",
        "增量指标与相同随机数下完全不投放相比。新客、获客成本和 LTV 与投资回报率一样计到模拟期末；"
        "较晚获得的客户观察时间较短。",
    ),
    "digest": ("Scenario SHA-256", "情景 SHA-256"),
    "files": ("Tables beside this page", "同目录表格"),
    "own_files": ("Input files, SHA-256", "输入文件 SHA-256"),
    "seed": ("Seed", "种子"),
    "replicates_fact": ("Replicates", "重复次数"),
    "engine": ("Engine", "引擎"),
    "solver": ("Solver", "求解器"),
    "runs": ("Runs", "模拟次数"),
    "versions": ("Versions", "版本"),
    "command": ("Command", "命令"),
    "of_scenario": ("From the scenario:", "情景自带的假设："),
    "made_by": (
        "Made by omnifunnel from the run directory; opens offline.",
        "由 omnifunnel 根据运行目录生成，可离线打开。",
    ),
    "skip": ("Contents", "目录"),
    **COMPARE_TEXTS,
    **GUARD_RAIL,
    **SEARCH,
}
