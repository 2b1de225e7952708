"""The approval panel: see what waits, change it, approve it, reject it with a reason, take it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pandas as pd
import traitlets

from workbench.authority import Desk
from workbench.authority.together import decided_together
from workbench.errors import LedgerError, StateMoved
from workbench.policy import Policy
from workbench.tables import REASON_CODES
from workbench.views import show
from workbench.views.approval_compared import compared
from workbench.views.approval_item import item
from workbench.views.approval_queue import as_shown, in_sight, row
from workbench.views.approval_setting import Business, Record, Setting, setting_of
from workbench.views.approval_trial import Trial
from workbench.views.guard import AnsweringWidget, guarded
from workbench.views.numerals import count
from workbench.views.proposals_html import proposals_html
from workbench.views.typed import quantities, quantity
from workbench.views.widget_source import source_of, style_of
from workbench.views.words import spoken

NOTHING_WAITS = "Nothing waits for a person."
PARTS = (
    "drafts",
    "approval_figure",
    "approval_queue",
    "approval_item",
    "approval_together",
    "approval_panel",
)
SAID = {
    "approve": "Approved: it joins the next release, and can be undone until then.",
    "reject": "Rejected, with your reason. It can be undone until the next release.",
    "undo": "Undone: it waits again.",
    "snooze": "Snoozed: it comes back by itself, in time before it expires.",
}
# the queue's own filter for what a page's address may ask for
FILTERS = {"agent": "agent", "rule": "rule", "supplier": "supplier", "sku": "find"}
STANDS = ("decision_id", "snoozed_until", "released")  # while these stay, so does a row
AMENDED = "Changed: above the four-eyes amount another person must approve it. Until then it waits."
NEWER = "A newer plan is live, and nothing of this one can be decided any more: reload the page to see it."
PLANNED = "Planned again: this is what the new plan proposes, beside what it was."
GONE = "Planned again: the new plan has nothing to propose on {} any more."


Again = Callable[[Callable[[str], None]], object]  # plans again, and says how far it has come
Reopen = Callable[[], Business]


class ApprovalPanel(AnsweringWidget):
    """What waits at a desk, as a widget for JupyterLab and Voilà.

    `agent` limits it to one agent's proposals; `asked` is the filter it opens with, by name. The page only
    asks; what may be decided is checked by the desk, for a client can send a click that no button offers.
    """

    _esm = source_of(*PARTS)
    _css = style_of("approval_panel")
    currency = traitlets.Unicode().tag(sync=True)
    asked: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)
    codes: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    rows: traitlets.List[Record] = traitlets.List().tag(sync=True)
    changed: traitlets.List[Record] = traitlets.List().tag(sync=True)
    item: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    trial: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    moved: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        desk: Desk,
        setting: Setting,
        agent: str | None = None,
        plan_again: tuple[Again, Reopen] | None = None,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._setting = setting
        self._agent = agent
        self._plan_again = plan_again
        self._open = ""
        self._before: Mapping[Any, Any] | None = None
        self._stands: dict[str, tuple[Any, ...]] = {}
        self._rows: dict[str, Record] = {}
        self._item_of: str | None = None
        self.currency = setting.currency
        self.asked = {FILTERS[name]: as_shown(name, value) for name, value in (asked or {}).items()}
        self.codes = [[code, spoken(code)] for code in REASON_CODES]
        self.read()
        if self.rows:
            self._open = self.rows[0]["id"]
            self.draw()
        desk.watch(guarded(self.read, self.warn))

    def read(self) -> None:
        """Read the desk again: somebody may have decided meanwhile. The page is told of what has changed."""
        self._head, self._plan = self._desk.head(), self._desk.plan()
        self._queue = self._desk.queue(self._agent)
        self._trial = Trial(self._setting, self._queue, self._desk.most_units)
        seen = in_sight(self._queue)
        stands = dict(zip(seen["proposal_id"], seen[list(STANDS)].itertuples(index=False), strict=True))
        fresh = seen[[stands[name] != self._stands.get(name) for name in stands]]
        changed = {known["id"]: known for known in map(self._row, fresh.to_dict("records"))}
        rows = [changed.get(name) or self._rows[name] for name in stands]
        same = list(stands) == list(self._stands)
        self._stands, self._rows = stands, {known["id"]: known for known in rows}
        if same and rows:
            # in place, and so not sent again whole: a thousand rows take longer than a click may
            self.rows[:] = rows
            self.changed = list(changed.values())
        else:
            self.rows = rows
        self._item_of = None
        self.draw()

    def catch_up(self) -> None:
        """Read the desk again where somebody has decided meanwhile; a newer plan has other tables."""
        head = self._desk.head()
        if head == self._head or self.moved.get("planning"):
            return
        if self._desk.plan() == self._plan:
            self.read()
        else:
            self._head = head
            self.warn(NEWER)

    def draw(self) -> None:
        """Bring the open item up to date."""
        if self._item_of != self._open:
            chosen = self._proposal(self._open)
            self.item = self._item(chosen) if chosen else {}
            self._item_of = self._open

    def _row(self, proposal: Mapping[Any, Any]) -> Record:
        return row(proposal, self._setting)

    def _proposal(self, proposal_id: str) -> Mapping[Any, Any] | None:
        found = self._queue[self._queue["proposal_id"] == proposal_id].to_dict("records")
        return found[0] if found else None

    def _item(self, proposal: Mapping[Any, Any]) -> Record:
        before = self._before
        same = before is not None and before["subject"] == proposal["subject"]
        return {
            **item(proposal, self._setting, self._desk.may_not(str(proposal["proposal_id"]))),
            "together": len(decided_together(self._queue, str(proposal["proposal_id"]))),
            "compared": compared(before, proposal, self._setting) if before is not None and same else [],
        }

    def act(self, message: Mapping[str, Any]) -> str:
        """Open, try or decide; what is no message of our page is refused."""
        asked, proposal_id = message.get("ask"), str(message.get("id", ""))
        if asked == "open":
            self._open = proposal_id
            return ""
        if asked == "try":
            self._try(proposal_id, dict(message.get("quantities") or {}))
            return ""
        decisions = {
            "approve": self._approve,
            "reject": self._reject,
            "undo": self._undo,
            "undo_together": self._undo_together,
            "snooze": self._snooze,
            "approve_all": self._approve_all,
            "again": self._again,
        }
        if asked not in decisions:
            raise LedgerError(f"Nothing was decided: what can be asked is open, try, {', '.join(decisions)}.")
        try:
            return decisions[asked](proposal_id, message) or SAID.get(asked, "")
        except StateMoved as moved:
            self.moved = {"why": str(moved), "can": self._plan_again is not None, "planning": False}
            self.read()
            raise
        except LedgerError:
            self.read()  # somebody may have been first
            raise

    def _try(self, proposal_id: str, typed: Mapping[str, Any]) -> None:
        if (proposal := self._proposal(proposal_id)) is not None:
            self.trial = self._trial.of(proposal, typed)

    def _approve(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        self._desk.approve(proposal_id, quantities(message.get("quantities") or {}), *_words(message))
        return AMENDED if self._is("amended", proposal_id) else ""

    def _reject(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        reason, code = _words(message)
        if not reason:
            raise LedgerError("Say in your own words why it is rejected.")
        self._desk.reject(proposal_id, reason, code)
        return ""

    def _undo(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        self._desk.undo(proposal_id, _words(message)[0])
        return ""

    def _undo_together(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        undone = self._desk.undo_together(proposal_id, _words(message)[0])
        return f"{count(undone, 'item', 'items')} undone together; they wait again."

    def _snooze(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        until = quantity(message.get("until"))
        self._desk.snooze(proposal_id, datetime.fromtimestamp(until / 1000, UTC))
        return ""

    def _approve_all(self, _none: str, message: Mapping[str, Any]) -> str:
        chosen = [str(proposal_id) for proposal_id in message.get("ids") or []]
        self._desk.approve_all(chosen, *_words(message))
        self._open = chosen[0] if chosen else self._open  # from there all can be undone at once
        approved = count(len(chosen), "item", "items")
        return f"{approved} approved; each can be undone until the next release, or all together."

    def _again(self, proposal_id: str, _message: Mapping[str, Any]) -> str:
        """Begin to plan again, beside the page's questions, which are answered meanwhile."""
        if self._plan_again is None:
            raise LedgerError("Here nothing can be planned: run `workbench plan`, then open this page again.")
        if not self.moved.get("planning"):
            self.moved = {**self.moved, "planning": True}
            again, reopen = self._plan_again
            planning = guarded(self._replan, self._not_planned)
            self.planning = Thread(
                target=planning, args=(again, reopen, self._proposal(proposal_id)), daemon=True
            )
            self.planning.start()
        return ""

    def _replan(self, again: Again, reopen: Reopen, before: Mapping[Any, Any] | None) -> None:
        """Plan again and go on with the new plan: its desk, its tables, and the same subject open."""
        again(self._come_so_far)
        business = reopen()
        self._desk, self._setting = business.desk, setting_of(business)
        self._stands = {}
        self._desk.watch(guarded(self.read, self.warn))
        self._before = before
        queue = self._desk.queue(self._agent)
        same = queue[queue["subject"] == (before["subject"] if before else "")]["proposal_id"].tolist()
        self._open = same[0] if same else ""
        self.read()
        self.moved = {}
        text = PLANNED if same or before is None else GONE.format(before["subject"])
        self.answer = {"text": text, "tone": "good", "number": self.answer.get("number", 0)}

    def _come_so_far(self, step: str) -> None:
        self.moved = {**self.moved, "step": step}

    def _not_planned(self, why: str) -> None:
        self.moved = {**self.moved, "why": why, "planning": False}

    def _is(self, decision: str, proposal_id: str) -> bool:
        """Whether a proposal stands so now."""
        proposal = self._proposal(proposal_id)
        return proposal is not None and proposal["decision"] == decision


def approvals(
    desk: Desk,
    agent: str | None = None,
    *,
    policy: Policy,
    tables: Any,
    as_of: datetime | None,
    outcomes: pd.DataFrame,
    plan_again: tuple[Again, Reopen] | None = None,
    asked: Mapping[str, str] | None = None,
    headless: bool = False,
) -> None:
    """Show what waits at a desk, of one agent or of all, the largest money at risk first.

    `tables` has the lake's tables as attributes; `asked` is what the page's address asks for, by which the
    queue is filtered at first; `plan_again` is how the plan is made anew where the state that it was made on
    has moved, and how the business is opened on it then. Run headless, where nobody can click, the same table
    stands there plainly.
    """
    if headless:
        show.html(proposals_html(desk.waiting(agent), policy.business.base_currency, NOTHING_WAITS))
    else:
        show.put(
            ApprovalPanel(
                desk, Setting(policy, tables, desk.person, as_of, outcomes), agent, plan_again, asked
            )
        )


def _words(message: Mapping[str, Any]) -> tuple[str, str]:
    """The comment and the reason code of a decision."""
    return str(message.get("reason", "")).strip(), str(message.get("code", ""))
