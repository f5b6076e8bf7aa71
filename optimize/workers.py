"""Worker processes that run simulations for a search; what they return does not depend on how many there are.

Threads share one interpreter, which the readable engine and everything beside the compiled loop hold; a
process each does not. Every process gets the world once and then only plans. Numba and BLAS keep to one
thread in each (two processes with two threads of each were 13 times slower than with one).

Each process has a pipe of its own, and no other process holds its end: one that dies, at whatever moment,
closes it. The processes of `concurrent.futures` share one: when one is killed while it sends an answer, the
search waits for the rest of it for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from sim import OmnifunnelError

if TYPE_CHECKING:
    from sim import Job, Run, World

THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


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
        self._pool: list[_Worker] = []

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
            OmnifunnelError: as many processes died as there are, and then one that replaced them.
        """
        from sim import Run

        runs: dict[int, Run] = {}
        try:
            for n, arrays in self._answers([(_simulate, job, engine, threads or 1) for job in jobs]):
                job = jobs[n]
                runs[n] = Run(job.world or world, job.plan, job.seed, job.replicate, **arrays)
                if done:
                    done(n, runs[n])
                if progress:
                    progress(len(runs) * world.total_periods, len(jobs) * world.total_periods)
        finally:
            self._end([worker for worker in self._pool if worker.task is not None])
        return [runs[n] for n in range(len(jobs))]

    def close(self) -> None:
        """End the processes."""
        self._end(list(self._pool))

    def _answers(self, tasks: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Number and answer of every task, as they come."""
        waiting, died = deque(range(len(tasks))), 0
        while busy := self._hand_out(waiting, tasks):
            ready = wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                n = worker.task
                assert n is not None
                try:
                    answer, fault = worker.receive()
                except (EOFError, OSError):
                    self._end([worker])
                    waiting.appendleft(n)
                    died += 1
                    if died > self._count:
                        raise OmnifunnelError(self._died(worker)) from None
                    continue
                if fault is not None:
                    raise fault
                self._hand_out(waiting, tasks)
                yield n, answer

    def _hand_out(self, waiting: deque[int], tasks: Sequence[tuple[Any, ...]]) -> list[_Worker]:
        """Give tasks to idle processes, started where there are too few; all that are busy then."""
        idle = [worker for worker in self._pool if worker.task is None]
        missing = min(len(waiting) - len(idle), self._count - len(self._pool))
        started = [_Worker(self._world) for _ in range(missing)]
        self._pool += started
        for worker in (idle + started)[: len(waiting)]:
            n = waiting.popleft()
            worker.send(n, tasks[n])
        return [worker for worker in self._pool if worker.task is not None]

    def _end(self, workers: Iterable[_Worker]) -> None:
        for worker in workers:
            self._pool.remove(worker)
            worker.end()

    def _died(self, worker: _Worker) -> str:
        advice = f"use fewer than {self._count} workers" if self._count > 1 else "run without workers"
        return (
            f"workers: processes died and those that replaced them too, for want of memory perhaps "
            f"(exit code {worker.process.exitcode}); {advice}"
        )


class _Worker:
    """One process and this side's end of its pipe; `task` is the number of what it does, None when idle."""

    def __init__(self, world: World) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.task: int | None = None
        # As bytes: a process must have its thread limits before it loads what a world is made of.
        self.process = context.Process(target=_serve, args=(theirs, pickle.dumps(world)), daemon=True)
        self.process.start()
        theirs.close()

    def send(self, n: int, task: tuple[Any, ...]) -> None:
        # Busy from before the first byte: whoever is interrupted here must not use this pipe again.
        self.task = n
        # One that is gone is found when its answer is waited for.
        with suppress(OSError):
            self.connection.send(task)

    def receive(self) -> tuple[Any, Exception | None]:
        """Its answer, or what the task raised; EOFError or OSError where the process is gone."""
        said: tuple[Any, Exception | None] = self.connection.recv()
        self.task = None
        return said

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


#: The world of this worker process.
_HERE: dict[str, Any] = {}


def _serve(connection: Connection, world: bytes) -> None:
    """In a worker process: do tasks until the other end is closed."""
    _begin(world)
    while True:
        try:
            function, *arguments = connection.recv()
        except EOFError:
            return
        said: tuple[Any, Exception | None]
        try:
            said = function(*arguments), None
        except Exception as fault:  # noqa: BLE001 - whatever it is, whoever asked is told
            fault.add_note(traceback.format_exc())
            said = None, fault
        connection.send(said)


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
