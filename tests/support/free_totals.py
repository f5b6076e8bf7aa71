"""Analytic problems whose total is free, and their known best."""

from dataclasses import replace

import numpy as np
from analytic import KNOWN, AnalyticMarket
from scipy.optimize import minimize


def free_total(name, ceiling, floor=0.0):
    """A market and its problem, in which any total up to `ceiling` times today's may be spent."""
    market = AnalyticMarket(**KNOWN[name].market)
    problem = market.problem(**KNOWN[name].limits)
    return market, replace(problem, total=ceiling * market.total, total_min=floor * market.total)


def best_profit(name, ceiling, starts=16):
    """Highest profit within the limits and the ceiling: the best of many local searches on the formula."""
    market, limits = AnalyticMarket(**KNOWN[name].market), KNOWN[name].limits
    count, rng, best = len(market.gain_c), np.random.default_rng(0), 0.0
    low = np.array([limits.get("lower", {}).get(c, 0.0) for c in range(count)])
    high = np.array([min(limits.get("upper", {}).get(c, ceiling), ceiling) for c in range(count)])
    rows = [{"type": "ineq", "fun": lambda x: ceiling - x.sum()}]
    for who, least, most in limits.get("groups", ()):
        rows.append({"type": "ineq", "fun": lambda x, w=list(who), h=most: h - x[w].sum()})
        rows.append({"type": "ineq", "fun": lambda x, w=list(who), least=least: x[w].sum() - least})
    for _ in range(starts):
        start = np.clip(rng.dirichlet(np.full(count, 0.6)) * rng.uniform(0.2, 4.0), low, high)
        found = minimize(
            lambda x: -(market.margin(x * market.total) / market.total - x.sum()),
            start,
            method="SLSQP",
            bounds=list(zip(low, high, strict=True)),
            constraints=rows,
            options={"maxiter": 400, "ftol": 1e-12},
        )
        if found.success:
            best = max(best, -found.fun * market.total)
    return best
