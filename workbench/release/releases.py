"""A release: everything of the live plan that is decided and has not left yet, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.ledger.decisions import CARRIED_OUT
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy


@dataclass(frozen=True)
class Released:
    """What one release let out."""

    release_id: str
    run_id: str
    proposal_ids: tuple[str, ...]
    lines: int


def release(ledger: Ledger, policy: Policy, at: datetime) -> Released | None:
    """Release what is executed, approved or changed in the live plan and has not left; None: nothing has.

    What a stopped agent carried out by itself stays until the agent goes on. Every line is kept as it left,
    changed quantities in it, with the business day and the base currency that its figures are in. Raises
    LedgerError when a decision changes at that moment; nothing was released then.
    """
    live = ledger.live()
    if live is None:
        return None
    proposals = ledger.proposals(live["run_id"])
    held = proposals["agent"].isin(ledger.stopped_agents()) & (proposals["decision"] == "executed")
    ready = proposals[proposals["decision"].isin(CARRIED_OUT) & ~proposals["released"] & ~held]
    if ready.empty:
        return None
    about = {"date": live["date"].isoformat(), "base_currency": policy.business.base_currency}
    rows = [row for proposal in ready.to_dict("records") for row in _rows(proposal, about)]
    release_id = ledger.release(live["run_id"], rows, at)
    return Released(release_id, live["run_id"], tuple(ready["proposal_id"]), len(rows))


def _rows(proposal: dict[Any, Any], about: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A row a line; a proposal without lines leaves as one row, so that it has left too."""
    names = {name: proposal[name] for name in ("kind", "agent", "subject")}
    for position, line in enumerate(proposal["decided_lines"] or proposal["lines"] or [{}]):
        yield {
            "proposal_id": proposal["proposal_id"],
            "decision_id": proposal["decision_id"],
            "line": position,
            "content": {**line, **names, **about},
        }
