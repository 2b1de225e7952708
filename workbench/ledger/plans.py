"""What makes a plan live, and what of it leaves the building."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from workbench.errors import AlreadyPublished, LedgerError
from workbench.ledger import authority_changes, chain, reservations, runs
from workbench.ledger.canonical import instant
from workbench.ledger.decisions import CARRIED_OUT, expire
from workbench.ledger.proposals import PROPOSALS, standing
from workbench.ledger.schema import TABLES, decoded, frame

MANIFESTS, RELEASES = TABLES["manifests"], TABLES["releases"]


def live(connection: Connection) -> dict[str, Any] | None:
    """The manifest row of the live plan; None before the first."""
    row = connection.execute(select(MANIFESTS).order_by(MANIFESTS.c.seq.desc()).limit(1)).mappings()
    found = row.one_or_none()
    return None if found is None else decoded("manifests", found)


def manifests(connection: Connection) -> pd.DataFrame:
    """The table `manifests`; the last row is live."""
    return frame("manifests", connection.execute(select(MANIFESTS).order_by(MANIFESTS.c.seq)).mappings())


def publish(connection: Connection, run_id: str, summary: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Make a run's plan live; what is still open in the plan before it expires.

    Returns the manifest row, and beside it `expired`: what nobody had decided, the most at risk first.
    Raises AlreadyPublished, or LedgerError when something was published or released since the run began: the
    run has not counted it, and would buy or send it twice.
    """
    run = runs.get(connection, run_id)
    if connection.scalar(select(func.count()).where(MANIFESTS.c.run_id == run_id)):
        raise AlreadyPublished(f"Plan {run_id} is published already.")
    if runs.overtaken(connection, run_id):
        raise LedgerError(
            f"Run {run_id} cannot be published: another plan was published, or something was released, after "
            "it began. Make the plan again."
        )
    expired = []
    # only in the live plan can anything be open: those before it expired when it was published
    if (before := live(connection)) is not None:
        subjects = set(connection.scalars(select(PROPOSALS.c.subject).where(PROPOSALS.c.run_id == run_id)))
        expired = expire(connection, before["run_id"], run_id, subjects, at)
    manifest = {
        "run_id": run_id,
        "date": run["date"],
        "head": chain.last(connection)[1],
        "summary": summary,
        "published_at": at,
    }
    chain.append(connection, "manifests", [manifest])
    reservations.forget_others(connection, run_id)
    return {**manifest, "expired": expired}


def release(connection: Connection, run_id: str, rows: Sequence[Mapping[str, Any]], at: datetime) -> str:
    """Record the lines that leave now, each of a proposal as it was decided when the lines were drawn up.

    Raises LedgerError when the plan is not live, there is no row, or a proposal was decided anew or released
    in the meantime; AgentStopped when its agent carried it out by itself and has been stopped since.
    """
    manifest = live(connection)
    if manifest is None or manifest["run_id"] != run_id:
        raise LedgerError(f"Plan {run_id} is not live; only the live plan is released.")
    if not rows:
        raise LedgerError(f"There is nothing to release in plan {run_id}.")
    standing_now = connection.execute(standing().where(PROPOSALS.c.run_id == run_id)).mappings().all()
    ready = {
        row["proposal_id"]: row["decision_id"]
        for row in standing_now
        if row["decision"] in CARRIED_OUT and not row["released"]
    }
    by_agents = {row["proposal_id"]: row["agent"] for row in standing_now if row["decision"] == "executed"}
    leaving = {row["proposal_id"] for row in rows} & set(by_agents)
    authority_changes.refuse_stopped(connection, {by_agents[proposal_id] for proposal_id in leaving})
    for row in rows:
        if ready.get(row["proposal_id"]) != row["decision_id"]:
            raise LedgerError(
                f"{row['proposal_id']} was decided anew or released in the meantime; release again."
            )
    before = connection.scalar(select(func.count(RELEASES.c.release_id.distinct())).where(_of(run_id)))
    release_id = f"{run_id}-R{(before or 0) + 1}"
    chain.append(
        connection, "releases", ({**row, "release_id": release_id, "released_at": at} for row in rows)
    )
    return release_id


def releases(connection: Connection, since: datetime | None, run_id: str | None) -> pd.DataFrame:
    """The table `releases` in order of writing: all of it, from an instant on, or one plan's."""
    query = select(RELEASES).order_by(RELEASES.c.seq)
    if since is not None:
        query = query.where(RELEASES.c.released_at >= instant(since))
    if run_id is not None:
        query = query.where(_of(run_id))
    return frame("releases", connection.execute(query).mappings())


def _of(run_id: str) -> ColumnElement[bool]:
    return RELEASES.c.release_id.startswith(f"{run_id}-R", autoescape=True)
