"""The way of a person's login to a ledger whose rules PostgreSQL keeps: the functions of `doors.sql`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from workbench.errors import LedgerError
from workbench.ledger.database import reading

SNOOZED, PICKED = "snoozed", "routes picked"
_MAY_ADD = text("SELECT has_table_privilege('chain', 'INSERT')")
_DECIDE = text(
    "SELECT ledger_decide(:decided_by, :proposal_id, :decision, :quantities, :reason, :reason_code, :seen)"
)
_SNOOZE = text("SELECT ledger_snooze(:proposal_id, CAST(:until AS timestamptz))")
_PICK = text("SELECT ledger_pick_routes(:lateness_cost_per_day, :co2e_price, :reason)")
_CHANGE = text("SELECT ledger_change_authority(:agent, :kind, :cause, :reason)")


def needed(engine: Engine) -> bool:
    """Whether the login of this database may not add rows by itself."""
    if engine.dialect.name != "postgresql":
        return False
    with reading(engine) as connection:
        return not connection.scalar(_MAY_ADD)


def decide(connection: Connection, decision: Mapping[str, Any], seen: int | None = None) -> None:
    """As `decisions.decide`, by whoever has logged in, at the database's own time.

    The lines of a change are worked out anew behind the door, from their quantities.
    """
    lines = decision["lines"]
    quantities = None if lines is None else [float(line["quantity"]) for line in lines]
    connection.execute(_DECIDE, {**decision, "quantities": quantities, "seen": seen})


def log(
    connection: Connection, kind: str, subject: str, detail: Any, _at: datetime, _run_id: str | None
) -> None:
    """As `runs.log`, of the two kinds of event that a person makes. Raises LedgerError for another."""
    if kind == SNOOZED:
        connection.execute(_SNOOZE, {"proposal_id": subject, "until": detail["until"]})
    elif kind == PICKED:
        connection.execute(_PICK, {**detail["weights"], "reason": detail["reason"]})
    else:
        raise LedgerError(
            f"{kind!r} cannot be recorded under a person's login, only under the plan's service."
        )


def change_authority(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """As `authority_changes.record`, of what a person changes: stop, resume, or promote as proposed."""
    for row in rows:
        connection.execute(_CHANGE, {"kind": None, **row})
