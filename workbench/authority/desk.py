"""The desk: what waits for people, and what the one who sits at it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.authority import autonomy, people, routing_weights
from workbench.authority.expiry import expires_at
from workbench.authority.four_eyes import needs_another, not_in_bulk, own_change
from workbench.authority.progress import progress
from workbench.authority.quantities import (
    Line,
    changed_lines,
    changed_quantities,
    standing_lines,
    units_moved,
    worth,
)
from workbench.authority.state import refuse_if_moved
from workbench.authority.together import decided_together
from workbench.errors import LedgerError, StateMoved
from workbench.ledger.decisions import WAITING
from workbench.ledger.door import SNOOZED
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.tables import INSTANT

Proposal = Mapping[Any, Any]


class Desk:
    """Where a person reads the proposals of one plan and decides on them.

    `run_id` names the plan; None is the live one, whichever that is at the time. `now` tells the instant of a
    decision, `person` who sits here; empty is nobody who is known, who may look and never decide. `changed`
    says what has changed in the business folder since it was read. Every refusal is a LedgerError, StateMoved
    or AlreadyDecided; nothing was written then.
    """

    def __init__(
        self,
        ledger: Ledger,
        policy: Policy,
        run_id: str | None,
        now: Callable[[], datetime],
        person: str,
        changed: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._run_id = run_id
        self._now = now
        self._changed = changed
        self._watching: list[Callable[[], None]] = []
        self.most_units = policy.gate.max_units
        self.person = person

    def queue(self, agent: str | None = None) -> pd.DataFrame:
        """The plan's proposals with their last decision, largest money at risk first.

        `snoozed_until`: until then nobody needs to look, if it was put off; `expires_at`: when the next plan
        is due and proposes anew what is still open.
        """
        proposals = self._standing()
        return proposals if agent is None else proposals[proposals["agent"] == agent].reset_index(drop=True)

    def _standing(self, proposal_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """The queue: all of it, or the proposals named, which is quicker."""
        run_id = self.plan()
        proposals = self._ledger.proposals(run_id, proposal_ids)
        snoozed = self._ledger.events(SNOOZED, run_id)
        until = dict(zip(snoozed["subject"], (detail["until"] for detail in snoozed["detail"]), strict=True))
        day = self._ledger.run(run_id)["date"] if run_id else None
        expires = expires_at(self._policy.business, day, self._now()) if day else None
        return proposals.assign(
            snoozed_until=pd.to_datetime(proposals["proposal_id"].map(until), utc=True).dt.as_unit("us"),
            expires_at=pd.Series(expires, proposals.index, dtype=INSTANT),
        ).sort_values(["money_at_risk", "proposal_id"], ascending=[False, True], ignore_index=True)

    def waiting(self, agent: str | None = None) -> pd.DataFrame:
        """Of these the ones that wait for a person and are not put off until later."""
        queue = self.queue(agent)
        asleep = queue["snoozed_until"] > pd.Timestamp(self._now())
        return queue[queue["decision"].isin(WAITING) & ~asleep].reset_index(drop=True)

    def plan(self) -> str:
        """The run whose proposals lie here; empty before the first plan."""
        live = self._ledger.live() if self._run_id is None else {"run_id": self._run_id}
        return live["run_id"] if live else ""

    def head(self) -> str:
        """Stands for all that was ever written: it is another once anybody has decided anything."""
        return self._ledger.head()

    def watch(self, told: Callable[[], None]) -> None:
        """Tell everyone who watches of every decision made here, once it is written."""
        self._watching.append(told)

    def may_not(self, proposal_id: str) -> str | None:
        """Why the person at the desk may not decide on a proposal as it stands; None: may."""
        proposal = self._proposal(proposal_id)
        return self._refusal(proposal, standing_lines(proposal)) or own_change(
            self._policy, self.person, proposal, self._day()
        )

    def approve(
        self,
        proposal_id: str,
        quantities: Mapping[int, float] | None = None,
        reason: str = "",
        code: str = "",
    ) -> None:
        """Approve as it stands, or with other quantities by line (from 0); then the decision is `changed`.

        A change that is worth more than the policy's four-eyes amount is `amended`: it waits until another
        person approves it as it then stands. Refused is what is above the person's limit, as proposed or as
        changed, and a quantity that is no number, negative, a fraction of a unit, below its line's minimum or
        no multiple of its packs. What moves stock may be made smaller and not larger, a channel's share no
        larger than proposed or than it is; anything else may be raised up to the policy's `gate.max_units`.
        0 takes a line out. Raises StateMoved when stock, inputs or policy are not as the plan read them.
        """
        self._refuse_if_changed()
        proposal = self._proposal(proposal_id)
        kind, proposed, stands = str(proposal["kind"]), proposal["lines"], standing_lines(proposal)
        asked = changed_quantities(proposal) | dict(quantities or {})
        lines = changed_lines(kind, proposed, asked, self.most_units)
        fault = self._refusal(proposal, lines)
        if not fault and not quantities:
            fault = own_change(self._policy, self.person, proposal, self._day())
        if fault:
            raise LedgerError(f"{proposal_id}: {fault}")
        self._refuse_if_moved([proposal])
        if lines == proposed:
            self._decide(proposal, "approved", reason, code)
            return
        seen_by_another = proposal["decision"] == "amended" and proposal["decided_by"] != self.person
        stands_so = lines == stands and (seen_by_another or proposal["decision"] == "changed")
        waits = not stands_so and needs_another(self._policy, self.person, proposal, lines, self._day())
        decision = "amended" if waits else "changed"
        self._decide(proposal, decision, reason, code, quantity=units_moved(kind, lines), lines=lines)

    def approve_all(self, proposal_ids: Sequence[str], reason: str = "", code: str = "") -> None:
        """Approve several as proposed, all or none; none above the person's limit or four eyes' amount."""
        self._refuse_if_changed()
        proposals = self._proposals(proposal_ids)
        self._refuse_all(proposals, not_in_bulk)
        self._refuse_if_moved(proposals)
        self._decide_all(proposals, "approved", reason, code)

    def reject(self, proposal_id: str, reason: str, code: str = "") -> None:
        """Reject, for a reason that is kept."""
        if not reason.strip():
            raise LedgerError(f"{proposal_id}: say why it is rejected; the reason is kept.")
        self._decide(self._allowed(proposal_id), "rejected", reason.strip(), code)

    def undo(self, proposal_id: str, reason: str = "") -> None:
        """Take a decision back, until it is released; the proposal waits again."""
        self._decide(self._allowed(proposal_id), "undone", reason, "")

    def undo_together(self, proposal_id: str, reason: str = "") -> int:
        """Take back all decided in one go with it and stands so, all or none; how many they are."""
        self._refuse_if_changed()
        together = decided_together(self._standing(), proposal_id)["proposal_id"].tolist()
        proposals = self._proposals([proposal_id, *together])
        self._refuse_all(proposals)
        self._decide_all(proposals, "undone", reason, "")
        return len(proposals)

    def snooze(self, proposal_id: str, until: datetime) -> None:
        """Put a proposal off until an instant before it expires; until then it is in nobody's way."""
        proposal = self._allowed(proposal_id)
        ends, now = proposal["expires_at"], self._now()
        if proposal["decision"] not in WAITING:
            raise LedgerError(f"{proposal_id} does not wait; there is nothing to put off.")
        if not now < until <= ends:
            raise LedgerError(
                f"{proposal_id} cannot be put off until {until:%Y-%m-%d %H:%M} UTC: give a time from now on, "
                f"and no later than {ends:%Y-%m-%d %H:%M} UTC, when the next plan is due."
            )
        detail = {"until": pd.Timestamp(until).tz_convert("UTC").isoformat(), "by": self.person}
        self._ledger.log(SNOOZED, proposal_id, detail, now, str(proposal["run_id"]))
        self._tell()

    def levels(self) -> pd.DataFrame:
        """Every kind of decision: agent, kind, level, stopped and proposed, the level that waits for a
        person's word; empty where none does."""
        return autonomy.levels(self._ledger.authority_changes(), self._policy)

    def agents(self) -> pd.DataFrame:
        """The levels, but of questions to a person, with what is missing to the next, as from `progress`."""
        changes = self._ledger.authority_changes()
        return progress(changes, self._ledger.evidence(), self._policy)

    def stop(self, agent: str, reason: str) -> None:
        """Stop an agent at once, also in a running plan: what it would do by itself waits for a person."""
        self._may_steer(agent)
        autonomy.stop(self._ledger, agent, self.person, self._now(), reason)
        self._tell()

    def resume(self, agent: str, reason: str) -> None:
        """Let a stopped agent go on."""
        self._may_steer(agent)
        autonomy.resume(self._ledger, agent, self.person, self._now(), reason)
        self._tell()

    def promote(self, agent: str, kind: str) -> None:
        """Accept the next level for an agent's kind of decision, once the workbench has proposed it."""
        self._refuse_if_changed()
        autonomy.accept(self._ledger, self._policy, self.person, agent, kind, self._now())
        self._tell()

    def pick_routes(self, weights: Mapping[str, float], reason: str) -> None:
        """Have the live plan's day routed with other weights when it is planned next (`routing_weights`)."""
        self._may_steer("routing")
        routing_weights.pick(self._ledger, self.plan(), weights, self.person, self._now(), reason)
        self._tell()

    def may_not_steer(self, agent: str) -> str | None:
        """Why the person at the desk may neither stop an agent nor pick how it plans; None: may."""
        return people.refusal(self._policy, self.person, {"agent": agent, "value": 0.0}, self._day())

    def _may_steer(self, agent: str) -> None:
        self._refuse_if_changed()
        if fault := self.may_not_steer(agent):
            raise LedgerError(fault)

    def _refuse_if_changed(self) -> None:
        """Raise StateMoved when the folder's policy is no longer the one that the desk was opened with."""
        if what := self._changed():
            raise StateMoved(f"{what} Nothing was recorded.")

    def _allowed(self, proposal_id: str) -> Proposal:
        """The proposal, if the person may decide on it as it was proposed."""
        self._refuse_if_changed()
        proposal = self._proposal(proposal_id)
        if fault := self._refusal(proposal, proposal["lines"]):
            raise LedgerError(f"{proposal_id}: {fault}")
        return proposal

    def _refuse_all(self, proposals: Sequence[Proposal], *also: Callable[..., str | None]) -> None:
        """Raise with every fault at once unless the person may decide on all as they were proposed."""
        faults = []
        for each in proposals:
            found = [self._refusal(each, each["lines"]), *(fault(self._policy, each) for fault in also)]
            if fault := next(filter(None, found), None):
                faults.append(f"{each['proposal_id']}: {fault}")
        if faults:
            raise LedgerError(" ".join([*faults, "Nothing was decided."]))

    def _refusal(self, proposal: Proposal, lines: list[Line]) -> str | None:
        """Why the person may not decide on it, as proposed or with these lines."""
        value = max(float(proposal["value"]), worth(proposal, lines))
        return people.refusal(self._policy, self.person, {**proposal, "value": value}, self._day())

    def _refuse_if_moved(self, proposals: Sequence[Proposal]) -> None:
        """Raise StateMoved when what still waits rests on a state that is no longer so."""
        agents = {str(proposal["agent"]) for proposal in proposals if proposal["decision"] in WAITING}
        if agents:
            refuse_if_moved(self._ledger, self._policy, str(proposals[0]["run_id"]), sorted(agents))

    def _decide(self, proposal: Proposal, decision: str, reason: str, code: str, **changed: Any) -> None:
        self._ledger.decide(
            str(proposal["proposal_id"]),
            decision,
            self.person,
            self._now(),
            reason=reason,
            code=people.known(code),
            seen=int(proposal["decision_id"]),
            **changed,
        )
        self._tell()

    def _decide_all(self, proposals: Sequence[Proposal], decision: str, reason: str, code: str) -> None:
        seen = {str(proposal["proposal_id"]): int(proposal["decision_id"]) for proposal in proposals}
        self._ledger.decide_all(decision, seen, self.person, self._now(), reason, people.known(code))
        self._tell()

    def _tell(self) -> None:
        for told in self._watching:
            told()

    def _day(self) -> date:
        return self._policy.business.day(self._now())

    def _proposal(self, proposal_id: str) -> Proposal:
        return self._proposals([proposal_id])[0]

    def _proposals(self, proposal_ids: Sequence[str]) -> list[Proposal]:
        queue = {row["proposal_id"]: row for row in self._standing(proposal_ids).to_dict("records")}
        for proposal_id in proposal_ids:
            if proposal_id not in queue:
                raise LedgerError(f"{proposal_id!r} is no proposal of this plan; take its id from the queue.")
        return [queue[proposal_id] for proposal_id in dict.fromkeys(proposal_ids)]
