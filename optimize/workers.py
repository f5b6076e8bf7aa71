"""Worker processes that run simulations for a search; what they return does not depend on how many there are.

Threads share one interpreter, which the readable engine and everything beside the compiled loop hold; a
process each does not. Every process gets the world once and then only plans. Numba and BLAS keep to one
thread in each (two processes with two threads of each were 13 times slower than with one).
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from sim import OmnifunnelError

if TYPE_CHECKING:
    from sim import Job, Run, World

THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
#: Times that processes which died are replaced within a batch.
REPLACED = 1


class Workers:
    """A pool that runs jobs as `sim.simulate_many` does.

    Processes are spawned: a script of your own that uses them needs `if __name__ == "__main__":`.

    Args:
        world: the world of jobs that bring none.
        count: processes.
    """

    def __init__(self, world: World, count: int) -> None:
        if count < 1:
            raise OmnifunnelError(f"workers: must be at least 1, got {count}")
        self._world, self._count = world, count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(
        self,
        world: World,
        jobs: Sequence[Job],
        *,
        engine: str = "compiled",
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        done: Callable[[int, Run], None] | None = None,
    ) -> list[Run]:
        """Run the jobs; results in their order, `done` called as each ends.

        Raises:
            OmnifunnelError: processes died, and so did those that replaced them.
        """
        runs: dict[int, Run] = {}

        def take(n: int, arrays: dict[str, Any]) -> None:
            from sim import Run

            job = jobs[n]
            runs[n] = Run(job.world or world, job.plan, job.seed, job.replicate, **arrays)
            if done:
                done(n, runs[n])
            if progress:
                progress(len(runs) * world.total_periods, len(jobs) * world.total_periods)

        for left in range(REPLACED, -1, -1):
            try:
                self._run({n: job for n, job in enumerate(jobs) if n not in runs}, engine, threads or 1, take)
                break
            except BrokenProcessPool as fault:
                self.close()
                if not left:
                    raise OmnifunnelError(
                        f"workers: a worker process died twice, for want of memory perhaps ({fault}); "
                        f"use fewer than {self._count} workers"
                    ) from fault
        return [runs[n] for n in range(len(jobs))]

    def _run(
        self, jobs: dict[int, Job], engine: str, threads: int, take: Callable[[int, dict[str, Any]], None]
    ) -> None:
        pool = self._started()
        futures: dict[Future[dict[str, Any]], int] = {}
        try:
            for n, job in jobs.items():
                futures[pool.submit(_simulate, job, engine, threads)] = n
            for future in as_completed(futures):
                take(futures[future], future.result())
        finally:
            for future in futures:
                future.cancel()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            # As bytes: a process must have its thread limits before it loads what a world is made of.
            self._pool = ProcessPoolExecutor(
                self._count, mp_context=context, initializer=_begin, initargs=(pickle.dumps(self._world),)
            )
        return self._pool

    def close(self) -> None:
        """End the processes once they have finished the run they are in."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


#: The world of this worker process.
_HERE: dict[str, Any] = {}


def _begin(world: bytes) -> None:
    """First thing in a worker process."""
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    # Ctrl-C reaches every process of the terminal; only the search answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    _HERE["world"] = pickle.loads(world)
    _HERE["limits"] = threadpool_limits(1)


def _end_with_parent() -> None:
    """A search that was killed outright leaves no worker behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _simulate(job: Job, engine: str, threads: int) -> dict[str, Any]:
    """In a worker process: the arrays of a run, without the world and the plan that the caller has."""
    from sim import simulate

    run = simulate(
        job.world or _HERE["world"],
        job.plan,
        seed=job.seed,
        replicate=job.replicate,
        engine=engine,
        threads=threads,
    )
    return dict(run.arrays())


def _thread_limits() -> dict[str, Any]:
    """In a worker process: what keeps it to one thread, for those who doubt it."""
    from threadpoolctl import threadpool_info

    pools = [pool["num_threads"] for pool in threadpool_info()]
    return {"environment": {name: os.environ.get(name) for name in THREAD_LIMITS}, "pools": pools}
