"""The order grid: today's purchase orders by supplier, quantities to try, and the way to a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import traitlets

from workbench.authority import Desk
from workbench.authority.quantities import quantity_faults
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.views import show
from workbench.views.guard import AnsweringWidget, guarded
from workbench.views.order_book import Ground, book_of, of_orders, tried
from workbench.views.order_html import orders_html
from workbench.views.order_limits import limits_broken
from workbench.views.order_records import (
    FIXED,
    LIVE,
    Record,
    facts,
    line_record,
    live_line,
    order_row,
    pulled,
    sums,
    warnings,
)
from workbench.views.typed import quantities, quantity
from workbench.views.widget_source import source_of

APPROVED = "Approved with these quantities: it joins the next release, and can be undone until then."
WHY = "Say why in your own words: {}"
MOST_LINES = 400  # a longer order shows its largest lines; the others stand in the plan's export


class OrderGrid(AnsweringWidget):
    """The purchase orders of a desk, with quantities that can be tried out, for JupyterLab and Voilà.

    What is tried costs nothing and is kept nowhere. An order that waits can be approved with its tried
    quantities; the desk checks them again and records, as from the approval panel. One that breaks a
    supplier's minimum, its capacity or last container, a warehouse's room or the budget needs the reason.
    """

    _esm = source_of("order_grid")
    columns = traitlets.Dict({"fixed": list(FIXED), "live": LIVE}).tag(sync=True)
    sums: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    orders: traitlets.List[Record] = traitlets.List().tag(sync=True)
    order: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    live: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: Desk, policy: Policy, products: pd.DataFrame, ground: Ground) -> None:
        super().__init__()
        self._desk = desk
        self._ground = ground
        self._currency = policy.business.base_currency
        self._names = dict(zip(products["sku"], products["name"], strict=True))
        self._typed: dict[str, dict[str, Any]] = {}
        self._open = ""
        self.read()
        desk.watch(guarded(self.read, self.warn))

    def read(self) -> None:
        """Read the desk again: somebody may have decided meanwhile."""
        queue = self._desk.queue("replenishment")
        self._queue = queue.set_index("proposal_id")
        self._book = book_of(queue)
        known = list(dict.fromkeys(self._book["proposal_id"]))
        self._typed = {name: typed for name, typed in self._typed.items() if name in known}
        if self._open not in known:
            self._open = known[0] if known else ""
        self._draw_order()
        self._recalculate()

    def act(self, message: Mapping[str, Any]) -> str:
        """Open an order, try quantities, approve with them; what is no message of our page is refused."""
        asked, proposal_id = message.get("ask"), str(message.get("id", ""))
        if proposal_id not in set(self._book["proposal_id"]):
            raise LedgerError(f"{proposal_id!r} is no order of today; take its id from the list.")
        if asked == "open":
            self._open = proposal_id
            self._draw_order()
        elif asked == "try":
            self._typed[proposal_id] = dict(message.get("quantities") or {})
        elif asked == "approve":
            return self._approve(proposal_id, message)
        else:
            raise LedgerError("Nothing was done: open, try or approve is what can be asked.")
        self._recalculate()
        return ""

    def _approve(self, proposal_id: str, message: Mapping[str, Any]) -> str:
        self._typed[proposal_id] = dict(message.get("quantities") or {})
        self._recalculate()
        reason = str(message.get("reason", "")).strip()
        given = quantities(self._typed[proposal_id])
        broken = self._warnings(proposal_id) if given else []
        if broken and not reason:
            raise LedgerError(WHY.format(" ".join(broken)))
        self._desk.approve(proposal_id, given, reason)
        self._typed.pop(proposal_id, None)
        self.read()
        return APPROVED

    def _draw_order(self) -> None:
        lines = self._book[self._book["proposal_id"] == self._open]
        if lines.empty:
            self.order = {}
            return
        records = lines.head(MOST_LINES).to_dict("records")
        self.order = {
            "id": self._open,
            "waits": bool(records[0]["waits"]),
            "lines": [line_record(line, self._names) for line in records],
            "left_out": len(lines) - len(records),
            "typed": self._typed.get(self._open, {}),
        }

    def _recalculate(self) -> None:
        """Price everything anew at what is typed; what is no quantity counts as it was."""
        given = {
            (name, int(position)): units
            for name, typed in self._typed.items()
            for position, written in typed.items()
            if (units := _read(written)) is not None
        }
        self._lines = tried(self._book, self._ground, given)
        self._orders = of_orders(self._lines, self._ground)
        self.sums = sums(self._orders, self._ground, self._currency)
        self.orders = [
            order_row(str(name), order, self._currency, changed=bool(self._typed.get(str(name))))
            for name, order in self._orders.to_dict("index").items()
        ]
        self.live = self._live() if self._open else {}

    def _live(self) -> Record:
        order = self._orders.loc[self._open].to_dict()
        own = (self._lines["proposal_id"] == self._open).to_numpy()
        before = self._book.loc[own, "landed_cost"].head(MOST_LINES)
        lines = self._lines[own].head(MOST_LINES).to_dict("records")
        return {
            "id": self._open,
            "title": order_row(self._open, order, self._currency, changed=False)["supplier"],
            "facts": facts(order, self._currency),
            "pulled": pulled(order, self._currency),
            "warnings": self._warnings(self._open),
            "lines": {
                str(line["position"]): live_line(line, self._faults(line["position"]), price)
                for line, price in zip(lines, before, strict=True)
            },
        }

    def _warnings(self, proposal_id: str) -> list[str]:
        order = self._orders.loc[proposal_id].to_dict()
        return [
            *warnings(order, self.sums["over"], self._currency),
            *limits_broken(self._lines, self._ground, proposal_id, self._currency),
        ]

    def _faults(self, position: int) -> list[str]:
        typed = self._typed.get(self._open, {})
        if str(position) not in typed:
            return []
        try:
            units = quantity(typed[str(position)])
        except LedgerError as refusal:
            return [str(refusal)]
        lines = self._queue["lines"].loc[self._open]
        return list(quantity_faults("purchase_order", lines, position, units, self._desk.most_units))


def order_grid(
    desk: Desk, *, policy: Policy, products: pd.DataFrame, ground: Ground, headless: bool = False
) -> None:
    """Show today's purchase orders by supplier with quantities to try out; headless, the same plainly."""
    if headless:
        book = book_of(desk.queue("replenishment"))
        lines = tried(book, ground, {})
        show.html(orders_html(lines, of_orders(lines, ground), ground, policy.business.base_currency))
    else:
        show.put(OrderGrid(desk, policy, products, ground))


def _read(written: Any) -> float | None:
    try:
        return quantity(written)
    except LedgerError:
        return None
