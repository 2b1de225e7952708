"""Proposals with what the authority said of them, and with what has become of them since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, exists, func, select

from workbench import tables
from workbench.errors import LedgerError
from workbench.ledger import authority_changes, chain, runs
from workbench.ledger.canonical import TEXT
from workbench.ledger.giving import give
from workbench.ledger.reservations import RECORDED, Place
from workbench.ledger.schema import TABLES, encoded, frame

PROPOSALS, DECISIONS, RELEASES = (TABLES[name] for name in ("proposals", "decisions", "releases"))
_JUDGED = ("decision", "decision_reason")
# a proposal's last decision as it stands beside it: name there, column of the table decisions
_LAST = {
    **{name: name for name in ("decision_id", "decision", "decided_by", "decided_at", "approved_quantity")},
    "reason_code": "reason_code",
    "decision_reason": "reason",
    "decided_lines": "lines",
}
_STANDING = (
    *(replace(tables.TABLES["decisions"][column], name=name) for name, column in _LAST.items()),
    tables.Column("released", "bool", "", "it has left the building"),
)
OF_WRITING = ("seq", "decision_id", "recorded_at", "decided_at")


def record(
    connection: Connection,
    run_id: str,
    judged: pd.DataFrame,
    at: datetime,
    versions: Mapping[Place, int] | None = None,
) -> None:
    """Write judged proposals with their first decisions, once for every agent of a run.

    What is executed reserves the units that it takes; `versions` are the state versions of the stock that the
    agent read. The same again writes nothing. Raises LedgerError for a run that is published, a decision that
    is not the authority's, or an agent that has already recorded something else in this run; AgentStopped
    when an agent is stopped and would carry something out, StateMoved when units that it takes have been
    given away since.
    """
    runs.get(connection, run_id)
    if connection.scalar(select(func.count()).where(runs.MANIFESTS.c.run_id == run_id)):
        raise LedgerError(f"Plan {run_id} is published; nothing can be proposed in it any more.")
    for agent, rows in judged.groupby("agent", sort=True):
        records = rows.to_dict("records")
        proposals = [_proposal(run_id, row, at) for row in records]
        decisions = [_first_decision(run_id, row, at) for row in records]
        before = _content(_recorded(connection, run_id, str(agent)))
        if not before:
            if any(row["decision"] == "executed" for row in records):
                authority_changes.refuse_stopped(connection, [str(agent)])
            chain.append(connection, "proposals", proposals)
            chain.append(connection, "decisions", decisions)
            carried_out = (row for row in records if row["decision"] == "executed")
            named = [{**row, "proposal_id": f"{row['subject']}-{run_id}"} for row in carried_out]
            give(connection, run_id, f"{RECORDED}{agent}", named, at, versions)
        elif before != _content([*_encoded("proposals", proposals), *_encoded("decisions", decisions)]):
            raise LedgerError(
                f"{agent} has recorded other proposals in run {run_id} before; nothing was replaced. "
                "Make the plan again as a new run."
            )


def _proposal(run_id: str, row: Mapping[Any, Any], at: datetime) -> dict[str, Any]:
    return {
        **{name: row[name] for name in tables.PROPOSALS.names},
        "proposal_id": f"{row['subject']}-{run_id}",
        "run_id": run_id,
        "own": {name: row[name] for name in row if name not in (*tables.PROPOSALS.names, *_JUDGED)},
        "recorded_at": at,
    }


def _first_decision(run_id: str, row: Mapping[Any, Any], at: datetime) -> dict[str, Any]:
    if row["decision"] not in ("executed", "escalated", "shadowed"):
        raise LedgerError(
            f"{row['subject']}: the first decision is {row['decision']!r}; "
            "the authority executes, escalates or keeps in the shadow, nothing else."
        )
    return {
        "proposal_id": f"{row['subject']}-{run_id}",
        "decision": row["decision"],
        "decided_by": row["agent"],
        "decided_at": at,
        "approved_quantity": row["quantity"] if row["decision"] == "executed" else None,
        "reason": row["decision_reason"],
    }


def _recorded(connection: Connection, run_id: str, agent: str) -> list[Mapping[str, Any]]:
    """The stored proposals of an agent in a run, and their first decisions."""
    mine = select(PROPOSALS.c.proposal_id).where(PROPOSALS.c.run_id == run_id, PROPOSALS.c.agent == agent)
    first = (
        select(func.min(DECISIONS.c.decision_id))
        .where(DECISIONS.c.proposal_id.in_(mine))
        .group_by(DECISIONS.c.proposal_id)
    )
    proposals = connection.execute(select(PROPOSALS).where(PROPOSALS.c.proposal_id.in_(mine)))
    decisions = connection.execute(select(DECISIONS).where(DECISIONS.c.decision_id.in_(first)))
    return [*proposals.mappings(), *decisions.mappings()]


def _encoded(name: str, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [encoded(name, row) for row in rows]


def _content(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What rows say, whenever and in whatever order they were written."""
    return sorted(
        TEXT({name: value for name, value in row.items() if name not in OF_WRITING}) for row in rows
    )


def standing() -> Select[Any]:
    """Proposals in order of recording, each beside its last decision and whether it was released."""
    every = DECISIONS.alias()
    last = select(func.max(every.c.decision_id)).where(every.c.proposal_id == PROPOSALS.c.proposal_id)
    return (
        select(
            PROPOSALS,
            *(DECISIONS.c[column].label(name) for name, column in _LAST.items()),
            exists().where(RELEASES.c.proposal_id == PROPOSALS.c.proposal_id).label("released"),
        )
        .join(DECISIONS, DECISIONS.c.proposal_id == PROPOSALS.c.proposal_id)
        .where(DECISIONS.c.decision_id == last.scalar_subquery())
        .order_by(PROPOSALS.c.seq)
    )


def of_run(connection: Connection, run_id: str, proposal_ids: Collection[str] | None = None) -> pd.DataFrame:
    """A run's proposals with their last decision, all or those named, in order of recording.

    Agents' own columns come last.
    """
    query = standing().where(PROPOSALS.c.run_id == run_id)
    if proposal_ids is not None:
        query = query.where(PROPOSALS.c.proposal_id.in_(proposal_ids))
    return _frame(connection, query)


def about(connection: Connection, sku: str, most: int) -> pd.DataFrame:
    """The last proposals of any run that rest on a SKU, with their last decision, newest first."""
    named = standing().where(PROPOSALS.c.skus.contains(TEXT(sku), autoescape=True))
    return _frame(connection, named.order_by(None).order_by(PROPOSALS.c.seq.desc()).limit(most))


def _frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    common = frame("proposals", connection.execute(query).mappings().all(), _STANDING)
    own = pd.DataFrame(list(common["own"]), index=common.index)
    return pd.concat([common.drop(columns="own"), own], axis="columns", verify_integrity=True)
