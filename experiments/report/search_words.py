"""Texts of the report of a budget search, in both languages: key -> (English, Chinese)."""

from __future__ import annotations

SEARCH: dict[str, tuple[str, str]] = {
    "marginal_caption": ("The last money in each channel", "各渠道最后一笔钱的效果"),
    "finalists_caption": ("Chances of being the best", "成为最佳方案的概率"),
    "same_total": (
        "At this total the plan brings {kpi} {new}, today's mix {mix}.",
        "同等总额下：该方案的{kpi}为 {new}，当前比例为 {mix}。",
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
    "not_allowed": (
        "Today's plan itself is not allowed by the limits and the total.",
        "当前方案本身不符合约束与总额。",
    ),
    "not_run": ("Could not run:", "未能运行的步骤："),
    "figure_price": ("1 % more budget: {rest}", "预算增加 1 %：{rest}"),
    "by_curves": ("by the curves", "按曲线"),
    "one_replicate_only": ("on one replicate", "单次重复"),
    "free": (
        "{amount} of the total ({share}) finds no audience: it is not placed, and free for something else.",
        "总额中有 {amount}（{share}）找不到受众：未能投出，可另作他用。",
    ),
    "not_all_placed": (
        "{amount} of what is offered ({share}) is not placed, and not billed.",
        "计划中有 {amount}（{share}）未能投出，不会计费。",
    ),
    "today_placed": (
        "Today's plan offers {offered}; {placed} of it is placed.",
        "当前方案计划 {offered}，其中 {placed} 得以投出。",
    ),
    "could_use": (
        "{names} could use what is free: the last money there earns more than it costs.",
        "{names}可以使用这笔余款：其最后一笔钱的收益高于成本。",
    ),
    "keep_free": (
        "No channel is sure to earn its cost with what is free: keep it, or use it elsewhere.",
        "没有渠道能确保用这笔余款收回成本：请保留，或用于别处。",
    ),
    "other_start": (
        "Another start of the search might advise otherwise, and be as good: {what}.",
        "换一个起点，搜索可能给出同样好的另一建议：{what}。",
    ),
    "other_total": ("a budget of {low} to {high}", "预算在 {low} 至 {high} 之间"),
    "other_side": ("more than today, or less, for {names}", "{names}比当前多，或比当前少"),
    "cheapest": (
        "The cheapest plan found that reaches the targets offers {amount}, {saved} less than today.",
        "达到目标的最省方案计划 {amount}，比当前少 {saved}。",
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
    "budget_caption": (
        "Budget over the whole plan, {currency}: money that finds an audience",
        "整个方案的预算，{currency}：能够投出的资金",
    ),
    "to_offer": ("To place it, offer", "为此需计划"),
    "free_row": ("Not placed: free", "未投出：余款"),
    "offered": ("Money offered, {currency}", "计划金额，{currency}"),
    "in_window": ("{limit} in {window}", "{limit}（{window}）"),
    "a_window": ("a window", "时间窗"),
    "limit_hit": ("Limit hit", "触及约束"),
    "not_placed_note": (
        "Audiences sell out smoothly: to place an amount, more must be offered; what finds no audience is "
        "not billed. Mean over the judge's replicates.",
        "受众是逐渐售罄的：要投出某一金额，计划金额须更高；找不到受众的部分不计费。取评判重复的均值。",
    ),
    "flights_caption": ("Money offered by flight, {currency}", "各投放期计划金额，{currency}"),
    "flight": ("Flight", "投放期"),
    "all_now": ("All now", "当前合计"),
    "all_new": ("All recommended", "推荐合计"),
    "drivers_caption": ("Where the change comes from, by the fitted curves", "变化的来源（按拟合曲线）"),
    "moved": ("More or less offered", "计划金额变化"),
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
        "Each curve moves the money offered in one channel and keeps the others as recommended; marks show "
        "today's and the recommended amount.",
        "每条曲线只改变一个渠道的计划金额，其他渠道取推荐值；标记为当前与推荐金额。",
    ),
    "limits_caption": ("Limits that the plan meets exactly", "方案恰好触及的约束"),
    "limit": ("Limit", "约束"),
    "all_channels": ("all channels", "全部渠道"),
    "on_what": ("On", "对象"),
    "bound": ("Bound", "界限"),
    "prices_note": (
        "Prices are read off fitted curves: they have no interval.",
        "价格读自拟合曲线，没有区间。",
    ),
    "no_limit": ("No limit holds the plan back.", "没有约束限制该方案。"),
    "rules_caption": ("Rules of thumb at the same total", "同等总额下的经验规则"),
    "front_caption": ("No judged plan beats these in both", "没有方案在两项上同时优于它们"),
    "front_beaten": (
        "The recommended plan was chosen before it was judged; on the judge's draws one of the others is "
        "above it in both.",
        "推荐方案在评判前选定；在评判抽样上，另一方案在两项上均高于它。",
    ),
    "hypervolume": (
        "Hypervolume: the front dominates {share} of the box from the worst judged value to the best.",
        "超体积：前沿支配从最差评判值到最佳值之间空间的 {share}。",
    ),
    "targets_caption": ("Targets as judged", "目标评判"),
    "target": ("Target", "目标"),
    "required": ("Required", "要求"),
    "judged": ("Judged (95 % interval)", "评判值（95 % 区间）"),
    "result": ("Result", "结果"),
    "runs_value": (
        "{used} of {runs} by {method}; {judge} more by the judge",
        "{method}：{runs} 中用 {used}；评判另用 {judge}",
    ),
    "other_seed": (
        "Another seed searches otherwise; the intervals are of this plan, not of the search.",
        "换一个种子，搜索会有所不同；区间属于该方案，而非搜索。",
    ),
    # prices
    "shadow": (
        "Another {step}, 1 % of the budget, would {change}, by the fitted curves.",
        "按拟合曲线，再增加 {step}（预算的 1 %），{change}。",
    ),
    "shadow_judged": (
        "Another {step}, 1 % of the budget, spread as recommended, would {change} (95 % interval {low} to "
        "{high}): {word}.",
        "按推荐比例再增加 {step}（预算的 1 %），{change}（95 % 区间 {low} 至 {high}）：{word}。",
    ),
    "price_up": ("raise {kpi} by about {amount}", "{kpi}约提高 {amount}"),
    "price_down": ("lower {kpi} by about {amount}", "{kpi}约降低 {amount}"),
    "price_none": ("leave {kpi} about the same", "{kpi}基本不变"),
    "worth": ("Change of {kpi} with {step} more room", "放宽 {step} 时{kpi}的变化"),
    "no_change": ("about none", "基本不变"),
    "upwards": ("with more money", "增加金额时"),
    "downwards": ("with less money", "减少金额时"),
    "step_change": ("Change of {kpi} by the step", "增加一步时{kpi}的变化"),
    "step_against": ("The same, less that of the others", "同上，减去其他渠道"),
    "flat_range": ("Could be, {currency}", "可取范围，{currency}"),
    "marginal_note": (
        "The step is {step}, 1 % of the budget, more in one channel, measured on the judge's draws. "
        "Marginal ROI is profit per unit of money billed more: at 0 the last money just comes back. "
        "In the range under 'Could be' the fitted {kpi} loses at most 1 %; move one channel at a time.",
        "一步指在单个渠道多投 {step}（预算的 1 %），在评判所用的随机数上测得。"
        "边际回报率为每多花一元所得的利润：为 0 时最后一笔钱刚好收回。"
        "在“可取范围”内，拟合的{kpi}至多损失 1 %；一次只移动一个渠道。",
    ),
    "unchanged": ("{amount}, unchanged", "{amount}，不变"),
    # the first screen
    "moves": ("Money to move, {currency} placed", "需要移动的投出金额，{currency}"),
    "moves_found": (
        "What the best plan found would move, {currency} placed",
        "找到的最佳方案会移动的投出金额，{currency}",
    ),
    "moves_none": (
        "No money to move: the best plan found keeps every channel's amount.",
        "无需移动资金：找到的最佳方案保持各渠道金额不变。",
    ),
    "from_to": ("{now} to {new}", "{now} → {new}"),
    "more_moves": ("{count} more channels", "另外 {count} 个渠道"),
    "basis": (
        "Simulated; effects are assumed, not measured in your market. {replicates}, seed {seed}.",
        "模拟结果；效果为假设，并非在您的市场中测得。{replicates}，种子 {seed}。",
    ),
    "do_move": ("Move {amount} from {down} to {up}.", "将 {amount} 从 {down} 移至 {up}。"),
    "do_less": ("Spend {amount} less: take {taken} from {down}.", "少花 {amount}：从 {down} 减去 {taken}。"),
    "do_less_move": (
        "Spend {amount} less: take {taken} from {down} and put {given} into {up}.",
        "少花 {amount}：从 {down} 减去 {taken}，向 {up} 增加 {given}。",
    ),
    "do_more": ("Spend {amount} more: put {given} into {up}.", "多花 {amount}：向 {up} 增加 {given}。"),
    "do_more_move": (
        "Spend {amount} more: put {given} into {up} and take {taken} from {down}.",
        "多花 {amount}：向 {up} 增加 {given}，从 {down} 减去 {taken}。",
    ),
    "do_timing": (
        "Keep each channel's amount and move it between flights, as under Timing.",
        "保持各渠道金额，在投放期之间移动，见“投放节奏”。",
    ),
    "do_any": (
        "Take any of these plans, which cannot be told apart.",
        "采用其中任何一个方案均可：它们无法区分。",
    ),
    "do_any_common": (
        "Take any of these plans: all of them {what}.",
        "采用其中任何一个方案均可：它们都会{what}。",
    ),
    "all_up": ("give more to {names}", "增加 {names}"),
    "all_down": ("take from {names}", "减少 {names}"),
    "do_nothing_yet": (
        "Decide nothing yet: one replicate shows no interval; use --replicates 20 or more.",
        "暂不决策：单次重复没有区间；请使用 --replicates 20 或更多。",
    ),
    "do_unsure": (
        "Decide nothing yet: whether a target is met is not certain; use more replicates.",
        "暂不决策：目标是否达到尚不确定；请增加重复次数。",
    ),
    "do_missed": (
        "Keep today's plan: the best plan found misses a target.",
        "建议保留当前方案：找到的最佳方案未达到目标。",
    ),
    "and_more": ("{names} and {count} more", "{names}等另外 {count} 个渠道"),
    "and": ("{names} and {last}", "{names}和{last}"),
    "equals_caption": (
        "Plans that cannot be told apart: money placed, {currency}",
        "无法区分的方案：投出金额，{currency}",
    ),
    "more_equals": (
        "Further plans that are as good: {count}, in summary.json.",
        "同样好的其他方案：{count} 个，见 summary.json。",
    ),
    "found_by": ("Found by: {method}.", "找到方案的方法：{method}。"),
    "found_agree": (
        "Found by: {method}; {others} came to the same plan.",
        "找到方案的方法：{method}；{others}得到同一方案。",
    ),
    "ahead": (
        "Against the next best plan, by {other}: {kpi} {by}.",
        "与次优方案（{other}）相比：{kpi} {by}。",
    ),
    "take": ("Take the plan.", "建议采用该方案。"),
    "about": ("About this run", "关于本次运行"),
}
