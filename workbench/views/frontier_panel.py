"""The frontier panel: plans of the day that weigh cost, CO2e and lateness otherwise, to pick one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any, Protocol

import ipywidgets as widgets
import pandas as pd
import traitlets

from workbench.authority import Desk
from workbench.authority.routing_weights import WEIGHTS
from workbench.errors import LedgerError
from workbench.views import show
from workbench.views.figures import shipping
from workbench.views.frontier_records import Record, against, headings, listed
from workbench.views.guard import AnsweringWidget, guarded
from workbench.views.numerals import count
from workbench.views.routing_html import frontier_html
from workbench.views.widget_source import source_of

NO_PLAN = "{!r} is no plan of the list; take its number from there."
KEPT = "Kept with your name and reason: the day is planned again with it."


class Planned(Protocol):
    """What came of planning again: the plan that is live now, and where it differs from the one before."""

    published: Any
    changes: pd.DataFrame


Again = Callable[[Callable[[str], None]], Planned]  # plans again, and says how far it has come


class FrontierPanel(AnsweringWidget):
    """Plans to pick from, for JupyterLab and Voilà; `sheet` holds their figure, drawn anew for the open one.

    To use one is recorded by the desk, which refuses whoever may not; then the day is planned again, beside
    the page's questions. `planning` says how far that has come, and `came` what came of it.
    """

    _esm = source_of("frontier_panel")
    headings: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    plans: traitlets.List[Record] = traitlets.List().tag(sync=True)
    plan: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    may_not = traitlets.Unicode().tag(sync=True)
    planning = traitlets.Unicode().tag(sync=True)
    came: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

    def __init__(
        self, plans: pd.DataFrame, orders: pd.DataFrame, desk: Desk, currency: str, again: Again
    ) -> None:
        super().__init__()
        self._table = plans.set_index("plan")
        self._orders = orders
        self._desk = desk
        self._currency = currency
        self._again = again
        self._current = int(plans.loc[plans["current"], "plan"].iloc[0])
        self._gone = _left(desk)
        self.sheet = show.sheet(shipping.frontier(plans, currency))
        self.headings, self.plans = headings(currency), listed(plans)
        self.may_not = desk.may_not_steer("routing") or ""
        self._open(self._current)

    def act(self, message: Mapping[str, Any]) -> str:
        """Open a plan or use it; what is no message of our page is refused."""
        asked, plan = message.get("ask"), message.get("plan")
        if not isinstance(plan, int) or plan not in self._table.index:
            raise LedgerError(NO_PLAN.format(plan))
        if asked == "open":
            self._open(plan)
            return ""
        if asked == "use":
            return self._use(plan, str(message.get("reason", "")))
        raise LedgerError("Nothing was picked: open or use is what can be asked.")

    def _open(self, plan: int) -> None:
        self.plan = against(self._orders, plan, self._current, self._gone, self._currency)
        drawn = shipping.frontier(self._table.reset_index(), self._currency, plan)
        show.redraw_in(self.sheet, drawn)

    def _use(self, plan: int, reason: str) -> str:
        if self.planning:
            raise LedgerError("The day is being planned again; wait for that to end.")
        if plan == self._current:
            raise LedgerError(f"Plan {plan} is today's already.")
        weights = {name: float(self._table[name].loc[plan]) for name in WEIGHTS}
        self._desk.pick_routes(weights, reason)
        self.came, self.planning = {}, "Planning again …"
        self.work = Thread(target=guarded(self._plan_again, self._not_planned), daemon=True)
        self.work.start()
        return KEPT

    def _plan_again(self) -> None:
        done = self._again(self._come_so_far)
        batches = done.changes[done.changes["agent"] == "routing"]
        text = (
            f"Plan {done.published.run_id} is live and routes so: "
            f"{count(len(batches), 'batch differs', 'batches differ')} from before. What is shown here is "
            "still the plan of before; open the page again, or run the notebook anew, to see the new one."
        )
        self.came, self.planning = {"text": text, "tone": "good"}, ""

    def _come_so_far(self, step: str) -> None:
        self.planning = f"Planning again … {step}"

    def _not_planned(self, why: str) -> None:
        text = f"{why} What you picked is kept, and holds for the next plan of the day."
        self.came, self.planning = {"text": text, "tone": "wrong"}, ""


def frontier_panel(
    plans: pd.DataFrame,
    orders: pd.DataFrame,
    *,
    desk: Desk,
    currency: str,
    plan_again: Again,
    headless: bool = False,
) -> None:
    """Show plans of the day to pick from, `routing_frontier` and `Frontier.orders`; headless, plainly."""
    if headless or plans.empty:
        show.figures(shipping.frontier(plans, currency))
        show.html(frontier_html(plans, currency))
        return
    panel = FrontierPanel(plans, orders, desk, currency, plan_again)
    show.put(widgets.VBox([show.cards([panel.sheet]), panel]))


def _left(desk: Desk) -> set[str]:
    """The orders of the desk's plan that have left the building."""
    queue = desk.queue("routing")
    lines = queue.loc[queue["released"].astype(bool) & (queue["kind"] == "shipment"), "lines"]
    return {str(line["order_id"]) for proposal in lines for line in proposal}
