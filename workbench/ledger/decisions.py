"""What may become of a proposal, and who was first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, RowMapping, select

from workbench.errors import AlreadyDecided, LedgerError
from workbench.ledger import chain
from workbench.ledger.canonical import canonical
from workbench.ledger.proposals import PROPOSALS, standing
from workbench.ledger.schema import TABLES

WAITING = ("escalated", "undone")
CARRIED_OUT = ("executed", "approved", "changed")
# a decision, and the decisions that it may follow
AFTER = {
    "approved": WAITING,
    "changed": WAITING,
    "rejected": WAITING,
    "expired": WAITING,
    "undone": ("approved", "changed", "rejected"),
}
MANIFESTS = TABLES["manifests"]


def decide(connection: Connection, decision: Mapping[str, Any]) -> None:
    """Write a person's decision, if the proposal stands so that it can be made.

    The same decision by the same person again writes nothing. Raises AlreadyDecided when somebody was first
    or it has left the building, LedgerError when the proposal is unknown, of a plan that is not live, or
    stands so that the decision has no meaning.
    """
    if decision["decision"] not in AFTER:
        raise LedgerError(f"{decision['decision']!r} is no decision; give one of {', '.join(AFTER)}.")
    stands = _standing(connection, decision["proposal_id"])
    if _repeats(decision, stands):
        return
    _refuse_unless_live(connection, stands)
    if stands["released"] or stands["decision"] not in AFTER[decision["decision"]]:
        raise _refusal(decision, stands)
    chain.append(connection, "decisions", [{**decision, "approved_quantity": _quantity(decision, stands)}])


def _standing(connection: Connection, proposal_id: str) -> RowMapping:
    row = (
        connection.execute(standing().where(PROPOSALS.c.proposal_id == proposal_id)).mappings().one_or_none()
    )
    if row is None:
        raise LedgerError(f"There is no proposal {proposal_id!r} in the ledger; take its id from the queue.")
    return row


def _quantity(decision: Mapping[str, Any], stands: RowMapping) -> float | None:
    """Units that were decided: as proposed or as changed, none where nothing is to be done."""
    if decision["decision"] == "approved":
        return float(stands["quantity"])
    if decision["decision"] != "changed":
        return None
    if decision["approved_quantity"] is None:
        raise LedgerError(
            f"{stands['proposal_id']}: a change needs a quantity; give one, or approve as it is."
        )
    return float(decision["approved_quantity"])


def _repeats(decision: Mapping[str, Any], stands: RowMapping) -> bool:
    same = (decision["decision"], decision["decided_by"]) == (stands["decision"], stands["decided_by"])
    if not same or decision["decision"] != "changed":
        return same
    lines = None if decision["lines"] is None else canonical(decision["lines"])
    return (decision["approved_quantity"], lines) == (stands["approved_quantity"], stands["decided_lines"])


def _refuse_unless_live(connection: Connection, stands: RowMapping) -> None:
    live = connection.scalar(select(MANIFESTS.c.run_id).order_by(MANIFESTS.c.seq.desc()).limit(1))
    if stands["run_id"] != live:
        instead = f"decide on the proposals of {live}, which is" if live else "no plan is published yet"
        raise LedgerError(
            f"{stands['proposal_id']} belongs to plan {stands['run_id']}, which is not live; {instead}."
        )


def _refusal(decision: Mapping[str, Any], stands: RowMapping) -> LedgerError:
    which = stands["proposal_id"]
    if stands["decision"] in WAITING and decision["decision"] == "undone":
        return LedgerError(f"{which} waits for a decision; there is nothing to undo.")
    moment = pd.Timestamp(stands["decided_at"])
    why = f" ({stands['decision_reason']})" if stands["decision_reason"] else ""
    left = " and it has been released since" if stands["released"] else ""
    return AlreadyDecided(
        f"{which} was {stands['decision']} by {stands['decided_by']} on {moment:%Y-%m-%d at %H:%M} UTC{why}"
        f"{left}; nothing was changed."
    )


def expire(connection: Connection, run_id: str, reason: str, at: datetime) -> None:
    """Expire everything of a plan that waits, or was decided and has not been released."""
    rows = connection.execute(standing().where(PROPOSALS.c.run_id == run_id)).mappings()
    still_open = [
        row["proposal_id"]
        for row in rows
        if row["decision"] in (*WAITING, *CARRIED_OUT) and not row["released"]
    ]
    expired = {"decision": "expired", "decided_by": "workbench", "decided_at": at, "reason": reason}
    chain.append(connection, "decisions", ({**expired, "proposal_id": which} for which in still_open))
