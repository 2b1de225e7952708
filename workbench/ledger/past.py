"""The ledger as it was before an agent recorded its proposals of a run: what a replay works with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from workbench.errors import LedgerError
from workbench.ledger.database import open_database, writing
from workbench.ledger.proposals import DECISIONS, OF_WRITING, PROPOSALS
from workbench.ledger.schema import CHAIN, PLACE, TABLES

AT_ONCE = 10_000  # rows copied by one statement


def before(connection: Connection, run_id: str, agent: str, url: str) -> None:
    """Copy every row from before an agent's proposals of a run into a new database at `url`.

    The copy is a ledger of its own, chain and all. Working state beside the chain is not in it. Raises
    LedgerError when the agent proposed nothing in the run.
    """
    first = connection.scalar(
        select(func.min(PROPOSALS.c.seq)).where(PROPOSALS.c.run_id == run_id, PROPOSALS.c.agent == agent)
    )
    if first is None:
        raise LedgerError(f"{agent} has recorded no proposals in run {run_id}.")
    with writing(open_database(url)) as copy:
        for name, table in {**TABLES, "chain": CHAIN}.items():
            rows = connection.execute(select(table).where(table.c[PLACE.get(name, "seq")] < first))
            for some in rows.mappings().partitions(AT_ONCE):
                copy.execute(insert(table), [dict(row) for row in some])


def recorded(connection: Connection, run_id: str, agent: str) -> dict[str, dict[str, Any]]:
    """What an agent recorded in a run, by proposal: its columns and those of the first decision, as stored.

    The columns that only say when and in which place it was written are left out.
    """
    which = (PROPOSALS.c.run_id == run_id) & (PROPOSALS.c.agent == agent)
    proposals = connection.execute(select(PROPOSALS).where(which).order_by(PROPOSALS.c.seq)).mappings()
    found = {row["proposal_id"]: _content(row) for row in proposals}
    decisions = connection.execute(
        select(DECISIONS)
        .where(DECISIONS.c.proposal_id.in_(select(PROPOSALS.c.proposal_id).where(which)))
        .order_by(DECISIONS.c.decision_id.desc())  # the first one is written last, and stays
    ).mappings()
    first = {row["proposal_id"]: _content(row) for row in decisions}
    return {key: row | first[key] for key, row in found.items()}


def _content(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OF_WRITING}
