"""All that was ever proposed and decided in published plans, without the lines: what a scorecard counts."""

from __future__ import annotations

import json

import pandas as pd
from sqlalchemy import Connection, select

from workbench import tables
from workbench.ledger.runs import MANIFESTS, RUNS
from workbench.ledger.schema import TABLES

PROPOSALS, DECISIONS = TABLES["proposals"], TABLES["decisions"]
PROPOSED = ("proposal_id", "agent", "kind", "run_id")
DECIDED = ("proposal_id", "decision", "decided_by", "decided_at")


def proposed(connection: Connection) -> pd.DataFrame:
    """proposal_id, agent, kind, run_id, date and `rule`, the first that sent it to a person, if any."""
    columns = [PROPOSALS.c[name] for name in PROPOSED]
    rows = connection.execute(
        select(*columns, RUNS.c.date, PROPOSALS.c.own)
        .join(RUNS, RUNS.c.run_id == PROPOSALS.c.run_id)
        .join(MANIFESTS, MANIFESTS.c.run_id == PROPOSALS.c.run_id)
        .order_by(PROPOSALS.c.seq)
    ).all()
    found = pd.DataFrame(rows, columns=[*PROPOSED, "date", "rule"], dtype="str")
    rules = [json.loads(own).get("rule") or "" for own in found["rule"]]
    return found.assign(rule=pd.Series(rules, dtype="str")).astype({"date": tables.DAY})


def decided(connection: Connection) -> pd.DataFrame:
    """proposal_id, decision, decided_by and decided_at of every decision in published plans, in order."""
    rows = connection.execute(
        select(*(DECISIONS.c[name] for name in DECIDED))
        .join(PROPOSALS, PROPOSALS.c.proposal_id == DECISIONS.c.proposal_id)
        .join(MANIFESTS, MANIFESTS.c.run_id == PROPOSALS.c.run_id)
        .order_by(DECISIONS.c.decision_id)
    ).all()
    found = pd.DataFrame(rows, columns=list(DECIDED), dtype="str")
    return found.assign(decided_at=pd.to_datetime(found["decided_at"], format="ISO8601", utc=True)).astype(
        {"decided_at": tables.INSTANT}
    )
