"""Every text of the report in both languages: key -> (English, Chinese); names of things are in `names`."""

from __future__ import annotations

from experiments.report.guard_rail_words import GUARD_RAIL

LANGUAGES = ("en", "zh")

TEXTS: dict[str, tuple[str, str]] = {
    "marginal_caption": ("The last money in each channel", "各渠道最后一笔钱的效果"),
    "finalists_caption": ("Chances of being the best", "成为最佳方案的概率"),
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
    "same_total": (
        "At the same total: {kpi} {new}; today's mix {mix}.",
        "同等总额下：{kpi} {new}；当前比例 {mix}。",
    ),
    "better": (
        "Better than today's plan: {kpi} {change}, {span}.",
        "优于当前方案：{kpi} {change}，{span}。",
    ),
    "worse": ("Worse than today's plan: {kpi} {change}, {span}.", "劣于当前方案：{kpi} {change}，{span}。"),
    "no_better": (
        "No better than today's plan: {kpi} {change}, {span}, which holds zero.",
        "并不优于当前方案：{kpi} {change}，{span}，包含零。",
    ),
    "undecided": (
        "Undecided: {kpi} {change} on one replicate, which gives no interval; use 20 or more.",
        "尚无定论：单次重复中 {kpi} {change}，无法给出区间；请用 20 次以上重复。",
    ),
    "undefined": (
        "Undecided: {kpi} is undefined for one of the plans.",
        "尚无定论：其中一个方案的 {kpi} 无定义。",
    ),
    "keep": ("Keep today's plan.", "建议保留当前方案。"),
    "left_over": (
        "It leaves {amount} ({share} of the total) unspent; today's plan leaves {today}.",
        "有 {amount}（占总额 {share}）未能投出；当前方案为 {today}。",
    ),
    "cheapest": (
        "The cheapest plan found that reaches the targets spends {amount}, {saved} less than today.",
        "达到目标的最省方案花费 {amount}，比当前少 {saved}。",
    ),
    "target_line": (
        "Target {word}: {kpi} {value}, against {side} {bound}.",
        "目标{word}：{kpi} {value}，要求{side} {bound}。",
    ),
    "at_least": ("at least", "不低于"),
    "at_most": ("at most", "不高于"),
    "stopped": (
        "Stopped early, after {used} of {runs} runs; the best plan so far was judged.",
        "提前停止：{runs} 次模拟中完成 {used} 次；评判的是当时的最佳方案。",
    ),
    "compare_up": ("Clearly higher {kpi} than {base}: {names}.", "{kpi}明显高于 {base}：{names}。"),
    "compare_down": ("Clearly lower: {names}.", "明显更低：{names}。"),
    "compare_open": ("Not told from chance: {names}.", "无法与随机波动区分：{names}。"),
    "compare_none": ("No case has a clearly higher {kpi} than {base}.", "没有情景的{kpi}明显高于 {base}。"),
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
    "budget_caption": ("Budget over the whole plan, {currency}", "整个方案的预算，{currency}"),
    "channel": ("Channel", "渠道"),
    "now": ("Now", "当前"),
    "recommended": ("Recommended", "推荐"),
    "change": ("Change", "变化"),
    "change_share": ("Change, %", "变化，%"),
    "not_placed": ("Of it not placed", "其中未能投出"),
    "limit_hit": ("Limit hit", "触及约束"),
    "total": ("Total", "合计"),
    "not_placed_note": (
        "Not placed: money that finds no audience or inventory, mean over the judge's replicates.",
        "未能投出：找不到受众或库存的资金，取评判重复的均值。",
    ),
    "flights_caption": ("Money by flight, {currency}", "各投放期预算，{currency}"),
    "flight": ("Flight", "投放期"),
    "all_now": ("All now", "当前合计"),
    "all_new": ("All recommended", "推荐合计"),
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
    "drivers_caption": ("Where the change comes from, by the fitted curves", "变化的来源（按拟合曲线）"),
    "moved": ("Money moved", "移动金额"),
    "gain": ("Gain along the curve", "沿曲线的收益"),
    "drivers_note": (
        "Gain is in the curve's measure ({measure}), the others as recommended. It is read off curves "
        "fitted to simulated plans, so it has no interval and parts need not add up.",
        "收益以曲线的度量计（{measure}），其他渠道取推荐值。它读自拟合曲线，因此没有区间，各部分也不必相加。",
    ),
    "fit": (
        "Curves of {kpi}: {plans} simulated plans, {share} of their spread explained; plans not fitted were "
        "missed by {missed} on average.",
        "{kpi}的曲线：{plans} 个模拟方案，解释其差异的 {share}；未参与拟合的方案平均偏差 {missed}。",
    ),
    "curves_note": (
        "Each curve moves one channel and keeps the others as recommended; dots mark today and the "
        "recommended amount.",
        "每条曲线只改变一个渠道，其他渠道取推荐值；圆点为当前与推荐金额。",
    ),
    "shadow": (
        "1 % more budget ({step}) would change {kpi} by {price} by the curves, a model's price.",
        "预算增加 1 %（{step}），按曲线（模型估计）{kpi}变化 {price}。",
    ),
    "shadow_judged": (
        "1 % more budget ({step}), spread as recommended, would change {kpi} by {price}, "
        "95 % interval {low} to {high}: {word}.",
        "按推荐比例把预算增加 1 %（{step}），{kpi}变化 {price}，95 % 区间 {low} 至 {high}：{word}。",
    ),
    **GUARD_RAIL,
    "limits_caption": ("Limits that the plan meets exactly", "方案恰好触及的约束"),
    "limit": ("Limit", "约束"),
    "all_channels": ("all channels", "全部渠道"),
    "on_what": ("On", "对象"),
    "bound": ("Bound", "界限"),
    "worth": ("{kpi} by a bound {step} higher", "界限提高 {step} 时的{kpi}变化"),
    "prices_note": (
        "What a bound is worth is read off fitted curves: it has no interval.",
        "界限的价值读自拟合曲线，没有区间。",
    ),
    "limits_kept": ("It meets every limit of the scenario.", "满足情景的全部约束。"),
    "no_limit": ("No limit holds the plan back.", "没有约束限制该方案。"),
    "rules_caption": ("Rules of thumb at the same total", "同等总额下的经验规则"),
    "plan": ("Plan", "方案"),
    "spend": ("Spend, {currency}", "花费，{currency}"),
    "front_caption": ("No judged plan beats these in both", "没有方案在两项上同时优于它们"),
    "hypervolume": (
        "Hypervolume: the front dominates {share} of the box from the worst judged value to the best.",
        "超体积：前沿支配从最差评判值到最佳值之间空间的 {share}。",
    ),
    "choice": ("choice {number}", "选项 {number}"),
    "targets_caption": ("Targets as judged", "目标评判"),
    "target": ("Target", "目标"),
    "required": ("Required", "要求"),
    "judged": ("Judged (95 % interval)", "评判值（95 % 区间）"),
    "result": ("Result", "结果"),
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
        "Incremental figures compare with no spend at all under the same draws.",
        "增量指标与相同随机数下完全不投放相比。",
    ),
    "other_seed": (
        "Another seed searches otherwise; the intervals are of this plan, not of the search.",
        "换一个种子，搜索会有所不同；区间属于该方案，而非搜索。",
    ),
    "digest": ("Scenario SHA-256", "情景 SHA-256"),
    "files": ("Tables beside this page", "同目录表格"),
    "own_files": ("Input files, SHA-256", "输入文件 SHA-256"),
    "seed": ("Seed", "种子"),
    "replicates_fact": ("Replicates", "重复次数"),
    "engine": ("Engine", "引擎"),
    "solver": ("Solver", "求解器"),
    "runs": ("Runs", "模拟次数"),
    "runs_value": (
        "{used} of {runs} by {method}; {judge} more by the judge",
        "{method}：{runs} 中用 {used}；评判另用 {judge}",
    ),
    "versions": ("Versions", "版本"),
    "command": ("Command", "命令"),
    "of_scenario": ("From the scenario:", "情景自带的假设："),
    "made_by": (
        "Made by omnifunnel from the run directory; opens offline.",
        "由 omnifunnel 根据运行目录生成，可离线打开。",
    ),
    "skip": ("Contents", "目录"),
}
