"""The approval panel: see what waits, change it, approve it, reject it with a reason, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import traitlets

from workbench.authority import Desk
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.views import show
from workbench.views.approval_records import Record, in_sight, item, row, sum_of
from workbench.views.guard import AnsweringWidget, guarded
from workbench.views.proposals_html import proposals_html
from workbench.views.typed import quantities
from workbench.views.widget_source import source_of

NOTHING_WAITS = "Nothing waits for a person."
SAID = {
    "approve": "Approved: it joins the next release, and can be undone until then.",
    "reject": "Rejected, with your reason. It can be undone until the next release.",
    "undo": "Undone: it waits again.",
}


class ApprovalPanel(AnsweringWidget):
    """What waits at a desk, as a widget for JupyterLab and Voilà.

    `agent` limits it to one agent's proposals. The page only asks; what may be decided is checked by the
    desk, for a client can send a click that no button offers.
    """

    _esm = source_of("approval_panel")
    rows: traitlets.List[Record] = traitlets.List().tag(sync=True)
    headline = traitlets.Unicode().tag(sync=True)
    item: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: Desk, policy: Policy, products: pd.DataFrame, agent: str | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._agent = agent
        self._currency = policy.business.base_currency
        self._time_zone = policy.business.time_zone
        self._names = dict(zip(products["sku"], products["name"], strict=True))
        self._open = ""
        self.draw()
        if self.rows:
            self._open = self.rows[0]["id"]
            self.draw()
        desk.watch(guarded(self.draw, self.warn))

    def draw(self) -> None:
        """Read the desk again: somebody else may have decided meanwhile."""
        queue = self._desk.queue(self._agent)
        proposals = in_sight(queue).to_dict("records")
        self.rows = [row(proposal, self._currency) for proposal in proposals]
        self.headline = sum_of(queue, self._currency)
        chosen = queue[queue["proposal_id"] == self._open].to_dict("records")
        self.item = self._item(chosen[0]) if chosen else {}

    def _item(self, proposal: Mapping[Any, Any]) -> Record:
        return item(proposal, self._currency, self._time_zone, self._names)

    def act(self, message: Mapping[str, Any]) -> str:
        """Open, approve, reject or undo a proposal; what is no message of our page is refused."""
        asked, proposal_id = message.get("ask"), str(message.get("id", ""))
        reason = str(message.get("reason", "")).strip()
        if asked == "open":
            self._open = proposal_id
            return ""
        if asked == "approve":
            self._desk.approve(proposal_id, quantities(message.get("quantities") or {}), reason)
        elif asked == "reject":
            if not reason:
                raise LedgerError("Say in your own words why it is rejected.")
            self._desk.reject(proposal_id, reason)
        elif asked == "undo":
            self._desk.undo(proposal_id, reason)
        else:
            raise LedgerError("Nothing was decided: open, approve, reject or undo is what can be asked.")
        return SAID[asked]


def approvals(
    desk: Desk,
    agent: str | None = None,
    *,
    policy: Policy,
    products: pd.DataFrame,
    headless: bool = False,
) -> None:
    """Show what waits at a desk, of one agent or of all, the largest money at risk first.

    Run headless, where nobody can click, the same table stands there plainly.
    """
    if headless:
        show.html(proposals_html(desk.waiting(agent), policy.business.base_currency, NOTHING_WAITS))
    else:
        show.put(ApprovalPanel(desk, policy, products, agent))
