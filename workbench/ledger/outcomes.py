"""How decisions came true: one row a decision, once what it was for has happened."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, select

from workbench import tables
from workbench.errors import LedgerError
from workbench.ledger import chain
from workbench.ledger.proposals import PROPOSALS
from workbench.ledger.runs import MANIFESTS, RUNS
from workbench.ledger.schema import TABLES, frame

OUTCOMES = TABLES["outcomes"]


def record(connection: Connection, judged: pd.DataFrame, at: datetime) -> None:
    """Write the outcomes of decisions that have none yet; the others keep theirs.

    Raises LedgerError for a proposal that the ledger does not have, pandera's SchemaErrors for a table that
    does not keep to the dictionary.
    """
    rows = judged.assign(judged_at=pd.Series([at] * len(judged), index=judged.index, dtype=tables.INSTANT))
    rows = tables.validate("outcomes", rows)[tables.TABLES["outcomes"].names]
    recorded = set(connection.scalars(select(PROPOSALS.c.proposal_id)))
    unknown = sorted(set(rows["proposal_id"]) - recorded)
    if unknown:
        raise LedgerError(f"There is no proposal {unknown[0]!r} in the ledger; only what it has is judged.")
    have = set(connection.scalars(select(OUTCOMES.c.proposal_id)))
    new = rows[~rows["proposal_id"].isin(have)].to_dict("records")
    chain.append(connection, "outcomes", ({str(name): row[name] for name in row} for row in new))


def every(connection: Connection) -> pd.DataFrame:
    """The table `outcomes` in order of writing."""
    return frame("outcomes", connection.execute(select(OUTCOMES).order_by(OUTCOMES.c.seq)).mappings())


def unjudged(connection: Connection) -> pd.DataFrame:
    """Proposals of published plans without an outcome: proposal_id, agent, kind, run_id, date; oldest first.

    What became of a release that nobody confirmed is a question, which is never right or wrong.
    """
    rows = connection.execute(
        select(PROPOSALS.c.proposal_id, PROPOSALS.c.agent, PROPOSALS.c.kind, RUNS.c.run_id, RUNS.c.date)
        .join(RUNS, RUNS.c.run_id == PROPOSALS.c.run_id)
        .join(MANIFESTS, MANIFESTS.c.run_id == PROPOSALS.c.run_id)
        .where(PROPOSALS.c.proposal_id.not_in(select(OUTCOMES.c.proposal_id)))
        .where(PROPOSALS.c.kind != "unconfirmed_release")
        .order_by(PROPOSALS.c.seq)
    ).all()
    columns = ["proposal_id", "agent", "kind", "run_id", "date"]
    return pd.DataFrame(rows, columns=columns, dtype="str").astype({"date": tables.DAY})
