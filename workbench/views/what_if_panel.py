"""The what-if panel: move budget, service, a lead time or a duty, and see what the day's orders would be."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import ipywidgets as widgets
import pandas as pd
import traitlets

from workbench.agents.replenishment.situation import Situation
from workbench.agents.replenishment.what_if import Answer, Change, answer, what_if
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.views import show
from workbench.views.figures.what_if import spend_moved
from workbench.views.guard import guarded
from workbench.views.numerals import percent
from workbench.views.tables_html import figure, share, table_html, text
from workbench.views.what_if_records import (
    ALL,
    BUDGET_UP_TO,
    DAYS,
    DUTY_UP_TO,
    SERVICE,
    Record,
    asked_number,
    compared,
    suppliers,
    totals,
    whom,
)
from workbench.views.widget_source import source_of

AIMS = {"economics": "by margin and penalty", "cycle_service": "by cycle service"}
NOTHING_OFFERED = "Nothing is offered today, so there is nothing to try."


class WhatIfPanel(anywidget.AnyWidget):
    """Sliders over the day's orders, for JupyterLab and Voilà; nothing of it is recorded.

    `ask` answers a change; `sheet` holds the figure, which is drawn anew in its place.
    """

    _esm = source_of("what_if_panel")
    controls: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    result: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        ask: Callable[[Change], Answer],
        now: Answer,
        who: list[Record],
        names: Mapping[str, str],
        policy: Policy,
        budget: float,
    ) -> None:
        super().__init__()
        self._ask, self._now, self._who, self._names = ask, now, who, names
        self._rules = policy.replenishment
        self._currency = policy.business.base_currency
        self.controls = self._controls(budget)
        self.sheet = show.sheet(spend_moved(compared(now, now), names, self._currency))
        self._show(now, 0.0, 0)
        self.on_msg(lambda _widget, message, _buffers: self.hear(message))

    def hear(self, message: Mapping[str, Any]) -> None:
        """Answer what the page asks; `result` has the figures, or the sentence that refuses."""
        number = int(message.get("number", 0))

        def refuse(sentence: str) -> None:
            self.result = {**self.result, "fault": sentence, "number": number}

        def act() -> None:
            began = time.perf_counter()
            change = self._change(message)
            found = self._now if change == Change() else self._ask(change)
            self._show(found, time.perf_counter() - began, number)

        guarded(act, refuse)()

    def _controls(self, budget: float) -> Record:
        spend = float(self._now.figures["spend"].loc[ALL])
        limited = math.isfinite(budget)
        most = BUDGET_UP_TO * max(budget if limited else 0.0, spend, 1.0)
        step = 10.0 ** max(0, math.floor(math.log10(most)) - 2)
        return {
            "budget": {
                "low": 0,
                "high": math.ceil(most / step) * step,
                "step": step,
                "now": budget if limited else None,
            },
            "service": {"low": SERVICE[0], "high": SERVICE[1], **self._service()},
            "days": {"low": DAYS[0], "high": DAYS[1]},
            "duty": {"high": DUTY_UP_TO},
            "who": self._who,
            "currency": self._currency,
        }

    def _service(self) -> Record:
        """Where the slider stands before it is moved, and what it says there."""
        if self._rules.aim == "fill_rate":
            return {"now": self._rules.fill_rate_target, "said": percent(self._rules.fill_rate_target, 1)}
        aim = AIMS[self._rules.aim]
        return {"now": float(self._now.figures["fill_rate"].loc[ALL]), "said": f"as it is: {aim}"}

    def _change(self, message: Mapping[str, Any]) -> Change:
        budget = asked_number(message, "budget", 0, self.controls["budget"]["high"])
        service = asked_number(message, "service", *SERVICE)
        later = asked_number(message, "later", *DAYS)
        duty = asked_number(message, "duty", 0, DUTY_UP_TO)
        of = self._suppliers(message.get("who")) if later or duty is not None else []
        return Change(
            budget=budget,
            rules=None if service is None else self._rules.model_copy(update=for_fill_rate(service)),
            later=dict.fromkeys(of, round(later)) if later else {},
            duty_rate={} if duty is None else dict.fromkeys(of, duty),
        )

    def _suppliers(self, name: Any) -> list[str]:
        for choice in self._who:
            if choice["name"] == name:
                return list(choice["suppliers"])
        raise LedgerError(f"{name!r} is no supplier; choose whose lead time or duty changes.")

    def _show(self, found: Answer, seconds: float, number: int) -> None:
        sides = compared(self._now, found)
        show.redraw_in(self.sheet, spend_moved(sides, self._names, self._currency))
        self.result = {
            "totals": totals(sides, self._currency),
            "suppliers": suppliers(sides, self._names),
            "seconds": f"{seconds:.1f}",
            "fault": "",
            "number": number,
        }


def what_if_panel(situation: Situation, *, policy: Policy, headless: bool = False) -> None:
    """Show sliders over a day's orders; headless, what the orders are expected to do, plainly."""
    table, landed_offers = situation.vendors.table, situation.landed_offers
    if situation.market is None or situation.chosen is None:
        show.html(table_html(pd.DataFrame(), {}, NOTHING_OFFERED))
        return
    now = answer(situation.market, situation.chosen)
    if headless:
        show.html(figures_html(now, policy.business.base_currency))
        return
    panel = WhatIfPanel(
        lambda change: what_if(situation, policy.replenishment, change),
        now,
        whom(table, landed_offers, situation.vendors.lead_times),
        dict(zip(table["supplier"], table["name"], strict=True)),
        policy,
        situation.limits.budget,
    )
    show.put(widgets.VBox([panel, show.cards([panel.sheet])]))


def for_fill_rate(target: float) -> dict[str, Any]:
    """The part of the policy that sizes orders for a fill rate."""
    return {"aim": "fill_rate", "fill_rate_target": target}


def figures_html(now: Answer, currency: str) -> str:
    """What the day's orders cost and are expected to do, by supplier and in all."""
    headings = {
        "supplier": text("Supplier"),
        "orders": figure("Lines ordered"),
        "spend": figure("Spend", currency),
        "gain": figure("Expected gain", currency),
        "fill_rate": share("Fill rate"),
        "cover_days": figure("Cover", "days", 1),
    }
    rows = now.figures.rename_axis("supplier").reset_index()
    return table_html(rows, headings, "Nothing needs to be ordered today.")
