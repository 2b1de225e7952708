"""The partitioned work on a cluster of two workers: identical numbers, or a sentence that says why not."""

import hashlib
import json
import logging
import os
import socket
import sys
from importlib.metadata import version

import joblib
import numpy as np
import pytest
from distributed import LocalCluster
from typer.testing import CliRunner

from tests.demand.conftest import AS_OF, inputs, keys_of, products_of, sales_of
from tests.runs.toy_plan import FINISH, NOTHING, START, toy_business, use_notebooks, write_notebook
from workbench.cli import app
from workbench.demand import prophet_fit
from workbench.demand.engine import forecast
from workbench.demand.paths import matrix
from workbench.demand.sampling import PARTITION
from workbench.errors import ParameterError
from workbench.policy import DemandPolicy, Policy, RunPolicy
from workbench.runs import cluster, daily_plan
from workbench.runs.step import open_step

DAYS = 182
WORK = {"fit_all", "draw_part", "calendar_of", "corrected"}  # what the engine gives to `partitions.each`


def start_cluster(workers):
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # any free port, for there is no way without
        silence_logs=logging.CRITICAL,  # what workers say when they are told to go
    )


@pytest.fixture(scope="module")
def scheduler():
    with start_cluster(2) as local:
        yield local.scheduler_address


def digests(jobs):
    """A small business forecast, its tables as digests: enough series for two partitions, and aggregates."""
    keys = keys_of(PARTITION + 44, ("shop", "web"), ("north", "south"))
    weeks = 1 + 0.5 * (np.arange(DAYS) % 7 > 4)
    units = np.random.default_rng(0).poisson(np.linspace(0.1, 6, len(keys))[:, None] * weeks)
    rules = DemandPolicy(paths=50, prophet_series=1, prophet_aggregates=1)
    found = forecast(
        *inputs(sales_of(units, keys), products_of(keys)),
        policy=Policy(demand=rules, run=RunPolicy(processes=jobs)),
        as_of=AS_OF,
        seed=3,
    )
    assert set(found.models["model"]) & {"category_shape", "prophet"}  # the fits matter
    frames = [found.demand, found.models, found.backtest, found.paths.drop(columns="paths")]
    contents = [matrix(found.paths).tobytes(), *(frame.to_csv().encode() for frame in frames)]
    return [hashlib.sha256(content).hexdigest() for content in contents], found.notes


def done_by_workers(client):
    """Names of the work that was sent to the cluster, and the pids of the workers that did some."""

    def names(dask_scheduler):
        return set(dask_scheduler.task_prefixes)

    def busy(dask_worker):
        return os.getpid() if dask_worker.state.executed_count else None

    return client.run_on_scheduler(names), set(client.run(busy).values())


def test_a_cluster_processes_and_one_process_give_identical_tables(scheduler, monkeypatch):
    alone = digests(1)
    assert digests(2) == alone
    monkeypatch.setattr(prophet_fit, "_fit", lambda _: pytest.fail("fitted here"))
    with cluster.connect(scheduler) as client, joblib.parallel_config(backend="dask", client=client):
        assert digests(1) == alone
        sent, pids = done_by_workers(client)
    assert {f"batch_of_{work}_1_calls" for work in WORK} <= sent
    assert len(pids - {None, os.getpid()}) == 2


def test_a_plan_told_of_a_cluster_works_there_and_is_the_same_plan(scheduler, tmp_path, monkeypatch):
    notebook = use_notebooks(monkeypatch, tmp_path / "notebooks") / "2_allocation.ipynb"
    work = f"""import json, os, pathlib
from workbench.demand.partitions import each
pids = each(lambda _: os.getpid(), range(6), jobs=1)
pathlib.Path({str(tmp_path / "pids")!r}).write_text(json.dumps(pids))"""
    write_notebook(notebook, START.format(step="allocation"), work, NOTHING, FINISH)
    monkeypatch.setattr(daily_plan, "STEPS", {"allocation": notebook.name})  # one kernel shows it
    folder = toy_business(tmp_path / "business").folder
    planned = plan(folder, "--cluster", scheduler)
    assert planned.exit_code == 0, planned.output
    with cluster.connect(scheduler) as client:
        workers = set(client.run(os.getpid).values())
    assert set(json.loads((tmp_path / "pids").read_text())) <= workers
    assert cluster.SETTING not in os.environ
    again = plan(folder)
    assert "published already" in again.output  # where the work was done is no part of what the plan rests on


def plan(folder, *more):
    arguments = ["plan", "--folder", str(folder), "--date", "2026-11-16", *more]
    return CliRunner().invoke(app, arguments)


def test_an_address_where_nobody_answers_exits_with_2_before_anything_has_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    folder = toy_business(tmp_path / "business").folder
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        outcome = plan(folder, "--cluster", address)
    assert outcome.exit_code == 2
    assert f"No Dask scheduler answers at '{address}'" in outcome.output
    assert not (folder / ".workbench").exists()


def test_a_step_cannot_quietly_leave_the_cluster_out(monkeypatch):
    monkeypatch.setenv(cluster.SETTING, "nowhere")
    with pytest.raises(ParameterError, match=r"'nowhere' \(missing port number"):
        open_step("allocation")


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"install `inventory-workbench\[cluster\]`"):
        cluster.connect("tcp://127.0.0.1:1")


def test_workers_with_another_library_are_refused(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "version", lambda name: "0.9" if name == "numpy" else version(name))
    with pytest.raises(ParameterError, match=rf"has numpy {version('numpy')}, this machine has 0.9; install"):
        cluster.connect(scheduler)


def test_workers_with_other_code_of_our_own_are_refused(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "OWN_CODE", "changed")
    with pytest.raises(ParameterError, match=r"has workbench \w{12}, this machine has changed"):
        cluster.connect(scheduler)


def test_one_core_is_no_cluster():
    with start_cluster(1) as lone, pytest.raises(ParameterError, match="have 1 cores in all"):
        cluster.connect(lone.scheduler_address)
