"""Worker processes: the same runs as threads give, whatever happens to a process."""

import multiprocessing
import signal

import pytest

from optimize import BudgetProblem, optimize
from optimize.workers import THREAD_LIMITS, Workers
from sim import Job, OmnifunnelError, Plan, compile_world, load, outage, simulate_many


@pytest.fixture(scope="module")
def market():
    file = load("beauty-launch", overrides=["population.agents=300"])
    return file, compile_world(file.scenario)


@pytest.fixture(scope="module")
def jobs(market):
    file, world = market
    nothing = Plan.zero(world.channels, world.periods)
    out = outage(world, [world.channels[0]], 3, 9)
    return [Job(file.status_quo(), 1, r) for r in range(3)] + [
        Job(nothing, 1, 0),
        Job(file.status_quo(), 1, 0, out),
    ]


@pytest.fixture(scope="module")
def workers(market):
    with Workers(market[1], 2) as pool:
        yield pool
    assert multiprocessing.active_children() == []


def test_runs_are_those_of_threads_and_are_told_as_they_finish(market, jobs, workers):
    told = {}
    found = workers(market[1], jobs, done=lambda n, run: told.setdefault(n, run))
    expected = simulate_many(market[1], jobs)
    assert [run.fingerprint() for run in found] == [run.fingerprint() for run in expected]
    assert {n: run.fingerprint() for n, run in told.items()} == {
        n: run.fingerprint() for n, run in enumerate(expected)
    }
    assert found[4].world is jobs[4].world


def test_a_process_that_is_killed_is_replaced(market, jobs, workers):
    before = [run.fingerprint() for run in workers(market[1], jobs[:2])]
    killed = []

    def kill(n, run):
        if not killed:
            killed.extend(multiprocessing.active_children())
            for process in killed:
                process.kill()

    found = workers(market[1], jobs, done=kill)
    assert killed[0].exitcode == -signal.SIGKILL
    assert [run.fingerprint() for run in found[:2]] == before
    assert len(found) == len(jobs)


def test_processes_that_die_again_are_an_error_that_says_what_to_do(market, jobs, workers):
    def kill(n, run):
        for process in multiprocessing.active_children():
            process.kill()

    many = [Job(jobs[0].plan, 1, r) for r in range(12)]
    told = r"died and those that replaced them too.*-9.*use fewer than 2 workers"
    with pytest.raises(OmnifunnelError, match=told):
        workers(market[1], many, done=kill)


def test_a_process_killed_half_way_through_an_answer_is_replaced(workers):
    long = 50_000_000
    told = workers._answers([(bytes, long), (bytes, long)])
    first, _ = next(told)
    (sender,) = (worker for worker in workers._pool if worker.task is not None)
    # Once some of it is here the rest cannot be: nobody reads, and no pipe holds that much.
    assert sender.connection.poll(60)
    sender.process.kill()
    assert [(n, len(answer)) for n, answer in told] == [(1 - first, long)]


def test_what_a_task_raises_is_raised_here_with_its_place(workers):
    with pytest.raises(ValueError, match="invalid literal") as caught:
        list(workers._answers([(int, "x")]))
    assert "in _serve" in caught.value.__notes__[0]
    assert list(workers._answers([(int, "7")])) == [(0, 7)]


def test_each_process_keeps_to_one_thread(market, workers):
    from optimize.workers import _thread_limits

    ((_, found),) = workers._answers([(_thread_limits,)])
    assert found["environment"] == dict.fromkeys(THREAD_LIMITS, "1")
    assert found["pools"]
    assert set(found["pools"]) == {1}


def test_the_answer_does_not_depend_on_workers(market):
    file, world = market
    problem = BudgetProblem.from_scenario(file.scenario, world, file.status_quo(), objectives=("profit",))
    first, second = (
        optimize(problem, method="surrogate", runs=30, seed=0, replicates=2, workers=count)
        for count in (None, 2)
    )
    assert first.to_dict() == second.to_dict()


def test_no_workers_is_refused(market):
    with pytest.raises(OmnifunnelError, match="workers: must be at least 1, got 0"):
        Workers(market[1], 0)
