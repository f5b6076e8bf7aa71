"""simulate_many(): several simulations at once, on no more threads than there are processors.

Small samples run one to a thread, since the compiled code holds no interpreter lock. Large ones run one
after the other, each with its consumers spread over the threads: that needs the memory of one only.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass

from sim.engine.run import Progress, Run
from sim.engine.simulate import simulate
from sim.market.plan import Plan
from sim.market.world import World

#: From this many consumers on, threads share the consumers of one run.
LARGE = 200_000


@dataclass(frozen=True)
class Job:
    """One simulation to run.

    Attributes:
        world: a world of its own, of the same shapes as the common one (see `market.intervene`).
    """

    plan: Plan
    seed: int
    replicate: int = 0
    world: World | None = None


class _Stopped(Exception):
    """Raised inside a worker whose caller has gone."""


class _Watch:
    """Counts the periods of all runs, and ends them the next time they look up once stopped."""

    def __init__(self, periods: int, progress: Progress | None) -> None:
        self._periods, self._progress = periods, progress
        self._done, self._lock, self._stop = 0, threading.Lock(), threading.Event()

    def stop(self) -> None:
        self._stop.set()

    def of_run(self) -> Progress:
        """What one run calls."""
        before = 0

        def tick(done: int, of: int) -> None:
            nonlocal before
            if self._stop.is_set():
                raise _Stopped
            if self._progress:
                with self._lock:
                    self._done += done - before
                    self._progress(self._done, self._periods)
            before = done

        return tick


def simulate_many(
    world: World,
    jobs: Sequence[Job],
    *,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Progress | None = None,
    done: Callable[[int, Run], None] | None = None,
) -> list[Run]:
    """Run several jobs, in parallel where that pays; results in the order of the jobs.

    An exception, Ctrl-C among them, ends all runs at the end of the periods they are in (`simulate.STRIDE`).

    Args:
        world: the compiled scenario, for jobs that bring none.
        jobs: plans with their draws.
        engine: as for `simulate`.
        threads: at most this many threads in all; default: one for each processor. No result depends on it.
        progress: called with (periods done, periods of all jobs), from any thread, one call at a time.
        done: called with (number of the job, its run) as jobs finish, in whatever order they do.
    """
    threads = threads or available_cpus()
    inner = threads if world.agents >= LARGE and engine == "compiled" else 1
    outer = 1 if inner > 1 or engine == "mesa" else min(threads, len(jobs))
    watch = _Watch(len(jobs) * world.total_periods, progress)

    def work(job: Job) -> Run:
        return simulate(
            job.world or world,
            job.plan,
            seed=job.seed,
            replicate=job.replicate,
            engine=engine,
            threads=inner,
            progress=watch.of_run(),
        )

    runs: dict[int, Run] = {}
    with closing(_finished(work, jobs, outer, watch)) as finished:
        for n, run in finished:
            runs[n] = run
            if done:
                done(n, run)
    return [runs[n] for n in range(len(jobs))]


def _finished(
    work: Callable[[Job], Run], jobs: Sequence[Job], threads: int, watch: _Watch
) -> Generator[tuple[int, Run], None, None]:
    """Number and run of every job as it finishes; what goes wrong, here or in the caller, ends the others."""
    if threads <= 1:
        yield from ((n, work(job)) for n, job in enumerate(jobs))
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(work, job): n for n, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            watch.stop()
            pool.shutdown(cancel_futures=True)
            raise


def available_cpus() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
