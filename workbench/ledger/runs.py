"""Runs and events: who made which plan on what, how far it got, and what else happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from workbench.errors import LedgerError
from workbench.ledger import chain
from workbench.ledger.canonical import day as day_text
from workbench.ledger.schema import TABLES, decoded, frame

RUNS, EVENTS, MANIFESTS, RELEASES = (TABLES[name] for name in ("runs", "events", "manifests", "releases"))
STEP_FINISHED = "step finished"
GATE_STOPPED = "gate stopped"
BUSINESS = "ledger of a business"


def start(connection: Connection, run: Mapping[str, Any]) -> None:
    """Record that a run began; its id must be new."""
    if _stored(connection, run["run_id"]) is not None:
        raise LedgerError(f"Run {run['run_id']} has begun already; take the next free id.")
    chain.append(connection, "runs", [run])


def next_id(connection: Connection, day: date) -> str:
    """The next free run of a business day: YYYYMMDD-n, n from 1."""
    begun = connection.scalar(select(func.count()).where(RUNS.c.date == day_text(day))) or 0
    return f"{day:%Y%m%d}-{begun + 1}"


def get(connection: Connection, run_id: str) -> dict[str, Any]:
    """A run's row; `parameters` is empty where none were given. Raises LedgerError for an unknown run."""
    row = _stored(connection, run_id)
    if row is None:
        raise LedgerError(f"There is no run {run_id!r} in the ledger.")
    run = decoded("runs", row)
    return {**run, "parameters": run["parameters"] or {}}


def _stored(connection: Connection, run_id: str) -> Any:
    return connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().one_or_none()


def unfinished(connection: Connection, day: date, inputs: str) -> str | None:
    """The latest run of this day and these inputs that was never published and can still be gone on with."""
    runs = connection.execute(
        select(RUNS.c.run_id)
        .where(RUNS.c.date == day_text(day), RUNS.c.inputs == inputs)
        .where(RUNS.c.run_id.not_in(select(MANIFESTS.c.run_id)))
        .order_by(RUNS.c.seq.desc())
    ).scalars()
    return next((run_id for run_id in runs if not overtaken(connection, run_id)), None)


def overtaken(connection: Connection, run_id: str) -> bool:
    """Whether something was published or released after the run began, which it cannot have counted."""
    began = select(RUNS.c.seq).where(RUNS.c.run_id == run_id).scalar_subquery()
    later = [
        connection.scalar(select(func.count()).where(table.c.seq > began)) for table in (MANIFESTS, RELEASES)
    ]
    return any(later)


def newer_inputs(connection: Connection, run_id: str) -> str | None:
    """The latest run that began after this one from other inputs or another policy, if any."""
    mine = select(RUNS.c.seq, RUNS.c.inputs).where(RUNS.c.run_id == run_id).subquery()
    later = select(RUNS.c.run_id).where(RUNS.c.seq > mine.c.seq, RUNS.c.inputs != mine.c.inputs)
    return connection.scalar(later.order_by(RUNS.c.seq.desc()).limit(1))


def published(connection: Connection, day: date, inputs: str) -> str | None:
    """The run last published for a business day, if it was made from these inputs."""
    row = connection.execute(
        select(RUNS.c.run_id, RUNS.c.inputs)
        .join(MANIFESTS, MANIFESTS.c.run_id == RUNS.c.run_id)
        .where(RUNS.c.date == day_text(day))
        .order_by(MANIFESTS.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or row.inputs != inputs else str(row.run_id)


def log(
    connection: Connection, kind: str, subject: str, detail: Any, at: datetime, run_id: str | None
) -> None:
    """Record that something happened."""
    event = {"run_id": run_id, "kind": kind, "subject": subject, "detail": detail, "happened_at": at}
    chain.append(connection, "events", [event])


def belongs_to(connection: Connection, business: str) -> bool:
    """Whether it is this business's ledger; False: nobody's yet. Raises LedgerError for another's."""
    owner = connection.scalar(select(EVENTS.c.subject).where(EVENTS.c.kind == BUSINESS).limit(1))
    if owner not in (None, business):
        raise LedgerError(
            f"The ledger is that of {owner!r}, and policy.toml names the business {business!r}; "
            "give this folder a database of its own, or business.name as it was."
        )
    return owner is not None


def events(connection: Connection, kind: str | None, run_id: str | None) -> pd.DataFrame:
    """The table `events` in order of writing, all of it or one kind or one run's."""
    query = select(EVENTS).order_by(EVENTS.c.event_id)
    if kind is not None:
        query = query.where(EVENTS.c.kind == kind)
    if run_id is not None:
        query = query.where(EVENTS.c.run_id == run_id)
    return frame("events", connection.execute(query).mappings())


def steps(connection: Connection, run_id: str) -> dict[str, dict[str, Any]]:
    """What each finished step of a run left, in the order in which they finished."""
    finished = events(connection, STEP_FINISHED, run_id)
    return dict(zip(finished["subject"], finished["detail"], strict=True))
