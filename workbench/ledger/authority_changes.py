"""What agents may do by themselves, as it changed, and which of them are stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from workbench import tables
from workbench.errors import AgentStopped
from workbench.ledger import chain
from workbench.ledger.schema import TABLES, frame

CHANGES, OUTCOMES, PROPOSALS = (TABLES[name] for name in ("authority_changes", "outcomes", "proposals"))
PROPOSED_AS = tables.Column("proposed_as", "int64", "", "running number of its proposal in the chain")


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write changes."""
    chain.append(connection, "authority_changes", rows)


def every(connection: Connection) -> pd.DataFrame:
    """The table `authority_changes` in order of writing."""
    return frame(
        "authority_changes", connection.execute(select(CHANGES).order_by(CHANGES.c.change_id)).mappings()
    )


def evidence(connection: Connection) -> pd.DataFrame:
    """The table `outcomes` in order of maturing, beside it `proposed_as`: its proposal's place in the chain.

    So what was proposed before an agent changed is told from what was proposed after.
    """
    rows = select(OUTCOMES, PROPOSALS.c.seq.label("proposed_as")).join(
        PROPOSALS, PROPOSALS.c.proposal_id == OUTCOMES.c.proposal_id
    )
    ordered = rows.order_by(OUTCOMES.c.matured_on, OUTCOMES.c.seq)
    return frame("outcomes", connection.execute(ordered).mappings(), [PROPOSED_AS])


def stopped(connection: Connection) -> set[str]:
    """The agents that a person has stopped and nobody has let go on."""
    rows = select(CHANGES.c.agent, CHANGES.c.cause).where(CHANGES.c.cause.in_(["stopped", "resumed"]))
    last = {row.agent: row.cause for row in connection.execute(rows.order_by(CHANGES.c.change_id))}
    return {agent for agent, cause in last.items() if cause == "stopped"}


def refuse_stopped(connection: Connection, agents: Iterable[str]) -> None:
    """Raise AgentStopped if one of the agents, which would act by itself now, is stopped."""
    found = sorted(stopped(connection) & set(agents))
    if found:
        raise AgentStopped(f"{found[0]} is stopped: what it would do by itself waits for a person.")
