"""The desk: what waits for a person, and the person's decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.authority.quantities import Line, changed_lines, units_moved
from workbench.errors import LedgerError
from workbench.ledger.decisions import WAITING
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy


class Desk:
    """Where the planner reads the proposals of one plan and decides on them.

    `run_id` names the plan; None is the live one, whichever that is at the time. `now` tells the instant of a
    decision. Every refusal is a LedgerError, or AlreadyDecided; nothing was written then.
    """

    def __init__(
        self, ledger: Ledger, policy: Policy, run_id: str | None, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._now = now
        self._watching: list[Callable[[], None]] = []
        self.most_units = policy.gate.max_units
        self.person = policy.business.planner

    def queue(self, agent: str | None = None) -> pd.DataFrame:
        """The plan's proposals with their last decision, largest money at risk first."""
        live = self._ledger.live() if self._run_id is None else {"run_id": self._run_id}
        proposals = self._ledger.proposals(live["run_id"] if live else "")
        if agent is not None:
            proposals = proposals[proposals["agent"] == agent]
        return proposals.sort_values(
            ["money_at_risk", "proposal_id"], ascending=[False, True], ignore_index=True
        )

    def waiting(self, agent: str | None = None) -> pd.DataFrame:
        """Of these the ones that wait for a person."""
        queue = self.queue(agent)
        return queue[queue["decision"].isin(WAITING)].reset_index(drop=True)

    def watch(self, told: Callable[[], None]) -> None:
        """Tell everyone who watches of every decision made here, once it is written."""
        self._watching.append(told)

    def approve(
        self, proposal_id: str, quantities: Mapping[int, float] | None = None, reason: str = ""
    ) -> None:
        """Approve as proposed, or with other quantities by line (from 0); then the decision is `changed`.

        Refused is a quantity that is no number, negative, a fraction of a unit, below its line's minimum or
        no multiple of its packs. What moves stock may be made smaller and not larger, a channel's share no
        larger than proposed or than it is; anything else may be raised up to the policy's `gate.max_units`.
        0 takes a line out.
        """
        proposal = self._proposal(proposal_id)
        proposed: list[Line] = proposal["lines"]
        lines = changed_lines(str(proposal["kind"]), proposed, quantities or {}, self.most_units)
        if lines == proposed:
            self._decide(proposal_id, "approved", reason)
        else:
            moved = units_moved(str(proposal["kind"]), lines)
            self._decide(proposal_id, "changed", reason, quantity=moved, lines=lines)

    def reject(self, proposal_id: str, reason: str) -> None:
        """Reject, for a reason that is kept."""
        if not reason.strip():
            raise LedgerError(f"{proposal_id}: say why it is rejected; the reason is kept.")
        self._proposal(proposal_id)
        self._decide(proposal_id, "rejected", reason.strip())

    def undo(self, proposal_id: str, reason: str = "") -> None:
        """Take a person's decision back, until it is released; the proposal waits again."""
        self._proposal(proposal_id)
        self._decide(proposal_id, "undone", reason)

    def _decide(self, proposal_id: str, decision: str, reason: str, **changed: Any) -> None:
        self._ledger.decide(proposal_id, decision, self.person, self._now(), reason=reason, **changed)
        for told in self._watching:
            told()

    def _proposal(self, proposal_id: str) -> pd.Series[Any]:
        queue = self.queue()
        found = queue[queue["proposal_id"] == proposal_id]
        if found.empty:
            raise LedgerError(f"{proposal_id!r} is no proposal of this plan; take its id from the queue.")
        return found.iloc[0]
