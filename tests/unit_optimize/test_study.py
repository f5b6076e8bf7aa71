"""Samplers and storages of method `search`: each sampler by name, and studies that outlive a process."""

import os
import subprocess
import sys
from pathlib import Path

import optuna
import pytest
from analytic import AnalyticMarket

from optimize import SAMPLERS, SEARCH_REPLICATE, Study, StudyError, optimize
from optimize.shared_trials import _owner
from optimize.study import open_storage

#: Samplers that need nothing beyond what is installed.
PLAIN = [name for name in SAMPLERS if name != "gp"]


class Counting(AnalyticMarket):
    """Counts the plans that a search had measured."""

    searched = 0

    def measure(self, plans, *, replicate):
        self.searched += len(plans) if replicate >= SEARCH_REPLICATE else 0
        return super().measure(plans, replicate=replicate)


def run(study, *, market=None, runs=60, objectives=("profit",), method="search"):
    market = market or AnalyticMarket(5, seed=3, noise=0.03)
    problem = market.problem(objectives=objectives)
    return optimize(problem, method=method, runs=runs, seed=3, replicates=2, meter=market, study=study)


def trials(storage):
    storage = open_storage(storage)
    names = optuna.get_all_study_names(storage=storage)
    return [trial for name in names for trial in optuna.load_study(study_name=name, storage=storage).trials]


@pytest.mark.parametrize("objectives", [("profit",), ("roi", "ltv")])
@pytest.mark.parametrize("sampler", PLAIN)
def test_each_sampler_searches_and_repeats_itself(sampler, objectives):
    if sampler == "cmaes" and len(objectives) > 1:
        with pytest.raises(StudyError, match="cmaes takes one objective, got 2; choose tpe, gp, nsga2"):
            run(Study(sampler), objectives=objectives)
        return
    first, second = (run(Study(sampler), objectives=objectives) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert 50 < first.runs_used <= 60
    assert bool(first.pareto) == (len(objectives) > 1)


def test_samplers_differ():
    traces = {name: str(run(Study(name)).trace) for name in PLAIN}
    assert len(set(traces.values())) == len(traces) - 1  # nsga2 and nsga3 are alike in one objective
    assert traces["nsga2"] == traces["nsga3"]


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (Study("tpee"), "sampler: choose among cmaes, tpe, .*did you mean 'tpe'"),
        (Study(storage="study.db"), "storage: must be a URL such as sqlite:///"),
        (Study(storage="sqlite:////no/such/folder/study.db"), "cannot be opened: unable to open"),
        (Study(storage="nosuch://host/name"), "cannot be opened: Can't load plugin"),
    ],
)
def test_what_cannot_be_had_is_told_before_anything_is_simulated(study, said):
    market = Counting(5, seed=3)
    with pytest.raises(StudyError, match=said):
        run(study, market=market)
    assert market.searched == 0


def test_a_password_is_not_repeated():
    with pytest.raises(StudyError) as fault:
        run(Study(storage="nosuch://me:secret@host/name"))
    assert "secret" not in str(fault.value)


def test_gp_without_torch_says_what_to_install(monkeypatch):
    monkeypatch.setattr("optimize.study.find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"gp needs PyTorch: pip install 'omnifunnel\[gp\]'"):
        run(Study("gp"))


def test_only_the_search_takes_a_study():
    with pytest.raises(StudyError, match="only method 'search'"):
        run(Study("tpe"), method="lp")


@pytest.mark.parametrize("storage", ["sqlite:///{}/study.db", "{}/study.journal"])
def test_a_study_goes_on_where_it_was_and_pays_no_plan_twice(tmp_path, storage):
    study = Study("tpe", storage.format(tmp_path), "one")
    first, second, third = (Counting(5, seed=3, noise=0.03) for _ in range(3))
    run(study, market=first)
    again = run(study, market=second)
    more = run(study, market=third, runs=75)
    # All that is measured anew are the leaders, on further draws.
    assert second.searched <= 0.25 * first.searched
    assert again.runs_used <= 60
    assert 60 < more.runs_used <= 75
    assert third.searched < 40


def test_a_trial_of_a_dead_process_is_failed_and_one_of_a_live_process_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("optimize.search.LOOKS", 2)
    study = Study("tpe", f"sqlite:///{tmp_path}/study.db", "one")
    run(study)
    (name,) = optuna.get_all_study_names(storage=study.storage)
    stored = optuna.load_study(study_name=name, storage=study.storage)
    dead, living = stored.ask(), stored.ask()
    dead.set_user_attr("owner", _owner() | {"process": 2**22 + 1, "started": "1"})
    living.set_user_attr("owner", _owner())
    run(study, runs=70)
    states = {trial.number: trial.state.name for trial in trials(study.storage)}
    assert states[dead.number] == "FAIL"
    assert states[living.number] == "RUNNING"


def test_targets_stand_with_their_trials_as_constraints(tmp_path):
    from dataclasses import replace

    from optimize import Target

    market = AnalyticMarket(5, seed=3)
    study = Study("tpe", f"sqlite:///{tmp_path}/study.db", "one")
    problem = replace(market.problem(), targets=(Target("volume", 2250.0, True),))
    optimize(problem, method="search", runs=60, seed=3, replicates=2, meter=market, study=study)
    told = [trial.constraints["targets"] for trial in trials(study.storage) if trial.state.name == "COMPLETE"]
    assert told
    assert all(value >= 0 for value in told)


PROCESS = """
import sys
from analytic import AnalyticMarket
from optimize import Study, optimize
if __name__ == "__main__":
    market = AnalyticMarket(5, seed=3, noise=0.03)
    result = optimize(market.problem(), method="search", runs=70, seed=3, replicates=2, meter=market,
                      study=Study("tpe", sys.argv[1], "one"))
    print(result.runs_used)
"""


@pytest.mark.slow
@pytest.mark.parametrize("storage", ["sqlite:///{}/study.db", "{}/study.journal"])
def test_two_processes_share_a_study(tmp_path, storage):
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), str(root / "tests" / "support")])
    where = storage.format(tmp_path)
    outputs = [(tmp_path / f"{n}.txt").open("w") for n in range(2)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, where],
            stdout=outputs[n],
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": path},
        )
        for n in range(2)
    ]
    codes = [process.wait(timeout=300) for process in started]
    for output in outputs:
        output.close()
    said = [(tmp_path / f"{n}.txt").read_text() for n in range(2)]
    assert codes == [0, 0], said
    assert all(50 < int(text) <= 70 for text in said)
    assert {trial.state.name for trial in trials(where)} <= {"COMPLETE", "FAIL", "WAITING"}
    done = [trial.user_attrs["plan"]["amounts"] for trial in trials(where) if "plan" in trial.user_attrs]
    assert 20 < len(done) <= 70
