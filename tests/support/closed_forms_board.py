"""Closed forms of what goes over the board: audiences, bills, and word of mouth in one and many periods."""

from __future__ import annotations

import math

import numpy as np
from checks import (
    AGENTS,
    ALL_OR_NOTHING,
    CERTAIN,
    PERIODS,
    SHOP,
    Check,
    calendar,
    exact_check,
    mean_check,
    run_with,
    share_check,
)
from closed_forms_media import ads, channel
from scipy import stats

from sim import Run, Stage

#: (targeting, match rate) -> share of people who see a channel for customers, wrong rule, its share.
SEEN: dict[tuple[str, float], tuple[float, str, float]] = {
    ("broadcast", 0.0): (1.0, "only the stages aimed at", 0.5),
    ("broadcast", 0.3): (1.0, "only the stages aimed at", 0.5),
    ("broadcast", 1.0): (1.0, "only the stages aimed at", 0.5),
    ("intent", 0.0): (0.5, "only the resolved", 0.0),
    ("intent", 0.3): (0.5, "only the resolved", 0.15),
    ("intent", 1.0): (0.5, "everyone", 1.0),
    ("profile", 0.0): (1.0, "the unresolved told apart", 0.5),
    ("profile", 0.3): (0.85, "the unresolved told apart", 0.5),
    ("profile", 1.0): (0.5, "everyone", 1.0),
    ("identified", 0.0): (0.0, "the unresolved too", 0.5),
    ("identified", 0.3): (0.15, "the unresolved too", 0.5),
    ("identified", 1.0): (0.5, "everyone", 1.0),
}


def audiences() -> tuple[Check, ...]:
    often, missed = 15.0, math.exp(-15.0)
    aimed = {"kind": "owned", "organic": often, "stages": ["customer"]}
    kinds = {name: {**aimed, "targeting": name} for name in ("intent", "profile", "identified")}
    kinds["broadcast"] = {"kind": "owned", "organic": often}
    checks = []
    for (targeting, match), (theory, wrong_rule, wrong) in SEEN.items():
        run = run_with(
            channels={**kinds, **SHOP},
            identity={"match_rate": match},
            segments__all__initial={"customer": 0.5},
        )
        checks.append(
            share_check(
                f"Who can see `{targeting}`, {match:.0%} resolved".replace("%", " %"),
                "half of all are in the stage aimed at",
                run.reached_tck[0, channel(run, targeting)].sum(),
                theory * (1 - missed),
                wrong_rule,
                wrong * (1 - missed),
            )
        )
    return tuple(checks)


def bills() -> tuple[Check, ...]:
    """Fee, inventory and cap: billed = fee + offered * delivered / wanted, to the cent."""
    cpm, fee, per_head, platform, cap, spend = 8.0, 150.0, 0.9, 0.7, 2, 1_000.0
    price = {"cpm": cpm, "fixed": fee}
    paid = ads(kind="paid", price=price, inventory=per_head, reach=platform, frequency_cap=cap)
    run = run_with(channels=paid, spend={"ads": spend})
    refused = run_with(channels=paid, spend={"ads": fee})
    audience, wanted = platform * AGENTS, 1000 * (spend - fee) / cpm
    stock = per_head * audience
    sold = stock * (1 - math.exp(-wanted / stock))
    rate = sold / audience
    p1, p2 = float(stats.poisson.sf(0, rate)), float(stats.poisson.sf(1, rate))
    kept = (p1 + p2) / rate
    billed = round(100 * (fee + (spend - fee) * sold * kept / wanted)) / 100
    c, mean = channel(run), platform * (p1 + p2)
    about = "1,000 offered, fee 150, cpm 8, 0.9 impressions a head for sale, cap 2"
    return (
        exact_check(
            "Billed: fee + money for impressions delivered",
            about,
            run.billed_tc[0, c] / 100,
            billed,
            "inventory ignored",
            round(100 * (fee + (spend - fee) * kept)) / 100,
        ),
        mean_check(
            "Impressions delivered: M (1 − exp(−I/M)), cut at the cap",
            about,
            run.exposures_tcks[0, c].sum() / AGENTS,
            mean,
            platform * (p1 + 3 * p2) - mean**2,
            "inventory ignored",
            platform * (1 - math.exp(-wanted / audience)),
        ),
        exact_check(
            "Money that does not exceed the fee is not billed",
            "150 offered, fee 150",
            refused.billed_tc[0, c] / 100,
            0.0,
            "the fee billed first",
            fee,
        ),
    )


def talk() -> tuple[Check, ...]:
    contacts, start = 1.2, 0.02
    word = {"kind": "earned", "contacts_per_advocate": contacts, "effect": {"discover": 1.0}}
    run = run_with(
        channels={"word": {**word, **ALL_OR_NOTHING}, **SHOP},
        segments__all__initial={"advocate": start},
        **calendar(PERIODS),
    )
    told = contacts * run.occupancy_tks[0, 0, Stage.ADVOCATE] / AGENTS
    return (
        share_check(
            "Word of mouth, first period: contacts × advocates / population meet it",
            "1.2 contacts, 2 % advocates, the told discover at rate 1",
            run.flows_tksdr[0, 0, Stage.UNAWARE, 0].sum(),
            (1 - start) * (1 - math.exp(-told)) * (1 - math.exp(-1.0)),
            "being told taken for discovering",
            (1 - start) * told,
        ),
    )


INNOVATION, IMITATION, SEEDED, COURSE = 0.004, 0.35, 0.01, 40
#: Periods from discovery to advocacy when every later move is certain.
LAG = 6


def diffusion_run() -> Run:
    """Everyone who is told discovers, and is an advocate six periods later: a Bass market with a lag."""
    moves = ("engage", "decide", "convert", "bond", "advocate")
    sure = {"discover": CERTAIN}
    word = {"kind": "earned", "contacts_per_advocate": IMITATION, "effect": sure, **ALL_OR_NOTHING}
    return run_with(
        channels={"word": word, **SHOP},
        funnel__base_rate_per_period={"discover": INNOVATION, **dict.fromkeys(moves, CERTAIN)},
        segments__all__initial={"advocate": SEEDED},
        **calendar(COURSE),
    )


def bass_course(advocates: float, people: float) -> tuple[np.ndarray, np.ndarray]:
    """Expected share unaware at the start of each period, and its variance by linear noise.

    State (unaware, five stages on the way, advocates) in shares:
    unaware <- unaware * exp(-(p + q * advocates)), the rest moves one stage a period. Noise of one period is
    binomial; it travels through the recursion's Jacobian.
    """
    state = np.zeros(LAG + 1)
    state[0], state[-1] = 1 - advocates, advocates
    covariance, shares, variances = np.zeros((LAG + 1, LAG + 1)), [state[0]], [0.0]
    for _ in range(COURSE):
        stays = math.exp(-(INNOVATION + IMITATION * state[-1]))
        jacobian = np.eye(LAG + 1, k=-1)
        jacobian[-1, -1] = 1.0
        jacobian[1, 0] = 1 - stays
        jacobian[0, 0], jacobian[0, -1] = stays, -state[0] * IMITATION * stays
        jacobian[1, -1] += state[0] * IMITATION * stays
        spread = state[0] * stays * (1 - stays) / people
        noise = np.zeros_like(covariance)
        noise[:2, :2] = spread * np.array([[1, -1], [-1, 1]])
        discovered = state[0] * (1 - stays)
        covariance = jacobian @ covariance @ jacobian.T + noise
        state = np.array([state[0] - discovered, discovered, *state[1:-2], state[-2] + state[-1]])
        shares.append(state[0])
        variances.append(covariance[0, 0])
    return np.array(shares), np.array(variances)


def diffusion() -> tuple[Check, ...]:
    run = diffusion_run()
    start = run.occupancy_tks[0, 0, Stage.ADVOCATE] / AGENTS
    share_t, variance_t = bass_course(start, AGENTS)
    checks = []
    for t in (12, 24, COURSE):
        alone = (1 - start) * math.exp(-(INNOVATION + IMITATION * start) * t)
        checks.append(
            Check(
                f"Bass-like diffusion, still unaware after {t} periods",
                "p 0.004, q 0.35, advocate 6 periods after discovery, 1 % advocates at the start",
                float(share_t[t]),
                run.occupancy_tks[t, 0, Stage.UNAWARE] / AGENTS,
                math.sqrt(variance_t[t]),
                "the won over tell nobody",
                alone,
                math.sqrt(alone * (1 - alone) / AGENTS),
            )
        )
    return (*checks, *_recovered(run))


def _recovered(run: Run) -> tuple[Check, ...]:
    """p and q from the run alone: hazard of discovery regressed on the share of advocates."""
    unaware_t = run.occupancy_tks[:, 0, Stage.UNAWARE].astype(float)
    told_t = run.occupancy_tks[:-1, 0, Stage.ADVOCATE] / AGENTS
    stays_t = unaware_t[1:] / unaware_t[:-1]
    weight_t = unaware_t[:-1] * stays_t / (1 - stays_t)
    design = np.stack([np.ones_like(told_t), told_t], axis=1)
    covariance = np.linalg.inv(design.T @ (design * weight_t[:, None]))
    estimate = covariance @ design.T @ (weight_t * -np.log(stays_t))
    error = np.sqrt(np.diag(covariance))
    about = "hazard of discovery regressed on the share of advocates, 40 periods"
    wrongs = ("nobody discovers untold", "nobody discovers by being told")
    return tuple(
        Check(
            f"Bass coefficient {name} recovered", about, theory, float(value), float(e), wrong, 0.0, float(e)
        )
        for name, theory, value, e, wrong in zip(
            "pq", (INNOVATION, IMITATION), estimate, error, wrongs, strict=True
        )
    )
