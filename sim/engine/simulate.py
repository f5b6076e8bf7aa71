"""simulate(): a pure function of world, plan and replicate.

A large sample can spread its tiles over threads, each with a ledger of its own; the result is the same.
`many.simulate_many` runs several of these side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

import numpy as np
import numpy.typing as npt

from sim.engine.board import empty_board
from sim.engine.kernel import advance
from sim.engine.ledger import Ledger, counts_over, empty_ledger, total
from sim.engine.periods import close_period, close_run, open_period
from sim.engine.recorder import Recorder, make_run, new_recorder
from sim.engine.run import Progress, Run
from sim.engine.state import Scratch, State, count_stages, new_scratch, new_state, populate
from sim.engine.tables import Prices, Tables, make_tables, spend_with_tail
from sim.errors import OmnifunnelError, PlanError
from sim.market.plan import Plan
from sim.market.world import World

ENGINES = ("compiled", "mesa")
#: Consumer-periods, some ten milliseconds, after which a run looks up: for progress, and for a wish to end.
STRIDE = 400_000


def simulate(
    world: World,
    plan: Plan,
    *,
    seed: int,
    replicate: int = 0,
    engine: str = "compiled",
    threads: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Run one replicate of a plan.

    Args:
        world: the compiled scenario.
        plan: spend by paid period and channel, of this world's channels.
        seed: any integer >= 0; 0 is a seed like any other.
        replicate: number of the replicate under this seed, >= 0.
        engine: "compiled", or "mesa" for the object engine; both give the same run, bit for bit.
        threads: threads over consumers (compiled engine); the result does not depend on it.
        progress: called with (periods done, periods) after each period or few; what it raises ends the run.

    Raises:
        PlanError: the plan is not one of this world.
    """
    _check(world, plan, seed, replicate, engine)
    if engine == "mesa":
        from sim.engine.mesa_model import run_mesa

        return run_mesa(world, plan, seed=seed, replicate=replicate, progress=progress)
    tables, prices = make_tables(world, seed, replicate)
    state = new_state(world)
    recorder = new_recorder(world)
    spend_tc = spend_with_tail(world, plan)
    threads = max(1, min(threads, len(state.consumers)))
    with ThreadPoolExecutor(threads) if threads > 1 else nullcontext() as pool:
        ranges = _Ranges(world, len(state.consumers), pool, threads)
        _run_tiles(world, tables, prices, spend_tc, state, recorder, ranges, progress)
    return make_run(world, plan, seed, replicate, recorder, total(ranges.parts))


def _check(world: World, plan: Plan, seed: int, replicate: int, engine: str) -> None:
    if engine not in ENGINES:
        raise OmnifunnelError(f"engine: must be one of {', '.join(ENGINES)}, got '{engine}'")
    if seed < 0 or replicate < 0:
        raise OmnifunnelError(f"seed and replicate must be integers >= 0, got {seed} and {replicate}")
    if plan.channels != world.channels or plan.periods != world.periods:
        raise PlanError(
            f"plan: must have {world.periods} periods and the channels {', '.join(world.channels)}, "
            f"got {plan.periods} periods and {', '.join(plan.channels)}"
        )
    unpriced = plan.total_c[~world.priced_c]
    if unpriced.any():
        names = [name for name, total_c in zip(world.channels, plan.total_c, strict=True) if total_c > 0]
        priced = {name for name, priced in zip(world.channels, world.priced_c, strict=True) if priced}
        raise PlanError(
            f"plan: no money can be spent on {', '.join(n for n in names if n not in priced)}: no price"
        )


class _Ranges:
    """Ranges of tiles, one a thread, each with a ledger and scratch of its own."""

    def __init__(self, world: World, tiles: int, pool: ThreadPoolExecutor | None, threads: int) -> None:
        self.edges = np.linspace(0, tiles, threads + 1).astype(np.int64)
        self.parts = [empty_ledger(world) for _ in range(threads)]
        self.scratch = [new_scratch(world) for _ in range(threads)]
        self.pool = pool

    def each(self, work: Callable[[int, int, Ledger, Scratch], None]) -> None:
        """Do the work on every range and wait for all."""
        ranges = zip(self.edges[:-1], self.edges[1:], self.parts, self.scratch, strict=True)
        if self.pool is None:
            for arguments in ranges:
                work(*arguments)
            return
        for future in [self.pool.submit(work, *arguments) for arguments in ranges]:
            future.result()


def _run_tiles(
    world: World,
    tables: Tables,
    prices: Prices,
    spend_tc: npt.NDArray[np.float64],
    state: State,
    recorder: Recorder,
    ranges: _Ranges,
    progress: Progress | None,
) -> None:
    """All periods: the board waits for every range of tiles."""
    board = empty_board(world)
    ranges.each(lambda first, stop, _, scratch: populate(first, stop, tables, state, scratch))
    count_stages(state, recorder.n_ksr)
    whole, last = len(ranges.parts) == 1, world.total_periods
    stride = max(1, STRIDE // world.agents) if whole else 1
    for t in range(0, last, stride):
        span = t, min(t + stride, last)
        if not whole:
            open_period(recorder, board, prices, spend_tc, t)
        ranges.each(partial(advance, span, whole, spend_tc, prices, tables, board, state, recorder))
        if not whole:
            close_period(recorder, board, prices, counts_over(ranges.parts, t), t)
        if progress:
            progress(span[1], last)
    ranges.each(lambda first, stop, part, _: close_run(first, stop, state, part))
