"""What may become of a proposal, and who was first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, RowMapping, bindparam, select

from workbench.errors import AlreadyDecided, LedgerError, StateMoved
from workbench.ledger import chain, reservations
from workbench.ledger.giving import give
from workbench.ledger.proposals import PROPOSALS, standing
from workbench.ledger.schema import TABLES, decoded, encoded, frame

WAITING = ("escalated", "amended", "undone")
CARRIED_OUT = ("executed", "approved", "changed")
WITH_LINES = ("amended", "changed")
# a decision, and the decisions that it may follow; what was amended waits for another person
AFTER = {
    "approved": WAITING,
    "amended": WAITING,
    "changed": WAITING,
    "rejected": WAITING,
    "expired": WAITING,
    "undone": ("approved", "amended", "changed", "rejected"),
}
MANIFESTS, DECISIONS = TABLES["manifests"], TABLES["decisions"]


def of_proposal(connection: Connection, proposal_id: str) -> pd.DataFrame:
    """The table `decisions` of one proposal, in order of writing."""
    rows = select(DECISIONS).where(DECISIONS.c.proposal_id == proposal_id).order_by(DECISIONS.c.decision_id)
    return frame("decisions", connection.execute(rows).mappings())


STANDING_OF = standing().where(PROPOSALS.c.proposal_id == bindparam("proposal_id"))


def decide(connection: Connection, decision: Mapping[str, Any], seen: int | None = None) -> None:
    """Write a person's decision, if the proposal stands so that it can be made.

    The same decision by the same person for the same reason again writes nothing. `seen`: the decision that
    stood when the person looked, if that matters. Raises AlreadyDecided when somebody was first or it has
    left the building, LedgerError when the proposal is unknown, of a plan that is not live, or stands so that
    the decision has no meaning, StateMoved when the units that it would move have been given away since it
    was proposed, or others have reserved some of its SKUs.
    """
    if decision["decision"] not in AFTER:
        raise LedgerError(f"{decision['decision']!r} is no decision; give one of {', '.join(AFTER)}.")
    stands = _standing(connection, decision["proposal_id"])
    if _repeats(decision, stands):
        return
    _refuse_unless_live(connection, stands)
    overtaken = seen is not None and stands["decision_id"] != seen
    if overtaken or stands["released"] or stands["decision"] not in AFTER[decision["decision"]]:
        raise _refusal(decision, stands)
    if decision["decision"] in (*WITH_LINES, "approved"):
        _refuse_if_taken(connection, stands)
    chain.append(connection, "decisions", [{**decision, "approved_quantity": _quantity(decision, stands)}])
    if decision["decision"] == "undone":
        reservations.undo(connection, stands["run_id"], stands["proposal_id"])
    elif decision["decision"] in CARRIED_OUT:
        given = decoded("proposals", stands)
        given["lines"] = decision["lines"] or given["lines"]
        key = f"{reservations.DECIDED}{chain.last(connection)[0]}"
        give(connection, stands["run_id"], key, [given], decision["decided_at"])


def _standing(connection: Connection, proposal_id: str) -> RowMapping:
    row = connection.execute(STANDING_OF, {"proposal_id": proposal_id}).mappings().one_or_none()
    if row is None:
        raise LedgerError(f"There is no proposal {proposal_id!r} in the ledger; take its id from the queue.")
    return row


def _quantity(decision: Mapping[str, Any], stands: RowMapping) -> float | None:
    """Units that were decided: as proposed or as changed, none where nothing is to be done."""
    if decision["decision"] == "approved":
        return float(stands["quantity"])
    if decision["decision"] not in WITH_LINES:
        return None
    if decision["approved_quantity"] is None:
        raise LedgerError(
            f"{stands['proposal_id']}: a change needs a quantity; give one, or approve as it is."
        )
    return float(decision["approved_quantity"])


def _repeats(decision: Mapping[str, Any], stands: RowMapping) -> bool:
    """Whether it says what stands already; a change has its quantity and lines beside person and reason."""
    said = {name: name for name in ("decision", "decided_by", "reason_code")} | {"reason": "decision_reason"}
    if decision["decision"] in WITH_LINES:
        said |= {"approved_quantity": "approved_quantity", "lines": "decided_lines"}
    stored = encoded("decisions", decision)
    return all(stored[name] == stands[beside] for name, beside in said.items())


def _refuse_unless_live(connection: Connection, stands: RowMapping) -> None:
    live = connection.scalar(select(MANIFESTS.c.run_id).order_by(MANIFESTS.c.seq.desc()).limit(1))
    if stands["run_id"] != live:
        instead = f"decide on the proposals of {live}, which is" if live else "no plan is published yet"
        raise LedgerError(
            f"{stands['proposal_id']} belongs to plan {stands['run_id']}, which is not live; {instead}."
        )


def _refuse_if_taken(connection: Connection, stands: RowMapping) -> None:
    skus = decoded("proposals", stands)["skus"]
    taken = reservations.taken_since(connection, stands["run_id"], skus, stands["recorded_at"])
    if taken is not None:
        raise StateMoved(
            f"{stands['proposal_id']}: {taken['units']:,} units of {taken['sku']} at {taken['warehouse']} "
            f"have been reserved for {taken['holder']} since it was proposed. Nothing was recorded; plan "
            "again, and decide on what the plan proposes then."
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


def expire(
    connection: Connection, run_id: str, new_run: str, subjects: Collection[str], at: datetime
) -> list[dict[str, Any]]:
    """Expire everything of a plan that waits, or was decided and has not been released.

    `subjects` are those of the new plan: the reason says whether it proposes a thing again. Returns what
    nobody decided, a record of `proposal_id`, `title` and `money_at_risk` each, the most at risk first.
    """
    rows = connection.execute(standing().where(PROPOSALS.c.run_id == run_id)).mappings()
    still_open = [row for row in rows if row["decision"] in (*WAITING, *CARRIED_OUT) and not row["released"]]
    expired = [
        {"proposal_id": row["proposal_id"], "reason": _why_expired(row, new_run, subjects)}
        for row in still_open
    ]
    said = {"decision": "expired", "decided_by": "workbench", "decided_at": at}
    chain.append(connection, "decisions", (said | row for row in expired))
    undecided = [row for row in still_open if row["decision"] in WAITING]
    undecided.sort(key=lambda row: (-row["money_at_risk"], row["proposal_id"]))
    return [{name: row[name] for name in ("proposal_id", "title", "money_at_risk")} for row in undecided]


def _why_expired(row: RowMapping, new_run: str, subjects: Collection[str]) -> str:
    if row["subject"] in subjects:
        return f"plan {new_run} proposes it anew"
    missed = "nobody decided it" if row["decision"] in WAITING else "it had not been released"
    return f"{missed} before plan {new_run}, which does not propose it again"
