"""The daily plan: gate, four notebooks in order, one manifest row that makes it live, exports."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import release
from workbench.authority.autonomy import after_failed_gate
from workbench.authority.people import expired_delegations
from workbench.authority.rests_on import policy_read
from workbench.authority.routing_weights import weighed
from workbench.errors import AlreadyPublished, AlreadyRunning, StepFailed
from workbench.lake import gate
from workbench.lake.carrier_rates import live_rates
from workbench.lake.mapping import Mapping as FileMapping
from workbench.lake.report import Report
from workbench.lake.store import content_hash
from workbench.ledger.runs import GATE_STOPPED
from workbench.runs import cluster
from workbench.runs.business import PROJECT, Business, now
from workbench.runs.notebooks import hash_of, parameters_for, run_notebook
from workbench.runs.outcomes import judge_matured
from workbench.runs.picked_routes import with_pick
from workbench.runs.standing import standing
from workbench.runs.stock_state import moves_of_state, on_hand, promised
from workbench.runs.summary import summary_of
from workbench.tables import INPUTS, TABLES

NOTEBOOKS = PROJECT / "notebooks"
STEPS = {
    "demand_sensing": "1_demand_sensing.ipynb",
    "allocation": "2_allocation.ipynb",
    "replenishment": "3_replenishment.ipynb",
    "routing": "4_routing.ipynb",
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """A plan that is live: its run, where its files lie, and what it says in figures.

    `expired`: what still waited in earlier plans, a record {proposal_id, title, money_at_risk} each.
    """

    run_id: str
    day: date
    directory: Path
    summary: dict[str, Any]
    expired: list[dict[str, Any]]


def plan(
    business: Business, day: date, given: Mapping[str, str], say: Say, *, scheduler: str = ""
) -> Published:
    """Make and publish the plan of a business day; the partitioned work goes to a Dask `scheduler`, if given.

    `given` are parameters of the notebooks; of the weights of routing, those that were picked for the day
    hold where they are not given.
    Where the work is done changes no number and is no part of the run's inputs. Resumes at the step that had
    not finished when an earlier start for the same day and inputs was killed.

    Raises ParameterError, AlreadyRunning, GateStop, AlreadyPublished or StepFailed; until the manifest row is
    committed the last published plan stays live.
    """
    notebooks = [NOTEBOOKS / name for name in STEPS.values()]
    # their faults, and the cluster's, are told before anything is written
    chosen = parameters_for(notebooks, given)
    weighed(business.policy, given)
    if scheduler:
        cluster.connect(scheduler).close()
    given = with_pick(business, day, given, say)  # routing reads these where its run keeps them
    for sentence in expired_delegations(business.policy, day):
        say(sentence)
    with _alone(business):
        run_id = _start(business, day, given, say)
        run = business.ledger.run(run_id)
        directory = business.run_directory(run)
        directory.mkdir(parents=True, exist_ok=True)
        for number, (step, values) in enumerate(zip(STEPS, chosen, strict=True), start=1):
            with headless(scheduler):
                outcome = _run_step(business, run_id, step, values)
            say(f"{number}/{len(STEPS)} {step.replace('_', ' ')}: {outcome}")
        summary = summary_of(business, run_id)
        manifest = business.ledger.publish(run_id, summary, now())
        _let_out(business, run_id, say)
        return Published(run_id, day, directory, summary, manifest["expired"])


def release_approved(business: Business, say: Say) -> release.Released | None:
    """Release what has been approved in the live plan, and write its exports anew. None: nothing was.

    `say` is told of every export that was refused.
    """
    with _alone(business):
        released = release.release(business.ledger, business.policy, now())
        live = business.live()
        if live is not None:
            _export(business, live["run_id"], say)  # always: a release may have been killed before its export
        return released


@contextmanager
def _alone(business: Business) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go when the process dies, however it dies."""
    business.state.mkdir(exist_ok=True)
    with (business.state / "plan.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"A plan is being made in {business.folder.name} right now; wait for it to end."
            ) from error
        yield


def _start(business: Business, day: date, given: Mapping[str, str], say: Say) -> str:
    """The run to go on with: a killed one of the same day and inputs, or a new one."""
    report = gate.check(business.folder, business.policy, day)
    if report.stops:
        _stopped(business, day, report, say)
    report, sources = _asked_carriers(business, report)
    versions = gate.admit(report, business.lake) | {
        "rate_sources": business.lake.write("rate_sources", sources),
        "policy_text": business.lake.write("policy_text", business.policy_text()),
    }
    say(report.sentences()[0])
    for sentence in sources["told"]:
        say(sentence)
    read = policy_read(business.policy)
    contents = {name: content_hash(report.tables[name]) for name in INPUTS}
    inputs = _digest(day, contents, read, dict(given))
    published = business.ledger.published_run(day, inputs)
    if published is not None:
        _let_out(business, published, say)
        raise AlreadyPublished(f"The plan of {day} for these inputs is published already, as {published}.")
    unfinished = business.ledger.unfinished_run(day, inputs)
    if unfinished is not None:
        say(f"Going on with {unfinished}, which had not finished.")
        return unfinished
    _judge_earlier(business, day, versions, say)
    # what was approved in the live plan leaves before the new plan is made, so that it counts
    if business.live() is not None:
        released = release.release(business.ledger, business.policy, now())
        if released is not None:
            _export(business, released.run_id, say)
            say(f"Released what had been approved in {released.run_id}.")
    versions |= _stand_of_the_day(business, day, versions)
    run_id = business.ledger.next_run_id(day)
    _open_stock(business, run_id, versions)
    business.ledger.start_run(
        run_id,
        day,
        inputs,
        versions,
        business.policy.digest(),
        now(),
        read,
        dict(given),
        {step: hash_of(NOTEBOOKS / name) for step, name in STEPS.items()},
    )
    return run_id


def _open_stock(business: Business, run_id: str, versions: Mapping[str, int]) -> None:
    tables = business.lake.snapshot(versions)
    there, spoken_for = on_hand(tables.stock), promised(tables.stock, tables.open_lines)
    business.ledger.open_stock(run_id, there, spoken_for, now())


def _stopped(business: Business, day: date, report: Report, say: Say) -> None:
    business.ledger.log(GATE_STOPPED, f"{day}", {"stops": report.stops}, now())
    lowered = after_failed_gate(business.ledger, business.policy, " ".join(report.stops), now())
    if lowered:
        say(f"A failed gate lowers agents: {lowered} kinds of decision; see `workbench agents levels`.")


def _judge_earlier(business: Business, day: date, versions: Mapping[str, int], say: Say) -> None:
    judged = judge_matured(business, business.lake.snapshot(versions), day)
    if judged:
        say(f"Judged {judged} earlier decisions by what has come true since.")


def _asked_carriers(business: Business, report: Report) -> tuple[Report, pd.DataFrame]:
    """The report with the rates that live carriers answered, and where each carrier's come from."""
    mapping = FileMapping.load(business.folder)
    if report.stops or not mapping.carriers:
        return report, TABLES["rate_sources"].empty()
    live = live_rates(report.tables, mapping, business.policy, business.state, os.environ, clock=now)
    return replace(report, tables=report.tables | {"rates": live.rates}), live.sources


def _stand_of_the_day(business: Business, day: date, versions: Mapping[str, int]) -> dict[str, int]:
    """The tables that count what was released and is in no file yet, written to the lake."""
    files = business.lake.snapshot(versions)
    as_of = business.policy.business.as_of(day)
    release.confirm(business.ledger, files, now())
    outstanding = release.outstanding(business.ledger, files, business.policy, as_of)
    made = standing(files, outstanding, time_zone=business.policy.business.time_zone)
    return {
        name: business.lake.write(name, frame)
        for name, frame in (made | {"outstanding": outstanding}).items()
    }


def _run_step(business: Business, run_id: str, step: str, values: Mapping[str, Any]) -> str:
    """Run a step unless it had finished, and say what came of it."""
    run = business.ledger.run(run_id)
    notebook = NOTEBOOKS / STEPS[step]
    output = business.run_directory(run) / notebook.name
    if step in business.ledger.steps(run_id) and output.exists():
        return "had finished"
    began = time.monotonic()
    parameters = {"folder": str(business.folder), "date": f"{run['date']:%Y-%m-%d}", "run_id": run_id}
    timeout = business.policy.run.cell_timeout
    again = True
    while again:
        moved = moves_of_state(business.ledger, run_id, step)
        try:
            run_notebook(notebook, output, {**values, **parameters}, timeout=timeout)
            again = False
        except StepFailed:
            # the step says so when stock moved under it, and plans no more often than it may
            if moves_of_state(business.ledger, run_id, step) == moved:
                raise
    if step not in business.ledger.steps(run_id):
        raise StepFailed(f"{notebook.name} ended early: its last cell, step.finish(), never ran.")
    proposals = business.ledger.proposals(run_id)
    own = proposals[proposals["agent"] == step]
    waiting = int((own["decision"] == "escalated").sum())
    return f"{len(own)} proposals, {waiting} wait ({time.monotonic() - began:.1f} s)"


@contextmanager
def headless(scheduler: str = "") -> Iterator[None]:
    """For the kernels: no widgets, charts that a reader of the executed notebook can see, and the cluster."""
    settings = {"WORKBENCH_HEADLESS": "1", "PLOTLY_RENDERER": "plotly_mimetype", cluster.SETTING: scheduler}
    with environment(settings):
        yield


@contextmanager
def environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Variables as they are for this process and its kernels meanwhile."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _let_out(business: Business, run_id: str, say: Say) -> None:
    """Release and export a published plan, unless that has been done: a kill may fall just before it."""
    if not (business.run_directory(business.ledger.run(run_id)) / "plan.json").exists():
        release.release(business.ledger, business.policy, now())
        _export(business, run_id, say)


def _export(business: Business, run_id: str, say: Say) -> None:
    directory = business.run_directory(business.ledger.run(run_id))
    for refusal in release.export(business.ledger, run_id, directory):
        say(refusal)


def _digest(day: date, *parts: Any) -> str:
    text = json.dumps([day.isoformat(), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def today(business: Business) -> date:
    """The business day that it is now."""
    return pd.Timestamp(now()).tz_convert(business.policy.business.time_zone).date()
